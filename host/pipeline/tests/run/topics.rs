//! Topics that change after mentions were stored: what was stored stayed under the old ones until its source brought it again.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;
use vigie_mention::delivery::RawMention;
use vigie_mention::{ConnectorId, Instant, TopicId, Window};
use vigie_pipeline::{Accept, Analyzer, Event, Keeper, Pipeline, Plan, Reanalyzed, Topic};
use vigie_query::Query;
use vigie_store::{Filter, Store};

use super::{Bed, batch, options, plan, run};
use crate::fakes::{Counter, Script, post, upsert};

pub(crate) fn topic(name: &str) -> TopicId {
    TopicId::new(name).expect("a name")
}

/// Topics with their queries.
pub(crate) fn about(topics: &[(&str, &str)]) -> Vec<Topic> {
    let topic = |(name, query): &(&str, &str)| {
        let query = Query::parse(query).expect("a query").query;
        Topic { id: topic(name), title: (*name).into(), group: None, query }
    };
    topics.iter().map(topic).collect()
}

/// One connector, for all of these topics, that brings these mentions and then nothing more.
fn brings(topics: &[(&str, &str)], accept: Accept, mentions: &[RawMention]) -> Plan {
    let mut wanted = plan(Arc::new(Script::new(vec![batch(mentions.iter().cloned().map(upsert).collect())])), vec![]);
    wanted.topics = about(topics);
    wanted.connectors[0].topics = topics.iter().map(|(name, _)| topic(name)).collect();
    wanted.connectors[0].accept = accept;
    wanted
}

/// The same, brought before.
fn silent(topics: &[(&str, &str)], accept: Accept) -> Plan {
    brings(topics, accept, &[])
}

/// Id and topics of all that is stored, by id.
fn filed(store: &Store) -> Vec<(String, Vec<String>)> {
    let snapshot = store.snapshot().expect("a snapshot");
    snapshot.verify().expect("sound");
    let mentions = snapshot.mentions(&Filter::default()).expect("mentions").map(|stored| stored.expect("readable"));
    let mut filed: Vec<_> =
        mentions.map(|stored| (stored.mention.id, stored.topics.iter().map(ToString::to_string).collect::<Vec<_>>())).collect();
    filed.sort();
    filed
}

fn expect(filed: &[(String, Vec<String>)], expected: &[(&str, &[&str])]) {
    let filed: Vec<_> =
        filed.iter().map(|(id, topics)| (id.as_str(), topics.iter().map(String::as_str).collect::<Vec<_>>())).collect();
    let expected: Vec<_> = expected.iter().map(|(id, topics)| (*id, topics.to_vec())).collect();
    assert_eq!(filed, expected);
}

pub(crate) fn count(store: &Store, name: &str) -> usize {
    let all = Window { from: Instant::from_millis(i64::MIN), until: Instant::from_millis(i64::MAX) };
    store.snapshot().expect("a snapshot").facts(&topic(name), all).expect("facts").count()
}

async fn reanalyze(store: &Store, plan: Plan) -> Reanalyzed {
    let pipeline = Pipeline::new(plan, store.clone(), options()).expect("a plan");
    let (events, _happened) = unbounded_channel();
    pipeline.reanalyze(&CancellationToken::new(), &events).await.expect("a pass")
}

#[tokio::test]
async fn topics_that_change_are_those_of_what_is_stored() {
    let bed = Bed::new();
    let mentions = [post("1", 1, "acme"), post("2", 2, "brand"), post("3", 3, "acme brand"), post("4", 4, "rival")];
    run(&bed, brings(&[("acme", "acme OR brand"), ("rival", "rival")], Accept::Matching, &mentions)).await;
    // Narrowed, removed, and one that is new.
    let edited = [("acme", "acme"), ("brand", "brand")];
    run(&bed, silent(&edited, Accept::Matching)).await;
    expect(&filed(&bed.store), &[("1", &["acme"]), ("2", &["brand"]), ("3", &["acme", "brand"]), ("4", &[])]);
    assert_eq!((count(&bed.store, "acme"), count(&bed.store, "brand"), count(&bed.store, "rival")), (2, 2, 0));
    // Back again, by itself; and a query that is only written otherwise is no change.
    let again = silent(&[("acme", "brand OR acme"), ("rival", "rival")], Accept::Matching);
    let pass = reanalyze(&bed.store, again).await;
    assert_eq!((pass.moved, pass.done), (3, true));
    expect(&filed(&bed.store), &[("1", &["acme"]), ("2", &["acme"]), ("3", &["acme"]), ("4", &["rival"])]);
    let pass = reanalyze(&bed.store, silent(&[("rival", "rival"), ("acme", "(acme OR brand)")], Accept::Matching)).await;
    assert_eq!((pass.moved, pass.seen, pass.done), (0, 0, true), "there is nothing to do");
}

