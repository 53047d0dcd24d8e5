//! From what stands behind `field:` to a question about a fact.

mod time;

use std::ops::Range;

use url::{Position, Url};
use vigie_mention::MentionKind;

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::fields::{Field, MetaField, nearest};
use crate::match_text::readable;
use crate::metadata::{AddressPattern, KnownField, Meta, NumberRange, Property, Thing};
use crate::syntax::Scope;
use crate::text::{Sigil, fold};
use crate::words::{self, Style};
use time::time;

/// A value as written: its text without quotes, whether it had quotes, and its place.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) quoted: bool,
    pub(crate) span: Range<usize>,
}

/// Reads a value; `None` if `found` got an error.
pub(crate) fn read(field: MetaField, value: &Written, found: &mut Vec<Diagnostic>) -> Option<Meta> {
    let text = value.text.trim();
    let read = match field {
        MetaField::Author | MetaField::Bio | MetaField::State | MetaField::County | MetaField::City => {
            return person(field, value, found);
        }
        MetaField::AuthorId if !text.is_empty() && text.trim_matches('*').is_empty() => {
            Err(wrong("E203", format!("needs an id, not `{text}`"), "to ask for any, use `exists:authorid`"))
        }
        MetaField::AuthorId | MetaField::Thread | MetaField::ReplyTo => Ok(Meta::Id(field, text.to_owned())),
        MetaField::Source => Ok(Meta::Id(field, text.to_lowercase())),
        MetaField::AtMentions | MetaField::Hashtags => listed(field, text),
        MetaField::Links | MetaField::Url => address(text).map(|pattern| Meta::Address(field, pattern)),
        MetaField::Site => site(text),
        MetaField::Kind | MetaField::EngagementType => kind(field, text),
        MetaField::Language => codes::language(text).map(Meta::Language).map_err(|meant| unknown_code("language", text, meant)),
        MetaField::Country => {
            codes::country(text).map(|code| Meta::Id(field, code)).map_err(|meant| unknown_code("country", text, meant))
        }
        MetaField::Continent => codes::continent(text)
            .map(|code| Meta::Id(field, code.to_owned()))
            .map_err(|meant| unknown_code("continent", text, meant)),
        MetaField::Published | MetaField::Fetched => range(text).and_then(|range| time(field, &range)),
        MetaField::Is => named(text, Property::ALL, Property::name).map(Meta::Is),
        MetaField::Has => named(text, Thing::ALL, Thing::name).map(Meta::Has),
        MetaField::Missing | MetaField::Exists => known(field, text),
        _ => range(text).and_then(|range| number(field, &range)),
    };
    match read {
        Ok(meta) => Some(meta),
        Err((code, message, hint)) => {
            found
                .push(Diagnostic { hint, ..Diagnostic::new(code, value.span.clone(), format!("`{}:` {message}", field.name())) });
            None
        }
    }
}

