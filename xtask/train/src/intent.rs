//! The tone of English texts, for analyzer-intent: two models in one table. Problems, displeasure and pleasure are learned from data
//! labelled for something near; complaints and the wish to buy from posts that were labelled, or written, for it (`own/README.md`).

use std::collections::HashMap;

use analyzer_intent::cues::Cues;
use analyzer_intent::judge::{self, Counts, Means};
use analyzer_intent::stage::{CLASSES, features, tone_by};
use analyzer_intent::text::Text;
use analyzer_intent::{INTENTS, Intent};
use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use vigie_plugin::features::{Apostrophes, Words};
use vigie_plugin::linear::{Kind, Model, Parts, sigmoid};
use vigie_plugin_learning::fit::{Example, Recipe, fit, fit_from};

use crate::calibrate::{calibrate, scores};
use crate::data::Data;
use crate::entities;
use crate::measure::{Hits, calibration_error};
use crate::output::Tables;

/// How many of the classes are learned from data labelled for something near, and which these are.
const NEAR: usize = 3;
const PROBLEM: usize = 0;
const DISPLEASED: usize = 1;
const PLEASED: usize = 2;
/// The intents that the others show, in their order, and the place of the first.
const SHOWN: [Intent; 2] = [Intent::Complaint, Intent::Purchase];
const COMPLAINS: usize = 0;

/// The table has `2^BITS` rows.
const BITS: u32 = 15;
/// What is taken for granted of every weight's past steps: much, since there is little to learn from.
const CARE: f32 = 30.0;
/// What a post written for this counts against one that was found.
const WRITTEN: f32 = 2.0;
/// What a request to a help desk counts.
const REQUEST: f32 = 0.05;
/// Every how many of the posts that nobody labelled is taken as neither, and what it counts: hardly any of them complains.
const EVERY: usize = 2;
const UNLABELLED: f32 = 0.3;

/// What the notice says of them.
const OWN: &str = "Which posts complain or want to buy, and some posts besides, were labelled and written by us.";

/// Requests that report a problem, by the beginnings of their labels.
const PROBLEMS: [&str; 44] = [
    "declined_",
    "failed_",
    "wrong_",
    "pending_",
    "reverted_",
    "transaction_charged_twice",
    "extra_charge_on_statement",
    "card_payment_fee_charged",
    "cash_withdrawal_charge",
    "cash_withdrawal_not_recognised",
    "card_payment_not_recognised",
    "card_payment_wrong_exchange_rate",
    "direct_debit_payment_not_recognised",
    "balance_not_updated",
    "transfer_not_received",
    "transfer_fee_charged",
    "top_up_failed",
    "top_up_reverted",
    "Refund_not_showing_up",
    "request_refund",
    "card_not_working",
    "contactless_not_working",
    "virtual_card_not_working",
    "card_swallowed",
    "card_arrival",
    "compromised_card",
    "pin_blocked",
    "unable_to_verify",
    "beneficiary_not_allowed",
    "lost_or_stolen",
    "lost_luggage",
    "card_declined",
    "damaged_card",
    "account_blocked",
    "report_fraud",
    "report_lost_card",
    "passcode_forgotten",
    "freeze_account",
    "why_verify_identity",
    "exchange_charge",
    "cancel_transfer",
    "flight_status",
    "transfer_timing",
    "card_acceptance",
];
/// Those of the list above that only ask after something: too near to be either.
const NEITHER: [&str; 6] =
    ["flight_status", "transfer_timing", "card_acceptance", "cancel_transfer", "exchange_charge", "freeze_account"];

/// Trains both models.
pub(crate) fn train(data: &Data) -> Result<Tables> {
    let mut tables = Tables { own: OWN, ..Tables::default() };
    let near = near(data, &mut tables)?;
    let shown = shown(data)?;
    let parts = together(near, shown);
    let bytes = parts.to_bytes();
    measure(data, &Model::read(&bytes).context("just written")?, &mut tables)?;
    Ok(tables.file("intent.bin", bytes))
}

