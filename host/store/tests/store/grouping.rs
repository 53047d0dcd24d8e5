//! However commits are grouped, the same is stored.

use proptest::collection::vec;
use proptest::prelude::*;
use vigie_mention::{Engagement, Moment, Precision};
use vigie_store::{Commit, Polarity, Receipt, Record};

use crate::material::{at, brings, by, dump, feed, key, look, mention, record, store};

fn records() -> impl Strategy<Value = Record> {
    let identity = (0..12_u8, 0..4_u8, prop::option::of(0..60_i64));
    let content = (0..3_u8, prop::option::of(0..3_i64), prop::option::of(0..9_u64));
    let found = (prop::sample::subsequence(vec!["acme", "rival", "third"], 0..=3), prop::option::of(-1.0..1.0_f32));
    (identity, content, found).prop_map(|((id, author, published), (text, edited, likes), (topics, sentiment))| {
        let mut mention = mention(&id.to_string(), 0);
        mention.published = published.map(|minute| Moment { at: at(minute), precision: Precision::Second });
        mention.edited = edited.map(|minute| Moment { at: at(minute), precision: Precision::Second });
        mention.text = format!("version {text}");
        mention.engagement = Engagement { likes, ..Engagement::default() };
        if author > 0 {
            mention = by(mention, &format!("author {author}"));
        }
        let mut record = record(mention, &topics);
        record.signals.sentiment = sentiment;
        record.signals.label = sentiment.map(|_| Polarity::Neutral);
        record
    })
}

fn commits() -> impl Strategy<Value = Commit> {
    let children = vec((0..4_u8, prop::option::of(0..200_i64)), 0..3);
    (0..120_i64, 0..3_u8, vec(records(), 0..5), vec(0..12_u8, 0..3), children).prop_map(
        |(minute, feed_id, records, gone, children)| {
            let mut commit = brings(minute, records);
            commit.feed.feed = format!("feed {feed_id}");
            commit.removals = gone.into_iter().map(|id| key(&id.to_string())).collect();
            for (id, end) in children {
                let mut child = feed(&format!("child {id}"));
                child.expires_at = end.map(at);
                commit.children.push(child);
            }
            commit
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn groups_make_no_difference(road in vec(commits(), 1..12), cuts in vec(1..5_usize, 12)) {
        let one_by_one = store();
        let mut receipts: Vec<Receipt> = Vec::new();
        for commit in &road {
            receipts.extend(one_by_one.commit(vec![commit.clone()]).expect("commits"));
            look(&one_by_one).verify().expect("every invariant holds");
        }

        let grouped = store();
        let mut rest = road.as_slice();
        let mut grouped_receipts: Vec<Receipt> = Vec::new();
        for cut in cuts {
            let (group, after) = rest.split_at(cut.min(rest.len()));
            grouped_receipts.extend(grouped.commit(group.to_vec()).expect("commits"));
            rest = after;
        }
        look(&grouped).verify().expect("every invariant holds");
        prop_assert_eq!(&grouped_receipts, &receipts);
        prop_assert_eq!(dump(&grouped), dump(&one_by_one));
    }
}

#[test]
fn the_writer_answers_each_task_with_its_own_receipt() {
    let store = store();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let writer = store.writer();
        let tasks: Vec<_> = (0..200_i64)
            .map(|number| {
                let writer = writer.clone();
                let records = vec![record(mention(&(number / 2).to_string(), 0), &["acme"])];
                tokio::spawn(async move { writer.commit(brings(number, records)).await })
            })
            .collect();
        for (number, task) in tasks.into_iter().enumerate() {
            let receipt = task.await.expect("the task ends").expect("commits");
            let expected = if number % 2 == 0 {
                Receipt { new: 1, ..Receipt::default() }
            } else {
                Receipt { unchanged: 1, ..Receipt::default() }
            };
            assert_eq!(receipt, expected, "commits are written in the order they were handed over");
        }
    });
    look(&store).verify().expect("every invariant holds");
    assert_eq!(look(&store).stats().expect("counts").mentions, 100);
}

#[test]
fn what_was_handed_over_is_written_though_nobody_waits_for_it() {
    let store = store();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let writer = store.writer();
        for number in 0..50_i64 {
            let mut commit = std::pin::pin!(writer.commit(brings(0, vec![record(mention(&number.to_string(), 0), &[])])));
            // One look is enough to hand it over.
            std::future::poll_fn(|context| {
                let _ = commit.as_mut().poll(context);
                std::task::Poll::Ready(())
            })
            .await;
        }
        drop(writer);
    });
    assert_eq!(look(&store).stats().expect("counts").mentions, 50, "the drop waited");
}
