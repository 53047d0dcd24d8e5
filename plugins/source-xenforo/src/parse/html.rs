//! Pages of threads: XenForo 2 (`article.message--post`) and XenForo 1 (`li.message`). Pure.

use vigie_plugin::forum::dates::{Order, moment};
use vigie_plugin::forum::{Body, ElementRef, Page, Pages, Person, Post, Topic, even, has_class, inside, links, selector};
use vigie_plugin::{Failure, Moment, http, log, time};

use super::{cut, last_number, number_in, post_in};

/// Reads a page of a thread.
///
/// # Errors
/// By class, where the answer is none.
pub fn topic(answer: &http::Response) -> Result<Topic, Failure> {
    answer.check()?;
    let page = Page::read(answer)?;
    let pages = pages(&page);
    let mut posts: Vec<Post> = Vec::new();
    let order = Order::of(page.all("span.DateTime[title]").into_iter().filter_map(|date| date.attr("title")));
    for element in page.all("article.message[data-content], article.message--post, li.message[id]") {
        let Some(id) = post_number(element) else { continue };
        if posts.iter().any(|known| known.id == id) {
            continue;
        }
        match post(&page, element, &id, order) {
            Some(post) => posts.push(post),
            None => log::warn(format_args!("post {id} of {} has no text and is left out", page.url)),
        }
    }
    if posts.is_empty() {
        return Err(refusal(answer, &page, "thread"));
    }
    if pages.number() == 1 {
        posts[0].first = true;
    }
    let (replies, views) = counts(&page);
    Ok(Topic { id: thread_number(&page), title: title(&page), replies, views, posts, pages })
}

fn post_number(element: ElementRef<'_>) -> Option<String> {
    let content = element.attr("data-content").and_then(|content| content.strip_prefix("post-"));
    let id = || element.attr("id").and_then(|id| id.strip_prefix("js-").unwrap_or(id).strip_prefix("post-"));
    links::digits(content.or_else(id)?)
}

fn post(page: &Page, element: ElementRef<'_>, id: &str, order: Order) -> Option<Post> {
    let removed = has_class(element, &["message--deleted", "deleted"]);
    let text = inside(element, ".message-body .bbWrapper, .message-userContent .bbWrapper, .bbWrapper, .messageText");
    if text.is_none() && !removed {
        return None;
    }
    let place = inside(element, ".message-attribution-opposite a, .message-attribution-opposite--list a, a.postNumber");
    let numbered = selector(".message-attribution-opposite a, a.postNumber, .message-attribution-opposite li a");
    let number =
        element.select(&numbered).chain(place).find_map(|place| links::digits(even(place)?.strip_prefix('#')?)?.parse().ok());
    Some(Post {
        id: id.to_owned(),
        number,
        author: author(page, element),
        published: published(page, element, order),
        edited: inside(element, ".message-lastEdit, .editDate").and_then(|edited| instant(page, edited, order)),
        quotes: text.and_then(quoted),
        body: text.map(|text| Body::read(text, &page.base, cut)).unwrap_or_default(),
        removed,
        ..Post::default()
    })
}

/// The post quoted first: named by the box itself, or by the arrow in the line above it.
fn quoted(text: ElementRef<'_>) -> Option<String> {
    let boxes = selector("blockquote[data-source], .bbCodeQuote[data-source]");
    let arrows = selector("a.AttributionLink[href], .bbCodeBlock-sourceJump[href]");
    text.select(&boxes).find_map(|quote| post_in(quote.attr("data-source")?)).or_else(|| {
        text.select(&arrows).find_map(|link| {
            let href = link.attr("href")?;
            links::number(href, "id").or_else(|| links::number_after(href, "#post-"))
        })
    })
}

fn published(page: &Page, element: ElementRef<'_>, order: Order) -> Option<Moment> {
    let header = ".message-attribution-main, .message-attribution, .messageMeta, .publicControls, .messageDetails";
    let parts = selector(header);
    element.select(&parts).find_map(|part| instant(page, part, order)).or_else(|| instant(page, element, order))
}

/// The first date inside an element: seconds since 1970 where the page has them, else what it prints.
fn instant(page: &Page, element: ElementRef<'_>, order: Order) -> Option<Moment> {
    let dates = selector("time.u-dt, time[datetime], .DateTime");
    element.select(&dates).find_map(|date| {
        let seconds = || {
            let written = date.attr("data-timestamp").or_else(|| date.attr("data-time"))?;
            time::unix_seconds(written.trim().parse().ok()?).ok()
        };
        let stated = || time::rfc3339(date.attr("datetime")?).ok();
        let printed = || {
            moment(
                date.attr("title")
                    .filter(|title| !title.is_empty())
                    .map_or_else(|| even(date), |title| Some(title.to_owned()))?
                    .as_str(),
                page.served,
                order,
            )
        };
        seconds().or_else(stated).or_else(printed)
    })
}

