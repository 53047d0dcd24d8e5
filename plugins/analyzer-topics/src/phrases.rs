//! Finds and weighs key phrases.
//!
//! Candidates are runs of words between stop words and clause borders, as in RAKE, and the parts of long runs that come back; their
//! words are weighed by statistics of the text alone, as in YAKE, and by how common they are in the language. Weights were set
//! from what the two papers found and on texts of our own; no annotated set was used to tune them.
//!
//! # Source
//! S. Rose et al., "Automatic keyword extraction from individual documents", 2010; R. Campos et al., "YAKE! Keyword extraction from
//! single documents using multiple local features", Information Sciences 509, 2020.

use std::collections::HashMap;

use vigie_plugin::Label;
use vigie_plugin::features::Sort;

use crate::read::{Reader, Word};
use crate::stop::Language;
use crate::words::{Words, hash};

/// Words of a phrase at most.
const LONGEST: usize = 4;
/// Letters of a word at most: a longer one is a code, a key or noise, and no name of a topic.
const LONGEST_WORD: usize = 64;
/// Words that are read: far more than a person writes, and as many as a candidate can point at.
const MOST_WORDS: usize = u16::MAX as usize;
/// What the number of words makes of a phrase: two or three words say more than one, four are often a sentence without its verb.
const BY_LENGTH: [f32; LONGEST] = [1.0, 1.5, 1.55, 1.3];
/// What a capital inside a sentence makes of a word, and what a word all in capitals gains in a text that is not.
const CAPITAL: f32 = 1.35;
/// Costs between which a word goes from common to rare, in nats.
const COMMON: f32 = 4.0;
const RARE: f32 = 11.0;
/// What the most common word still weighs.
const LEAST: f32 = 0.3;
/// What part of a run weighs that never stands alone.
const NEVER_ALONE: f32 = 0.5;
/// Words after which the weight of an early place is halved.
const EARLY: f32 = 25.0;
/// Texts in which more than this share of the words begins with a capital are headlines: their capitals say nothing.
const HEADLINE: f32 = 0.6;

/// One sequence of words that occurs in the text.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    hash: u64,
    first: u16,
    length: u8,
    times: u16,
    alone: bool,
    score: f32,
}

/// The key phrases of a mention that has been read, weightiest first.
///
/// # Shape
/// At most `limit`, and about one for two words that could stand in one. `ignored`: words no phrase holds. Names are lower case with
/// one space where the text has any; scores are shares of the weightiest.
#[must_use]
pub fn find(reader: &Reader, parts: &[&str], language: &Language, limit: usize, ignored: &[String]) -> Vec<Label> {
    let words = reader.words();
    let words = &words[..words.len().min(MOST_WORDS)];
    let ignored: Vec<u32> = ignored.iter().map(|word| hash(word)).collect();
    let verbs = Words::verbs(language.tag());
    let stands = |word: &Word| {
        // A verb with a capital inside a sentence is a name: "Target", "Gap".
        let verb = verbs.cost(word.hash).is_some() && (!word.capital || word.starts_sentence);
        stands_in_a_phrase(word, language) && !verb && !ignored.contains(&word.hash)
    };
    let content: Vec<bool> = words.iter().map(stands).collect();
    let keys: Vec<u32> = words.iter().map(|word| key(word, parts, language)).collect();
    let weights = weigh(words, &keys, &content, language);
    let mut candidates = collect(words, &keys, &content, language);
    for candidate in &mut candidates {
        candidate.score = score(candidate, &weights);
    }
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.first.cmp(&b.first)).then(b.length.cmp(&a.length)));
    let different = content.iter().filter(|content| **content).count();
    choose(candidates, words, parts, limit.min(different.div_ceil(2)))
}

/// Whether a word can stand in a phrase.
fn stands_in_a_phrase(word: &Word, language: &Language) -> bool {
    word.sort == Sort::Word && (word.length > 1 || !word.letters) && word.length <= LONGEST_WORD && !language.is_stop(word.hash)
}

/// What makes two forms of a word one: no plural sign, where plurals end in `s` or `x`.
fn key(word: &Word, parts: &[&str], language: &Language) -> u32 {
    let raw = raw(word, parts);
    let plural = match language.tag() {
        "en" | "es" | "pt" => raw.ends_with('s') && !raw.ends_with("ss"),
        "fr" => raw.ends_with(['s', 'x']) && !raw.ends_with("ss"),
        _ => false,
    };
    if plural && word.length > 3 { hash(&raw[..raw.len() - 1]) } else { word.hash }
}

fn raw<'t>(word: &Word, parts: &[&'t str]) -> &'t str {
    parts.get(usize::from(word.part)).and_then(|part| part.get(word.at.clone())).unwrap_or_default()
}

