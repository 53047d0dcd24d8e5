//! What a board answers: feeds, pages of topics, lists of topics. Pure.

mod feed;
mod list;
mod prosilver;
mod tables;

use vigie_plugin::forum::{Cut, ElementRef, Page, Pages, Topic, even, has_class, inside, links, selector};
use vigie_plugin::{Failure, http};

pub use feed::{Entry, feed};
pub use list::listing;

/// Reads a page of a topic: prosilver of phpBB 3.0 to 3.3 and themes made from it, subsilver2, and subSilver of phpBB 2.
///
/// # Errors
/// By class, where the answer is none.
pub fn topic(answer: &http::Response) -> Result<Topic, Failure> {
    answer.check()?;
    let page = Page::read(answer)?;
    let pages = pages(&page);
    let mut posts = prosilver::posts(&page);
    if posts.is_empty() {
        posts = tables::posts(&page);
    }
    if posts.is_empty() {
        return Err(refusal(answer, &page, "topic"));
    }
    if pages.number() == 1 {
        posts[0].first = true;
    }
    let title = [
        "h2.topic-title",
        ".topic-title",
        "#page-body h2 a",
        "h2 a[href*='viewtopic.php']",
        "h2 a.titles",
        "a.titles",
        "a.maintitle",
    ]
    .iter()
    .find_map(|css| page.words(css));
    Ok(Topic { id: topic_number(&page), title: title.or_else(|| subject(&page)), posts, pages, ..Topic::default() })
}

/// The first post's subject, where a theme has the title nowhere.
fn subject(page: &Page) -> Option<String> {
    let subject = page.words("div.post h3")?;
    Some(subject.strip_prefix("Re: ").map_or(subject.clone(), str::to_owned))
}

fn topic_number(page: &Page) -> Option<String> {
    let of = |url: &str| links::number(url, "t").or_else(|| links::number_after(links::page(url), "-t"));
    let stated = page.canonical().as_deref().and_then(of).or_else(|| of(&page.url));
    let linked = |css: &str| page.all(css).into_iter().find_map(|link| of(&page.link(link.attr("href")?)?));
    stated
        .or_else(|| linked("h2 a[href], a.titles[href], a.maintitle[href]"))
        .or_else(|| links::digits(page.first("input[name=t][value]")?.attr("value")?))
        .or_else(|| linked(".pagination a[href], a[href*='mode=reply'], a[href*='mode=bump'], a[href*='view=print']"))
}

/// The pages of a topic or of a list.
fn pages(page: &Page) -> Pages {
    let mini = |link: ElementRef<'_>| {
        let mut around = link.ancestors().filter_map(ElementRef::wrap);
        around.any(|around| {
            has_class(around, &["row", "topictitle"])
                || (around.value().name() == "tr" && inside(around, "a.topictitle").is_some())
        })
    };
    let mut found = Pages::default();
    for link in page.all(".pagination a[href], a[href*='start=']") {
        let number =
            even(link).and_then(|text| links::digits(&text).filter(|digits| *digits == text)).and_then(|text| text.parse().ok());
        if let (Some(number), Some(url)) = (number, link.attr("href").and_then(|href| page.link(href)))
            && !mini(link)
            && found.at(number).is_none()
        {
            found.links.push((number, url));
        }
    }
    let shown = page.all(".pagination li.active span, .pagination strong, td strong, td b");
    let current = shown.into_iter().filter(|shown| !mini(*shown)).find_map(|shown| even(shown)?.parse().ok());
    // A theme without any of these still has the offset in its addresses.
    let start = |url: &str| links::number(url, "start").and_then(|start| start.parse::<u32>().ok());
    let per_page = found
        .links
        .iter()
        .filter_map(|(number, url)| start(url)?.checked_div(number.checked_sub(1)?))
        .find(|per_page| *per_page > 0);
    let computed = start(&page.url).zip(per_page).map(|(start, per_page)| start / per_page + 1);
    // Numbers in bold stand elsewhere, too; the number of this page is linked nowhere.
    let current = current.filter(|number| found.at(*number).is_none());
    found.current = if found.links.is_empty() { 1 } else { current.or(computed).unwrap_or(1) };
    found
}

/// What of a post's HTML is whose.
fn cut(element: ElementRef<'_>) -> Cut {
    let name = element.value().name();
    let parent = || element.parent().and_then(ElementRef::wrap);
    let within = |classes: &[&str]| parent().is_some_and(|parent| has_class(parent, classes));
    match name {
        "blockquote" => Cut::Quote,
        // "Ada wrote: ↑ yesterday".
        "cite" => Cut::Drop,
        // Names, sizes and counts of attached files; "Code: select all".
        "dd" if within(&["file", "thumbnail"]) => Cut::Drop,
        "dt" if within(&["attachbox", "codebox"]) => Cut::Drop,
        "p" if within(&["codebox"]) => Cut::Drop,
        _ if has_class(element, &["quotecontent"]) => Cut::Quote,
        _ if has_class(
            element,
            &["quotetitle", "codetitle", "signature", "notice", "postsignature", "reactions", "post-buttons"],
        ) =>
        {
            Cut::Drop
        }
        _ => Cut::Keep,
    }
}

/// The post a post quotes first: boards since 3.2 link it.
fn quoted(content: ElementRef<'_>) -> Option<String> {
    let link = inside(content, "blockquote cite a[data-post-id]");
    link.and_then(|link| links::digits(link.attr("data-post-id")?)).or_else(|| {
        let named = selector("blockquote cite a[href]");
        content.select(&named).find_map(|link| {
            let href = link.attr("href")?;
            links::number(href, "p").or_else(|| links::number_after(href, "#p"))
        })
    })
}

/// Whether an answer is one of phpBB's own messages: "The requested topic does not exist."
#[must_use]
pub fn is_message(answer: &http::Response) -> bool {
    Page::read(answer).is_ok_and(|page| page.first("#message, body#phpbb, table.tablebg, #wrap, table.forumline").is_some())
}

/// Why a page is not what was asked.
fn refusal(answer: &http::Response, page: &Page, what: &str) -> Failure {
    if page.first("form#login, form[action*='mode=login'] input[type=password]").is_some() {
        return Failure::forbidden(format!("{} asks to log in: the {what} is not public", page.url));
    }
    match page.words("#message p, .panel#message, td.row1 .gen") {
        Some(words) => {
            let words: String = words.chars().take(120).collect();
            Failure::forbidden(format!("{} shows a message instead of the {what}: {words}", page.url))
        }
        None => answer.unexpected(&format!("is no {what} of a phpBB board")),
    }
}
