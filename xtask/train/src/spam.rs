//! The wording of spam, for analyzer-spam.

use analyzer_spam::cues::signs;
use analyzer_spam::stage::{AT_MOST, CLASSES, GRAMS, by_signs, is_thin, together};
use anyhow::Result;
use vigie_plugin::features::{Apostrophes, Words};
use vigie_plugin::linear::{Kind, sigmoid};
use vigie_plugin_learning::fit::{Example, Recipe, fit};

use crate::calibrate::{calibrate, scores};
use crate::data::Data;
use crate::measure::{Hits, calibration_error};
use crate::output::Tables;

/// Every how many of the posts and requests is taken as what spam is not. Comments of four songs alone would make the names of all
/// other things suspicious.
const EVERY: usize = 12;
/// Every how many of these is shown a second time with a link: below videos hardly anybody links but to advertise.
const EVERY_WITH_LINK: usize = 6;
/// What one of them counts against a comment.
const WEIGHT: f32 = 0.1;

pub(crate) fn train(data: &Data) -> Result<Tables> {
    let mut words = Words::default();
    let mut examples = read(data, "spam_youtube.train", &mut words)?;
    for name in ["sentiment_en.train", "emotion_en.train", "intent_en.train"] {
        for (place, row) in data.rows(name)?.iter().step_by(EVERY).enumerate() {
            let mut add = |text: &str| {
                let mut plain = example(text, false, &mut words);
                plain.example.weight = WEIGHT;
                examples.push(plain);
            };
            add(row.text());
            if place % EVERY_WITH_LINK == 0 {
                add(&format!("{} https://a.example", row.text()));
            }
        }
    }
    let dev = read(data, "spam_youtube.dev", &mut words)?;
    let recipe = Recipe { kind: Kind::Each, labels: &CLASSES, bits: 15, epochs: 12, rate: 0.5, decay: 0.05, balance: 0.0 };
    let learned: Vec<Example> = examples.into_iter().map(|read| read.example).collect();
    let mut parts = fit(&recipe, &learned);
    let held_out: Vec<Example> = dev.iter().map(|read| read.example.clone()).collect();
    calibrate(&mut parts, &held_out);
    let (mut alone, mut all, mut pairs) = (Hits::default(), Hits::default(), Vec::new());
    for (scores, Read { example, by_signs, thin }) in scores(&parts, &held_out).iter().zip(&dev) {
        let by_model = sigmoid(scores[0] * parts.classes[0].slope + parts.classes[0].offset);
        let by_model = if *thin { by_model.min(AT_MOST) } else { by_model };
        let likely = together(by_model, *by_signs);
        alone.add(example.has(0), *by_signs >= 0.5);
        all.add(example.has(0), likely >= 0.5);
        pairs.push((likely, example.has(0)));
    }
    let mut tables = Tables::default();
    println!("  spam: precision {:.4} recall {:.4}", all.precision(), all.recall());
    println!("  spam: F1 {:.4} (signs alone {:.4}), calibration error {:.4}", all.f1(), alone.f1(), calibration_error(pairs));
    tables.figures.push(("spam F1".to_owned(), all.f1()));
    tables.figures.push(("spam F1, signs alone".to_owned(), alone.f1()));
    Ok(tables.file("spam.bin", parts.to_bytes()))
}

/// A text with how likely its signs alone make it spam, and whether there is little to go by.
struct Read {
    example: Example,
    by_signs: f32,
    thin: bool,
}

fn read(data: &Data, name: &str, words: &mut Words) -> Result<Vec<Read>> {
    Ok(data.rows(name)?.iter().map(|row| example(row.text(), row.column(0) == "spam", words)).collect())
}

fn example(text: &str, spam: bool, words: &mut Words) -> Read {
    words.read(text, Apostrophes::Join);
    let signs = signs(text, words);
    let mut features = Vec::new();
    words.each_feature(GRAMS, |feature| features.push(feature));
    let example = Example { features, dense: signs.to_vec(), classes: u64::from(spam), weight: 1.0, ..Example::default() };
    Read { example, by_signs: by_signs(&signs, false), thin: is_thin(&signs) }
}
