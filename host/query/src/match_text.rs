//! A mention, prepared once for all queries.

use vigie_mention::{Annotation, Engagement, Instant, Label, MediaKind, Mention, MentionKind, Rating, TopicId, Value};

use crate::codes;
use crate::fields::MetaField;
use crate::metadata::{KnownField, Thing};
use crate::syntax::{Scope, Words};
use crate::text::{self, Tokens, fold};

/// A mention tokenised once, so that any number of queries can be asked about it.
///
/// # Shape
/// Title and text without what is quoted, the hashtags and handles the mention lists beside its text, and the facts that
/// fields ask for. It keeps copies of what it needs and does not borrow the mention.
#[derive(Debug, Clone)]
pub struct MatchText {
    pub(crate) title: Passage,
    pub(crate) body: Passage,
    /// Hashtags and handles that are listed and do not stand in title or body.
    /// Each is a passage of its own: no phrase goes over two.
    pub(crate) tags: Vec<Passage>,
    pub(crate) facts: Facts,
    /// What analyzers wrote; empty before analysis.
    pub(crate) annotations: Vec<Annotation>,
}

/// A text and its tokens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Passage {
    pub(crate) text: String,
    pub(crate) tokens: Tokens,
}

impl Passage {
    fn of(text: &str) -> Self {
        Self { text: text.to_owned(), tokens: Tokens::of(text) }
    }
}

/// What fields ask for.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) source: String,
    pub(crate) kind: MentionKind,
    pub(crate) language: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) url: Option<Address>,
    pub(crate) links: Vec<Address>,
    pub(crate) author_id: Option<String>,
    pub(crate) handle: Option<Tokens>,
    pub(crate) name: Option<Tokens>,
    pub(crate) bio: Option<Tokens>,
    /// Handle and display name, folded.
    pub(crate) names: Vec<String>,
    /// What the author says of the place.
    pub(crate) location: Option<Tokens>,
    /// What the service says of it.
    pub(crate) state: Option<Tokens>,
    pub(crate) county: Option<Tokens>,
    pub(crate) city: Option<Tokens>,
    pub(crate) verified: Option<bool>,
    pub(crate) followers: Option<u64>,
    /// Folded, as are the handles.
    pub(crate) hashtags: Vec<String>,
    pub(crate) handles: Vec<String>,
    pub(crate) published: Option<Instant>,
    pub(crate) collected_at: Instant,
    pub(crate) engagement: Engagement,
    pub(crate) rating: Option<Rating>,
    pub(crate) thread: Option<String>,
    pub(crate) parent: Option<String>,
    image: bool,
    video: bool,
}

/// An address in lower case, with the letters of other scripts as letters: `%C3%A9` and `é` are the same there.
pub(crate) fn readable(address: &str) -> String {
    if !address.contains('%') {
        return address.to_lowercase();
    }
    let mut text = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(at) = rest.find('%') {
        let (before, escapes) = rest.split_at(at);
        text.push_str(before);
        let mut bytes = Vec::new();
        let mut left = escapes;
        while let Some(byte) = left.strip_prefix('%').and_then(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok()) {
            bytes.push(byte);
            left = left.get(3..).unwrap_or("");
        }
        if bytes.is_empty() {
            text.push('%');
            left = escapes.get(1..).unwrap_or("");
        }
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                if !c.is_ascii() && c.is_alphanumeric() {
                    text.push(c);
                } else {
                    let mut buffer = [0; 4];
                    text.extend(c.encode_utf8(&mut buffer).bytes().map(|byte| format!("%{byte:02x}")));
                }
            }
            text.extend(chunk.invalid().iter().map(|byte| format!("%{byte:02x}")));
        }
        rest = left;
    }
    text.push_str(rest);
    text.to_lowercase()
}

/// An address in lower case, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    whole: String,
    host: std::ops::Range<usize>,
    path: usize,
}

impl Address {
    /// `None` where there is no `://` and thus no host. Admission has checked the rest.
    pub(crate) fn of(url: &str) -> Option<Self> {
        // Hosts in letters of other scripts are compared as the web writes them.
        let host_end = url.find("://").map_or(0, |at| url[at + 3..].find(['/', '?', '#']).map_or(url.len(), |end| at + 3 + end));
        let parsed = if url.get(..host_end).is_some_and(|start| !start.is_ascii()) { url::Url::parse(url).ok() } else { None };
        let whole = readable(parsed.as_ref().map_or(url, url::Url::as_str));
        let start = whole.find("://")? + 3;
        let rest = whole.get(start..)?;
        let path = start + rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = whole.get(start..path)?;
        let host_start = start + authority.rfind('@').map_or(0, |at| at + 1);
        let host = whole.get(host_start..path)?;
        // A port follows the last colon, unless that stands inside the brackets of an IPv6 address.
        let host_end = match host.rfind(':') {
            Some(colon) if !host.ends_with(']') => host_start + colon,
            _ => path,
        };
        let host_start = if whole.get(host_start..host_end)?.starts_with("www.") { host_start + 4 } else { host_start };
        Some(Self { host: host_start..host_end, path, whole })
    }

