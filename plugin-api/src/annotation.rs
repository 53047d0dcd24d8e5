//! Builders for annotations and their values.

use crate::{Annotation, Document, Label, MentionKind, OptionalText, Value};

impl Annotation {
    /// A fact under one of the keys the manifest declares, without a confidence.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { key: key.into(), value: value.into(), confidence: None }
    }

    /// How likely the value is right, 0 to 1.
    #[must_use]
    pub fn confidence(mut self, confidence: impl Into<Option<f32>>) -> Self {
        self.confidence = confidence.into();
        self
    }
}

impl Label {
    /// A name with its score.
    #[must_use]
    pub fn new(name: impl Into<String>, score: f32) -> Self {
        Self { name: name.into(), score }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Vec<Label>> for Value {
    fn from(labels: Vec<Label>) -> Self {
        Self::Labels(labels)
    }
}

impl Document {
    /// A document of which only the text is known, as an analyzer's tests need it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            title: None,
            language: None,
            kind: MentionKind::Post,
            source: String::new(),
            author: None,
            rating: None,
            published_at: 0,
            annotations: Vec::new(),
        }
    }

    /// Its title.
    #[must_use]
    pub fn title(mut self, title: impl OptionalText) -> Self {
        self.title = title.optional();
        self
    }

    /// Its language, as a BCP 47 tag.
    #[must_use]
    pub fn language(mut self, language: impl OptionalText) -> Self {
        self.language = language.optional();
        self
    }

    /// The value of the annotation `key`, if an earlier analyzer wrote it and the manifest asked for it.
    #[must_use]
    pub fn annotation(&self, key: &str) -> Option<&Value> {
        self.annotations.iter().find(|annotation| annotation.key == key).map(|annotation| &annotation.value)
    }
}
