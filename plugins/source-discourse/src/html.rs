//! A post's HTML without what its author did not write. Pure.

use vigie_plugin::html::{Tag, after_end};
use vigie_plugin::{Media, MediaKind, http};

/// A post's text and what was found in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cooked {
    /// HTML with absolute addresses, without previews of foreign pages, captions of pictures and counts of votes.
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
            cooked.links.extend(tag.value("data-onebox-src").and_then(|url| http::web(&base, &url.replace("&amp;", "&"))));
            rest = after_end(behind, "aside");
        } else if tag.has_class("div", "meta") || tag.has_class("div", "poll-info") {
            rest = after_end(behind, "div");
        } else {
            if tag.name == "img"
                && !["emoji", "avatar", "site-icon"].iter().any(|class| tag.has_class("img", class))
                && let Some(url) = tag.value("src").and_then(|url| http::web(&base, &url.replace("&amp;", "&")))
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
