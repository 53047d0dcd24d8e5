//! Trains analyzer-sentiment: word lists and models of eight languages.
//!
//! English has labelled posts. The other languages have lines labelled with emotions, from which a model learns good from bad, and word
//! lists. How much of both it takes to call a post good, bad or neither is learned in English with a stand-in that has the same means: a
//! list of the same kind and a model trained on as few lines of the same collection.

mod lists;

use std::collections::HashMap;

use analyzer_sentiment::evidence::{Evidence, Weigher};
use analyzer_sentiment::lexicon::Lexicon;
use analyzer_sentiment::site;
use analyzer_sentiment::tongue::{GRAMS, LANGUAGES, Tongue, apostrophes, transfer};
use analyzer_sentiment::{NEUTRAL, label, polarity};
use anyhow::Result;
use vigie_plugin::features::Words;
use vigie_plugin::linear::{Class, Kind, Model, Parts};
use vigie_plugin_learning::fit::{Example, Recipe, fit, fit_from};

use crate::calibrate::calibrate;
use crate::data::{Data, Row};
use crate::measure::{Confusion, Hits, calibration_error};
use crate::output::Tables;

const LABELS: [&str; 3] = ["negative", "neutral", "positive"];
/// GoEmotions: what speaks for and against; the rest but `neutral` is left aside.
const GOOD: [&str; 12] = [
    "admiration",
    "amusement",
    "approval",
    "caring",
    "desire",
    "excitement",
    "gratitude",
    "joy",
    "love",
    "optimism",
    "pride",
    "relief",
];
const BAD: [&str; 11] = [
    "anger",
    "annoyance",
    "disappointment",
    "disapproval",
    "disgust",
    "embarrassment",
    "fear",
    "grief",
    "nervousness",
    "remorse",
    "sadness",
];
/// XED, of whose eight emotions two are neither.
const XED_GOOD: [&str; 2] = ["joy", "trust"];
const XED_BAD: [&str; 4] = ["anger", "disgust", "fear", "sadness"];
/// Lines of XED in English the stand-in learns from: as many as the other languages have.
const STAND_IN: usize = 5000;

/// A text with its class among [`LABELS`] and how much it counts.
type Labelled = (usize, f32, String);

/// Trains the tables of all languages.
pub(crate) fn train(data: &Data) -> Result<Tables> {
    let mut tables = Tables { own: "Some words, emoji and rules were added or rated anew by us.", ..Tables::default() };
    let english = lists::of(data, "en")?.to_bytes();
    let plain = lists::stand_in(data)?.to_bytes();
    let posts = [tweets(data, "train")?, comments(data, "train", 0.7)?].concat();
    let dev = [tweets(data, "dev")?, comments(data, "dev", 1.0)?];

    let parts = own_model(&english, &posts, &dev.concat());
    let file = [english.clone(), parts.to_bytes()].concat();
    measure("en", &file, &dev, &mut tables)?;
    tables = tables.file("en.bin", file);

    let models = [&english, &plain].map(|lexicon| transferred(data, lexicon, &dev));
    let [rich, poor] = models;
    let (rich, poor) = (rich?, poor?);
    let file = [plain.clone(), leaning(data, "en", &plain, STAND_IN)?.to_bytes(), poor.to_bytes()].concat();
    measure_lines(data, "en", &file, &mut tables)?;
    for language in LANGUAGES.into_iter().filter(|language| *language != "en") {
        let lexicon = lists::of(data, language)?.to_bytes();
        let leaning = leaning(data, language, &lexicon, usize::MAX)?;
        let model = if ["fr", "pt"].contains(&language) { &rich } else { &poor };
        let file = [lexicon, leaning.to_bytes(), model.to_bytes()].concat();
        measure_lines(data, language, &file, &mut tables)?;
        tables = tables.file(format!("{language}.bin"), file);
    }
    Ok(tables.file("emoji.bin", lists::emoji_alone(data)?.to_bytes()).file("common.bin", common(data)?))
}

/// The commonest words of each language, which sites do not learn anew.
fn common(data: &Data) -> Result<Vec<u8>> {
    let mut table = Vec::new();
    for language in LANGUAGES {
        let texts: Vec<String> = if language == "en" {
            tweets(data, "train")?.into_iter().map(|(_, _, text)| text).collect()
        } else {
            lines(data, language, "train")?.into_iter().map(|(_, _, text)| text).collect()
        };
        table.extend(site::common(language, texts.iter().map(String::as_str)));
    }
    Ok(table)
}

/// Tweets with a label of their own.
fn tweets(data: &Data, part: &str) -> Result<Vec<Labelled>> {
    let class = |row: &Row| LABELS.iter().position(|label| *label == row.column(0));
    let rows = data.rows(&format!("sentiment_en.{part}"))?;
    Ok(rows.iter().filter_map(|row| Some((class(row)?, 1.0, row.text().to_owned()))).collect())
}

