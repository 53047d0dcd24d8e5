//! What an analyzer needs beside `vigie-plugin` to learn in place: from the stars that reviews came with, and from what people corrected.
//!
//! It implements [`LearningAnalyzer`], calls [`export_learning_analyzer!`] in place of `export_analyzer!`, and its manifest names the keys
//! it can learn (`learns = ["key"]`). The table it makes never leaves the machine; it comes back within the settings, as [`Learned`].
//!
//! ```
//! use std::collections::BTreeSet;
//! use vigie_plugin::{Analyzer, Annotation, Document, Failure, Value, testing::FakeHost};
//! use vigie_plugin_learning::{Example, Learned, LearningAnalyzer};
//!
//! #[derive(serde::Deserialize)]
//! pub struct Settings { #[serde(default)] learned: Learned }
//!
//! /// Knows again what somebody called rude.
//! pub struct Rude;
//!
//! impl Analyzer for Rude {
//!     type Settings = Settings;
//!
//!     fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
//!         let table = String::from_utf8_lossy(settings.learned.table());
//!         let known: BTreeSet<&str> = table.lines().collect();
//!         Ok(documents.iter().map(|document| Ok(vec![Annotation::new("rude", known.contains(document.text.as_str()))])).collect())
//!     }
//! }
//!
//! impl LearningAnalyzer for Rude {
//!     fn learn(_: &Settings, examples: Vec<Example>) -> Result<Vec<u8>, Failure> {
//!         let rude = examples.into_iter().filter(|example| example.value == Value::Flag(true));
//!         Ok(rude.map(|example| example.document.text + "\n").collect::<String>().into_bytes())
//!     }
//! }
//! # #[cfg(target_arch = "wasm32")]
//! vigie_plugin_learning::export_learning_analyzer!(Rude);
//!
//! let examples = vec![Example::new(Document::new("begone"), "rude", true)];
//! let table = Rude::learn(&Settings { learned: Learned::default() }, examples)?;
//! let settings = serde_json::json!({ "learned": Learned::from(table) });
//! let found = FakeHost::new().analyze::<Rude>(&settings, vec![Document::new("begone")])?;
//! assert_eq!(found[0], Ok(vec![Annotation::new("rude", true)]));
//! # Ok::<(), Failure>(())
//! ```
//!
//! # The tour
//!
//! - [`LearningAnalyzer`], [`Example`] and [`export_learning_analyzer!`]: the interface.
//! - [`Learned`]: the table on its way back.
//! - [`residual`]: what most will learn, a small table of what a site's words add to a shipped model's probabilities.
//! - [`fit`]: logistic regression over hashed features, for that table and for those that plugins ship with.
//!
//! A crate of its own, because `analyze` is part of two worlds, and Rust has room for one set of export macros of an interface a crate.

mod analyzer;
#[doc(hidden)]
pub mod bindings;
pub mod fit;
mod learned;
pub mod residual;

pub use analyzer::{Example, LearningAnalyzer};
pub use learned::Learned;
#[doc(hidden)]
pub use vigie_plugin;
