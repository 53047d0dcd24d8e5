//! One pass over the facts of a topic: everything the measures are made of.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use vigie_mention::{Instant, Window};
use vigie_store::{Fact, NameId, Polarity};

use crate::current::Current;

/// What is counted of one mention. `N` stands for a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row<N> {
    pub(crate) at: Instant,
    pub(crate) source: N,
    pub(crate) language: Option<N>,
    pub(crate) author: Option<N>,
    pub(crate) polarity: Option<Polarity>,
    pub(crate) reach: Option<u64>,
}

impl Row<NameId> {
    /// What counts of a fact.
    pub(crate) fn of(fact: &Fact, current: &Current) -> Self {
        Self {
            at: fact.at,
            source: fact.source,
            language: current.language(fact),
            author: fact.author,
            polarity: current.polarity(fact),
            reach: fact.reach,
        }
    }
}

/// Mentions by which way they lean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Polarities {
    pub(crate) positive: u64,
    pub(crate) neutral: u64,
    pub(crate) negative: u64,
    /// Nothing said which way.
    pub(crate) unknown: u64,
}

impl Polarities {
    pub(crate) fn count(&mut self, polarity: Option<Polarity>) {
        *match polarity {
            Some(Polarity::Positive) => &mut self.positive,
            Some(Polarity::Neutral) => &mut self.neutral,
            Some(Polarity::Negative) => &mut self.negative,
            None => &mut self.unknown,
        } += 1;
    }

    pub(crate) fn total(&self) -> u64 {
        self.positive + self.neutral + self.negative + self.unknown
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            positive: self.positive + other.positive,
            neutral: self.neutral + other.neutral,
            negative: self.negative + other.negative,
            unknown: self.unknown + other.unknown,
        }
    }
}

/// What one author did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Activity {
    pub(crate) volume: u64,
    /// The most followers seen.
    pub(crate) reach: Option<u64>,
    /// Of the latest of them.
    pub(crate) latest: Option<Instant>,
}

/// Hashes the store's own numbers, of which a million rows need three million: mixing is enough, nobody chooses them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    // The discriminant of an `Option`.
    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.unsigned_abs() as u64);
    }

    fn write_u64(&mut self, number: u64) {
        // The golden ratio in 64 bits; the rotation brings its good high bits to where the table looks.
        self.0 = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A count for each name.
pub(crate) type Counts<N, T = u64> = HashMap<N, T, BuildHasherDefault<Mixer>>;

/// Counts over a window. The order of rows does not matter, and no row allocates unless it brings a new name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tally<N: Eq + Hash> {
    first_day: i64,
    pub(crate) days: Vec<Polarities>,
    pub(crate) sources: Counts<N>,
    pub(crate) languages: Counts<Option<N>>,
    pub(crate) authors: Counts<N, Activity>,
}

impl<N: Copy + Eq + Hash> Tally<N> {
    /// Nothing counted yet, with a place for every day the window touches.
    pub(crate) fn new(window: Window) -> Self {
        Self {
            first_day: window.from.day().as_millis(),
            days: vec![Polarities::default(); window.days().count()],
            sources: Counts::default(),
            languages: Counts::default(),
            authors: Counts::default(),
        }
    }

    /// Counts a row; one outside of the window's days is passed over.
    pub(crate) fn count(&mut self, row: &Row<N>) {
        let since = row.at.as_millis().saturating_sub(self.first_day).div_euclid(Instant::DAY_MS);
        let Some(day) = usize::try_from(since).ok().and_then(|day| self.days.get_mut(day)) else { return };
        day.count(row.polarity);
        *self.sources.entry(row.source).or_default() += 1;
        *self.languages.entry(row.language).or_default() += 1;
        if let Some(author) = row.author {
            let activity = self.authors.entry(author).or_default();
            activity.volume += 1;
            activity.reach = activity.reach.max(row.reach);
            activity.latest = activity.latest.max(Some(row.at));
        }
    }

    /// All days together.
    pub(crate) fn polarities(&self) -> Polarities {
        self.days.iter().copied().fold(Polarities::default(), Polarities::plus)
    }

    pub(crate) fn volume(&self) -> u64 {
        self.polarities().total()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(days: i64) -> Window {
        Window { from: Instant::from_millis(0), until: Instant::from_millis(days * Instant::DAY_MS) }
    }

    fn tally(rows: &[Row<u8>]) -> Tally<u8> {
        let mut tally = Tally::new(window(5));
        rows.iter().for_each(|row| tally.count(row));
        tally
    }

    fn rows() -> impl Strategy<Value = Vec<Row<u8>>> {
        let polarity =
            prop::sample::select(vec![None, Some(Polarity::Positive), Some(Polarity::Neutral), Some(Polarity::Negative)]);
        let reach = prop::option::of(0..1_000_u64);
        let row = (-1..6 * 24_i64, 0..3_u8, prop::option::of(0..3_u8), prop::option::of(0..9_u8), polarity, reach).prop_map(
            |(hour, source, language, author, polarity, reach)| Row {
                at: Instant::from_millis(hour * Instant::HOUR_MS),
                source,
                language,
                author,
                polarity,
                reach,
            },
        );
        prop::collection::vec(row, 0..60)
    }

    proptest! {
        #[test]
        fn order_never_changes_anything((rows, shuffled) in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))) {
            prop_assert_eq!(tally(&rows), tally(&shuffled));
        }

        #[test]
        fn every_breakdown_sums_to_the_volume(rows in rows()) {
            let tally = tally(&rows);
            let inside = rows.iter().filter(|row| window(5).contains(row.at)).count() as u64;
            prop_assert_eq!(tally.volume(), inside);
            prop_assert_eq!(tally.sources.values().sum::<u64>(), inside);
            prop_assert_eq!(tally.languages.values().sum::<u64>(), inside);
            let named = rows.iter().filter(|row| window(5).contains(row.at) && row.author.is_some()).count() as u64;
            prop_assert_eq!(tally.authors.values().map(|activity| activity.volume).sum::<u64>(), named);
        }
    }
}
