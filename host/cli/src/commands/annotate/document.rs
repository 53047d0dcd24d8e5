//! A document of somebody's own as a mention: only what it says, nothing invented.

use serde::Deserialize;
use serde_json::Value as Json;
use vigie_mention::{Author, Engagement, Instant, Mention, MentionKind, Moment, Precision, Rating, Value};
use vigie_pipeline::admit::language_tag;
use vigie_pipeline::text::{handles, hashtags};

/// Stands where a source's id would: what is annotated here was collected by nobody.
const SOURCE: &str = "annotate";

/// A document as a mention, and its own id if it has one.
pub(super) type Read = (Mention, Option<Json>);
/// Why a line is no document, and its id all the same if it has one.
pub(super) type Refused = (String, Option<Json>);

/// The fields that are looked at; all others are passed over.
#[derive(Debug, Deserialize)]
struct Document {
    text: String,
    #[serde(default)]
    id: Option<Json>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    kind: Option<MentionKind>,
    #[serde(default)]
    author: Option<Json>,
    #[serde(default)]
    rating: Option<Json>,
    #[serde(default)]
    published: Option<Json>,
}

/// Reads a line. `number` is the line's, which makes identities differ.
pub(super) fn read(line: &[u8], number: u64, now: Instant) -> Result<Read, Refused> {
    // Spreadsheets and editors write a byte order mark first.
    let line = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1).unwrap_or(line);
    mention(line, number, now).map_err(|message| {
        let id = serde_json::from_slice::<Json>(line).ok().and_then(|document| document.get("id").cloned());
        (message, id)
    })
}

fn mention(line: &[u8], number: u64, now: Instant) -> Result<Read, String> {
    // A list would be read as the fields in their order.
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err("it is no JSON object with a `text`".to_owned());
    }
    let mut json = serde_json::Deserializer::from_slice(line);
    let document: Document = serde_path_to_error::deserialize(&mut json).map_err(|error| wrong(&error))?;
    json.end().map_err(|error| error.to_string())?;
    let author = document.author.map(author).transpose()?;
    let rating = document.rating.map(rating).transpose()?;
    let published = document.published.map(published).transpose()?;
    let marked = format!("{}\n{}", document.title.as_deref().unwrap_or_default(), document.text);
    let mention = Mention {
        source: document.source.unwrap_or_else(|| SOURCE.to_owned()),
        instance: String::new(),
        id: number.to_string(),
        kind: document.kind.unwrap_or(MentionKind::Post),
        url: None,
        title: document.title,
        hashtags: hashtags(&marked),
        handles: handles(&marked),
        text: document.text,
        quoted: Vec::new(),
        language: document.language.as_deref().and_then(language_tag),
        author,
        published,
        edited: None,
        collected_at: now,
        parent: None,
        thread: None,
        original: None,
        engagement: Engagement::default(),
        rating,
        country: None,
        links: Vec::new(),
        media: Vec::new(),
        attributes: Vec::new(),
    };
    Ok((mention, document.id))
}

/// What is wrong, and in which field. Where in the line says nothing more then.
fn wrong(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let message = error.inner().to_string();
    match (error.path().to_string().as_str(), error.inner().is_data()) {
        (".", _) | (_, false) => message,
        (path, true) => format!("`{path}`: {}", message.split(" at line ").next().unwrap_or_default()),
    }
}

/// The form of a mention's author, or a handle alone.
fn author(value: Json) -> Result<Author, String> {
    match value {
        Json::String(handle) => Ok(Author { id: handle.clone(), handle: Some(handle), ..Author::default() }),
        Json::Object(mut fields) => {
            if !fields.contains_key("id") {
                let stand_in = fields.get("handle").or_else(|| fields.get("name")).cloned();
                fields.insert("id".to_owned(), stand_in.unwrap_or_else(|| Json::String(String::new())));
            }
            serde_json::from_value(Json::Object(fields)).map_err(|error| format!("`author`: {error}"))
        }
        other => Err(format!("`author` is {other}: write a handle, or an object with `id`, `handle`, `name`, `followers`, …")),
    }
}

