//! How English words are written, and which of them stand between the same words: the table `common.bin`.

use std::collections::{BTreeMap, BTreeSet};

use analyzer_entities::common::{Level, MAGIC};
use analyzer_entities::read::{Sort, Word, words};
use anyhow::Result;
use vigie_plugin::linear::Hash;

use super::Post;
use crate::data::Data;

/// How often a word must be written small to be common, and to be everywhere.
const COMMON: u32 = 8;
const EVERYWHERE: u32 = 100;
/// How often it must have a capital inside a sentence for that to count, and in what shares of its places to be mixed and mostly so.
const CAPITALS: u32 = 3;
const MIXED: f64 = 0.3;
const MOSTLY: f64 = 0.7;
/// A word that is a name in more than this share of its places in tagged posts is not common, however often it is written small.
const MOSTLY_A_NAME: f64 = 0.2;
/// A text with more than this share of words in capitals says nothing about them.
const SHOUTS: f64 = 0.6;
/// Classes of words that stand between the same words; how often a word must come to be in one; how many of the most frequent words are
/// looked for beside it; rounds of k-means.
const CLASSES: usize = 96;
const IN_A_CLASS: u32 = 8;
const BESIDE: usize = 300;
const ROUNDS: usize = 12;

/// What is learned from texts without any tags.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// How often each word is written small, how often so in texts that have capitals, and how often with one inside a sentence.
    counts: BTreeMap<String, [u32; 3]>,
    /// The class of each word that comes often enough, from 1 on.
    kin: BTreeMap<String, u8>,
}

impl Vocabulary {
    /// Reads English posts, requests and films, and the texts of the tagged posts.
    pub(super) fn read(data: &Data, posts: &[Post]) -> Result<Self> {
        let mut counts = BTreeMap::new();
        let mut lines = Vec::new();
        for name in ["sentiment_en.train", "emotion_en.train", "intent_en.train", "xed_en.train"] {
            for row in data.rows(name)? {
                count(row.text(), &mut counts);
                lines.push(line(row.text()));
            }
        }
        lines.extend(posts.iter().map(|post| line(&post.text)));
        Ok(Self { counts, kin: kin(&lines) })
    }

    /// The table as `analyzer_entities::common::Common` reads it. Of the tagged posts: which words are names although written small.
    pub(super) fn table(&self, posts: &[&Post]) -> Vec<u8> {
        let as_names = as_names(posts);
        let level = |word: &String| {
            let [small, although, capital] = self.counts.get(word).copied().unwrap_or_default();
            let share = f64::from(capital) / f64::from((although + capital).max(1));
            let named = as_names
                .get(word)
                .is_some_and(|[not, named]| *named > 1 && f64::from(*named) > MOSTLY_A_NAME * f64::from(not + named));
            match small {
                _ if capital >= CAPITALS && share >= MOSTLY => Level::Capital,
                _ if capital >= CAPITALS && share >= MIXED => Level::Mixed,
                COMMON.. if named => Level::Mixed,
                EVERYWHERE.. => Level::Everywhere,
                COMMON.. => Level::Common,
                2.. => Level::Seldom,
                _ => Level::Unknown,
            }
        };
        let words: BTreeSet<&String> = self.counts.keys().chain(self.kin.keys()).collect();
        let rows: BTreeMap<u32, (Level, u8)> = words
            .into_iter()
            .map(|word| (hash(word), (level(word), self.kin.get(word).copied().unwrap_or_default())))
            .filter(|(_, (level, kin))| *level != Level::Unknown || *kin > 0)
            .collect();
        let mut table = MAGIC.to_vec();
        table.extend((rows.len() as u32).to_le_bytes());
        table.extend(rows.keys().flat_map(|hash| hash.to_le_bytes()));
        table.extend(rows.values().map(|(level, _)| *level as u8));
        table.extend(rows.values().map(|(_, kin)| kin));
        table
    }
}

fn hash(word: &str) -> u32 {
    Hash::START.bytes(word.as_bytes()).raw()
}

/// Counts words in small letters, those of them in texts that have capitals, and words with a capital inside a sentence.
fn count(text: &str, counts: &mut BTreeMap<String, [u32; 3]>) {
    let mut read = Vec::new();
    words(text, &mut read);
    let capital = |word: &Word| text[word.at.clone()].starts_with(char::is_uppercase);
    let capitals = read.iter().filter(|word| capital(word)).count();
    let shouts = capitals as f64 > SHOUTS * read.len() as f64;
    for word in &read {
        let raw = &text[word.at.clone()];
        if raw.chars().all(|char| char.is_lowercase() || matches!(char, '\'' | '’' | '-')) {
            let [small, although, _] = counts.entry(raw.to_owned()).or_default();
            *small += 1;
            *although += u32::from(capitals > 0);
        // What stands for people in GoEmotions is no word.
        } else if capital(word) && !word.starts_sentence && !shouts && !matches!(raw, "NAME" | "RELIGION") {
            counts.entry(raw.to_lowercase()).or_default()[2] += 1;
        }
    }
}

