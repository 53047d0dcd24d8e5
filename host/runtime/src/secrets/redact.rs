//! Takes secrets out of whatever is shown, recorded or handed to a plugin.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use url::form_urlencoded;

/// Shorter values are not looked for: they would blank out ordinary words, and they protect nothing.
const SHORTEST: usize = 4;
/// Shorter values are left in the body a plugin reads: a user's name kept as a secret may well be a word of what people write, and
/// what a plugin is told must stay true. Keys and tokens are longer.
const SHORTEST_IN_BODY: usize = 12;
/// Tokens kept per name. A renewed token's forerunner may still stand in an answer under way.
const GENERATIONS: usize = 4;

/// Knows every secret in the forms it may show up in.
#[derive(Default)]
pub(crate) struct Redactor {
    book: RwLock<Book>,
}

#[derive(Default)]
struct Book {
    /// Names and values, oldest first.
    ages: Vec<(String, String)>,
    /// Every form with what is shown instead; the longest first, or a part of one would be replaced and its rest shown.
    forms: Vec<(String, String)>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(…)")
    }
}

impl Redactor {
    /// From now on `value` is shown as `{{secret:name}}`.
    pub(crate) fn learn(&self, name: &str, value: &str) {
        if value.len() < SHORTEST {
            return;
        }
        let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
        if book.ages.iter().any(|(known, old)| known == name && old == value) {
            return;
        }
        if book.ages.iter().filter(|(known, _)| known == name).count() >= GENERATIONS
            && let Some(oldest) = book.ages.iter().position(|(known, _)| known == name)
        {
            book.ages.remove(oldest);
        }
        book.ages.push((name.to_owned(), value.to_owned()));
        let mut forms: Vec<_> = book.ages.iter().flat_map(|(name, value)| forms(value).map(|form| (form, shown(name)))).collect();
        forms.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        book.forms = forms;
    }

    /// `text` without secrets.
    pub(crate) fn text(&self, text: &str) -> String {
        match self.bytes(text.as_bytes(), SHORTEST) {
            Some(clean) => String::from_utf8_lossy(&clean).into_owned(),
            None => text.to_owned(),
        }
    }

    /// A body as a recording keeps it: without secrets; `None` if there are none in it.
    pub(crate) fn kept(&self, body: &[u8]) -> Option<Vec<u8>> {
        self.bytes(body, SHORTEST)
    }

    /// A body as a plugin reads it: without keys and tokens; `None` if there are none in it.
    pub(crate) fn body(&self, body: &[u8]) -> Option<Vec<u8>> {
        self.bytes(body, SHORTEST_IN_BODY)
    }

    fn bytes(&self, bytes: &[u8], shortest: usize) -> Option<Vec<u8>> {
        let book = self.book.read().unwrap_or_else(PoisonError::into_inner);
        let mut clean: Option<Vec<u8>> = None;
        // The longest first.
        for (form, shown) in book.forms.iter().take_while(|(form, _)| form.len() >= shortest) {
            if let Some(next) = without(clean.as_deref().unwrap_or(bytes), form.as_bytes(), shown.as_bytes()) {
                clean = Some(next);
            }
        }
        clean
    }
}

fn shown(name: &str) -> String {
    format!("{{{{secret:{name}}}}}")
}

/// The forms a value takes in addresses, JSON and headers.
fn forms(value: &str) -> impl Iterator<Item = String> {
    let percent = |upper: bool| {
        value.bytes().fold(String::new(), |mut out, byte| {
            match byte {
                byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => out.push(char::from(byte)),
                byte if upper => out.push_str(&format!("%{byte:02X}")),
                byte => out.push_str(&format!("%{byte:02x}")),
            }
            out
        })
    };
    let json = serde_json::Value::from(value).to_string();
    [
        value.to_owned(),
        percent(true),
        percent(false),
        form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        json.trim_matches('"').to_owned(),
        STANDARD.encode(value),
        STANDARD_NO_PAD.encode(value),
        URL_SAFE.encode(value),
        URL_SAFE_NO_PAD.encode(value),
    ]
    .into_iter()
}

fn without(text: &[u8], needle: &[u8], shown: &[u8]) -> Option<Vec<u8>> {
    let (first, mut from, mut kept) = (*needle.first()?, 0, 0);
    let mut out = Vec::new();
    while let Some(at) = text[from..].iter().position(|byte| *byte == first).map(|at| from + at) {
        if text[at..].starts_with(needle) {
            out.extend_from_slice(&text[kept..at]);
            out.extend_from_slice(shown);
            kept = at + needle.len();
            from = kept;
        } else {
            from = at + 1;
        }
    }
    (kept > 0).then(|| {
        out.extend_from_slice(&text[kept..]);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_secret_is_taken_out() {
        let redactor = Redactor::default();
        redactor.learn("key", "a\"b c+d/é");
        for (shown, clean) in [
            ("plain a\"b c+d/é!", "plain {{secret:key}}!"),
            ("?k=a%22b%20c%2Bd%2F%C3%A9&x", "?k={{secret:key}}&x"),
            ("?k=a%22b%20c%2bd%2f%c3%a9&x", "?k={{secret:key}}&x"),
            ("?k=a%22b+c%2Bd%2F%C3%A9&x", "?k={{secret:key}}&x"),
            (r#"{"k":"a\"b c+d/é"}"#, r#"{"k":"{{secret:key}}"}"#),
            ("Basic YSJiIGMrZC/DqQ==", "Basic {{secret:key}}"),
            ("Basic YSJiIGMrZC/DqQ", "Basic {{secret:key}}"),
            ("Basic YSJiIGMrZC_DqQ", "Basic {{secret:key}}"),
            ("nothing here", "nothing here"),
        ] {
            assert_eq!(redactor.text(shown), clean);
        }
        assert_eq!(redactor.kept(b"\xff nothing"), None);
        assert_eq!(redactor.kept(b"\xff a\"b c+d/\xc3\xa9\xff").as_deref(), Some(&b"\xff {{secret:key}}\xff"[..]));
    }

    #[test]
    fn a_body_keeps_words_and_loses_keys() {
        let redactor = Redactor::default();
        redactor.learn("user", "orchard");
        redactor.learn("key", "0123456789abcdef");
        assert_eq!(redactor.body(b"in the orchard"), None);
        assert_eq!(redactor.body(b"k=0123456789abcdef").as_deref(), Some(&b"k={{secret:key}}"[..]));
        assert_eq!(redactor.kept(b"in the orchard").as_deref(), Some(&b"in the {{secret:user}}"[..]));
    }

    #[test]
    fn a_secret_inside_another_does_not_leave_its_rest() {
        let redactor = Redactor::default();
        redactor.learn("short", "abcd");
        redactor.learn("long", "abcdefgh");
        assert_eq!(redactor.text("x abcdefgh abcd"), "x {{secret:long}} {{secret:short}}");
    }

    #[test]
    fn renewed_tokens_are_forgotten_in_the_end() {
        let redactor = Redactor::default();
        for generation in 0..6 {
            redactor.learn("token", &format!("token-number-{generation}"));
        }
        assert_eq!(redactor.text("token-number-5"), "{{secret:token}}");
        assert_eq!(redactor.book.read().expect("unpoisoned").ages.len(), GENERATIONS);
    }
}
