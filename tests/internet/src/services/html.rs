//! Plain words as the services' HTML.

/// Escapes text for an element or an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// Paragraphs of a text that are not empty.
pub(crate) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
}

/// Every paragraph in a `<p>`, lines apart by `<br>`, as Discourse and the papers do it.
pub(crate) fn cooked(text: &str, inside: impl Fn(&str) -> String) -> String {
    let parts: Vec<_> =
        paragraphs(text).map(|part| format!("<p>{}</p>", inside(&escape(part)).replace('\n', "<br>\n"))).collect();
    parts.join("\n")
}

/// Hacker News: bare `<p>` between paragraphs, quotes and slashes as numbers, addresses as links.
pub(crate) fn hacker(text: &str) -> String {
    let parts: Vec<_> = paragraphs(text).map(|part| linked(&escape(part), true).replace('\'', "&#x27;")).collect();
    parts.join("<p>")
}

/// Addresses become links; `numbered` writes their slashes as `&#x2F;`.
pub(crate) fn linked(escaped: &str, numbered: bool) -> String {
    let words = escaped.split(' ').map(|word| {
        if !word.starts_with("https://") {
            return word.to_owned();
        }
        let address = word.trim_end_matches(['.', ',', ')', '!', '?']);
        let rest = &word[address.len()..];
        if numbered {
            let shown = address.replace('/', "&#x2F;");
            format!("<a href=\"{shown}\" rel=\"nofollow\">{shown}</a>{rest}")
        } else {
            format!("<a href=\"{address}\">{address}</a>{rest}")
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hacker_news_has_bare_paragraphs_and_numbered_quotes() {
        let html = hacker("It's <hot>\n\nSee https://lumio.example/a.");
        let link =
            "<a href=\"https:&#x2F;&#x2F;lumio.example&#x2F;a\" rel=\"nofollow\">https:&#x2F;&#x2F;lumio.example&#x2F;a</a>.";
        assert_eq!(html, format!("It&#x27;s &lt;hot&gt;<p>See {link}"));
    }

    #[test]
    fn cooked_wraps_paragraphs() {
        assert_eq!(cooked("a\nb\n\nc & d", |part| part.to_owned()), "<p>a<br>\nb</p>\n<p>c &amp; d</p>");
    }
}
