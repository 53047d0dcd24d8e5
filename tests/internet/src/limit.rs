//! Rate limits that count requests instead of seconds, so that a run meets them at the same place every time.

use serde::{Deserialize, Serialize};

/// After `every` answered requests the service refuses the next `refusals` ones with 429, then starts counting anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Requests answered before the first refusal.
    pub every: u32,
    /// Requests refused in a row.
    pub refusals: u32,
    /// Seconds in `Retry-After`.
    pub retry_after_secs: u32,
}

/// A limit and how far it is used up.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    limit: Limit,
    answered: u32,
    refused: u32,
}

impl Bucket {
    pub(crate) fn new(limit: Limit) -> Self {
        Self { limit, answered: 0, refused: 0 }
    }

    /// Counts one request; gives the seconds to wait when it is refused.
    pub(crate) fn take(&mut self) -> Option<u32> {
        if self.answered < self.limit.every {
            self.answered += 1;
            return None;
        }
        if self.refused < self.limit.refusals {
            self.refused += 1;
            return Some(self.limit.retry_after_secs);
        }
        (self.answered, self.refused) = (1, 0);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_come_after_a_count_and_end_after_a_count() {
        let mut bucket = Bucket::new(Limit { every: 2, refusals: 1, retry_after_secs: 7 });
        let taken: Vec<_> = (0..7).map(|_| bucket.take()).collect();
        assert_eq!(taken, [None, None, Some(7), None, None, Some(7), None]);
    }
}
