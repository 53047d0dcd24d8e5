//! RSS and Atom as boards serve them: entries from whatever parts of a document are well-formed.
//!
//! Boards add lines of PHP errors, forget to declare prefixes and to escape ampersands; what can be made out is read all the same.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::dates::{self, Order};
use crate::references::{resolve, unescape};
use crate::{Failure, Moment, clock, http, time};

/// Elements nested deeper belong to the one at this depth.
const MAX_DEPTH: usize = 32;
/// After so many places that are no XML the rest is left.
const MAX_REPAIRS: usize = 200;

/// An entry of Atom or an item of RSS.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// `id` or `guid`.
    pub id: Option<String>,
    /// Where it is read.
    pub link: Option<String>,
    /// As written: perhaps with entities of HTML.
    pub title: Option<String>,
    /// Name of who wrote it, without an address for mail.
    pub author: Option<String>,
    /// When it was published.
    pub published: Option<Moment>,
    /// When it was last changed.
    pub updated: Option<Moment>,
    /// The fullest text, HTML.
    pub html: String,
    /// Whether `html` is all of it: not a teaser.
    pub whole: bool,
    /// Answers to it.
    pub comments: Option<u64>,
    /// Name of the forum it stands in.
    pub category: Option<String>,
}

/// Reads an answer as a feed.
///
/// # Errors
/// As [`http::Response::check`]; class `unexpected-answer` where it is none.
pub fn read(answer: &http::Response) -> Result<Vec<Entry>, Failure> {
    answer.check()?;
    let text = super::page::text(answer);
    parse(&text).ok_or_else(|| answer.unexpected("is no feed"))
}

/// Reads a document; `None` where it is no feed.
fn parse(text: &str) -> Option<Vec<Entry>> {
    let mut builder = Builder::default();
    let mut start = 0;
    for _ in 0..=MAX_REPAIRS {
        let Some(stumbled) = builder.read_from(&text[start..]) else { break };
        let at = start + stumbled;
        let Some(first) = text[at..].chars().next() else { break };
        start = at + first.len_utf8();
    }
    // A document cut off within an entry still gives it, if it can be told from others.
    builder.finish();
    builder.is_feed.then_some(builder.entries)
}

#[derive(Default)]
struct Builder {
    is_feed: bool,
    entries: Vec<Entry>,
    /// Names of the open elements inside the entry, the entry's own excluded.
    open: Vec<String>,
    beyond: usize,
    current: Option<Raw>,
}

/// An entry's fields as text.
#[derive(Default)]
struct Raw {
    texts: Vec<(String, String)>,
    links: Vec<(Option<String>, String)>,
}

impl Builder {
    /// Reads on until the end, or to a place that is no XML, which is returned as an offset.
    fn read_from(&mut self, text: &str) -> Option<usize> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        loop {
            let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            match reader.read_event() {
                Ok(Event::Start(tag)) => self.start(&tag, false),
                Ok(Event::Empty(tag)) => self.start(&tag, true),
                Ok(Event::End(tag)) => self.end(&tag.name().as_ref().trim().to_ascii_lowercase()),
                Ok(Event::Text(text)) => self.text(&text),
                Ok(Event::CData(text)) => self.text(&text),
                Ok(Event::GeneralRef(name)) => match resolve(&name) {
                    Some(text) => self.text(&text),
                    None => self.text(&format!("&{};", &*name)),
                },
                Ok(Event::Eof) => return None,
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
                Err(_) => return Some(before.min(text.len())),
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, empty: bool) {
        let name = tag.name().as_ref().to_ascii_lowercase();
        let name = name.strip_prefix("atom:").unwrap_or(&name).to_owned();
        match name.as_str() {
            "rss" | "feed" | "rdf:rdf" => self.is_feed = true,
            // An entry that was not closed ends where the next begins.
            "item" | "entry" => {
                self.finish();
                self.current = (!empty).then(Raw::default);
                return;
            }
            _ => {}
        }
        let Some(raw) = &mut self.current else { return };
        if self.open.is_empty() {
            let attribute = |wanted: &str| {
                let mut written = tag.html_attributes();
                let found =
                    written.with_checks(false).flatten().find(|attribute| attribute.key.as_ref().eq_ignore_ascii_case(wanted));
                found.map(|attribute| unescape(&attribute.value)).filter(|value| !value.trim().is_empty())
            };
            if name == "link"
                && let Some(href) = attribute("href")
            {
                raw.links.push((attribute("rel"), href));
            }
            if name == "category"
                && let Some(label) = attribute("label").or_else(|| attribute("term"))
            {
                raw.texts.push((name.clone(), label));
            }
        }
        if empty {
            return;
        }
        if self.open.len() >= MAX_DEPTH {
            self.beyond += 1;
            return;
        }
        if self.open.is_empty() {
            raw.texts.push((name.clone(), String::new()));
        }
        self.open.push(name);
    }

    fn end(&mut self, name: &str) {
        let name = name.strip_prefix("atom:").unwrap_or(name);
        if matches!(name, "item" | "entry" | "channel" | "feed" | "rss") {
            self.finish();
        } else if self.beyond > 0 {
            self.beyond -= 1;
        } else if let Some(at) = self.open.iter().rposition(|open| open == name) {
            self.open.truncate(at);
        }
    }

    fn text(&mut self, text: &str) {
        let Some(raw) = &mut self.current else { return };
        let (Some(field), Some(leaf)) = (self.open.first(), self.open.last()) else { return };
        // Nobody's address for mail is wanted.
        if field == "author" && matches!(leaf.as_str(), "email" | "uri") {
            return;
        }
        if let Some((_, written)) = raw.texts.last_mut() {
            written.push_str(text);
        }
    }

    fn finish(&mut self) {
        self.open.clear();
        self.beyond = 0;
        let Some(raw) = self.current.take() else { return };
        let entry = raw.entry();
        if entry.id.is_some() || entry.link.is_some() {
            self.entries.push(entry);
        }
    }
}

impl Raw {
    fn of(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let mut fields = self.texts.iter().filter(|(known, _)| known == name);
            fields.find(|(_, text)| !text.trim().is_empty()).map(|(_, text)| text.trim().to_owned())
        })
    }

    fn moment(&self, names: &[&str]) -> Option<Moment> {
        let text = self.of(names)?;
        time::parse(&text).ok().or_else(|| dates::moment(&text, clock::now(), Order::DayFirst))
    }

    fn entry(self) -> Entry {
        let alternate = |(rel, _): &&(Option<String>, String)| rel.as_deref().is_none_or(|rel| rel == "alternate");
        let full = self.of(&["content:encoded", "content"]);
        Entry {
            id: self.of(&["id", "guid"]),
            link: self.links.iter().find(alternate).map(|(_, href)| href.clone()).or_else(|| self.of(&["link"])),
            title: self.of(&["title"]),
            author: self.of(&["dc:creator", "author"]).and_then(|author| without_mail(&author)),
            published: self.moment(&["published", "pubdate", "dc:date", "issued"]),
            updated: self.moment(&["updated", "modified"]),
            whole: full.is_some(),
            html: full.or_else(|| self.of(&["description", "summary"])).unwrap_or_default(),
            comments: self.of(&["slash:comments", "thr:total"]).and_then(|count| count.parse().ok()),
            category: self.of(&["category"]),
        }
    }
}

