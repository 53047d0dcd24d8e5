//! Posts of themes made of tables: subsilver2 of phpBB 3.0, subSilver of phpBB 2. Pure.

use vigie_plugin::forum::dates::{Order, moment};
use vigie_plugin::forum::{Body, Cut, ElementRef, Page, Person, Post, around, even, has_class, inside, links, selector, spaced};

pub(super) fn posts(page: &Page) -> Vec<Post> {
    let anchors: Vec<(String, ElementRef<'_>)> = page
        .all("a[name]")
        .into_iter()
        .filter_map(|anchor| {
            let name = anchor.attr("name")?;
            let number = name.strip_prefix('p').unwrap_or(name);
            Some((links::digits(number).filter(|digits| digits == number)?, anchor))
        })
        .collect();
    let containers: Vec<(String, ElementRef<'_>)> =
        anchors.into_iter().filter_map(|(id, anchor)| Some((id, container(anchor)?))).collect();
    let texts: Vec<String> = containers.iter().filter_map(|(_, post)| date_text(*post)).collect();
    let order = Order::of(texts.iter().map(String::as_str));
    let mut posts: Vec<Post> = Vec::new();
    for (id, post) in containers {
        let Some(content) = content(post).filter(|_| posts.iter().all(|known: &Post| known.id != id)) else { continue };
        posts.push(Post {
            author: author(page, post),
            published: date_text(post).and_then(|text| moment(&text, page.served, order)),
            body: Body::read(content, &page.base, cut_table),
            id,
            ..Post::default()
        });
    }
    posts
}

/// A post is a table of its own, or a row of the one table there is.
fn container(anchor: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let holds = |element: ElementRef<'_>| inside(element, ".postbody").is_some();
    around(anchor, |element| matches!(element.value().name(), "tr" | "table") && holds(element))
}

/// The cell with the words: quotes of phpBB 2 stand beside the spans, not inside.
fn content(post: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let body = inside(post, ".postbody")?;
    if body.value().name() == "div" { Some(body) } else { around(body, |element| element.value().name() == "td") }
}

fn date_text(post: ElementRef<'_>) -> Option<String> {
    let dated = |text: &str| text.chars().any(|char| char.is_ascii_digit());
    // "Posted: Sat Mar 12, 2005 3:04 am   Post subject: 3 of 4": the subject may look like a date, too. The first details are the author's.
    let details = selector("span.postdetails");
    let lines = post.select(&details).filter_map(|details| {
        let texts = details.children().filter_map(|child| child.value().as_text().map(|text| text.to_string()));
        texts.into_iter().find(|text| dated(text))
    });
    if let Some(text) = lines.last() {
        return Some(text);
    }
    ["td.gensmall div[style*='right']", "td.gensmall", ".postdetails"].iter().find_map(|css| {
        let details = selector(css);
        post.select(&details).filter_map(spaced).find(|text| dated(text))
    })
}

fn author(page: &Page, post: ElementRef<'_>) -> Option<Person> {
    let name = even(inside(post, "b.postauthor, .postauthor, span.name b, .name")?)?;
    let profile = "a[href*='mode=viewprofile']";
    // phpBB 2 has the buttons in the next row.
    let next = || post.next_siblings().filter_map(ElementRef::wrap).next().and_then(|row| inside(row, profile));
    let url = inside(post, profile).or_else(next).and_then(|link| page.link(link.attr("href")?));
    let id = url.as_deref().and_then(|url| links::number(url, "u"));
    Person::named(&name, id.filter(|id| id != "1" && id != "0"), url)
}

fn cut_table(element: ElementRef<'_>) -> Cut {
    match element.value().name() {
        "td" if has_class(element, &["quote"]) => Cut::Quote,
        "table" | "tbody" | "tr" | "td" => Cut::Unwrap,
        "hr" => Cut::Drop,
        // "Ada wrote:", "Last edited by …", and the signature below its line.
        "span" if has_class(element, &["genmed", "gensmall"]) => Cut::Drop,
        "span" if has_class(element, &["postbody"]) && even(element).is_some_and(|text| text.starts_with("_______")) => Cut::Drop,
        _ => super::cut(element),
    }
}
