//! Walks a list of the own account, newest first.

use vigie_plugin::graph::{self, Walk};
use vigie_plugin::{Batch, Failure, Instant, Poll};

use super::{MOST, ask};
use crate::parse::{MEDIA_FIELDS, Media, Page, TAGGED_FIELDS};
use crate::{Settings, normalize};

pub(super) fn poll(settings: &Settings, request: &Poll, edge: &str) -> Result<Batch, Failure> {
    let walk: Walk = request.position()?.unwrap_or_default();
    let own = edge == "media";
    let mut asked = ask(settings, &format!("{}/{edge}", settings.user()?))
        .query("fields", if own { MEDIA_FIELDS } else { TAGGED_FIELDS })
        .query("limit", request.limit.clamp(1, MOST));
    if let Some(step) = walk.step() {
        asked = step.apply(asked);
    }
    let answer = asked.send()?;
    graph::check(&answer)?;
    let page: Page<Media> = answer.json()?;
    let mut batch = Batch::new();
    for media in &page.data {
        let Some(mention) = normalize::media(media, None) else { continue };
        if walk.is_past(&mention, request) {
            continue;
        }
        // Instagram shows nobody the comments below posts of others.
        if own {
            batch.feeds.extend(super::comments(settings, media)?);
        }
        batch = batch.upsert(mention);
    }
    let ids: Vec<&str> = page.data.iter().filter_map(|media| media.id.as_deref()).collect();
    let instants: Vec<Option<Instant>> = page.data.iter().map(|media| normalize::instant(media.timestamp.as_deref())).collect();
    let next = page.paging.as_ref().and_then(graph::Paging::next);
    Ok(walk.turn(request, batch, &ids, &instants, next))
}
