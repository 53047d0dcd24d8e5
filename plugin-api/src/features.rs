//! What a text says to a model: its words, normalised in one way for trainers and plugins, and the hashed features made of them.
//!
//! ```
//! use vigie_plugin::features::{Apostrophes, Grams, Words};
//!
//! let mut words = Words::default();
//! words.read("Sooo HAPPY with @acme https://acme.example 😍!!", Apostrophes::Join);
//! let read: Vec<&str> = words.iter().map(|word| words.text(word)).collect();
//! assert_eq!(read, ["soo", "happy", "with", "@", "http", "😍", "!!"]);
//!
//! let mut features = Vec::new();
//! words.each_feature(Grams { words: 2, shortest: 3, longest: 5 }, |feature| features.push(feature));
//! assert!(features.len() > 20);
//! ```

mod grams;
mod signs;
mod words;

pub use grams::Grams;
pub use signs::is_emoji;
pub use words::{Apostrophes, MOST_WORDS, Sort, Word, Words, negates_in_english};
