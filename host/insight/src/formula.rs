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
    formula: "volume / sum of the volumes of all topics of the group in the configuration, shown or not; a mention of several topics counts \
              for each",
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
    formula: "(volume - volume before) / volume before, where before is the window of the same length that ends where this one begins; \
              `complete` says that no day of it has a gap of half of it or more",
    on_zero: "absent if the volume before is 0",
    source: "own",
};

/// Coverage gaps.
pub(crate) const GAPS: Formula = Formula {
    id: "coverage.gaps@2",
    formula: "what was said and cannot have been read: (1) hours in which every poll of a feed, or every try to plan it, failed, until one \
              succeeds or now; (2) pauses between two polls of a feed, or since the last one, that are longer than 3 hours and 3 times its \
              interval (`every`, or the pause its source asked for last); (3) the time before what its history was asked for and read to \
              its end, or else before a day (or the history, if that is less) before it was first read. What failed or paused is no gap as \
              far as the next successful poll made up for it: from the cursor on everything that the source lists, at most as far back as \
              `history`; of a source that lists only so many, everything if the list joins what was read before; nothing while the head is \
              not reached again; a day where the cursor was lost. Child feeds have failures alone; feeds that are not planned any more, and \
              those of connectors that are not in the configuration, end with their last poll",
    on_zero: "an empty list; `coverage` says whether anything was asked at all",
    source: "own",
};

/// How often an analyzer is right.
pub(crate) const ACCURACY: Formula = Formula {
    id: "accuracy@1",
    formula: "corrections whose truth is what the analyzer found / corrections; only mentions that carry an annotation of the analyzer and \
              version in use, and those drawn at random apart from those picked by hand",
    on_zero: "absent if there is no correction",
    source: "common use",
};

/// The interval of one share.
pub(crate) const WILSON: Formula = Formula {
    id: "ci.wilson@1",
    formula: "95 % interval of a share p of n: (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n); z = 1.959964",
    on_zero: "absent if n is 0",
    source: "Wilson 1927 (J. Am. Stat. Assoc. 22, 209-212)",
};

/// How an analyzer is right about one label.
pub(crate) const PRECISION_RECALL: Formula = Formula {
    id: "precision.recall@1",
    formula: "precision: corrections given the label and true / given the label; recall: given the label and true / true",
    on_zero: "absent if the label was never given, or is never the truth",
    source: "common use",
};

/// Shares without the analyzer's mistakes.
pub(crate) const CORRECTED_SHARE: Formula = Formula {
    id: "netsent.adj@1",
    formula: "q of C q = p, where p are the observed shares and C, measured on the random sample, holds in column j how often what is j in \
              truth is given each label; below 0 is set to 0 and the rest scaled to 1; net sentiment is then q(positive) - q(negative)",
    on_zero: "absent if the random sample has fewer than 200 corrections, a label is never the truth there, or C is singular (a pivot below 0.01)",
    source: "adjusted counting: Gart and Buck 1966 (Am. J. Epidemiol. 83, 593-602), Forman 2008 (Data Min. Knowl. Discov. 17, 164-206), \
             Hopkins and King 2010 (Am. J. Polit. Sci. 54, 229-247). It takes out what the analyzer gets wrong on average, not what chance \
             puts into the sample",
};

/// Every formula of a report.
pub(crate) const ALL: [Formula; 7] = [VOLUME, SHARE_OF_VOICE, NET_SENTIMENT, NET_SENTIMENT_INTERVAL, TOP_AUTHORS, TREND, GAPS];
