//! Titles and names, which WordPress writes as HTML. Pure.

use vigie_plugin::references::unescape;

/// HTML of one line as plain text: tags go, references are resolved once, space is evened out. `None` where nothing is left.
///
/// A `<` that begins no tag stays: titles such as `1 < 2` are written so by some themes.
#[must_use]
pub fn plain(html: &str) -> Option<String> {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let is_tag = rest.trim_start_matches('/').starts_with(|char: char| char.is_ascii_alphabetic());
        match rest.find('>').filter(|_| is_tag) {
            Some(end) => rest = &rest[end + 1..],
            None => text.push('<'),
        }
    }
    text.push_str(rest);
    let even = unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    (!even.is_empty()).then_some(even)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_decoded_once() {
        for (html, text) in [
            ("Acme&#8217;s <em>new</em> phone &#8211; R&amp;D", "Acme’s new phone – R&D"),
            ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
            ("AT&T: 1 < 2 &nope; &#x1F600;", "AT&T: 1 < 2 &nope; 😀"),
            ("caf&eacute;\n &nbsp; noir", "café noir"),
        ] {
            assert_eq!(plain(html).as_deref(), Some(text), "{html}");
        }
        for nothing in ["", " <br> ", "&nbsp;"] {
            assert_eq!(plain(nothing), None, "{nothing}");
        }
        for broken in ["<", "&", "&#;", "&#xfffffff;", "<é", "a<b"] {
            assert!(plain(broken).is_some_and(|text| !text.is_empty()), "{broken}");
        }
    }
}
