//! How often an analyzer is right, measured on what people corrected, and what that makes of its numbers.
//!
//! An analyzer's mistakes do not cancel out: if it takes every second complaint for a neutral remark, the share of complaints it reports
//! is half the true one, however many mentions there are. The [`confusion`](Quality::confusion) on a random sample says how it errs, and
//! the observed shares can be solved for the true ones ([`corrected`]). Both are shown: the raw share is certain and biased, the corrected
//! one is right on average and no better than its sample.

mod solve;

use serde::{Serialize, Serializer};

use crate::formula::{ACCURACY, CORRECTED_SHARE, Formula, NET_SENTIMENT, NET_SENTIMENT_INTERVAL, PRECISION_RECALL, WILSON};
use crate::sentiment::{NetSentiment, net_sentiment, wilson};
use crate::tally::Polarities;

/// Below so many random corrections those picked by hand are shown beside them.
pub const LEAST_SAMPLE: u64 = 30;
/// Below so many random corrections no share is corrected (`netsent.adj@1`).
pub const LEAST_TO_CORRECT: u64 = 200;

/// One correction held against what the analyzer found: places in the list of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// What the analyzer found.
    pub found: usize,
    /// What a person says it is.
    pub truth: usize,
    /// Whether chance chose the mention, not a person.
    pub sampled: bool,
}

/// A share with its 95 % interval (`ci.wilson@1`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// What is counted.
    pub numerator: u64,
    /// What it is counted among; never 0.
    pub denominator: u64,
    /// The one divided by the other.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Estimate {
    /// `None` where there is nothing to divide by.
    #[must_use]
    pub fn of(numerator: u64, denominator: u64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let value = numerator as f64 / denominator as f64;
        let (low, high) = wilson(value, denominator as f64);
        Some(Self { numerator, denominator, value, low, high })
    }
}

/// Which corrections the confusion was counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The random sample alone: stands for all mentions it was drawn from.
    Sample,
    /// All corrections, because the random sample is too small. What people pick by hand may not stand for all.
    Everything,
}

/// How often one label is right, and how often it is found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelQuality {
    /// The label.
    pub label: String,
    /// Of the mentions given this label, those that have it in truth; `None` if it was never given.
    pub precision: Option<Estimate>,
    /// Of the mentions that have it in truth, those given it; `None` if it is never the truth.
    pub recall: Option<Estimate>,
}

/// How much of all mentions one label has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelShare {
    /// The label.
    pub label: String,
    /// Mentions the analyzer gave it.
    pub count: u64,
    /// Their share of all that have a label; `None` if there are none.
    pub raw: Option<f64>,
    /// The share solved for the analyzer's mistakes (`netsent.adj@1`).
    pub corrected: Option<f64>,
}

/// Net sentiment as observed and as corrected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NetShift {
    /// `netsent@1` with its interval.
    pub raw: NetSentiment,
    /// Share in favour less share against, of the corrected shares.
    pub corrected: Option<f64>,
}

/// Why no share is corrected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Uncorrected {
    /// Too little is known of how the analyzer errs.
    #[error(
        "the random sample has {have} corrections; {LEAST_TO_CORRECT} are needed, or chance would move the shares more than mistakes do"
    )]
    SmallSample {
        /// Corrections of the sample.
        have: u64,
    },
    /// A column of the confusion is empty.
    #[error("no correction of the random sample says `{label}`, so it is not known how the analyzer errs there")]
    NeverTrue {
        /// The label of the column.
        label: String,
    },
    /// Different truths would look the same.
    #[error("the analyzer hardly tells some labels apart: its observed shares fit many true ones (the confusion is singular)")]
    Singular,
    /// No mention has a label.
    #[error("no stored mention has a label of this analyzer and version")]
    NoMentions,
}

impl Serialize for Uncorrected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What corrections say about an analyzer and its numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// The labels in the order of the manifest.
    pub labels: Vec<String>,
    /// Accuracy on the random sample; `None` if there is no sample.
    pub sample: Option<Estimate>,
    /// Accuracy on what people picked by hand; `None` if they picked nothing.
    pub picked: Option<Estimate>,
    /// What the confusion and everything made of it was counted on.
    pub basis: Basis,
    /// Corrections by label found (row) and label in truth (column).
    pub confusion: Vec<Vec<u64>>,
    /// Precision and recall, one entry a label.
    pub by_label: Vec<LabelQuality>,
    /// Shares of all mentions, one entry a label.
    pub shares: Vec<LabelShare>,
    /// Why no share is corrected, if none is.
    pub uncorrected: Option<Uncorrected>,
    /// For labels that have `positive` and `negative` among them; `None` for others and where no mention has a label.
    pub net_sentiment: Option<NetShift>,
    /// What the numbers mean.
    pub formulas: [Formula; 6],
}

