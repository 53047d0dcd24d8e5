//! The `Link` header.

/// One link of a `Link` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address between the angle brackets, as written: perhaps relative.
    pub target: String,
    /// Its parameters, `rel` among them: names in lower case, values without their quotes.
    pub parameters: Vec<(String, String)>,
}

impl Link {
    /// The value of the first parameter with this name, which RFC 8288 says is the one that counts.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether `rel` lists this relation.
    #[must_use]
    pub fn has_relation(&self, relation: &str) -> bool {
        self.parameter("rel").is_some_and(|relations| relations.split_whitespace().any(|one| one.eq_ignore_ascii_case(relation)))
    }
}

/// Reads the value of a `Link` header.
///
/// # Shape
/// `value`: links separated by commas; commas and semicolons inside `<…>` and quoted parameters belong to them.
/// What cannot be read ends the list; what was read before it counts.
///
/// # Examples
/// ```
/// let links = vigie_plugin::http::parse_links(r#"</a?x=1,2>; title="a, \"b\""; rel="next last", <b>; rel=prev"#);
/// assert_eq!(links[0].target, "/a?x=1,2");
/// assert!(links[0].has_relation("last") && links[1].has_relation("prev"));
/// ```
///
/// # Source
/// RFC 8288 section 3 and appendix B.2.
#[must_use]
pub fn parse_links(value: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let mut rest = value.trim_start_matches(separates);
    while let Some((target, behind)) = rest.strip_prefix('<').and_then(|inside| inside.split_once('>')) {
        let (parameters, behind) = parse_parameters(behind.trim_start());
        links.push(Link { target: target.trim().to_owned(), parameters });
        rest = behind.trim_start_matches(separates);
    }
    links
}

fn separates(c: char) -> bool {
    c == ',' || c.is_whitespace()
}

/// The parameters at the start of `rest`, and what stands behind them.
fn parse_parameters(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut parameters = Vec::new();
    while let Some(behind) = rest.strip_prefix(';') {
        let behind = behind.trim_start();
        let end = behind.find(['=', ';', ',']).unwrap_or(behind.len());
        let name = behind[..end].trim().to_ascii_lowercase();
        rest = &behind[end..];
        let mut value = String::new();
        if let Some(behind) = rest.strip_prefix('=') {
            (value, rest) = parse_value(behind.trim_start());
        }
        if !name.is_empty() {
            parameters.push((name, value));
        }
        rest = rest.trim_start();
    }
    (parameters, rest)
}

/// A quoted string or a token at the start of `text`, and what stands behind it.
fn parse_value(text: &str) -> (String, &str) {
    let Some(inside) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = inside.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (value, &inside[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_from_the_wild() {
        type Expected<'a> = &'a [(&'a str, &'a str)];
        let cases: [(&str, Expected); 9] = [
            (r#"<https://a/2>; rel="next", <https://a/1>; rel="prev""#, &[("https://a/2", "next"), ("https://a/1", "prev")]),
            ("<https://a/2>;rel=next", &[("https://a/2", "next")]),
            (r#"<a>; title="x; y, <z>; rel=\"no\""; rel=next"#, &[("a", "next")]),
            (r#"<a,b;c>; REL="next""#, &[("a,b;c", "next")]),
            (r#"<a>; rel="next"; rel="last""#, &[("a", "next")]),
            (r#", ,<a>; rel=next,,<b>"#, &[("a", "next"), ("b", "")]),
            (r#"<a>; rel="next"#, &[("a", "next")]),
            ("<a; rel=next", &[]),
            ("", &[]),
        ];
        for (header, expected) in cases {
            let links = parse_links(header);
            let found: Vec<_> = links.iter().map(|link| (link.target.as_str(), link.parameter("rel").unwrap_or(""))).collect();
            assert_eq!(found, expected, "{header}");
        }
    }

    #[test]
    fn broken_headers_end_the_list_and_nothing_else() {
        for header in ["<a>;", "<a>; =", "<a>;;;x", "<a> junk <b>", "<é>; ü=\"\\", "<>", ";", "<a>; rel=\"\\\""] {
            assert!(parse_links(header).len() <= 1, "{header}");
        }
    }
}