fn author(page: &Page, element: ElementRef<'_>) -> Option<Person> {
    let named = inside(
        element,
        ".message-name .username, .message-userDetails .username, .messageUserBlock .username, .userText .username, .username",
    );
    let name = element.attr("data-author").filter(|name| !name.trim().is_empty()).map(str::to_owned).or_else(|| even(named?))?;
    let url = named.and_then(|named| page.link(named.attr("href")?));
    let id = named
        .and_then(|named| links::digits(named.attr("data-user-id")?))
        .or_else(|| number_in(url.as_deref()?, "members"))
        .filter(|id| id != "0");
    let url = url.filter(|_| id.is_some());
    Person::named(&name, id, url)
}

fn title(page: &Page) -> Option<String> {
    let heading = page.first("h1.p-title-value, .titleBar h1, h1")?;
    // Labels in front of the title are the forum's.
    let labels = selector(".label, .label-append, .prefix, a.labelLink");
    let dropped: Vec<ElementRef<'_>> = heading.select(&labels).collect();
    let texts = heading.descendants().filter(|node| {
        node.value().is_text() && !node.ancestors().any(|around| dropped.iter().any(|label| label.id() == around.id()))
    });
    let text: String = texts.filter_map(|node| node.value().as_text().map(|text| text.to_string())).collect();
    let even = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!even.is_empty()).then_some(even)
}

fn thread_number(page: &Page) -> Option<String> {
    let root = page
        .first("html[data-content-key]")
        .and_then(|root| links::digits(root.attr("data-content-key")?.strip_prefix("thread-")?));
    root.or_else(|| number_in(&page.canonical()?, "threads"))
        .or_else(|| number_in(&page.url, "threads"))
        .or_else(|| page.canonical().as_deref().and_then(last_number))
        .or_else(|| page.all("a[href*='threads/']").into_iter().find_map(|link| number_in(link.attr("href")?, "threads")))
}

/// Answers and views, as the page tells machines.
fn counts(page: &Page) -> (Option<u64>, Option<u64>) {
    let blocks = page.all("script[type='application/ld+json']");
    let read =
        blocks.into_iter().filter_map(|block| serde_json::from_str::<serde_json::Value>(&block.text().collect::<String>()).ok());
    let (mut replies, mut views) = (None, None);
    for value in read {
        for holder in [&value, &value["mainEntity"]] {
            let statistics = &holder["interactionStatistic"];
            let several = statistics.as_array().map_or(std::slice::from_ref(statistics), Vec::as_slice);
            for statistic in several {
                let kind = statistic["interactionType"]["@type"]
                    .as_str()
                    .or_else(|| statistic["interactionType"].as_str())
                    .unwrap_or_default();
                let count = statistic["userInteractionCount"].as_u64();
                if kind.ends_with("CommentAction") || kind.ends_with("ReplyAction") {
                    replies = replies.or(count);
                } else if kind.ends_with("ViewAction") {
                    views = views.or(count);
                }
            }
        }
    }
    (replies, views)
}

/// The pages of a thread or of a list.
pub(super) fn pages(page: &Page) -> Pages {
    let mut found = Pages::default();
    let mut current = None;
    for link in page.all(".pageNav-page a[href], .pageNav-main a[href], .PageNav nav a[href]") {
        let Some(number) = even(link).and_then(|text| links::digits(&text).filter(|digits| *digits == text)?.parse::<u32>().ok())
        else {
            continue;
        };
        let here = has_class(link, &["currentPage"])
            || link.parent().and_then(ElementRef::wrap).is_some_and(|parent| has_class(parent, &["pageNav-page--current"]));
        if here {
            current = Some(number);
        } else if let Some(url) = link.attr("href").and_then(|href| page.link(href))
            && found.at(number).is_none()
        {
            found.links.push((number, url));
        }
    }
    let stated = page.first(".PageNav[data-page]").and_then(|nav| nav.attr("data-page")?.trim().parse().ok());
    found.current = current.or(stated).unwrap_or(1);
    // A small screen has arrows alone.
    for (css, number) in
        [("a.pageNav-jump--next[href]", found.number() + 1), ("a.pageNav-jump--prev[href]", found.number().saturating_sub(1))]
    {
        let url = page.first(css).and_then(|arrow| page.link(arrow.attr("href")?));
        if let Some(url) = url.filter(|_| number > 0 && found.at(number).is_none()) {
            found.links.push((number, url));
        }
    }
    found
}

/// Whether an answer is one of XenForo's own error pages.
#[must_use]
pub fn is_error_page(answer: &http::Response) -> bool {
    let marks = "html#XF, html[data-app], html#XenForo, .blockMessage, .errorOverlay, .error_with_login";
    Page::read(answer).is_ok_and(|page| page.first(marks).is_some())
}

/// Why a page is not what was asked.
pub(super) fn refusal(answer: &http::Response, page: &Page, what: &str) -> Failure {
    if page.first("html[data-template='login'], form[action*='login/login'] input[type=password], #pageLogin").is_some() {
        return Failure::forbidden(format!("{} asks to log in: the {what} is not public", page.url));
    }
    match page.words("html[data-template='error'] .blockMessage, .errorOverlay .errorDetails, .errorPanel") {
        Some(words) => {
            let words: String = words.chars().take(120).collect();
            Failure::forbidden(format!("{} shows a message instead of the {what}: {words}", page.url))
        }
        None => answer.unexpected(&format!("is no {what} of a XenForo board")),
    }
}