/// How often each word stands in tagged posts outside and inside a name.
fn as_names(posts: &[&Post]) -> BTreeMap<String, [u32; 2]> {
    let mut counts: BTreeMap<String, [u32; 2]> = BTreeMap::new();
    let mut read = Vec::new();
    for post in posts {
        words(&post.text, &mut read);
        for word in &read {
            let named = post.names.iter().any(|(_, at)| at.start < word.at.end && word.at.start < at.end);
            counts.entry(post.text[word.at.clone()].to_lowercase()).or_default()[usize::from(named)] += 1;
        }
    }
    counts
}

/// The words of a text with marks for its ends, its signs, and for handles and hashtags, each of which is a word of its own kind.
fn line(text: &str) -> Vec<String> {
    let mut read = Vec::new();
    words(text, &mut read);
    let mut line = vec!["^".to_owned()];
    for word in &read {
        if word.breaks && line.len() > 1 {
            line.push(if word.starts_sentence { "." } else { "," }.to_owned());
        }
        line.push(match word.sort {
            Sort::Word => text[word.at.clone()].to_lowercase(),
            Sort::Handle => "@".to_owned(),
            Sort::Hashtag => "#".to_owned(),
        });
    }
    line.push("$".to_owned());
    line
}

/// Classes of words by what stands before and behind them: spherical k-means, which begins with the most frequent words. Only sums,
/// products, quotients and square roots in a fixed order, so that every machine finds the same.
fn kin(lines: &[Vec<String>]) -> BTreeMap<String, u8> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    lines.iter().flatten().for_each(|word| *counts.entry(word).or_default() += 1);
    let mut order: Vec<(&str, u32)> = counts.into_iter().filter(|(_, count)| *count >= IN_A_CLASS).collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let rows = surroundings(lines, &order);
    let width = 2 * BESIDE;
    let classes = CLASSES.min(order.len());
    let mut centres = rows[..classes * width].to_vec();
    let mut class = vec![0_usize; order.len()];
    for _ in 0..ROUNDS {
        for (row, class) in rows.chunks_exact(width).zip(&mut class) {
            let near = centres.chunks_exact(width).map(|centre| product(row, centre)).enumerate();
            *class = near.fold((0, f32::MIN), |best, this| if this.1 > best.1 { this } else { best }).0;
        }
        centres.fill(0.0);
        for (row, class) in rows.chunks_exact(width).zip(&class) {
            centres[class * width..][..width].iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        centres.chunks_exact_mut(width).for_each(make_unit);
    }
    println!("  {} words in {classes} classes", order.len());
    order.iter().zip(class).map(|((word, _), class)| ((*word).to_owned(), class as u8 + 1)).collect()
}

/// A row of length one for each word: how often each of the most frequent words stands before it, then behind it, less where that word
/// stands everywhere.
fn surroundings(lines: &[Vec<String>], order: &[(&str, u32)]) -> Vec<f32> {
    let places: BTreeMap<&str, usize> = order.iter().enumerate().map(|(place, (word, _))| (*word, place)).collect();
    let width = 2 * BESIDE;
    let mut rows = vec![0.0_f32; order.len() * width];
    for line in lines {
        for at in 1..line.len() - 1 {
            let Some(own) = places.get(line[at].as_str()) else { continue };
            for (side, beside) in [(0, &line[at - 1]), (BESIDE, &line[at + 1])] {
                if let Some(other) = places.get(beside.as_str()).filter(|other| **other < BESIDE) {
                    rows[own * width + side + other] += 1.0;
                }
            }
        }
    }
    for row in rows.chunks_exact_mut(width) {
        for (column, value) in row.iter_mut().enumerate() {
            let often = order.get(column % BESIDE).map_or(1, |(_, count)| *count);
            *value = (*value / (often as f32).sqrt()).sqrt();
        }
        make_unit(row);
    }
    rows
}

/// The product of two rows, summed in eight lanes.
fn product(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}

/// Makes a row one long.
fn make_unit(row: &mut [f32]) {
    let length = row.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-9);
    row.iter_mut().for_each(|value| *value /= length);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_between_the_same_words_are_kin() {
        let mut lines = Vec::new();
        for round in 0..40 {
            for day in ["monday", "friday"] {
                lines.push(line(&format!("see you on {day} then")));
            }
            for verb in ["says", "thinks"] {
                lines.push(line(&format!("he {verb} that it rains {round}")));
            }
        }
        let kin = kin(&lines);
        assert_eq!(kin["monday"], kin["friday"]);
        assert_eq!(kin["says"], kin["thinks"]);
        assert_ne!(kin["monday"], kin["says"]);
        assert!(!kin.contains_key("7"), "too rare");
    }

    #[test]
    fn capitals_count_inside_sentences_only() {
        let mut counts = BTreeMap::new();
        count("Today we saw Acme. Acme is small, said NAME", &mut counts);
        count("ALL OF THIS IS LOUD", &mut counts);
        count("all of this is small", &mut counts);
        assert_eq!(counts.get("acme"), Some(&[0, 0, 1]));
        assert_eq!(counts.get("small"), Some(&[2, 1, 0]));
        assert!(!counts.contains_key("name") && !counts.contains_key("loud") && !counts.contains_key("today"));
        assert_eq!(line("See @acme, #now"), ["^", "see", ",", "@", ",", "#", "$"]);
    }
}
