//! The mention as it is stored.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Attribute, Instant, MentionKey, Moment};

/// What a mention is on its service. Meanings: `wit/types.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the contract documents each kind")]
pub enum MentionKind {
    Post,
    Comment,
    Reply,
    Share,
    Quote,
    Review,
    Question,
    Answer,
    Article,
    Video,
    Photo,
}

impl MentionKind {
    /// All kinds, in the contract's order.
    pub const ALL: [Self; 11] = [
        Self::Post,
        Self::Comment,
        Self::Reply,
        Self::Share,
        Self::Quote,
        Self::Review,
        Self::Question,
        Self::Answer,
        Self::Article,
        Self::Video,
        Self::Photo,
    ];

    /// The contract's name of the kind.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Comment => "comment",
            Self::Reply => "reply",
            Self::Share => "share",
            Self::Quote => "quote",
            Self::Review => "review",
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Article => "article",
            Self::Video => "video",
            Self::Photo => "photo",
        }
    }
}

/// A word that names no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no kind of mention: one of post, comment, reply, share, quote, review, question, answer, article, video, photo"
)]
pub struct UnknownKind(pub String);

impl FromStr for MentionKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// The account or outlet that published a mention, as known when it was collected. Fields: `wit/types.wit`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the contract documents each field")]
pub struct Author {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
}

/// Counts of public reactions when it was collected; absent is unknown, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the contract documents each field")]
pub struct Engagement {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<u64>,
}

impl Engagement {
    /// Reactions, comments and shares together; `None` if all three are unknown. Views are no engagement.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        [self.likes, self.comments, self.shares].into_iter().flatten().reduce(u64::saturating_add)
    }
}

/// A judgement on the scale its service uses; finite, `worst` below `best`, `value` between them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the contract documents each field")]
pub struct Rating {
    pub value: f64,
    pub worst: f64,
    pub best: f64,
}

impl Rating {
    /// The judgement on a scale of 0 to 1.
    #[must_use]
    pub fn normalised(&self) -> f64 {
        (self.value - self.worst) / (self.best - self.worst)
    }
}

/// What an attached medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the contract documents each kind")]
pub enum MediaKind {
    Image,
    Video,
    Audio,
    Other,
}

/// A picture, film, sound or file that belongs to a mention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the contract documents each field")]
pub struct Media {
    pub kind: MediaKind,
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// One public post, comment, article, review or video that was admitted: plain text, checked, with identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Id of the source plugin.
    pub source: String,
    /// The instance of the service, empty where ids are unique over the whole service.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instance: String,
    /// The service's own id.
    pub id: String,
    /// What it is.
    pub kind: MentionKind,
    /// Where a person reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Plain text, without what it quotes.
    pub text: String,
    /// Passages of others that the text quotes, plain text, in order.
    #[serde(default)]
    pub quoted: Vec<String>,
    /// BCP 47 tag the service stated, in canonical case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// When it was published, where the service says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Moment>,
    /// When it was last changed, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Moment>,
    /// When Vigie first read it.
    pub collected_at: Instant,
    /// Id of the mention this one answers directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Id of the mention or place the whole conversation hangs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Id of the mention this one shares or quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// Public reactions.
    #[serde(default)]
    pub engagement: Engagement,
    /// Its judgement, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Absolute addresses, those of the text first.
    #[serde(default)]
    pub links: Vec<String>,
    /// Hashtags of title and text without `#`, as written, first occurrence first.
    #[serde(default)]
    pub hashtags: Vec<String>,
    /// Handles of title and text without `@`, as written, first occurrence first.
    #[serde(default)]
    pub handles: Vec<String>,
    /// What is attached.
    #[serde(default)]
    pub media: Vec<Media>,
    /// What this service has and others have not.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
}

impl Mention {
    /// Its identity.
    #[must_use]
    pub fn key(&self) -> MentionKey {
        MentionKey { source: self.source.clone(), instance: self.instance.clone(), id: self.id.clone() }
    }

