//! A store with a few mentions, and the report on it.

use std::time::Duration;

use vigie_insight::{Cause, InsightError, Question, Reach, Report, TopicShown, Watch, report};
use vigie_mention::delivery::{Direction, Feed};
use vigie_mention::{
    Author, ConnectorId, Engagement, FailureClass, FeedKey, Instant, Mention, MentionKind, Moment, Precision, TopicId, Window,
};
use vigie_store::{Analysis, Basis, Commit, Coverage, FeedState, InUse, Polarity, Record, Signals, Snapshot, Store};

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn topic(name: &str) -> TopicId {
    TopicId::new(name).expect("a name")
}

fn record(id: &str, published: &str, author: &str, topics: &[&str], label: Option<Polarity>) -> Record {
    let mention = Mention {
        source: "board".into(),
        instance: "forum.example".into(),
        id: id.into(),
        kind: MentionKind::Post,
        url: None,
        title: None,
        text: format!("about {id}"),
        quoted: Vec::new(),
        language: Some("fr".into()),
        author: Some(Author { id: author.into(), name: Some(author.to_uppercase()), followers: Some(7), ..Author::default() }),
        published: Some(Moment { at: at(published), precision: Precision::Second }),
        edited: None,
        collected_at: at("2026-03-10T00:00:00Z"),
        parent: None,
        thread: None,
        original: None,
        engagement: Engagement::default(),
        rating: None,
        country: None,
        links: Vec::new(),
        hashtags: Vec::new(),
        handles: Vec::new(),
        media: Vec::new(),
        attributes: Vec::new(),
    };
    let signals = Signals { label, ..Signals::default() };
    let topics = topics.iter().map(|name| topic(name)).collect();
    Record { mention, topics, annotations: Vec::new(), signals, basis: Basis::Unseen }
}

fn commit(when: &str, records: Vec<Record>, failed: bool) -> Commit {
    let feed = Feed { id: "latest".into(), title: "Latest topics".into(), params: String::new(), expires_at: None };
    let failure = failed.then_some(FailureClass::Transient);
    Commit {
        feed: FeedKey { connector: ConnectorId::new("forum").expect("a name"), feed: "latest".into() },
        direction: Direction::Newer,
        at: at(when),
        records,
        removals: Vec::new(),
        children: Vec::new(),
        state: FeedState::new(feed, false),
        coverage: Coverage {
            asked: 1,
            received: u32::from(!failed),
            new: u32::from(!failed),
            failed: failed.into(),
            failure,
            ..Coverage::default()
        },
        dead_letters: Vec::new(),
    }
}

/// The store has to live as long as its snapshot.
fn snapshot(folder: &tempfile::TempDir) -> (Store, Snapshot) {
    let store = Store::open(&folder.path().join("vigie.redb")).expect("a store");
    let (good, bad) = (Some(Polarity::Positive), Some(Polarity::Negative));
    let records = vec![
        record("1", "2026-03-01T10:00:00Z", "ann", &["acme"], good),
        record("2", "2026-03-01T23:59:59.999Z", "ann", &["acme", "rival"], bad),
        record("3", "2026-03-02T00:00:00Z", "bob", &["acme"], good),
        record("4", "2026-03-03T12:00:00Z", "cy", &["acme"], None),
        // The end of the window is outside of it.
        record("5", "2026-03-04T00:00:00Z", "cy", &["acme"], good),
        // In the window before.
        record("6", "2026-02-27T12:00:00Z", "cy", &["acme"], bad),
        record("7", "2026-02-26T00:00:00Z", "cy", &["acme"], bad),
    ];
    let commits = vec![
        commit("2026-03-01T09:30:00Z", records, false),
        commit("2026-03-02T09:10:00Z", Vec::new(), true),
        commit("2026-03-03T08:00:00Z", Vec::new(), false),
    ];
    for receipt in store.commit(commits).expect("room on the disk") {
        assert_eq!(receipt.removed, 0);
    }
    let snapshot = store.snapshot().expect("a snapshot");
    (store, snapshot)
}

fn question(topics: &[(&str, Option<&str>)]) -> Question {
    let shown = |(name, group): &(&str, Option<&str>)| TopicShown {
        id: topic(name),
        title: name.to_uppercase(),
        group: group.map(str::to_owned),
    };
    let window = Window { from: at("2026-03-01T00:00:00Z"), until: at("2026-03-04T00:00:00Z") };
    let topics = topics.iter().map(shown).collect();
    Question { window, now: window.until, topics, peers: Vec::new(), connectors: Vec::new(), top: 5 }
}

