//! Mentions for tests.

use vigie_mention::{Engagement, Instant, Mention, MentionKind};

use crate::MatchText;

/// A post with that text and nothing else.
pub(crate) fn post(text: &str) -> Mention {
    Mention {
        source: "forum".into(),
        instance: String::new(),
        id: "1".into(),
        kind: MentionKind::Post,
        url: None,
        title: None,
        text: text.into(),
        quoted: Vec::new(),
        language: None,
        author: None,
        published: None,
        edited: None,
        collected_at: Instant::from_millis(1_795_334_400_000),
        parent: None,
        thread: None,
        original: None,
        engagement: Engagement::default(),
        rating: None,
        country: None,
        links: Vec::new(),
        hashtags: Vec::new(),
        handles: Vec::new(),
        media: Vec::new(),
        attributes: Vec::new(),
    }
}

/// The same, tokenised.
pub(crate) fn body(text: &str) -> MatchText {
    MatchText::of(&post(text))
}
