//! Whether learning helps: five times a table is learned from four parts of the examples and tried on the fifth.

use std::collections::BTreeMap;

use indicatif::ProgressBar;
use sha2::{Digest, Sha256};
use vigie_mention::Value;
use vigie_mention::delivery::Example;
use vigie_runtime::{AnalyzerPlugin, CallError};

use super::gather::{Lesson, Origin};

/// Parts the examples are divided into.
pub(super) const FOLDS: usize = 5;
/// From so many corrections on they alone decide: stars only stand for what a person would say.
const LEAST_CORRECTIONS: usize = 20;

/// How held-out examples came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trial {
    /// Which examples decided.
    pub(super) decided_by: Origin,
    /// How many they were.
    pub(super) held_out: u64,
    /// How many of them were right as the plugin is shipped.
    pub(super) before: u64,
    /// How many were right with what was learned from the others.
    pub(super) after: u64,
}

impl Trial {
    /// Whether what was learned is worth keeping.
    pub(super) fn not_worse(&self) -> bool {
        self.after >= self.before
    }
}

/// Tries it. The bar has a step for each part.
///
/// # Errors
/// [`CallError`] of the plugin.
pub(super) async fn trial(shipped: &AnalyzerPlugin, lessons: &[Lesson], bar: &ProgressBar) -> Result<Trial, CallError> {
    let decided_by = decisive(lessons);
    let folds = folds(lessons);
    let mut trial = Trial { decided_by, held_out: 0, before: 0, after: 0 };
    for fold in 0..FOLDS {
        let of = |held_out: bool| lessons.iter().zip(&folds).filter(move |(_, of)| (**of == fold) == held_out);
        let taught: Vec<Example> = of(false).map(|(lesson, _)| lesson.example.clone()).collect();
        let tried: Vec<&Example> =
            of(true).filter(|(lesson, _)| lesson.origin == decided_by).map(|(lesson, _)| &lesson.example).collect();
        if !tried.is_empty() {
            let table = shipped.learn(&taught).await?;
            trial.held_out += tried.len() as u64;
            trial.before += right(shipped, &tried).await?;
            trial.after += right(&shipped.with_learned(&table), &tried).await?;
        }
        bar.inc(1);
    }
    Ok(trial)
}

/// Which examples decide.
fn decisive(lessons: &[Lesson]) -> Origin {
    let corrections = lessons.iter().filter(|lesson| lesson.origin == Origin::Correction).count();
    if corrections >= LEAST_CORRECTIONS || corrections == lessons.len() { Origin::Correction } else { Origin::Rating }
}

/// How many of the examples an analyzer gets right. One it finds nothing in is not right.
async fn right(analyzer: &AnalyzerPlugin, tried: &[&Example]) -> Result<u64, CallError> {
    let documents: Vec<_> = tried.iter().map(|example| example.document.clone()).collect();
    let outcomes = analyzer.analyze(&documents).await?;
    let is_right = |(outcome, example): &(&vigie_runtime::Outcome, &&Example)| {
        let found = outcome.iter().flatten().find(|annotation| annotation.key == example.key);
        found.is_some_and(|annotation| annotation.value == example.value)
    };
    Ok(outcomes.iter().zip(tried).filter(is_right).count() as u64)
}

/// The part of each example. Examples with the same words share one, or what is tried would have been learned by heart; each part has as
/// much of every label as can be.
fn folds(lessons: &[Lesson]) -> Vec<usize> {
    let words: Vec<[u8; 32]> = lessons.iter().map(|lesson| words(&lesson.example)).collect();
    let mut groups: BTreeMap<[u8; 32], &str> = BTreeMap::new();
    for (words, lesson) in words.iter().zip(lessons) {
        let label = match &lesson.example.value {
            Value::Text(label) => label,
            _ => "",
        };
        groups.entry(*words).or_insert(label);
    }
    let mut dealt: Vec<(&str, [u8; 32])> = groups.into_iter().map(|(words, label)| (label, words)).collect();
    dealt.sort_unstable();
    let folds: BTreeMap<[u8; 32], usize> =
        dealt.into_iter().enumerate().map(|(place, (_, words))| (words, place % FOLDS)).collect();
    words.iter().map(|words| folds.get(words).copied().unwrap_or(0)).collect()
}

/// Stands for the words of an example, however they are spaced and capitalised.
fn words(example: &Example) -> [u8; 32] {
    let mut hash = Sha256::new();
    for text in example.document.title.iter().chain([&example.document.text]) {
        for word in text.split_whitespace() {
            hash.update(word.to_lowercase());
            hash.update([0]);
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use vigie_mention::delivery::Document;
    use vigie_mention::{Instant, MentionKind};

    use super::*;

    fn lesson(text: &str, label: &str, origin: Origin) -> Lesson {
        let document = Document {
            text: text.to_owned(),
            title: None,
            language: None,
            kind: MentionKind::Review,
            source: "a".to_owned(),
            author: None,
            rating: None,
            published_at: Instant::from_millis(0),
            annotations: Vec::new(),
        };
        let example = Example { document, key: "mood".to_owned(), value: Value::Text(label.to_owned()), weight: 1.0 };
        Lesson { example, origin }
    }

    #[test]
    fn parts_are_even_in_every_label_and_the_same_words_never_stand_in_two() {
        let mut lessons: Vec<Lesson> = (0..50)
            .map(|number| lesson(&format!("text {number}"), if number < 35 { "good" } else { "bad" }, Origin::Rating))
            .collect();
        lessons.push(lesson("Text  7", "good", Origin::Correction));
        let folds = folds(&lessons);
        assert_eq!(folds[50], folds[7]);
        for fold in 0..FOLDS {
            let of = |range: std::ops::Range<usize>| folds[range].iter().filter(|of| **of == fold).count();
            assert_eq!((of(0..35), of(35..50)), (7, 3));
        }
    }

    #[test]
    fn corrections_decide_where_there_are_enough_of_them() {
        let lessons = |corrections: usize, ratings: usize| -> Vec<Lesson> {
            let origins = [Origin::Correction].repeat(corrections).into_iter().chain([Origin::Rating].repeat(ratings));
            origins.map(|origin| lesson("t", "good", origin)).collect()
        };
        assert_eq!(decisive(&lessons(19, 100)), Origin::Rating);
        assert_eq!(decisive(&lessons(20, 100)), Origin::Correction);
        assert_eq!(decisive(&lessons(12, 0)), Origin::Correction);
    }
}