/// The connector that the tests' commits are of, read every day.
fn forum() -> Watch {
    let connector = ConnectorId::new("forum").expect("a name");
    Watch { connector, every: Duration::from_secs(24 * 3600), history: None, reach: Reach::Unknown }
}

fn phones() -> Question {
    question(&[("acme", Some("phones")), ("rival", Some("phones")), ("silent", Some("phones")), ("alone", None)])
}

fn answer(question: &Question) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let (_store, snapshot) = snapshot(&folder);
    report(&snapshot, question).expect("a report")
}

#[test]
fn the_numbers_of_a_small_store() {
    let report = answer(&phones());
    let [acme, rival, silent, alone] = report.topics.as_slice() else { panic!("four topics: {report:?}") };
    assert_eq!([acme.volume, rival.volume, silent.volume, alone.volume], [4, 1, 0, 0]);
    assert_eq!(acme.days.iter().map(|day| day.volume).collect::<Vec<_>>(), [2, 1, 1]);
    assert_eq!(
        acme.days.iter().map(|day| (day.positive, day.negative, day.unknown)).collect::<Vec<_>>(),
        [(1, 1, 0), (1, 0, 0), (0, 0, 1)]
    );

    let shares: Vec<_> =
        report.topics.iter().map(|topic| topic.share_of_voice.map(|share| (share.numerator, share.denominator))).collect();
    assert_eq!(shares, [Some((4, 5)), Some((1, 5)), Some((0, 5)), None]);

    let net = acme.net_sentiment.expect("three labels");
    assert_eq!((net.positive, net.neutral, net.negative), (2, 0, 1));
    assert!((net.value - 1.0 / 3.0).abs() < 1e-12 && net.low < 0.0 && net.high > 0.8, "{net:?}");
    assert_eq!(silent.net_sentiment, None);

    assert_eq!((acme.trend.volume, acme.trend.change, acme.trend.complete), (2, Some(1.0), true));
    assert_eq!(silent.trend.change, None);

    let authors: Vec<_> = acme.authors.iter().map(|author| (author.name.as_str(), author.volume, author.reach)).collect();
    assert_eq!(authors.first(), Some(&("ANN", 2, Some(7))));
    assert_eq!(authors.len(), 3);
    assert_eq!(acme.sources.iter().map(|one| (one.source.as_str(), one.volume)).collect::<Vec<_>>(), [("board", 4)]);
    assert_eq!(acme.languages.iter().map(|one| (one.language.as_deref(), one.volume)).collect::<Vec<_>>(), [(Some("fr"), 4)]);
}

#[test]
fn a_failed_day_is_a_gap() {
    let report = answer(&phones());
    let gap = report.gaps.first().expect("a gap");
    assert_eq!(
        (gap.feed.as_str(), gap.from, gap.until),
        ("Latest topics", at("2026-03-02T09:00:00Z"), at("2026-03-03T08:00:00Z"))
    );
    assert_eq!(gap.failure, Some(FailureClass::Transient));
    assert_eq!(report.coverage.polls, 3);
    let marks: Vec<bool> = report.topics.iter().flat_map(|topic| topic.days.iter().map(|day| day.gap)).take(3).collect();
    assert_eq!(marks, [false, true, false]);
}

#[test]
fn the_json_form_is_stable() {
    let json = serde_json::to_value(answer(&question(&[("rival", Some("phones"))]))).expect("json");
    let topic = &json["topics"][0];
    assert_eq!(topic["topic"], "rival");
    assert_eq!(topic["share_of_voice"], serde_json::json!({ "numerator": 1, "denominator": 1, "value": 1.0 }));
    assert_eq!(
        topic["days"][0],
        serde_json::json!({ "day": "2026-03-01T00:00:00Z", "volume": 1, "positive": 0, "neutral": 0, "negative": 1, "unknown": 0, "gap": false })
    );
    assert_eq!(topic["authors"], serde_json::json!([{ "name": "ANN", "source": "board", "volume": 1, "reach": 7 }]));
    assert_eq!(
        json["gaps"][0],
        serde_json::json!({
            "connector": "forum", "feed": "Latest topics", "feeds": 1, "from": "2026-03-02T09:00:00Z", "until": "2026-03-03T08:00:00Z",
            "cause": "failed", "failure": "transient", "why": "every poll failed, last with transient"
        })
    );
    assert_eq!(json["formulas"][2]["id"], "netsent@1");
}

