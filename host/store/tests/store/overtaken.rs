//! Commits made from what somebody else has changed since: two connectors that delivered one mention at the same instant overwrote
//! each other, and what the first had told of it was lost.

use vigie_mention::{MentionKey, Moment, Precision};
use vigie_store::{Basis, Commit, Receipt, Record, Seen, Store, StoreError};

use crate::disk::Disk;
use crate::material::{at, brings, dump, feed_key, key, look, mention, record, removes, store, topic, write};

/// The record, made from what the store has of its mention now.
fn based(store: &Store, record: Record) -> Record {
    let stored = look(store).mention(&record.mention.key()).expect("reads");
    let seen = |stored: vigie_store::Stored| {
        Box::new(Seen { mention: stored.mention, topics: stored.topics, given: stored.signals.given })
    };
    Record { basis: stored.map_or(Basis::Nothing, |stored| Basis::Stored(seen(stored))), ..record }
}

/// What one connector tells of the mention: so many likes, and the topics it has then.
fn liked(store: &Store, likes: u64, topics: &[&str]) -> Record {
    let mut liked = mention("1", 0);
    liked.engagement.likes = Some(likes);
    based(store, record(liked, topics))
}

fn overtaken(store: &Store, late: Commit) -> Option<String> {
    let before = dump(store);
    match store.commit(vec![late]) {
        Ok(_) => None,
        Err(StoreError::Overtaken { mention, .. }) => {
            assert_eq!(dump(store), before, "nothing of it is kept, its cursor neither");
            Some(mention)
        }
        Err(error) => panic!("{error}"),
    }
}

fn stored(store: &Store, key: &MentionKey) -> (Option<u64>, Vec<String>) {
    let stored = look(store).mention(key).expect("reads").expect("is there");
    (stored.mention.engagement.likes, stored.topics.iter().map(ToString::to_string).collect())
}

#[test]
fn a_commit_made_from_what_another_has_changed_since_is_refused_whole() {
    let store = store();
    let _ = write(&store, brings(60, vec![record(mention("1", 0), &["acme"])]));
    // Both read the mention, then both write; the second brings something else besides.
    let (first, second) = (liked(&store, 5, &["acme", "rival"]), liked(&store, 7, &["acme"]));
    let other = based(&store, record(mention("2", 0), &["acme"]));
    let _ = write(&store, brings(60, vec![first]));
    let late = brings(60, vec![other.clone(), second]);
    assert_eq!(overtaken(&store, late).as_deref(), Some("mention forum/forum.example/1"));
    assert_eq!(stored(&store, &key("1")), (Some(5), vec!["acme".to_owned(), "rival".to_owned()]));

    // Made anew it is written.
    let again = brings(60, vec![other, liked(&store, 7, &["acme", "rival"])]);
    assert_eq!(write(&store, again), Receipt { new: 1, updated: 1, ..Receipt::default() });
    assert_eq!(stored(&store, &key("1")), (Some(7), vec!["acme".to_owned(), "rival".to_owned()]));
}

#[test]
fn topics_alone_are_a_change_and_so_are_coming_and_going() {
    let store = store();
    let new = |topics: &[&str]| based(&store, record(mention("1", 0), topics));
    let (first, second) = (new(&["acme"]), new(&["rival"]));
    let _ = write(&store, brings(60, vec![first]));
    assert!(overtaken(&store, brings(60, vec![second])).is_some(), "both took it for new");

    let (first, second) = (new(&["acme", "house"]), liked(&store, 1, &["acme", "rival"]));
    let _ = write(&store, brings(60, vec![first]));
    assert!(overtaken(&store, brings(60, vec![second])).is_some(), "at the same instant, with the same text");

    let late = liked(&store, 1, &["acme"]);
    let _ = write(&store, removes(60, &["1"]));
    assert!(overtaken(&store, brings(60, vec![late])).is_some(), "what it was made from is gone");
    let mut back = new(&["acme"]);
    back.mention.edited = Some(Moment { at: at(61), precision: Precision::Second });
    assert_eq!(write(&store, brings(61, vec![back])).new, 1, "back again");
}

