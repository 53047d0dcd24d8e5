//! Mentions: identity, updates, removal, clocks, facts.

use vigie_mention::{Engagement, KNOWN_FEED, MentionKind, Moment, Precision};
use vigie_store::{Commit, Coverage, DeadLetter, Fact, Known, Polarity, Previous, Receipt};

use crate::material::{
    at, brings, by, dump, feed_key, key, look, mention, poll, record, removes, scored, store, topic, window, write,
};

fn facts(store: &vigie_store::Store, name: &str) -> Vec<Fact> {
    look(store).facts(&topic(name), window(-1_000_000, 1_000_000)).expect("facts").map(|fact| fact.expect("a fact")).collect()
}

#[test]
fn a_mention_is_stored_once_and_read_back_whole() {
    let store = store();
    let record = scored(record(by(mention("1", 0), "ann"), &["rival", "acme", "rival"]), -0.5);
    let receipt = write(&store, brings(60, vec![record.clone()]));
    assert_eq!(receipt, Receipt { new: 1, ..Receipt::default() });
    let stored = look(&store).mention(&key("1")).expect("reads").expect("is there");
    assert_eq!(stored.mention, record.mention);
    assert_eq!(stored.topics, [topic("acme"), topic("rival")]);
    assert_eq!((stored.annotations, stored.signals), (record.annotations.clone(), record.signals.clone()));
    assert_eq!((stored.updated_at, stored.revision, stored.previous), (at(60), 0, None));

    let before = dump(&store);
    let again = write(&store, brings(61, vec![record]));
    assert_eq!(again, Receipt { unchanged: 1, ..Receipt::default() });
    let line = |dump: &str| dump.lines().find(|line| line.contains("\"mention\"")).map(str::to_owned);
    assert_eq!(line(&dump(&store)), line(&before), "nothing of the mention was written");
}

#[test]
fn identity_is_source_instance_and_id() {
    let store = store();
    let mut elsewhere = mention("1", 0);
    elsewhere.instance = "other.example".into();
    let mut other = mention("1", 0);
    (other.source, other.instance) = ("board".into(), String::new());
    let records = vec![record(mention("1", 0), &[]), record(elsewhere, &[]), record(other, &[]), record(mention("1", 0), &[])];
    assert_eq!(write(&store, brings(60, records)), Receipt { new: 3, unchanged: 1, ..Receipt::default() });
    assert_eq!(look(&store).stats().expect("counts").mentions, 3);
    assert_eq!(look(&store).known(&[key("1"), key("2")]).expect("reads"), [true, false]);
}

#[test]
fn an_edit_keeps_what_was_said_before_and_when_it_was_first_collected() {
    let store = store();
    let _ = write(&store, brings(60, vec![record(mention("1", 0), &["acme"])]));
    let mut edited = mention("1", 0);
    edited.text = "it says something else".into();
    edited.edited = Some(Moment { at: at(70), precision: Precision::Second });
    edited.collected_at = at(80);
    assert_eq!(look(&store).compare(&edited).expect("reads"), Known::Changed);
    assert_eq!(write(&store, brings(80, vec![record(edited.clone(), &["acme"])])), Receipt { updated: 1, ..Receipt::default() });
    assert_eq!(look(&store).compare(&edited).expect("reads"), Known::Same);

    let stored = look(&store).mention(&key("1")).expect("reads").expect("is there");
    assert_eq!(stored.mention.text, edited.text);
    assert_eq!((stored.mention.published, stored.mention.edited), (mention("1", 0).published, edited.edited));
    assert_eq!((stored.mention.collected_at, stored.updated_at, stored.revision), (at(60), at(80), 1));
    assert_eq!(stored.previous, Some(Previous { title: None, text: "what 1 says".into(), at: at(60) }));
}

#[test]
fn counters_alone_are_an_update_and_no_revision() {
    let store = store();
    let _ = write(&store, brings(60, vec![record(mention("1", 0), &["acme"])]));
    let mut liked = mention("1", 0);
    liked.engagement = Engagement { likes: Some(5), ..Engagement::default() };
    assert_eq!(write(&store, brings(61, vec![record(liked, &["acme"])])), Receipt { updated: 1, ..Receipt::default() });
    let stored = look(&store).mention(&key("1")).expect("reads").expect("is there");
    assert_eq!((stored.revision, stored.previous, stored.updated_at), (0, None, at(61)));
    assert_eq!(facts(&store, "acme")[0].engagement, Some(5));
}

