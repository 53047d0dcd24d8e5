//! An answer, checked before it is believed.

use serde::de::DeserializeOwned;

use super::{Link, decode, join, parse_links, shown, status_to_failure};
use crate::{Failure, settings};

/// What a service answered, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// 200 to 599.
    pub status: u16,
    /// The address that answered, after redirects, with secrets left as placeholders.
    pub url: String,
    /// Names in lower case; a name may occur several times.
    pub headers: Vec<(String, String)>,
    /// Decompressed.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header. `name` in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The links of all `Link` headers.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        let values = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("link"));
        values.flat_map(|(_, value)| parse_links(value)).collect()
    }

    /// The absolute address of the first link with this relation, such as `next`.
    #[must_use]
    pub fn link(&self, relation: &str) -> Option<String> {
        self.links().into_iter().find(|link| link.has_relation(relation)).and_then(|link| join(&self.url, &link.target))
    }

    /// Whether the status is a success.
    ///
    /// # Errors
    /// As [`status_to_failure`] says.
    pub fn check(&self) -> Result<(), Failure> {
        if (200..=299).contains(&self.status) { Ok(()) } else { Err(status_to_failure(self)) }
    }

    /// The body as text: see [`decode`]. What is no text in its charset becomes U+FFFD.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn text(&self) -> Result<String, Failure> {
        self.check()?;
        Ok(decode(self.header("content-type"), &self.body).0)
    }

    /// The body as the type the service documents.
    ///
    /// # Errors
    /// As [`check`](Self::check). Class `unexpected-answer`, naming address, status, content type and the first characters,
    /// where the body is empty, is HTML, is cut off, is not in its charset, or has another shape; the field is named.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        self.check()?;
        let (text, damaged) = decode(self.header("content-type"), &self.body);
        if damaged {
            return Err(self.unexpected("is not text in the charset it states"));
        }
        let start = text.trim_start();
        if start.is_empty() {
            return Err(self.unexpected("is empty where JSON belongs"));
        }
        if start.starts_with('<') {
            return Err(self.unexpected("is a page where JSON belongs"));
        }
        self.parse(&text).or_else(|fault| match paired(&text) {
            Some(mended) => self.parse(&mended),
            None => Err(fault),
        })
    }

    fn parse<T: DeserializeOwned>(&self, text: &str) -> Result<T, Failure> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| self.refuse(&error))?;
        reader.end().map_err(|_| self.unexpected("goes on behind its JSON"))?;
        Ok(read)
    }

    fn refuse(&self, error: &serde_path_to_error::Error<serde_json::Error>) -> Failure {
        let cause = settings::without_place(error.inner());
        match error.inner().classify() {
            serde_json::error::Category::Eof => self.unexpected("is cut off"),
            serde_json::error::Category::Data if error.path().to_string() == "." => {
                self.unexpected(&format!("has another shape than documented: {cause}"))
            }
            serde_json::error::Category::Data => {
                self.unexpected(&format!("has another shape than documented: `{}`: {cause}", error.path()))
            }
            _ => self.unexpected(&format!("is not JSON: {cause}")),
        }
    }

    /// A failure of class `unexpected-answer` about this answer: its address, status and content type, `what` is wrong with
    /// it, and its first characters. For what a plugin itself finds wrong.
    #[must_use]
    pub fn unexpected(&self, what: &str) -> Failure {
        let content_type = self.header("content-type").unwrap_or("no content type");
        let (address, status, beginning) = (shown(&self.url), self.status, self.beginning());
        let tail = if beginning.is_empty() { beginning } else { format!("; it begins `{beginning}`") };
        Failure::unexpected_answer(format!("the answer of {address} ({status}, {content_type}) {what}{tail}"))
    }

    /// The first 80 characters of the body, on one line.
    pub(super) fn beginning(&self) -> String {
        let head = String::from_utf8_lossy(&self.body[..self.body.len().min(640)]);
        let words = head.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let line = words.collect::<Vec<_>>().join(" ");
        line.chars().take(80).collect()
    }
}

