//! The tone of English texts, for analyzer-intent.

use analyzer_intent::stage::{CLASSES, features};
use anyhow::Result;
use vigie_plugin::features::{Apostrophes, Words};
use vigie_plugin::linear::{Kind, sigmoid};
use vigie_plugin_learning::fit::{Example, Recipe, fit};

use crate::calibrate::{calibrate, scores};
use crate::data::Data;
use crate::measure::{Hits, calibration_error};
use crate::output::Tables;

/// The classes, as places.
const PROBLEM: usize = 0;
const DISPLEASED: usize = 1;
const PLEASED: usize = 2;
const WANTS: usize = 3;

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
/// Requests to get something.
const GETTING: [&str; 14] = [
    "order",
    "order_checks",
    "order_physical_card",
    "get_physical_card",
    "getting_spare_card",
    "getting_virtual_card",
    "get_disposable_virtual_card",
    "new_card",
    "car_rental",
    "book_flight",
    "book_hotel",
    "shopping_list_update",
    "restaurant_reservation",
    "insurance_change",
];

/// Trains the four classes at once.
pub(crate) fn train(data: &Data) -> Result<Tables> {
    let examples = read(data, "train")?;
    let dev = read(data, "dev")?;
    let recipe = Recipe { kind: Kind::Each, labels: &CLASSES, bits: 15, epochs: 6, rate: 0.15, decay: 0.02, balance: 0.25 };
    let mut parts = fit(&recipe, &examples);
    calibrate(&mut parts, &dev);
    let mut tables = Tables::default();
    let scores = scores(&parts, &dev);
    for (class, name) in CLASSES.iter().enumerate() {
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
    Ok(tables.file("intent.bin", parts.to_bytes()))
}

fn read(data: &Data, split: &str) -> Result<Vec<Example>> {
    let mut words = Words::default();
    let mut examples = Vec::new();
    let mut add = |text: &str, classes: u64| {
        words.read(text, Apostrophes::Join);
        let mut all = Vec::new();
        features(&mut words, |feature| all.push(feature));
        if !all.is_empty() {
            examples.push(Example { features: all, classes, weight: 1.0, ..Example::default() });
        }
    };
    for row in data.rows(&format!("intent_en.{split}"))? {
        let label = row.column(1);
        if NEITHER.contains(&label) {
            continue;
        }
        let problem = PROBLEMS.iter().any(|begins| label.starts_with(begins));
        add(row.text(), bit(PROBLEM, problem) | bit(WANTS, GETTING.contains(&label)));
    }
    for row in data.rows(&format!("emotion_en.{split}"))? {
        let has = |names: &[&str]| row.column(0).split('|').any(|label| names.contains(&label));
        let displeased = has(&["anger", "annoyance", "disappointment", "disapproval", "disgust"]);
        let pleased = has(&["admiration", "gratitude", "love", "joy", "excitement"]);
        add(row.text(), bit(DISPLEASED, displeased) | bit(PLEASED, pleased) | bit(WANTS, has(&["desire"])));
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