/// A search answered with what a page had said before it was edited, and the newer text was lost.
#[test]
fn a_version_edited_earlier_is_no_news() {
    let store = store();
    let edited_at = |minute, text: &str| {
        let mut mention = mention("1", 0);
        mention.edited = Some(Moment { at: at(minute), precision: Precision::Second });
        mention.text = text.into();
        mention
    };
    let _ = write(&store, brings(60, vec![record(edited_at(50, "second"), &[])]));
    assert_eq!(look(&store).compare(&edited_at(40, "first")).expect("reads"), Known::Same);
    let receipt = write(&store, brings(61, vec![record(edited_at(40, "first"), &[])]));
    assert_eq!(receipt, Receipt { unchanged: 1, ..Receipt::default() });
    assert_eq!(look(&store).mention(&key("1")).expect("reads").expect("is there").mention.text, "second");
}

#[test]
fn facts_follow_topics_time_and_signals() {
    let store = store();
    let _ = write(&store, brings(60, vec![record(mention("1", 0), &["acme"]), record(mention("2", 5), &["acme"])]));
    assert_eq!(facts(&store, "acme").iter().map(|fact| fact.at).collect::<Vec<_>>(), [at(0), at(5)]);
    let mut moved = record(mention("1", 9), &["rival"]);
    moved.mention.collected_at = at(60);
    let _ = write(&store, brings(61, vec![scored(moved, 0.25)]));
    assert_eq!(facts(&store, "acme").len(), 1);
    let rival = facts(&store, "rival");
    assert_eq!(
        (rival.len(), rival[0].at, rival[0].sentiment, rival[0].polarity),
        (1, at(9), Some(0.25), Some(Polarity::Positive))
    );
    assert!(facts(&store, "nobody").is_empty());

    let look = look(&store);
    assert_eq!(look.name(rival[0].source).expect("reads").as_deref(), Some("forum"));
    assert_eq!(look.name(rival[0].language.expect("stated")).expect("reads").as_deref(), Some("en"));
    assert_eq!(look.mention_of(&rival[0]).expect("reads").expect("is there").mention.id, "1");
    assert_eq!(look.topics().expect("reads"), [topic("acme"), topic("rival")]);
    assert_eq!(look.span().expect("reads"), Some((at(5), at(9))));
    assert_eq!(look.all_facts(window(0, 9)).expect("facts").count(), 1, "the end of a window is outside");
    assert_eq!(look.stats().expect("counts").facts, 2);
}

#[test]
fn new_annotations_of_a_known_mention_replace_the_old() {
    let store = store();
    let _ = write(&store, brings(60, vec![scored(record(mention("1", 0), &["acme"]), -1.0)]));
    let receipt = write(&store, brings(61, vec![scored(record(mention("1", 0), &["acme"]), 1.0)]));
    assert_eq!(receipt, Receipt { unchanged: 1, ..Receipt::default() }, "its service says nothing new");
    let stored = look(&store).mention(&key("1")).expect("reads").expect("is there");
    assert_eq!((stored.annotations.len(), stored.signals.sentiment, stored.updated_at), (1, Some(1.0), at(60)));
    assert_eq!(facts(&store, "acme")[0].polarity, Some(Polarity::Positive));
    let _ = write(&store, brings(62, vec![record(mention("1", 0), &["acme"])]));
    assert!(look(&store).mention(&key("1")).expect("reads").expect("is there").annotations.is_empty());
}

#[test]
fn a_removal_leaves_a_tombstone_and_nothing_of_the_content() {
    let store = store();
    let mut told = record(by(mention("1", 0), "ann"), &["acme"]);
    told.mention.text = "a secret".into();
    let _ = write(&store, brings(60, vec![scored(told.clone(), 0.5), record(mention("2", 1), &["acme"])]));
    assert_eq!(write(&store, removes(70, &["1", "never seen"])), Receipt { removed: 1, ..Receipt::default() });

    let look_now = look(&store);
    assert_eq!(look_now.mention(&key("1")).expect("reads"), None);
    assert!(look_now.is_removed(&key("1")).expect("reads") && !look_now.is_removed(&key("never seen")).expect("reads"));
    assert_eq!(look_now.compare(&told.mention).expect("reads"), Known::Removed);
    let tombstones = look_now.tombstones().expect("reads");
    assert_eq!(tombstones.iter().map(|stone| (&stone.key, stone.at)).collect::<Vec<_>>(), [(&key("1"), at(70))]);
    assert_eq!((facts(&store, "acme").len(), look_now.stats().expect("counts").authors), (1, 0));
    let dumped = dump(&store);
    assert!(!dumped.contains("secret") && !dumped.contains("ann_handle"), "{dumped}");
    assert_eq!(write(&store, removes(71, &["1"])), Receipt::default(), "removed once");

    // Back again with other words: as if never seen.
    told.mention.edited = Some(Moment { at: at(75), precision: Precision::Second });
    assert_eq!(write(&store, brings(80, vec![told])), Receipt { new: 1, ..Receipt::default() });
    assert!(look(&store).tombstones().expect("reads").is_empty());
    assert_eq!(facts(&store, "acme").len(), 2);
}

