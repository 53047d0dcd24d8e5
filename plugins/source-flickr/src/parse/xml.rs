//! Answers in XML, as the JSON they are the other form of: Flickr answers so where `format` was not heard, and recordings hold such.

use quick_xml::Reader;
use quick_xml::escape::{resolve_html5_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// No answer is nested deeper.
const DEEPEST: usize = 16;

/// What an XML answer holds: attributes as members, text as `_content`, lists as lists. `None` where it breaks off.
///
/// # Shape
/// `<rsp stat="ok"><comments photo_id="…"><comment id="…" author="…">HTML, escaped</comment>…</comments></rsp>`
///
/// # Source
/// Flickr's pages on its REST response format and on `flickr.photos.comments.getList`.
pub(super) fn value(document: &str) -> Option<Value> {
    let mut reader = Reader::from_str(document);
    reader.config_mut().allow_dangling_amp = true;
    let mut open: Vec<Element> = Vec::new();
    // Elements open below what is read.
    let mut too_deep = 0_usize;
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return None,
            Event::Start(_) if open.len() >= DEEPEST => too_deep += 1,
            Event::End(_) if too_deep > 0 => too_deep -= 1,
            _ if too_deep > 0 => {}
            Event::Start(tag) => open.push(Element::of(&tag)),
            Event::Empty(tag) if open.len() < DEEPEST => {
                let element = Element::of(&tag);
                open.last_mut()?.take(element);
            }
            Event::Text(piece) => write(&mut open, &piece),
            Event::CData(piece) => write(&mut open, &piece),
            Event::GeneralRef(reference) => match resolved(&reference) {
                Some(characters) => write(&mut open, &characters),
                None => write(&mut open, &format!("&{};", &*reference)),
            },
            Event::End(_) => {
                let ended = open.pop()?;
                match open.last_mut() {
                    Some(parent) => parent.take(ended),
                    None => return (ended.name == "rsp").then(|| ended.value()),
                }
            }
            _ => {}
        }
    }
}

struct Element {
    name: String,
    members: Map<String, Value>,
    text: String,
}

impl Element {
    fn of(tag: &BytesStart<'_>) -> Self {
        let pairs = tag.attributes().flatten().map(|attribute| {
            let written: &str = &attribute.value;
            let value = unescape(written).map_or_else(|_| written.to_owned(), |value| value.into_owned());
            (attribute.key.as_ref().to_owned(), Value::String(value))
        });
        Self { name: tag.name().as_ref().to_owned(), members: pairs.collect(), text: String::new() }
    }

    fn take(&mut self, child: Self) {
        // In JSON these are lists even with one entry.
        let is_entry = matches!((self.name.as_str(), child.name.as_str()), ("photos", "photo") | ("comments", "comment"));
        let name = child.name.clone();
        let value = child.value();
        if is_entry {
            match self.members.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(list) => list.push(value),
                // An attribute of that name.
                other => *other = Value::Array(vec![value]),
            }
        } else {
            self.members.entry(name).or_insert(value);
        }
    }

    fn value(mut self) -> Value {
        if !self.text.trim().is_empty() {
            self.members.insert("_content".to_owned(), Value::String(self.text));
        }
        Value::Object(self.members)
    }
}

fn write(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_what_its_json_would_be() {
        let read = value(
            "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<rsp stat=\"ok\"><comments photo_id=\"9\">\
             <comment id=\"1-9-2\" author=\"1@N1\" authorname=\"Zo&eacute; &amp; co\" datecreate=\"1381061206\">\
             a &lt;b&gt;word&lt;/b&gt; &amp;amp; more</comment><comment id=\"1-9-3\"/></comments></rsp>",
        );
        let expected = json!({ "stat": "ok", "comments": { "photo_id": "9", "comment": [
            { "id": "1-9-2", "author": "1@N1", "authorname": "Zoé & co", "datecreate": "1381061206", "_content": "a <b>word</b> &amp; more" },
            { "id": "1-9-3" },
        ] } });
        assert_eq!(read, Some(expected));
    }

    #[test]
    fn what_breaks_off_or_is_something_else_is_nothing() {
        let deep = format!("<rsp stat=\"ok\">{}", "<a>".repeat(100_000));
        for document in ["", "<rsp stat=\"ok\"><comments><comment id=\"1\">a</comment>", "<html></html>", "{}", deep.as_str()] {
            assert_eq!(value(document), None, "{}", &document[..document.len().min(40)]);
        }
    }
}
