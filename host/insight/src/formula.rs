//! What the numbers mean.

use serde::Serialize;

/// A formula and its version. A number that is computed differently has another id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Formula {
    /// Name and version, as in `sov.mentions@1`.
    pub id: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// What it is when there is nothing to divide by, or nothing at all.
    pub on_zero: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// Distinct mentions.
pub(crate) const VOLUME: Formula = Formula {
    id: "volume.mentions@1",
    formula: "distinct mentions published (or, where the service does not say when, collected) inside the window; days are UTC",
    on_zero: "0",
    source: "own",
};

/// Share of voice.
pub(crate) const SHARE_OF_VOICE: Formula = Formula {
    id: "sov.mentions@1",
    formula: "volume / sum of the volumes of all topics of the group that are shown; a mention of several topics counts for each",
    on_zero: "absent if no topic of the group has a mention",
    source: "common use",
};

/// Net sentiment.
pub(crate) const NET_SENTIMENT: Formula = Formula {
    id: "netsent@1",
    formula: "(positive - negative) / (positive + neutral + negative); mentions without a label do not count",
    on_zero: "absent if no mention has a label",
    source: "common use",
};

/// The interval of net sentiment.
pub(crate) const NET_SENTIMENT_INTERVAL: Formula = Formula {
    id: "ci.netsent.mover@1",
    formula: "95 % interval of the difference of two shares of one sample: Wilson intervals (l, u) of p = positive / n and q = negative / n, \
              recovered as d - sqrt(a^2 - 2 r a b + b^2) with a = p - l(p), b = u(q) - q for the lower end, mirrored for the upper, \
              where d = p - q and r = -sqrt(p q / ((1 - p) (1 - q))), the correlation of two shares of one multinomial sample; z = 1.959964",
    on_zero: "absent if no mention has a label",
    source: "Wilson 1927 (J. Am. Stat. Assoc. 22, 209-212) for each share; Newcombe 1998 (Stat. Med. 17, 873-890) and Zou and Donner 2008 \
             (Stat. Med. 27, 1693-1702) for the difference (MOVER). It covers sampling, not the analyzer's own mistakes",
};

/// Order of authors.
pub(crate) const TOP_AUTHORS: Formula = Formula {
    id: "authors.volume@1",
    formula: "mentions of the topic by one account, most first; ties by followers, the most seen in the window; mentions without a known account are left out",
    on_zero: "an empty list",
    source: "own",
};

/// Comparison with the window before.
pub(crate) const TREND: Formula = Formula {
    id: "trend.volume@1",
    formula: "(volume - volume before) / volume before, where before is the window of the same length that ends where this one begins",
    on_zero: "absent if the volume before is 0",
    source: "own",
};

/// Coverage gaps.
pub(crate) const GAPS: Formula = Formula {
    id: "coverage.gaps@1",
    formula: "stretches of hours in which a feed was asked and every poll failed, until one succeeds; and stretches between two polls of a \
              connector that are longer than 3 hours and 3 times its usual pause (the median of its pauses)",
    on_zero: "an empty list; `coverage` says whether anything was asked at all",
    source: "own",
};

/// Every formula of a report.
pub(crate) const ALL: [Formula; 7] = [VOLUME, SHARE_OF_VOICE, NET_SENTIMENT, NET_SENTIMENT_INTERVAL, TOP_AUTHORS, TREND, GAPS];
