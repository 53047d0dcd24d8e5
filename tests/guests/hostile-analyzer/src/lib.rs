//! An analyzer plugin that misbehaves on request, so that every limit of the sandbox and every rule of the contract has a test
//! that breaks it.
//!
//! Its settings name one behaviour: `{"behave": "wrong_count"}`. `BEHAVIOURS` is the list.

mod answers;
mod computes;
mod learns;

use serde::Deserialize;
use vigie_plugin::{Analyzer, Annotation, Document, Failure};
use vigie_plugin_learning::{Example, Learned, LearningAnalyzer};

/// What the operator's file says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    behave: String,
    word: Option<String>,
    rounds: Option<u32>,
    #[serde(default)]
    learned: Learned,
}

/// What an analyzer answers for a batch.
type Answer = Result<Vec<Result<Vec<Annotation>, Failure>>, Failure>;

/// What a batch meets under one name.
type Behaviour = fn(&Settings, Vec<Document>) -> Answer;

/// What examples meet under one name.
type Lesson = fn(&Settings, Vec<Example>) -> Result<Vec<u8>, Failure>;

/// Every behaviour by its name.
pub(crate) const BEHAVIOURS: [(&str, Behaviour); 15] = [
    // Computing without end, or nearly.
    ("spins", computes::spins),
    ("traps", computes::traps),
    ("hoards", computes::hoards),
    ("slow_but_fine", computes::slow_but_fine),
    // Answers that break the contract.
    ("wrong_count", answers::wrong_count),
    ("undeclared_key", answers::undeclared_key),
    ("wrong_type", answers::wrong_type),
    ("nan", answers::nan),
    ("huge_value", answers::huge_value),
    ("fails_some", answers::fails_some),
    ("fails_all", answers::fails_all),
    // And some that are in order.
    ("echo", answers::echo),
    ("scores", answers::scores),
    ("tells_learned", answers::tells_learned),
    ("huge_table", answers::echo),
];

/// Every way of learning by its name; those that are not here learn nothing.
pub(crate) const LESSONS: [(&str, Lesson); 6] = [
    ("spins", learns::spins),
    ("traps", learns::traps),
    ("hoards", learns::hoards),
    ("fails_all", learns::fails),
    ("huge_table", learns::huge_table),
    ("tells_learned", learns::all_of_it),
];

/// The plugin.
#[derive(Debug)]
pub struct Hostile;

impl Analyzer for Hostile {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Answer {
        let behaviour = BEHAVIOURS.iter().find(|(name, _)| *name == settings.behave);
        match behaviour {
            Some((_, behave)) => behave(settings, documents),
            None => Err(Failure::settings(format!("`{}` is no behaviour", settings.behave))),
        }
    }
}

impl LearningAnalyzer for Hostile {
    fn learn(settings: &Settings, examples: Vec<Example>) -> Result<Vec<u8>, Failure> {
        let lesson = LESSONS.iter().find(|(name, _)| *name == settings.behave);
        lesson.map_or(Ok(Vec::new()), |(_, learn)| learn(settings, examples))
    }
}

vigie_plugin_learning::export_learning_analyzer!(Hostile);

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vigie_plugin::testing::FakeHost;

    use super::*;

    fn analyze(settings: serde_json::Value) -> Answer {
        FakeHost::new().analyze::<Hostile>(&settings, vec![Document::new("a plain text"), Document::new("a poison text")])
    }

    #[test]
    fn the_manifest_lists_every_behaviour() {
        let manifest: toml::Table = include_str!("../plugin.toml").parse().expect("plugin.toml is TOML");
        let listed = manifest["settings"]["properties"]["behave"]["enum"].as_array().expect("a list").clone();
        let listed: Vec<_> = listed.iter().filter_map(toml::Value::as_str).collect();
        let known: Vec<_> = BEHAVIOURS.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, known);
        assert!(LESSONS.iter().all(|(name, _)| known.contains(name)));
    }

    #[test]
    fn only_the_documents_with_the_word_fail() {
        let answer = analyze(json!({ "behave": "fails_some", "word": "poison" })).expect("the batch as a whole is fine");
        assert_eq!(answer.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn counts_are_wrong_where_they_should_be() {
        assert_eq!(analyze(json!({ "behave": "wrong_count" })).expect("an answer").len(), 1);
        assert_eq!(analyze(json!({ "behave": "echo" })).expect("an answer").len(), 2);
        assert_eq!(analyze(json!({ "behave": "slow_but_fine", "rounds": 10 })).expect("an answer").len(), 2);
        assert!(analyze(json!({ "behave": "sings" })).is_err());
    }
}
