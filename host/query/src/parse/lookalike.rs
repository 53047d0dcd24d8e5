//! What looks like an operator or a field and is none where it stands: read in silence, it would ask for something else than was
//! meant.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::{Context, Parser};
use crate::fields::{Field, MetaField};

impl Parser<'_> {
    /// Looks over a word or value without quotes; false if it got an error.
    pub(super) fn nothing_else_meant(&mut self, text: &str, span: &Range<usize>) -> bool {
        match self.context {
            Context::Text { .. } => {
                self.operator_like(text, span);
                self.full_width(text, span);
                self.no_window_of_a_word(text, span)
            }
            Context::Meta(field) => {
                // `ET` is Ethiopia there, and no French AND.
                if !matches!(field, MetaField::Language | MetaField::Country | MetaField::Continent) {
                    self.operator_like(text, span);
                }
                let holds_colons = matches!(
                    field,
                    MetaField::AuthorId
                        | MetaField::Thread
                        | MetaField::ReplyTo
                        | MetaField::Source
                        | MetaField::Url
                        | MetaField::Links
                );
                holds_colons || self.no_field_inside(field.name(), text, span)
            }
            Context::Raw(_) => {
                self.operator_like(text, span);
                self.no_field_inside("raw", text, span)
            }
            Context::Derived(name) => {
                self.operator_like(text, span);
                // Whose own name is unknown has been told.
                !self.is_derived(name) || self.no_field_inside(name, text, span)
            }
        }
    }

    /// E201 and E206 for `site:(a author:b)`, where the inside is read as values.
    fn no_field_inside(&mut self, outer: &str, value: &str, span: &Range<usize>) -> bool {
        let Some((name, rest)) = value.split_once(':') else { return true };
        let is_name = name.starts_with(|c: char| c.is_alphabetic())
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
        // An address, a host with its port.
        if !is_name || rest.starts_with("//") || outer == "site" && rest.starts_with(|c: char| c.is_ascii_digit()) {
            return true;
        }
        let quotes = format!("if it is part of the value, write `{outer}:\"{value}\"`");
        if Field::named(name).is_some() || self.is_derived(name) {
            let message = format!("the field `{name}:` stands inside `{outer}:`");
            self.report("E206", span.clone(), message, format!("write it outside of the other field's brackets; {quotes}"));
        } else {
            let hint = match Field::nearest(name) {
                Some(known) => format!("did you mean `{known}`? {quotes}"),
                None => quotes,
            };
            self.report("E201", span.clone(), format!("unknown field `{name}` inside `{outer}:`"), hint);
        }
        false
    }

    /// E114 for `bmw~5`, and for `~5` apart from its phrase.
    fn no_window_of_a_word(&mut self, word: &str, span: &Range<usize>) -> bool {
        let Some((before, digits)) = word.rsplit_once('~') else { return true };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return true;
        }
        let (message, hint) = if before.is_empty() {
            (format!("`~{digits}` stands behind no phrase"), format!("glue it to one, as in `\"a b\"~{digits}`"))
        } else {
            (format!("`~{digits}` stands behind a word"), format!("it takes a phrase, as in `\"{before} other\"~{digits}`"))
        };
        self.report("E114", span.clone(), message, format!("{hint}; to search for the number, put it in quotes"));
        false
    }

    /// E114 for `~n` behind a phrase that is no text.
    pub(super) fn takes_window(&mut self, span: &Range<usize>) -> bool {
        if matches!(self.context, Context::Text { .. }) {
            return true;
        }
        let sign = self.text.get(span.clone()).and_then(|phrase| phrase.rfind('~')).unwrap_or(0);
        let message = "`~` is known in texts only, not behind the value of a field";
        self.report("E114", span.start + sign..span.end, message, "leave it out, or ask for each word: `author:(jane AND doe)`");
        false
    }

    /// Notes on words that other languages, or other hands, use as operators.
    fn operator_like(&mut self, word: &str, span: &Range<usize>) {
        let upper = word.nfkc().collect::<String>().to_ascii_uppercase();
        let name = upper.split('/').next().unwrap_or("");
        let both = upper.contains('/') && upper.split('/').all(|part| matches!(part, "AND" | "OR" | "NOT"));
        let operator = match name {
            "NEAR" | "ONEAR" => upper.as_str(),
            "AND" | "OR" | "NOT" if name == upper => upper.as_str(),
            "AND" | "OR" | "NOT" if both => "AND or OR, one of them",
            _ => match word {
                "ET" | "UND" => "AND",
                "OU" | "ODER" => "OR",
                "SAUF" | "NON" | "NICHT" => "NOT",
                _ => return,
            },
        };
        let code = if matches!(name, "NEAR" | "ONEAR" | "AND" | "OR" | "NOT") { "N102" } else { "N103" };
        let hint = format!("the operator is written {operator}; to be sure of the word, put it in quotes");
        self.report(code, span.clone(), format!("`{word}` is read as a word to search for"), hint);
    }

    /// W309 on brackets and colons of a keyboard that writes them wide.
    fn full_width(&mut self, word: &str, span: &Range<usize>) {
        let narrow: String = word.nfkc().collect();
        let bracket = word.contains(['（', '）']);
        let field = word.contains('：') && narrow.split_once(':').is_some_and(|(name, _)| Field::named(name).is_some());
        if bracket || field {
            let message = format!("`{word}` holds a bracket or colon in full width, which is read as punctuation");
            self.report("W309", span.clone(), message, format!("write `{narrow}`; to search for the text, put it in quotes"));
        }
    }
}
