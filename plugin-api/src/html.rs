//! HTML as services embed it in their answers: reading tags and making addresses absolute. What stands in the HTML as text is the
//! host's work: deliver it with [`Mention::html`](crate::Mention::html).

use crate::http;

/// A start or end tag of HTML, read leniently, as browsers do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The whole tag, from `<` to `>`.
    pub text: &'a str,
    /// In lower case.
    pub name: String,
    /// Whether it is `</…>`.
    pub is_end: bool,
    /// Names in lower case; values as written, with their place in `text`.
    attributes: Vec<(String, &'a str, usize)>,
}

impl<'a> Tag<'a> {
    /// Reads the tag that `html` begins with; `None` where it begins with none, or with one that never ends.
    #[must_use]
    pub fn read(html: &'a str) -> Option<Self> {
        let is_end = html.starts_with("</");
        let start = if is_end { 2 } else { 1 };
        let bytes = html.as_bytes();
        if bytes.first() != Some(&b'<') {
            return None;
        }
        let mut at = start;
        while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            at += 1;
        }
        let name = html[start..at].to_ascii_lowercase();
        if !name.starts_with(|char: char| char.is_ascii_alphabetic()) {
            return None;
        }
        let mut attributes = Vec::new();
        loop {
            while bytes.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/') {
                at += 1;
            }
            if *bytes.get(at)? == b'>' {
                return Some(Self { text: &html[..=at], name, is_end, attributes });
            }
            let key = at;
            while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>')) {
                at += 1;
            }
            let name = html[key..at].to_ascii_lowercase();
            if bytes.get(at) != Some(&b'=') {
                continue;
            }
            at += 1;
            let quote = bytes.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''));
            let value = if let Some(quote) = quote {
                at += 1;
                let value = at;
                at += html[at..].bytes().position(|byte| byte == quote)?;
                at += 1;
                value..at - 1
            } else {
                let value = at;
                at += html[at..].bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'>')?;
                value..at
            };
            attributes.push((name, &html[value.clone()], value.start));
        }
    }

    /// An attribute as written: character references are not decoded.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(key, _, _)| key == name).map(|(_, value, _)| *value)
    }

    /// Whether this starts an element `name` with this class.
    #[must_use]
    pub fn has_class(&self, name: &str, class: &str) -> bool {
        !self.is_end
            && self.name == name
            && self.value("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|known| known == class))
    }

    /// Writes the tag with its addresses (`href`, `src`) made absolute. Anchors stay, and so does what has a scheme.
    pub fn write_absolute(&self, base: &str, html: &mut String) {
        let mut written = 0;
        for (key, value, start) in &self.attributes {
            let scheme = value.split(['/', '?', '#']).next().unwrap_or_default().contains(':');
            if !matches!(key.as_str(), "href" | "src") || value.is_empty() || value.starts_with('#') || scheme {
                continue;
            }
            if let Some(url) = http::join(base, value) {
                html.push_str(&self.text[written..*start]);
                html.push_str(&url);
                written = start + value.len();
            }
        }
        html.push_str(&self.text[written..]);
    }
}

/// HTML whose relative addresses are made absolute.
///
/// # Examples
/// ```
/// let html = vigie_plugin::html::absolute(r#"<a href="/a?b&amp;c">1</a>"#, "https://blog.example/p/1");
/// assert_eq!(html, r#"<a href="https://blog.example/a?b&amp;c">1</a>"#);
/// ```
#[must_use]
pub fn absolute(html: &str, base: &str) -> String {
    let mut whole = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        let read = match Tag::read(rest) {
            Some(tag) => {
                tag.write_absolute(base, &mut whole);
                tag.text.len()
            }
            None => {
                whole.push('<');
                1
            }
        };
        rest = &rest[read..];
    }
    whole.push_str(rest);
    whole
}

/// What follows the end tag that belongs to a start tag `name` just before `html`; nothing where there is none.
#[must_use]
pub fn after_end<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    let mut open = 1_usize;
    while let Some(at) = rest.find('<') {
        let inside = &rest[at..];
        let Some(tag) = Tag::read(inside) else {
            rest = &inside[1..];
            continue;
        };
        rest = &inside[tag.text.len()..];
        if tag.name == name {
            open = if tag.is_end { open - 1 } else { open + 1 };
            if open == 0 {
                return rest;
            }
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_addresses_become_absolute_and_others_stay() {
        let html =
            r##"<a href="/a?b&amp;c">1</a><img src='i.png'><a href="#n">2</a><a href="mailto:x@y.example">3</a> href= 1 < 2"##;
        assert_eq!(
            absolute(html, "https://blog.example/p/1"),
            r##"<a href="https://blog.example/a?b&amp;c">1</a><img src='https://blog.example/p/i.png'><a href="#n">2</a><a href="mailto:x@y.example">3</a> href= 1 < 2"##
        );
        assert_eq!(absolute("<a href=?p=a:b>", "https://blog.example/"), "<a href=https://blog.example/?p=a:b>");
    }

    #[test]
    fn broken_html_is_passed_on() {
        for html in ["<", "<a", "<a href=\"", "<a href=x>é</a", "</>", "<é>", "<aside", "a > b"] {
            assert_eq!(absolute(html, "https://blog.example").replace("https://blog.example/", ""), html, "{html}");
        }
    }

    #[test]
    fn an_element_ends_with_its_own_end_tag() {
        assert_eq!(after_end("a<div>b</div>c</DIV>d", "div"), "d");
        assert_eq!(after_end("never closed <", "div"), "");
    }
}
