//! Asks for a feed and cuts what it holds into batches.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Feed, Poll, http, ids, log, time};

use crate::Settings;
use crate::normalize::{self, Place};
use crate::parse;

/// Where in a document the last batch ended. A document is short and read from its beginning each time: the host asks for it
/// conditionally and knows what it has. So this matters only for one that holds more than a batch.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Position {
    /// Entries of the document that were delivered.
    delivered: usize,
    /// It ended before its end: it is asked for anew, and not whether it has changed.
    #[serde(default)]
    broken_off: bool,
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
    let position = request.position::<Position>()?.unwrap_or_default();
    let mut asked = http::get(&url).header("accept", accept);
    if position.broken_off {
        asked = asked.header("cache-control", "no-cache");
    }
    let answer = asked.send()?;
    answer.check()?;
    let document = parse::parse(&answer.body, answer.header("content-type")).map_err(|error| answer.unexpected(&error.0))?;
    let broken_off = document.broken_off;
    let mentions = normalize::mentions(document, Place { feed_url: &url, answered_url: &answer.url });
    if broken_off {
        log::warn(format_args!(
            "{url} breaks off before its end; {} entries are read, and what is missing comes with its next answer",
            mentions.len()
        ));
    }
    let wanted = mentions.into_iter().filter(|mention| !time::is_before(normalize::changed_at(mention), request.since));
    let start = position.delivered;
    let limit = usize::try_from(request.limit.max(1)).unwrap_or(usize::MAX);
    let mut rest = wanted.skip(start).peekable();
    let batch = Batch::new().upserts(rest.by_ref().take(limit));
    if rest.peek().is_some() {
        return Ok(batch.position(&Position { delivered: start.saturating_add(limit), broken_off }).more());
    }
    // A feed holds its newest entries and nothing else: the history ends where the document does.
    if request.direction == Direction::Older {
        return Ok(batch.done());
    }
    Ok(batch.position(&Position { delivered: 0, broken_off }).later(None))
}
