//! Values of schema.org's properties: each may be a text, a number, an object, or a list of these.

use serde_json::Value;

use crate::extract;

/// The first of a list, or the one.
pub(super) fn first(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(values) => values.iter().find(|value| !value.is_null()),
        Value::Null => None,
        one => Some(one),
    }
}

/// All of a list, or the one, or none.
pub(super) fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let values = match value {
        Some(Value::Array(values)) => values.as_slice(),
        Some(Value::Null) | None => &[],
        Some(one) => std::slice::from_ref(one),
    };
    values.iter()
}

/// A text that is not blank, trimmed; of a list the first; of an object with a language its value.
pub(super) fn text(value: &Value) -> Option<String> {
    match first(value)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(object) => {
            object.get("@value").and_then(Value::as_str).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        }
        _ => None,
    }
}

/// A text on one line, as people read it. `entities`: whether character references may stand in it.
pub(super) fn line(value: &Value, entities: bool) -> Option<String> {
    let written = text(value)?;
    let read = if entities { extract::unescape(&written) } else { written };
    let read = if extract::has_tags(&read) { extract::plain(&read) } else { read };
    let words: Vec<&str> = read.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A body and whether it is HTML.
pub(super) fn body(written: &str, entities: bool) -> (String, bool) {
    if entities && extract::has_tags(written) {
        return (written.to_owned(), true);
    }
    // HTML that was escaped as a whole is HTML again.
    let read = if entities { extract::unescape(written) } else { written.to_owned() };
    let html = entities && extract::has_tags(&read);
    (read.trim().to_owned(), html)
}

/// An address: a text, or an object that has one.
pub(super) fn address(value: &Value) -> Option<String> {
    match first(value)? {
        Value::Object(object) => ["@id", "url"].iter().find_map(|name| text(object.get(*name)?)),
        other => text(other),
    }
}

/// A language tag: `fr`, `en-US`; of an object the one it names. A name such as `English` is none.
pub(super) fn language(value: &Value) -> Option<String> {
    let stated = match first(value)? {
        Value::Object(object) => ["alternateName", "name", "@id", "@value"]
            .iter()
            .find_map(|name| text(object.get(*name)?).and_then(|tag| tag_of(&tag))),
        other => text(other).and_then(|tag| tag_of(&tag)),
    };
    stated.filter(|tag| !tag.is_empty())
}

fn tag_of(stated: &str) -> Option<String> {
    let tag = stated.trim().replace('_', "-");
    let mut parts = tag.split('-');
    let primary = parts.next()?;
    let plausible = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest = tag.len() <= 35
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (plausible && rest).then_some(tag)
}

/// Whether a text is what a template writes where nothing was filled in.
pub(super) fn is_placeholder(text: &str, names: &[&str]) -> bool {
    let bare = text.trim_matches(|c: char| matches!(c, '{' | '}' | '%' | '[' | ']' | '$' | ' '));
    names.contains(&bare)
        || matches!(bare.to_ascii_lowercase().as_str(), "comment" | "review" | "null" | "undefined" | "none" | "n/a")
}

/// Whether a name tells anybody from others.
pub(super) fn is_name(name: &str) -> bool {
    const NOBODY: [&str; 18] = [
        "anonymous",
        "anonymous user",
        "anonym",
        "anonyme",
        "anónimo",
        "anonimo",
        "anoniem",
        "anônimo",
        "utilisateur anonyme",
        "guest",
        "gast",
        "invité",
        "unknown",
        "null",
        "undefined",
        "n/a",
        "none",
        "-",
    ];
    // An address for mail is nobody's public name.
    let mail = name
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !name.contains(char::is_whitespace));
    !mail && !NOBODY.contains(&name.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_are_plain_or_html_and_unescaped_once() {
        assert_eq!(body("R&amp;D &#39;x&#39; 1 < 2", true), ("R&D 'x' 1 < 2".to_owned(), false));
        assert_eq!(body("a<br>b &amp; c", true), ("a<br>b &amp; c".to_owned(), true));
        assert_eq!(body("&lt;p&gt;a &amp;amp; b&lt;/p&gt;", true), ("<p>a &amp; b</p>".to_owned(), true));
        assert_eq!(body("a &amp; <br>", false), ("a &amp; <br>".to_owned(), false), "an element's text is text");
    }

    #[test]
    fn values_come_in_many_shapes() {
        assert_eq!(text(&json!([null, " a "])).as_deref(), Some("a"));
        assert_eq!(text(&json!({ "@value": "a", "@language": "en" })).as_deref(), Some("a"));
        assert_eq!((text(&json!({})), text(&json!(true)), text(&json!(" "))), (None, None, None));
        assert_eq!(line(&json!("a\n <b>b</b> &amp; c"), true).as_deref(), Some("a b & c"));
        assert_eq!(address(&json!({ "@id": "/a" })).as_deref(), Some("/a"));
    }

    #[test]
    fn nobody_and_addresses_are_no_names() {
        assert!(is_name("Ada @home") && is_name("Guest House") && is_name("@ada"));
        assert!(!is_name(" Anonymous ") && !is_name("ada@shop.example") && !is_name("INVITÉ"));
    }

    #[test]
    fn languages_are_tags() {
        assert_eq!(language(&json!("pt_BR")).as_deref(), Some("pt-BR"));
        assert_eq!(language(&json!({ "@type": "Language", "name": "French", "alternateName": "fr" })).as_deref(), Some("fr"));
        assert_eq!((language(&json!("English")), language(&json!(7))), (None, None));
    }
}
