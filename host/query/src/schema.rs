//! Derived fields: what analyzers declare to write, and questions about it.
//!
//! The room knows no analyzer. Whoever parses a view hands over a [`Schema`] made from the manifests of the installed
//! analyzers; a query names their output as `an.ANALYZER.KEY:`, or by its key alone, as in `sentiment:negative`.

use std::fmt;

use vigie_mention::{Annotation, Label, Value};

use crate::fields::nearest;
use crate::metadata::{NumberRange, Truth, glob};
use crate::syntax::Quoted;
use crate::text::fold;
use crate::values::{self, Wrong, wrong};

/// Type of an analyzer's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// A text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// Names with scores, best first.
    Labels,
}

/// One output that an analyzer declares.
#[derive(Debug, Clone, PartialEq)]
pub struct DerivedField {
    /// Id of the analyzer.
    pub analyzer: String,
    /// Key of the annotation it writes.
    pub key: String,
    /// Type of its value.
    pub value: FieldType,
    /// Texts and labels: the only words used; empty: any.
    pub one_of: Vec<String>,
}

impl DerivedField {
    fn name(&self) -> String {
        format!("an.{}.{}", self.analyzer, self.key)
    }
}

/// The derived fields there are.
///
/// # Examples
/// ```
/// use vigie_query::{DerivedField, FieldType, Reading, Schema};
///
/// let schema = Schema::new(vec![DerivedField {
///     analyzer: "mood".into(), key: "mood".into(), value: FieldType::Number, one_of: vec![],
/// }]);
/// let parsed = Reading::new().schema(&schema).parse("mood:<-0.5").expect("a query");
/// assert_eq!(parsed.query.to_string(), "an.mood.mood:[* TO -0.5}");
/// let errors = Reading::new().schema(&schema).parse("an.mood.mod:>1").expect_err("no such key");
/// assert_eq!(errors[0].code, "E202");
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    fields: Vec<DerivedField>,
}

impl Schema {
    /// Fields in the order in which a bare key chooses among analyzers that write the same.
    #[must_use]
    pub fn new(fields: Vec<DerivedField>) -> Self {
        Self { fields }
    }

    /// All fields, in that order.
    #[must_use]
    pub fn fields(&self) -> &[DerivedField] {
        &self.fields
    }

    /// What a name can mean: one field for `an.ANALYZER.KEY`, several for a bare key, which also stands for its plural and
    /// for the words beside a number (`sentiment` for `sentiment-label`); what a mention is about is found as `topic` too.
    pub(crate) fn named(&self, name: &str) -> Vec<&DerivedField> {
        if let Some(rest) = name.strip_prefix("an.") {
            let Some((analyzer, key)) = rest.split_once('.') else { return Vec::new() };
            return self.fields.iter().filter(|field| field.analyzer == analyzer && field.key == key).collect();
        }
        let endings = ["", "s", "-label", "-labels"];
        let means = |field: &&DerivedField| {
            field.key.strip_prefix(name).is_some_and(|rest| endings.contains(&rest))
                || (name == "topic" && field.key == "keyphrases")
        };
        self.fields.iter().filter(means).collect()
    }

    /// What was probably meant by a name that nobody writes.
    pub(crate) fn hint(&self, name: &str) -> String {
        let dotted = name.strip_prefix("an.").map(|rest| rest.split_once('.').unwrap_or((rest, "")));
        let mut fields: Vec<&DerivedField> = self.fields.iter().collect();
        // By the analyzer first: who names one means its outputs.
        fields.sort_by_cached_key(|field| match dotted {
            Some((analyzer, key)) => (apart(analyzer, &field.analyzer), apart(key, &field.key)),
            None => (0, apart(name, &field.key)),
        });
        let meant = match dotted {
            Some(_) => fields.first().map(|field| field.name()),
            None => nearest(name, fields.iter().map(|field| field.key.as_str())).map(str::to_owned),
        };
        let shown: Vec<String> = fields.iter().take(12).map(|field| field.name()).collect();
        let list =
            if shown.is_empty() { "no analyzer is installed".to_owned() } else { format!("known are {}", shown.join(", ")) };
        let more = if fields.len() > shown.len() { ", …" } else { "" };
        match meant {
            Some(meant) => format!("did you mean `{meant}`? {list}{more}"),
            None => format!("{list}{more}"),
        }
    }
}

/// How far a name is from a known one; a beginning is nearer to what it begins than any slip.
fn apart(name: &str, known: &str) -> usize {
    let letters: Vec<char> = name.chars().take(80).collect();
    match crate::fields::distance(&letters, known) {
        0 => 0,
        _ if known.starts_with(name) => 1,
        distance => 1 + distance,
    }
}

/// A question about a derived field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Derived {
    /// Read without a schema: nothing is known about it.
    Open {
        field: String,
        value: String,
    },
    Asked {
        analyzer: String,
        key: String,
        test: Test,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Number(NumberRange),
    /// Folded, `*` stands for anything.
    Text(String),
    Flag(bool),
    /// A folded name, and the score it needs; without one, half of the best score or 0.5.
    Label {
        name: String,
        at_least: Option<f32>,
    },
    /// Whether there is any value.
    Exists(bool),
}

