//! A post's HTML without what its author did not write. Pure.

use vigie_plugin::{Media, MediaKind, http};

/// A post's text and what was found in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cooked {
    /// HTML with absolute addresses, without previews of foreign pages and captions of pictures.
    pub html: String,
    /// The pages that were previewed.
    pub links: Vec<String>,
    /// Pictures that are neither emoji nor avatars.
    pub media: Vec<Media>,
}

/// Cleans a post's HTML. `base`: the forum's address.
#[must_use]
pub fn clean(html: &str, base: &str) -> Cooked {
    let base = format!("{base}/");
    let mut cooked = Cooked::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        cooked.html.push_str(&rest[..at]);
        let Some(tag) = Tag::read(&rest[at..]) else {
            cooked.html.push('<');
            rest = &rest[at + 1..];
            continue;
        };
        let behind = &rest[at + tag.text.len()..];
        if tag.has_class("aside", "onebox") {
            cooked.links.extend(tag.value("data-onebox-src").and_then(|url| web(&base, url)));
            rest = after_end(behind, "aside");
        } else if tag.has_class("div", "meta") {
            rest = after_end(behind, "div");
        } else {
            if tag.name == "img"
                && !["emoji", "avatar", "site-icon"].iter().any(|class| tag.has_class("img", class))
                && let Some(url) = tag.value("src").and_then(|url| web(&base, url))
            {
                cooked.media.push(Media::new(MediaKind::Image, url).description(tag.value("alt")));
            }
            tag.write_absolute(&base, &mut cooked.html);
            rest = behind;
        }
    }
    cooked.html.push_str(rest);
    cooked
}

fn web(base: &str, url: &str) -> Option<String> {
    http::join(base, &url.replace("&amp;", "&")).filter(|url| url.starts_with("http://") || url.starts_with("https://"))
}

/// What follows the end tag that belongs to a start tag just before `html`; nothing where there is none.
fn after_end<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    let mut open = 1_usize;
    while let Some(at) = rest.find('<') {
        let inside = &rest[at..];
        let Some(tag) = Tag::read(inside) else {
            rest = &inside[1..];
            continue;
        };
        rest = &inside[tag.text.len()..];
        if tag.name == name {
            open = if tag.is_end { open - 1 } else { open + 1 };
            if open == 0 {
                return rest;
            }
        }
    }
    ""
}

/// A start or end tag.
struct Tag<'a> {
    text: &'a str,
    name: String,
    is_end: bool,
    /// Names in lower case; values with their place in `text`.
    attributes: Vec<(String, &'a str, usize)>,
}

impl<'a> Tag<'a> {
    /// Reads the tag `html` begins with.
    fn read(html: &'a str) -> Option<Self> {
        let is_end = html.starts_with("</");
        let start = if is_end { 2 } else { 1 };
        let bytes = html.as_bytes();
        let mut at = start;
        while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            at += 1;
        }
        let name = html[start..at].to_ascii_lowercase();
        if !name.starts_with(|char: char| char.is_ascii_alphabetic()) {
            return None;
        }
        let mut attributes = Vec::new();
        loop {
            while bytes.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/') {
                at += 1;
            }
            if *bytes.get(at)? == b'>' {
                return Some(Self { text: &html[..=at], name, is_end, attributes });
            }
            let key = at;
            while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>')) {
                at += 1;
            }
            let name = html[key..at].to_ascii_lowercase();
            if bytes.get(at) != Some(&b'=') {
                continue;
            }
            at += 1;
            let quote = bytes.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''));
            let value = if let Some(quote) = quote {
                at += 1;
                let value = at;
                at += html[at..].bytes().position(|byte| byte == quote)?;
                at += 1;
                value..at - 1
            } else {
                let value = at;
                at += html[at..].bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'>')?;
                value..at
            };
            attributes.push((name, &html[value.clone()], value.start));
        }
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(key, _, _)| key == name).map(|(_, value, _)| *value)
    }

    fn has_class(&self, name: &str, class: &str) -> bool {
        !self.is_end
            && self.name == name
            && self.value("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|known| known == class))
    }

    /// Writes the tag with its addresses made absolute.
    fn write_absolute(&self, base: &str, html: &mut String) {
        let mut written = 0;
        for (key, value, start) in &self.attributes {
            if !matches!(key.as_str(), "href" | "src") || value.is_empty() || value.starts_with('#') || value.contains(':') {
                continue;
            }
            if let Some(url) = http::join(base, value) {
                html.push_str(&self.text[written..*start]);
                html.push_str(&url);
                written = start + value.len();
            }
        }
        html.push_str(&self.text[written..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_and_captions_go_and_addresses_become_absolute() {
        let cooked = clean(
            r#"<p>See <a href="/u/ada">@ada</a> 1 < 2 <img class="emoji" src="/x.png" title=":x:"></p>
<aside class="onebox allowlistedgeneric" data-onebox-src="https://acme.example/?a&amp;b"><header><aside>x</aside></header><p>Foreign</p></aside>
<aside class="quote" data-username="bo"><blockquote>Q</blockquote></aside>
<div class="lightbox-wrapper"><a class="lightbox" href="//cdn.example/i.png"><img src='//cdn.example/i.png' alt="A phone"><div class="meta"><span>i.png</span></div></a></div>"#,
            "https://forum.example/sub",
        );
        assert_eq!(
            cooked.html,
            r#"<p>See <a href="https://forum.example/u/ada">@ada</a> 1 < 2 <img class="emoji" src="https://forum.example/x.png" title=":x:"></p>

<aside class="quote" data-username="bo"><blockquote>Q</blockquote></aside>
<div class="lightbox-wrapper"><a class="lightbox" href="https://cdn.example/i.png"><img src='https://cdn.example/i.png' alt="A phone"></a></div>"#
        );
        assert_eq!(cooked.links, ["https://acme.example/?a&b"]);
        assert_eq!(cooked.media.len(), 1);
        assert_eq!(
            (cooked.media[0].url.as_str(), cooked.media[0].description.as_deref()),
            ("https://cdn.example/i.png", Some("A phone"))
        );
    }

    #[test]
    fn broken_html_is_passed_on() {
        for html in ["<", "<a", "<a href=\"", "<a href=x>é</a", "</>", "<é>", "<aside", "a > b"] {
            assert_eq!(clean(html, "https://forum.example").html.replace("https://forum.example/", ""), html, "{html}");
        }
        assert_eq!(clean("x<aside class=onebox><p>never closed", "https://forum.example").html, "x");
    }
}
