//! Lists by filter.

use vigie_mention::MentionKind;
use vigie_store::{Filter, Order, Polarity, Store};

use crate::material::{brings, by, look, mention, record, scored, store, topic, window, write};

fn filled() -> Store {
    let store = store();
    let mut review = by(mention("3", 30), "bob");
    (review.kind, review.language) = (MentionKind::Review, Some("fr-CA".into()));
    let mut video = by(mention("4", 40), "ann");
    (video.kind, video.source, video.language) = (MentionKind::Video, "tube".into(), Some("fra".into()));
    let mut unknown = mention("5", 50);
    unknown.language = None;
    let _ = write(
        &store,
        brings(
            90,
            vec![
                scored(record(by(mention("2", 20), "ann"), &["acme", "rival"]), -0.5),
                record(mention("1", 10), &["acme"]),
                scored(record(review, &["rival"]), 0.5),
                record(video, &["acme", "rival", "third"]),
                record(unknown, &[]),
            ],
        ),
    );
    store
}

fn list(store: &Store, filter: &Filter) -> String {
    look(store).mentions(filter).expect("lists").map(|stored| stored.expect("reads").mention.id).collect()
}

#[test]
fn newest_or_oldest_first_and_so_many() {
    let store = filled();
    assert_eq!(list(&store, &Filter::default()), "54321");
    assert_eq!(list(&store, &Filter { order: Order::Oldest, ..Filter::default() }), "12345");
    assert_eq!(list(&store, &Filter { limit: Some(2), ..Filter::default() }), "54");
    assert_eq!(list(&store, &Filter { limit: Some(0), ..Filter::default() }), "");
}

#[test]
fn several_topics_are_merged_and_nothing_is_listed_twice() {
    let store = filled();
    let topics = |names: &[&str]| names.iter().map(|name| topic(name)).collect();
    assert_eq!(list(&store, &Filter { topics: topics(&["acme", "rival", "third"]), ..Filter::default() }), "4321");
    let oldest =
        Filter { topics: topics(&["acme", "rival"]), order: Order::Oldest, window: Some(window(20, 40)), ..Filter::default() };
    assert_eq!(list(&store, &oldest), "23");
    assert_eq!(list(&store, &Filter { topics: topics(&["nobody"]), ..Filter::default() }), "");
    assert_eq!(list(&store, &Filter { topics: topics(&["nobody", "third"]), ..Filter::default() }), "4");
}

#[test]
fn every_condition_must_be_met() {
    let store = filled();
    let filter = Filter::default;
    for (filter, found) in [
        (Filter { sources: vec!["tube".into(), "unheard".into()], ..filter() }, "4"),
        (Filter { sources: vec!["unheard".into()], ..filter() }, ""),
        (Filter { kinds: vec![MentionKind::Review, MentionKind::Video], ..filter() }, "43"),
        (Filter { language: Some("fr".into()), ..filter() }, "3"),
        (Filter { language: Some("FR-ca".into()), ..filter() }, "3"),
        (Filter { language: Some("ja".into()), ..filter() }, ""),
        (Filter { polarity: Some(Polarity::Negative), ..filter() }, "2"),
        (Filter { author: Some("@Ann_Handle".into()), ..filter() }, "42"),
        (Filter { author: Some("name of bob".into()), ..filter() }, "3"),
        (Filter { author: Some("nobody".into()), ..filter() }, ""),
        (Filter { author: Some("ann".into()), topics: vec![topic("third")], ..filter() }, "4"),
        (Filter { author: Some("ann".into()), window: Some(window(0, 30)), ..filter() }, "2"),
        (Filter { window: Some(window(20, 40)), kinds: vec![MentionKind::Post], ..filter() }, "2"),
        (Filter { window: Some(window(40, 20)), ..filter() }, ""),
    ] {
        assert_eq!(list(&store, &filter), found, "{filter:?}");
    }
}
