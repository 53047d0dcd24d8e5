//! Turns a sitemap into feeds: one a page, which end some time after the sitemap last named them.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Feed, Poll, clock, http, log};

use super::authority;
use crate::Settings;
use crate::sitemap::{self, Entry, Sitemap};

/// Feeds handed on in one poll.
const FEEDS: usize = 200;
/// Sitemaps list sitemaps; deeper ones are left.
const MAX_LEVEL: u32 = 3;
/// Sitemaps change slowly.
const AGAIN_MS: u64 = 6 * 3_600_000;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Position {
    /// Entries that were handed on.
    delivered: usize,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, url: &str, level: u32) -> Result<Batch, Failure> {
    // A sitemap has no history.
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let answer = http::get(url).send()?;
    answer.check()?;
    let read = sitemap::read(&answer.body, answer.header("content-type")).map_err(|what| answer.unexpected(what))?;
    let ends = clock::now().saturating_add(settings.pages_for_ms()?);
    let feeds: Vec<Feed> = match read {
        Sitemap::Sitemaps(_) if level >= MAX_LEVEL => {
            log::warn(format_args!("{url} is the {level}th sitemap inside another; what it lists is not read"));
            Vec::new()
        }
        Sitemap::Sitemaps(entries) => {
            let inside = addresses(settings, entries, url, &[]);
            inside.iter().map(|inner| super::sitemap(inner, level + 1).expires_at(ends)).collect()
        }
        Sitemap::Pages(entries) => {
            let pages = addresses(settings, entries, url, &settings.include);
            pages.iter().map(|page| super::page(page, false).expires_at(ends)).collect()
        }
    };
    let delivered = request.position::<Position>()?.map_or(0, |position| position.delivered);
    let mut batch = Batch::new();
    let rest = feeds.len() > delivered.saturating_add(FEEDS);
    batch.feeds = feeds.into_iter().skip(delivered).take(FEEDS).collect();
    if rest {
        return Ok(batch.position(&Position { delivered: delivered + FEEDS }).more());
    }
    Ok(batch.position(&Position::default()).later(AGAIN_MS))
}

/// What is on the sitemap's own host and wanted, those changed last first, each once.
fn addresses(settings: &Settings, entries: Vec<Entry>, at: &str, include: &[String]) -> Vec<String> {
    let mut wanted: Vec<(Option<i64>, String)> = entries
        .into_iter()
        .filter_map(|entry| Some((entry.changed, http::web(at, &entry.url)?.split('#').next()?.to_owned())))
        .filter(|(_, url)| authority(url) == authority(at))
        .filter(|(_, url)| include.is_empty() || include.iter().any(|part| url.contains(part.as_str())))
        .collect();
    wanted.sort_by_key(|(changed, _)| Reverse(*changed));
    let mut seen = std::collections::HashSet::new();
    let most = usize::try_from(settings.most).unwrap_or(usize::MAX);
    wanted.into_iter().map(|(_, url)| url).filter(|url| seen.insert(url.clone())).take(most).collect()
}