#[tokio::test]
async fn answers_follow_their_conversation() {
    let bed = Bed::new();
    let answer = |id: &str, of: &str| RawMention { parent: Some(of.into()), ..post(id, 1, &format!("answer {id}")) };
    let mut mentions: Vec<RawMention> = (1..=2_000).rev().map(|at| answer(&at.to_string(), &(at - 1).to_string())).collect();
    mentions.push(post("0", 2, "acme brand"));
    mentions.push(RawMention { thread: Some("0".into()), ..post("own", 1, "acme itself") });
    run(&bed, brings(&[("acme", "acme")], Accept::Conversation, &mentions)).await;
    assert_eq!(count(&bed.store, "acme"), 2_002);
    run(&bed, silent(&[("acme", "itself"), ("brand", "brand")], Accept::Conversation)).await;
    assert_eq!((count(&bed.store, "acme"), count(&bed.store, "brand")), (1, 2_001), "one says it itself");
    run(&bed, silent(&[("other", "other")], Accept::Conversation)).await;
    assert_eq!(filed(&bed.store).len(), 2_002, "what belongs to nothing stays");
    run(&bed, silent(&[("acme", "acme")], Accept::Conversation)).await;
    assert_eq!(count(&bed.store, "acme"), 2_002);
}

/// A connector that keeps everything and one that keeps what matches read the same source for the same topic.
#[tokio::test]
async fn what_a_connector_keeps_whatever_it_says_keeps_its_topic() {
    let bed = Bed::new();
    let everything = |topics: &[(&str, &str)], mentions: &[RawMention]| {
        let mut wanted = brings(topics, Accept::Everything, mentions);
        wanted.connectors[0].id = ConnectorId::new("own-pages").expect("a name");
        wanted
    };
    let (before, after) = ([("acme", "acme OR brand")], [("acme", "acme")]);
    run(&bed, everything(&before, &[post("own", 1, "thank you"), post("said", 1, "brand day")])).await;
    run(&bed, brings(&before, Accept::Matching, &[post("press", 1, "brand")])).await;
    let mut both = silent(&after, Accept::Matching);
    both.idle = everything(&after, &[]).connectors.iter().map(Keeper::of).collect();
    run(&bed, both).await;
    expect(&filed(&bed.store), &[("own", &["acme"]), ("press", &[]), ("said", &["acme"])]);
    // The connector is gone, or it was an import: what it gave stays as long as there is such a topic.
    run(&bed, silent(&[("acme", "acme NOT looney")], Accept::Matching)).await;
    expect(&filed(&bed.store), &[("own", &["acme"]), ("press", &[]), ("said", &["acme"])]);
    run(&bed, silent(&[("rival", "rival")], Accept::Matching)).await;
    expect(&filed(&bed.store), &[("own", &[]), ("press", &[]), ("said", &[])]);
}

#[tokio::test]
async fn those_that_read_topics_see_what_moved_and_nobody_else() {
    for (by_topic, calls) in [(true, 2), (false, 1)] {
        let bed = Bed::new();
        let counter = Arc::new(Counter { by_topic, ..Counter::default() });
        let analyzers = || -> Vec<Arc<dyn Analyzer>> { vec![counter.clone()] };
        let mentions = [post("1", 1, "acme brand"), post("2", 2, "acme")];
        run(&bed, Plan { analyzers: analyzers(), ..brings(&[("acme", "acme")], Accept::Matching, &mentions) }).await;
        let widened = Plan { analyzers: analyzers(), ..silent(&[("acme", "acme"), ("b", "brand")], Accept::Matching) };
        run(&bed, widened).await;
        assert_eq!(counter.calls.load(Ordering::SeqCst), calls);
        expect(&filed(&bed.store), &[("1", &["acme", "b"]), ("2", &["acme"])]);
        let annotated = bed.store.snapshot().expect("a snapshot");
        let annotated = annotated.mentions(&Filter::default()).expect("mentions");
        assert!(annotated.map(|stored| stored.expect("readable")).all(|stored| stored.annotations.len() == 1));
    }
}

#[tokio::test]
async fn a_pass_for_topics_can_be_stopped_anywhere() {
    let bed = Bed::new();
    let mentions: Vec<_> = (0..3_000).map(|number| post(&format!("{number:04}"), 1, "acme brand")).collect();
    run(&bed, brings(&[("acme", "acme")], Accept::Matching, &mentions)).await;
    let edited = || silent(&[("acme", "nothing-of-the-kind"), ("b", "brand")], Accept::Matching);
    let pipeline = Pipeline::new(edited(), bed.store.clone(), options()).expect("a plan");
    let (events, mut happened) = unbounded_channel();
    let stop = CancellationToken::new();
    let (first, ()) = tokio::join!(pipeline.reanalyze(&stop, &events), async {
        assert!(matches!(happened.recv().await, Some(Event::Rerouted { .. })));
        stop.cancel();
    });
    let first = first.expect("a pass");
    assert!(!first.done && first.moved > 0 && first.moved < 3_000, "{first:?}");
    let waiting = || bed.store.snapshot().expect("a snapshot").routing().expect("readable").waiting();
    assert_eq!(waiting(), 3_000 - first.moved);
    assert_eq!(count(&bed.store, "acme") as u64, 3_000 - first.moved, "each is under the old or under the new ones");
    let rest = reanalyze(&bed.store, edited()).await;
    assert_eq!((first.moved + rest.moved, rest.done, waiting()), (3_000, true, 0));
    assert_eq!((count(&bed.store, "acme"), count(&bed.store, "b")), (0, 3_000));
}
