//! How each product spells what it can say.

use super::Foreign;
use crate::fields::MetaField;
use crate::metadata::{AddressPattern, Meta, NumberRange, Property, Thing};
use crate::syntax::Reach;
use vigie_mention::MentionKind;

impl Foreign {
    pub(super) const fn shown(self) -> &'static str {
        match self {
            Self::Brandwatch => "Brandwatch",
            Self::Talkwalker => "Talkwalker",
            Self::Meltwater => "Meltwater",
            Self::X => "X",
        }
    }

    /// Most characters of a query, where the product says so.
    pub(super) const fn most_characters(self) -> Option<usize> {
        match self {
            Self::X => Some(512),
            Self::Talkwalker => Some(4_096),
            Self::Brandwatch | Self::Meltwater => None,
        }
    }

    /// Most words, phrases and values of a query, where the product says so.
    pub(super) const fn most_operands(self) -> Option<usize> {
        match self {
            Self::Talkwalker => Some(50),
            Self::Brandwatch | Self::Meltwater | Self::X => None,
        }
    }

    /// The operator for a distance.
    pub(super) fn near(self, reach: Reach, ordered: bool) -> Option<String> {
        match (self, reach, ordered) {
            (Self::X, ..) => None,
            (Self::Brandwatch, Reach::Tokens(n), true) => Some(format!("NEAR/{n}f")),
            (_, Reach::Tokens(n), true) => Some(format!("ONEAR/{n}")),
            (_, Reach::Tokens(n), false) => Some(format!("NEAR/{n}")),
            (Self::Talkwalker, Reach::Sentence, true) => Some("OSENTENCE".to_owned()),
            (Self::Talkwalker, Reach::Sentence, false) => Some("SENTENCE".to_owned()),
            (_, Reach::Sentence, _) => None,
        }
    }

    /// Largest `n` of `"a b"~n`.
    pub(super) const fn widest_window(self) -> u32 {
        match self {
            Self::Brandwatch | Self::Talkwalker => 100,
            Self::Meltwater => 0,
            Self::X => 6,
        }
    }

    pub(super) const fn has_wildcards(self) -> bool {
        !matches!(self, Self::X)
    }

    pub(super) const fn has_raw(self) -> bool {
        matches!(self, Self::Brandwatch)
    }

    pub(super) const fn title(self) -> Option<&'static str> {
        match self {
            Self::Brandwatch | Self::Talkwalker | Self::Meltwater => Some("title"),
            Self::X => None,
        }
    }

    pub(super) const fn body(self) -> Option<&'static str> {
        match self {
            Self::Talkwalker => Some("content"),
            Self::Brandwatch | Self::Meltwater | Self::X => None,
        }
    }

    /// A question about a fact, if the product asks it in its queries.
    ///
    /// # Errors
    /// Why it cannot be said, as it goes on behind the product's name.
    pub(super) fn meta(self, meta: &Meta) -> Result<String, &'static str> {
        match self {
            Self::Brandwatch => brandwatch(meta),
            Self::Talkwalker => talkwalker(meta),
            // Languages, places and sources are chosen beside the query.
            Self::Meltwater => Err(NOT_ASKED),
            Self::X => x(meta),
        }
    }
}

const NOT_ASKED: &str = "does not ask this in a query; left out, set it as a filter beside it";
const NOT_WRITTEN: &str = "cannot write such a value; left out";
const NO_COUNT: &str = "counts in whole numbers, and none lies in this range; left out";

/// A value, in quotes if it holds more than letters, digits and what joins them in names and addresses.
fn value(text: &str) -> Result<String, &'static str> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '*');
    if text.chars().all(plain) { Ok(text.to_owned()) } else { quoted(text) }
}

/// A value in quotes, inside of which none of the products says how to write a quote.
fn quoted(text: &str) -> Result<String, &'static str> {
    if text.contains(['"', '\\']) { Err(NOT_WRITTEN) } else { Ok(format!("\"{text}\"")) }
}

/// A name behind `#` or `@`: what ends it for the product would be a word of its own there, and under NOT a word asked for.
fn name(text: &str, joints: &[char]) -> Result<String, &'static str> {
    let inside = |c: char| c.is_alphanumeric() || c == '_' || joints.contains(&c);
    if text.chars().all(inside) { Ok(text.to_owned()) } else { Err(NOT_WRITTEN) }
}

fn brandwatch(meta: &Meta) -> Result<String, &'static str> {
    Ok(match meta {
        Meta::Author(words) => format!("author:{words}"),
        Meta::Site(site) => format!("site:{}", value(site)?),
        Meta::Language(tag) => format!("language:{tag}"),
        Meta::Listed(MetaField::AtMentions, name) => format!("at_mentions:{}", value(name)?),
        Meta::Listed(_, name) => format!("hashtags:{}", value(name)?),
        Meta::Address(MetaField::Links, AddressPattern::Prefix { host, path }) => {
            format!("links:{}", value(&format!("{host}{path}"))?)
        }
        Meta::Address(_, AddressPattern::Prefix { host, path }) => format!("url:{}", value(&format!("{host}{path}"))?),
        Meta::Address(MetaField::Url, AddressPattern::Glob(glob)) => format!("url:{}", value(glob)?),
        Meta::Id(MetaField::Country, code) => format!("country:{}", code.to_lowercase()),
        Meta::Id(MetaField::Continent, code) => format!("continent:{}", code.to_lowercase()),
        Meta::Id(MetaField::ReplyTo, id) => format!("engagingWithGuid:{}", value(id)?),
        Meta::Place(field, words) => format!("{}:{words}", field.name()),
        Meta::Number(MetaField::Followers, range) => {
            let (low, high) = whole_ends(range)?;
            format!("authorFollowers:[{low} TO {high}]")
        }
        Meta::Kind(MentionKind::Share) => "engagementType:RETWEET".to_owned(),
        Meta::Kind(MentionKind::Reply) => "engagementType:REPLY".to_owned(),
        Meta::Kind(MentionKind::Comment) => "engagementType:COMMENT".to_owned(),
        _ => return Err(NOT_ASKED),
    })
}

