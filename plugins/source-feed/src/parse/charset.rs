//! Bytes to text: which encoding a document is really in, whatever it says.

use std::io::Read;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What a compressed body may grow to; more is cut off.
const MAX_UNPACKED_BYTES: u64 = 32 << 20;

/// Turns a feed's bytes into text.
///
/// # Shape
/// `body`: as it arrived, perhaps still gzip although no header says so. `content_type`: the header, if there was one.
/// A byte order mark decides, then what is valid UTF-8, then the header, then the document's own declaration; what is none of
/// these is read as windows-1252. Bytes that fit nowhere become U+FFFD.
#[must_use]
pub fn decode(body: &[u8], content_type: Option<&str>) -> String {
    let unpacked = unpack(body);
    let body = unpacked.as_deref().unwrap_or(body);
    if let Some((encoding, length)) = Encoding::for_bom(body) {
        return lossy(encoding, &body[length..]);
    }
    match body {
        [0, b'<' | b'{', ..] => return UTF_16BE.decode_without_bom_handling(body).0.into_owned(),
        [b'<' | b'{', 0, ..] => return UTF_16LE.decode_without_bom_handling(body).0.into_owned(),
        _ => {}
    }
    let stated = content_type.and_then(header_charset).or_else(|| declared_charset(body));
    match (std::str::from_utf8(body), stated) {
        // Escape sequences of ISO-2022-JP are ASCII, so they pass for UTF-8; nothing else does by chance.
        (Ok(text), Some(stated)) if text.is_ascii() => lossy(stated, body),
        (Ok(text), _) => text.to_owned(),
        (Err(_), stated) => lossy(stated.unwrap_or(UTF_8), body),
    }
}

/// Decodes; a document that claims UTF-8 and holds more wrong bytes than right sequences is windows-1252.
fn lossy(encoding: &'static Encoding, body: &[u8]) -> String {
    let (text, wrong) = encoding.decode_without_bom_handling(body);
    if wrong && encoding == UTF_8 {
        let (mut right, mut broken) = (0_usize, 0_usize);
        for char in text.chars() {
            match char {
                char::REPLACEMENT_CHARACTER => broken += 1,
                char if !char.is_ascii() => right += 1,
                _ => {}
            }
        }
        if broken > right {
            return WINDOWS_1252.decode_without_bom_handling(body).0.into_owned();
        }
    }
    text.into_owned()
}

fn unpack(body: &[u8]) -> Option<Vec<u8>> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return None;
    }
    let mut unpacked = Vec::new();
    // A stream that breaks off still gives what came before.
    let _ = flate2::read::GzDecoder::new(body).take(MAX_UNPACKED_BYTES).read_to_end(&mut unpacked);
    (!unpacked.is_empty()).then_some(unpacked)
}

fn header_charset(content_type: &str) -> Option<&'static Encoding> {
    let charset = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })?;
    Encoding::for_label(charset.as_bytes())
}

/// The encoding an XML declaration or an HTML `meta` near the start names.
fn declared_charset(body: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&body[..body.len().min(1024)]);
    let declaration = &head[head.find("<?xml")?..];
    let declaration = &declaration[..declaration.find("?>")?];
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|char| matches!(char, '"' | '\''))?;
    let label = value[1..].split(quote).next()?;
    // A declaration that could be read as ASCII cannot be UTF-16, whatever it says.
    Encoding::for_label(label.trim().as_bytes()).filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE)
}

/// Undoes one frequent accident: the bytes of a UTF-8 text, or of a windows-1252 one, written as if each were a character.
/// Such a run always holds characters of U+0080 to U+009F, which no text means.
#[must_use]
pub fn heal(text: String) -> String {
    if !text.contains(is_c1) {
        return text;
    }
    let mut healed = String::with_capacity(text.len());
    let mut run = String::new();
    for char in text.chars() {
        if matches!(char, '\u{80}'..='\u{ff}') {
            run.push(char);
        } else {
            heal_run(&mut run, &mut healed);
            healed.push(char);
        }
    }
    heal_run(&mut run, &mut healed);
    healed
}

const fn is_c1(char: char) -> bool {
    matches!(char, '\u{80}'..='\u{9f}')
}

fn heal_run(run: &mut String, healed: &mut String) {
    if run.contains(is_c1) {
        let bytes: Vec<u8> = run.chars().filter_map(|char| u8::try_from(u32::from(char)).ok()).collect();
        match std::str::from_utf8(&bytes) {
            Ok(text) => healed.push_str(text),
            Err(_) => healed.push_str(&WINDOWS_1252.decode_without_bom_handling(&bytes).0),
        }
    } else {
        healed.push_str(run);
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_found_whatever_the_document_says() {
        let utf16: Vec<u8> = "<é>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: [(&[u8], Option<&str>, &str); 9] = [
            ("<é>".as_bytes(), None, "<é>"),
            (b"\xef\xbb\xbf<\xc3\xa9>", Some("text/xml; charset=iso-8859-1"), "<é>"),
            (b"<\xe9 \x80>", None, "<é €>"),
            (b"<?xml encoding='iso-8859-2'?>\xb1", None, "<?xml encoding='iso-8859-2'?>ą"),
            (b"<?xml version=\"1.0\" encoding=\"utf-16\"?>a", None, "<?xml version=\"1.0\" encoding=\"utf-16\"?>a"),
            (b"<a>\xcf\xf0\xe8</a>", Some("text/xml; Charset=\"windows-1251\""), "<a>При</a>"),
            ("<?xml encoding='iso-8859-1'?>é".as_bytes(), None, "<?xml encoding='iso-8859-1'?>é"),
            (&utf16, None, "<é>"),
            ("<é…é> \u{e9}".as_bytes(), Some("text/xml; charset=nonsense"), "<é…é> é"),
        ];
        for (body, header, text) in cases {
            assert_eq!(decode(body, header), text, "{body:?} {header:?}");
        }
    }

    #[test]
    fn a_few_wrong_bytes_do_not_spoil_a_utf_8_document() {
        assert_eq!(decode(b"<\xc3\xa9\xc3\xa8\xc3\xa0 \xff>", None), "<éèà \u{fffd}>");
    }

    #[test]
    fn gzip_is_unpacked_without_being_told_and_even_when_cut() {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(b"<rss/>").expect("memory");
        let packed = packer.finish().expect("memory");
        assert_eq!(decode(&packed, None), "<rss/>");
        assert_eq!(decode(&packed[..packed.len() - 4], None), "<rss/>");
    }

    #[test]
    fn characters_that_were_bytes_are_put_together_again() {
        assert_eq!(heal("a \u{e2}\u{80}\u{a6} b".into()), "a … b");
        assert_eq!(heal("it\u{92}s".into()), "it’s");
        assert_eq!(heal("déjà".into()), "déjà");
    }
}
