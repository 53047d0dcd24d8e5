//! Lists of threads. Pure.

use vigie_plugin::forum::dates::{Order, moment};
use vigie_plugin::forum::{ElementRef, Listing, Page, Row, around, even, has_class, inside, links, selector, spaced};
use vigie_plugin::{Failure, http};

use super::{pages, refusal, thread_number};

/// Reads a page of a forum's list of threads: `a#thread_title_N` in vBulletin 3 and 4 whatever the theme, `tr.topic-item` in vBulletin 5.
///
/// # Errors
/// By class, where the answer is none.
pub fn listing(answer: &http::Response) -> Result<Listing, Failure> {
    answer.check()?;
    let page = Page::read(answer)?;
    let mut titles: Vec<(Option<String>, ElementRef<'_>)> = page
        .all("a[id^=thread_title_][href]")
        .into_iter()
        .map(|title| (title.attr("id").and_then(|id| links::digits(id.strip_prefix("thread_title_")?)), title))
        .collect();
    if titles.is_empty() {
        let others = page.all("li.threadbit a.title[href], tr.threadbit a[href*='showthread'], tr.topic-item a.topic-title[href], tr[id^=thread_] a[href*='showthread']");
        titles = others.into_iter().map(|title| (None, title)).collect();
    }
    let lasts: Vec<String> = titles.iter().filter_map(|(_, title)| last(row(*title)?)).collect();
    let order = Order::of(lasts.iter().map(String::as_str));
    let mut rows: Vec<Row> = Vec::new();
    for (id, title) in titles {
        let Some(found) = thread(&page, id, title, order) else { continue };
        if rows.iter().all(|known| known.id != found.id) {
            rows.push(found);
        }
    }
    if rows.is_empty() && page.first("#threadslist, #threads, #threadlist, .threadbits, .topic-list").is_none() {
        return Err(refusal(answer, &page, "forum"));
    }
    Ok(Listing { rows, pages: pages(&page) })
}

fn row(title: ElementRef<'_>) -> Option<ElementRef<'_>> {
    around(title, |element| element.value().name() == "tr" || has_class(element, &["threadbit", "topic-item"]))
}

/// "Today 10:22 PM by Ada": the cell that has a time in it, and a cell of its own in vBulletin 4 and 5.
fn last(row: ElementRef<'_>) -> Option<String> {
    let cells = selector(".threadlastpost, .lastpost, .cell-lastpost");
    let timed = || {
        let times = selector("td span.time");
        row.select(&times).last().and_then(|time| around(time, |element| element.value().name() == "td"))
    };
    spaced(row.select(&cells).next().or_else(timed)?)
}

fn thread(page: &Page, id: Option<String>, title: ElementRef<'_>, order: Order) -> Option<Row> {
    let url = links::with(&page.link(title.attr("href")?)?, "goto", None);
    let id = id.or_else(|| thread_number(&url))?;
    let row = row(title);
    let pinned = row.is_some_and(|row| inside(row, "img[src*='sticky'], .sticky").is_some() || has_class(row, &["sticky"]))
        || around(title, |element| has_class(element, &["stickies", "sticky-list"]) || element.attr("id") == Some("stickies"))
            .is_some();
    let replies = row.and_then(|row| inside(row, "a[href*='whoposted'], .threadstats a, .posts-count")).and_then(even);
    Some(Row {
        id,
        url,
        title: even(title),
        last: row.and_then(last).and_then(|text| moment(&text, page.served, order)).map(|moment| moment.at),
        replies: replies.and_then(|text| links::digits(&text.replace([',', '.'], ""))?.parse().ok()),
        pinned,
    })
}