/// A search that lagged behind its pages brought back what its author had deleted, text and name, with every poll; once the search had
/// forgotten it, it stayed.
#[test]
fn what_was_removed_stays_removed_until_something_is_said_since() {
    let said = |minute: i64, precision| Some(Moment { at: at(minute), precision });
    let told = record(by(mention("1", 0), "ann"), &["acme"]);
    let removed = || {
        let store = store();
        let _ = write(&store, brings(60, vec![told.clone()]));
        let _ = write(&store, removes(70, &["1"]));
        store
    };
    let day = 24 * 60;
    for (published, edited, back) in [
        (None, None, false),
        (said(0, Precision::Second), None, false),
        (said(0, Precision::Second), said(70, Precision::Second), false),
        (said(0, Precision::Second), said(71, Precision::Second), true),
        (said(71, Precision::Second), None, true),
        // These may be a date and a time east of here, before the removal.
        (said(0, Precision::Second), said(14 * 60, Precision::Zoneless), false),
        (said(100, Precision::Day), None, false),
        (said(0, Precision::Second), said(day, Precision::Zoneless), true),
    ] {
        let store = removed();
        let mut again = told.clone();
        (again.mention.published, again.mention.edited) = (published, edited);
        let expected = if back { Known::New } else { Known::Removed };
        assert_eq!(look(&store).compare(&again.mention).expect("reads"), expected, "{published:?} {edited:?}");
        let receipt = write(&store, brings(80, vec![again]));
        assert_eq!((receipt.new, receipt.unchanged), (u32::from(back), u32::from(!back)), "{published:?} {edited:?}");
        assert_eq!(look(&store).is_removed(&key("1")).expect("reads"), !back);
        assert_eq!(dump(&store).contains("ann_handle"), back);
    }

    let store = removed();
    let by_its_id = Commit { feed: feed_key(KNOWN_FEED), ..brings(80, vec![told]) };
    assert_eq!(write(&store, by_its_id).new, 1, "who asks for it by its id sees the thing itself");
}

#[test]
fn an_author_is_known_by_the_latest_name_as_long_as_something_is_theirs() {
    let store = store();
    let mut renamed = by(mention("2", 1), "ann");
    renamed.author.as_mut().expect("has one").name = Some("Ann the Second".into());
    let _ = write(&store, brings(60, vec![record(by(mention("1", 0), "ann"), &["acme"]), record(renamed, &["acme"])]));
    let author = facts(&store, "acme")[0].author.expect("has one");
    assert_eq!(facts(&store, "acme")[1].author, Some(author));
    assert_eq!(look(&store).name(author).expect("reads").as_deref(), Some("Ann the Second"));
    let known = look(&store).author(author).expect("reads").expect("is there");
    assert_eq!((known.source.as_str(), known.id.as_str(), known.handle.as_deref()), ("forum", "ann", Some("ann_handle")));

    let _ = write(&store, removes(70, &["1"]));
    assert_eq!(look(&store).stats().expect("counts").authors, 1);
    let mut anonymous = mention("2", 1);
    anonymous.text = "account deleted".into();
    let _ = write(&store, brings(71, vec![record(anonymous, &["acme"])]));
    assert_eq!(look(&store).name(author).expect("reads"), None);
}

#[test]
fn strange_content_is_kept_as_it_is() {
    let store = store();
    let mut strange = mention("a\0b/\u{202e}c", 0);
    strange.text = format!("null \0, right to left \u{202e}, long {}", "x".repeat(1 << 20));
    strange.kind = MentionKind::Photo;
    strange.published = Some(Moment { at: vigie_mention::Instant::from_millis(i64::MIN), precision: Precision::Day });
    let mut late = mention("", 0);
    late.published = Some(Moment { at: vigie_mention::Instant::from_millis(i64::MAX), precision: Precision::Zoneless });
    let receipt = write(&store, brings(60, vec![record(strange.clone(), &["acme"]), record(late, &["acme"])]));
    assert_eq!(receipt.new, 2);
    assert_eq!(look(&store).mention(&strange.key()).expect("reads").expect("is there").mention, strange);
    assert_eq!(look(&store).mentions(&vigie_store::Filter::default()).expect("lists").count(), 2);
}

