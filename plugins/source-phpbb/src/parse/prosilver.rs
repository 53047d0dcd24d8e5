//! Posts of prosilver and of themes made from it. Pure.

use vigie_plugin::forum::dates::{Order, moment};
use vigie_plugin::forum::{Body, ElementRef, Page, Person, Post, even, inside, links, selector, spaced};
use vigie_plugin::{Moment, log, time};

use super::{cut, quoted};

pub(super) fn posts(page: &Page) -> Vec<Post> {
    let containers: Vec<(String, ElementRef<'_>)> = page
        .all("div.post[id], article.post[id], li.post[id]")
        .into_iter()
        .filter_map(|post| Some((links::digits(post.attr("id")?.strip_prefix('p')?)?, post)))
        .collect();
    let texts: Vec<String> = containers.iter().filter_map(|(_, post)| date_text(*post)).collect();
    let order = Order::of(texts.iter().map(String::as_str));
    let mut posts: Vec<Post> = Vec::new();
    for (id, post) in containers {
        let Some(content) = inside(post, "div.content, .postbody .content, .post-content, .post-text") else {
            log::warn(format_args!("post {id} of {} has no content and is left out", page.url));
            continue;
        };
        if posts.iter().any(|known| known.id == id) {
            continue;
        }
        posts.push(Post {
            author: author(page, post),
            published: published(page, post, order),
            edited: edited(page, post, order),
            quotes: quoted(content),
            body: Body::read(content, &page.base, cut),
            id,
            ..Post::default()
        });
    }
    posts
}

/// The line below a post's subject: "by Ada » Mon Feb 10, 2014 2:49 pm".
fn line(post: ElementRef<'_>) -> Option<ElementRef<'_>> {
    inside(post, "p.author, .postbody .author, .post-author, .author")
}

/// What stands behind the name: a name may look like a date.
fn date_text(post: ElementRef<'_>) -> Option<String> {
    let text = spaced(line(post)?)?;
    Some(text.rsplit('»').next().unwrap_or(&text).trim().to_owned())
}

fn stated(element: ElementRef<'_>) -> Option<Moment> {
    let times = selector("time[datetime]");
    element.select(&times).find_map(|time| time::rfc3339(time.attr("datetime")?).ok())
}

fn published(page: &Page, post: ElementRef<'_>, order: Order) -> Option<Moment> {
    let line = line(post);
    line.and_then(stated).or_else(|| moment(&date_text(post)?, page.served, order)).or_else(|| {
        let elsewhere = inside(post, ".post-date, .postdate, .post-time, p.date")?;
        stated(elsewhere).or_else(|| moment(&spaced(elsewhere)?, page.served, order))
    })
}

/// "Last edited by Ada on …, edited 2 times in total." Other notices hold no date.
fn edited(page: &Page, post: ElementRef<'_>, order: Order) -> Option<Moment> {
    let notices = selector("div.notice, .postbody .notice");
    post.select(&notices).find_map(|notice| stated(notice).or_else(|| moment(&spaced(notice)?, page.served, order)))
}

fn author(page: &Page, post: ElementRef<'_>) -> Option<Person> {
    let named = "a.username, a.username-coloured, span.username, span.username-coloured, strong a, strong";
    let shown = line(post)
        .and_then(|line| inside(line, named))
        .or_else(|| inside(post, ".postprofile a.username, .postprofile a.username-coloured, .postprofile span.username, .postprofile span.username-coloured"))
        .or_else(|| inside(post, ".postprofile dt strong, .postprofile dt a[href*='viewprofile']"))?;
    let name = even(shown)?;
    let profiles = selector("a[href*='mode=viewprofile'], a[href*='/member/'], a.username[href], a.username-coloured[href]");
    let link = shown.attr("href").or_else(|| post.select(&profiles).find_map(|link| link.attr("href")));
    let url = link.and_then(|href| page.link(href));
    let id = url.as_deref().and_then(|url| links::number(url, "u").or_else(|| links::number_after(url, "-u")));
    Person::named(&name, id.filter(|id| id != "1"), url)
}