    pub(crate) fn whole(&self) -> &str {
        &self.whole
    }

    /// Without `www.` and port.
    pub(crate) fn host(&self) -> &str {
        self.whole.get(self.host.clone()).unwrap_or("")
    }

    /// What stands behind `www.`, and behind each dot of the host: an address as it is written for short.
    pub(crate) fn tails(&self) -> impl Iterator<Item = &str> {
        let dots = self.host().match_indices('.').map(|(at, _)| at + 1);
        std::iter::once(0).chain(dots).filter_map(|at| self.whole.get(self.host.start + at..))
    }

    /// Path, query and fragment.
    pub(crate) fn path(&self) -> &str {
        self.whole.get(self.path..).unwrap_or("")
    }
}

impl MatchText {
    /// Tokenises a mention and takes what fields ask for.
    #[must_use]
    pub fn of(mention: &Mention) -> Self {
        let title = mention.title.as_deref().map(Passage::of).unwrap_or_default();
        let body = Passage::of(&mention.text);
        let tags = listed_only(mention, &title, &body);
        let author = mention.author.as_ref();
        let of_author = |text: Option<&String>| {
            text.filter(|text| !text.is_empty()).map(|text| Tokens::of_facts(text.trim_start_matches('@')))
        };
        let attribute = |key: &str| {
            mention.attributes.iter().find(|one| one.key == key).and_then(|one| match &one.value {
                Value::Text(text) => Some(Tokens::of_facts(text)),
                _ => None,
            })
        };
        let names = author.into_iter().flat_map(|author| [&author.handle, &author.name]).flatten();
        let has = |kind: MediaKind| mention.media.iter().any(|media| media.kind == kind);
        let facts = Facts {
            source: mention.source.clone(),
            kind: mention.kind,
            language: mention.language.as_deref().map(|tag| codes::stated_language(tag).into_owned()),
            country: mention.country.as_deref().map(str::to_uppercase),
            url: mention.url.as_deref().and_then(Address::of),
            links: mention.links.iter().filter_map(|link| Address::of(link)).collect(),
            author_id: author.map(|author| author.id.clone()).filter(|id| !id.is_empty()),
            handle: of_author(author.and_then(|author| author.handle.as_ref())),
            name: of_author(author.and_then(|author| author.name.as_ref())),
            bio: of_author(author.and_then(|author| author.bio.as_ref())),
            names: names.map(|name| fold(name.trim_start_matches('@'))).filter(|name| !name.is_empty()).collect(),
            location: of_author(author.and_then(|author| author.location.as_ref())),
            state: attribute("state"),
            county: attribute("county"),
            city: attribute("city"),
            verified: author.and_then(|author| author.verified),
            followers: author.and_then(|author| author.followers),
            hashtags: mention.hashtags.iter().map(|tag| fold(tag)).collect(),
            handles: mention.handles.iter().map(|handle| fold(handle)).collect(),
            published: mention.published.map(|moment| moment.at),
            collected_at: mention.collected_at,
            engagement: mention.engagement,
            rating: mention.rating,
            thread: mention.thread.clone(),
            parent: mention.parent.clone(),
            image: has(MediaKind::Image) || mention.kind == MentionKind::Photo,
            video: has(MediaKind::Video) || mention.kind == MentionKind::Video,
        };
        Self { title, body, tags, facts, annotations: Vec::new() }
    }

    /// The same with what is known after analysis, for views: what analyzers wrote (the language they found goes before the one the
    /// service stated), and the topics the mention belongs to, as
    /// labels under `an.vigie.topics`.
    #[must_use]
    pub fn analysed(mention: &Mention, annotations: &[Annotation], topics: &[TopicId]) -> Self {
        let labels = topics.iter().map(|topic| Label { name: topic.to_string(), score: 1.0 }).collect();
        let own = |key: &str, value| Annotation {
            analyzer: "vigie".to_owned(),
            version: String::new(),
            key: key.to_owned(),
            value,
            confidence: None,
        };
        let mut all = annotations.to_vec();
        if !topics.is_empty() {
            all.push(own("topics", Value::Labels(labels)));
        }
        let mut text = Self::of(mention);
        // As in the facts that reports count: what an analyzer found, or else what the service stated.
        let found = all.iter().find_map(|one| match &one.value {
            Value::Text(tag) if one.key == "language" && tag != "und" => Some(codes::stated_language(tag).into_owned()),
            _ => None,
        });
        text.facts.language = found.or(text.facts.language);
        Self { annotations: all, ..text }
    }