/// Trains the classes that are near to what is wanted.
fn near(data: &Data, tables: &mut Tables) -> Result<Parts> {
    let examples = read(data, "train")?;
    let dev = read(data, "dev")?;
    let labels = &CLASSES[..NEAR];
    let recipe = Recipe { kind: Kind::Each, labels, bits: BITS, epochs: 6, rate: 0.15, decay: 0.02, balance: 0.25 };
    let mut parts = fit(&recipe, &examples);
    calibrate(&mut parts, &dev);
    let scores = scores(&parts, &dev);
    for (class, name) in labels.iter().enumerate() {
        let mut hits = Hits::default();
        let mut pairs = Vec::new();
        for (scores, example) in scores.iter().zip(&dev) {
            let likely = sigmoid(scores[class] * parts.classes[class].slope + parts.classes[class].offset);
            hits.add(example.has(class), likely >= 0.5);
            pairs.push((likely, example.has(class)));
        }
        println!("  {name}: F1 {:.4}, calibration error {:.4}", hits.f1(), calibration_error(pairs));
        tables.figures.push((format!("{name} F1"), hits.f1()));
    }
    Ok(parts)
}

/// Trains the classes that show an intent.
fn shown(data: &Data) -> Result<Parts> {
    let labels = labels(data)?;
    let mut words = Words::default();
    let mut examples = Vec::new();
    let mut add = |text: &str, classes: u64, weight: f32| {
        examples.extend(example(&mut words, text, classes).map(|example| Example { weight, ..example }));
    };
    let mut unlabelled = 0;
    for (text, tagged) in posts(data, "train")? {
        if let Some(classes) = labels.get(&key(&text)) {
            add(&text, *classes, 1.0);
        } else if tagged {
            if unlabelled % EVERY == 0 {
                add(&text, 0, UNLABELLED);
            }
            unlabelled += 1;
        }
    }
    for row in data.rows("intent_en.train")? {
        if let Some(problem) = problem(row.column(1)) {
            add(row.text(), bit(COMPLAINS, problem), REQUEST);
        }
    }
    for row in data.own("intent_posts")? {
        add(row.text(), classes(row.column(0))?, WRITTEN);
    }
    let recipe =
        Recipe { kind: Kind::Each, labels: &CLASSES[NEAR..], bits: BITS, epochs: 12, rate: 2.0, decay: 0.02, balance: 0.25 };
    Ok(fit_from(&recipe, CARE, &examples))
}

/// Both models in one table: every feature is looked up once.
fn together(near: Parts, shown: Parts) -> Parts {
    let rows = near.weights.chunks(near.classes.len()).zip(shown.weights.chunks(shown.classes.len()));
    let weights = rows.flat_map(|(near, shown)| near.iter().chain(shown)).copied().collect();
    Parts { classes: near.classes.into_iter().chain(shown.classes).collect(), weights, ..near }
}

/// How well the whole analyzer, with this table, tells complaints and purchases among the labelled posts of the dev rows.
fn measure(data: &Data, model: &Model<'_>, tables: &mut Tables) -> Result<()> {
    let labels = labels(data)?;
    let cues = Cues::shipped("en").context("English has cues")?;
    let mut text = Text::default();
    // Of each intent, and of its absence.
    let mut hits = [[Hits::default(); 2]; SHOWN.len()];
    let mut posts = posts(data, "dev")?;
    posts.retain(|(post, _)| labels.contains_key(&key(post)));
    for (post, _) in &posts {
        text.read(&[post], Apostrophes::Join);
        let mut found = Vec::new();
        cues.find(&text, &mut found);
        let tone = tone_by(model, text.normal());
        let likelihoods = judge::likelihoods(&found, &tone, &Counts::of(&text, Means::Tone, None));
        for (class, (intent, hits)) in SHOWN.iter().zip(&mut hits).enumerate() {
            let wanted = labels[&key(post)] >> class & 1 == 1;
            let found = INTENTS.iter().zip(likelihoods).any(|(one, likely)| one == intent && likely >= 0.5);
            hits[0].add(wanted, found);
            hits[1].add(!wanted, !found);
        }
    }
    for (intent, [there, absent]) in SHOWN.iter().zip(hits) {
        let (name, macro_f1) = (intent.name(), f64::midpoint(there.f1(), absent.f1()));
        println!(
            "  {name}: {} posts, F1 {:.4} (precision {:.4}, recall {:.4}), macro-F1 {macro_f1:.4}",
            posts.len(),
            there.f1(),
            there.precision(),
            there.recall()
        );
        tables.figures.push((format!("{name} F1"), there.f1()));
        tables.figures.push((format!("{name} macro-F1"), macro_f1));
    }
    Ok(())
}