/// Measures an analyzer on corrections, and corrects its shares over `counts`.
///
/// # Shape
/// `counts`: mentions of each label, over everything the shares are to be told of; as long as `labels`. Judgements name places in `labels`.
/// All must be of one analyzer and version: another version errs in another way.
///
/// # Panics
/// When a judgement names a place that `labels` does not have, or `counts` is shorter; a bug of the caller.
#[must_use]
pub fn quality(labels: &[String], judgements: &[Judgement], counts: &[u64]) -> Quality {
    let sample = table(labels.len(), judgements.iter().filter(|judged| judged.sampled));
    let picked = table(labels.len(), judgements.iter().filter(|judged| !judged.sampled));
    let (basis, confusion) = if total(&sample) >= LEAST_SAMPLE {
        (Basis::Sample, sample.clone())
    } else {
        (Basis::Everything, table(labels.len(), judgements.iter()))
    };
    // Only chance makes the sample stand for the rest, so only the sample corrects.
    let corrected = corrected(labels, &sample, counts);
    let all: u64 = counts.iter().sum();
    let share = |(place, label): (usize, &String)| LabelShare {
        label: label.clone(),
        count: counts[place],
        raw: (all > 0).then(|| counts[place] as f64 / all as f64),
        corrected: corrected.as_ref().ok().map(|shares| shares[place]),
    };
    let shares: Vec<LabelShare> = labels.iter().enumerate().map(share).collect();
    Quality {
        labels: labels.to_vec(),
        sample: accuracy(&sample),
        picked: accuracy(&picked),
        basis,
        by_label: by_label(labels, &confusion),
        confusion,
        net_sentiment: net(&shares),
        shares,
        uncorrected: corrected.err(),
        formulas: [ACCURACY, WILSON, PRECISION_RECALL, NET_SENTIMENT, NET_SENTIMENT_INTERVAL, CORRECTED_SHARE],
    }
}

/// Shares as they would be if the analyzer made no mistakes (`netsent.adj@1`): solves `C q = p`, where `p` are the observed shares and
/// `C` holds in column `j` how often a mention that is `j` in truth is given each label; what falls below 0 is set to 0 and the rest scaled to 1.
///
/// # Shape
/// `sample`: corrections by label found (row) and label in truth (column). The shares sum to 1.
///
/// # Errors
/// [`Uncorrected`].
///
/// # Source
/// Adjusted counting: Gart and Buck 1966 (Am. J. Epidemiol. 83, 593-602) for two classes; Forman 2008 (Data Min. Knowl. Discov. 17, 164-206)
/// and, with the whole confusion matrix, Hopkins and King 2010 (Am. J. Polit. Sci. 54, 229-247).
pub fn corrected(labels: &[String], sample: &[Vec<u64>], counts: &[u64]) -> Result<Vec<f64>, Uncorrected> {
    let have = total(sample);
    if have < LEAST_TO_CORRECT {
        return Err(Uncorrected::SmallSample { have });
    }
    let all: u64 = counts.iter().sum();
    if all == 0 {
        return Err(Uncorrected::NoMentions);
    }
    let truths: Vec<u64> = (0..labels.len()).map(|column| sample.iter().map(|row| row[column]).sum()).collect();
    if let Some(column) = truths.iter().position(|&truths| truths == 0) {
        return Err(Uncorrected::NeverTrue { label: labels[column].clone() });
    }
    let rates = sample.iter().map(|row| row.iter().zip(&truths).map(|(&n, &of)| n as f64 / of as f64).collect()).collect();
    let observed = counts.iter().map(|&count| count as f64 / all as f64).collect();
    let mut shares = solve::solve(rates, observed).ok_or(Uncorrected::Singular)?;
    shares.iter_mut().for_each(|share| *share = share.max(0.0));
    // The columns of C sum to 1, so the solution does: something of it is above 0.
    let sum: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= sum);
    Ok(shares)
}

/// Judgements by label found (row) and label in truth (column).
fn table<'j>(labels: usize, judgements: impl Iterator<Item = &'j Judgement>) -> Vec<Vec<u64>> {
    let mut table = vec![vec![0; labels]; labels];
    for judged in judgements {
        table[judged.found][judged.truth] += 1;
    }
    table
}

fn total(table: &[Vec<u64>]) -> u64 {
    table.iter().flatten().sum()
}

/// `accuracy@1`
fn accuracy(table: &[Vec<u64>]) -> Option<Estimate> {
    let right = table.iter().enumerate().map(|(place, row)| row[place]).sum();
    Estimate::of(right, total(table))
}

/// `precision.recall@1`
fn by_label(labels: &[String], table: &[Vec<u64>]) -> Vec<LabelQuality> {
    let one = |(place, label): (usize, &String)| LabelQuality {
        label: label.clone(),
        precision: Estimate::of(table[place][place], table[place].iter().sum()),
        recall: Estimate::of(table[place][place], table.iter().map(|row| row[place]).sum()),
    };
    labels.iter().enumerate().map(one).collect()
}

fn net(shares: &[LabelShare]) -> Option<NetShift> {
    let of = |name: &str| shares.iter().find(|share| share.label == name);
    let (positive, negative) = (of("positive")?, of("negative")?);
    let all: u64 = shares.iter().map(|share| share.count).sum();
    let counts = Polarities {
        positive: positive.count,
        negative: negative.count,
        neutral: all - positive.count - negative.count,
        ..Polarities::default()
    };
    let corrected = positive.corrected.zip(negative.corrected).map(|(positive, negative)| positive - negative);
    Some(NetShift { raw: net_sentiment(&counts)?, corrected })
}

#[cfg(test)]
mod tests;
