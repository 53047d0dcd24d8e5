//! Lists of topics, of every theme. Pure.

use vigie_plugin::forum::dates::{Order, moment};
use vigie_plugin::forum::{ElementRef, Listing, Page, Row, around, even, has_class, inside, links, selector, spaced};
use vigie_plugin::{Failure, Instant, http, ids, time};

use super::{pages, refusal};

/// Reads a page of a forum's list of topics.
///
/// # Errors
/// By class, where the answer is none.
pub fn listing(answer: &http::Response) -> Result<Listing, Failure> {
    answer.check()?;
    let page = Page::read(answer)?;
    let titles = page.all("a.topictitle[href]");
    let lasts: Vec<String> = titles.iter().filter_map(|title| spaced(last(row(*title)?)?)).collect();
    let order = Order::of(lasts.iter().map(String::as_str));
    let rows: Vec<Row> = titles.into_iter().filter_map(|title| topic(&page, title, order)).collect();
    let is_list = "body.section-viewforum, .topiclist, .forumbg, .action-bar, .topic-actions, table.tablebg, table.forumline";
    if rows.is_empty() && (page.first(is_list).is_none() || page.first("#message, form#login").is_some()) {
        return Err(refusal(answer, &page, "forum"));
    }
    Ok(Listing { rows, pages: pages(&page) })
}

fn row(title: ElementRef<'_>) -> Option<ElementRef<'_>> {
    around(title, |element| matches!(element.value().name(), "li" | "tr") || has_class(element, &["row", "topic-row"]))
}

fn last(row: ElementRef<'_>) -> Option<ElementRef<'_>> {
    inside(row, "dd.lastpost, .lastpost").or_else(|| {
        let cells = selector("td");
        row.select(&cells).last()
    })
}

fn topic(page: &Page, title: ElementRef<'_>, order: Order) -> Option<Row> {
    let url = page.link(title.attr("href")?)?;
    let id = links::number(&url, "t").or_else(|| links::number_after(links::page(&url), "-t")).unwrap_or_else(|| ids::hash(&url));
    let row = row(title);
    let pinned = row.is_some_and(|row| {
        has_class(row, &["sticky", "announce", "global-announce", "announcement"])
            || inside(row, "dl.sticky, dl.announce, dl.sticky_read, dl.announce_read, dl.sticky_unread, dl.global_read, dl.announce_unread, dl.global_unread").is_some()
    });
    Some(Row {
        id,
        url,
        title: even(title),
        last: row.and_then(last).and_then(|last| instant(page, last, order)),
        replies: row.and_then(|row| even(inside(row, "dd.posts, .posts")?)).and_then(|text| links::digits(&text)?.parse().ok()),
        pinned,
    })
}

fn instant(page: &Page, last: ElementRef<'_>, order: Order) -> Option<Instant> {
    let stated = inside(last, "time[datetime]").and_then(|time| time::rfc3339(time.attr("datetime")?).ok());
    stated.or_else(|| moment(&spaced(last)?, page.served, order)).map(|moment| moment.at)
}
