//! Reads a page and follows those it names as the next ones.
//!
//! Nothing says in which order a site shows its reviews, so a walk does not end by a date: `newer` goes on while a page holds nothing
//! that the first page of the walk before held, `older` reads all pages once.

use serde::{Deserialize, Serialize};
use vigie_plugin::http::Response;
use vigie_plugin::{Batch, Change, Cursor, Direction, Failure, Poll, http, ids, log, time};

use super::authority;
use crate::extract::{self, Page};
use crate::{Settings, normalize};

/// Ids of a first page that are remembered.
const MAX_KNOWN: usize = 200;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// What the first page of the walk before held, hashed.
    known: Vec<String>,
    /// What the first page of this walk holds, hashed.
    top: Vec<String>,
    /// The page to read; the feed's own one where absent.
    url: Option<String>,
    /// How many pages were read before it.
    page: u32,
    /// Changes of it that were delivered.
    delivered: usize,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, url: &str, named: bool) -> Result<Batch, Failure> {
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let at = position.url.clone().unwrap_or_else(|| url.to_owned());
    let answer = http::get(&at).header("accept", "text/html, application/xhtml+xml;q=0.9, */*;q=0.5").send()?;
    let page = read(&answer)?;
    if page.values.is_empty() && named && position.page == 0 {
        // A wall for robots, a page that is put together in the browser, or the wrong address: never "no reviews".
        return Err(answer.unexpected(if page.broken > 0 {
            "marks up reviews in a way that cannot be read"
        } else {
            "marks up nothing for machines: no JSON-LD, microdata, RDFa or microformats"
        }));
    }
    let changes = normalize::changes(&page, &at, &answer.url);
    let short = |id: &str| -> String { ids::hash(id).chars().take(12).collect() };
    let here: Vec<String> = changes.iter().map(|change| short(id(change))).collect();
    if position.page == 0 {
        position.top = here.iter().take(MAX_KNOWN).cloned().collect();
    }
    let wanted: Vec<Change> = changes.into_iter().filter(|change| !too_old(change, request)).collect();
    let limit = usize::try_from(request.limit.max(1)).unwrap_or(usize::MAX);
    let mut batch = Batch::new();
    let more_here = wanted.len() > position.delivered.saturating_add(limit);
    batch.changes = wanted.into_iter().skip(position.delivered).take(limit).collect();
    if more_here {
        position.delivered = position.delivered.saturating_add(limit);
        return Ok(batch.position(&position).more());
    }
    let met = here.iter().any(|id| position.known.contains(id));
    let next = next(&answer, &page, &at).filter(|_| !here.is_empty() && position.page + 1 < settings.pages);
    if let Some(next) = next.filter(|_| !newer || (!position.known.is_empty() && !met)) {
        let position = Position { url: Some(next), page: position.page + 1, delivered: 0, ..position };
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let known = if position.top.is_empty() { position.known } else { position.top };
    Ok(batch.position(&Position { known, ..Position::default() }).later(None))
}

fn read(answer: &Response) -> Result<Page, Failure> {
    answer.check()?;
    let text = answer.text()?;
    if !text.contains('<') {
        return Err(answer.unexpected("is no page"));
    }
    let page = extract::page(&text);
    if page.broken > 0 {
        log::warn(format_args!("{} blocks of JSON-LD on {} cannot be read and were skipped", page.broken, answer.url));
    }
    Ok(page)
}

fn id(change: &Change) -> &str {
    match change {
        Change::Upsert(mention) => &mention.id,
        Change::Remove(id) => id,
    }
}

fn too_old(change: &Change, request: &Poll) -> bool {
    let Change::Upsert(mention) = change else { return false };
    let changed = mention.edited.or(mention.published).map(|moment| moment.at);
    time::is_before(changed, request.since)
}

/// The next page, if it is another one of the same host.
fn next(answer: &Response, page: &Page, at: &str) -> Option<String> {
    let base = page.base.as_deref().and_then(|base| http::join(&answer.url, base)).unwrap_or_else(|| answer.url.clone());
    let next = answer.link("next").or_else(|| http::web(&base, page.next.as_deref()?))?;
    let next = next.split('#').next().unwrap_or_default().to_owned();
    (authority(&next) == authority(at) && next != at && next != answer.url).then_some(next)
}
