//! Questions about facts of a mention: their forms, how they print, and what they answer.
//!
//! An answer is true, false or unknown (`None`): a mention that does not say how many followers its author has answers
//! neither `followers:>1000` nor `NOT followers:>1000`.

use std::fmt;
use std::sync::Arc;

use vigie_mention::{Engagement, Instant, MentionKind};

use crate::fields::MetaField;
use crate::library::List;
use crate::match_text::{Address, MatchText};
use crate::syntax::{Quoted, Words};
use crate::text::Tokens;

/// True, false or unknown.
pub(crate) type Truth = Option<bool>;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meta {
    Author(Words),
    Bio(Words),
    /// `state`, `county`, `city`: in what the service or the author says of the place.
    Place(MetaField, Words),
    /// `thread`, `replyto`, `source`, `country`, `continent`: equal or not. `authorid`: `*` stands for anything.
    Id(MetaField, String),
    /// `at_mentions` and `hashtags`: folded, `*` stands for anything.
    Listed(MetaField, String),
    /// `url` and `links`.
    Address(MetaField, AddressPattern),
    /// A host without `www.`; its sub-domains too.
    Site(String),
    Kind(MentionKind),
    /// A language tag in lower case, which covers longer ones.
    Language(String),
    Time(MetaField, TimeRange),
    Number(MetaField, NumberRange),
    Is(Property),
    Has(Thing),
    Known {
        field: KnownField,
        exists: bool,
    },
    /// In a saved list.
    Among(MetaField, Arc<List>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AddressPattern {
    /// A host (and its sub-domains) and the beginning of what follows it, both in lower case.
    Prefix { host: String, path: String },
    /// Anything with `*` in it, in lower case: over the whole address if it begins with `*`, else from a host (or its sub-domains) on.
    Glob(String),
}

/// An end of a range of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    Open,
    At(Instant),
    /// So many hours before the mention was collected, or before the instant given to [`crate::Query::resolved_at`].
    Ago(u32),
}

/// `from` inside, `until` outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeRange {
    pub(crate) from: Bound,
    pub(crate) until: Bound,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NumberRange {
    pub(crate) low: Option<f64>,
    pub(crate) low_inside: bool,
    pub(crate) high: Option<f64>,
    pub(crate) high_inside: bool,
    /// Of the scale, for ratings: `>=80%`.
    pub(crate) percent: bool,
}

/// What can be asked with `missing:` and `exists:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnownField {
    /// Title or body.
    Text,
    Title,
    Body,
    Meta(MetaField),
}

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $type { $($variant,)* }

        impl $type {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

words! {
    /// What a mention `is:`.
    Property { Verified = "verified", Original = "original", Reply = "reply", Share = "share", }
}
words! {
    /// What a mention `has:`.
    Thing { Link = "link", Image = "image", Video = "video", Geo = "geo", Question = "question", Hashtag = "hashtag", Emoji = "emoji", }
}

impl Meta {
    pub(crate) fn truth(&self, text: &MatchText) -> Truth {
        let facts = &text.facts;
        match self {
            Self::Author(words) => match (&facts.handle, &facts.name) {
                (None, None) => None,
                (handle, name) => Some([handle, name].into_iter().flatten().any(|tokens| words.occur_in(tokens))),
            },
            Self::Bio(words) => facts.bio.as_ref().map(|bio| words.occur_in(bio)),
            Self::Place(field, words) => facts.place(*field).map(|place| words.occur_in(place)),
            Self::Id(MetaField::AuthorId, pattern) => facts.id(MetaField::AuthorId).map(|id| glob(pattern, id)),
            Self::Id(field, value) => facts.id(*field).map(|id| id == value),
            Self::Listed(field, pattern) => Some(facts.list(*field).iter().any(|entry| glob(pattern, entry))),
            Self::Address(MetaField::Url, pattern) => facts.url.as_ref().map(|url| pattern.covers(url)),
            Self::Address(_, pattern) => Some(facts.links.iter().any(|link| pattern.covers(link))),
            Self::Site(site) => facts.url.as_ref().map(|url| under(url.host(), site)),
            Self::Kind(kind) => Some(facts.kind == *kind),
            Self::Language(tag) => language_covers(tag, facts.language.as_deref()),
            Self::Time(field, range) => {
                let at = if *field == MetaField::Fetched { Some(facts.collected_at) } else { facts.published };
                at.map(|at| range.contains(at, facts.collected_at))
            }
            Self::Number(MetaField::Engagement, range) => range.contains_sum(&facts.engagement),
            Self::Number(field, range) => facts.number(*field, range.percent).map(|number| range.contains(number)),
            Self::Is(property) => facts.is(*property),
            Self::Has(thing) => Some(text.has(*thing)),
            Self::Known { field, exists } => Some(text.knows(*field) == *exists),
            Self::Among(field, list) => list.members(*field)?.truth(*field, text),
        }
    }

    /// What the mention says about the fact that is asked for.
    pub(crate) fn stated(&self, text: &MatchText) -> Option<String> {
        let facts = &text.facts;
        let list = |all: Vec<&str>| (!all.is_empty()).then(|| all.join(", "));
        let field = match self {
            Self::Number(field, range) => return facts.number(*field, range.percent).map(|number| number.to_string()),
            Self::Is(_) => MetaField::Kind,
            Self::Has(_) | Self::Known { .. } => return None,
            Self::Author(_) => MetaField::Author,
            Self::Bio(_) => MetaField::Bio,
            Self::Site(_) => MetaField::Site,
            Self::Kind(_) => MetaField::Kind,
            Self::Language(_) => MetaField::Language,
            Self::Place(field, _)
            | Self::Id(field, _)
            | Self::Listed(field, _)
            | Self::Address(field, _)
            | Self::Time(field, _)
            | Self::Among(field, _) => *field,
        };
        match field {
            MetaField::Author => list(facts.names.iter().map(String::as_str).collect()),
            MetaField::Bio => facts.bio.as_ref().map(Tokens::joined),
            MetaField::State | MetaField::County | MetaField::City => facts.place(field).map(Tokens::joined),
            MetaField::Hashtags | MetaField::AtMentions => list(facts.list(field).iter().map(String::as_str).collect()),
            MetaField::Url => facts.url.as_ref().map(|url| url.whole().to_owned()),
            MetaField::Links => list(facts.links.iter().map(Address::whole).collect()),
            MetaField::Site => facts.url.as_ref().map(|url| url.host().to_owned()),
            MetaField::Kind | MetaField::EngagementType => Some(facts.kind.name().to_owned()),
            MetaField::Language => facts.language.clone(),
            MetaField::Fetched => Some(facts.collected_at.to_string()),
            MetaField::Published => facts.published.map(|at| at.to_string()),
            _ => facts.id(field).map(str::to_owned),
        }
    }

    /// How many wildcards are to be looked up.
    pub(crate) fn wildcards(&self) -> usize {
        match self {
            Self::Author(words) | Self::Bio(words) | Self::Place(_, words) => {
                words.patterns.iter().filter(|pattern| pattern.wild).count()
            }
            Self::Listed(_, pattern)
            | Self::Id(MetaField::AuthorId, pattern)
            | Self::Address(_, AddressPattern::Glob(pattern)) => usize::from(pattern.contains('*')),
            Self::Among(field, list) => list.members(*field).map_or(0, |members| members.wild.iter().map(Self::wildcards).sum()),
            _ => 0,
        }
    }

    /// The same with relative times counted from `now`.
    pub(crate) fn resolved_at(&mut self, now: Instant) {
        if let Self::Time(_, range) = self {
            for bound in [&mut range.from, &mut range.until] {
                if let Bound::Ago(hours) = *bound {
                    *bound = Bound::At(hours_before(now, hours));
                }
            }
        }
    }
}

fn hours_before(now: Instant, hours: u32) -> Instant {
    Instant::from_millis(now.as_millis().saturating_sub(i64::from(hours) * Instant::HOUR_MS))
}

/// `fr` covers `fr-CA`. No stated language and `und` are the same: only `und` finds them, any other question stays open.
fn language_covers(tag: &str, language: Option<&str>) -> Truth {
    let language = language.unwrap_or("und");
    if language.eq_ignore_ascii_case("und") {
        return if tag == "und" { Some(true) } else { None };
    }
    let start = language.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    Some(start && matches!(language.as_bytes().get(tag.len()), None | Some(b'-')))
}

/// Whether `host` is `site` or a sub-domain of it.
fn under(host: &str, site: &str) -> bool {
    host.strip_suffix(site).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

impl AddressPattern {
    fn covers(&self, address: &Address) -> bool {
        match self {
            Self::Prefix { host, path } => under(address.host(), host) && address.path().starts_with(path.as_str()),
            Self::Glob(pattern) if pattern.starts_with('*') => glob(pattern, address.whole()),
            Self::Glob(pattern) => address.tails().any(|rest| glob(pattern, rest)),
        }
    }
}

/// Whether a pattern, in which `*` stands for any characters, is the whole of `text`. Linear in practice: of several `*`
/// only the last one is ever moved.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.find(middle) {
                Some(at) => rest = rest.get(at + middle.len()..).unwrap_or(""),
                None => return false,
            }
        }
    }
    match last {
        Some(end) => rest.ends_with(end),
        None => rest.is_empty(),
    }
}