#[test]
fn what_two_bring_alike_is_no_conflict() {
    let store = store();
    let news = || vec![based(&store, record(mention("1", 0), &["acme", "rival"]))];
    let (first, mut second) = (news(), news());
    second[0].mention.collected_at = crate::material::at(99);
    second[0].topics.reverse();
    assert_eq!(write(&store, brings(60, first)).new, 1);
    assert_eq!(write(&store, brings(60, second)), Receipt { unchanged: 1, ..Receipt::default() });
    assert_eq!(look(&store).mention(&key("1")).expect("reads").expect("is there").topics, [topic("acme"), topic("rival")]);
}

/// Hands all commits to one writer at once; the answer of each.
fn together(store: &Store, road: Vec<Commit>) -> Vec<Result<Receipt, StoreError>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let writer = store.writer();
        let tasks: Vec<_> = road
            .into_iter()
            .map(|commit| {
                let writer = writer.clone();
                tokio::spawn(async move { writer.commit(commit).await })
            })
            .collect();
        let mut written = Vec::new();
        for task in tasks {
            written.push(task.await.expect("the task ends"));
        }
        written
    })
}

/// However they are grouped, each commit has its own answer.
#[test]
fn a_commit_that_is_refused_takes_no_other_with_it() {
    let store = store();
    let _ = write(&store, brings(60, vec![record(mention("1", 0), &["acme"])]));
    let road: Vec<Commit> = (0..40_i64)
        .map(|number| {
            // Every other one is made from what is there now, and of these only the first still is when its turn comes.
            let contested = || liked(&store, u64::try_from(number).expect("positive"), &["acme"]);
            let own = record(mention(&format!("own {number}"), 0), &["acme"]);
            let records = if number % 2 == 1 { vec![own, contested()] } else { vec![own] };
            Commit { feed: feed_key(&format!("feed {number}")), ..brings(60, records) }
        })
        .collect();
    let written = together(&store, road);
    for (number, answer) in written.iter().enumerate() {
        let refused = matches!(answer, Err(StoreError::Overtaken { .. }));
        assert_eq!(refused, number % 2 == 1 && number > 1, "commit {number}: {answer:?}");
    }
    look(&store).verify().expect("every invariant holds");
    assert_eq!(look(&store).stats().expect("counts").mentions, 1 + 20 + 1);
    assert_eq!(stored(&store, &key("1")).0, Some(1));
    assert_eq!(look(&store).all_feeds().expect("reads").len(), 1 + 20 + 1);
}

/// Each refusal took a durable transaction of its own.
#[test]
fn refusals_cost_no_waits_for_the_disk() {
    let [quiet, contested] = [false, true].map(|contested| {
        let disk = Disk::default();
        let store = Store::open_backend(disk.clone()).expect("opens");
        let _ = write(&store, brings(60, vec![record(mention("1", 0), &["acme"])]));
        let road = (0..80_u64).map(|number| {
            let own = record(mention(&format!("own {number}"), 0), &["acme"]);
            let more = (contested && number % 2 == 1).then(|| liked(&store, number, &["acme"]));
            brings(60, [own].into_iter().chain(more).collect())
        });
        let road = road.collect();
        let before = disk.syncs();
        let written = together(&store, road);
        assert_eq!(written.iter().filter(|answer| answer.is_err()).count(), if contested { 39 } else { 0 });
        disk.syncs() - before
    });
    // A slow machine hands them over in more than one group.
    assert!(contested <= quiet + 10, "{contested} syncs, {quiet} where nothing is contested");
}

#[test]
fn what_one_commit_brings_twice_must_be_alike() {
    let store = store();
    let new = |likes: u64| liked(&store, likes, &["acme"]);
    assert!(overtaken(&store, brings(60, vec![new(1), new(2)])).is_some(), "the second is not made from the first");
    let mut road = vec![new(1), new(1)];
    road[1].mention.collected_at = crate::material::at(99);
    road.push(Record { basis: Basis::Unseen, ..new(3) });
    assert_eq!(write(&store, brings(60, road)), Receipt { new: 1, unchanged: 1, updated: 1, ..Receipt::default() });
    assert_eq!(stored(&store, &key("1")).0, Some(3));
}