    /// The passages a scope covers. They are apart: nothing spans two of them.
    pub(crate) fn passages(&self, scope: Scope) -> impl Iterator<Item = &Passage> {
        let (title, body, tags) = match scope {
            Scope::Any => (Some(&self.title), Some(&self.body), self.tags.as_slice()),
            Scope::Title => (Some(&self.title), None, &[][..]),
            Scope::Body => (None, Some(&self.body), &[][..]),
        };
        title.into_iter().chain(body).chain(tags)
    }

    pub(crate) fn has(&self, thing: Thing) -> bool {
        let somewhere = |test: fn(char) -> bool| self.title.text.contains(test) || self.body.text.contains(test);
        match thing {
            Thing::Link => !self.facts.links.is_empty(),
            Thing::Image => self.facts.image,
            Thing::Video => self.facts.video,
            Thing::Geo => self.facts.country.is_some(),
            Thing::Question => self.facts.kind == MentionKind::Question || somewhere(|c| matches!(c, '?' | '？' | '؟')),
            Thing::Hashtag => !self.facts.hashtags.is_empty(),
            Thing::Emoji => text::has_emoji(&self.title.text) || text::has_emoji(&self.body.text),
        }
    }

    /// Whether the mention says anything about a field. Lists are always known; to ask whether they are empty means the same.
    pub(crate) fn knows(&self, field: KnownField) -> bool {
        let facts = &self.facts;
        let field = match field {
            KnownField::Text => return !self.title.text.is_empty() || !self.body.text.is_empty(),
            KnownField::Title => return !self.title.text.is_empty(),
            KnownField::Body => return !self.body.text.is_empty(),
            KnownField::Meta(field) => field,
        };
        match field {
            MetaField::Author => facts.handle.is_some() || facts.name.is_some(),
            MetaField::AuthorId => facts.author_id.is_some(),
            MetaField::Bio => facts.bio.is_some(),
            MetaField::AtMentions => !facts.handles.is_empty(),
            MetaField::Hashtags => !facts.hashtags.is_empty(),
            MetaField::Links => !facts.links.is_empty(),
            MetaField::Site | MetaField::Url => facts.url.is_some(),
            MetaField::Language => facts.language.as_deref().is_some_and(|language| !language.eq_ignore_ascii_case("und")),
            MetaField::Country => facts.country.is_some(),
            MetaField::Continent => facts.country.as_deref().and_then(codes::continent_of).is_some(),
            MetaField::State => facts.state.is_some() || facts.location.is_some(),
            MetaField::County => facts.county.is_some() || facts.location.is_some(),
            MetaField::City => facts.city.is_some() || facts.location.is_some(),
            MetaField::Published => facts.published.is_some(),
            MetaField::Followers => facts.followers.is_some(),
            MetaField::Likes => facts.engagement.likes.is_some(),
            MetaField::Shares => facts.engagement.shares.is_some(),
            MetaField::Comments => facts.engagement.comments.is_some(),
            MetaField::Views => facts.engagement.views.is_some(),
            MetaField::Engagement => facts.engagement.total().is_some(),
            MetaField::Reach => facts.reach().is_some(),
            MetaField::Rating => facts.rating.is_some(),
            MetaField::Thread => facts.thread.is_some(),
            MetaField::ReplyTo => facts.parent.is_some(),
            MetaField::Source
            | MetaField::Kind
            | MetaField::EngagementType
            | MetaField::Fetched
            | MetaField::Is
            | MetaField::Has
            | MetaField::Missing
            | MetaField::Exists => true,
        }
    }
}

/// Listed hashtags and handles that the text does not show.
fn listed_only(mention: &Mention, title: &Passage, body: &Passage) -> Vec<Passage> {
    let mut only = Vec::new();
    for (sigil, list) in [('#', &mention.hashtags), ('@', &mention.handles)] {
        for entry in list {
            let written = format!("{sigil}{entry}");
            let words = Words::exact(&written);
            if !words.occur_in(&title.tokens) && !words.occur_in(&body.tokens) {
                only.push(Passage::of(&written));
            }
        }
    }
    only
}
