//! Plans and polls one source alone, within bounds.

use std::collections::{HashMap, VecDeque};

use vigie_mention::delivery::{Change, Direction, Feed, Next, PollRequest, Search};
use vigie_mention::{FailureClass, Instant, Mention};
use vigie_pipeline::admit::{Admission, admit, admit_id};
use vigie_runtime::{CallError, Clock, SourcePlugin};

/// Most polls of one feed.
const POLLS_OF_A_FEED: usize = 50;
/// Most feeds that are read, those found on the way included.
const FEEDS: usize = 200;
/// Mentions asked for in one poll.
const BATCH: u32 = 100;

/// How much to read.
#[derive(Debug)]
pub(super) struct Bounds {
    /// Mentions.
    pub(super) mentions: usize,
    /// Nothing published before.
    pub(super) since: Option<Instant>,
    /// The clock.
    pub(super) now: Clock,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Ids in the order they were first seen.
    order: Vec<String>,
    /// What was last said of each: the mention, or nothing if it was removed.
    last: HashMap<String, Option<Box<Mention>>>,
    /// Feeds that were read.
    pub(super) feeds: usize,
    polls: usize,
    /// Why each mention that was refused was refused.
    pub(super) refused: Vec<String>,
    /// The first failure and the feed it belongs to.
    pub(super) failure: Option<(String, CallError)>,
}

impl Gathered {
    fn note(&mut self, id: String, mention: Option<Box<Mention>>) {
        if self.last.insert(id.clone(), mention).is_none() {
            self.order.push(id);
        }
    }

    fn mentions(&self) -> usize {
        self.last.values().flatten().count()
    }

    /// Keeps the mentions that `wanted` accepts, and all removals.
    pub(super) fn keep(&mut self, wanted: impl Fn(&Mention) -> bool) {
        self.last.retain(|_, mention| mention.as_deref().is_none_or(&wanted));
        self.order.retain(|id| self.last.contains_key(id));
    }

    /// Mentions, and the ids of what was removed, in the order first seen.
    pub(super) fn found(&self) -> impl Iterator<Item = Result<&Mention, &str>> {
        self.order.iter().filter_map(|id| Some(self.last.get(id)?.as_deref().ok_or(id.as_str())))
    }

    /// One line about the run.
    pub(super) fn summary(&self) -> String {
        let mut line = format!("mentions: {}, feeds read: {}, polls: {}", self.mentions(), self.feeds, self.polls);
        if let Some(first) = self.refused.first() {
            line.push_str(&format!("; {} refused, the first because {first}", self.refused.len()));
        }
        line
    }

    /// Keeps the first failure; says whether it concerns the source as a whole.
    fn fail(&mut self, feed: &str, error: CallError) -> bool {
        let for_all = match &error {
            CallError::Failure(failure) => !matches!(
                failure.class,
                FailureClass::Forbidden | FailureClass::Gone | FailureClass::StaleCursor | FailureClass::UnexpectedAnswer
            ),
            CallError::Limit { .. } | CallError::Trap { .. } | CallError::Invalid { .. } => true,
        };
        self.failure.get_or_insert_with(|| (feed.to_owned(), error));
        for_all
    }
}

/// Reads every feed's head, then its history if a beginning was named, then the feeds found on the way.
pub(super) async fn gather(source: &SourcePlugin, searches: &[Search], bounds: &Bounds) -> Gathered {
    let mut gathered = Gathered::default();
    let mut waiting: VecDeque<Feed> = match source.plan(searches).await {
        Ok(feeds) => feeds.into(),
        Err(error) => {
            gathered.fail("plan", error);
            return gathered;
        }
    };
    let mut known: Vec<String> = waiting.iter().map(|feed| feed.id.clone()).collect();
    while let Some(feed) = waiting.pop_front() {
        if gathered.feeds == FEEDS || gathered.mentions() >= bounds.mentions {
            break;
        }
        gathered.feeds += 1;
        let directions: &[Direction] =
            if bounds.since.is_some() { &[Direction::Newer, Direction::Older] } else { &[Direction::Newer] };
        for &direction in directions {
            match read(source, &feed, direction, bounds, &mut gathered).await {
                Ok(children) => {
                    for child in children {
                        if !known.contains(&child.id) {
                            known.push(child.id.clone());
                            waiting.push_back(child);
                        }
                    }
                }
                Err(error) => {
                    if gathered.fail(&feed.title, error) {
                        return gathered;
                    }
                    break;
                }
            }
        }
    }
    gathered
}

