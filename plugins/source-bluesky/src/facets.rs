//! What a post's marks point to. Pure.
//!
//! Marks name bytes of the UTF-8 text, not characters. Links are shown shortened, so the mark alone has the address. A mark that does
//! not fit the text is dropped and the text stays, as the protocol demands.

use crate::parse::Facet;

/// What the marks of a text point to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Addresses that the text does not show in full.
    pub links: Vec<String>,
    /// DIDs of accounts that are named.
    pub mentions: Vec<String>,
}

/// Reads the marks of `text`.
#[must_use]
pub fn read(text: &str, facets: &[Facet]) -> Marks {
    let mut marks = Marks::default();
    for facet in facets {
        let Some(shown) = facet.index.as_ref().and_then(|index| covered(text, index.start?, index.end?)) else { continue };
        for feature in &facet.features {
            match feature.kind.as_deref() {
                Some("app.bsky.richtext.facet#link") => {
                    let uri = feature.uri.iter().filter(|uri| uri.as_str() != shown && !marks.links.contains(uri)).cloned();
                    let uri: Vec<String> = uri.collect();
                    marks.links.extend(uri);
                }
                Some("app.bsky.richtext.facet#mention") => marks.mentions.extend(feature.did.clone()),
                _ => {}
            }
        }
    }
    marks
}

/// The text between two bytes, if these are borders of characters.
fn covered(text: &str, start: u64, end: u64) -> Option<&str> {
    let (start, end) = (usize::try_from(start).ok()?, usize::try_from(end).ok()?);
    text.get(start..end).filter(|covered| !covered.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facets(json: &str) -> Vec<Facet> {
        serde_json::from_str(json).expect("marks")
    }

    fn link(start: i64, end: i64, uri: &str) -> String {
        format!(
            r##"{{"index":{{"byteStart":{start},"byteEnd":{end}}},"features":[{{"$type":"app.bsky.richtext.facet#link","uri":"{uri}"}}]}}"##
        )
    }

    #[test]
    fn bytes_are_counted_not_characters() {
        let text = "📈 été a.example/lo... https://b.example";
        let at = |part: &str| (text.find(part).expect("a part") as i64, (text.find(part).expect("a part") + part.len()) as i64);
        let ((a, b), (c, d)) = (at("a.example/lo..."), at("https://b.example"));
        let json = format!(
            r##"[{},{},{{"index":{{"byteStart":5,"byteEnd":7}},"features":[{{"$type":"app.bsky.richtext.facet#mention","did":"did:plc:x"}},{{"$type":"new"}}]}}]"##,
            link(a, b, "https://a.example/longer"),
            link(c, d, "https://b.example"),
        );
        let marks = read(text, &facets(&json));
        assert_eq!(marks, Marks { links: vec!["https://a.example/longer".into()], mentions: vec!["did:plc:x".into()] });
    }

    #[test]
    fn marks_that_do_not_fit_are_dropped() {
        for (start, end) in [(1, 3), (0, 99), (4, 2), (0, 0), (-1, 2), (0, i64::MAX)] {
            assert_eq!(
                read("éa", &facets(&format!("[{}]", link(start, end, "https://a.example")))),
                Marks::default(),
                "{start}..{end}"
            );
        }
        assert_eq!(
            read("éa", &facets(r#"[{},{"index":null,"features":null},{"index":{"byteStart":"0"},"features":[{}]}]"#)),
            Marks::default()
        );
    }
}