/// The name in `invalid@example.com (Ada)`.
fn without_mail(text: &str) -> Option<String> {
    let words = text.split(|char: char| char.is_whitespace() || matches!(char, '(' | ')' | '<' | '>'));
    let is_mail = |word: &str| word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let name = words.filter(|word| !word.is_empty() && !is_mail(word)).collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeHost;

    fn entries(text: &str) -> Option<Vec<Entry>> {
        FakeHost::new().run(|| parse(text))
    }

    #[test]
    fn atom_and_rss_are_read() {
        let atom = entries(
            r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>B</title><entry><author><name><![CDATA[Ada]]></name><email>a@b.example</email></author>
            <updated>2014-02-10T14:49:00+01:00</updated><id>https://b.example/viewtopic.php?p=7#p7</id><link href="https://b.example/viewtopic.php?t=4&amp;p=7#p7"/>
            <title type="html"><![CDATA[News • Re: A &amp; B]]></title><category term="News" label="News"/><content type="html"><![CDATA[<p>x</p>]]></content></entry></feed>
            <b>Warning</b>: error & more < in x.php"#,
        );
        let [entry] = atom.as_deref().expect("a feed") else { panic!("one entry") };
        assert_eq!(entry.link.as_deref(), Some("https://b.example/viewtopic.php?t=4&p=7#p7"));
        assert_eq!((entry.author.as_deref(), entry.category.as_deref()), (Some("Ada"), Some("News")));
        assert_eq!((entry.title.as_deref(), entry.html.as_str(), entry.whole), (Some("News • Re: A &amp; B"), "<p>x</p>", true));
        assert_eq!((entry.published, entry.updated), (None, time::rfc3339("2014-02-10T13:49:00Z").ok()));
        let rss = entries(
            "<rss version='2.0'><channel><link>https://b.example</link><item><title>T & U</title><link>https://b.example/t/1</link>\
             <author>invalid@example.com (Bo B)</author><pubDate>Seg, 24 Set 2018 19:42:40 -0300</pubDate><slash:comments>4</slash:comments>\
             <description>teaser ...</description><content:encoded><![CDATA[<b>all</b>]]></content:encoded><guid isPermaLink='false'>1</guid></item>\
             <item><guid>2</guid><description>only",
        );
        let rss = rss.expect("a feed");
        assert_eq!((rss.len(), rss[0].author.as_deref(), rss[0].comments), (2, Some("Bo B"), Some(4)));
        assert_eq!(
            (rss[0].html.as_str(), rss[0].title.as_deref(), rss[0].id.as_deref()),
            ("<b>all</b>", Some("T & U"), Some("1"))
        );
        assert_eq!((rss[1].html.as_str(), rss[1].whole), ("only", false));
    }

    #[test]
    fn what_is_no_feed_is_none_and_nothing_panics() {
        for text in ["", "<html><body>Log in</body></html>", "{}", "<", "<![CDATA[", "&", "<é>", "</rss>"] {
            assert_eq!(entries(text), None, "{text}");
        }
        let deep = format!("<rss><item><guid>1</guid>{}x", "<a>".repeat(50_000));
        assert_eq!(entries(&deep).map(|entries| entries.len()), Some(1));
        assert_eq!(entries(&format!("<rss>{}", "< ".repeat(5_000))).map(|entries| entries.len()), Some(0));
    }
}
