//! The words of each language and how common they are, for analyzer-topics.

use std::collections::BTreeMap;

use analyzer_topics::stop::TAGS;
use analyzer_topics::words::{MAGIC, STEPS, hash};
use anyhow::Result;
use vigie_plugin::features::{Apostrophes, Sort, Words};

use crate::data::Data;
use crate::output::Tables;

/// Letters of a word in the table.
const LONGEST: usize = 20;
/// A word of a word list that no text uses counts this often.
const LISTED: f64 = 0.5;

/// A word is held for a verb that stands behind a pronoun, a particle or an auxiliary in more than this share of its places.
const VERB: f64 = 0.25;
/// And comes at least so often.
const VERB_TIMES: u32 = 4;

/// Words behind which verbs stand, as texts with split apostrophes have them. German needs none: its phrases hold a noun with its
/// capital. Arabic writes most of its own into the verb.
const BEFORE_VERBS: [(&str, &[&str]); 6] = [
    (
        "en",
        &[
            "i", "he", "she", "we", "they", "who", "will", "would", "could", "should", "can", "must", "might", "t", "ll", "d",
            "ve",
        ],
    ),
    ("es", &["no", "se", "me", "te", "nos", "yo", "os", "ha", "he", "han", "hemos"]),
    (
        "fr",
        &[
            "je", "j", "tu", "il", "elle", "on", "ils", "elles", "ne", "n", "me", "m", "te", "se", "s", "y", "ai", "as", "ont",
            "avez", "avons",
        ],
    ),
    ("it", &["non", "si", "mi", "ti", "ci", "vi", "io", "ho", "hai", "ha", "abbiamo", "hanno"]),
    ("nl", &["ik", "jij", "hij", "ze", "zij", "we", "wij", "jullie", "te"]),
    ("pt", &["não", "se", "me", "te", "nos", "eu", "ele", "ela", "você", "eles", "vou", "vai", "vamos"]),
];

/// Counts words; those that come less often than the language's threshold are left out.
pub(crate) fn train(data: &Data) -> Result<Tables> {
    let subtitles = data.rows("langid.train")?;
    let (mut bytes, mut verbs) = (MAGIC.to_vec(), MAGIC.to_vec());
    for tag in TAGS {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        let mut as_verb: BTreeMap<String, u32> = BTreeMap::new();
        let before_verbs = BEFORE_VERBS.iter().find(|(known, _)| *known == tag).map_or(&[][..], |(_, before)| before);
        let mut words = Words::default();
        let mut count = |text: &str| {
            words.read(text, Apostrophes::Split);
            let mut before = String::new();
            for word in words.iter().filter(|word| word.sort == Sort::Word) {
                let raw = text[word.at.clone()].to_lowercase();
                if !word.starts_clause && before_verbs.contains(&before.as_str()) {
                    *as_verb.entry(raw.clone()).or_default() += 1;
                }
                before.clone_from(&raw);
                if raw.chars().all(char::is_alphabetic) && raw.chars().count() <= LONGEST {
                    *counts.entry(raw).or_default() += 1;
                }
            }
        };
        subtitles.iter().filter(|row| row.column(0) == tag).for_each(|row| count(row.text()));
        data.rows(&format!("xed_{tag}.train"))?.iter().for_each(|row| count(row.text()));
        // English has far more text, from posts and requests as well as from films.
        let more: &[&str] = if tag == "en" { &["sentiment_en.train", "emotion_en.train", "intent_en.train"] } else { &[] };
        for name in more {
            data.rows(name)?.iter().for_each(|row| count(row.text()));
        }
        let least = if tag == "en" { 3 } else { 2 };
        let mut kept: BTreeMap<String, f64> =
            counts.iter().filter(|(_, count)| **count >= least).map(|(word, count)| (word.clone(), f64::from(*count))).collect();
        for name in listed(tag) {
            for row in data.rows(&format!("lexicons/{name}"))? {
                let word = row.column(0).to_lowercase();
                if word.chars().all(char::is_alphabetic) && (3..=LONGEST).contains(&word.chars().count()) {
                    kept.entry(word).or_insert(LISTED);
                }
            }
        }
        let total: f64 = counts.values().map(|count| f64::from(*count)).sum();
        let is_verb = |(word, times): &(&String, &u32)| {
            counts.get(*word).is_some_and(|all| *all >= VERB_TIMES && f64::from(**times) > VERB * f64::from(*all))
        };
        let known: BTreeMap<String, f64> = as_verb.iter().filter(is_verb).map(|(word, _)| (word.clone(), total)).collect();
        println!("  {tag}: {total} words, {} of them different and kept, {} held for verbs", kept.len(), known.len());
        bytes.extend(block(tag, &kept, total));
        verbs.extend(block(tag, &known, total));
    }
    Ok(Tables::default().file("words.bin", bytes).file("verbs.bin", verbs))
}

/// Word lists that hold words of the language as it is written, and so know some that few texts use.
fn listed(tag: &str) -> &'static [&'static str] {
    match tag {
        "en" => &["vader_en", "pattern_en"],
        "fr" => &["pattern_fr"],
        "nl" => &["pattern_nl"],
        _ => &[],
    }
}

/// One language as [`analyzer_topics::words::Words`] reads it.
fn block(tag: &str, words: &BTreeMap<String, f64>, total: f64) -> Vec<u8> {
    let mut rows: BTreeMap<u32, u8> = BTreeMap::new();
    for (word, count) in words {
        // The logarithm may differ in its last bit between machines, the sixteenth it is rounded to practically never.
        let cost = ((total / count).ln() * f64::from(STEPS)).round().clamp(0.0, 255.0) as u8;
        rows.entry(hash(word)).and_modify(|known| *known = cost.min(*known)).or_insert(cost);
    }
    let mut bytes: Vec<u8> = tag.bytes().collect();
    bytes.extend((rows.len() as u32).to_le_bytes());
    bytes.extend(rows.keys().flat_map(|hash| hash.to_le_bytes()));
    bytes.extend(rows.values());
    bytes
}
