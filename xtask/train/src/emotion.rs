//! Trains analyzer-emotion: six emotions and none, in English and in seven other languages together.

use analyzer_emotion::model::{EMOTIONS, OTHERS, Scores, Tables as Reader, apostrophes, features};
use anyhow::Result;
use vigie_plugin::features::Words;
use vigie_plugin::linear::{Kind, Parts, sigmoid};
use vigie_plugin_learning::fit::{Example, Recipe, fit_from};

use crate::calibrate::{calibrate, scores};
use crate::data::{Data, Row};
use crate::measure::{Hits, calibration_error};
use crate::output::Tables;

const NONE: usize = EMOTIONS.len() - 1;
/// Emoji that mean the same in every language; the subtitle lines have none. By us.
const EMOJI: [(&str, &str); 6] = [
    ("anger", "😡 🤬 😠 😤 👿 🖕 💢"),
    ("disgust", "🤢 🤮 😒 🙄 😖 💩 👎"),
    ("fear", "😱 😨 😰 😧 😬 🫣 👻"),
    ("joy", "😍 ❤ 😂 😊 🥰 😘 😁 🎉 💕 😄 👏 🤣 🙏 👍 😎 🥳 💖 💪 ✨"),
    ("sadness", "😢 😭 💔 😞 😔 😩 🥺 ☹ 😿 🙁"),
    ("surprise", "😮 😲 😯 🤯 😳 🙀 ⁉"),
];
/// Lines of each language that are given each group's emoji, so that these are learned.
const WITH_EMOJI: usize = 60;

/// How much a subtitle line counts beside an English comment.
const SUBTITLES: f32 = 0.4;

/// A text with its emotions, as bits of [`EMOTIONS`], and how much it counts.
struct Labelled {
    emotions: u64,
    weight: f32,
    text: String,
}

/// Trains both tables.
pub(crate) fn train(data: &Data) -> Result<Tables> {
    let mut tables = Tables::default();
    let english = |rows: &[Labelled]| examples(rows, "en");
    let mut train = comments(data, "train")?;
    let dev = comments(data, "dev")?;
    train.extend(lines(data, "en", "train", SUBTITLES)?);
    let lines_dev = lines(data, "en", "dev", 1.0)?;
    let recipe = Recipe { kind: Kind::Each, labels: &EMOTIONS, bits: 16, epochs: 6, rate: 1.0, decay: 0.05, balance: 0.5 };
    let mut parts = fit_from(&recipe, 10.0, &english(&train));
    calibrate(&mut parts, &english(&dev));
    let thresholds = thresholds(&parts, &english(&dev));
    let file = file(&parts, &thresholds);
    measure("en, comments", &file, "en", &dev, &mut tables);
    measure("en, lines", &file, "en", &lines_dev, &mut tables);
    tables = tables.file("en.bin", file);

    let mut train = Vec::new();
    let mut held_out = Vec::new();
    let mut dev = Vec::new();
    for language in OTHERS {
        let mut rows = lines(data, language, "train", 1.0)?;
        rows.extend(with_emoji(&rows));
        train.extend(examples(&rows, language));
        let rows = lines(data, language, "dev", 1.0)?;
        held_out.extend(examples(&rows, language));
        dev.push((language, rows));
    }
    let recipe = Recipe { bits: 17, epochs: 8, decay: 0.2, ..recipe };
    let mut parts = fit_from(&recipe, 1.0, &train);
    calibrate(&mut parts, &held_out);
    let file = self::file(&parts, &self::thresholds(&parts, &held_out));
    for (language, rows) in &dev {
        measure(&format!("{language}, lines"), &file, language, rows, &mut tables);
    }
    tables.own = "Which emoji go with which emotion was set by us.";
    Ok(tables.file("others.bin", file))
}

/// The bits of names joined by `|`; those that are none of ours are left aside, and a text without any shows none.
fn bits(names: &str) -> u64 {
    let places = names.split('|').filter_map(|name| EMOTIONS.iter().position(|emotion| *emotion == name));
    let bits = places.fold(0, |bits, place| bits | 1 << place);
    if bits == 0 || names.split('|').any(|name| name == "neutral") { bits | 1 << NONE } else { bits }
}

/// GoEmotions, in its grouping after Ekman.
fn comments(data: &Data, part: &str) -> Result<Vec<Labelled>> {
    let labelled = |row: Row| Labelled { emotions: bits(row.column(1)), weight: 1.0, text: row.text().to_owned() };
    Ok(data.rows(&format!("emotion_en.{part}"))?.into_iter().map(labelled).collect())
}

