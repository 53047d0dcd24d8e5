//! Who and what is at the top: sources, languages, authors.

use std::cmp::Reverse;
use std::hash::Hash;

use serde::Serialize;

use crate::tally::{Activity, Counts};

/// Mentions of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceVolume {
    /// Id of the source plugin.
    pub source: String,
    /// Its mentions.
    pub volume: u64,
}

/// Mentions in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LanguageVolume {
    /// BCP 47 tag; absent: neither the service nor an analyzer said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Its mentions.
    pub volume: u64,
}

/// Mentions of one author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuthorVolume {
    /// What to show: the display name, else the handle, else the id.
    pub name: String,
    /// The name of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// Id of the source plugin.
    pub source: String,
    /// Mentions of the topic.
    pub volume: u64,
    /// The most followers seen in the window; absent: the service does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<u64>,
}

/// Names by volume, most first; equal ones by name.
pub(crate) fn by_volume<T: Ord>(mut names: Vec<(T, u64)>, top: usize) -> Vec<(T, u64)> {
    names.sort_unstable_by(|(a, volume_a), (b, volume_b)| volume_b.cmp(volume_a).then_with(|| a.cmp(b)));
    names.truncate(top);
    names
}

/// The most active authors, most active first: by volume, reach, who spoke last, and `N`, so that the answer is always the same.
/// Linear in the number of authors.
pub(crate) fn most_active<N: Copy + Ord + Hash>(authors: &Counts<N, Activity>, top: usize) -> Vec<(N, Activity)> {
    let rank =
        |(name, activity): &(N, Activity)| (Reverse(activity.volume), Reverse(activity.reach), Reverse(activity.latest), *name);
    let mut all: Vec<(N, Activity)> = authors.iter().map(|(name, activity)| (*name, *activity)).collect();
    if top < all.len() {
        if top == 0 {
            return Vec::new();
        }
        all.select_nth_unstable_by_key(top - 1, rank);
        all.truncate(top);
    }
    all.sort_unstable_by_key(rank);
    all
}

#[cfg(test)]
mod tests {
    use vigie_mention::Instant;

    use super::*;

    #[test]
    fn authors_rank_by_volume_then_reach_then_who_spoke_last() {
        let authors = [
            (1, 2, None, 1),
            (2, 5, Some(1), 1),
            (3, 2, Some(9), 1),
            (4, 2, Some(9), 2),
            (6, 2, Some(9), 2),
            (5, 1, Some(999), 9),
        ];
        let activity = |volume, reach, at| Activity { volume, reach, latest: Some(Instant::from_millis(at)) };
        let authors = authors.map(|(name, volume, reach, at)| (name, activity(volume, reach, at))).into_iter().collect();
        let names = |top| most_active(&authors, top).into_iter().map(|(name, _)| name).collect::<Vec<i32>>();
        assert_eq!(names(9), [2, 4, 6, 3, 1, 5]);
        assert_eq!(names(2), [2, 4]);
        assert!(names(0).is_empty());
    }

    #[test]
    fn equal_volumes_stand_in_the_order_of_names() {
        assert_eq!(by_volume(vec![("b", 1), ("c", 2), ("a", 1)], 2), [("c", 2), ("a", 1)]);
    }
}
