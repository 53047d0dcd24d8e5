//! Asks for a feed and cuts what it holds into batches.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Feed, Poll, http, ids, log};

use crate::Settings;
use crate::normalize::{self, Place};
use crate::parse;

/// Where in a document the last batch ended. A document is short and read from its beginning each time: the host asks for it
/// conditionally and knows what it has. So this matters only for one that holds more than a batch.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    /// Entries of the document that were delivered.
    delivered: usize,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

/// One feed an address.
pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    let mut feeds: Vec<Feed> = Vec::new();
    for url in &settings.urls {
        let url = url.trim();
        let normal = http::join(url, "").filter(|url| url.starts_with("http://") || url.starts_with("https://"));
        if normal.is_none() {
            return Err(Failure::settings(format!(
                "setting `urls`: `{url}` is no address of a feed: write one such as https://blog.example/feed.xml"
            )));
        }
        let id = ids::short(url);
        if feeds.iter().all(|feed| feed.id != id) {
            feeds.push(Feed::new(id, url).with_params(&url));
        }
    }
    Ok(feeds)
}

pub(crate) fn poll(request: &Poll) -> Result<Batch, Failure> {
    let url: String = request.feed.read_params()?;
    let accept = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5";
    let answer = http::get(&url).header("accept", accept).send()?;
    answer.check()?;
    let document = parse::parse(&answer.body, answer.header("content-type")).map_err(|error| answer.unexpected(&error.0))?;
    if document.broken_off {
        log::warn(format_args!(
            "{url} breaks off before its end; the {} entries that came whole are read, and what is missing comes with its next answer",
            document.entries.len()
        ));
    }
    let mentions = normalize::mentions(document, Place { feed_url: &url, answered_url: &answer.url });
    let wanted = mentions.into_iter().filter(|mention| {
        let changed = normalize::changed_at(mention);
        changed.is_none() || request.since.is_none_or(|since| changed >= Some(since))
    });
    let start = request.position::<Position>()?.map_or(0, |position| position.delivered);
    let limit = usize::try_from(request.limit.max(1)).unwrap_or(usize::MAX);
    let mut rest = wanted.skip(start).peekable();
    let batch = Batch::new().upserts(rest.by_ref().take(limit));
    if rest.peek().is_some() {
        return Ok(batch.position(&Position { delivered: start.saturating_add(limit) }).more());
    }
    // A feed holds its newest entries and nothing else: the history ends where the document does.
    if request.direction == Direction::Older {
        return Ok(batch.done());
    }
    Ok(batch.position(&Position { delivered: 0 }).later(None))
}