/// Comments whose emotions all speak for, all against, or are none.
fn comments(data: &Data, part: &str, weight: f32) -> Result<Vec<Labelled>> {
    let class = |row: &Row| {
        let emotions: Vec<&str> = row.column(0).split('|').collect();
        if emotions.iter().all(|emotion| GOOD.contains(emotion)) {
            Some(2)
        } else if emotions.iter().all(|emotion| BAD.contains(emotion)) {
            Some(0)
        } else {
            (emotions == ["neutral"]).then_some(1)
        }
    };
    let rows = data.rows(&format!("emotion_en.{part}"))?;
    Ok(rows.iter().filter_map(|row| Some((class(row)?, weight, row.text().to_owned()))).collect())
}

/// Lines of XED that are good (true) or bad, and how much they count.
fn lines(data: &Data, language: &str, part: &str) -> Result<Vec<(bool, f32, String)>> {
    let class = |row: &Row| {
        let emotions: Vec<&str> = row.column(0).split('|').collect();
        let good = emotions.iter().any(|emotion| XED_GOOD.contains(emotion));
        let bad = emotions.iter().any(|emotion| XED_BAD.contains(emotion));
        // Trust alone is often no more than an answer.
        let weight = if good && !emotions.contains(&"joy") { 0.6 } else { 1.0 };
        (good != bad).then_some((good, weight))
    };
    let rows = data.rows(&format!("xed_{language}.{part}"))?;
    Ok(rows.iter().filter_map(|row| class(row).map(|(good, weight)| (good, weight, row.text().to_owned()))).collect())
}

/// Reads texts with a list, and hands out what the rules found and the hashed features.
fn read<'t>(lexicon: &[u8], language: &str, texts: impl IntoIterator<Item = &'t str>) -> Vec<(Evidence, Vec<u32>)> {
    let (lexicon, _) = Lexicon::read_first(lexicon).expect("just written");
    let mut words = Words::default();
    let mut weigher = Weigher::default();
    let own = HashMap::new();
    texts
        .into_iter()
        .map(|text| {
            words.read(text, apostrophes(Some(language)));
            let evidence = weigher.weigh(&mut words, &lexicon, &own);
            let mut features = Vec::new();
            words.each_feature(GRAMS, |feature| features.push(feature));
            (evidence, features)
        })
        .collect()
}

/// A model of three classes over hashed features and evidence.
fn own_model(lexicon: &[u8], train: &[Labelled], dev: &[Labelled]) -> Parts {
    let examples = |rows: &[Labelled]| -> Vec<Example> {
        let read = read(lexicon, "en", rows.iter().map(|(_, _, text)| text.as_str()));
        rows.iter()
            .zip(read)
            .map(|((class, weight, _), (evidence, features))| Example {
                dense: evidence.dense().to_vec(),
                weight: *weight,
                ..Example::of(*class, features)
            })
            .collect()
    };
    let recipe = Recipe { kind: Kind::OneOf, labels: &LABELS, bits: 17, epochs: 4, rate: 0.5, decay: 0.05, balance: 1.0 };
    let mut parts = fit_from(&recipe, 1.0, &examples(train));
    calibrate(&mut parts, &examples(dev));
    parts
}

/// A model of one class, good rather than bad, over the hashed features of lines.
fn leaning(data: &Data, language: &str, lexicon: &[u8], most: usize) -> Result<Parts> {
    let examples = |part: &str| -> Result<Vec<Example>> {
        let rows: Vec<_> = lines(data, language, part)?.into_iter().take(most).collect();
        let read = read(lexicon, language, rows.iter().map(|(_, _, text)| text.as_str()));
        let example = |((good, weight, _), (_, features)): (&(bool, f32, String), (Evidence, Vec<u32>))| Example {
            features,
            classes: u64::from(*good),
            weight: *weight,
            ..Example::default()
        };
        Ok(rows.iter().zip(read).map(example).collect())
    };
    let recipe = Recipe { kind: Kind::Each, labels: &["good"], bits: 15, epochs: 4, rate: 0.5, decay: 0.1, balance: 1.0 };
    let mut parts = fit_from(&recipe, 1.0, &examples("train")?);
    calibrate(&mut parts, &examples("dev")?);
    Ok(parts)
}

