//! Net sentiment and how sure it is.

use serde::Serialize;

use crate::tally::Polarities;

/// Quantile of the normal distribution that leaves 2.5 % on each side.
const Z: f64 = 1.959_963_984_540_054;

/// `netsent@1` with the 95 % interval `ci.netsent.mover@1`.
///
/// # Shape
/// `-1 <= low <= value <= high <= 1`. At least one of the counts is not 0. The interval says what another sample of this size
/// could have shown; it knows nothing of the analyzer's own mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NetSentiment {
    /// (positive - negative) / (positive + neutral + negative).
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Mentions in favour.
    pub positive: u64,
    /// Mentions that are neither.
    pub neutral: u64,
    /// Mentions against.
    pub negative: u64,
}

/// `None` if no mention has a label.
///
/// # Source
/// Wilson 1927 for the interval of one share; Newcombe 1998 and Zou and Donner 2008 for recovering that of a difference from the
/// intervals of its parts. Both shares come from one sample, so they are correlated as the shares of a multinomial are.
pub(crate) fn net_sentiment(counts: &Polarities) -> Option<NetSentiment> {
    let Polarities { positive, neutral, negative, unknown: _ } = *counts;
    let total = positive + neutral + negative;
    if total == 0 {
        return None;
    }
    let n = total as f64;
    let (p, q) = (positive as f64 / n, negative as f64 / n);
    let ((p_low, p_high), (q_low, q_high)) = (wilson(p, n), wilson(q, n));
    let value = (positive as f64 - negative as f64) / n;
    // Where one share is 0 the other varies alone; the formula would divide 0 by 0 there.
    let correlation = if positive == 0 || negative == 0 { 0.0 } else { -(p * q / ((1.0 - p) * (1.0 - q))).sqrt() };
    let reach = |a: f64, b: f64| (a * a - 2.0 * correlation * a * b + b * b).max(0.0).sqrt();
    let low = (value - reach(p - p_low, q_high - q)).clamp(-1.0, value);
    let high = (value + reach(p_high - p, q - q_low)).clamp(value, 1.0);
    Some(NetSentiment { value, low, high, positive, neutral, negative })
}

/// `ci.wilson@1`: the interval of a share.
pub(crate) fn wilson(p: f64, n: f64) -> (f64, f64) {
    let z2 = Z * Z;
    let centre = p + z2 / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    (((centre - half) / scale).clamp(0.0, p), ((centre + half) / scale).clamp(p, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(positive: u64, neutral: u64, negative: u64) -> Polarities {
        Polarities { positive, neutral, negative, unknown: 0 }
    }

    fn interval(positive: u64, neutral: u64, negative: u64) -> NetSentiment {
        net_sentiment(&counts(positive, neutral, negative)).expect("some are scored")
    }

    #[test]
    fn worked_values() {
        assert!((interval(80, 100, 20).value - 0.3).abs() < 1e-12);
        assert!((interval(35, 59, 6).value - 0.29).abs() < 1e-12);
        assert_eq!(net_sentiment(&Polarities { unknown: 9, ..counts(0, 0, 0) }), None);
        let (low, high) = wilson(0.3, 100.0);
        assert!((low - 0.219).abs() < 5e-4 && (high - 0.396).abs() < 5e-4, "{low} {high}");
    }

    #[test]
    fn with_two_outcomes_it_is_the_wilson_interval_of_one_share_stretched() {
        let net = interval(30, 0, 70);
        let (low, high) = wilson(0.3, 100.0);
        assert!((net.low - (2.0 * low - 1.0)).abs() < 1e-9, "{net:?}");
        assert!((net.high - (2.0 * high - 1.0)).abs() < 1e-9, "{net:?}");
    }

    #[test]
    fn one_mention_says_little_and_many_say_much() {
        let one = interval(1, 0, 0);
        assert!(one.low < 0.3 && one.high == 1.0, "{one:?}");
        let many = interval(6_000, 3_000, 1_000);
        assert!(many.high - many.low < 0.03, "{many:?}");
    }

    /// How often the interval holds the truth, summed over every possible sample of size `n`.
    fn coverage(n: u64, p: f64, q: f64) -> f64 {
        let ln_factorial: Vec<f64> = (0..=n)
            .scan(0.0, |sum, k| {
                *sum += if k > 0 { (k as f64).ln() } else { 0.0 };
                Some(*sum)
            })
            .collect();
        let power = |share: f64, count: u64| if count == 0 { 0.0 } else { count as f64 * share.ln() };
        let mut held = 0.0;
        for positive in 0..=n {
            for negative in 0..=n - positive {
                let neutral = n - positive - negative;
                let ways = ln_factorial[n as usize]
                    - [positive, negative, neutral].map(|count| ln_factorial[count as usize]).iter().sum::<f64>();
                let chance = (ways + power(p, positive) + power(q, negative) + power(1.0 - p - q, neutral)).exp();
                let net = interval(positive, neutral, negative);
                if net.low <= p - q && p - q <= net.high {
                    held += chance;
                }
            }
        }
        held
    }

    #[test]
    fn the_interval_holds_the_truth_about_as_often_as_it_says() {
        let mut sum = 0.0;
        let cases = [
            (20, 0.5, 0.2),
            (20, 0.1, 0.6),
            (50, 0.3, 0.3),
            (50, 0.05, 0.02),
            (50, 0.9, 0.05),
            (120, 0.2, 0.5),
            (120, 0.02, 0.4),
        ];
        for (n, p, q) in cases {
            let covered = coverage(n, p, q);
            assert!(covered > 0.91, "n {n}, p {p}, q {q}: {covered}");
            sum += covered;
        }
        let mean = sum / cases.len() as f64;
        assert!((0.94..0.98).contains(&mean), "{mean}");
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_value_and_stays_in_range(positive in 0..5_000_u64, neutral in 0..5_000_u64, negative in 0..5_000_u64) {
            if let Some(net) = net_sentiment(&counts(positive, neutral, negative)) {
                prop_assert!(-1.0 <= net.low && net.low <= net.value && net.value <= net.high && net.high <= 1.0, "{net:?}");
                let mirrored = interval(negative, neutral, positive);
                prop_assert!((net.low + mirrored.high).abs() < 1e-9 && (net.high + mirrored.low).abs() < 1e-9, "{net:?} {mirrored:?}");
            }
        }
    }
}