#[test]
fn windows_that_cannot_be_shown_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_store, snapshot) = snapshot(&folder);
    let ask = |from: i64, until: i64| {
        let window = Window { from: Instant::from_millis(from), until: Instant::from_millis(until) };
        report(&snapshot, &Question { window, ..question(&[]) }).expect_err("no report")
    };
    assert!(matches!(ask(5, 5), InsightError::EmptyWindow { .. }));
    assert!(matches!(ask(i64::MIN, i64::MAX), InsightError::LongWindow { .. }));
}

#[test]
fn results_of_two_editions_are_never_mixed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("vigie.redb")).expect("a store");
    let by = |id: &str, label, edition: &str| {
        let mut record = record(id, "2026-03-01T10:00:00Z", "ann", &["acme"], Some(label));
        record.signals.language = Some("en".into());
        record.signals.language_by = Some("language@1".into());
        record.signals.sentiment_by = Some(edition.into());
        record
    };
    let records = vec![
        by("1", Polarity::Negative, "sentiment@1"),
        by("2", Polarity::Negative, "sentiment@1"),
        by("3", Polarity::Positive, "sentiment@2"),
    ];
    let written = store.commit(vec![commit("2026-03-01T12:00:00Z", records, false)]).expect("room on the disk");
    assert_eq!(written[0].new, 3);
    let shown = |language: &str, sentiment: Option<&str>| {
        let analysis = Analysis { language: Some(language.into()), sentiment: sentiment.map(str::to_owned) };
        store.announce(&InUse { analysis, ..InUse::default() }).expect("room on the disk");
        let report = report(&store.snapshot().expect("a snapshot"), &question(&[("acme", None)])).expect("a report");
        let topic = &report.topics[0];
        assert_eq!(topic.volume, 3, "a mention is a mention whoever analyzed it");
        let net = topic.net_sentiment.map(|net| (net.positive, net.negative));
        (net, topic.outdated, topic.languages[0].language.clone())
    };
    assert_eq!(shown("language@1", Some("sentiment@2")), (Some((1, 0)), 2, Some("en".into())));
    assert_eq!(shown("language@1", Some("sentiment@1")), (Some((0, 2)), 1, Some("en".into())));
    assert_eq!(shown("language@2", Some("sentiment@3")), (None, 3, None));
    assert_eq!(shown("language@1", None), (None, 3, Some("en".into())));
}

/// Who asked for one topic alone was told that it has the whole voice.
#[test]
fn voices_are_shared_by_the_whole_group_whoever_is_shown() {
    let alone = question(&[("acme", Some("phones"))]);
    let peers = question(&[("rival", Some("phones")), ("silent", Some("phones"))]).topics;
    let report = answer(&Question { peers, ..alone });
    let shares: Vec<_> =
        report.topics.iter().map(|topic| topic.share_of_voice.map(|share| (share.numerator, share.denominator))).collect();
    assert_eq!(shares, [Some((4, 5))]);
}

/// A store in which the forum was read at these instants, and a report of the days from the twentieth on.
fn read_at(times: &[&str], since: &str, now: &str, watch: Watch) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("vigie.redb")).expect("a store");
    for time in times {
        let mut commit = commit(time, Vec::new(), false);
        commit.state.newer.polls = 1;
        assert_eq!(store.commit(vec![commit]).expect("room on the disk").len(), 1);
    }
    let window = Window { from: at(since), until: at("2026-12-01T00:00:00Z") };
    let question = Question { window, now: at(now), connectors: vec![watch], ..question(&[("acme", None)]) };
    report(&store.snapshot().expect("a snapshot"), &question).expect("a report")
}

fn spans(report: &Report) -> Vec<(String, String, Cause)> {
    report.gaps.iter().map(|gap| (gap.from.to_string(), gap.until.to_string(), gap.cause)).collect()
}

