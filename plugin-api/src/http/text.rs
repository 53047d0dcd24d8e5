//! From bytes to text.

use encoding_rs::{Encoding, UTF_8};

/// How many bytes of a document are searched for the charset it states.
const PROLOG_BYTES: usize = 1024;

/// Reads bytes as text, and says whether some were no text in that charset (they become U+FFFD).
///
/// # Shape
/// The charset is, first of all that applies: the one of a byte order mark, the one `content_type` states, the one the XML prolog
/// (`<?xml … encoding="…"?>`) or an HTML `<meta charset>` states, UTF-8.
///
/// # Source
/// Encoding Standard, section 6; RFC 7303 section 3.
#[must_use]
pub fn decode(content_type: Option<&str>, bytes: &[u8]) -> (String, bool) {
    let stated = content_type.and_then(|value| after(value, "charset=")).and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = stated.or_else(|| stated_inside(bytes)).unwrap_or(UTF_8);
    let (text, _, damaged) = encoding.decode(bytes);
    (text.into_owned(), damaged)
}

/// The charset a document states about itself.
fn stated_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PROLOG_BYTES)]).to_ascii_lowercase();
    let start = head.trim_start();
    let label = if start.starts_with("<?xml") {
        after(start.split_once("?>")?.0, "encoding=")?
    } else if start.starts_with('<') {
        after(&head[head.find("<meta")?..], "charset=")?
    } else {
        return None;
    };
    // A document whose prolog was readable as ASCII is not UTF-16, whatever it says.
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

/// The word behind `key` in `text`, without quotes.
fn after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let at = text.to_ascii_lowercase().find(key)?;
    let value = text[at + key.len()..].trim_start_matches(['"', '\'', ' ']);
    let end = value.find(['"', '\'', ';', ' ', '>', '/', '?']).unwrap_or(value.len());
    Some(&value[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charset_is_found_where_it_stands() {
        let cases: [(Option<&str>, &[u8], &str); 10] = [
            (None, "é".as_bytes(), "é"),
            (Some("text/xml; charset=ISO-8859-1"), b"\xe9", "é"),
            (Some("text/xml; Charset=\"windows-1252\"; x=y"), b"\x80", "€"),
            (Some("text/xml; charset=latin1"), b"\xef\xbb\xbf\xc3\xa9", "é"),
            (None, b"\xff\xfe\xe9\x00", "é"),
            (None, b"<?xml version='1.0' encoding='ISO-8859-15'?>\xa4", "<?xml version='1.0' encoding='ISO-8859-15'?>€"),
            (Some("text/xml"), b"<?xml version=\"1.0\" encoding=\"utf-16\"?>x", "<?xml version=\"1.0\" encoding=\"utf-16\"?>x"),
            (None, b"<html><meta charset=\"koi8-r\">\xc1", "<html><meta charset=\"koi8-r\">а"),
            (Some("text/html; charset=unheard-of"), "é".as_bytes(), "é"),
            (None, b"", ""),
        ];
        for (content_type, bytes, text) in cases {
            assert_eq!(decode(content_type, bytes), (text.to_owned(), false), "{content_type:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_said_and_replaced() {
        assert_eq!(decode(None, b"a\xe9b"), ("a\u{fffd}b".to_owned(), true));
    }
}
