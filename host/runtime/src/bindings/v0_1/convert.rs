//! Between a source's types and the domain's. Texts are moved, never copied, on their way in.

use vigie_mention::delivery as domain;
use vigie_mention::{
    Attribute, Author, Engagement, Failure, FailureClass, Instant, Label, Media, MediaKind, MentionKind, Moment, Precision,
    Rating, Value,
};

use super::source::exports::vigie::plugin::source as wit;
use super::source::vigie::plugin::types;

pub(crate) fn failure(failure: types::Failure) -> Failure {
    let class = match failure.class {
        types::FailureClass::Settings => FailureClass::Settings,
        types::FailureClass::Unauthorized => FailureClass::Unauthorized,
        types::FailureClass::Forbidden => FailureClass::Forbidden,
        types::FailureClass::RateLimited => FailureClass::RateLimited,
        types::FailureClass::QuotaExhausted => FailureClass::QuotaExhausted,
        types::FailureClass::Transient => FailureClass::Transient,
        types::FailureClass::UnexpectedAnswer => FailureClass::UnexpectedAnswer,
        types::FailureClass::StaleCursor => FailureClass::StaleCursor,
        types::FailureClass::Gone => FailureClass::Gone,
    };
    Failure { class, message: failure.message, retry_after_ms: failure.retry_after_ms }
}

pub(crate) fn search(search: &domain::Search) -> wit::Search {
    let clause = |clause: &domain::Clause| wit::Clause { all: clause.all.clone(), none: clause.none.clone() };
    wit::Search { any: search.any.iter().map(clause).collect(), languages: search.languages.clone() }
}

pub(crate) fn request(request: domain::PollRequest) -> wit::Request {
    let feed = request.feed;
    wit::Request {
        feed: wit::Feed {
            id: feed.id,
            title: feed.title,
            params: feed.params,
            expires_at: feed.expires_at.map(Instant::as_millis),
        },
        direction: match request.direction {
            domain::Direction::Newer => wit::Direction::Newer,
            domain::Direction::Older => wit::Direction::Older,
        },
        cursor: request.cursor,
        since: request.since.map(Instant::as_millis),
        limit: request.limit,
    }
}

pub(crate) fn feed(feed: wit::Feed) -> domain::Feed {
    domain::Feed { id: feed.id, title: feed.title, params: feed.params, expires_at: feed.expires_at.map(Instant::from_millis) }
}

pub(crate) fn batch(batch: wit::Batch) -> domain::Batch {
    domain::Batch {
        changes: batch.changes.into_iter().map(change).collect(),
        feeds: batch.feeds.into_iter().map(feed).collect(),
        cursor: batch.cursor,
        next: match batch.next {
            wit::Next::More => domain::Next::More,
            wit::Next::Later(after) => domain::Next::Later(after),
            wit::Next::Done => domain::Next::Done,
        },
    }
}

pub(crate) fn change(change: wit::Change) -> domain::Change {
    match change {
        wit::Change::Upsert(mention) => domain::Change::Upsert(Box::new(raw_mention(mention))),
        wit::Change::Remove(id) => domain::Change::Remove(id),
    }
}

fn raw_mention(mention: wit::Mention) -> domain::RawMention {
    domain::RawMention {
        id: mention.id,
        kind: kind(mention.kind),
        url: mention.url,
        title: mention.title,
        text: mention.text,
        format: match mention.format {
            types::TextFormat::Plain => domain::TextFormat::Plain,
            types::TextFormat::Html => domain::TextFormat::Html,
            types::TextFormat::Markdown => domain::TextFormat::Markdown,
        },
        language: mention.language,
        author: mention.author.map(author),
        published: mention.published.map(moment),
        edited: mention.edited.map(moment),
        parent: mention.parent,
        thread: mention.thread,
        original: mention.original,
        engagement: engagement(mention.engagement),
        rating: mention.rating.map(rating),
        country: mention.country,
        links: mention.links,
        media: mention.media.into_iter().map(media).collect(),
        attributes: mention.attributes.into_iter().map(attribute).collect(),
    }
}

fn kind(kind: types::MentionKind) -> MentionKind {
    match kind {
        types::MentionKind::Post => MentionKind::Post,
        types::MentionKind::Comment => MentionKind::Comment,
        types::MentionKind::Reply => MentionKind::Reply,
        types::MentionKind::Share => MentionKind::Share,
        types::MentionKind::Quote => MentionKind::Quote,
        types::MentionKind::Review => MentionKind::Review,
        types::MentionKind::Question => MentionKind::Question,
        types::MentionKind::Answer => MentionKind::Answer,
        types::MentionKind::Article => MentionKind::Article,
        types::MentionKind::Video => MentionKind::Video,
        types::MentionKind::Photo => MentionKind::Photo,
    }
}

fn author(author: types::Author) -> Author {
    Author {
        id: author.id,
        handle: author.handle,
        name: author.name,
        url: author.url,
        bio: author.bio,
        location: author.location,
        followers: author.followers,
        verified: author.verified,
    }
}

fn moment(moment: types::Moment) -> Moment {
    let precision = match moment.precision {
        types::Precision::Second => Precision::Second,
        types::Precision::Day => Precision::Day,
        types::Precision::Zoneless => Precision::Zoneless,
    };
    Moment { at: Instant::from_millis(moment.at), precision }
}

fn engagement(engagement: types::Engagement) -> Engagement {
    Engagement { likes: engagement.likes, comments: engagement.comments, shares: engagement.shares, views: engagement.views }
}

fn rating(rating: types::Rating) -> Rating {
    Rating { value: rating.value, worst: rating.worst, best: rating.best }
}

fn media(media: types::Media) -> Media {
    let kind = match media.kind {
        types::MediaKind::Image => MediaKind::Image,
        types::MediaKind::Video => MediaKind::Video,
        types::MediaKind::Audio => MediaKind::Audio,
        types::MediaKind::Other => MediaKind::Other,
    };
    Media { kind, url: media.url, description: media.description }
}

fn attribute(attribute: types::Attribute) -> Attribute {
    Attribute { key: attribute.key, value: value(attribute.value) }
}

pub(super) fn value(value: types::Value) -> Value {
    match value {
        types::Value::Text(text) => Value::Text(text),
        types::Value::Number(number) => Value::Number(number),
        types::Value::Flag(flag) => Value::Flag(flag),
        types::Value::Labels(labels) => {
            Value::Labels(labels.into_iter().map(|label| Label { name: label.name, score: label.score }).collect())
        }
    }
}