impl Derived {
    /// Reads what stands behind the name of some fields, of which one fits.
    pub(crate) fn read(fields: &[&DerivedField], text: &str) -> Result<Self, Wrong> {
        let text = text.trim();
        let numeric = looks_numeric(text);
        let fits = |field: &&&DerivedField| (field.value == FieldType::Number) == numeric;
        let open = |field: &&&DerivedField| fits(field) && field.one_of.is_empty();
        let says = |field: &&&DerivedField| field.one_of.iter().any(|word| fold(word) == fold(text));
        // `anger>=0.3`: only labels have scores.
        let scored = text.find(">=").is_some_and(|at| at > 0);
        let labels = |field: &&&DerivedField| scored && field.value == FieldType::Labels;
        let find = |wanted: &dyn Fn(&&&DerivedField) -> bool| fields.iter().find(|field| wanted(field));
        let chosen =
            find(&labels).or_else(|| find(&says)).or_else(|| find(&open)).or_else(|| find(&fits)).or_else(|| fields.first());
        let Some(field) = chosen else { return Err(wrong("E202", "is no field of an analyzer", "name another one")) };
        let test = match field.value {
            FieldType::Number => Test::Number(values::plain_number(text)?),
            FieldType::Text => Test::Text(word(field, text)?),
            FieldType::Flag => Test::Flag(flag(text)?),
            FieldType::Labels => label(field, text)?,
        };
        Ok(Self::Asked { analyzer: field.analyzer.clone(), key: field.key.clone(), test })
    }

    /// `exists:` and `missing:`.
    pub(crate) fn known(field: &DerivedField, exists: bool) -> Self {
        Self::Asked { analyzer: field.analyzer.clone(), key: field.key.clone(), test: Test::Exists(exists) }
    }

    /// The name as a query writes it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Open { field, .. } => field.clone(),
            Self::Asked { analyzer, key, .. } => format!("an.{analyzer}.{key}"),
        }
    }

    pub(crate) fn truth(&self, annotations: &[Annotation]) -> Truth {
        let Self::Asked { test, .. } = self else { return None };
        let value = self.value(annotations);
        if let Test::Exists(exists) = test {
            return Some(value.is_some() == *exists);
        }
        match (test, value?) {
            (Test::Number(range), Value::Number(number)) => Some(range.contains(*number)),
            (Test::Text(pattern), Value::Text(text)) => Some(glob(pattern, &fold(text))),
            (Test::Flag(wanted), Value::Flag(flag)) => Some(flag == wanted),
            (Test::Label { name, at_least }, Value::Labels(labels)) => Some(has_label(labels, name, *at_least)),
            // Written by another version of the analyzer, with another type.
            _ => None,
        }
    }

    /// What the analyzer wrote.
    pub(crate) fn value<'a>(&self, annotations: &'a [Annotation]) -> Option<&'a Value> {
        let Self::Asked { analyzer, key, .. } = self else { return None };
        annotations.iter().find(|one| one.analyzer == *analyzer && one.key == *key).map(|one| &one.value)
    }
}

fn looks_numeric(text: &str) -> bool {
    text.starts_with(['<', '>', '=', '[', '{'])
        || text.strip_prefix('-').unwrap_or(text).starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// A word, one of those the analyzer uses if it says which.
fn word(field: &DerivedField, text: &str) -> Result<String, Wrong> {
    let folded = fold(text);
    let known: Vec<&str> = field.one_of.iter().map(String::as_str).collect();
    if known.is_empty() || folded.contains('*') || known.iter().any(|word| fold(word) == folded) {
        return Ok(folded);
    }
    Err(values::unknown_word(text, &known))
}

fn flag(text: &str) -> Result<bool, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(wrong("E203", format!("takes `true` or `false`, not `{text}`"), "write `true` or `false`")),
    }
}

/// `anger`, or `anger>=0.3` for a score of one's own choice.
fn label(field: &DerivedField, text: &str) -> Result<Test, Wrong> {
    let (name, at_least) = match text.split_once(">=") {
        None => (text, None),
        Some((name, score)) => {
            let score = score.trim().parse::<f32>().ok().filter(|score| score.is_finite()).ok_or_else(|| {
                wrong("E203", format!("needs a score behind `>=`, not `{score}`"), "write it as in `emotion:\"anger>=0.3\"`")
            })?;
            (name.trim(), Some(score))
        }
    };
    Ok(Test::Label { name: word(field, name)?, at_least })
}

fn has_label(labels: &[Label], name: &str, at_least: Option<f32>) -> bool {
    let best = labels.iter().map(|label| label.score).fold(f32::NEG_INFINITY, f32::max);
    let enough = at_least.unwrap_or_else(|| (best / 2.0).min(0.5));
    labels.iter().any(|label| label.score >= enough && glob(name, &fold(&label.name)))
}

impl fmt::Display for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { field, value } => write!(f, "{field}:{}", Quoted(value)),
            Self::Asked { test: Test::Exists(exists), .. } => {
                write!(f, "{}:{}", if *exists { "exists" } else { "missing" }, self.name())
            }
            Self::Asked { test, .. } => {
                write!(f, "{}:", self.name())?;
                match test {
                    Test::Number(range) => range.fmt(f),
                    Test::Text(text) | Test::Label { name: text, at_least: None } => write!(f, "{}", Quoted(text)),
                    Test::Label { name, at_least: Some(score) } => write!(f, "{}", Quoted(&format!("{name}>={score}"))),
                    Test::Flag(flag) => write!(f, "{flag}"),
                    Test::Exists(_) => Ok(()),
                }
            }
        }
    }
}
