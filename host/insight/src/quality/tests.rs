//! Worked values.

use proptest::prelude::*;

use super::*;

fn labels() -> Vec<String> {
    ["positive", "neutral", "negative"].map(str::to_owned).to_vec()
}

/// Judgements that make up a confusion.
fn judged(confusion: &[[u64; 3]; 3], sampled: bool) -> Vec<Judgement> {
    let mut judged = Vec::new();
    for (found, row) in confusion.iter().enumerate() {
        for (truth, &count) in row.iter().enumerate() {
            judged.extend((0..count).map(|_| Judgement { found, truth, sampled }));
        }
    }
    judged
}

/// Eight of ten right, the others spread evenly; its inverse takes p to (p - 0.1) / 0.7.
const EVEN: [[u64; 3]; 3] = [[80, 10, 10], [10, 80, 10], [10, 10, 80]];

fn shares(quality: &Quality) -> Vec<Option<f64>> {
    quality.shares.iter().map(|share| share.corrected).collect()
}

fn close(found: &[Option<f64>], wanted: [f64; 3]) {
    assert!(
        found.iter().zip(wanted).all(|(found, wanted)| found.is_some_and(|found| (found - wanted).abs() < 1e-9)),
        "{found:?}"
    );
}

#[test]
fn mistakes_are_taken_out_of_shares() {
    let quality = quality(&labels(), &judged(&EVEN, true), &[450, 310, 240]);
    close(&shares(&quality), [0.5, 0.3, 0.2]);
    assert_eq!((quality.basis, &quality.uncorrected), (Basis::Sample, &None));
    let sample = quality.sample.expect("a sample");
    assert_eq!((sample.numerator, sample.denominator, sample.value), (240, 300, 0.8));
    let net = quality.net_sentiment.expect("both poles");
    assert!((net.raw.value - 0.21).abs() < 1e-12 && net.corrected.is_some_and(|net| (net - 0.3).abs() < 1e-9), "{net:?}");
}

#[test]
fn rows_are_what_was_found_and_columns_the_truth() {
    // C = [.9 .2 0; .1 .6 .1; 0 .2 .9] with 100, 50 and 200 true ones, and q = (.2, .5, .3): p = C q = (.28, .35, .37).
    let confusion = [[90, 10, 0], [10, 30, 20], [0, 10, 180]];
    let quality = quality(&labels(), &judged(&confusion, true), &[28, 35, 37]);
    close(&shares(&quality), [0.2, 0.5, 0.3]);
    assert_eq!(quality.confusion, confusion.map(Vec::from));
    let neutral = &quality.by_label[1];
    let counts = |estimate: Option<Estimate>| estimate.map(|estimate| (estimate.numerator, estimate.denominator));
    assert_eq!((counts(neutral.precision), counts(neutral.recall)), (Some((30, 60)), Some((30, 50))));
}

#[test]
fn what_falls_below_nothing_is_nothing() {
    // (p - 0.1) / 0.7 = (-0.0714, 0.6429, 0.4286).
    let quality = quality(&labels(), &judged(&EVEN, true), &[5, 55, 40]);
    close(&shares(&quality), [0.0, 0.6, 0.4]);
}

#[test]
fn where_nothing_can_be_corrected_the_reason_is_said() {
    let reason = |confusion: &[[u64; 3]; 3], counts: &[u64]| {
        let quality = quality(&labels(), &judged(confusion, true), counts);
        assert_eq!(shares(&quality), [None; 3]);
        quality.uncorrected.expect("a reason")
    };
    assert_eq!(reason(&[[60, 0, 0], [0, 60, 0], [0, 0, 79]], &[1, 1, 1]), Uncorrected::SmallSample { have: 199 });
    assert_eq!(reason(&[[50, 50, 0], [50, 50, 0], [0, 0, 50]], &[1, 1, 1]), Uncorrected::Singular);
    assert_eq!(reason(&[[150, 50, 0], [0, 50, 0], [0, 0, 0]], &[1, 1, 1]), Uncorrected::NeverTrue { label: "negative".into() });
    assert_eq!(reason(&EVEN, &[0, 0, 0]), Uncorrected::NoMentions);
    let raw = quality(&labels(), &[], &[3, 1, 0]);
    assert_eq!(raw.shares.iter().map(|share| share.raw).collect::<Vec<_>>(), [Some(0.75), Some(0.25), Some(0.0)]);
    assert_eq!((raw.sample, raw.picked, raw.basis), (None, None, Basis::Everything));
}

#[test]
fn what_was_picked_by_hand_never_passes_for_a_sample() {
    let mut judgements = judged(&[[9, 0, 0], [0, 10, 0], [1, 0, 9]], true);
    judgements.extend(judged(&EVEN, false));
    let small = quality(&labels(), &judgements[1..], &[450, 310, 240]);
    assert_eq!((small.basis, total(&small.confusion)), (Basis::Everything, 328));
    assert_eq!(small.uncorrected, Some(Uncorrected::SmallSample { have: 28 }));
    judgements.push(Judgement { found: 0, truth: 0, sampled: true });
    let enough = quality(&labels(), &judgements, &[450, 310, 240]);
    assert_eq!((enough.basis, total(&enough.confusion)), (Basis::Sample, 30));
    assert_eq!(enough.picked.map(|picked| picked.denominator), Some(300));
}

#[test]
fn an_estimate_has_the_interval_of_wilson() {
    let estimate = Estimate::of(30, 100).expect("something to divide by");
    assert!((estimate.low - 0.219).abs() < 5e-4 && (estimate.high - 0.396).abs() < 5e-4, "{estimate:?}");
    assert_eq!(Estimate::of(0, 0), None);
}

#[test]
fn labels_without_poles_have_no_net_sentiment() {
    let labels = ["spam".to_owned(), "ham".to_owned()];
    let quality = quality(&labels, &[Judgement { found: 0, truth: 1, sampled: true }], &[1, 2]);
    assert_eq!(quality.net_sentiment, None);
    assert_eq!(quality.by_label[1].precision, None, "never given");
    assert_eq!(quality.by_label[0].recall, None, "never the truth");
}

proptest! {
    #[test]
    fn corrected_shares_lie_on_the_simplex(
        confusion in prop::array::uniform3(prop::array::uniform3(0..200_u64)),
        counts in prop::array::uniform3(0..10_000_u64),
    ) {
        if let Ok(shares) = corrected(&labels(), &confusion.map(Vec::from), &counts) {
            prop_assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{shares:?}");
            prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{shares:?}");
        }
    }

    #[test]
    fn a_perfect_analyzer_is_left_alone(counts in prop::array::uniform3(1..10_000_u64)) {
        let found = corrected(&labels(), &[vec![100, 0, 0], vec![0, 70, 0], vec![0, 0, 90]], &counts).expect("well known");
        let all: u64 = counts.iter().sum();
        for (share, count) in found.iter().zip(counts) {
            prop_assert!((share - count as f64 / all as f64).abs() < 1e-12);
        }
    }
}
