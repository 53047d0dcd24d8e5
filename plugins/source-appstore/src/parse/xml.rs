//! The XML form of the feed: Atom with elements of Apple's own under the prefix `im`.

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};

use super::{Review, number};

/// Reads the reviews of an Atom document, whatever is behind a place that is no XML left out.
///
/// # Errors
/// What is wrong, where it is no Atom feed at all.
pub(super) fn reviews(document: &str) -> Result<Vec<Review>, &'static str> {
    let mut reader = Reader::from_str(document);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut found = Vec::new();
    let mut seen_feed = false;
    let mut entry: Option<Entry> = None;
    // The elements open inside an entry.
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                seen_feed |= name == "feed";
                if name == "entry" {
                    entry = Some(Entry::default());
                    path.clear();
                } else if entry.is_some() {
                    text.clear();
                    // Nested deeper than any feed is: what is inside belongs to nothing that is read.
                    if path.len() < 16 {
                        path.push(if name == "content" && is_html(&tag) { "content:html".to_owned() } else { name });
                    }
                }
            }
            Event::Empty(tag) => {
                if tag.name().as_ref() == "im:rating"
                    && let Some(entry) = &mut entry
                {
                    entry.rated = true;
                }
            }
            Event::Text(piece) => text.push_str(&piece),
            Event::CData(piece) => text.push_str(&piece),
            Event::GeneralRef(reference) => match resolved(&reference) {
                Some(characters) => text.push_str(&characters),
                None => text.push_str(&format!("&{};", &*reference)),
            },
            Event::End(tag) => {
                let ends_entry = tag.name().as_ref() == "entry";
                if let Some(current) = &mut entry
                    && !ends_entry
                {
                    let place: Vec<&str> = path.iter().map(String::as_str).collect();
                    current.take(&place, std::mem::take(&mut text));
                    path.pop();
                }
                if ends_entry {
                    found.extend(entry.take().and_then(Entry::review));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if seen_feed { Ok(found) } else { Err("is a page where customer reviews belong") }
}

fn is_html(tag: &BytesStart<'_>) -> bool {
    tag.attributes().flatten().any(|attribute| attribute.key.as_ref() == "type" && &*attribute.value == "html")
}

fn resolved(name: &str) -> Option<String> {
    if let Some(digits) = name.strip_prefix('#') {
        let code = match digits.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => digits.parse().ok()?,
        };
        return char::from_u32(code).map(String::from);
    }
    resolve_html5_entity(name).map(str::to_owned)
}

#[derive(Default)]
struct Entry {
    review: Review,
    rated: bool,
}

impl Entry {
    fn take(&mut self, place: &[&str], text: String) {
        let text = text.trim();
        let some = || (!text.is_empty()).then(|| text.to_owned());
        let review = &mut self.review;
        match place {
            ["id"] => review.id = number(text).unwrap_or_default(),
            ["updated"] => review.updated = some(),
            ["title"] => review.title = some(),
            ["content"] => review.content = text.to_owned(),
            ["author", "name"] => review.author = some(),
            ["author", "uri"] => review.author_uri = some(),
            ["im:version"] => review.version = some(),
            ["im:voteSum"] => review.helpful = text.parse().ok(),
            ["im:voteCount"] => review.votes = text.parse().ok(),
            ["im:rating"] => {
                self.rated = true;
                review.rating = text.parse().ok();
            }
            _ => {}
        }
    }

    fn review(self) -> Option<Review> {
        (self.rated && !self.review.id.is_empty()).then_some(self.review)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_and_the_app_is_not() {
        let found = reviews(
            "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:im='http://itunes.apple.com/rss'>\
             <entry><id>https://apps.apple.com/fr/app/id1</id><im:name>Acme</im:name></entry>\
             <entry><updated>2026-09-14T04:24:23-07:00</updated><id>7</id><title>R&amp;D &#8212; fine</title>\
             <content type='text'>1 &lt; 2\nsecond</content><im:voteSum>2</im:voteSum><im:voteCount>3</im:voteCount>\
             <im:rating>5</im:rating><im:version>2.1</im:version><author><name>Zo\u{e9}</name>\
             <uri>https://itunes.apple.com/fr/reviews/id42</uri></author><content type='html'>&lt;b&gt;no&lt;/b&gt;</content></entry>\
             <entry><id>8</id><im:rating/></entry></feed>",
        )
        .expect("a feed");
        let [first, second] = found.as_slice() else { panic!("two reviews: {found:#?}") };
        assert_eq!((first.id.as_str(), first.title.as_deref()), ("7", Some("R&D — fine")));
        assert_eq!((first.content.as_str(), first.author.as_deref()), ("1 < 2\nsecond", Some("Zoé")));
        assert_eq!(
            (first.rating, first.helpful, first.votes, first.version.as_deref()),
            (Some(5.0), Some(2), Some(3), Some("2.1"))
        );
        assert_eq!(first.updated.as_deref(), Some("2026-09-14T04:24:23-07:00"));
        assert_eq!((second.id.as_str(), second.rating), ("8", None));
    }

    #[test]
    fn broken_documents_give_what_is_whole() {
        let deep = format!("<feed><entry><id>7</id><im:rating>1</im:rating></entry><entry>{}", "<a>".repeat(100_000));
        assert_eq!(reviews(&deep).expect("a feed").len(), 1);
        assert_eq!(reviews("<feed><entry><id>7</id><im:rating>1</im:rating></entry><entry><id>8").expect("a feed").len(), 1);
        assert!(reviews("<html><body>no</body></html>").is_err());
    }
}
