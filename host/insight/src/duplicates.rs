//! Near-duplicates: the same words again and again, by hand or by machine, as one cluster with its original.
//!
//! This is a room of the host and no analyzer, because an analyzer sees one batch and a copy may come weeks after its original.
//!
//! [`clusters`] sorts mentions by time and gives each to the oldest original it repeats, or lets it be an original itself:
//!
//! - `normal` takes away what copies change: capitals, punctuation, handles, addresses, a leading `RT @name:`.
//! - `sketch` makes of the words and pairs of words that are left a set of fixed size, and tells how alike two sets are.
//! - `index` finds the few originals that can be alike, without looking at the others.
//!
//! # Why not simhash
//! A 64-bit simhash was the first plan. Measured on near-duplicate posts it needs a distance of up to 14 bits, and an index for
//! that distance has bands of four or eight bits: either it misses a quarter of the pairs, or every bucket holds a fixed share of
//! all mentions and the work grows with their square. Bands of minhashes find pairs by the very measure that confirms them, the
//! Jaccard similarity, and their buckets stay small however many mentions there are.

mod index;
mod normal;
mod sketch;

use vigie_mention::Instant;

use self::index::Index;
use self::sketch::Sketch;

/// What counts as a near-duplicate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// Share of words and pairs of words two texts must have in common, of all that either has: 0 to 1. The index is made for
    /// 0.6 and above; below, it begins to miss pairs.
    pub similarity: f64,
    /// Shorter texts are never duplicates: that two people write "thank you" means nothing.
    pub words: usize,
}

impl Default for Likeness {
    fn default() -> Self {
        Self { similarity: 0.6, words: 3 }
    }
}

/// Texts that say the same with nearly the same words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster<K> {
    /// The one published first.
    pub original: K,
    /// The others, oldest first. Never empty.
    pub copies: Vec<K>,
}

impl<K> Cluster<K> {
    /// The mentions of the cluster.
    #[must_use]
    pub fn size(&self) -> usize {
        1 + self.copies.len()
    }
}

/// Groups mentions that repeat each other.
///
/// # Shape
/// `mentions`: key, time of publication and text, in any order; equal keys are the caller's mistake and count as two mentions.
/// Returns clusters of two and more, largest first, then by time of their original. Every copy is alike to the original itself and
/// not only to another copy, so that a chain of small changes never joins what differs. The same mentions give the same clusters in
/// whatever order they come; of two published at the same instant the lower key comes first.
///
/// Time is linear in the text, but for sorting; memory is about 2 KiB for each original. A pair that is exactly as alike as asked
/// for is found 99 times of 100, a pair five points above it practically always.
///
/// # Source
/// Jaccard similarity of words and pairs of words: A. Broder, "On the resemblance and containment of documents", 1997; bands of
/// minhashes: A. Gionis, P. Indyk, R. Motwani, "Similarity search in high dimensions via hashing", 1999.
#[must_use]
pub fn clusters<K: Ord, T: AsRef<str>>(
    mentions: impl IntoIterator<Item = (K, Instant, T)>,
    likeness: Likeness,
) -> Vec<Cluster<K>> {
    // Texts become sketches at once, so that they need not be held.
    let mut items: Vec<(Instant, K, Sketch)> = mentions
        .into_iter()
        .filter_map(|(key, published, text)| Some((published, key, Sketch::of(text.as_ref(), likeness.words)?)))
        .collect();
    items.sort_by(|(at_a, key_a, sketch_a), (at_b, key_b, sketch_b)| {
        (at_a, key_a).cmp(&(at_b, key_b)).then_with(|| sketch_a.cmp(sketch_b))
    });
    let mut index = Index::default();
    let mut originals: Vec<(Instant, K, Vec<K>)> = Vec::new();
    for (published, key, sketch) in items {
        match index.alike_or_insert(sketch, likeness.similarity) {
            Some(place) => originals[place].2.push(key),
            None => originals.push((published, key, Vec::new())),
        }
    }
    originals.retain(|(.., copies)| !copies.is_empty());
    // Stable: what is equally large stays in the order of time and key.
    originals.sort_by_key(|(.., copies)| std::cmp::Reverse(copies.len()));
    originals.into_iter().map(|(_, original, copies)| Cluster { original, copies }).collect()
}

/// How alike two texts are, 0 to 1, as [`clusters`] judges it; 0 where either has too few words.
#[must_use]
pub fn similarity(a: &str, b: &str, likeness: Likeness) -> f64 {
    match (Sketch::of(a, likeness.words), Sketch::of(b, likeness.words)) {
        (Some(a), Some(b)) => a.similarity(&b),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests;
