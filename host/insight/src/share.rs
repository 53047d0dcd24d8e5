//! Share of voice: how much of what is said in a group is about each of its topics.

use serde::Serialize;

/// A ratio of two counts, kept exact; rounding is for whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ratio {
    /// What is counted.
    pub numerator: u64,
    /// What it is counted among; never 0.
    pub denominator: u64,
    /// The one divided by the other.
    pub value: f64,
}

impl Ratio {
    /// `None` where there is nothing to divide by.
    #[must_use]
    pub fn of(numerator: u64, denominator: u64) -> Option<Self> {
        (denominator > 0).then(|| Self { numerator, denominator, value: numerator as f64 / denominator as f64 })
    }
}

/// `sov.mentions@1`: each volume among all volumes of its group; `None` for a topic without a group, and for all topics of a
/// group of which nobody speaks.
///
/// # Shape
/// One entry for each entry of `volumes`, in its order. The shares of a group sum to 1.
pub(crate) fn share_of_voice(volumes: &[(Option<&str>, u64)]) -> Vec<Option<Ratio>> {
    let total = |group: &str| volumes.iter().filter(|(of, _)| *of == Some(group)).map(|(_, volume)| *volume).sum();
    volumes.iter().map(|(group, volume)| group.and_then(|group| Ratio::of(*volume, total(group)))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn worked_values() {
        let group = Some("phones");
        let shares = share_of_voice(&[(group, 120), (group, 60), (None, 500), (group, 20)]);
        let values: Vec<Option<f64>> = shares.iter().map(|share| share.map(|share| share.value)).collect();
        assert_eq!(values, [Some(0.6), Some(0.3), None, Some(0.1)]);
    }

    #[test]
    fn of_silence_nobody_has_a_share() {
        let group = Some("phones");
        assert_eq!(share_of_voice(&[(group, 0), (group, 0)]), [None, None]);
    }

    proptest! {
        #[test]
        fn shares_of_a_group_sum_to_one(volumes in prop::collection::vec((0..3_usize, 0..1_000_000_u64), 0..20)) {
            let groups = ["a", "b", "c"];
            let volumes: Vec<(Option<&str>, u64)> = volumes.into_iter().map(|(group, volume)| (groups.get(group).copied(), volume)).collect();
            let shares = share_of_voice(&volumes);
            for group in groups {
                let of_group = || volumes.iter().zip(&shares).filter(|((of, _), _)| *of == Some(group));
                let exact: u64 = of_group().filter_map(|(_, share)| share.map(|share| share.numerator)).sum();
                let Some(denominator) = of_group().find_map(|(_, share)| share.map(|share| share.denominator)) else { continue };
                prop_assert_eq!(exact, denominator);
                let sum: f64 = of_group().filter_map(|(_, share)| share.map(|share| share.value)).sum();
                prop_assert!((sum - 1.0).abs() < 1e-9);
            }
        }
    }
}