/// XED; of its eight emotions two are none of ours.
fn lines(data: &Data, language: &str, part: &str, weight: f32) -> Result<Vec<Labelled>> {
    let labelled = |row: Row| Labelled { emotions: bits(row.column(0)), weight, text: row.text().to_owned() };
    Ok(data.rows(&format!("xed_{language}.{part}"))?.into_iter().map(labelled).collect())
}

/// Some lines again with emoji behind them, which then show what these mean.
fn with_emoji(rows: &[Labelled]) -> Vec<Labelled> {
    let mut out = Vec::new();
    for (group, (emotion, drawn)) in EMOJI.iter().enumerate() {
        let drawn: Vec<&str> = drawn.split_whitespace().collect();
        let step = (rows.len() / WITH_EMOJI).max(1);
        for (round, row) in rows.iter().skip(group).step_by(step).enumerate() {
            let text = format!("{} {}", row.text, drawn[round % drawn.len()]);
            out.push(Labelled { emotions: bits(emotion), weight: 1.0, text });
        }
    }
    out
}

fn examples(rows: &[Labelled], language: &str) -> Vec<Example> {
    let mut words = Words::default();
    rows.iter()
        .map(|row| {
            words.read(&row.text, apostrophes(language));
            let mut all = Vec::new();
            features(&mut words, language == "en", |feature| all.push(feature));
            Example { features: all, classes: row.emotions, weight: row.weight, ..Example::default() }
        })
        .collect()
}

/// For each emotion the probability from which naming it gives the best F1 on held-out rows.
fn thresholds(parts: &Parts, held_out: &[Example]) -> Scores {
    let scores = scores(parts, held_out);
    let mut thresholds = [0.5; EMOTIONS.len()];
    for (place, threshold) in thresholds.iter_mut().enumerate() {
        let class = &parts.classes[place];
        let f1 = |threshold: f32| {
            let mut hits = Hits::default();
            for (scores, example) in scores.iter().zip(held_out) {
                hits.add(example.has(place), sigmoid(scores[place] * class.slope + class.offset) >= threshold);
            }
            hits.f1()
        };
        let candidates = (4..=60).map(|percent| percent as f32 / 100.0);
        *threshold = candidates.max_by(|a, b| f1(*a).total_cmp(&f1(*b))).expect("some candidates");
    }
    thresholds
}

/// A model, then a threshold a class.
fn file(parts: &Parts, thresholds: &Scores) -> Vec<u8> {
    let mut bytes = parts.to_bytes();
    bytes.extend(thresholds.iter().flat_map(|threshold| threshold.to_le_bytes()));
    bytes
}

/// Prints and keeps how well emotions are named as the plugin names them.
fn measure(name: &str, file: &[u8], language: &str, rows: &[Labelled], tables: &mut Tables) {
    // Tables live as long as the program in the plugin, and here.
    let reader = Reader::read(Box::leak(file.to_vec().into_boxed_slice()), language).expect("just written");
    let mut words = Words::default();
    let mut hits = [Hits::default(); EMOTIONS.len()];
    let mut told = Vec::new();
    for row in rows {
        let judged = reader.judge([row.text.as_str()], language, &mut words);
        let found = judged.map_or_else(Vec::new, |judged| reader.found(&judged, 1.0));
        for (place, hits) in hits.iter_mut().enumerate() {
            hits.add(row.emotions >> place & 1 == 1, found.iter().any(|(name, _)| *name == EMOTIONS[place]));
        }
        let place = |name: &str| EMOTIONS.iter().position(|emotion| *emotion == name).expect("one of ours");
        told.extend(found.iter().map(|(name, score)| (*score, row.emotions >> place(name) & 1 == 1)));
    }
    let seven = hits.iter().map(|hits| hits.f1()).sum::<f64>() / 7.0;
    let six = hits[..NONE].iter().map(|hits| hits.f1()).sum::<f64>() / 6.0;
    let each: Vec<String> = EMOTIONS.iter().zip(hits).map(|(name, hits)| format!("{name} {:.3}", hits.f1())).collect();
    println!("  {name}: {} rows, macro-F1 of seven {seven:.4}, of six {six:.4}: {}", rows.len(), each.join(", "));
    println!("    calibration error of what is named {:.3}", calibration_error(told));
    tables.figures.push((format!("{name}, macro-F1 of six emotions and none"), seven));
    tables.figures.push((format!("{name}, macro-F1 of six emotions"), six));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_bits() {
        assert_eq!(bits("anger|joy"), 0b1001);
        assert_eq!(bits("trust|anticipation"), 1 << NONE);
        assert_eq!(bits("neutral"), 1 << NONE);
        assert_eq!(bits("sadness|neutral"), 1 << 4 | 1 << NONE);
        assert_eq!(bits("sadness|trust"), 1 << 4);
    }
}
