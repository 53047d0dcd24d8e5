//! What a plugin says of itself: `plugin.toml`, carried in the component's custom section `vigie:plugin/manifest`.
//!
//! Nothing here is believed before it is compared with the binary ([`crate::Package`]) and with what the operator granted.

mod fields;
mod read;
mod whole;

use std::fmt;
use std::time::Duration;

pub use fields::ManifestProblem;

/// The custom section that holds the manifest.
pub const MANIFEST_SECTION: &str = "vigie:plugin/manifest";
/// The key of an analyzer's settings under which it gets back what it learned (contract).
pub(crate) const LEARNED: &str = "learned";

/// Which of the contract's worlds a plugin fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Reads one service.
    Source,
    /// Annotates mentions.
    Analyzer,
}

impl Kind {
    /// The contract's name of the kind.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Analyzer => "analyzer",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A plugin's manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// What config names: lower-case letters, digits, `-` and `_`.
    pub id: String,
    /// For people.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// The plugin's own version.
    pub version: String,
    /// Which world it fills.
    pub kind: Kind,
    /// SPDX expression.
    pub licence: String,
    /// Track of the contract it was built for, such as `0.1`.
    pub contract: String,
    /// Where to read about the plugin.
    pub homepage: Option<String>,
    /// Address of the service's terms of use.
    pub terms: Option<String>,
    /// JSON Schema (the subset [`check_settings`](crate::check_settings) knows) of the settings. Always an object schema.
    pub settings: serde_json::Value,
    /// Origins it asks for.
    pub hosts: Vec<HostRequest>,
    /// Secrets it asks for.
    pub secrets: Vec<SecretRequest>,
    /// Secrets the host makes from others.
    pub derived: Vec<DerivedSecret>,
    /// Rates its service demands.
    pub rates: Vec<Rate>,
    /// How far its ids are unique.
    pub identity: Identity,
    /// Sources: whether `plan` turns searches into feeds; else everything is listed and the host filters.
    pub searches: bool,
    /// Sources: how far back the service lets anybody read, in a few words for people. Up to a comma or semicolon the host understands
    /// `whole`, `what the server knows` (all of it, from that server) and a span such as `7 days` or `3 months`: what was said in a
    /// pause that is not longer can be read afterwards, and is no gap.
    pub history: Option<String>,
    /// Sources: whether it reads pages meant for people, so that robots.txt is kept.
    pub pages: bool,
    /// Analyzers: what it reads of a mention.
    pub reads: Vec<Read>,
    /// Analyzers: what it writes.
    pub writes: Vec<Write>,
    /// Analyzers: the keys among `writes` it can learn in place.
    pub learns: Vec<String>,
}

/// Where a request may go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// `scheme://host[:port]`; the host may be `*.suffix`. Checked, lower case, without a path or a default port.
    Origin(String),
    /// The origin of the URL (or of each URL of the list) in this setting; granted by being named there.
    Setting(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Origin(origin) => f.write_str(origin),
            Self::Setting(setting) => write!(f, "the address in setting `{setting}`"),
        }
    }
}

/// An origin a plugin asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRequest {
    /// Where.
    pub place: Place,
    /// Upper case; never empty.
    pub methods: Vec<String>,
}

/// A secret a plugin asks for; it only ever writes `{{secret:name}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRequest {
    /// What the placeholder names.
    pub name: String,
    /// Where an operator gets it.
    pub description: String,
    /// Host names (exact or `*.suffix`) it may be sent to.
    pub hosts: Vec<String>,
    /// It may also be sent to the host of the URL in this setting.
    pub setting: Option<String>,
    /// Whether the plugin is of no use without it.
    pub required: bool,
}

/// A secret the host makes from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedSecret {
    /// What the placeholder names.
    pub name: String,
    /// For people.
    pub description: String,
    /// Host names (exact or `*.suffix`) it may be sent to.
    pub hosts: Vec<String>,
    /// It may also be sent to the host of the URL in this setting.
    pub setting: Option<String>,
    /// How it is made.
    pub making: Making,
}

/// How a derived secret is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Making {
    /// `hmac-sha256` of one secret with another, lower-case hexadecimal (Meta's app-secret proof).
    Hmac {
        /// Secret (plain or derived) that is the key.
        key: String,
        /// Secret (plain or derived) that is hashed.
        message: String,
    },
    /// A request whose answer holds a token.
    Exchange(Box<TokenExchange>),
}

/// A request whose JSON answer holds a token: OAuth 2 client credentials or refresh token, a Bluesky session.
///
/// # Shape
/// `headers`, `form` and `json` may hold `{{secret:name}}` and `{{setting:name}}`; a header may hold `{{basic:USER:PASSWORD}}` with
/// two secrets' names, which becomes the base64 of `user:password`. Each secret used must be bound to the URL's host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenExchange {
    /// Upper case.
    pub method: String,
    /// Absolute, or a path (beginning with `/`) below the address in `url_setting`.
    pub url: String,
    /// The setting whose address `url` is relative to.
    pub url_setting: Option<String>,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// Fields of a form body, in order.
    pub form: Vec<(String, String)>,
    /// A JSON body, if there is no form.
    pub json: Option<serde_json::Value>,
    /// JSON pointer (RFC 6901) to the token in the answer.
    pub token: String,
    /// JSON pointer to its life in seconds, where the answer says it.
    pub life: Option<String>,
    /// Its life where the answer does not say it.
    pub default_life: Duration,
}

/// A rate the host keeps for a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Where it holds.
    pub place: Place,
    /// So many requests …
    pub requests: u32,
    /// … in this time.
    pub per: Duration,
    /// So many at once; absent: the host decides.
    pub burst: Option<u32>,
}

/// How far the ids of a source are unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// Over the whole service.
    Global,
    /// Within the instance whose address this setting holds.
    Instance {
        /// Name of the setting.
        setting: String,
    },
}

/// A field of a mention that an analyzer reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Read {
    /// `text`
    Text,
    /// `title`
    Title,
    /// `language`: stated by the service or written by an analyzer of an earlier wave.
    Language,
    /// `author`
    Author,
    /// `rating`
    Rating,
    /// `annotation:KEY`
    Annotation(String),
}

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Title => f.write_str("title"),
            Self::Language => f.write_str("language"),
            Self::Author => f.write_str("author"),
            Self::Rating => f.write_str("rating"),
            Self::Annotation(key) => write!(f, "annotation:{key}"),
        }
    }
}

/// An annotation an analyzer writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// Its key: lower-case words joined by hyphens.
    pub key: String,
    /// Type of its value.
    pub value: ValueType,
    /// For people.
    pub description: String,
    /// Numbers: lowest and highest value.
    pub range: Option<(f64, f64)>,
    /// Texts and labels: the only words used; empty: any.
    pub one_of: Vec<String>,
}

/// Type of an annotation's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A text.
    Text,
    /// A finite number.
    Number,
    /// Yes or no.
    Flag,
    /// Names with scores.
    Labels,
}

impl ValueType {
    /// The contract's name of the type.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Labels => "labels",
        }
    }
}

impl Manifest {
    /// Reads a manifest, reporting every mistake in it.
    ///
    /// # Errors
    /// All [`ManifestProblem`]s: syntax, unknown keys (with the known ones), missing and wrong values.
    pub fn read(text: &str) -> Result<Self, Vec<ManifestProblem>> {
        read::manifest(text)
    }
}
