//! Trains analyzer-emotion: six emotions and none, in English and in seven other languages together.

mod naming;

use std::collections::HashSet;

use analyzer_emotion::model::{EMOTIONS, OTHERS, Tables as Reader, apostrophes, features, languages_of};
use anyhow::Result;
use vigie_plugin::features::Words;
use vigie_plugin::linear::Kind;
use vigie_plugin_learning::fit::{Example, Recipe, fit_contrasted};

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
const SUBTITLES: f32 = 0.2;
/// How much an English line counts beside one in the language of the table; people labelled the English ones alone.
const ENGLISH: f32 = 0.5;
/// How much emotions stand in each other's way: comments mostly show one, lines were given several more often.
const CROWDS: (f32, f32) = (1.5, 0.5);

/// A text with its emotions, as bits of [`EMOTIONS`], and how much it counts.
struct Labelled {
    emotions: u64,
    weight: f32,
    text: String,
}

/// What a table is learned from.
#[derive(Default)]
struct Lesson {
    examples: Vec<Example>,
    /// The language whose thresholds an example has a say in; none for those that only teach.
    languages: Vec<Option<&'static str>>,
}

impl Lesson {
    fn add(&mut self, examples: Vec<Example>, language: Option<&'static str>) {
        self.languages.resize(self.languages.len() + examples.len(), language);
        self.examples.extend(examples);
    }
}

/// Trains both tables.
pub(crate) fn train(data: &Data) -> Result<Tables> {
    let mut tables = Tables::default();
    let mut lesson = Lesson::default();
    lesson.add(examples(&comments(data, "train")?, "en", true), Some("en"));
    lesson.add(examples(&lines(data, "en", "train", SUBTITLES)?, "en", true), None);
    let recipe = Recipe { kind: Kind::Each, labels: &EMOTIONS, bits: 16, epochs: 4, rate: 1.0, decay: 0.05, balance: 0.25 };
    let file = file(&recipe, 30.0, CROWDS.0, &lesson);
    measure("en, comments", &file, "en", &comments(data, "dev")?, &mut tables);
    measure("en, lines", &file, "en", &lines(data, "en", "dev", 1.0)?, &mut tables);
    tables = tables.file("en.bin", file);

    let mut lesson = Lesson::default();
    for language in OTHERS {
        let rows = lines(data, language, "train", 1.0)?;
        lesson.add(examples(&rows, language, false), Some(language));
        lesson.add(examples(&with_emoji(&rows), language, false), None);
    }
    lesson.add(english_lines(data, &lesson.examples)?, None);
    let recipe = Recipe { bits: 17, epochs: 8, decay: 0.2, balance: 0.5, ..recipe };
    let file = self::file(&recipe, 1.0, CROWDS.1, &lesson);
    for language in OTHERS {
        measure(&format!("{language}, lines"), &file, language, &lines(data, language, "dev", 1.0)?, &mut tables);
    }
    tables.own = "Which emoji go with which emotion was set by us.";
    Ok(tables.file("others.bin", file))
}

/// English lines that teach other languages what they share: names and words of the same root. The other languages have no neutral
/// lines, so these are left out, and so are features that occur in English alone, which would only take room.
fn english_lines(data: &Data, others: &[Example]) -> Result<Vec<Example>> {
    let rows: Vec<Row> = data.rows("xed_en.train")?.into_iter().filter(|row| row.column(0) != "neutral").collect();
    let rows: Vec<Labelled> = rows.iter().map(|row| line(row, ENGLISH)).collect();
    let known: HashSet<u32> = others.iter().flat_map(|example| example.features.iter().copied()).collect();
    let mut examples = examples(&rows, "en", false);
    examples.iter_mut().for_each(|example| example.features.retain(|feature| known.contains(feature)));
    Ok(examples)
}

/// A model, then what each of its languages makes of it.
fn file(recipe: &Recipe<'_>, care: f32, crowd: f32, lesson: &Lesson) -> Vec<u8> {
    let fit = |examples: &[Example]| fit_contrasted(recipe, care, examples);
    let crossed = naming::crossed(&lesson.examples, fit);
    let of = |wanted: &dyn Fn(Option<&str>) -> bool| -> (Vec<&[f32]>, Vec<&Example>) {
        let all = lesson.languages.iter().zip(crossed.iter().map(Vec::as_slice).zip(&lesson.examples));
        all.filter(|(language, _)| wanted(**language)).map(|(_, pair)| pair).unzip()
    };
    let mut parts = fit(&lesson.examples);
    let (scores, examples) = of(&|language| language.is_some());
    naming::calibrate(&mut parts.classes, &scores, &examples);
    let mut bytes = parts.to_bytes();
    let first = lesson.languages[0].expect("the first rows are of a language of the table");
    for own in languages_of(first) {
        let (scores, examples) = of(&|language| language == Some(own));
        bytes.extend(naming::language(&parts.classes, crowd, &scores, &examples).to_bytes());
    }
    bytes
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

/// XED.
fn lines(data: &Data, language: &str, part: &str, weight: f32) -> Result<Vec<Labelled>> {
    Ok(data.rows(&format!("xed_{language}.{part}"))?.iter().map(|row| line(row, weight)).collect())
}

/// A line of XED; of its eight emotions two are none of ours.
fn line(row: &Row, weight: f32) -> Labelled {
    Labelled { emotions: bits(row.column(0)), weight, text: row.text().to_owned() }
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

/// `negates`: words behind a negation are other features, as in the English table.
fn examples(rows: &[Labelled], language: &str, negates: bool) -> Vec<Example> {
    let mut words = Words::default();
    rows.iter()
        .map(|row| {
            words.read(&row.text, apostrophes(language));
            let mut all = Vec::new();
            features(&mut words, negates, |feature| all.push(feature));
            Example { features: all, classes: row.emotions, weight: row.weight, ..Example::default() }
        })
        .collect()
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