/// JSON in which halves of surrogate pairs that stand alone read as the replacement character, if there are any: services cut texts in the
/// middle of an emoji, and one such text must not cost the page.
fn paired(json: &str) -> Option<String> {
    let unit = |at: usize| json.get(at..at + 6).and_then(|escape| u16::from_str_radix(escape.strip_prefix("\\u")?, 16).ok());
    let (mut mended, mut at, mut kept) = (String::new(), 0, 0);
    while let Some(found) = json[at..].find('\\') {
        let place = at + found;
        at = match unit(place) {
            Some(0xD800..=0xDBFF) if matches!(unit(place + 6), Some(0xDC00..=0xDFFF)) => place + 12,
            Some(0xD800..=0xDFFF) => {
                mended.push_str(&json[kept..place]);
                mended.push_str("\\ufffd");
                kept = place + 6;
                kept
            }
            // What is escaped is one ASCII character, or else no JSON.
            _ => json.ceil_char_boundary(place + 2),
        };
    }
    (kept > 0).then(|| mended + &json[kept..])
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::FailureClass;

    #[derive(Debug, Deserialize)]
    struct Page {
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    struct Item {
        id: u64,
    }

    fn answer(content_type: &str, body: &[u8]) -> Response {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Response { status: 200, url: "https://key:x@a.example/s?k={{secret:k}}".to_owned(), headers, body: body.to_vec() }
    }

    #[test]
    fn half_an_emoji_costs_no_page() {
        for (json, read) in [
            (r#"["a \ud83d b"]"#, "a \u{fffd} b"),
            (r#"["\ude00\ud83d"]"#, "\u{fffd}\u{fffd}"),
            (r#"["\ud83d\ud83d\ude00\\ud83d"]"#, "\u{fffd}😀\\ud83d"),
        ] {
            assert_eq!(answer("application/json", json.as_bytes()).json::<Vec<String>>().expect(json), [read]);
        }
        assert!(answer("application/json", br#"["\ud83d"#).json::<Vec<String>>().is_err(), "still cut off");
    }

    #[test]
    fn what_is_documented_is_read() {
        let page: Page = answer("application/json", br#"{"items":[{"id":7}],"more":true}"#).json().expect("as documented");
        assert_eq!(page.items[0].id, 7);
        let latin: String = answer("application/json; charset=iso-8859-1", b"\"caf\xe9\"").json().expect("in its charset");
        assert_eq!(latin, "café");
        let marked: u8 = answer("application/json", b"\xef\xbb\xbf 3 ").json().expect("with a byte order mark");
        assert_eq!(marked, 3);
    }

    #[test]
    fn what_is_not_is_refused_with_everything_one_needs_to_know() {
        let cases: [(&str, &[u8], &str); 8] = [
            (
                "text/html",
                b" <!doctype html>\n<title>Log in</title>",
                "is a page where JSON belongs; it begins `<!doctype html> <title>Log in</title>`",
            ),
            ("application/json", b"", "is empty where JSON belongs"),
            ("application/json", br#"{"items":[{"id":"#, "is cut off; it begins"),
            (
                "application/json",
                br#"{"items":[{"id":1},{"id":-1}]}"#,
                "has another shape than documented: `items[1].id`: invalid value",
            ),
            ("application/json", br#"{}"#, "has another shape than documented: missing field `items`"),
            ("application/json", b"\"caf\xe9\"", "is not text in the charset it states"),
            ("application/json", br#"{"items":[]} {}"#, "goes on behind its JSON"),
            ("text/plain", b"Too many requests", "is not JSON"),
        ];
        for (content_type, body, what) in cases {
            let failure = answer(content_type, body).json::<Page>().expect_err(what);
            assert_eq!(failure.class, FailureClass::UnexpectedAnswer, "{what}");
            let start = format!("the answer of https://a.example/s?k={{{{secret:k}}}} (200, {content_type}) {what}");
            assert!(failure.message.starts_with(&start), "{}\n{start}", failure.message);
        }
    }

    #[test]
    fn the_beginning_is_short_and_on_one_line() {
        let mut body = "é\r\n\0".repeat(400).into_bytes();
        body.truncate(641);
        let beginning = answer("text/plain", &body).beginning();
        assert_eq!(beginning.chars().count(), 80);
        assert!(!beginning.contains(['\r', '\n', '\0']));
    }

    #[test]
    fn a_status_comes_before_the_body() {
        let refused = Response { status: 404, ..answer("application/json", b"{}") };
        assert_eq!(refused.json::<Page>().expect_err("404").class, FailureClass::Gone);
        assert_eq!(refused.text().expect_err("404").class, FailureClass::Gone);
    }
}