/// The form of a mention's rating, or a number of stars from 1 to 5.
fn rating(value: Json) -> Result<Rating, String> {
    let rating = match value.as_f64() {
        Some(stars) => Rating { value: stars, worst: 1.0, best: 5.0 },
        None => serde_json::from_value(value).map_err(|error| format!("`rating`: {error}"))?,
    };
    let Rating { value, worst, best } = rating;
    let sound = [value, worst, best].iter().all(|number| number.is_finite()) && worst < best && (worst..=best).contains(&value);
    if sound { Ok(rating) } else { Err(format!("`rating`: {value} does not lie between {worst} and {best}")) }
}

/// The form of a mention's moment, or an instant alone.
fn published(value: Json) -> Result<Moment, String> {
    match value {
        Json::String(_) => {
            let at = serde_json::from_value(value).map_err(|error| format!("`published`: {error}"))?;
            Ok(Moment { at, precision: Precision::Second })
        }
        other => serde_json::from_value(other).map_err(|error| format!("`published`: {error}")),
    }
}

/// A value for people.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => crate::render::text::harmless(text),
        Value::Number(number) => format!("{number:.2}"),
        Value::Flag(flag) => (if *flag { "yes" } else { "no" }).to_owned(),
        Value::Labels(labels) => {
            let names = labels.iter().map(|label| format!("{} {:.2}", crate::render::text::harmless(&label.name), label.score));
            names.collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(line: &str) -> Result<Mention, String> {
        read(line.as_bytes(), 3, Instant::from_millis(0)).map(|read| read.0).map_err(|refused| refused.0)
    }

    #[test]
    fn a_text_is_enough_and_a_whole_mention_fits() {
        let plain = mention(r##"{"text":"love #Acme, @ada"}"##).expect("a document");
        assert_eq!(
            (plain.kind, plain.id.as_str(), plain.hashtags.as_slice()),
            (MentionKind::Post, "3", &["Acme".to_owned()][..])
        );
        let whole = mention(
            r#"{"source":"x","id":"9","kind":"review","text":"t","language":"fr","author":{"id":"1","followers":7},
                "rating":{"value":2,"worst":0,"best":10},"published":{"at":"2026-01-02T03:04:05Z","precision":"second"},"links":[]}"#,
        )
        .expect("a mention");
        assert_eq!(
            (whole.kind, whole.source.as_str(), whole.rating.map(|r| r.normalised())),
            (MentionKind::Review, "x", Some(0.2))
        );
        let short = mention(r#"{"text":"t","author":"ada","rating":4,"published":"2026-01-02T03:04:05Z"}"#).expect("short forms");
        assert_eq!(short.author.and_then(|author| author.handle).as_deref(), Some("ada"));
        assert_eq!(short.rating.map(|rating| rating.normalised()), Some(0.75));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_and_tags_are_brought_to_their_form() {
        let read = |number| read("\u{feff}{\"text\":\"t\",\"language\":\"FR_fr\"}".as_bytes(), number, Instant::from_millis(0));
        assert_eq!(read(1).expect("a document").0.language.as_deref(), Some("fr-FR"));
        assert!(read(2).is_err(), "in the middle of a file it is none");
    }

    #[test]
    fn a_refused_line_keeps_its_id() {
        let refused = read(br#"{"id":"a7","text":3}"#, 1, Instant::from_millis(0)).expect_err("no text");
        assert_eq!(refused.1, Some(Json::from("a7")));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, word) in [
            ("{", "EOF"),
            ("", "`text`"),
            ("[]", "`text`"),
            (r#"["x"]"#, "`text`"),
            (r#"{"title":"x"}"#, "`text`"),
            (r#"{"text":"x","language":7}"#, "`language`: invalid type: integer `7`, expected a string"),
            (r#"{"text":"x"} {}"#, "trailing"),
            (r#"{"text":"x","kind":"tweet"}"#, "tweet"),
            (r#"{"text":"x","author":3}"#, "`author`"),
            (r#"{"text":"x","rating":9}"#, "`rating`"),
            (r#"{"text":"x","rating":{"value":1,"worst":2,"best":2}}"#, "`rating`"),
            (r#"{"text":"x","published":"yesterday"}"#, "`published`"),
        ] {
            let error = mention(line).expect_err(line);
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