/// What each word weighs where it stands.
fn weigh(words: &[Word], keys: &[u32], content: &[bool], language: &Language) -> Vec<f32> {
    let common = Words::shipped(language.tag());
    let mut times: HashMap<u32, u16> = HashMap::with_capacity(words.len());
    let (mut capitals, mut all) = (0_u32, 0_u32);
    for (word, key) in words.iter().zip(keys).filter(|(word, _)| word.sort == Sort::Word && word.letters) {
        *times.entry(*key).or_default() += 1;
        capitals += u32::from(word.capital);
        all += 1;
    }
    let headline = capitals as f32 > HEADLINE * all as f32;
    let weight = |((word, key), content): ((&Word, &u32), &bool)| {
        if !content {
            return 0.0;
        }
        let cost = common.cost(word.hash).or_else(|| common.cost(*key)).unwrap_or(RARE);
        let rare = ((cost - COMMON) / (RARE - COMMON)).clamp(LEAST, 1.0);
        let repeated = 1.0 + 0.6 * f32::from(times.get(key).copied().unwrap_or(1)).ln();
        let named = (word.capital && !word.starts_sentence && !headline) || (word.shouted && !headline);
        rare * repeated * if named { CAPITAL } else { 1.0 }
    };
    words.iter().zip(keys).zip(content).map(weight).collect()
}

/// All candidates, each once, with how often it occurs.
fn collect(words: &[Word], keys: &[u32], content: &[bool], language: &Language) -> Vec<Candidate> {
    let mut found = Vec::with_capacity(words.len() * 2);
    let mut start = 0;
    while start < words.len() {
        if !content[start] {
            start += 1;
            continue;
        }
        let mut end = start + 1;
        while end < words.len() && content[end] && !words[end].breaks {
            end += 1;
        }
        for first in start..end {
            let mut hash = 0_u64;
            for last in first..end.min(first + LONGEST) {
                hash = (hash.rotate_left(23) ^ u64::from(keys[last])).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let length = last + 1 - first;
                // Numbers begin no phrase; German phrases hold a noun, and nouns have capitals.
                let phrase = &words[first..=last];
                let noun = language.tag() != "de" || phrase.iter().any(|word| word.capital);
                if words[first].letters && noun {
                    let alone = length == end - start;
                    found.push(Candidate { hash, first: first as u16, length: length as u8, times: 1, alone, score: 0.0 });
                }
            }
        }
        start = end;
    }
    found.sort_unstable_by_key(|candidate| (candidate.hash, candidate.first));
    found.dedup_by(|later, first| {
        let same = later.hash == first.hash;
        if same {
            first.times += 1;
            first.alone |= later.alone;
        }
        same
    });
    found
}

fn score(candidate: &Candidate, weights: &[f32]) -> f32 {
    let first = usize::from(candidate.first);
    let length = usize::from(candidate.length);
    let mean = weights[first..first + length].iter().sum::<f32>() / length as f32;
    let repeated = 1.0 + f32::from(candidate.times).ln();
    let early = 1.0 + 1.0 / (1.0 + f32::from(candidate.first) / EARLY);
    let alone = if candidate.alone { 1.0 } else { NEVER_ALONE };
    mean * BY_LENGTH[length - 1] * repeated * early * alone
}

/// The best candidates that do not say the same again.
fn choose(candidates: Vec<Candidate>, words: &[Word], parts: &[&str], limit: usize) -> Vec<Label> {
    let mut chosen: Vec<(Candidate, String)> = Vec::with_capacity(limit);
    let best = candidates.first().map_or(1.0, |candidate| candidate.score);
    for candidate in candidates {
        if chosen.len() == limit {
            break;
        }
        let first = usize::from(candidate.first);
        let phrase = name(&words[first..first + usize::from(candidate.length)], parts);
        // Part of a phrase that is taken, and nowhere else; or a longer form of one that came as often.
        let said = |(other, name): &(Candidate, String)| {
            other.times == candidate.times && (holds(name, &phrase) || holds(&phrase, name)) || *name == phrase
        };
        if !chosen.iter().any(said) {
            chosen.push((candidate, phrase));
        }
    }
    chosen.into_iter().map(|(candidate, name)| Label::new(name, candidate.score / best)).collect()
}

/// Whether a phrase holds another as whole words.
fn holds(phrase: &str, part: &str) -> bool {
    phrase.match_indices(part).any(|(at, _)| {
        let ends = |text: &str, at_end: bool| {
            let next = if at_end { text.chars().next_back() } else { text.chars().next() };
            !next.is_some_and(char::is_alphanumeric)
        };
        ends(&phrase[..at], true) && ends(&phrase[at + part.len()..], false)
    })
}

/// A phrase as it stands in the text, in lower case and with one space where there is any.
fn name(words: &[Word], parts: &[&str]) -> String {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return String::new() };
    let text = parts.get(usize::from(first.part)).and_then(|part| part.get(first.at.start..last.at.end)).unwrap_or_default();
    let mut name = String::with_capacity(text.len());
    for char in text.chars() {
        if !char.is_whitespace() {
            name.extend(char.to_lowercase());
        } else if !name.ends_with(' ') {
            name.push(' ');
        }
    }
    name
}
