//! Names in English posts, for analyzer-entities: which words are common, and a model of words that are part of a name.

use std::collections::BTreeMap;
use std::ops::Range;

use analyzer_entities::read::{Word, lower_in_place, words};
use analyzer_entities::shape::{CLASSES, Found, decode};
use analyzer_entities::view::{Common, MAGIC, View};
use anyhow::{Context, Result};
use vigie_plugin::linear::{Hash, Kind, Model, Parts};

use crate::calibrate::calibrate;
use crate::data::Data;
use vigie_plugin_learning::fit::{Example, Recipe, fit};
use crate::measure::Hits;
use crate::output::Tables;

/// How often a word must be written in small letters to be common.
const COMMON: u32 = 8;
/// A word that is a name in more than this share of its places is not common, however often it is written small.
const MOSTLY_A_NAME: f64 = 0.2;
/// How sure a word must be part of a name; the plugin's default.
const LEAST: f32 = 0.35;

/// One tagged post, put together as people write: handles and hashtags have their sign, words one space.
#[derive(Debug)]
struct Post {
    source: String,
    text: String,
    /// Names: class and place.
    names: Vec<(usize, Range<usize>)>,
}

pub(crate) fn train(data: &Data) -> Result<Tables> {
    let posts = read(data, "brand_ner_en.train")?;
    let dev = read(data, "brand_ner_en.dev")?;
    let common = common(data, &posts)?;
    let known = Common::read(&common);
    // How well it does on a part of the posts it has not seen, other people in other years.
    let (rest, section): (Vec<&Post>, Vec<&Post>) = posts.iter().partition(|post| post.source != "btc_h");
    measure(
        "section h, trained on the others",
        &learn(&rest, &section, known),
        known,
        section.iter().copied(),
        &mut Tables::default(),
    );
    let all: Vec<&Post> = posts.iter().collect();
    let parts = learn(&all, &dev.iter().collect::<Vec<_>>(), known);
    let mut tables = Tables::default();
    measure("dev", &parts, known, dev.iter(), &mut tables);
    Ok(tables.file("common.bin", common).file("entities.bin", parts.to_bytes()))
}

fn learn(posts: &[&Post], held_out: &[&Post], common: Common<'_>) -> Parts {
    let recipe = Recipe { kind: Kind::OneOf, labels: &CLASSES, bits: 16, epochs: 8, rate: 0.15, decay: 0.02, balance: 0.0 };
    let mut parts = fit(&recipe, &posts.iter().flat_map(|post| examples(post, common)).collect::<Vec<_>>());
    calibrate(&mut parts, &held_out.iter().flat_map(|post| examples(post, common)).collect::<Vec<_>>());
    parts
}

/// An example for each word that may be a name.
fn examples(post: &Post, common: Common<'_>) -> Vec<Example> {
    look(&post.text, common, |view| {
        let class = |word: &Word| {
            post.names.iter().find(|(_, at)| at.start < word.at.end && word.at.start < at.end).map_or(0, |(class, _)| *class)
        };
        let mut examples = Vec::new();
        for (place, word) in view.words.iter().enumerate().filter(|(place, _)| view.may_be_a_name(*place)) {
            let before = if place == 0 || word.breaks { 0 } else { class(&view.words[place - 1]) };
            let mut features = Vec::new();
            view.features(place, before, |feature| features.push(feature));
            examples.push(Example::of(class(word), features));
        }
        examples
    })
}

fn look<T>(text: &str, common: Common<'_>, look: impl FnOnce(&View<'_>) -> T) -> T {
    let (mut lower, mut read) = (String::new(), Vec::new());
    lower_in_place(text, &mut lower);
    words(text, &mut read);
    look(&View::new(text, &lower, &read, common))
}

