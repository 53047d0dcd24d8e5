//! What an analyzer that learns implements.

use vigie_plugin::analyzer::Exported;
use vigie_plugin::{Analyzer, Document, Failure, Value, settings};

use crate::bindings::generated::exports::vigie::plugin::{analyzer, learning};

/// An analyzer that learns in place.
///
/// Export it with [`export_learning_analyzer!`](crate::export_learning_analyzer).
pub trait LearningAnalyzer: Analyzer {
    /// Makes a table of examples, beginning with what the plugin ships.
    ///
    /// # Shape
    /// `settings`: the operator's, without a table. Returns at most 1 MiB: the same bytes for the same settings and examples, and a table
    /// that changes nothing for no examples.
    ///
    /// # Errors
    /// Class `settings`, naming the example, where one cannot be learned from: a key or a value this analyzer does not know.
    fn learn(settings: &Self::Settings, examples: Vec<Example>) -> Result<Vec<u8>, Failure>;
}

/// A document, and one truth about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The document, with the fields the manifest says the analyzer reads.
    pub document: Document,
    /// The annotation the truth is about.
    pub key: String,
    /// What should have been written.
    pub value: Value,
    /// How much it counts, above 0: 1 for what a person said of this document, less for what merely stands for it.
    pub weight: f32,
}

impl Example {
    /// What a person said.
    #[must_use]
    pub fn new(document: Document, key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { document, key: key.into(), value: value.into(), weight: 1.0 }
    }

    /// The same, counting more or less.
    #[must_use]
    pub fn weight(self, weight: f32) -> Self {
        Self { weight, ..self }
    }
}

impl From<learning::Example> for Example {
    fn from(example: learning::Example) -> Self {
        let analyzer::Document { text, title, language, kind, source, author, rating, published_at, annotations } =
            example.document;
        Self {
            document: Document { text, title, language, kind, source, author, rating, published_at, annotations },
            key: example.key,
            value: example.value,
            weight: example.weight,
        }
    }
}

impl<A: LearningAnalyzer> learning::Guest for Exported<A> {
    fn learn(text: String, examples: Vec<learning::Example>) -> Result<Vec<u8>, Failure> {
        vigie_plugin::analyzer::report_panics();
        A::learn(&settings::read(&text)?, examples.into_iter().map(Example::from).collect())
    }
}

/// Exports a [`LearningAnalyzer`] as a component of world `learning-analyzer-plugin`. Does nothing in native builds, so that tests
/// and other crates can link the plugin as a library.
///
/// # Examples
/// ```ignore
/// vigie_plugin_learning::export_learning_analyzer!(Sentiment);
/// ```
#[macro_export]
macro_rules! export_learning_analyzer {
    ($plugin:ty) => {
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "generated exports")]
        const _: () = {
            type Plugin = $crate::vigie_plugin::analyzer::Exported<$plugin>;
    $crate::bindings::generated::export_learning_analyzer_plugin!(Plugin with_types_in $crate::bindings::exported);
        };
    };
}
