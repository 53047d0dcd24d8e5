//! Feeds of which more is wanted than when they were read: a topic that came later never got its history from a source that lists, and
//! its share of voice was that of what came after it.

use std::sync::Arc;

use vigie_mention::delivery::Direction;
use vigie_pipeline::{Accept, Plan, Source, Summary};

use super::topics::{about, count, topic};
use super::{Bed, plan, run};
use crate::fakes::{Board, Searched, post};

fn wants(source: Arc<dyn Source>, topics: &[(&str, &str)], accept: Accept) -> Plan {
    let mut wanted = plan(source, vec![]);
    wanted.topics = about(topics);
    wanted.connectors[0].topics = topics.iter().map(|(name, _)| topic(name)).collect();
    wanted.connectors[0].accept = accept;
    wanted
}

async fn run_for(bed: &Bed, source: Arc<dyn Source>, topics: &[(&str, &str)]) -> Summary {
    run(bed, wants(source, topics, Accept::Matching)).await.0
}

#[tokio::test]
async fn a_topic_that_comes_later_gets_its_history_from_a_listing() {
    let bed = Bed::new();
    let names = ["acme", "globex", "neither"];
    let posts = (0..60).map(|number| post(&number.to_string(), number, names[number as usize % 3])).collect();
    let board = Arc::new(Board::new(posts, 10));
    run_for(&bed, board.clone(), &[("acme", "acme")]).await;
    assert_eq!((count(&bed.store, "acme"), count(&bed.store, "globex")), (20, 0));
    let both = [("acme", "acme"), ("globex", "globex")];
    let summary = run_for(&bed, board.clone(), &both).await;
    assert_eq!((count(&bed.store, "acme"), count(&bed.store, "globex")), (20, 20));
    assert_eq!(summary.total().new, 20, "what is known comes as known");
    // Nothing more is wanted by a query that is written otherwise, by fewer topics, or by another name.
    for topics in [&[("acme", "(ACME)"), ("globex", "globex OR globex")][..], &[("acme", "acme")], &[("rival", "acme")], &both] {
        let polls = run_for(&bed, board.clone(), topics).await.total().polls;
        let again = if topics == both { 7 } else { 1 };
        assert_eq!(polls, again, "{topics:?}");
    }
}

/// What is kept whatever it says is read again for a topic of another name, and for no query.
#[tokio::test]
async fn what_keeps_everything_is_read_again_for_the_names_of_its_topics() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(vec![post("1", 1, "thank you")], 10));
    for (topics, polls) in [(&[("acme", "acme")][..], 2), (&[("acme", "brand")], 1), (&[("house", "brand")], 2)] {
        let wanted = wants(board.clone(), topics, Accept::Everything);
        assert_eq!(run(&bed, wanted).await.0.total().polls, polls, "{topics:?}");
        assert_eq!(count(&bed.store, topics[0].0), 1, "{topics:?}");
    }
}

#[tokio::test]
async fn a_search_is_read_once_and_a_conversation_again() {
    let bed = Bed::new();
    let source = Arc::new(Searched::default());
    let begun = || {
        let polls = std::mem::take(&mut *source.polls.lock().expect("not poisoned"));
        let mut begun: Vec<_> = polls.into_iter().filter(|(_, _, begins)| *begins).map(|(feed, walk, _)| (feed, walk)).collect();
        begun.sort();
        begun
    };
    let walks = |feeds: &[(&str, &[Direction])]| {
        let one = |(feed, walks): &(&str, &[Direction])| walks.iter().map(|walk| ((*feed).to_owned(), *walk)).collect::<Vec<_>>();
        feeds.iter().flat_map(one).collect::<Vec<_>>()
    };
    let both: &[Direction] = &[Direction::Newer, Direction::Older];
    run_for(&bed, source.clone(), &[("acme", "acme")]).await;
    assert_eq!(begun(), walks(&[("latest", both), ("search:acme", both), ("talk", both)]));
    run_for(&bed, source.clone(), &[("acme", "acme")]).await;
    assert_eq!(begun(), []);
    run_for(&bed, source.clone(), &[("acme", "acme"), ("globex", "globex")]).await;
    assert_eq!(begun(), walks(&[("latest", &[Direction::Older]), ("search:globex", both), ("talk", both)]));
    run_for(&bed, source.clone(), &[("acme", "acme"), ("globex", "globex")]).await;
    assert_eq!(begun(), []);
}