/// What was labelled: the classes by the [`key`] of the text.
fn labels(data: &Data) -> Result<HashMap<String, u64>> {
    data.own("intent_labels")?.iter().map(|row| Ok((row.column(0).to_owned(), classes(row.column(1))?))).collect()
}

/// By what a labelled text is known: its SHA-256, the first 16 digits.
fn key(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The classes of a label: `complaint`, `purchase`, `complaint|purchase`, or `-` for neither.
fn classes(label: &str) -> Result<u64> {
    match label {
        "-" => Ok(0),
        names => names.split('|').try_fold(0, |classes, name| {
            let class = SHOWN.iter().position(|intent| intent.name() == name);
            ensure!(class.is_some(), "`{label}` is no label of an intent");
            Ok(class.map_or(classes, |class| classes | bit(class, true)))
        }),
    }
}

/// The posts some of which were labelled, and whether they are those that were tagged for names.
fn posts(data: &Data, split: &str) -> Result<Vec<(String, bool)>> {
    let rows = data.rows(&format!("sentiment_en.{split}"))?;
    let tagged = entities::read(data, &format!("brand_ner_en.{split}"))?;
    let rows = rows.iter().map(|row| (row.text().to_owned(), false));
    Ok(rows.chain(tagged.into_iter().map(|post| (post.text, true))).collect())
}

/// Whether a request to a help desk reports a problem; `None`: it only asks after something, too near to be either.
fn problem(label: &str) -> Option<bool> {
    (!NEITHER.contains(&label)).then(|| PROBLEMS.iter().any(|begins| label.starts_with(begins)))
}

/// A text to learn from, if it has words.
fn example(words: &mut Words, text: &str, classes: u64) -> Option<Example> {
    words.read(text, Apostrophes::Join);
    let mut all = Vec::new();
    features(words, |feature| all.push(feature));
    (!all.is_empty()).then(|| Example { features: all, classes, weight: 1.0, ..Example::default() })
}

fn read(data: &Data, split: &str) -> Result<Vec<Example>> {
    let mut words = Words::default();
    let mut examples = Vec::new();
    let mut add = |text: &str, classes: u64| examples.extend(example(&mut words, text, classes));
    for row in data.rows(&format!("intent_en.{split}"))? {
        if let Some(problem) = problem(row.column(1)) {
            add(row.text(), bit(PROBLEM, problem));
        }
    }
    for row in data.rows(&format!("emotion_en.{split}"))? {
        let has = |names: &[&str]| row.column(0).split('|').any(|label| names.contains(&label));
        let displeased = has(&["anger", "annoyance", "disappointment", "disapproval", "disgust"]);
        let pleased = has(&["admiration", "gratitude", "love", "joy", "excitement"]);
        add(row.text(), bit(DISPLEASED, displeased) | bit(PLEASED, pleased));
    }
    for row in data.rows(&format!("sentiment_en.{split}"))? {
        let label = row.column(0);
        add(row.text(), bit(DISPLEASED, label == "negative") | bit(PLEASED, label == "positive"));
    }
    Ok(examples)
}

fn bit(class: usize, has: bool) -> u64 {
    u64::from(has) << class
}