/// What is learned in English for languages without labelled posts.
fn transferred(data: &Data, lexicon: &[u8], dev: &[Vec<Labelled>]) -> Result<Parts> {
    let leaning = leaning(data, "en", lexicon, STAND_IN)?;
    let examples = |rows: &[Labelled]| -> Vec<Example> {
        let bytes = leaning.to_bytes();
        let model = Model::read(&bytes).expect("just written");
        let Class { slope, offset, .. } = leaning.classes[0];
        let read = read(lexicon, "en", rows.iter().map(|(_, _, text)| text.as_str()));
        rows.iter()
            .zip(read)
            .map(|((class, weight, _), (evidence, features))| {
                let mut sums = model.sums();
                features.iter().for_each(|&feature| sums.add(feature));
                let dense = transfer(&evidence, sums.finish(&[]).raw()[0] * slope + offset);
                Example { dense: dense.to_vec(), weight: *weight, ..Example::of(*class, Vec::new()) }
            })
            .collect()
    };
    let posts = [tweets(data, "train")?, comments(data, "train", 0.5)?].concat();
    // One bit: a table without features, of which only the dense weights count.
    let recipe = Recipe { kind: Kind::OneOf, labels: &LABELS, bits: 1, epochs: 4, rate: 0.2, decay: 0.0, balance: 1.0 };
    let mut parts = fit(&recipe, &examples(&posts));
    calibrate(&mut parts, &examples(&dev.concat()));
    for (name, rows) in ["tweets", "comments"].into_iter().zip(dev) {
        let examples = examples(rows);
        let scores = crate::calibrate::scores(&parts, &examples);
        let mut confusion = Confusion::new(&LABELS);
        for (example, scores) in examples.iter().zip(scores) {
            let best = (0..3).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
            confusion.add(example.classes.trailing_zeros() as usize, best);
        }
        confusion.print(&format!("stand-in, {name}"));
    }
    Ok(parts)
}

/// The file of a language as the plugin reads it.
fn tongue(file: &[u8], language: &str) -> Tongue {
    // Tables live as long as the program in the plugin, and here.
    let file: &'static [u8] = Box::leak(file.to_vec().into_boxed_slice());
    Tongue::read(file, apostrophes(Some(language))).expect("just written")
}

/// English, on rows with labels.
fn measure(language: &str, file: &[u8], dev: &[Vec<Labelled>; 2], tables: &mut Tables) -> Result<()> {
    let tongue = tongue(file, language);
    for (name, rows) in ["tweets", "comments"].into_iter().zip(dev) {
        let (mut hybrid, mut rules) = (Confusion::new(&LABELS), Confusion::new(&LABELS));
        let mut told = Vec::new();
        for (class, _, text) in rows {
            let Some(scored) = tongue.score([text.as_str()], &HashMap::new(), &mut Default::default()) else {
                hybrid.add(*class, None);
                continue;
            };
            let (found, confidence) = label(&scored.odds, NEUTRAL);
            let found = LABELS.iter().position(|label| *label == found);
            hybrid.add(*class, found);
            told.push((confidence, found == Some(*class)));
            let rule = scored.evidence.polarity;
            rules.add(
                *class,
                Some(if rule > 0.05 {
                    2
                } else if rule < -0.05 {
                    0
                } else {
                    1
                }),
            );
        }
        hybrid.print(&format!("{language}, {name}"));
        println!("    rules alone: macro-F1 {:.4}; calibration error {:.3}", rules.macro_f1(), calibration_error(told));
        tables.figures.push((format!("{language}, {name}, macro-F1"), hybrid.macro_f1()));
        tables.figures.push((format!("{language}, {name}, macro-F1 of the rules alone"), rules.macro_f1()));
    }
    Ok(())
}

/// Other languages, on lines that are good or bad: which of the two is said where one is.
fn measure_lines(data: &Data, language: &str, file: &[u8], tables: &mut Tables) -> Result<()> {
    let tongue = tongue(file, language);
    let (mut right, mut rules, mut spoken, mut all) = (0, 0, 0, 0);
    let (mut good_hits, mut bad_hits) = (Hits::default(), Hits::default());
    for (good, _, text) in lines(data, language, "dev")? {
        let Some(scored) = tongue.score([text.as_str()], &HashMap::new(), &mut Default::default()) else { continue };
        all += 1;
        right += u32::from((polarity(&scored.odds) > 0.0) == good);
        spoken += u32::from(scored.evidence.polarity != 0.0);
        rules += u32::from(scored.evidence.polarity != 0.0 && (scored.evidence.polarity > 0.0) == good);
        let found = label(&scored.odds, NEUTRAL).0;
        good_hits.add(good, found == "positive");
        bad_hits.add(!good, found == "negative");
    }
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
    println!(
        "  {language}, lines: {all} rows, sign right {:.3}; rules speak of {:.3} and are right there in {:.3}; F1 good {:.3}, bad {:.3}",
        share(right, all),
        share(spoken, all),
        share(rules, spoken),
        good_hits.f1(),
        bad_hits.f1()
    );
    tables.figures.push((format!("{language}, lines, sign right"), share(right, all)));
    Ok(())
}
