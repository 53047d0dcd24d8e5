//! What there is to learn from: corrections, and mentions with a star rating.

use std::collections::{BTreeMap, BTreeSet};

use vigie_mention::delivery::{Document, Example};
use vigie_mention::{Mention, MentionKey, Value};
use vigie_pipeline::document;
use vigie_runtime::{Manifest, Write};
use vigie_store::{Filter, Snapshot, StoreError, Stored};

use crate::corrections::Corrections;

/// How much a correction counts: a person said it of this very mention.
const CORRECTION: f32 = 1.0;
/// How much a rating counts: stars go with the words, but not always.
const RATING: f32 = 0.3;
/// Ratings that are learned from, the newest.
const MOST_RATINGS: usize = 5_000;
/// Up to here a rating (0 worst, 1 best) is negative: one and two stars of five.
const BAD: f64 = 0.3;
/// From here on it is positive: four and five stars of five.
const GOOD: f64 = 0.7;

/// Where an example comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A person said it of this mention.
    Correction,
    /// The mention came with stars.
    Rating,
}

/// An example and where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Lesson {
    pub(super) example: Example,
    pub(super) origin: Origin,
}

/// Everything a plugin can learn from, in one order whenever it is gathered: corrections by mention, then ratings, the newest first.
pub(super) fn gather(snapshot: &Snapshot, corrections: &Corrections, manifest: &Manifest) -> Result<Vec<Lesson>, StoreError> {
    let mut lessons = Vec::new();
    for write in manifest.writes.iter().filter(|write| manifest.learns.contains(&write.key)) {
        let known = corrections.of(&write.key);
        for (mention, correction) in &known {
            // The truth of another version's list is none that this version could learn.
            let Some(value) = write.one_of.iter().find(|value| **value == correction.value) else { continue };
            let Some(stored) = snapshot.mention(mention)?.filter(|stored| has_words(&stored.mention)) else { continue };
            lessons.push(lesson(&stored, manifest, write, value, Origin::Correction));
        }
        if ["negative", "neutral", "positive"].iter().all(|label| write.one_of.iter().any(|value| value == label)) {
            let corrected: BTreeSet<&MentionKey> = known.keys().copied().collect();
            let rated = rated(snapshot.mentions(&Filter::default())?, &corrected);
            let rated = balanced(rated, MOST_RATINGS)?;
            lessons.extend(rated.into_iter().map(|(label, stored)| lesson(&stored, manifest, write, label, Origin::Rating)));
        }
    }
    Ok(lessons)
}

fn lesson(stored: &Stored, manifest: &Manifest, write: &Write, value: &str, origin: Origin) -> Lesson {
    let example = Example {
        // Without the stars: they are where the label of such an example comes from.
        document: Document { rating: None, ..document(&stored.mention, &stored.topics, &stored.annotations, &manifest.reads) },
        key: write.key.clone(),
        value: Value::Text(value.to_owned()),
        weight: if origin == Origin::Correction { CORRECTION } else { RATING },
    };
    Lesson { example, origin }
}

fn has_words(mention: &Mention) -> bool {
    [Some(&mention.text), mention.title.as_ref()].into_iter().flatten().any(|text| !text.trim().is_empty())
}

/// Mentions with stars and words, and what the stars say.
fn rated(
    mentions: impl Iterator<Item = Result<Stored, StoreError>>,
    corrected: &BTreeSet<&MentionKey>,
) -> impl Iterator<Item = Result<(&'static str, Stored), StoreError>> {
    mentions.filter_map(|stored| match stored {
        Ok(stored) => {
            let rating = stored.mention.rating.filter(|_| has_words(&stored.mention))?;
            (!corrected.contains(&stored.mention.key())).then(|| Ok((label(rating.normalised()), stored)))
        }
        Err(error) => Some(Err(error)),
    })
}

/// What stars say, as a label.
fn label(rating: f64) -> &'static str {
    if rating <= BAD {
        "negative"
    } else if rating >= GOOD {
        "positive"
    } else {
        "neutral"
    }
}

/// The first `most` of them such that no label has more than half: most reviews are praise, and a table that learned only praise would find
/// it everywhere.
fn balanced<T, E>(
    labelled: impl Iterator<Item = Result<(&'static str, T), E>>,
    most: usize,
) -> Result<Vec<(&'static str, T)>, E> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for one in labelled {
        let (label, item) = one?;
        let count = counts.entry(label).or_default();
        if *count < most / 2 {
            *count += 1;
            kept.push((label, item));
        }
        if kept.len() == most {
            break;
        }
    }
    let Some((&commonest, &count)) = counts.iter().max_by_key(|(_, count)| **count) else { return Ok(kept) };
    let mut room = count.min(kept.len() - count);
    kept.retain(|(label, _)| {
        if *label != commonest {
            return true;
        }
        let stays = room > 0;
        room = room.saturating_sub(1);
        stays
    });
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use vigie_mention::Rating;

    use super::*;

    #[test]
    fn stars_become_labels() {
        let five = |value: f64| label(Rating { value, worst: 1.0, best: 5.0 }.normalised());
        assert_eq!([1.0, 2.0, 3.0, 4.0, 5.0].map(five), ["negative", "negative", "neutral", "positive", "positive"]);
        let ten = |value: f64| label(Rating { value, worst: 0.0, best: 10.0 }.normalised());
        assert_eq!(
            [0.0, 3.0, 4.0, 6.0, 7.0, 10.0].map(ten),
            ["negative", "negative", "neutral", "neutral", "positive", "positive"]
        );
        let thumbs = |value: f64| label(Rating { value, worst: 0.0, best: 1.0 }.normalised());
        assert_eq!([0.0, 1.0].map(thumbs), ["negative", "positive"]);
    }

    fn balance(labels: &[&'static str], most: usize) -> Vec<(&'static str, usize)> {
        let labelled = labels.iter().enumerate().map(|(place, label)| Ok::<_, Infallible>((*label, place)));
        balanced(labelled, most).unwrap_or_else(|never| match never {})
    }

    #[test]
    fn no_label_has_more_than_half_and_the_newest_stay() {
        let (p, n, u) = ("positive", "negative", "neutral");
        assert_eq!(balance(&[p, p, p, n, p, u, p, p], 100), [(p, 0), (p, 1), (n, 3), (u, 5)]);
        assert_eq!(balance(&[p, n, u], 100), [(p, 0), (n, 1), (u, 2)]);
        assert_eq!(balance(&[p, p, p, p, n, n, n], 4), [(p, 0), (p, 1), (n, 4), (n, 5)]);
        assert_eq!(balance(&[p, p, p], 100), [], "praise alone teaches nothing");
        assert_eq!(balance(&[], 100), []);
    }
}
