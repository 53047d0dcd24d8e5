//! Sitemaps of all kinds: lists of pages and lists of lists, XML of any namespace or none, plain text, compressed or not. Pure.
//!
//! Source: sitemaps.org/protocol.html; files found in the wild lack places, namespaces and escapes.

use std::io::Read;

use flate2::read::GzDecoder;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use vigie_plugin::{http, time};

/// The protocol allows 50 MB; a decompressed file is cut there.
const MAX_BYTES: u64 = 50 * 1024 * 1024;
/// The protocol allows 50,000.
const MAX_ENTRIES: usize = 50_000;

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// As written.
    pub(crate) url: String,
    /// Milliseconds. Many sites state the present, so it is a hint.
    pub(crate) changed: Option<i64>,
}

/// What a sitemap lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sitemap {
    /// Pages.
    Pages(Vec<Entry>),
    /// Sitemaps.
    Sitemaps(Vec<Entry>),
}

/// Reads a sitemap.
///
/// # Errors
/// What is wrong with it, where it is none.
pub(crate) fn read(body: &[u8], content_type: Option<&str>) -> Result<Sitemap, &'static str> {
    let unpacked = if body.starts_with(&[0x1f, 0x8b]) {
        let mut whole = Vec::new();
        // What was read before a damaged place counts.
        let outcome = GzDecoder::new(body).take(MAX_BYTES).read_to_end(&mut whole);
        if outcome.is_err() && whole.is_empty() {
            return Err("is compressed and damaged from its beginning on");
        }
        whole
    } else {
        body.to_vec()
    };
    let text = http::decode(content_type, &unpacked).0;
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('<') { xml(start) } else { lines(start) }
}

/// One address a line.
fn lines(text: &str) -> Result<Sitemap, &'static str> {
    let addresses = text.lines().map(str::trim).filter(|line| line.starts_with("http://") || line.starts_with("https://"));
    let pages: Vec<Entry> = addresses.take(MAX_ENTRIES).map(|url| Entry { url: url.to_owned(), changed: None }).collect();
    if pages.is_empty() { Err("is no sitemap") } else { Ok(Sitemap::Pages(pages)) }
}

fn xml(text: &str) -> Result<Sitemap, &'static str> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut root = None;
    let mut entries: Vec<Entry> = Vec::new();
    let mut entry = Entry { url: String::new(), changed: None };
    // Names of what is open inside an entry: the addresses of pictures and videos stand deeper.
    let mut open: Vec<String> = Vec::new();
    let mut words = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => {
                let name = local(tag.name().as_ref());
                words.clear();
                match (root.as_deref(), name.as_str()) {
                    (None, "urlset" | "sitemapindex") => root = Some(name),
                    (None, _) => return Err("is a page where a sitemap belongs"),
                    (Some(_), "url" | "sitemap") => {
                        entry = Entry { url: String::new(), changed: None };
                        open.clear();
                        open.push(name);
                    }
                    _ if open.len() < 16 => open.push(name),
                    _ => {}
                }
            }
            Event::Text(piece) => words.push_str(&piece),
            Event::CData(piece) => words.push_str(&piece),
            Event::GeneralRef(reference) => words.push_str(&resolved(&reference)),
            Event::End(tag) => {
                let name = local(tag.name().as_ref());
                let place: Vec<&str> = open.iter().map(String::as_str).collect();
                match place[..] {
                    ["url" | "sitemap", "loc"] => entry.url = words.trim().to_owned(),
                    ["url" | "sitemap", "lastmod"] => entry.changed = time::parse(&words).ok().map(|moment| moment.at),
                    ["url", .., "publication_date"] => {
                        entry.changed = entry.changed.or(time::parse(&words).ok().map(|moment| moment.at))
                    }
                    _ => {}
                }
                words.clear();
                if matches!(name.as_str(), "url" | "sitemap") {
                    if !entry.url.is_empty() && entries.len() < MAX_ENTRIES {
                        entries.push(std::mem::replace(&mut entry, Entry { url: String::new(), changed: None }));
                    }
                    open.clear();
                } else if open.last() == Some(&name) {
                    open.pop();
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match root.as_deref() {
        Some("sitemapindex") => Ok(Sitemap::Sitemaps(entries)),
        Some(_) => Ok(Sitemap::Pages(entries)),
        None => Err("is no sitemap"),
    }
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase()
}

fn resolved(name: &str) -> String {
    let code = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
        None => digits.parse().ok(),
    });
    if let Some(character) = code.and_then(char::from_u32) {
        return character.to_string();
    }
    resolve_predefined_entity(name).map_or_else(|| format!("&{name};"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn urls(body: &[u8]) -> Vec<String> {
        match read(body, None).expect("a sitemap") {
            Sitemap::Pages(entries) | Sitemap::Sitemaps(entries) => entries.into_iter().map(|entry| entry.url).collect(),
        }
    }

    #[test]
    fn lists_of_pages_in_all_forms() {
        let xml = b"\xef\xbb\xbf<?xml version='1.0'?><urlset xmlns='http://www.google.com/schemas/sitemap/0.84' xmlns:image='x'>\
            <url><loc> https://s.example/a?x=1&amp;y=2 </loc><lastmod>2026-01-02</lastmod><image:image><image:loc>https://s.example/i.png</image:loc></image:image></url>\
            <url><lastmod>2026-01-02</lastmod></url><url><loc><![CDATA[https://s.example/b]]></loc></url></urlset>";
        assert_eq!(urls(xml), ["https://s.example/a?x=1&y=2", "https://s.example/b"]);
        let Ok(Sitemap::Pages(entries)) = read(xml, None) else { panic!("pages") };
        assert_eq!(entries[0].changed, Some(1_767_312_000_000));
        assert_eq!(
            urls(b"<s:urlset xmlns:s='y'><s:url><s:loc>https://s.example/a</s:loc></s:url></s:urlset>"),
            ["https://s.example/a"]
        );
        assert_eq!(
            urls("\u{feff}https://s.example/a\r\nnot one\nhttps://s.example/b".as_bytes()),
            ["https://s.example/a", "https://s.example/b"]
        );
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(xml).expect("it fits");
        assert_eq!(urls(&packed.finish().expect("it fits")).len(), 2);
    }

    #[test]
    fn lists_of_lists() {
        let xml = b"<sitemapindex><sitemap><loc>https://s.example/1.xml</loc></sitemap><sitemap><lastmod>x</lastmod></sitemap></sitemapindex>";
        assert_eq!(
            read(xml, None),
            Ok(Sitemap::Sitemaps(vec![Entry { url: "https://s.example/1.xml".to_owned(), changed: None }]))
        );
    }

    #[test]
    fn what_is_none_is_refused() {
        for body in
            [&b""[..], b"{}", b"Not found", b"<!doctype html><html><body>x</body></html>", b"\x1f\x8b\x00garbage", b"<rss></rss>"]
        {
            assert!(read(body, None).is_err(), "{}", String::from_utf8_lossy(body));
        }
        assert!(read(format!("<urlset><url>{}", "<a>".repeat(100_000)).as_bytes(), None).is_ok());
    }
}