pub(crate) type Wrong = (&'static str, String, Option<String>);

pub(crate) fn wrong(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Wrong {
    (code, message.into(), Some(hint.into()))
}

fn person(field: MetaField, value: &Written, found: &mut Vec<Diagnostic>) -> Option<Meta> {
    let style = if value.quoted { Style::Phrase } else { Style::Word };
    let before = found.len();
    let Some(mut words) = words::read(&value.text, style, &value.span, found) else {
        if found.len() == before {
            let message = format!("`{}:` needs letters or digits, `{}` has none", field.name(), value.text);
            found.push(Diagnostic::new("E203", value.span.clone(), message).hint("write a word, or a phrase in quotes"));
        }
        return None;
    };
    // A handle is compared without its `@`.
    for pattern in &mut words.patterns {
        pattern.sigil = pattern.sigil.without_handle();
        pattern.goes_on &= pattern.sigil != Sigil::None;
    }
    Some(match field {
        MetaField::Author => Meta::Author(words),
        MetaField::Bio => Meta::Bio(words),
        _ => Meta::Place(field, words),
    })
}

fn listed(field: MetaField, text: &str) -> Result<Meta, Wrong> {
    let sigil = if field == MetaField::AtMentions { '@' } else { '#' };
    let folded = fold(text);
    let name = folded.trim_start_matches(sigil);
    if name.trim_matches('*').trim().is_empty() {
        return Err(wrong(
            "E203",
            format!("needs a name, not `{text}`"),
            format!("to ask for any, use `exists:{}`", field.name()),
        ));
    }
    Ok(Meta::Listed(field, name.to_owned()))
}

fn address(text: &str) -> Result<AddressPattern, Wrong> {
    let lower = readable(text);
    if lower.contains('*') {
        if lower.trim_matches('*').is_empty() {
            return Err(wrong("E203", "needs a part of an address", "write it as in `*promo*`"));
        }
        if lower.starts_with('*') {
            return Ok(AddressPattern::Glob(lower));
        }
        let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
        return Ok(AddressPattern::Glob(rest.strip_prefix("www.").unwrap_or(rest).to_owned()));
    }
    let (host, path) = host_and_path(&lower)?;
    let path = if path == "/" { String::new() } else { path };
    Ok(AddressPattern::Prefix { host, path })
}

fn site(text: &str) -> Result<Meta, Wrong> {
    let lower = text.to_lowercase();
    let (host, path) = host_and_path(lower.trim_start_matches("*."))?;
    if path != "/" {
        return Err(wrong("E203", format!("takes a host, `{text}` goes on behind it"), format!("write `url:{host}{path}`")));
    }
    Ok(Meta::Site(host))
}

/// A host without `www.` as the web writes it, and what follows it, which begins with `/`.
fn host_and_path(text: &str) -> Result<(String, String), Wrong> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let no_host = || {
        wrong(
            "E203",
            format!("needs a host such as `example.org`, `{text}` is none"),
            "to search parts of an address, write `url:*part*`",
        )
    };
    let url = Url::parse(&format!("http://{rest}")).map_err(|_| no_host())?;
    let mut host = url.host_str().unwrap_or("");
    while let Some(shorter) = host.strip_prefix("www.") {
        host = shorter;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    if host.trim_matches('.').is_empty() || !host.chars().all(plain) {
        return Err(no_host());
    }
    Ok((host.to_owned(), readable(&url[Position::BeforePath..])))
}

fn kind(field: MetaField, text: &str) -> Result<Meta, Wrong> {
    let lower = text.to_lowercase();
    // Brandwatch's word for a share.
    let name = if field == MetaField::EngagementType && lower == "retweet" { "share" } else { &lower };
    let names = MentionKind::ALL.map(MentionKind::name);
    name.parse().map(Meta::Kind).map_err(|_| unknown_word(text, &names))
}

fn named<T: Copy>(text: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, Wrong> {
    let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
    let lower = text.to_lowercase();
    all.iter().copied().find(|one| name(*one) == lower).ok_or_else(|| unknown_word(text, &names))
}

pub(crate) fn unknown_word(text: &str, names: &[&str]) -> Wrong {
    let list = names.join(", ");
    let hint = match nearest(text, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`? it takes {list}"),
        None => format!("it takes {list}"),
    };
    wrong("E203", format!("does not know `{text}`"), hint)
}

fn unknown_code(what: &str, text: &str, meant: Option<&str>) -> Wrong {
    let hint = match (meant, what) {
        (Some(code), _) => format!("did you mean `{code}`?"),
        (None, "language") => "write a BCP 47 tag such as `fr` or `pt-BR`, or `und` for none".to_owned(),
        (None, "continent") => "it takes AF, AN, AS, EU, NA, OC, SA or a name in English".to_owned(),
        (None, _) => "write two letters of ISO 3166 such as `FR`, or a name in English".to_owned(),
    };
    wrong("E204", format!("does not know the {what} `{text}`"), hint)
}

fn known(field: MetaField, text: &str) -> Result<Meta, Wrong> {
    let exists = field == MetaField::Exists;
    let field = match Field::named(text) {
        Some(Field::Text(Scope::Title)) => KnownField::Title,
        Some(Field::Text(Scope::Body)) => KnownField::Body,
        Some(Field::Text(Scope::Any)) => KnownField::Text,
        // The other spelling of the same field, so that it prints as itself.
        Some(Field::Meta(MetaField::EngagementType)) => KnownField::Meta(MetaField::Kind),
        Some(Field::Meta(field)) => KnownField::Meta(field),
        Some(Field::Raw) => {
            let message = "names `raw`, which is a way to search and no field";
            return Err(wrong("E201", message, "to ask whether there is a text, write `exists:text`"));
        }
        _ => {
            let hint = Field::nearest(text)
                .map_or("name a field such as `followers`".to_owned(), |name| format!("did you mean `{name}`?"));
            return Err(wrong("E201", format!("names an unknown field `{text}`"), hint));
        }
    };
    Ok(Meta::Known { field, exists })
}

/// A range before its bounds are read: text, and whether the bound itself is inside.
struct Ends<'a> {
    low: Option<(&'a str, bool)>,
    high: Option<(&'a str, bool)>,
    /// One value alone, which is both ends.
    single: bool,
    /// Written as a range, in brackets or with `..`, not as a comparison.
    bracketed: bool,
}

fn range(text: &str) -> Result<Ends<'_>, Wrong> {
    let open = |bound: &'_ str| bound == "*";
    if let Some(inner) = text.strip_prefix(['[', '{']) {
        let form = || {
            wrong("E203", format!("cannot read the range `{text}`"), "write it as `[100 TO 500]`, `{100 TO 500}` or `[100 TO *]`")
        };
        let body = inner.strip_suffix([']', '}']).ok_or_else(form)?;
        let [low, "TO", high] = body.split_whitespace().collect::<Vec<_>>()[..] else { return Err(form()) };
        let low = (!open(low)).then_some((low, text.starts_with('[')));
        let high = (!open(high)).then_some((high, text.ends_with(']')));
        return Ok(Ends { low, high, single: false, bracketed: true });
    }
    for (sign, is_low, inside) in [(">=", true, true), ("<=", false, true), (">", true, false), ("<", false, false)] {
        if let Some(bound) = text.strip_prefix(sign) {
            let end = Some((bound.trim(), inside));
            return Ok(if is_low {
                Ends { low: end, high: None, single: false, bracketed: false }
            } else {
                Ends { low: None, high: end, single: false, bracketed: false }
            });
        }
    }
    if let Some((low, high)) = text.split_once("..") {
        return Ok(Ends { low: Some((low.trim(), true)), high: Some((high.trim(), true)), single: false, bracketed: true });
    }
    let value = text.strip_prefix('=').unwrap_or(text).trim();
    Ok(Ends { low: Some((value, true)), high: Some((value, true)), single: true, bracketed: false })
}

/// A number or a range of an analyzer's output.
pub(crate) fn plain_number(text: &str) -> Result<NumberRange, Wrong> {
    numbers(false, &range(text)?)
}

fn number(field: MetaField, ends: &Ends<'_>) -> Result<Meta, Wrong> {
    numbers(field == MetaField::Rating, ends).map(|range| Meta::Number(field, range))
}

fn numbers(percentages: bool, ends: &Ends<'_>) -> Result<NumberRange, Wrong> {
    let read = |end: Option<(&str, bool)>| match end {
        None => Ok((None, true, None)),
        Some((text, inside)) => {
            let (digits, percent) = text.strip_suffix('%').map_or((text, false), |digits| (digits, true));
            let number = magnitude(digits).filter(|_| !percent || percentages);
            let form = || {
                wrong(
                    "E203",
                    format!("needs a number, not `{text}`"),
                    "write `>=1000`, `10k`, `1.5m`, `[100 TO 500]` or `1000..5000`",
                )
            };
            number.map(|number| (Some(number), inside, Some(percent))).ok_or_else(form)
        }
    };
    let ((low, low_inside, low_percent), (high, high_inside, high_percent)) = (read(ends.low)?, read(ends.high)?);
    if let (Some(a), Some(b)) = (low_percent, high_percent)
        && a != b
    {
        return Err(wrong("E203", "mixes a number and a percentage", "write both ends with `%`, or none"));
    }
    if let (Some(a), Some(b)) = (low, high)
        && (a > b || (a == b && !(low_inside && high_inside)))
    {
        return Err(wrong(
            "E205",
            format!("has a range that ends before it begins: from {a} to {b}"),
            "put the smaller number first",
        ));
    }
    let percent = low_percent.or(high_percent).unwrap_or(false);
    Ok(NumberRange { low, low_inside, high, high_inside, percent })
}

/// `10`, `10k`, `1.5m`, `2b`, `-1`.
fn magnitude(text: &str) -> Option<f64> {
    let (digits, factor) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (text.get(..text.len() - 1)?, 1e3),
        b'm' => (text.get(..text.len() - 1)?, 1e6),
        b'b' => (text.get(..text.len() - 1)?, 1e9),
        _ => (text, 1.0),
    };
    let plain = digits.bytes().enumerate().all(|(at, byte)| byte.is_ascii_digit() || byte == b'.' || (at == 0 && byte == b'-'));
    let number = digits.parse::<f64>().ok().filter(|_| plain)? * factor;
    number.is_finite().then_some(number)
}
