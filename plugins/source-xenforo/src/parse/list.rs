//! Lists of threads: XenForo 2 (`div.structItem--thread`) and XenForo 1 (`li.discussionListItem`). Pure.

use vigie_plugin::forum::{ElementRef, Listing, Page, Row, around, even, has_class, inside, links, selector};
use vigie_plugin::{Failure, Instant, http, time};

use super::html::{pages, refusal};
use super::number_in;

/// Reads a page of a forum's list of threads.
///
/// # Errors
/// By class, where the answer is none.
pub fn listing(answer: &http::Response) -> Result<Listing, Failure> {
    answer.check()?;
    let page = Page::read(answer)?;
    let rows: Vec<Row> =
        page.all("div.structItem--thread, li.discussionListItem").into_iter().filter_map(|row| thread(&page, row)).collect();
    if rows.is_empty() && page.first(".structItemContainer, .discussionList, html[data-template='forum_view']").is_none() {
        return Err(refusal(answer, &page, "forum"));
    }
    Ok(Listing { rows, pages: pages(&page) })
}

fn thread(page: &Page, row: ElementRef<'_>) -> Option<Row> {
    let titles = selector(".structItem-title a[href], h3.title a[href], .title a[href]");
    // Labels in front of a title are links, too.
    let title =
        row.select(&titles).filter(|link| link.attr("href").is_some_and(|href| number_in(href, "threads").is_some())).last()?;
    let url = page.link(title.attr("href")?)?;
    let id = number_in(&url, "threads")?;
    // `…/unread` leads a member to what is new.
    let end = url.find(&format!("{id}/")).map_or(url.len(), |at| at + id.len() + 1);
    let pinned = has_class(row, &["sticky"])
        || inside(row, ".structItem-status--sticky").is_some()
        || around(row, |element| has_class(element, &["structItemContainer-group--sticky"])).is_some();
    let replies = inside(row, ".structItem-cell--meta dl.pairs dd, .stats .major dd").and_then(even);
    Some(Row {
        id,
        url: url[..end].to_owned(),
        title: even(title),
        last: inside(
            row,
            "time.structItem-latestDate, .structItem-cell--latest time, .lastPostInfo .DateTime, .lastPost .DateTime",
        )
        .and_then(instant),
        // "12K" is no number.
        replies: replies.and_then(|text| links::digits(&text).filter(|digits| *digits == text)?.parse().ok()),
        pinned,
    })
}

fn instant(date: ElementRef<'_>) -> Option<Instant> {
    let seconds = date.attr("data-timestamp").or_else(|| date.attr("data-time")).and_then(|seconds| seconds.trim().parse().ok());
    let stated = || time::rfc3339(date.attr("datetime")?).ok();
    seconds.and_then(|seconds| time::unix_seconds(seconds).ok()).or_else(stated).map(|moment| moment.at)
}
