//! Whether what one feed was refused holds for its whole connector.

use std::collections::BTreeSet;

use vigie_mention::FailureClass;

/// Feeds in a row that are refused alike, after which it is not they: a credential that all of them use, or the service.
const ALIKE: usize = 5;

/// What is wrong: the same ground twice is the same trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Too much, too fast.
    Rate,
    /// Settings or credentials, for a person to mend.
    Person,
}

impl Ground {
    /// The ground of a failure that may hold for the whole connector.
    pub(crate) fn of(class: FailureClass) -> Option<Self> {
        match class {
            FailureClass::RateLimited | FailureClass::QuotaExhausted => Some(Self::Rate),
            FailureClass::Settings | FailureClass::Unauthorized => Some(Self::Person),
            _ => None,
        }
    }
}

/// The refusals since a feed of the connector was last read well.
///
/// Where all feeds ask one origin, the first refusal speaks for all of them: with hundreds of feeds, asking each to hear it again is a
/// waste. Where they ask several, a feed is refused for itself until several in a row are.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    ground: Option<Ground>,
    feeds: BTreeSet<String>,
    polls: u32,
    /// A feed was read well in this run: what all of them use is good.
    ever_well: bool,
}

impl Refusals {
    /// A feed was read. Returns the ground of the refusals that this ends.
    pub(crate) fn well(&mut self) -> Option<Ground> {
        std::mem::replace(self, Self { ever_well: true, ..Self::default() }).ground
    }

    /// Takes note of a refusal; whether it speaks for the whole connector, of which all feeds ask one origin or not (`one_origin`).
    pub(crate) fn refused(&mut self, feed: &str, ground: Ground, one_origin: bool) -> bool {
        if self.ground != Some(ground) {
            *self = Self { ground: Some(ground), ever_well: self.ever_well, ..Self::default() };
        }
        self.feeds.insert(feed.to_owned());
        self.polls += 1;
        // A board that asks for more than the others do says nothing of the credentials that open those.
        let first_is_enough = one_origin && (ground == Ground::Rate || !self.ever_well);
        first_is_enough || self.feeds.len() >= ALIKE
    }

    /// Polls in a row that were refused.
    pub(crate) fn polls(&self) -> u32 {
        self.polls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEEDS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    /// After how many feeds, each refused twice, the connector is held.
    fn held_after(refusals: &mut Refusals, ground: Ground, one_origin: bool) -> Option<usize> {
        let twice = |feed| {
            let first = refusals.refused(feed, ground, one_origin);
            refusals.refused(feed, ground, one_origin) || first
        };
        FEEDS.into_iter().map(twice).position(|held| held).map(|place| place + 1)
    }

    #[test]
    fn one_origin_is_believed_at_once_and_several_after_several_feeds() {
        for ground in [Ground::Rate, Ground::Person] {
            assert_eq!(held_after(&mut Refusals::default(), ground, true), Some(1));
            assert_eq!(held_after(&mut Refusals::default(), ground, false), Some(ALIKE));
        }
    }

    #[test]
    fn what_opens_one_feed_is_good_though_another_stays_closed() {
        let mut refusals = Refusals::default();
        refusals.well();
        assert_eq!(held_after(&mut refusals, Ground::Person, true), Some(ALIKE));
        refusals.well();
        assert_eq!(held_after(&mut refusals, Ground::Rate, true), Some(1), "its rate is that of the whole place");
    }

    #[test]
    fn only_refusals_alike_and_in_a_row_are_counted() {
        let mut refusals = Refusals::default();
        for (place, feed) in FEEDS.iter().cycle().take(20).enumerate() {
            let ground = if place % 2 == 0 { Ground::Rate } else { Ground::Person };
            assert!(!refusals.refused(feed, ground, false));
        }
        for feed in FEEDS {
            assert!(!refusals.refused(feed, Ground::Person, false));
            refusals.well();
        }
        assert_eq!(refusals.polls(), 0);
    }
}
