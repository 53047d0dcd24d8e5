//! Names in English posts, for analyzer-entities: how words are written elsewhere, and a model of words that are part of a name.

mod vocabulary;

use std::ops::Range;

use analyzer_entities::common::Common;
use analyzer_entities::read::{Sort, Word, lower_in_place, words};
use analyzer_entities::shape::{CLASSES, Found, decode};
use analyzer_entities::view::View;
use anyhow::{Context, Result};
use vigie_plugin::linear::{Kind, Model, Parts};
use vigie_plugin_learning::fit::{Example, Recipe, fit_from};

use self::vocabulary::Vocabulary;
use crate::calibrate::calibrate;
use crate::data::Data;
use crate::measure::Hits;
use crate::output::Tables;

/// How sure a word must be part of a name; the plugin's default.
const LEAST: f32 = 0.35;

/// One tagged post, put together as people write: handles and hashtags have their sign, words one space.
#[derive(Debug)]
pub(crate) struct Post {
    source: String,
    pub(crate) text: String,
    /// Names: class and place.
    names: Vec<(usize, Range<usize>)>,
}

/// Parts of the posts, each by other people in other years. All of WNUT-17 is one.
const SECTIONS: [&str; 6] = ["btc_a", "btc_b", "btc_e", "btc_g", "btc_h", "wnut17"];

impl Post {
    /// Whether words of a sort were tagged where they are names: WNUT-17 leaves handles and hashtags aside.
    fn tags(&self, sort: Sort) -> bool {
        sort == Sort::Word || !self.source.starts_with("wnut17")
    }
}

pub(crate) fn train(data: &Data) -> Result<Tables> {
    let posts = read(data, "brand_ner_en.train")?;
    let dev = read(data, "brand_ner_en.dev")?;
    let vocabulary = Vocabulary::read(data, &posts)?;
    // How well it does on posts of people and years it has not seen: each section by what was learned from the others.
    let mut together = [Hits::default(); CLASSES.len()];
    for name in SECTIONS {
        let (section, rest): (Vec<&Post>, Vec<&Post>) = posts.iter().partition(|post| post.source.starts_with(name));
        let common = vocabulary.table(&rest);
        let hits = measure(&learn(&rest, &section, Common::read(&common)), Common::read(&common), &section);
        print(&format!("section {name}, learned from the others"), &hits);
        // WNUT-17 was tagged by other rules.
        for (all, hits) in together.iter_mut().zip(hits).filter(|_| name.starts_with("btc")) {
            all.join(hits);
        }
    }
    print("the five sections of BTC, each learned from all others", &together);

    let all: Vec<&Post> = posts.iter().collect();
    let common = vocabulary.table(&all);
    let dev: Vec<&Post> = dev.iter().collect();
    let parts = learn(&all, &dev, Common::read(&common));
    let hits = measure(&parts, Common::read(&common), &dev);
    print("dev", &hits);
    let mut tables = Tables::default();
    for (class, hits) in CLASSES.iter().zip(hits).skip(1) {
        tables.figures.push((format!("{class} recall"), hits.recall()));
        tables.figures.push((format!("{class} precision"), hits.precision()));
    }
    Ok(tables.file("common.bin", common).file("entities.bin", parts.to_bytes()))
}

fn learn(posts: &[&Post], held_out: &[&Post], common: Common<'_>) -> Parts {
    let recipe = Recipe { kind: Kind::OneOf, labels: &CLASSES, bits: 17, epochs: 8, rate: 0.5, decay: 0.02, balance: 0.0 };
    // With care: what is seen a few times, such as a name, is believed less than what comes often, such as what stands beside names.
    let mut parts = fit_from(&recipe, 1.0, &posts.iter().flat_map(|post| examples(post, common)).collect::<Vec<_>>());
    calibrate(&mut parts, &held_out.iter().flat_map(|post| examples(post, common)).collect::<Vec<_>>());
    parts
}

/// An example for each word that may be a name and whose tag says whether it is.
fn examples(post: &Post, common: Common<'_>) -> Vec<Example> {
    look(&post.text, common, |view| {
        let class = |word: &Word| {
            post.names.iter().find(|(_, at)| at.start < word.at.end && word.at.start < at.end).map_or(0, |(class, _)| *class)
        };
        let mut examples = Vec::new();
        for (place, word) in view.words.iter().enumerate().filter(|(place, _)| view.may_be_a_name(*place)) {
            if !post.tags(word.sort) {
                continue;
            }
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

/// Whole names of each class, found and wanted. What may be found where nobody tagged is left aside.
fn measure(parts: &Parts, common: Common<'_>, posts: &[&Post]) -> [Hits; CLASSES.len()] {
    let bytes = parts.to_bytes();
    let model = Model::read(&bytes).expect("just written");
    let mut hits = [Hits::default(); CLASSES.len()];
    for post in posts {
        let found: Vec<Found> = look(&post.text, common, |view| {
            let found = decode(view, LEAST, |place, before| {
                let mut sums = model.sums();
                view.features(place, before, |feature| sums.add(feature));
                sums.finish(&[]).probabilities().try_into().expect("a probability for each class")
            });
            let sort = |found: &Found| view.words.iter().find(|word| word.whole.start == found.at.start).map(|word| word.sort);
            found.into_iter().filter(|found| sort(found).is_none_or(|sort| post.tags(sort))).collect()
        });
        let same = |found: &Found, at: &Range<usize>| {
            found.at.end == at.end && found.at.start <= at.start && found.at.start + 2 >= at.start
        };
        for (class, at) in &post.names {
            hits[*class].add(true, found.iter().any(|found| found.is_of(*class) && same(found, at)));
        }
        for found in &found {
            for (class, hits) in hits.iter_mut().enumerate().skip(1).filter(|(class, _)| found.is_of(*class)) {
                if !post.names.iter().any(|(wanted, at)| *wanted == class && same(found, at)) {
                    hits.add(false, true);
                }
            }
        }
    }
    hits
}

fn print(what: &str, hits: &[Hits]) {
    println!("  {what}:");
    for (class, hits) in CLASSES.iter().zip(hits).skip(1) {
        println!("    {class:13} precision {:.4} recall {:.4} F1 {:.4}", hits.precision(), hits.recall(), hits.f1());
    }
}

pub(crate) fn read(data: &Data, name: &str) -> Result<Vec<Post>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_posts() {
        let read = post(r##"{"source":"btc_x","tokens":["@","acme","met","Tom","Miller","in","#","Rome","'s"],"tags":["B-ORG","B-ORG","O","B-PER","I-PER","O","O","B-LOC","O"]}"##)
            .expect("whole");
        assert_eq!(read.text, "@acme met Tom Miller in #Rome's");
        let names: Vec<(usize, &str)> = read.names.iter().map(|(class, at)| (*class, &read.text[at.clone()])).collect();
        assert_eq!(names, [(2, "@acme"), (1, "Tom Miller"), (3, "Rome")]);
        assert!(read.tags(Sort::Handle));
        let wnut = Post { source: "wnut17_train".to_owned(), ..read };
        assert!(!wnut.tags(Sort::Hashtag) && wnut.tags(Sort::Word));
        assert!(examples(&wnut, Common::default()).len() < 5);
    }
}
