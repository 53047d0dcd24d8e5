//! Builders for a mention and what belongs to it.

use crate::{
    Attribute, Author, Engagement, Media, MediaKind, Mention, MentionKind, Moment, Precision, Rating, TextFormat, Value,
};

/// Text that may be absent: strings, references to them and options of both. What is empty or blank counts as absent, because
/// services write `""` where they mean nothing.
pub trait OptionalText {
    /// The text, if there is any.
    fn optional(self) -> Option<String>;
}

impl OptionalText for String {
    fn optional(self) -> Option<String> {
        (!self.trim().is_empty()).then_some(self)
    }
}

impl OptionalText for &str {
    fn optional(self) -> Option<String> {
        (!self.trim().is_empty()).then(|| self.to_owned())
    }
}

impl OptionalText for &String {
    fn optional(self) -> Option<String> {
        self.as_str().optional()
    }
}

impl<T: OptionalText> OptionalText for Option<T> {
    fn optional(self) -> Option<String> {
        self.and_then(T::optional)
    }
}

macro_rules! text_setters {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $name: impl OptionalText) -> Self {
            self.$name = $name.optional();
            self
        })*
    };
}

impl Mention {
    /// A mention of which nothing is known but its id and what it is.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: MentionKind) -> Self {
        Self {
            id: id.into(),
            kind,
            url: None,
            title: None,
            text: String::new(),
            format: TextFormat::Plain,
            language: None,
            author: None,
            published: None,
            edited: None,
            parent: None,
            thread: None,
            original: None,
            engagement: Engagement::default(),
            rating: None,
            country: None,
            links: Vec::new(),
            media: Vec::new(),
            attributes: Vec::new(),
        }
    }

    /// Its text, as it is meant to be read.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.written(text, TextFormat::Plain)
    }

    /// Its text, as an HTML fragment.
    #[must_use]
    pub fn html(self, text: impl Into<String>) -> Self {
        self.written(text, TextFormat::Html)
    }

    /// Its text, as CommonMark.
    #[must_use]
    pub fn markdown(self, text: impl Into<String>) -> Self {
        self.written(text, TextFormat::Markdown)
    }

    fn written(mut self, text: impl Into<String>, format: TextFormat) -> Self {
        self.text = text.into();
        self.format = format;
        self
    }

    text_setters! {
        /// Absolute address where a person reads it.
        url
        /// Title, as plain text.
        title
        /// BCP 47 tag, only where the service states the language of this text.
        language
        /// Id of the mention this one answers directly.
        parent
        /// Id of the mention or place the whole conversation hangs on.
        thread
        /// Id of the mention this one shares or quotes.
        original
        /// ISO 3166-1 alpha-2, upper case, only where the service states it.
        country
    }

    /// Who published it.
    #[must_use]
    pub fn author(mut self, author: impl Into<Option<Author>>) -> Self {
        self.author = author.into();
        self
    }

    /// When it was published; see [`time`](crate::time).
    #[must_use]
    pub fn published(mut self, published: impl Into<Option<Moment>>) -> Self {
        self.published = published.into();
        self
    }

    /// When it was last changed, only if it was: an instant at or before the publication counts as none.
    #[must_use]
    pub fn edited(mut self, edited: impl Into<Option<Moment>>) -> Self {
        self.edited = edited.into().filter(|edited| self.published.is_none_or(|published| edited.at > published.at));
        self
    }

    /// Counts of public reactions; unknown is `None`, never zero.
    #[must_use]
    pub fn engagement(mut self, engagement: Engagement) -> Self {
        self.engagement = engagement;
        self
    }

    /// Likes, favourites, reactions, points. A negative count (a post voted down) counts as zero.
    #[must_use]
    pub fn likes(mut self, count: impl Into<Option<i64>>) -> Self {
        self.engagement.likes = count.into().map(|count| count.max(0).unsigned_abs());
        self
    }

    /// Comments, replies, answers.
    #[must_use]
    pub fn comments(mut self, count: impl Into<Option<u64>>) -> Self {
        self.engagement.comments = count.into();
        self
    }

    /// Shares, boosts, reposts, quotes.
    #[must_use]
    pub fn shares(mut self, count: impl Into<Option<u64>>) -> Self {
        self.engagement.shares = count.into();
        self
    }

    /// Times shown or played.
    #[must_use]
    pub fn views(mut self, count: impl Into<Option<u64>>) -> Self {
        self.engagement.views = count.into();
        self
    }

    /// The judgement a review gives, on its service's scale.
    #[must_use]
    pub fn rating(mut self, rating: impl Into<Option<Rating>>) -> Self {
        self.rating = rating.into();
        self
    }

    /// Adds an absolute address that is not in the text.
    #[must_use]
    pub fn link(mut self, url: impl OptionalText) -> Self {
        self.links.extend(url.optional());
        self
    }

    /// Adds a picture, film, sound or file.
    #[must_use]
    pub fn media(mut self, media: impl IntoIterator<Item = Media>) -> Self {
        self.media.extend(media);
        self
    }

    /// Adds what this service has and others have not. `key`: lower-case words joined by hyphens.
    #[must_use]
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes.push(Attribute { key: key.into(), value: value.into() });
        self
    }
}

