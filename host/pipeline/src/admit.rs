//! Admission: where strangers' data becomes ours. Pure: the same delivery at the same instant gives the same mention.
//!
//! What makes a mention useless (no id, a text beyond measure) refuses it, with a reason that is counted in the coverage
//! ledger. What only spoils a field (an impossible date, a country that is none) drops the field, and the mention stays.

use std::collections::HashSet;

use vigie_mention::delivery::{RawMention, TextFormat};
use vigie_mention::{Attribute, Author, Instant, Media, Mention, Moment, Rating, Value};

use crate::text::{self, Passage};

/// Longest id a service may use, in bytes.
pub const LONGEST_ID: usize = 512;
/// Most links, hashtags, handles, media or attributes that are stored of one mention, each.
pub const MOST_EXTRAS: usize = 1_000;
/// Longest of the short texts (titles, names, places), in bytes.
const LONGEST_LINE: usize = 4 * 1024;
/// How far ahead of our clock a service's may be. Zoneless times can run up to fourteen hours ahead.
const CLOCK_SKEW_MS: i64 = Instant::DAY_MS;
/// Before this (1971-01-01) a date is a service's way to say that it has none.
const FIRST_INSTANT: Instant = Instant::from_millis(365 * Instant::DAY_MS);

/// What admission knows besides the delivery itself.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Id of the source plugin.
    pub source: String,
    /// Instance of the service, empty where ids are unique over the whole service.
    pub instance: String,
    /// The clock.
    pub now: Instant,
    /// Most bytes of the texts of one mention together, as delivered: the connector's limit `mention_bytes`.
    pub most_bytes: u64,
}

/// Why a delivered mention was not admitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its id names nothing.
    #[error("its id is empty")]
    EmptyId,
    /// Its id cannot be stored.
    #[error("its id is {bytes} bytes long, over {LONGEST_ID}")]
    LongId {
        /// Length of the id.
        bytes: usize,
    },
    /// Its id holds a character that no id holds.
    #[error("its id holds a control character")]
    UnprintableId,
    /// Its texts are beyond measure.
    #[error("its texts are {bytes} bytes long, over {most}; `mention_bytes` in a [limits] table allows more")]
    TooLarge {
        /// Length of its texts together.
        bytes: u64,
        /// What is allowed.
        most: u64,
    },
    /// There is nothing in it: no text, no title, no rating, no medium and nothing it shares.
    #[error("it has no text, title, rating, media or shared mention")]
    Nothing,
}

/// Checks the id of a mention, whoever delivers it.
///
/// # Errors
/// [`Refusal::EmptyId`], [`Refusal::LongId`] or [`Refusal::UnprintableId`].
pub fn admit_id(id: &str) -> Result<&str, Refusal> {
    let id = id.trim();
    if id.is_empty() {
        Err(Refusal::EmptyId)
    } else if id.len() > LONGEST_ID {
        Err(Refusal::LongId { bytes: id.len() })
    } else if id.chars().any(char::is_control) {
        Err(Refusal::UnprintableId)
    } else {
        Ok(id)
    }
}

