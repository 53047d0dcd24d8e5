//! Reads the posts of a topic.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Poll, http};

use super::too_old;
use crate::Settings;
use crate::normalize::{self, Context};
use crate::parse::{Post, Topic};

/// Posts in one request.
const PER_REQUEST: usize = 20;
/// Posts in one poll.
const MAX_POSTS: u32 = 200;

/// Numbers of posts grow with time, so a number tells old from new.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Position {
    /// The highest number that was delivered.
    known: i64,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, id: i64) -> Result<Batch, Failure> {
    // A topic names all its posts in its first answer.
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let base = settings.base()?;
    let answer = http::get(format!("{base}/t/{id}.json")).send()?;
    let topic: Topic = answer.json()?;
    let Some(stream) = &topic.post_stream else {
        return Err(answer.unexpected("has no `post_stream` where a topic belongs"));
    };
    if topic.is_private() {
        return Err(Failure::gone(format!("topic {id} of {base} has become a private message")));
    }
    let position: Position = request.position()?.unwrap_or_default();
    let mut wanted: Vec<i64> = match &stream.stream {
        Some(all) => all.clone(),
        None => stream.posts.iter().filter_map(|post| post.id).collect(),
    };
    wanted.retain(|post| *post > position.known);
    wanted.sort_unstable();
    wanted.dedup();
    let rest = wanted.split_off(wanted.len().min(usize::try_from(request.limit.clamp(1, MAX_POSTS)).unwrap_or(1)));

    let mut context = Context::default();
    context.learn_topic(&topic);
    let mut posts: Vec<Post> =
        stream.posts.iter().filter(|post| post.id.is_some_and(|id| wanted.contains(&id))).cloned().collect();
    let missing: Vec<i64> = wanted.iter().copied().filter(|id| posts.iter().all(|post| post.id != Some(*id))).collect();
    posts.extend(read(&base, id, &missing)?);
    for post in &posts {
        context.learn_post(post, Some(id));
    }
    let changes = posts.iter().filter_map(|post| normalize::post(post, Some(id), &context, &base));
    let mut batch = Batch::new();
    batch.changes = changes.filter(|change| !too_old(change, request.since)).collect();
    let known = wanted.last().copied().unwrap_or(position.known);
    let batch = batch.position(&Position { known });
    Ok(if rest.is_empty() { batch.later(None) } else { batch.more() })
}

fn read(base: &str, topic: i64, ids: &[i64]) -> Result<Vec<Post>, Failure> {
    let chunk = |ids: &[i64]| {
        let request = http::get(format!("{base}/t/{topic}/posts.json"));
        ids.iter().fold(request, |request, id| request.query("post_ids[]", id))
    };
    let mut posts = Vec::new();
    for answer in http::send_all(ids.chunks(PER_REQUEST).map(chunk).collect()) {
        let topic: Topic = answer?.json()?;
        posts.extend(topic.post_stream.map(|stream| stream.posts).unwrap_or_default());
    }
    Ok(posts)
}
