//! Whether a walk that says there is more gets anywhere: services' cursors go in circles, or on for ever over nothing.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use vigie_mention::delivery::Next;

/// Pages in a row without anything that was not known before, after which the rest is left to the next interval.
const MOST_BARREN: u32 = 100;

/// The pages one walk has read since it last came to an end.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// Hashes of their cursors.
    cursors: HashSet<u64>,
    barren: u32,
}

impl Trail {
    /// What comes next, given what the page says: no more where its cursor was met before, or where nothing has come for long.
    pub(crate) fn next(&mut self, cursor: Option<&str>, next: Next) -> Next {
        let mut hash = DefaultHasher::new();
        cursor.hash(&mut hash);
        if matches!(next, Next::More) && self.cursors.insert(hash.finish()) && self.barren < MOST_BARREN {
            return next;
        }
        *self = Self::default();
        if matches!(next, Next::More) { Next::Later(None) } else { next }
    }

    /// Takes note of what a page brought: whether anything of it was not known.
    pub(crate) fn brought(&mut self, something: bool) {
        self.barren = if something { 0 } else { self.barren + 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_end() {
        let mut trail = Trail::default();
        let steps = ["a", "b", "a", "b"].map(|cursor| {
            trail.brought(true);
            trail.next(Some(cursor), Next::More)
        });
        assert_eq!(steps, [Next::More, Next::More, Next::Later(None), Next::More]);
        assert_eq!(trail.next(Some("b"), Next::Later(Some(5))), Next::Later(Some(5)));
        assert_eq!(trail.next(Some("b"), Next::More), Next::More, "a new walk may come by again");
    }

    #[test]
    fn nothing_for_long_is_the_end() {
        let mut trail = Trail::default();
        let pages = (0..10_000).take_while(|page| {
            trail.brought(*page == 7);
            trail.next(Some(&page.to_string()), Next::More) == Next::More
        });
        assert_eq!(pages.count(), 7 + MOST_BARREN as usize);
    }
}