/// Precision, recall and F1 of whole names, each class by itself and organisations under a gentler rule: found at all, whatever kind.
fn measure<'p>(what: &str, parts: &Parts, common: Common<'_>, posts: impl Iterator<Item = &'p Post>, tables: &mut Tables) {
    let bytes = parts.to_bytes();
    let model = Model::read(&bytes).expect("just written");
    let mut hits = [Hits::default(); CLASSES.len()];
    let (mut touched, mut wanted) = (0_u32, 0_u32);
    for post in posts {
        let found: Vec<Found> = look(&post.text, common, |view| {
            decode(view, LEAST, |place, before| {
                let mut sums = model.sums();
                view.features(place, before, |feature| sums.add(feature));
                sums.finish(&[]).probabilities().try_into().expect("a probability for each class")
            })
        });
        let same = |found: &Found, at: &Range<usize>| {
            found.at.end == at.end && found.at.start <= at.start && found.at.start + 2 >= at.start
        };
        for (class, at) in &post.names {
            let hit = found.iter().any(|found| found.is_of(*class) && same(found, at));
            hits[*class].add(true, hit);
            if *class == 2 {
                wanted += 1;
                touched += u32::from(found.iter().any(|found| found.at.start < at.end && at.start < found.at.end));
            }
        }
        for found in &found {
            for (class, hits) in hits.iter_mut().enumerate().skip(1).filter(|(class, _)| found.is_of(*class)) {
                if !post.names.iter().any(|(wanted, at)| *wanted == class && same(found, at)) {
                    hits.add(false, true);
                }
            }
        }
    }
    println!("  {what}: organisations touched by any name {:.4}", f64::from(touched) / f64::from(wanted.max(1)));
    for (class, hits) in CLASSES.iter().zip(hits).skip(1) {
        println!("    {class:13} precision {:.4} recall {:.4} F1 {:.4}", hits.precision(), hits.recall(), hits.f1());
        tables.figures.push((format!("{class} recall"), hits.recall()));
        tables.figures.push((format!("{class} precision"), hits.precision()));
    }
}

/// Words English posts, requests and films write in small letters, as hashes in order.
fn common(data: &Data, posts: &[Post]) -> Result<Vec<u8>> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut read = Vec::new();
    let mut count = |text: &str| {
        words(text, &mut read);
        for word in &read {
            let raw = &text[word.at.clone()];
            if raw.chars().all(|char| char.is_lowercase() || matches!(char, '\'' | '’' | '-')) {
                *counts.entry(raw.to_owned()).or_default() += 1;
            }
        }
    };
    for name in ["sentiment_en.train", "emotion_en.train", "intent_en.train", "xed_en.train"] {
        data.rows(name)?.iter().for_each(|row| count(row.text()));
    }
    let mut as_name: BTreeMap<String, [u32; 2]> = BTreeMap::new();
    for post in posts {
        words(&post.text, &mut read);
        for word in &read {
            let named = post.names.iter().any(|(_, at)| at.start < word.at.end && word.at.start < at.end);
            as_name.entry(post.text[word.at.clone()].to_lowercase()).or_default()[usize::from(named)] += 1;
        }
    }
    let mostly_a_name = |word: &String| {
        as_name.get(word).is_some_and(|[not, named]| *named > 1 && f64::from(*named) > MOSTLY_A_NAME * f64::from(not + named))
    };
    let kept = counts.iter().filter(|(word, count)| **count >= COMMON && !mostly_a_name(word));
    let mut hashes: Vec<u32> = kept.map(|(word, _)| Hash::START.bytes(word.as_bytes()).raw()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    println!("  {} common words", hashes.len());
    Ok(MAGIC.iter().copied().chain(hashes.iter().flat_map(|hash| hash.to_le_bytes())).collect())
}

fn read(data: &Data, name: &str) -> Result<Vec<Post>> {
    data.lines(name)?.iter().map(|line| post(line).with_context(|| format!("{name}: {line}"))).collect()
}

/// Reads one line and writes its words as a text.
fn post(line: &str) -> Result<Post> {
    #[derive(serde::Deserialize)]
    struct Line {
        source: String,
        tokens: Vec<String>,
        tags: Vec<String>,
    }
    let line: Line = serde_json::from_str(line)?;
    let mut post = Post { source: line.source, text: String::new(), names: Vec::new() };
    let mut joins = true;
    let mut last = 0;
    for (token, tag) in line.tokens.iter().zip(&line.tags) {
        // `@`, `#` stand apart from their name, and `'s` from its word.
        let sticks = joins
            || token.starts_with(['\'', '’']) && token.chars().count() <= 3
            || matches!(token.as_str(), "." | "," | "!" | "?" | ":" | ";" | ")");
        if !sticks {
            post.text.push(' ');
        }
        let start = post.text.len();
        post.text.push_str(token);
        joins = matches!(token.as_str(), "@" | "#" | "(");
        let class = class_of(tag);
        let inside = tag.starts_with("I-");
        if class > 0 {
            match post.names.last_mut() {
                // Both words of `@ name` are marked as beginnings.
                Some((known, at)) if *known == class && last == class && (inside || post.text[..start].ends_with(['@', '#'])) => {
                    at.end = post.text.len();
                }
                _ => post.names.push((class, start..post.text.len())),
            }
        }
        last = class;
    }
    Ok(post)
}

/// The two collections name their classes differently.
fn class_of(tag: &str) -> usize {
    match tag.split_once('-').map(|(_, name)| name) {
        Some("PER" | "person") => 1,
        Some("ORG" | "corporation" | "group") => 2,
        Some("LOC" | "location") => 3,
        Some("product" | "creative-work") => 4,
        _ => 0,
    }
}
