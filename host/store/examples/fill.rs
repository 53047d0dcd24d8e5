//! Fills a store and says how fast: `cargo run --release -p vigie-store --example fill -- [mentions] [records per commit] [file]`.
//!
//! Mentions have 600-byte texts, an author, one annotation and one topic in two; times run backwards within a commit, as feeds
//! that list newest first deliver them.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant as Stopwatch};

use vigie_mention::delivery::{Direction, Feed};
use vigie_mention::{
    Annotation, Author, ConnectorId, Engagement, FeedKey, Instant, Mention, MentionKind, Moment, Precision, TopicId, Value,
    Window,
};
use vigie_store::{Basis, Commit, Coverage, FeedState, Filter, Polarity, Record, Signals, Store};

const START_MS: i64 = 1_700_000_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let total: u64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let per_commit: u64 = arguments.next().map_or(Ok(1_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let path = arguments.next().map_or_else(|| folder.path().join("fill.redb"), PathBuf::from);

    let store = Store::open(&path)?;
    let topics = [TopicId::new("acme")?, TopicId::new("rival")?];
    let connector = ConnectorId::new("fill")?;
    let mut random = fastrand::Rng::with_seed(1);
    let mut writing = Duration::ZERO;
    let mut first = None;
    for number in 0..total / per_commit {
        let records = (0..per_commit).rev().map(|index| record(number * per_commit + index, &topics, &mut random)).collect();
        let commit = commit(&connector, number, records);
        first.get_or_insert_with(|| commit.clone());
        let watch = Stopwatch::now();
        let _ = store.commit(vec![commit])?;
        writing += watch.elapsed();
    }
    rate("written", total, writing);

    if let Some(first) = first {
        let watch = Stopwatch::now();
        let receipts = store.commit(vec![first])?;
        rate("known already", u64::from(receipts[0].unchanged), watch.elapsed());
    }

    let look = store.snapshot()?;
    let all = Window { from: Instant::from_millis(0), until: Instant::from_millis(i64::MAX) };
    for round in ["cold", "warm"] {
        let watch = Stopwatch::now();
        let (mut count, mut sum) = (0_u64, 0.0_f32);
        for fact in look.all_facts(all)? {
            let fact = fact?;
            count += 1;
            sum += fact.sentiment.unwrap_or(0.0);
        }
        rate(&format!("facts read ({round}, sum {sum:.0})"), count, watch.elapsed());
    }
    let watch = Stopwatch::now();
    let newest = look.mentions(&Filter { limit: Some(1_000), ..Filter::default() })?.count();
    rate("newest mentions read", newest as u64, watch.elapsed());
    let stats = look.stats()?;
    println!("{stats:?}");
    drop((look, store));

    let bytes = std::fs::metadata(&path)?.len();
    println!("file {} MB, {} bytes a mention; {}", bytes >> 20, bytes / total.max(1), memory());
    let watch = Stopwatch::now();
    let store = Store::open(&path)?;
    println!("opened again in {:.1} ms", watch.elapsed().as_secs_f64() * 1e3);

    // A copy of a file in use is what a killed process leaves.
    let _ = store.commit(vec![commit(&connector, total, vec![record(total, &topics, &mut random)])])?;
    let left = folder.path().join("left.redb");
    std::fs::copy(&path, &left)?;
    let watch = Stopwatch::now();
    let _ = Store::open(&left)?;
    println!("opened after a kill in {:.1} ms", watch.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

fn rate(what: &str, count: u64, took: Duration) {
    println!("{what}: {count} in {:.3} s, {:.0} a second", took.as_secs_f64(), count as f64 / took.as_secs_f64());
}

/// Resident memory now and at most, where the system tells.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("RssAnon")).collect::<Vec<_>>().join(", ")
}

fn record(number: u64, topics: &[TopicId], random: &mut fastrand::Rng) -> Record {
    let author = random.u32(0..200_000);
    let score = random.f32() * 2.0 - 1.0;
    let at = Instant::from_millis(START_MS + i64::try_from(number).unwrap_or(0) * 5_000 + random.i64(0..60_000));
    let annotation = Annotation {
        analyzer: "sentiment".into(),
        version: "0.1.0".into(),
        key: "sentiment".into(),
        value: Value::Number(f64::from(score)),
        confidence: Some(0.5),
    };
    Record {
        mention: Mention {
            source: "forum".into(),
            instance: "forum.example".into(),
            id: (10_000_000 + number).to_string(),
            kind: MentionKind::Post,
            url: Some(format!("https://forum.example/t/{number}")),
            title: None,
            text: "So many words about a telephone. ".repeat(18),
            quoted: vec![],
            language: Some("en".into()),
            author: Some(Author {
                id: author.to_string(),
                handle: Some(format!("handle{author}")),
                followers: Some(u64::from(author)),
                ..Author::default()
            }),
            published: Some(Moment { at, precision: Precision::Second }),
            edited: None,
            collected_at: Instant::from_millis(START_MS),
            parent: None,
            thread: None,
            original: None,
            engagement: Engagement { likes: Some(3), ..Engagement::default() },
            rating: None,
            country: None,
            links: vec![],
            hashtags: vec![],
            handles: vec![],
            media: vec![],
            attributes: vec![],
        },
        topics: topics.iter().filter(|_| random.bool()).cloned().collect(),
        annotations: vec![annotation],
        signals: Signals { sentiment: Some(score), label: Some(Polarity::Neutral), ..Signals::default() },
        basis: Basis::Unseen,
    }
}

fn commit(connector: &ConnectorId, number: u64, records: Vec<Record>) -> Commit {
    let feed = Feed { id: "latest".into(), title: "Latest".into(), params: String::new(), expires_at: None };
    let mut state = FeedState::new(feed, false);
    state.newer.cursor = Some(number.to_string());
    Commit {
        feed: FeedKey { connector: connector.clone(), feed: "latest".into() },
        direction: Direction::Newer,
        at: Instant::from_millis(START_MS),
        records,
        removals: vec![],
        children: vec![],
        state,
        coverage: Coverage { asked: 1, ..Coverage::default() },
        dead_letters: vec![],
    }
}