/// Turns what a source delivered into a mention.
///
/// # Shape
/// HTML and Markdown become plain text; links, hashtags and handles are taken from it by one rule; quoted passages stand
/// apart; language tags and countries are brought to canonical form. A date before 1971 or more than a day ahead of `now` is
/// dropped and kept as attribute `stated-published` or `stated-edited`; how many links were cut stands in `links-dropped`.
///
/// # Errors
/// [`Refusal`] says why the mention cannot be kept at all.
pub fn admit(admission: &Admission, raw: RawMention) -> Result<Mention, Refusal> {
    let id = admit_id(&raw.id)?.to_owned();
    let bytes = vigie_runtime::mention_bytes(&raw);
    if bytes > admission.most_bytes {
        return Err(Refusal::TooLarge { bytes, most: admission.most_bytes });
    }
    let Passage { text, quoted, links: targets } = match raw.format {
        TextFormat::Plain => {
            let (text, quoted) = text::split_quotes(&text::clean(&raw.text));
            Passage { text, quoted, links: Vec::new() }
        }
        TextFormat::Html => text::from_html(&raw.text),
        TextFormat::Markdown => text::from_markdown(&raw.text),
    };
    let title = raw.title.as_deref().map(text::one_line).filter(|title| !title.is_empty()).map(|title| cut(title, LONGEST_LINE));
    let rating = raw.rating.filter(is_rating);
    let original = reference(raw.original, &id);
    if text.is_empty() && quoted.is_empty() && title.is_none() && rating.is_none() && raw.media.is_empty() && original.is_none() {
        return Err(Refusal::Nothing);
    }

    let mut attributes = admit_attributes(raw.attributes);
    let published = admit_moment(raw.published, admission.now, "stated-published", &mut attributes);
    let edited = admit_moment(raw.edited, admission.now, "stated-edited", &mut attributes);

    let stated = targets.into_iter().chain(text::links(&text)).chain(raw.links.iter().filter_map(|link| text::absolute(link)));
    let (mut links, mut seen) = (Vec::new(), HashSet::new());
    for link in stated {
        if seen.insert(link.clone()) && links.len() < MOST_EXTRAS {
            links.push(link);
        }
    }
    if seen.len() > links.len() {
        let dropped = u32::try_from(seen.len() - links.len()).unwrap_or(u32::MAX);
        attributes.push(Attribute { key: "links-dropped".to_owned(), value: Value::Number(f64::from(dropped)) });
    }

    // In one order whoever delivers them, so that a mention seen twice is the same mention.
    attributes.sort_by(|one, other| one.key.cmp(&other.key));

    let marked = format!("{}\n{text}", title.as_deref().unwrap_or_default());
    let mut hashtags = text::hashtags(&marked);
    let mut handles = text::handles(&marked);
    hashtags.truncate(MOST_EXTRAS);
    handles.truncate(MOST_EXTRAS);

    Ok(Mention {
        source: admission.source.clone(),
        instance: admission.instance.clone(),
        kind: raw.kind,
        url: raw.url.as_deref().and_then(text::absolute),
        title,
        text,
        quoted,
        language: raw.language.as_deref().and_then(language_tag),
        author: raw.author.and_then(admit_author),
        published,
        edited,
        collected_at: admission.now,
        parent: reference(raw.parent, &id),
        thread: raw.thread.as_deref().and_then(|thread| admit_id(thread).ok()).map(str::to_owned),
        original,
        engagement: raw.engagement,
        rating,
        country: raw.country.as_deref().and_then(country_code),
        links,
        hashtags,
        handles,
        media: admit_media(raw.media),
        attributes,
        id,
    })
}

/// An id this mention points to; pointing to itself says nothing.
fn reference(stated: Option<String>, own: &str) -> Option<String> {
    let id = stated?;
    let id = admit_id(&id).ok()?;
    (id != own).then(|| id.to_owned())
}

fn admit_moment(stated: Option<Moment>, now: Instant, key: &str, attributes: &mut Vec<Attribute>) -> Option<Moment> {
    let moment = stated?;
    let latest = Instant::from_millis(now.as_millis().saturating_add(CLOCK_SKEW_MS));
    if moment.at >= FIRST_INSTANT && moment.at <= latest {
        return Some(moment);
    }
    attributes.push(Attribute { key: key.to_owned(), value: Value::Text(moment.at.to_string()) });
    None
}

fn is_rating(rating: &Rating) -> bool {
    let Rating { value, worst, best } = *rating;
    value.is_finite() && worst.is_finite() && best.is_finite() && worst < best && (worst..=best).contains(&value)
}

fn admit_author(author: Author) -> Option<Author> {
    let line = |text: Option<String>| text.map(|text| cut(text::one_line(&text), LONGEST_LINE)).filter(|text| !text.is_empty());
    let handle = line(author.handle).map(|handle| handle.trim_start_matches('@').to_owned());
    let name = line(author.name);
    let id = [Some(author.id.as_str()), handle.as_deref(), name.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|id| admit_id(id).ok())?
        .to_owned();
    Some(Author {
        id,
        handle,
        name,
        url: author.url.as_deref().and_then(text::absolute),
        bio: line(author.bio),
        location: line(author.location),
        followers: author.followers,
        verified: author.verified,
    })
}

fn admit_media(media: Vec<Media>) -> Vec<Media> {
    media
        .into_iter()
        .filter_map(|medium| {
            let description = medium.description.map(|words| cut(text::one_line(&words), LONGEST_LINE));
            let description = description.filter(|words| !words.is_empty());
            Some(Media { kind: medium.kind, url: text::absolute(&medium.url)?, description })
        })
        .take(MOST_EXTRAS)
        .collect()
}

