//! Character references of HTML and XML, such as `&amp;`, `&#8217;` and `&eacute;`.

use quick_xml::escape::resolve_html5_entity;

/// The longest name HTML knows, its semicolon included.
const LONGEST: usize = 33;

/// What a reference without its `&` and `;` stands for; `None` if it is none.
///
/// A number that names no character, or the null character, stands for U+FFFD.
///
/// Source: HTML Living Standard, 13.2.5.80 (numeric character reference end state) and 13.5 (named character references).
#[must_use]
pub fn resolve(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else { return resolve_html5_entity(name).map(str::to_owned) };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    let char = char::from_u32(code).filter(|char| *char != '\0').unwrap_or(char::REPLACEMENT_CHARACTER);
    Some(char.to_string())
}

/// Resolves the references in a text once; what is no reference stays as it is.
///
/// ```
/// use vigie_plugin::references::unescape;
///
/// assert_eq!(unescape("R&amp;D at AT&T: &amp;lt;"), "R&D at AT&T: &lt;");
/// ```
#[must_use]
pub fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(LONGEST).position(|byte| byte == b';');
        match end.and_then(|end| Some((end, resolve(&rest[..end])?))) {
            Some((end, meaning)) => {
                plain.push_str(&meaning);
                rest = &rest[end + 1..];
            }
            None => plain.push('&'),
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_once() {
        for (escaped, plain) in [
            ("a &amp;amp; b &#8217; &nbsp &lt", "a &amp; b ’ &nbsp &lt"),
            ("Ben &amp; Jerry&#39;s &quot;cone&quot; &#x1F600;", "Ben & Jerry's \"cone\" 😀"),
            ("caf&eacute; &nope; &; &#; &#x; &é; 1 < 2 &", "café &nope; &; &#; &#x; &é; 1 < 2 &"),
            ("&#0; &#x110000; &#xD800;", "\u{fffd} \u{fffd} \u{fffd}"),
            ("&CounterClockwiseContourIntegral;", "∳"),
        ] {
            assert_eq!(unescape(escaped), plain);
        }
    }
}
