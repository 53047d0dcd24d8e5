//! Conversations for services that have no part of their own in the story: a slice of what the forums say, told again elsewhere.

use super::items::{Board, Post, Topic};

/// Every so many posts, two were written in the same second: cursors must not lose one of them.
const TIE_EVERY: usize = 6;

/// A conversation: a first post and what answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// Title, tags, views.
    pub topic: Topic,
    /// `en` or `fr`.
    pub language: &'static str,
    /// In order of their numbers, the first one first; ids are unique over all talks of a slice. No system lines.
    pub posts: Vec<Post>,
}

/// `count` conversations, others for every `slice`, in the order they began.
pub(super) fn slice(boards: &[Board], slice: usize, count: usize) -> Vec<Talk> {
    let mut talks = Vec::new();
    for (at, board) in boards.iter().enumerate() {
        let share = count.div_ceil(boards.len());
        // Ids of the two forums overlap.
        let shift = 100_000 * at as u64;
        let step = (board.topics.len() / share.max(1)).max(1);
        for topic in board.topics.iter().skip(1 + slice % step).step_by(step).take(share) {
            let posts: Vec<Post> = board
                .posts
                .iter()
                .filter(|post| post.topic == topic.id && post.action.is_none())
                .map(|post| Post { id: post.id + shift, topic: post.topic + shift, ..post.clone() })
                .collect();
            if posts.first().is_some_and(|post| post.number == 1) {
                talks.push(Talk { topic: Topic { id: topic.id + shift, ..topic.clone() }, language: board.language, posts });
            }
        }
    }
    talks.truncate(count);
    talks.sort_by_key(|talk| talk.posts[0].at);
    let mut turn = 0;
    for talk in &mut talks {
        for place in 1..talk.posts.len() {
            turn += 1;
            if turn % TIE_EVERY == 0 {
                talk.posts[place].at = talk.posts[place - 1].at;
            }
        }
    }
    talks
}