fn admit_attributes(stated: Vec<Attribute>) -> Vec<Attribute> {
    let mut attributes: Vec<Attribute> = Vec::with_capacity(stated.len().min(MOST_EXTRAS));
    for attribute in stated.into_iter().take(MOST_EXTRAS) {
        let key_is_good = (1..=64).contains(&attribute.key.len())
            && attribute.key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let known = attributes.iter().any(|other| other.key == attribute.key);
        let value = match attribute.value {
            Value::Text(text) => Some(Value::Text(cut(text::clean(&text), LONGEST_LINE))),
            Value::Number(number) => number.is_finite().then_some(Value::Number(number)),
            Value::Flag(flag) => Some(Value::Flag(flag)),
            Value::Labels(labels) => labels
                .iter()
                .all(|label| label.score.is_finite() && label.name.len() <= LONGEST_LINE)
                .then(|| Value::Labels(labels.into_iter().take(MOST_EXTRAS).collect())),
        };
        if let (true, false, Some(value)) = (key_is_good, known, value) {
            attributes.push(Attribute { key: attribute.key, value });
        }
    }
    attributes
}

/// A BCP 47 tag in canonical case (`fr-CA`, `zh-Hant-TW`); `None` if it is none, or `und`, `mul`, `zxx`, which say nothing.
#[must_use]
pub fn language_tag(stated: &str) -> Option<String> {
    let mut tag = String::new();
    for (place, part) in stated.trim().split(['-', '_']).enumerate() {
        let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let good = part.bytes().all(|byte| byte.is_ascii_alphanumeric()) && (1..=8).contains(&part.len());
        match place {
            0 if letters && (2..=3).contains(&part.len()) => tag.push_str(&part.to_ascii_lowercase()),
            0 => return None,
            _ if !good => return None,
            _ => {
                tag.push('-');
                match part.len() {
                    2 if letters => tag.push_str(&part.to_ascii_uppercase()),
                    4 if letters => {
                        tag.push_str(&part[..1].to_ascii_uppercase());
                        tag.push_str(&part[1..].to_ascii_lowercase());
                    }
                    _ => tag.push_str(&part.to_ascii_lowercase()),
                }
            }
        }
    }
    (!matches!(tag.as_str(), "und" | "mul" | "zxx") && tag.len() <= 35).then_some(tag)
}

fn country_code(stated: &str) -> Option<String> {
    let code = stated.trim();
    (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| code.to_ascii_uppercase())
}