impl TimeRange {
    fn contains(&self, at: Instant, collected_at: Instant) -> bool {
        let after = match self.from {
            Bound::Open => true,
            Bound::At(from) => from <= at,
            Bound::Ago(hours) => hours_before(collected_at, hours) <= at,
        };
        after
            && match self.until {
                Bound::Open => true,
                Bound::At(until) => at < until,
                Bound::Ago(hours) => at < hours_before(collected_at, hours),
            }
    }
}

impl NumberRange {
    /// Whether reactions, comments and shares together are inside. Where some of them are unknown the sum is at least what is known,
    /// which decides where that is enough, or too much, whatever is added.
    fn contains_sum(&self, engagement: &Engagement) -> Truth {
        let known = engagement.total()? as f64;
        if [engagement.likes, engagement.comments, engagement.shares].iter().all(Option::is_some) {
            return Some(self.contains(known));
        }
        let (enough, too_much) = (Self { high: None, ..*self }, Self { low: None, ..*self });
        match (enough.contains(known), too_much.contains(known)) {
            (_, false) => Some(false),
            (true, true) if self.high.is_none() => Some(true),
            _ => None,
        }
    }

    pub(crate) fn contains(&self, number: f64) -> bool {
        let over = self.low.is_none_or(|low| if self.low_inside { low <= number } else { low < number });
        over && self.high.is_none_or(|high| if self.high_inside { number <= high } else { number < high })
    }
}

