//! Titles and names without their escapes. Pure.
//!
//! The interface escapes titles and names as if they were to stand in a page. Each escape is undone once, so what an author wrote as
//! `&amp;lt;` stays `&lt;`. Bodies are HTML and stay as they are.

/// `text` with its character references replaced: the named ones the interface writes, and numbered ones.
#[must_use]
pub fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        // The longest reference that means something has ten characters.
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(&rest[1..end])?, end))) {
            Some((character, end)) => {
                decoded.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|char| !char.is_control())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_escape_is_undone_once() {
        assert_eq!(decode("What&#39;s &quot;&amp;lt;b&amp;gt;&quot; &#x1F525;?"), "What's \"&lt;b&gt;\" 🔥?");
        for kept in ["a & b", "&", "&;", "&nosuch;", "&#xD800;", "&#0;", "&#99999999999;", "AT&T;", "&é;"] {
            assert_eq!(decode(kept), kept);
        }
    }
}
