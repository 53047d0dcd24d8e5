//! What it costs to ask thousands of queries about one post, and to read a query.
//!
//! Queries are made as analysts write them: names of a brand, words it has to stand with, words it must not, with a phrase, a
//! wildcard and a distance among them. Words follow Zipf's law, so that posts and queries share the common ones.

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Context, Result};
use fastrand::Rng;
use rustix::time::{ClockId, clock_gettime};
use vigie_mention::{Mention, TopicId};
use vigie_query::{Index, MatchText, Query};

use crate::machine::{median, resident_mib};
use crate::table::Table;
use crate::texts;

const VOCABULARY: usize = 50_000;
const TERMS: usize = 50;
const WORDS_OF_A_POST: usize = 40;
const POSTS: usize = 2_000;
const ROUNDS: usize = 9;

/// Processor time of this thread so far: what one core needs, whoever else uses the machine.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Measures matching against 1,000 and 10,000 queries, and parsing.
pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let mut rng = Rng::with_seed(4);
    let vocabulary = vocabulary(&mut rng);
    let posts: Vec<Mention> = (0..POSTS).map(|number| texts::mention(number, text(&vocabulary, &mut rng))).collect();
    for (count, goal) in [(1_000, 20.0), (10_000, 100.0)] {
        let texts: Vec<String> = (0..count).map(|_| query(&vocabulary, &mut rng)).collect();
        matching(&texts, &posts, goal, table)?;
    }
    parsing(&vocabulary, &mut rng, table)
}

fn matching(texts: &[String], posts: &[Mention], goal: f64, table: &mut Table) -> Result<()> {
    let before = resident_mib(std::process::id());
    let mut topics = Vec::with_capacity(texts.len());
    for (number, text) in texts.iter().enumerate() {
        let parsed = Query::parse(text).map_err(|errors| anyhow::anyhow!("{text}: {errors:?}"))?;
        topics.push((TopicId::new(format!("t{number}")).context("a topic's name")?, parsed.query));
    }
    let queries: Vec<Query> = topics.iter().map(|(_, query)| query.clone()).collect();
    let index = Index::new(topics);
    let kib = (resident_mib(std::process::id()) - before) * 1024.0 / texts.len() as f64;

    let (mut through, mut ratios, mut matched) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let started = spent();
        matched = posts.iter().map(|post| black_box(index.matches(&MatchText::of(black_box(post)))).len()).sum();
        let indexed = (spent() - started).as_secs_f64() * 1e6 / posts.len() as f64;
        // The same without an index, on fewer posts, in the same round.
        let some = &posts[..posts.len().min(20_000 / texts.len().max(1) + 2)];
        let started = spent();
        for post in some {
            let text = MatchText::of(post);
            black_box(queries.iter().filter(|query| query.matches(&text)).count());
        }
        let plain = (spent() - started).as_secs_f64() * 1e6 / some.len() as f64;
        through.push(indexed);
        ratios.push(plain / indexed);
    }
    let candidates: usize = posts.iter().map(|post| index.candidate_count(&MatchText::of(post))).sum();
    let micros = median(through);
    let count = texts.len();
    table.row(
        &format!("{count} queries of {TERMS} terms, a post of {WORDS_OF_A_POST} words, tokenised and matched"),
        format!("{micros:.1} µs, {:.0} times as fast as one by one", median(ratios)),
        &format!("{goal} µs"),
        micros <= goal,
    );
    table.row(
        &format!("{count} queries: candidates and matches of a post, memory of a query with its part of the index"),
        format!("{:.1} and {:.2}, {kib:.1} KiB", candidates as f64 / posts.len() as f64, matched as f64 / posts.len() as f64),
        "32 KiB",
        kib <= 32.0,
    );
    Ok(())
}

/// Parsing is linear: a byte of a long query costs what a byte of a short one does.
fn parsing(vocabulary: &[String], rng: &mut Rng, table: &mut Table) -> Result<()> {
    let of_length = |bytes: usize, rng: &mut Rng| {
        let mut text = String::new();
        while text.len() + 12 < bytes {
            let or = if text.is_empty() { "" } else { " OR " };
            text.push_str(or);
            // Phrases, so that the longest query stays below the limit of leaves.
            let words: Vec<&str> = (0..4).map(|_| vocabulary[zipf(rng)].as_str()).collect();
            text.push_str(&format!("\"{}\"", words.join(" ")));
        }
        text
    };
    let (short, long) = (of_length(2 * 1024, rng), of_length(60 * 1024, rng));
    let cost = |text: &str, times: usize| {
        let started = spent();
        for _ in 0..times {
            black_box(Query::parse(black_box(text)).is_ok());
        }
        (spent() - started).as_secs_f64() * 1e9 / (text.len() * times) as f64
    };
    let (mut nanos, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (of_short, of_long) = (cost(&short, 150), cost(&long, 5));
        nanos.push(of_long);
        ratios.push(of_long / of_short);
    }
    let ratio = median(ratios);
    table.row(
        "parsing: a byte of a query of 60 KiB : a byte of one of 2 KiB",
        format!("{:.0} ns, ratio {ratio:.2}", median(nanos)),
        "2.0",
        ratio <= 2.0,
    );
    Ok(())
}

/// Words without meaning, the common ones short.
fn vocabulary(rng: &mut Rng) -> Vec<String> {
    const SYLLABLES: [&str; 20] =
        ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "xi", "yo", "za"];
    let mut seen = std::collections::HashSet::new();
    let mut words = Vec::with_capacity(VOCABULARY);
    while words.len() < VOCABULARY {
        let length = if words.len() < 300 { 1 + rng.usize(0..2) } else { 3 + rng.usize(0..3) };
        let word: String = (0..length).map(|_| SYLLABLES[rng.usize(0..SYLLABLES.len())]).collect();
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

/// A rank by Zipf's law.
fn zipf(rng: &mut Rng) -> usize {
    let rank = (VOCABULARY as f64).powf(rng.f64());
    (rank as usize).min(VOCABULARY) - 1
}

fn text(vocabulary: &[String], rng: &mut Rng) -> String {
    (0..WORDS_OF_A_POST).map(|_| vocabulary[zipf(rng)].as_str()).collect::<Vec<_>>().join(" ")
}

/// Twenty names, twenty words of the field, ten exclusions. Names are rare words, as brands are.
fn query(vocabulary: &[String], rng: &mut Rng) -> String {
    let rare = |rng: &mut Rng| vocabulary[rng.usize(5_000..VOCABULARY)].clone();
    let any = |rng: &mut Rng| vocabulary[zipf(rng).max(300)].clone();
    let mut names: Vec<String> = (0..15).map(|_| rare(rng)).collect();
    names.push(format!("\"{} {}\"", rare(rng), rare(rng)));
    names.push(format!("{}* OR ({} NEAR/5 {})", rare(rng), rare(rng), any(rng)));
    let mut field: Vec<String> = (0..18).map(|_| any(rng)).collect();
    field.push(format!("\"{} {}\"", any(rng), any(rng)));
    let excluded: Vec<String> = (0..10).map(|_| any(rng)).collect();
    format!("({}) AND ({}) NOT ({})", names.join(" OR "), field.join(" OR "), excluded.join(" OR "))
}
