//! What a board answers. Pure.

pub mod api;
mod feed;
mod html;
mod list;

use vigie_plugin::forum::{Cut, ElementRef, has_class, links};

pub use feed::{Entry, feed};
pub use html::{is_error_page, topic};
pub use list::listing;

/// The number of a thread or forum in an address: `…/threads/about-acme.45/page-2` is 45, and so is `…/threads/45/`.
#[must_use]
pub fn number_in(url: &str, kind: &str) -> Option<String> {
    let path = url.split(['#']).next()?;
    let behind = path.rfind(&format!("{kind}/")).map(|at| &path[at + kind.len() + 1..])?;
    last_number(behind.split(['/', '?', '&']).next()?)
}

/// The number at the end of `about-acme.45` or `45`.
#[must_use]
pub fn last_number(segment: &str) -> Option<String> {
    let segment = segment.trim_end_matches('/').rsplit('/').next()?;
    let digits = segment.rsplit('.').next()?;
    links::digits(digits).filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What of a post's HTML is whose. XenForo 1 and 2 name their boxes differently.
fn cut(element: ElementRef<'_>) -> Cut {
    match element.value().name() {
        "blockquote" => Cut::Quote,
        // "Ada said:", "Click to expand …", "Spoiler", previews of foreign pages.
        _ if has_class(
            element,
            &[
                "bbCodeBlock-title",
                "bbCodeBlock-expandLink",
                "bbCodeBlock-shrinkLink",
                "bbCodeBlock--unfurl",
                "bbCodeSpoiler-button",
                "attribution",
                "AttributionLink",
                "quoteExpand",
                "messageTextEndMarker",
                "editDate",
                "message-lastEdit",
                "js-selectToQuoteEnd",
                "lbContainer-zoomer",
                "lazyloadPreview",
            ],
        ) =>
        {
            Cut::Drop
        }
        _ => Cut::Keep,
    }
}

/// The number in `post: 99`, as quotes name their source.
fn post_in(source: &str) -> Option<String> {
    let at = source.to_ascii_lowercase().find("post:")?;
    links::digits(source[at + "post:".len()..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_at_the_end_of_names() {
        for (url, number) in [
            ("https://b.example/threads/about-acme-5.1.45/page-2#post-9", Some("45")),
            ("https://b.example/index.php?threads/acme.45/", Some("45")),
            ("https://b.example/threads/45/", Some("45")),
            ("https://b.example/threads/acme/", None),
            ("https://b.example/posts/45/", None),
        ] {
            assert_eq!(number_in(url, "threads").as_deref(), number, "{url}");
        }
        assert_eq!(
            (last_number("phones.2").as_deref(), last_number("2").as_deref(), last_number("x")),
            (Some("2"), Some("2"), None)
        );
        assert_eq!(
            (post_in("post: 99").as_deref(), post_in("Ada, post: 7, member: 2").as_deref(), post_in("x")),
            (Some("99"), Some("7"), None)
        );
    }
}
