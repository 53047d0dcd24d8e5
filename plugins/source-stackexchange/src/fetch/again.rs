//! Reads posts and comments again, a hundred at once.

use std::collections::HashSet;

use vigie_plugin::{Change, Failure};

use super::{get, joined, once, send};
use crate::Settings;
use crate::normalize::{comment_id, item};
use crate::parse::Item;

const PER_REQUEST: usize = 100;

/// Posts by their numbers, as questions first and what is none of these as answers, and comments by theirs. What the site does not
/// answer was deleted. Ends early where the interface asks to wait; what is left is read another time.
pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let posts: Vec<i64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let comments: Vec<i64> = ids.iter().filter_map(|id| id.strip_prefix("comment-")?.parse().ok()).collect();
    let mut changes = Vec::new();
    for chunk in posts.chunks(PER_REQUEST) {
        let questions = read(settings, "questions", chunk, &mut changes)?;
        let rest = questions.missing(chunk, |found| found.question_id);
        if !questions.goes_on {
            return Ok(changes);
        }
        if rest.is_empty() {
            continue;
        }
        let answers = read(settings, "answers", &rest, &mut changes)?;
        let gone = answers.missing(&rest, |found| found.answer_id);
        changes.extend(gone.into_iter().map(|id| Change::Remove(id.to_string())));
        if !answers.goes_on {
            return Ok(changes);
        }
    }
    for chunk in comments.chunks(PER_REQUEST) {
        let found = read(settings, "comments", chunk, &mut changes)?;
        let gone = found.missing(chunk, |found| found.comment_id);
        changes.extend(gone.into_iter().map(|id| Change::Remove(comment_id(id))));
        if !found.goes_on {
            return Ok(changes);
        }
    }
    Ok(changes)
}

/// What a request for numbers brought.
struct Read {
    items: Vec<Item>,
    /// Whether this is all there is: then what is missing is gone.
    whole: bool,
    /// Whether the interface may be asked on.
    goes_on: bool,
}

impl Read {
    fn missing(&self, ids: &[i64], id: impl Fn(&Item) -> Option<i64>) -> Vec<i64> {
        let known: HashSet<i64> = self.items.iter().filter_map(id).collect();
        if self.whole { ids.iter().copied().filter(|id| !known.contains(id)).collect() } else { Vec::new() }
    }
}

fn read(settings: &Settings, kind: &str, ids: &[i64], changes: &mut Vec<Change>) -> Result<Read, Failure> {
    let wrapper = send(get(settings, &format!("{kind}/{}", joined(ids.iter().copied())))?.query("pagesize", PER_REQUEST))?;
    let whole = wrapper.has_more != Some(true);
    let goes_on = wrapper.backoff.is_none() && wrapper.quota_remaining.is_none_or(|left| left > 0);
    let items = once(wrapper.items);
    let site = settings.site()?;
    changes.extend(items.iter().filter_map(|found| item(found, site, None)).map(Change::Upsert));
    Ok(Read { items, whole, goes_on })
}