impl fmt::Display for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Author(words) => write!(f, "author:{words}"),
            Self::Bio(words) => write!(f, "bio:{words}"),
            Self::Place(field, words) => write!(f, "{}:{words}", field.name()),
            Self::Among(field, list) => write!(f, "{}:@list({})", field.name(), list.name),
            Self::Id(field, value) | Self::Listed(field, value) => write!(f, "{}:{}", field.name(), Quoted(value)),
            Self::Address(field, AddressPattern::Prefix { host, path }) => {
                write!(f, "{}:{}", field.name(), Quoted(&format!("{host}{path}")))
            }
            Self::Address(field, AddressPattern::Glob(pattern)) => write!(f, "{}:{}", field.name(), Quoted(pattern)),
            Self::Site(site) => write!(f, "site:{}", Quoted(site)),
            Self::Kind(kind) => write!(f, "kind:{kind}", kind = kind.name()),
            Self::Language(tag) => write!(f, "lang:{tag}"),
            Self::Time(field, range) => write!(f, "{}:[{} TO {}}}", field.name(), range.from, range.until),
            Self::Number(field, range) => write!(f, "{}:{range}", field.name()),
            Self::Is(property) => write!(f, "is:{}", property.name()),
            Self::Has(thing) => write!(f, "has:{}", thing.name()),
            Self::Known { field, exists } => {
                let name = match field {
                    KnownField::Text => "text",
                    KnownField::Title => "title",
                    KnownField::Body => "body",
                    KnownField::Meta(field) => field.name(),
                };
                write!(f, "{}:{name}", if *exists { "exists" } else { "missing" })
            }
        }
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.percent { "%" } else { "" };
        let show = |bound: Option<f64>| bound.map_or("*".to_owned(), |number| format!("{number}{sign}"));
        let open = if self.low_inside { '[' } else { '{' };
        let close = if self.high_inside { ']' } else { '}' };
        write!(f, "{open}{} TO {}{close}", show(self.low), show(self.high))
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("*"),
            Self::At(at) => at.fmt(f),
            Self::Ago(hours) => write!(f, "-{hours}h"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_cover_the_whole_text() {
        for (pattern, text, expected) in [
            ("*promo*", "https://x.example/promo/1", true),
            ("a*c", "abc", true),
            ("a*c", "abcd", false),
            ("a*b*c", "a1b2b3c", true),
            ("ab*ba", "aba", false),
            ("*", "", true),
            ("**", "x", true),
            ("a", "a", true),
            ("", "a", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_site_covers_its_sub_domains_only() {
        assert!(under("lemonde.fr", "lemonde.fr"));
        assert!(under("www.lemonde.fr", "lemonde.fr"));
        assert!(!under("notlemonde.fr", "lemonde.fr"));
    }
}