async fn read(
    source: &SourcePlugin,
    feed: &Feed,
    direction: Direction,
    bounds: &Bounds,
    gathered: &mut Gathered,
) -> Result<Vec<Feed>, CallError> {
    let mut children = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..POLLS_OF_A_FEED {
        let request = PollRequest {
            feed: feed.clone(),
            direction,
            cursor: cursor.clone(),
            since: bounds.since,
            limit: BATCH.min(u32::try_from(bounds.mentions).unwrap_or(BATCH)).max(1),
        };
        let batch = source.poll(request).await?;
        gathered.polls += 1;
        let admission = Admission {
            source: source.manifest().id.clone(),
            instance: source.instance().to_owned(),
            now: bounds.now.now(),
            most_bytes: source.limits().mention_bytes,
        };
        for change in batch.changes {
            let full = gathered.mentions() >= bounds.mentions;
            match change {
                Change::Remove(id) => match admit_id(&id) {
                    Ok(id) => gathered.note(id.to_owned(), None),
                    Err(refusal) => gathered.refused.push(refusal.to_string()),
                },
                Change::Upsert(raw) => match admit(&admission, *raw) {
                    Ok(mention) if full && !gathered.last.contains_key(&mention.id) => {}
                    Ok(mention) => gathered.note(mention.id.clone(), Some(Box::new(mention))),
                    Err(refusal) => gathered.refused.push(refusal.to_string()),
                },
            }
        }
        children.extend(batch.feeds);
        let goes_on = batch.next == Next::More && batch.cursor.is_some() && batch.cursor != cursor;
        if !goes_on || gathered.mentions() >= bounds.mentions {
            break;
        }
        cursor = batch.cursor;
    }
    Ok(children)
}

#[cfg(test)]
mod tests {
    use vigie_mention::Failure;

    use super::*;

    fn mention(id: &str, text: &str) -> Option<Box<Mention>> {
        let json = serde_json::json!({
            "source": "feed", "id": id, "kind": "post", "text": text, "collected_at": "2026-01-01T00:00:00Z",
        });
        Some(Box::new(serde_json::from_value(json).expect("a mention")))
    }

    #[test]
    fn of_a_repeated_id_the_last_word_counts() {
        let mut gathered = Gathered::default();
        gathered.note("a".into(), mention("a", "first"));
        gathered.note("b".into(), mention("b", "kept"));
        gathered.note("a".into(), mention("a", "second"));
        gathered.note("c".into(), mention("c", "gone"));
        gathered.note("c".into(), None);
        let shown: Vec<String> =
            gathered.found().map(|found| found.map_or_else(|id| format!("-{id}"), |mention| mention.text.clone())).collect();
        assert_eq!(shown, ["second", "kept", "-c"]);
        gathered.keep(|mention| mention.text == "kept");
        assert_eq!(gathered.found().count(), 2);
    }

    #[test]
    fn only_the_first_failure_counts_and_some_concern_one_feed_alone() {
        let failure = |class| CallError::Failure(Failure { class, message: String::new(), retry_after_ms: None });
        let mut gathered = Gathered::default();
        assert!(!gathered.fail("thread 1", failure(FailureClass::Gone)));
        assert!(gathered.fail("thread 2", failure(FailureClass::RateLimited)));
        assert!(gathered.failure.is_some_and(|(feed, _)| feed == "thread 1"));
    }
}
