//! A plugin that keeps breaking rests, longer each time, and the others run on.

use std::time::Duration;

use vigie_mention::Instant;

/// Faults in a row that end in quarantine.
const FAULTS: u32 = 5;
/// First rest; doubled each time, up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// How a plugin has behaved lately. Only traps, broken limits and broken answers count: a failure it reports itself is not a fault.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quarantine {
    in_a_row: u32,
    rests: u32,
    until: Option<Instant>,
}

impl Quarantine {
    /// The end of the quarantine, if `now` lies inside.
    pub(crate) fn until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| now < *until)
    }

    /// A call went well: all is forgiven.
    pub(crate) fn well(&mut self) {
        *self = Self::default();
    }

    /// A call broke. Returns the end of the quarantine if this one began it.
    pub(crate) fn fault(&mut self, now: Instant) -> Option<Instant> {
        self.in_a_row += 1;
        if self.in_a_row < FAULTS {
            return None;
        }
        let until = now + LONGEST.min(FIRST * 2_u32.pow(self.rests.min(10)));
        self.in_a_row = 0;
        self.rests += 1;
        self.until = Some(until);
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_faults_in_a_row_rest_longer_each_time() {
        let mut quarantine = Quarantine::default();
        let now = Instant::from_millis(0);
        let mut rests = Vec::new();
        for _ in 0..40 {
            rests.extend(quarantine.fault(now).map(|until| until.since(now).as_secs()));
        }
        assert_eq!(rests, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert!(quarantine.until(now).is_some());
        quarantine.well();
        assert_eq!(quarantine.until(now), None);
        assert_eq!(quarantine.fault(now), None, "one fault is no quarantine");
    }
}
