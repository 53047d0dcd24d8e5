//! Bytes to a feed, whatever kind it is. Pure: what a feed says is read here, what it means is the business of `normalize`.

pub mod charset;
pub mod dates;
mod json;
pub mod xml;
mod xml_feed;

use std::fmt;

use vigie_plugin::Moment;
use vigie_plugin::references::unescape;

/// A feed as it was served.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// Title, plain text.
    pub title: Option<String>,
    /// Address of the site, perhaps relative.
    pub link: Option<String>,
    /// Language the feed states.
    pub language: Option<String>,
    /// Who writes what names nobody else.
    pub authors: Vec<Person>,
    /// Its entries, in its order.
    pub entries: Vec<Entry>,
    /// Whether it ends before its end, so that entries may be missing.
    pub broken_off: bool,
}

/// An item of RSS or JSON Feed, an entry of Atom.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// `guid`, `id` or `rdf:about`.
    pub id: Option<String>,
    /// Address, perhaps relative.
    pub link: Option<String>,
    /// Plain text.
    pub title: Option<String>,
    /// The fullest text there is.
    pub body: Body,
    /// When it was published.
    pub published: Option<Moment>,
    /// When it was last changed.
    pub updated: Option<Moment>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Language stated for it.
    pub language: Option<String>,
    /// Number of comments.
    pub comments: Option<u64>,
    /// Times shown.
    pub views: Option<u64>,
    /// Id of the entry it answers.
    pub in_reply_to: Option<String>,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// Categories and tags.
    pub tags: Vec<String>,
    /// Other addresses it is about.
    pub links: Vec<String>,
    /// What relative addresses hang on, where the document says so.
    pub base: Option<String>,
    /// Whether the document broke off inside it.
    pub broken_off: bool,
}

/// A text and how it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Body {
    /// None.
    #[default]
    Absent,
    /// Characters as they are meant.
    Plain(String),
    /// An HTML fragment.
    Html(String),
}

/// Somebody, without address for mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name shown.
    pub name: String,
    /// Address of a page about the person.
    pub url: Option<String>,
}

/// An enclosure or attachment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attachment {
    /// Address, perhaps relative.
    pub url: String,
    /// MIME type or medium, as stated.
    pub kind: String,
    /// What it shows.
    pub description: Option<String>,
}

/// Why a document is no feed: the end of a sentence that begins "the answer …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAFeed(pub String);

impl fmt::Display for NotAFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAFeed {}

/// Reads a document as a feed. The name and the stated type of a feed are not believed; what it is decides.
///
/// # Shape
/// `body`: RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0 or JSON Feed 1, 1.1, in any encoding; malformed XML gives the entries that can
/// be made out. `content_type`: the header, if there was one.
///
/// # Errors
/// [`NotAFeed`] where it is empty, a page for people, or something else.
pub fn parse(body: &[u8], content_type: Option<&str>) -> Result<Document, NotAFeed> {
    let text = charset::decode(body, content_type);
    let start = text.trim_start_matches(|char: char| char.is_whitespace() || char == '\u{feff}' || char == '\0');
    if start.is_empty() {
        return Err(NotAFeed("is empty where a feed belongs".into()));
    }
    if start.starts_with('{') { json::parse(start) } else { xml_feed::parse(start) }
}