fn cut(mut text: String, longest: usize) -> String {
    if text.len() > longest {
        let mut end = longest;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vigie_mention::{Engagement, MentionKind, Precision};

    use super::*;

    fn admission() -> Admission {
        let now = "2026-11-22T08:00:00Z".parse().expect("a date");
        Admission { source: "feed".into(), instance: String::new(), now, most_bytes: 1_000_000 }
    }

    fn raw(text: &str) -> RawMention {
        RawMention {
            id: "1".into(),
            kind: MentionKind::Post,
            url: None,
            title: None,
            text: text.into(),
            format: TextFormat::Plain,
            language: None,
            author: None,
            published: None,
            edited: None,
            parent: None,
            thread: None,
            original: None,
            engagement: Engagement::default(),
            rating: None,
            country: None,
            links: vec![],
            media: vec![],
            attributes: vec![],
        }
    }

    fn moment(text: &str) -> Option<Moment> {
        Some(Moment { at: text.parse().expect("a date"), precision: Precision::Second })
    }

    #[test]
    fn an_ordinary_mention_is_read_once_by_one_rule() {
        let mention = admit(
            &admission(),
            RawMention {
                title: Some(" A  title #Launch ".into()),
                format: TextFormat::Html,
                language: Some("FR_ca".into()),
                country: Some("fr".into()),
                published: moment("2026-11-20T10:00:00Z"),
                parent: Some("1".into()),
                links: vec!["https://b.example/".into(), "nonsense".into()],
                ..raw("<p>Merci @acme pour <a href='https://a.example/x'>ça</a> #génial</p>")
            },
        )
        .expect("admitted");
        assert_eq!(mention.text, "Merci @acme pour ça #génial");
        assert_eq!(mention.title.as_deref(), Some("A title #Launch"));
        assert_eq!(mention.hashtags, ["Launch", "génial"]);
        assert_eq!(mention.handles, ["acme"]);
        assert_eq!(mention.links, ["https://a.example/x", "https://b.example/"]);
        assert_eq!((mention.language.as_deref(), mention.country.as_deref()), (Some("fr-CA"), Some("FR")));
        assert_eq!(mention.parent, None, "a mention does not answer itself");
    }

    #[test]
    fn what_cannot_be_kept_is_refused_with_a_reason() {
        let long = "x".repeat(LONGEST_ID + 1);
        for (id, refusal) in [
            ("", Refusal::EmptyId),
            ("  ", Refusal::EmptyId),
            ("a\0b", Refusal::UnprintableId),
            (long.as_str(), Refusal::LongId { bytes: LONGEST_ID + 1 }),
        ] {
            assert_eq!(admit(&admission(), RawMention { id: id.into(), ..raw("x") }), Err(refusal));
        }
        assert_eq!(admit(&admission(), raw(" \0 ")), Err(Refusal::Nothing));
        let text = "x".repeat(1_000_000);
        // One byte over, with the id.
        assert_eq!(admit(&admission(), raw(&text)), Err(Refusal::TooLarge { bytes: 1_000_001, most: 1_000_000 }));
        assert!(admit(&admission(), raw(&text[1..])).is_ok(), "a megabyte of text is a mention");
        let rated = RawMention { rating: Some(Rating { value: 4.0, worst: 1.0, best: 5.0 }), ..raw("") };
        assert!(admit(&admission(), rated).is_ok(), "a rating without words is a review");
    }

    #[test]
    fn impossible_dates_are_dropped_and_shown() {
        for stated in ["1970-01-01T00:00:00Z", "2027-01-01T00:00:00Z"] {
            let mention = admit(&admission(), RawMention { published: moment(stated), ..raw("x") }).expect("admitted");
            assert_eq!(mention.published, None);
            assert_eq!(mention.at(), admission().now, "placed at the time of collection");
            let kept = Attribute { key: "stated-published".into(), value: Value::Text(stated.into()) };
            assert_eq!(mention.attributes, [kept]);
        }
        let skewed = RawMention { published: moment("2026-11-22T20:00:00Z"), ..raw("x") };
        assert!(admit(&admission(), skewed).expect("admitted").published.is_some());
    }

    #[test]
    fn ten_thousand_links_are_cut_and_counted() {
        let links = (0..10_000).map(|number| format!("https://a.example/{number}")).collect();
        let mention = admit(&admission(), RawMention { links, ..raw("x") }).expect("admitted");
        assert_eq!(mention.links.len(), MOST_EXTRAS);
        let dropped = Attribute { key: "links-dropped".into(), value: Value::Number(9_000.0) };
        let text: String = (0..3_000).map(|number| format!("https://a.example/{number} ")).collect();
        let in_text = admit(&admission(), raw(&text)).expect("admitted");
        assert!(in_text.attributes.iter().any(|one| one.key == "links-dropped" && one.value == Value::Number(2_000.0)));
        assert!(mention.attributes.contains(&dropped));
    }

    #[test]
    fn a_rating_off_its_scale_is_none() {
        for (value, worst, best) in [(6.0, 1.0, 5.0), (1.0, 5.0, 5.0), (f64::NAN, 1.0, 5.0), (0.0, 1.0, 5.0)] {
            let mention = RawMention { rating: Some(Rating { value, worst, best }), ..raw("x") };
            assert_eq!(admit(&admission(), mention).expect("admitted").rating, None);
        }
    }

    #[test]
    fn language_tags_are_brought_to_canonical_case() {
        for (stated, wanted) in [
            ("EN", Some("en")),
            ("zh_hant_tw", Some("zh-Hant-TW")),
            ("pt-br", Some("pt-BR")),
            ("und", None),
            ("french", None),
            ("", None),
            ("e", None),
        ] {
            assert_eq!(language_tag(stated).as_deref(), wanted, "{stated}");
        }
    }

    #[test]
    fn an_author_without_an_id_goes_by_the_handle() {
        let author = Author { handle: Some("@ana".into()), ..Author::default() };
        let mention = admit(&admission(), RawMention { author: Some(author), ..raw("x") }).expect("admitted");
        assert_eq!(mention.author.map(|author| author.id), Some("ana".into()));
        let nobody = RawMention { author: Some(Author::default()), ..raw("x") };
        assert_eq!(admit(&admission(), nobody).expect("admitted").author, None);
    }

    proptest! {
        #[test]
        fn admission_never_panics_and_is_stable(text in "\\PC{0,200}|[<>a-z&;#@/ \n\0\"'=:.]{0,200}", html in any::<bool>()) {
            let format = if html { TextFormat::Html } else { TextFormat::Markdown };
            let delivered = RawMention { format, ..raw(&text) };
            prop_assert_eq!(admit(&admission(), delivered.clone()), admit(&admission(), delivered));
        }
    }
}
