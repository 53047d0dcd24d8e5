//! What the tests are made of: short mentions, commits, and stores in memory.

use redb::backends::InMemoryBackend;
use vigie_mention::delivery::{Direction, Feed};
use vigie_mention::{
    Annotation, Author, ConnectorId, Engagement, FeedKey, Instant, Mention, MentionKey, MentionKind, Moment, Precision, TopicId,
    Value, Window,
};
use vigie_store::{Basis, Commit, Coverage, FeedState, Polarity, Receipt, Record, Signals, Snapshot, Store, Walk};

pub(crate) const MINUTE: i64 = 60_000;

pub(crate) fn at(minute: i64) -> Instant {
    Instant::from_millis(minute * MINUTE)
}

pub(crate) fn window(from: i64, until: i64) -> Window {
    Window { from: at(from), until: at(until) }
}

pub(crate) fn topic(name: &str) -> TopicId {
    TopicId::new(name).expect("a plain word")
}

pub(crate) fn key(id: &str) -> MentionKey {
    MentionKey { source: "forum".into(), instance: "forum.example".into(), id: id.into() }
}

/// A post published at that minute and collected an hour later.
pub(crate) fn mention(id: &str, minute: i64) -> Mention {
    Mention {
        source: "forum".into(),
        instance: "forum.example".into(),
        id: id.into(),
        kind: MentionKind::Post,
        url: Some(format!("https://forum.example/t/{id}")),
        title: None,
        text: format!("what {id} says"),
        quoted: vec![],
        language: Some("en".into()),
        author: None,
        published: Some(Moment { at: at(minute), precision: Precision::Second }),
        edited: None,
        collected_at: at(minute + 60),
        parent: None,
        thread: None,
        original: None,
        engagement: Engagement::default(),
        rating: None,
        country: None,
        links: vec![],
        hashtags: vec![],
        handles: vec![],
        media: vec![],
        attributes: vec![],
    }
}

pub(crate) fn by(mut mention: Mention, id: &str) -> Mention {
    let (handle, name) = (Some(format!("{id}_handle")), Some(format!("Name of {id}")));
    mention.author = Some(Author { id: id.into(), handle, name, followers: Some(12), ..Author::default() });
    mention
}

pub(crate) fn record(mention: Mention, topics: &[&str]) -> Record {
    let topics = topics.iter().map(|name| topic(name)).collect();
    Record { mention, topics, annotations: vec![], signals: Signals::default(), basis: Basis::Unseen }
}

/// The record with a sentiment, as annotation and as signal.
pub(crate) fn scored(mut record: Record, score: f32) -> Record {
    record.annotations.push(Annotation {
        analyzer: "sentiment".into(),
        version: "0.1.0".into(),
        key: "sentiment".into(),
        value: Value::Number(f64::from(score)),
        confidence: Some(0.5),
    });
    record.signals.sentiment = Some(score);
    record.signals.label = Some(if score < 0.0 { Polarity::Negative } else { Polarity::Positive });
    record
}

pub(crate) fn feed(id: &str) -> Feed {
    Feed { id: id.into(), title: format!("feed {id}"), params: "{}".into(), expires_at: None }
}

pub(crate) fn feed_key(id: &str) -> FeedKey {
    FeedKey { connector: ConnectorId::new("talk").expect("a plain word"), feed: id.into() }
}

/// An empty poll of a feed at that minute that leaves this cursor.
pub(crate) fn poll(feed_id: &str, minute: i64, cursor: &str) -> Commit {
    let mut state = FeedState::new(feed(feed_id), false);
    state.newer = Walk { cursor: Some(cursor.into()), polls: 1, ..Walk::default() };
    Commit {
        feed: feed_key(feed_id),
        direction: Direction::Newer,
        at: at(minute),
        records: vec![],
        removals: vec![],
        children: vec![],
        state,
        coverage: Coverage { asked: 1, ..Coverage::default() },
        dead_letters: vec![],
    }
}

/// A poll that brings these records.
pub(crate) fn brings(minute: i64, records: Vec<Record>) -> Commit {
    let received = u32::try_from(records.len()).expect("few");
    let mut commit = Commit { records, ..poll("latest", minute, &minute.to_string()) };
    commit.coverage.received = received;
    commit
}

pub(crate) fn removes(minute: i64, ids: &[&str]) -> Commit {
    Commit { removals: ids.iter().map(|id| key(id)).collect(), ..poll("latest", minute, &minute.to_string()) }
}

pub(crate) fn store() -> Store {
    Store::open_backend(InMemoryBackend::new()).expect("a store in memory")
}

pub(crate) fn write(store: &Store, commit: Commit) -> Receipt {
    let receipts = store.commit(vec![commit]).expect("commits");
    look(store).verify().expect("every invariant holds");
    receipts[0]
}

pub(crate) fn look(store: &Store) -> Snapshot {
    store.snapshot().expect("a look")
}

pub(crate) fn dump(store: &Store) -> String {
    let mut out = Vec::new();
    look(store).dump(&mut out).expect("dumps");
    String::from_utf8(out).expect("JSON")
}