#[test]
fn a_snapshot_does_not_change() {
    let store = store();
    let _ = write(&store, brings(60, vec![record(mention("1", 0), &["acme"])]));
    let before = look(&store);
    let _ = write(&store, removes(61, &["1"]));
    assert!(before.mention(&key("1")).expect("reads").is_some());
    assert!(look(&store).mention(&key("1")).expect("reads").is_none());
}

fn letter(id: &str, minute: i64) -> DeadLetter {
    let (plugin, version) = ("sentiment".into(), "0.1.0".into());
    DeadLetter { key: key(id), plugin, version, stage: "analyze".into(), message: format!("no words in {id}"), at: at(minute) }
}

#[test]
fn dead_letters_stay_until_their_mention_is_written_anew_or_removed() {
    let store = store();
    let mut failing = brings(60, vec![record(mention("1", 0), &[]), record(mention("2", 0), &[])]);
    failing.dead_letters = vec![letter("1", 60), letter("2", 60), letter("3", 60), letter("1", 61)];
    let _ = write(&store, failing);
    let letters = look(&store).dead_letters().expect("reads");
    assert_eq!(letters, [letter("1", 61), letter("2", 60), letter("3", 60)], "one an item, the last");
    let _ = write(&store, brings(62, vec![scored(record(mention("1", 0), &[]), 0.5)]));
    let _ = write(&store, removes(63, &["2"]));
    assert_eq!(look(&store).dead_letters().expect("reads"), [letter("3", 60)]);
}

#[test]
fn a_mention_that_is_read_again_as_it_was_is_no_longer_one_that_could_not_be() {
    let store = store();
    let mut failing = brings(60, vec![record(mention("1", 0), &[])]);
    let refresh = DeadLetter { plugin: "forum".into(), stage: vigie_store::REFRESH.into(), ..letter("1", 60) };
    failing.dead_letters = vec![letter("1", 60), refresh.clone()];
    let _ = write(&store, failing);
    let _ = write(&store, brings(61, vec![record(mention("1", 0), &[])]));
    assert_eq!(look(&store).dead_letters().expect("reads"), [refresh, letter("1", 60)], "a poll reads by another way");
    let again = Commit { feed: feed_key(KNOWN_FEED), ..brings(62, vec![record(mention("1", 0), &[])]) };
    assert_eq!(write(&store, again).unchanged, 1);
    assert_eq!(look(&store).dead_letters().expect("reads"), [letter("1", 60)], "the analyzer was not asked");
}

#[test]
fn too_many_dead_letters_lose_the_oldest_and_say_so() {
    let store = store();
    let mut flood = poll("latest", 60, "c");
    flood.dead_letters = (0..10_001).map(|number| letter(&format!("{number:05}"), number)).collect();
    let _ = store.commit(vec![flood]).expect("commits");
    let stats = look(&store).stats().expect("counts");
    assert_eq!((stats.dead_letters, stats.dead_letters_dropped), (9_001, 1_000));
    assert_eq!(look(&store).dead_letters().expect("reads")[0], letter("01000", 1_000));
}

#[test]
fn the_ledger_adds_up_by_feed_and_hour() {
    let store = store();
    let _ = write(&store, brings(0, vec![record(mention("1", 0), &[]), record(mention("2", 0), &[])]));
    let mut second = brings(59, vec![record(mention("2", 0), &[]), record(mention("3", 0), &[])]);
    second.coverage.known = 4;
    second.removals = vec![key("1")];
    let _ = write(&store, second);
    let mut failed = poll("latest", 60, "c");
    failed.coverage =
        Coverage { asked: 1, failed: 1, failure: Some(vigie_mention::FailureClass::Transient), ..Coverage::default() };
    let _ = write(&store, failed);

    let rows =
        |from, until| look(&store).ledger(window(from, until)).expect("reads").map(|row| row.expect("a row")).collect::<Vec<_>>();
    let first = Coverage { asked: 2, received: 4, new: 3, known: 5, removed: 1, ..Coverage::default() };
    assert_eq!(rows(10, 60), [(feed_key("latest"), at(0), first)]);
    let all = rows(0, 61);
    assert_eq!((all.len(), all[1].1, all[1].2.failure), (2, at(60), Some(vigie_mention::FailureClass::Transient)));
    assert!(rows(120, 180).is_empty() && rows(50, 10).is_empty());
}
