//! Annotations and topics made anew: what is replaced, what is left alone, and whose results the facts carry.

use std::collections::BTreeMap;

use vigie_mention::{Annotation, Value};
use vigie_store::{Analysis, InUse, Polarity, Reach, Reached, Record, Renewal, Renewed, Routing, Signals, Store};

use crate::material::{at, brings, dump, key, look, mention, record, removes, scored, store, topic, window, write};

fn signals(score: f32, edition: &str) -> Signals {
    let label = if score < 0.0 { Polarity::Negative } else { Polarity::Positive };
    let by = |analyzer: &str| Some(format!("{analyzer}@{edition}"));
    Signals {
        language: Some("fr".into()),
        sentiment: Some(score),
        label: Some(label),
        language_by: by("language"),
        sentiment_by: by("sentiment"),
        analyzed: Some(7),
        given: Some(vec![topic("house")]),
    }
}

fn note(score: f32, version: &str) -> Annotation {
    Annotation {
        analyzer: "sentiment".into(),
        version: version.into(),
        key: "sentiment".into(),
        value: Value::Number(score.into()),
        confidence: None,
    }
}

/// New annotations of everything stored now.
fn renewal(store: &Store, score: f32, version: &str) -> Renewal {
    let all = look(store).stored_after(0, 100).expect("reads");
    let reached = all.last().expect("some").0;
    let renewed = |(number, stored): (u64, vigie_store::Stored)| Renewed {
        number,
        of: (stored.updated_at, stored.revision),
        was: stored.topics.clone(),
        topics: stored.topics,
        annotations: vec![note(score, version)],
        signals: signals(score, version),
    };
    Renewal {
        mentions: all.into_iter().map(renewed).collect(),
        dead_letters: vec![],
        reached: Reached::Analyzed { with: 7, until: reached },
    }
}

fn first(id: &str) -> Record {
    scored(record(mention(id, 0), &["acme"]), -0.5)
}

#[test]
fn annotations_signals_and_facts_are_replaced_and_nothing_else() {
    let store = store();
    let _ = write(&store, brings(60, vec![first("1"), first("2")]));
    assert_eq!(store.renew(&renewal(&store, 0.75, "2.0.0")).expect("writes"), 2);
    let stored = look(&store).mention(&key("1")).expect("reads").expect("is there");
    assert_eq!((stored.annotations, &stored.signals), (vec![note(0.75, "2.0.0")], &signals(0.75, "2.0.0")));
    assert_eq!((stored.updated_at, stored.revision, stored.topics), (at(60), 0, vec![topic("acme")]));
    let facts = look(&store).facts(&topic("acme"), window(-10, 10)).expect("facts");
    let facts: Vec<_> = facts.map(|fact| fact.expect("a fact")).collect();
    assert_eq!(facts.len(), 2);
    let analyses: BTreeMap<_, _> = look(&store).analyses().expect("reads").into_iter().collect();
    for fact in facts {
        assert_eq!((fact.sentiment, fact.polarity), (Some(0.75), Some(Polarity::Positive)));
        let whose = Analysis { language: Some("language@2.0.0".into()), sentiment: Some("sentiment@2.0.0".into()) };
        assert_eq!(analyses.get(&fact.analysis), Some(&whose));
    }
    look(&store).verify().expect("sound");
    assert_eq!(look(&store).renewed().expect("reads"), Reach { analyzed: 7, until: 2, last: 2 });
}

#[test]
fn what_changed_meanwhile_is_left_alone() {
    let store = store();
    let _ = write(&store, brings(60, vec![first("1"), first("2"), first("3")]));
    let late = renewal(&store, 0.75, "2.0.0");
    let mut edited = first("1");
    edited.mention.text = "says something else by now".into();
    let _ = write(&store, brings(61, vec![edited]));
    let _ = write(&store, removes(62, &["2"]));
    let before = look(&store).mention(&key("1")).expect("reads");
    assert_eq!(store.renew(&late).expect("writes"), 1);
    assert_eq!(look(&store).mention(&key("1")).expect("reads"), before);
    assert_eq!(look(&store).mention(&key("2")).expect("reads"), None);
    look(&store).verify().expect("sound");
}