/// Twelve days on which Vigie did not run were drawn as silence.
#[test]
fn who_stopped_is_a_gap_until_now() {
    let hourly = Watch { every: Duration::from_secs(900), ..forum() };
    let report =
        read_at(&["2026-11-09T08:00:00Z", "2026-11-13T08:10:00Z"], "2026-11-13T00:00:00Z", "2026-11-25T10:00:00Z", hourly);
    let gap = |from: &str, until: &str, cause| (from.to_owned(), until.to_owned(), cause);
    assert_eq!(
        spans(&report),
        [
            gap("2026-11-13T00:00:00Z", "2026-11-13T08:00:00Z", Cause::NotAsked),
            gap("2026-11-13T09:00:00Z", "2026-11-25T10:00:00Z", Cause::NotAsked)
        ]
    );
    let days = &report.topics[0].days;
    let marks: Vec<bool> = days.iter().map(|day| day.gap).collect();
    assert_eq!(marks, [[true; 13].as_slice(), &[false; 5]].concat(), "what is to come is no gap");
    assert_eq!((days[11].partial, days[12].partial), (false, true), "today is not over");
}

/// The same days were a gap or none, depending on where the window began.
#[test]
fn a_gap_does_not_depend_on_where_the_window_begins() {
    let times = ["2026-10-31T08:00:00Z", "2026-10-31T11:00:00Z", "2026-11-20T08:00:00Z", "2026-11-20T11:00:00Z"];
    let hourly = || Watch { every: Duration::from_secs(3600), ..forum() };
    for (since, from) in [("2026-10-30T00:00:00Z", "2026-10-31T12:00:00Z"), ("2026-11-15T00:00:00Z", "2026-11-15T00:00:00Z")] {
        let report = read_at(&times, since, "2026-11-20T12:00:00Z", hourly());
        let last = spans(&report).pop();
        assert_eq!(last, Some((from.to_owned(), "2026-11-20T08:00:00Z".to_owned(), Cause::NotAsked)), "{since}");
    }
    let whole = Watch { reach: Reach::Whole, ..hourly() };
    assert_eq!(spans(&read_at(&times, "2026-11-15T00:00:00Z", "2026-11-20T12:00:00Z", whole)), [], "it was made up for");
}

/// A window that ended within a pause: what was missed there was read afterwards, and that is known.
#[test]
fn what_was_made_up_for_behind_the_window_is_no_gap() {
    let times = ["2026-11-01T08:00:00Z", "2026-12-20T08:00:00Z"];
    let ask = |reach| spans(&read_at(&times, "2026-11-03T00:00:00Z", "2026-12-20T09:00:00Z", Watch { reach, ..forum() }));
    assert_eq!(ask(Reach::Whole), []);
    assert_eq!(ask(Reach::Unknown).len(), 1);
}

/// Of days before the history the chart said that nobody spoke.
#[test]
fn what_was_said_before_the_history_was_not_collected() {
    let report = read_at(&["2026-11-20T08:00:00Z"], "2026-11-17T00:00:00Z", "2026-11-20T10:00:00Z", forum());
    let expected = ("2026-11-17T00:00:00Z".to_owned(), "2026-11-19T08:00:00Z".to_owned(), Cause::BeforeHistory);
    assert_eq!(spans(&report), [expected]);
    assert!(!report.topics[0].trend.complete);
}

/// One old mention, read as part of a conversation, made the window before look complete.
#[test]
fn a_trend_is_complete_if_the_window_before_was_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("vigie.redb")).expect("a store");
    let old = record("old", "2025-12-01T00:00:00Z", "ann", &["acme"], None);
    let mut commit = commit("2026-03-03T08:00:00Z", vec![old], false);
    let complete = |history: Option<&str>, commit: &mut Commit| {
        commit.state.older.polls = 1;
        commit.state.older.status = vigie_store::WalkStatus::Done;
        commit.state.history_since = history.map(at);
        assert_eq!(store.commit(vec![commit.clone()]).expect("room on the disk").len(), 1);
        let watch = Watch { history: Some(Duration::from_secs(7 * 24 * 3600)), reach: Reach::Whole, ..forum() };
        let question = Question { connectors: vec![watch], ..question(&[("acme", None)]) };
        report(&store.snapshot().expect("a snapshot"), &question).expect("a report").topics[0].trend.complete
    };
    assert!(!complete(Some("2026-02-27T08:00:00Z"), &mut commit));
    assert!(complete(Some("2026-02-24T08:00:00Z"), &mut commit));
}