impl Author {
    /// An author of whom only the service's own stable id is known.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), handle: None, name: None, url: None, bio: None, location: None, followers: None, verified: None }
    }

    /// The name used to address the account; a leading `@` is taken off.
    #[must_use]
    pub fn handle(mut self, handle: impl OptionalText) -> Self {
        self.handle = handle.optional().and_then(|handle| handle.trim().trim_start_matches('@').optional());
        self
    }

    text_setters! {
        /// The name shown to readers.
        name
        /// Absolute address of the profile.
        url
        /// What the account says of itself, as plain text.
        bio
        /// Where the account says it is, in its own words.
        location
    }

    /// Accounts that follow this one.
    #[must_use]
    pub fn followers(mut self, count: impl Into<Option<u64>>) -> Self {
        self.followers = count.into();
        self
    }

    /// Whether the service vouches for the account.
    #[must_use]
    pub fn verified(mut self, verified: impl Into<Option<bool>>) -> Self {
        self.verified = verified.into();
        self
    }
}

impl Default for Engagement {
    /// Nothing known.
    fn default() -> Self {
        Self { likes: None, comments: None, shares: None, views: None }
    }
}

impl Media {
    /// A medium at an absolute address.
    #[must_use]
    pub fn new(kind: MediaKind, url: impl Into<String>) -> Self {
        Self { kind, url: url.into(), description: None }
    }

    text_setters! {
        /// What the author says it shows.
        description
    }
}

impl Rating {
    /// A judgement of `value` on the scale from `worst` to `best`.
    #[must_use]
    pub const fn new(value: f64, worst: f64, best: f64) -> Self {
        Self { value, worst, best }
    }
}

impl Moment {
    /// An instant stated with date, time of day and offset. `at`: milliseconds since 1970.
    #[must_use]
    pub const fn second(at: i64) -> Self {
        Self { at, precision: Precision::Second }
    }

    /// A date alone. `at`: its midnight UTC.
    #[must_use]
    pub const fn day(at: i64) -> Self {
        Self { at, precision: Precision::Day }
    }

    /// Date and time of day without an offset. `at` reads them as if they were UTC.
    #[must_use]
    pub const fn zoneless(at: i64) -> Self {
        Self { at, precision: Precision::Zoneless }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_text_is_absent() {
        let mention =
            Mention::new("1", MentionKind::Post).title("  ").url(Some("")).language(None::<String>).link("").country("FR");
        assert_eq!((mention.title, mention.url, mention.language, mention.links.len()), (None, None, None, 0));
        assert_eq!(mention.country.as_deref(), Some("FR"));
    }

    #[test]
    fn a_handle_loses_its_at_sign() {
        assert_eq!(Author::new("1").handle("@ada").handle.as_deref(), Some("ada"));
        assert_eq!(Author::new("1").handle("@").handle, None);
    }

    #[test]
    fn an_edit_before_the_publication_is_none() {
        let mention =
            |edited| Mention::new("1", MentionKind::Post).published(Moment::second(5)).edited(Moment::second(edited)).edited;
        assert_eq!((mention(4), mention(5), mention(6)), (None, None, Some(Moment::second(6))));
    }

    #[test]
    fn a_score_below_zero_is_no_likes() {
        let likes = |count: Option<i64>| Mention::new("1", MentionKind::Comment).likes(count).engagement.likes;
        assert_eq!((likes(Some(-3)), likes(Some(3)), likes(None)), (Some(0), Some(3), None));
    }
}