#[test]
fn mentions_are_handed_out_in_pieces_in_the_order_they_came() {
    let store = store();
    let _ = write(&store, brings(60, ["1", "2", "3"].map(first).to_vec()));
    let _ = write(&store, removes(62, &["2"]));
    let numbers = |after, most| {
        look(&store).stored_after(after, most).expect("reads").into_iter().map(|(number, _)| number).collect::<Vec<_>>()
    };
    assert_eq!((numbers(0, 1), numbers(1, 5), numbers(3, 5), numbers(u64::MAX, 5)), (vec![1], vec![3], vec![], vec![]));
}

#[test]
fn the_analyzers_at_work_replace_those_before() {
    let store = store();
    assert_eq!(look(&store).in_use().expect("reads"), None);
    let now = |version: &str| InUse {
        analysis: Analysis { language: None, sentiment: Some(format!("sentiment@{version}#0a1b2c3d")) },
        versions: [("sentiment", version), ("spam", "1.0.0")].map(|(id, version)| (id.into(), version.into())).into(),
    };
    for version in ["1.0.0", "2.0.0", "2.0.0"] {
        store.announce(&now(version)).expect("writes");
        assert_eq!(look(&store).in_use().expect("reads"), Some(now(version)));
    }
    store.announce(&InUse::default()).expect("writes");
    assert_eq!(look(&store).in_use().expect("reads"), Some(InUse::default()), "no analyzer is on");
    assert!(!dump(&store).contains("in_use"), "it is no content");
}

/// Three mentions under `acme`, of which the first two go under `rival`.
#[test]
fn topics_are_replaced_with_their_facts_and_nothing_else() {
    let store = store();
    let _ = write(&store, brings(60, ["1", "2", "3"].map(first).to_vec()));
    store.announce_topics(5).expect("writes");
    assert_eq!(look(&store).routing().expect("reads"), Routing { with: Some(5), until: 0, last: 3 });
    let before = look(&store).mention(&key("1")).expect("reads").expect("is there");
    let mut moved = renewal(&store, 0.75, "2.0.0");
    moved.mentions.truncate(2);
    for mention in &mut moved.mentions {
        mention.topics = vec![topic("rival")];
        (mention.annotations, mention.signals) = (before.annotations.clone(), before.signals.clone());
    }
    moved.reached = Reached::Routed { until: 2 };
    // One was given another topic meanwhile: whoever did that knew all topics.
    let mut given = first("2");
    given.topics.push(topic("house"));
    let _ = write(&store, brings(61, vec![given]));
    assert_eq!(store.renew(&moved).expect("writes"), 1);
    let count = |name: &str| look(&store).facts(&topic(name), window(-10, 10)).expect("facts").count();
    assert_eq!((count("acme"), count("rival"), count("house")), (2, 1, 1));
    let after = look(&store).mention(&key("1")).expect("reads").expect("is there");
    assert_eq!(after, vigie_store::Stored { topics: vec![topic("rival")], ..before });
    look(&store).verify().expect("sound");
    let _ = write(&store, brings(62, vec![first("4")]));
    store.announce_topics(5).expect("writes");
    let routing = look(&store).routing().expect("reads");
    assert_eq!(
        (routing, routing.waiting()),
        (Routing { with: Some(5), until: 2, last: 3 }, 1),
        "what comes later waits for nothing"
    );
    store.announce_topics(6).expect("writes");
    assert_eq!(look(&store).routing().expect("reads").waiting(), 4);
}

#[test]
fn a_store_of_earlier_versions_knows_nothing_of_topics() {
    let store = store();
    let _ = write(&store, brings(60, vec![first("1")]));
    assert_eq!(look(&store).routing().expect("reads"), Routing::default());
    let stored = look(&store).mention(&key("1")).expect("reads").expect("is there");
    assert_eq!(stored.signals.given, None);
}
