//! Walks questions: upwards from the newest known one to keep up, so that what is asked meanwhile shifts nothing; downwards for history.

use serde::{Deserialize, Serialize};
use vigie_plugin::http::Request;
use vigie_plugin::{Batch, Cursor, Direction, Failure, Feed, Instant, Poll, clock, ids};

use super::{DAY_MS, OVERLAP_SECS, PER_PAGE, Params, Walk, once, paced, seconds, send};
use crate::Settings;
use crate::normalize::item;
use crate::parse::Item;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// Everything older was delivered; seconds since 1970. Only for `newer`, and only after its first walk.
    floor: Option<i64>,
    /// The newest question of this walk.
    top: Option<i64>,
    /// Where the walk is.
    walk: Walk,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, asked: Request) -> Result<Batch, Failure> {
    let position: Position = request.position()?.unwrap_or_default();
    let newer = request.direction == Direction::Newer;
    let since = request.since.map(seconds);
    let up = newer && position.floor.is_some();
    let asked = asked.query("sort", "creation").query("order", if up { "asc" } else { "desc" });
    let asked = asked.query("pagesize", request.limit.clamp(1, PER_PAGE)).query("page", position.walk.page());
    let from = if up { position.walk.at.or(position.floor.map(|floor| floor - OVERLAP_SECS)).max(since) } else { since };
    let to = position.walk.at.filter(|_| !up);
    let asked = asked.query_if("fromdate", from.map(|from| from.to_string())).query_if("todate", to.map(|to| to.to_string()));
    let mut wrapper = send(asked)?;
    let items = once(std::mem::take(&mut wrapper.items));
    let site = settings.site()?;
    let mut batch = Batch::new().upserts(items.iter().filter_map(|question| item(question, site, None)));
    batch.feeds = children(settings, &items)?;

    let dates = || items.iter().filter_map(|question| question.creation_date);
    let top = position.top.max(dates().max());
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && !up;
    if wrapper.has_more == Some(true) && !head_alone {
        let walk = if up {
            position.walk.after(dates().max(), |end, at| end > at)
        } else {
            position.walk.after(dates().min(), |end, at| end < at)
        };
        return Ok(paced(batch.position(&Position { floor: position.floor, top, walk }).more(), &wrapper));
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(top).unwrap_or_else(|| seconds(clock::now()));
    Ok(paced(batch.position(&Position { floor: Some(floor), ..Position::default() }).later(None), &wrapper))
}

/// Feeds for the answers to the questions of a page and for the comments below them: a hundred questions take one request. Those that
/// are old and have answers are read once.
fn children(settings: &Settings, questions: &[Item]) -> Result<Vec<Feed>, Failure> {
    let now = clock::now();
    let read_for = settings.answers_for_ms()?;
    let mut feeds = Vec::new();
    for young in [true, false] {
        let asked_at = |question: &Item| question.creation_date.map_or(now, |date| date.saturating_mul(1000));
        let of_age = |question: &&Item| (asked_at(question).saturating_add(read_for) > now) == young;
        let group: Vec<&Item> = questions.iter().filter(|item| item.question_id.is_some()).filter(of_age).collect();
        let answered: Vec<i64> = group
            .iter()
            .filter(|question| young || question.answer_count.unwrap_or(0) > 0)
            .filter_map(|question| question.question_id)
            .collect();
        let newest = group.iter().map(|question| asked_at(question)).max().unwrap_or(now);
        let ends = newest.saturating_add(read_for).max(now.saturating_add(DAY_MS));
        if settings.answers && !answered.is_empty() {
            let quiet = group.iter().all(|question| question.answer_count == Some(0));
            let name = format!("answers:{}", ids::hash(&super::joined(answered.iter().copied())));
            let feed = Feed::new(name, format!("answers to {} questions", answered.len()));
            feeds.push(feed.with_params(&Params::Answers { questions: answered, newest, quiet }).expires_at(ends));
        }
        feeds.extend(comments(
            settings,
            group.iter().filter_map(|question| Some((*question, question.question_id?))),
            newest,
            ends,
        ));
    }
    Ok(feeds)
}

/// A feed for the comments below posts; each comes with its question.
pub(super) fn comments<'a>(
    settings: &Settings,
    posts: impl Iterator<Item = (&'a Item, i64)>,
    newest: Instant,
    ends: Instant,
) -> Option<Feed> {
    // The usual filter does not say how many there are; one that does saves asking.
    let some = posts.filter(|(post, _)| post.comment_count != Some(0));
    let posts: Vec<(i64, i64)> =
        some.filter_map(|(post, question)| Some((post.answer_id.or(post.question_id)?, question))).collect();
    if !settings.comments || posts.is_empty() {
        return None;
    }
    let name = format!("comments:{}", ids::hash(&super::joined(posts.iter().map(|(post, _)| *post))));
    let feed = Feed::new(name, format!("comments below {} posts", posts.len()));
    Some(feed.with_params(&Params::Comments { posts, newest, quiet: false }).expires_at(ends))
}
