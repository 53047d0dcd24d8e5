//! Annotations made anew: what is replaced, what is left alone, and whose results the facts carry.

use std::collections::BTreeMap;

use vigie_mention::{Annotation, Value};
use vigie_store::{Analysis, InUse, Polarity, Reach, Record, Renewal, Renewed, Signals, Store};

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
        annotations: vec![note(score, version)],
        signals: signals(score, version),
    };
    Renewal { mentions: all.into_iter().map(renewed).collect(), dead_letters: vec![], analyzed: 7, reached }
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
