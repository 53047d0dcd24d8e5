//! Pages of threads. Whatever the theme, vBulletin 3 and 4 write each text into `#post_message_N`; vBulletin 5 has `li.b-post`. Pure.

use vigie_plugin::forum::dates::{Order, moment};
use vigie_plugin::forum::{Body, ElementRef, Page, Person, Post, Topic, around, even, inside, links, selector, spaced};
use vigie_plugin::{Failure, Moment, http, time};

use super::{cut, pages, refusal, thread_number};

/// Reads a page of a thread.
///
/// # Errors
/// By class, where the answer is none.
pub fn topic(answer: &http::Response) -> Result<Topic, Failure> {
    answer.check()?;
    let page = Page::read(answer)?;
    let pages = pages(&page);
    let found = posts(&page);
    let texts: Vec<String> = found.iter().flat_map(|(_, post, _)| date_texts(*post)).collect();
    let order = Order::of(texts.iter().map(String::as_str));
    let mut posts: Vec<Post> = Vec::new();
    for (id, post, text) in found {
        if posts.iter().all(|known| known.id != id) {
            posts.push(read(&page, id, post, text, order));
        }
    }
    if posts.is_empty() {
        return Err(refusal(answer, &page, "thread"));
    }
    if pages.number() == 1 {
        posts[0].first = true;
    }
    let headings = [
        "#pagetitle .threadtitle",
        ".threadtitle",
        "h1.main-title",
        "h1.js-topic-title",
        ".navbar td strong",
        ".navbar strong",
        "td.navbar",
    ];
    let title = headings.iter().find_map(|css| page.words(css)).or_else(|| {
        let title = page.words("title")?;
        Some(title.rsplit_once(" - ").map_or(title.as_str(), |(title, _)| title).to_owned())
    });
    Ok(Topic { id: number(&page), title, posts, pages, ..Topic::default() })
}

/// Number, box and text of each post.
fn posts(page: &Page) -> Vec<(String, ElementRef<'_>, ElementRef<'_>)> {
    let texts = page.all("[id^=post_message_]").into_iter().filter_map(|text| {
        let id = links::digits(text.attr("id")?.strip_prefix("post_message_")?)?;
        let own = |id: &str, prefix: &str, element: ElementRef<'_>| {
            element.attr("id").and_then(|name| name.strip_prefix(prefix)) == Some(id)
        };
        let holder = around(text, |element| own(&id, "post", element) || own(&id, "post_", element) || own(&id, "edit", element));
        let holder = holder.or_else(|| around(text, |element| element.value().name() == "table"))?;
        Some((id, holder, text))
    });
    let mut found: Vec<_> = texts.collect();
    if found.is_empty() {
        found = page
            .all("li.b-post[data-node-id], li[id^=post_]")
            .into_iter()
            .filter_map(|post| {
                let id = post.attr("data-node-id").or_else(|| post.attr("id")?.strip_prefix("post_"));
                Some((
                    links::digits(id?)?,
                    post,
                    inside(post, ".js-post__content-text, .b-post__content .restore, .postcontent")?,
                ))
            })
            .collect();
    }
    found
}

fn read(page: &Page, id: String, post: ElementRef<'_>, text: ElementRef<'_>, order: Order) -> Post {
    let places = selector("a.postcounter, a[id^=postcount], a[href*='showpost.php'] strong, a.b-post__count");
    let number = post.select(&places).find_map(|place| links::digits(even(place)?.trim_start_matches('#'))?.parse().ok());
    let published = post
        .select(&selector(".b-post__timestamp time[datetime], time[itemprop=dateCreated][datetime], .postdate time[datetime]"))
        .find_map(|time| time::rfc3339(time.attr("datetime")?).ok())
        .or_else(|| date_texts(post).iter().find_map(|text| moment(text, page.served, order)));
    Post {
        number,
        author: author(page, post, &id),
        published,
        edited: edited(page, post, order),
        quotes: quoted(text),
        body: Body::read(text, &page.base, cut),
        id,
        ..Post::default()
    }
}

/// Where a post's date may stand: vBulletin 4 names it, vBulletin 3 has it in the head of the table.
fn date_texts(post: ElementRef<'_>) -> Vec<String> {
    ["span.postdate .date", ".postdate", "td.thead", ".thead", ".b-post__timestamp", "div.normal"]
        .iter()
        .flat_map(|css| post.select(&selector(css)).filter_map(spaced).collect::<Vec<_>>())
        .filter(|text| text.chars().any(char::is_numeric))
        .collect()
}

/// "Last edited by Ada; 01-02-2009 at 10:22 AM. Reason: …"
fn edited(page: &Page, post: ElementRef<'_>, order: Order) -> Option<Moment> {
    let lines = selector(".lastedited, .b-post__edit-details, div.smallfont em");
    post.select(&lines).find_map(|line| {
        let text = spaced(line)?;
        // The name comes first, and the reason last; both may hold numbers.
        let text = text.split_once(';').map_or(text.as_str(), |(_, text)| text);
        moment(text.split("Reason:").next().unwrap_or(text).trim_end_matches('.'), page.served, order)
    })
}

/// The post quoted first: the arrow beside the name leads to it.
fn quoted(text: ElementRef<'_>) -> Option<String> {
    let arrows = selector(".bbcode_postedby a[href], .bbcode_quote a[href*='#post'], td.alt2 div a[href*='#post']");
    text.select(&arrows).find_map(|arrow| {
        let href = arrow.attr("href")?;
        links::number_after(href, "#post").or_else(|| links::number(href, "p"))
    })
}

fn author(page: &Page, post: ElementRef<'_>, id: &str) -> Option<Person> {
    let named = inside(
        post,
        "a.bigusername, a.username, .username_container .username, .userinfo .username, .b-userinfo .author a, .author a, .username",
    );
    let named = named.or_else(|| {
        let menus = selector("[id^=postmenu_]");
        post.select(&menus).find(|menu| menu.attr("id").and_then(|name| name.strip_prefix("postmenu_")) == Some(id))
    })?;
    let name = inside(named, "strong").and_then(even).or_else(|| even(named))?;
    let url = named.attr("href").and_then(|href| page.link(href));
    let number = |url: &str| {
        links::number(url, "u")
            .or_else(|| links::number_after(url, "member.php?"))
            .or_else(|| links::number_after(url, "member.php/"))
            .or_else(|| links::number_after(url, "/member/"))
            .or_else(|| links::number_after(url, "/members/"))
    };
    let account = url.as_deref().and_then(number).filter(|id| id != "0");
    Person::named(&name, account, url)
}

fn number(page: &Page) -> Option<String> {
    let linked = |css: &str| page.all(css).into_iter().find_map(|link| thread_number(&page.link(link.attr("href")?)?));
    page.canonical()
        .as_deref()
        .and_then(thread_number)
        .or_else(|| thread_number(&page.url))
        .or_else(|| links::digits(page.first("input[name=t][value], input[name=threadid][value]")?.attr("value")?))
        .or_else(|| {
            linked(".pagenav a[href], .pagination a[href], a[href*='showthread.php?t='], a[href*='newreply.php?do=newreply&t=']")
        })
}