/// The name in what a feed gives as an author: `ada@example.org (Ada)` and the like lose the address for mail.
fn person(text: &str, url: Option<&str>) -> Option<Person> {
    let is_mail = |word: &&str| {
        let word = word.trim_start_matches("mailto:");
        word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
    };
    let separators =
        |char: char| char.is_whitespace() || matches!(char, '(' | ')' | '<' | '>' | '[' | ']' | '（' | '）' | ',' | ';');
    let text = if text.split(separators).any(|word| is_mail(&word)) {
        text.split(separators).filter(|word| !word.is_empty() && !is_mail(word)).collect::<Vec<_>>().join(" ")
    } else {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let url = url.map(str::trim).filter(|url| url.starts_with("http://") || url.starts_with("https://")).map(str::to_owned);
    (!text.is_empty()).then_some(Person { name: text, url })
}

/// A title as plain text where HTML may stand: tags of inline elements go, references are resolved once, space is evened out.
fn plain(html: &str) -> Option<String> {
    const INLINE: [&str; 22] = [
        "a", "abbr", "b", "big", "br", "cite", "code", "div", "em", "font", "h1", "h2", "h3", "i", "img", "p", "q", "small",
        "span", "strong", "sub", "sup",
    ];
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let name: String = rest[1..].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        match rest.find('>').filter(|_| INLINE.contains(&name.to_ascii_lowercase().as_str())) {
            Some(end) => {
                if matches!(name.to_ascii_lowercase().as_str(), "br" | "p" | "div") {
                    text.push(' ');
                }
                rest = &rest[end + 1..];
            }
            None => {
                text.push('<');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    even(&unescape(&text))
}

/// Text with every run of white space as one space; `None` where nothing is left.
fn even(text: &str) -> Option<String> {
    let even = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!even.is_empty()).then_some(even)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_lose_their_mail_addresses() {
        for (text, name) in [
            ("Ada Lovelace", Some("Ada Lovelace")),
            ("ada@example.org (Ada Lovelace)", Some("Ada Lovelace")),
            ("Ada Lovelace <ada@example.org>", Some("Ada Lovelace")),
            ("ada@example.org（エイダ）", Some("エイダ")),
            ("mailto:ada@example.org", None),
            ("ada@example.org", None),
            ("@ada", Some("@ada")),
            (" \n ", None),
        ] {
            assert_eq!(person(text, None).map(|person| person.name).as_deref(), name, "{text}");
        }
        let url = |text| person("Ada", Some(text)).and_then(|person| person.url);
        assert_eq!(url("mailto:ada@example.org"), None);
        assert_eq!(url("https://example.org/ada").as_deref(), Some("https://example.org/ada"));
    }

    #[test]
    fn titles_are_plain() {
        for (html, text) in [
            ("A <b>bold</b> <EM class='x'>move</EM>", "A bold move"),
            ("Tom &amp; Jerry&#8217;s", "Tom & Jerry’s"),
            ("AT&T: 1 < 2 & I <3 you", "AT&T: 1 < 2 & I <3 you"),
            ("Vec<String> in Rust", "Vec<String> in Rust"),
            ("one<br/>two\n three", "one two three"),
        ] {
            assert_eq!(plain(html).as_deref(), Some(text), "{html}");
        }
        assert_eq!(plain(" <p></p> "), None);
    }

    #[test]
    fn a_feed_that_breaks_off_is_known_by_its_end() {
        let whole = "<rss><channel><item><guid>1</guid></item><item><guid>2</guid></item></channel></rss>";
        let read = |text: &str| parse(text.as_bytes(), None).map(|feed| (feed.entries.len(), feed.broken_off));
        assert_eq!(read(whole), Ok((2, false)));
        assert_eq!(read(&whole[..whole.len() - 20]), Ok((2, true)));
        assert_eq!(read(&whole[..40]), Ok((1, true)));
    }

    #[test]
    fn what_is_no_feed_is_said_to_be_none() {
        let why = |body: &str| parse(body.as_bytes(), None).expect_err(body).0;
        assert!(why("").contains("is empty"));
        assert!(why(" \n\u{feff}").contains("is empty"));
        assert!(why("<!-- nothing here -->").contains("no feed"));
        assert!(why("Not found").contains("no feed"));
        assert!(why("{\"error\": 1}").contains("JSON"));
        assert!(why("{\"items\": [").contains("JSON"));
        assert!(why("[1]").contains("no feed"));
        let page = "<!doctype html><html><head><link rel='alternate' type='application/rss+xml' href='/feed.xml'></head><p>Hi";
        assert!(why(page).contains("page for people") && why(page).contains("/feed.xml"));
    }
}
