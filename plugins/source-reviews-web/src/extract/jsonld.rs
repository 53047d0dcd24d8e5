//! JSON-LD as it is met: with comments, in CDATA sections, with raw control characters, trailing commas, bad escapes, entities where
//! none belong, several documents in one block.

use serde_json::Value;

/// Whether a script's type says JSON-LD.
pub(super) fn is_type(stated: &str) -> bool {
    stated.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/ld+json")
}

/// The documents of a block; `None` where there is text and nothing of it can be read.
pub(super) fn read(block: &str) -> Option<Vec<Value>> {
    let block = block.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if block.is_empty() {
        return Some(Vec::new());
    }
    documents(block).or_else(|| documents(&repaired(block))).or_else(|| {
        // Some templates escape the whole block as if it were text.
        (block.contains("&quot;") || block.contains("&#34;")).then(|| documents(&repaired(&super::unescape(block)))).flatten()
    })
}

/// All documents, or those before the first that is broken; `None` where that is the first.
fn documents(text: &str) -> Option<Vec<Value>> {
    let mut found = Vec::new();
    for document in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match document {
            Ok(value) => found.push(value),
            Err(_) if found.is_empty() => return None,
            Err(_) => break,
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The text with everything removed or replaced that is no JSON, in one pass.
fn repaired(block: &str) -> String {
    let mut json = String::with_capacity(block.len());
    let mut rest = block;
    let mut in_text = false;
    while let Some(character) = rest.chars().next() {
        let mut taken = character.len_utf8();
        if in_text {
            match character {
                '"' => {
                    in_text = false;
                    json.push('"');
                }
                '\\' => {
                    let next = rest[1..].chars().next();
                    match next {
                        Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {
                            json.push_str(&rest[..2]);
                            taken = 2;
                        }
                        Some('u') if rest.get(2..6).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit())) => {
                            json.push_str(&rest[..6]);
                            taken = 6;
                        }
                        // `\'` and its like: the sign itself was meant.
                        Some(_) => {}
                        None => {}
                    }
                }
                '\n' => json.push_str("\\n"),
                '\t' => json.push_str("\\t"),
                control if control < ' ' => {}
                other => json.push(other),
            }
        } else if let Some(length) = noise(rest) {
            taken = length;
        } else {
            match character {
                '"' => {
                    in_text = true;
                    json.push('"');
                }
                '}' | ']' => {
                    let kept = json.trim_end().trim_end_matches(',').trim_end().len();
                    json.truncate(kept);
                    json.push(character);
                }
                ';' => {}
                other => json.push(other),
            }
        }
        rest = &rest[taken..];
    }
    json
}

/// How long the comment or the wrapper is that a text outside of strings begins with.
fn noise(rest: &str) -> Option<usize> {
    for wrapper in ["<![CDATA[", "]]>", "<!--", "-->"] {
        if rest.starts_with(wrapper) {
            return Some(wrapper.len());
        }
    }
    if let Some(comment) = rest.strip_prefix("/*") {
        // `/*<![CDATA[*/` is a comment like any other: what it hides is a wrapper anyway.
        return Some(comment.find("*/").map_or(rest.len(), |end| end + 4));
    }
    rest.starts_with("//").then(|| rest.find('\n').unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_broken_is_repaired() {
        let cases = [
            ("{\"a\":1}", json!([{ "a": 1 }])),
            ("\u{feff} {\"\\u0040type\":\"Review\"} ", json!([{ "@type": "Review" }])),
            ("//<![CDATA[\n{\"a\":\"x\"}\n//]]>", json!([{ "a": "x" }])),
            ("/*<![CDATA[*/ {\"a\":\"x\"} /*]]>*/", json!([{ "a": "x" }])),
            ("<!-- {\"a\":\"x\"} -->", json!([{ "a": "x" }])),
            ("<![CDATA[{\"a\":\"]]>\"}]]>", json!([{ "a": "]]>" }])),
            ("{\"a\":\"http://x\", // why\n \"b\": 2, /* and */ }", json!([{ "a": "http://x", "b": 2 }])),
            ("{\"a\":[1,2,],}", json!([{ "a": [1, 2] }])),
            ("{\"a\":\"one\ntwo\tthree\u{1}\"}", json!([{ "a": "one\ntwo\tthree" }])),
            (r#"{"a":"it\'s \q \u00e9 \u00"}"#, json!([{ "a": "it's q é u00" }])),
            ("{\"a\":1};", json!([{ "a": 1 }])),
            ("{\"a\":1}\n{\"b\":2}", json!([{ "a": 1 }, { "b": 2 }])),
            ("{&quot;a&quot;:&quot;x&quot;}", json!([{ "a": "x" }])),
            ("null", json!([null])),
            ("", json!([])),
        ];
        for (block, documents) in cases {
            assert_eq!(read(block), documents.as_array().cloned(), "{block}");
        }
    }

    #[test]
    fn what_cannot_be_is_given_up() {
        for block in ["{", "{\"a\":", "Loading…", "{\"a\" \"b\"}", "/*", "\"\\"] {
            assert_eq!(read(block), None, "{block}");
        }
        assert_eq!(read(&"[".repeat(100_000)), None);
        assert_eq!(read(&"}".repeat(100_000)), None);
    }
}
