//! Connectors that deliver the same mention at the same instant: each had completed it with what was stored before, and the last to
//! be written took away what the others had told.

use std::collections::BTreeSet;
use std::sync::Arc;

use vigie_mention::{Attribute, ConnectorId, MentionKey, TopicId, Value};
use vigie_pipeline::{Accept, Analyzer, Connector, Event, Plan, Topic};
use vigie_query::Query;
use vigie_store::Stored;

use super::{Bed, batch, plan, run};
use crate::fakes::{Gate, Script, post, upsert};

/// A plan of so many connectors. All deliver the post `shared` with this text, each with an attribute of its own, under a topic of its
/// own, beside a post that only it delivers.
fn in_step(count: usize, text: &str, analyzer: Arc<dyn Analyzer>) -> Plan {
    let topic = |name: &str| TopicId::new(name).expect("a name");
    let connectors = (0..count).map(|number| {
        let mut shared = post("shared", 2, text);
        shared.attributes = vec![Attribute { key: format!("from-{number}"), value: Value::Flag(true) }];
        shared.engagement.likes = (number == 0).then_some(5);
        shared.engagement.views = (number == 1).then_some(9);
        let own = post(&format!("own {number}"), 1, &format!("acme, says {number}"));
        let template = plan(Arc::new(Script::new(vec![batch(vec![upsert(shared), upsert(own)])])), vec![]).connectors.remove(0);
        Connector {
            id: ConnectorId::new(format!("c-{number}")).expect("a name"),
            topics: vec![topic(&format!("house-{number}"))],
            accept: Accept::Everything,
            history: None,
            ..template
        }
    });
    let query = Query::parse("nothing-of-the-kind").expect("a query").query;
    let house = |number| {
        let id = topic(&format!("house-{number}"));
        Topic { id, title: "A house".into(), group: None, query: query.clone() }
    };
    Plan {
        topics: (0..count).map(house).collect(),
        connectors: connectors.collect(),
        analyzers: vec![analyzer],
        ..Plan::default()
    }
}

fn shared(bed: &Bed) -> Stored {
    let key = MentionKey { source: "script".into(), instance: String::new(), id: "shared".into() };
    bed.store.snapshot().expect("a snapshot").mention(&key).expect("readable").expect("kept")
}

/// All have looked at the store before any of them writes: each waits in its first analysis for the others.
async fn deliver_in_step(bed: &Bed, count: usize, text: &str) -> Arc<Gate> {
    let gate = Arc::new(Gate::new(count));
    let (summary, _) = run(bed, in_step(count, text, gate.clone())).await;
    assert_eq!(summary.connectors.len(), count);
    assert!(summary.failures.is_empty(), "{:?}", summary.failures);
    gate
}

#[tokio::test]
async fn two_connectors_in_step_both_leave_what_they_tell() {
    let bed = Bed::new();
    for text in ["first words", "words of an edit"] {
        let gate = deliver_in_step(&bed, 2, text).await;
        let Stored { mention, topics, annotations, .. } = shared(&bed);
        assert_eq!((mention.engagement.likes, mention.engagement.views), (Some(5), Some(9)), "{text}");
        assert_eq!(mention.attributes.len(), 2, "{text}: {:?}", mention.attributes);
        assert_eq!(topics.iter().map(TopicId::as_str).collect::<Vec<_>>(), ["house-0", "house-1"], "{text}");
        assert_eq!((mention.text.as_str(), annotations.len()), (text, 1));
        let seen = gate.seen();
        for number in 0..2 {
            let own = format!("acme, says {number}");
            assert!(
                seen.iter().filter(|text| **text == own).count() <= 1,
                "what came out the same is not analyzed again: {seen:?}"
            );
        }
    }
    assert_eq!(bed.texts().len(), 3);
    bed.store.snapshot().expect("a snapshot").verify().expect("sound");
}

/// What a mention gains from another connector is nothing that this analyzer reads.
#[tokio::test]
async fn what_an_analyzer_failed_on_does_not_count_against_it_again_when_it_is_digested_again() {
    let bed = Bed::new();
    for (text, failed) in [("plain words", 0), ("unreadable words", 2)] {
        let gate = Arc::new(Gate::new(2));
        let (_, events) = run(&bed, in_step(2, text, gate.clone())).await;
        let seen = gate.seen();
        assert_eq!(seen.iter().filter(|seen| *seen == text).count(), 2, "once for each connector: {seen:?}");
        let told = events.iter().filter(|event| matches!(event, Event::Unannotated { .. })).count();
        assert_eq!(told, failed, "{text}");
        assert_eq!(shared(&bed).topics.len(), 2, "{text}");
        assert_eq!(shared(&bed).signals.analyzed.is_some(), failed == 0, "it is known that something is missing");
        let letters = bed.store.snapshot().expect("a snapshot").dead_letters().expect("readable");
        assert_eq!(letters.len(), failed.min(1), "{letters:?}");
    }
}

/// More than there are tries: at the end each has its turn alone.
#[tokio::test]
async fn many_connectors_in_step_all_leave_what_they_tell() {
    let bed = Bed::new();
    deliver_in_step(&bed, 9, "words of many").await;
    let Stored { mention, topics, .. } = shared(&bed);
    let told: BTreeSet<_> = mention.attributes.into_iter().map(|attribute| attribute.key).collect();
    assert_eq!(told, (0..9).map(|number| format!("from-{number}")).collect());
    assert_eq!(topics.len(), 9);
    assert_eq!(bed.texts().len(), 10);
    let ledger = bed.store.snapshot().expect("a snapshot").all_feeds().expect("readable");
    assert_eq!(ledger.iter().filter(|(_, state)| state.newer.polls == 1).count(), 9, "each poll was counted once");
}
