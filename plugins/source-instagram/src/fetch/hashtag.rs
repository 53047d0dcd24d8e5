//! Reads what was published under a hashtag in the last 24 hours.
//!
//! There is no more than that, it is not in order, and the cursor is the same on every page: it marks a place in a search that the
//! service keeps for a while, so it tells neither how far one is nor where to go on later. So all pages are read in one poll, to
//! the one without a further page, and what is kept is the hashtag's number alone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vigie_plugin::graph;
use vigie_plugin::{Batch, Cursor, Direction, Failure, Poll, log, time};

use super::{MOST, ask};
use crate::parse::{Found, HASHTAG_FIELDS, Media, Page};
use crate::settings::is_number;
use crate::{Settings, normalize};

/// Pages read in one poll: the host takes a thousand mentions.
const MOST_PAGES: usize = 19;

/// The hashtag's number, which never changes; asking for it counts against the hashtags of a week.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    hashtag: String,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, tag: &str) -> Result<Batch, Failure> {
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let user = settings.user()?;
    let position = match request.position::<Position>()? {
        Some(position) => position,
        None => Position { hashtag: number(settings, user, tag)? },
    };
    let first = ask(settings, &format!("{}/recent_media", position.hashtag))
        .query("user_id", user)
        .query("fields", HASHTAG_FIELDS)
        .query("limit", MOST);
    let mut batch = Batch::new();
    let mut known = BTreeSet::new();
    let mut next = None;
    for read in 1..=MOST_PAGES {
        let asked = match &next {
            None => first.clone(),
            Some(step) => graph::Step::apply(step, first.clone()),
        };
        let answer = asked.send()?;
        graph::check(&answer)?;
        let page: Page<Media> = answer.json()?;
        for mention in page.data.iter().filter_map(|media| normalize::media(media, None)) {
            let old = time::is_before(mention.published.map(|moment| moment.at), request.since);
            if !old && known.insert(mention.id.clone()) {
                batch = batch.upsert(mention);
            }
        }
        next = page.paging.as_ref().and_then(|paging| paging.next().or_else(|| paging.after().map(graph::Step::after)));
        if next.is_none() {
            break;
        }
        if read == MOST_PAGES {
            log::warn(format_args!("#{tag} has more than {} posts a day; what is behind them is not read", MOST_PAGES * 50));
        }
    }
    Ok(batch.position(&position).later(None))
}

fn number(settings: &Settings, user: &str, tag: &str) -> Result<String, Failure> {
    let answer = ask(settings, "ig_hashtag_search").query("user_id", user).query("q", tag).send()?;
    graph::check(&answer)?;
    let found: Page<Found> = answer.json()?;
    let number = found.data.into_iter().find_map(|found| found.id).filter(|id| is_number(id));
    number.ok_or_else(|| Failure::gone(format!("Instagram has no hashtag #{tag}, or does not let it be searched")))
}