fn talkwalker(meta: &Meta) -> Result<String, &'static str> {
    Ok(match meta {
        Meta::Author(words) => format!("author:{words}"),
        Meta::Site(site) => format!("site:{}", quoted(site)?),
        Meta::Language(tag) => format!("lang:{tag}"),
        Meta::Listed(MetaField::AtMentions, handle) => format!("\"@{}\"", name(handle, &['.', '-', '@', '*'])?),
        Meta::Listed(_, tag) => format!("\"#{}\"", name(tag, &['*'])?),
        Meta::Address(MetaField::Url, AddressPattern::Prefix { host, path }) => {
            format!("url:{}", quoted(&format!("{host}{path}"))?)
        }
        Meta::Id(MetaField::Country, code) => format!("sourcecountry:{}", code.to_lowercase()),
        Meta::Number(field @ (MetaField::Engagement | MetaField::Reach), range) => {
            format!("{}:{}", field.name(), at_least(range, true).ok_or(NOT_ASKED)?)
        }
        _ => return Err(NOT_ASKED),
    })
}

fn x(meta: &Meta) -> Result<String, &'static str> {
    // Ids there are numbers.
    let id = |id: &str| if id.bytes().all(|byte| byte.is_ascii_digit()) { Ok(id.to_owned()) } else { Err(NOT_WRITTEN) };
    Ok(match meta {
        Meta::Author(words) => match words.patterns.as_slice() {
            [one] if !one.wild && one.text.is_ascii() => format!("from:{}", one.text),
            _ => return Err(NOT_ASKED),
        },
        Meta::Language(tag) if tag.len() == 2 || tag == "und" => format!("lang:{tag}"),
        Meta::Listed(MetaField::AtMentions, handle) => format!("@{}", name(handle, &[])?),
        Meta::Listed(_, tag) => format!("#{}", name(tag, &[])?),
        Meta::Address(MetaField::Links, AddressPattern::Prefix { host, path }) => {
            format!("url:{}", quoted(&format!("{host}{path}"))?)
        }
        Meta::Id(MetaField::Country, code) => format!("place_country:{code}"),
        Meta::Id(MetaField::Thread, thread) => format!("conversation_id:{}", id(thread)?),
        Meta::Id(MetaField::ReplyTo, parent) => format!("in_reply_to_tweet_id:{}", id(parent)?),
        Meta::Kind(MentionKind::Share) | Meta::Is(Property::Share) => "is:retweet".to_owned(),
        Meta::Kind(MentionKind::Quote) => "is:quote".to_owned(),
        Meta::Kind(MentionKind::Reply) | Meta::Is(Property::Reply) => "is:reply".to_owned(),
        Meta::Is(Property::Verified) => "is:verified".to_owned(),
        Meta::Has(Thing::Link) => "has:links".to_owned(),
        Meta::Has(Thing::Image) => "has:images".to_owned(),
        Meta::Has(Thing::Video) => "has:videos".to_owned(),
        Meta::Has(Thing::Hashtag) => "has:hashtags".to_owned(),
        Meta::Has(Thing::Geo) => "has:geo".to_owned(),
        Meta::Number(MetaField::Followers, range) if range.low.is_some() => {
            let (low, high) = whole_ends(range)?;
            if range.high.is_some() { format!("followers_count:{low}..{high}") } else { format!("followers_count:{low}") }
        }
        _ => return Err(NOT_ASKED),
    })
}

/// The least and the greatest count in a range; where it is open above, more than there are people.
fn whole_ends(range: &NumberRange) -> Result<(f64, f64), &'static str> {
    const NOBODY_HAS: f64 = 10_000_000_000.0;
    let low = range.low.map_or(0.0, |low| if range.low_inside { low.ceil() } else { low.floor() + 1.0 }).max(0.0);
    let high = range.high.map_or(NOBODY_HAS.max(low), |high| if range.high_inside { high.floor() } else { high.ceil() - 1.0 });
    if low <= high { Ok((low, high)) } else { Err(NO_COUNT) }
}

/// `>5` for a range that is nothing but a lower end, which for whole numbers can be written without the end itself.
fn at_least(range: &NumberRange, whole: bool) -> Option<String> {
    match range {
        NumberRange { low: Some(low), low_inside: false, high: None, percent: false, .. } => Some(format!(">{low}")),
        NumberRange { low: Some(low), low_inside: true, high: None, percent: false, .. } if whole && low.fract() == 0.0 => {
            Some(format!(">{}", low - 1.0))
        }
        _ => None,
    }
}