    /// Fills what this delivery does not state from an earlier one of the same mention.
    ///
    /// Services show one mention in many forms (a line in a search, a post without its topic), so an absent field says nothing: what
    /// is known stays, and the order in which the forms were read makes no difference. Lists taken from the text go with the text.
    pub fn keep_known(&mut self, known: &Self) {
        fn keep<T: Clone>(field: &mut Option<T>, known: &Option<T>) {
            if field.is_none() {
                field.clone_from(known);
            }
        }
        keep(&mut self.url, &known.url);
        keep(&mut self.title, &known.title);
        keep(&mut self.language, &known.language);
        keep(&mut self.published, &known.published);
        keep(&mut self.edited, &known.edited);
        keep(&mut self.parent, &known.parent);
        keep(&mut self.thread, &known.thread);
        keep(&mut self.original, &known.original);
        keep(&mut self.engagement.likes, &known.engagement.likes);
        keep(&mut self.engagement.comments, &known.engagement.comments);
        keep(&mut self.engagement.shares, &known.engagement.shares);
        keep(&mut self.engagement.views, &known.engagement.views);
        keep(&mut self.rating, &known.rating);
        keep(&mut self.country, &known.country);
        match (&mut self.author, &known.author) {
            (Some(author), Some(known)) if author.id == known.id => {
                keep(&mut author.handle, &known.handle);
                keep(&mut author.name, &known.name);
                keep(&mut author.url, &known.url);
                keep(&mut author.bio, &known.bio);
                keep(&mut author.location, &known.location);
                keep(&mut author.followers, &known.followers);
                keep(&mut author.verified, &known.verified);
            }
            (author, known) => keep(author, known),
        }
        let news = std::mem::take(&mut self.attributes);
        let is_new = |attribute: &&Attribute| known.attributes.iter().all(|other| other.key != attribute.key);
        let added: Vec<Attribute> = news.iter().filter(is_new).cloned().collect();
        let current = |known: &Attribute| news.iter().find(|new| new.key == known.key).unwrap_or(known).clone();
        self.attributes = known.attributes.iter().map(current).chain(added).collect();
        self.attributes.sort_by(|one, other| one.key.cmp(&other.key));
    }

    /// The instant that places it in time: when it was published, or else when it was first collected.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.published.map_or(self.collected_at, |moment| moment.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_is_normalised_on_its_own_scale() {
        assert!((Rating { value: 3.0, worst: 1.0, best: 5.0 }.normalised() - 0.5).abs() < f64::EPSILON);
        assert!((Rating { value: 84.0, worst: 0.0, best: 100.0 }.normalised() - 0.84).abs() < f64::EPSILON);
    }

    #[test]
    fn engagement_without_any_count_is_unknown() {
        assert_eq!(Engagement::default().total(), None);
        assert_eq!(Engagement { views: Some(9), ..Engagement::default() }.total(), None);
        assert_eq!(Engagement { likes: Some(2), shares: Some(3), ..Engagement::default() }.total(), Some(5));
    }

    #[test]
    fn what_a_delivery_does_not_state_is_kept_whatever_the_order() {
        let read = |json: &str| -> Mention { serde_json::from_str(json).expect("a mention") };
        let whole = read(
            r#"{"source":"a","id":"1","kind":"post","title":"T","text":"x","parent":"0","collected_at":"2026-01-03T00:00:00Z",
                "author":{"id":"ana","followers":7},"engagement":{"likes":3},"attributes":[{"key":"b","value":{"flag":true}}]}"#,
        );
        let partial = read(
            r#"{"source":"a","id":"1","kind":"post","text":"x","collected_at":"2026-01-03T00:00:00Z","author":{"id":"ana","name":"Ana"},
                "engagement":{"views":9},"attributes":[{"key":"a","value":{"number":1.0}}]}"#,
        );
        let (mut one, mut other) = (whole.clone(), partial.clone());
        one.keep_known(&partial);
        other.keep_known(&whole);
        assert_eq!(one, other);
        assert_eq!((one.title.as_deref(), one.parent.as_deref(), one.engagement.total()), (Some("T"), Some("0"), Some(3)));
        let changed = Mention { engagement: Engagement { likes: Some(4), ..Engagement::default() }, ..partial };
        let mut again = changed;
        again.keep_known(&whole);
        assert_eq!(again.engagement.likes, Some(4), "what is stated anew counts");
    }

    #[test]
    fn the_json_form_leaves_absent_fields_out_and_reads_back() {
        let json = r#"{"source":"feed","id":"a","kind":"article","text":"x","quoted":[],"published":{"at":"2026-01-02T03:04:05Z","precision":"second"},"collected_at":"2026-01-03T00:00:00Z","engagement":{},"links":[],"hashtags":[],"handles":[],"media":[],"attributes":[{"key":"words","value":{"number":3.0}}]}"#;
        let mention: Mention = serde_json::from_str(json).expect("a mention");
        assert_eq!(serde_json::to_string(&mention).expect("json"), json);
        let packed = rmp_serde::to_vec_named(&mention).expect("msgpack");
        assert_eq!(rmp_serde::from_slice::<Mention>(&packed).expect("back"), mention);
    }
}
