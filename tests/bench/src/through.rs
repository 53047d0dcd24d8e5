//! A million mentions through the whole pipeline: a canned source, two analyzers in the sandbox, durable commits; then the report.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures_util::future::{BoxFuture, FutureExt};
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;
use vigie_insight::{Question, TopicShown, report};
use vigie_mention::delivery::{Batch, Change, Feed, Next, PollRequest, RawMention, Search, TextFormat};
use vigie_mention::{Author, ConnectorId, Engagement, Instant as At, MentionKind, Moment, Precision, TopicId, Window};
use vigie_pipeline::{Accept, Analyzer, Connector, Event, Mode, Options, Pipeline, Plan, Source, Topic};
use vigie_query::Query;
use vigie_runtime::{AnalyzerUse, CallError, Clock, Limits, Package, Runtime, RuntimeOptions};
use vigie_store::Store;

use crate::machine::{median, resident_mib};
use crate::table::Table;
use crate::texts;

const NOW: At = At::from_millis(1_795_334_400_000);
const PAGE: usize = 1_000;
const FEEDS: usize = 4;
const DAYS: i64 = 60;

/// Answers from memory: four feeds that share the mentions among them.
struct Canned {
    mentions: usize,
}

impl Source for Canned {
    fn id(&self) -> &str {
        "canned"
    }

    fn instance(&self) -> &str {
        ""
    }

    fn mention_bytes(&self) -> u64 {
        1_000_000
    }

    fn plan<'a>(&'a self, _: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>> {
        let feed = |number: usize| Feed {
            id: number.to_string(),
            title: format!("part {number}"),
            params: String::new(),
            expires_at: None,
        };
        async move { Ok((0..FEEDS).map(feed).collect()) }.boxed()
    }

    fn poll(&self, request: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>> {
        let feed: usize = request.feed.id.parse().unwrap_or(0);
        let from: usize = request.cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
        let end = (from + PAGE).min(self.mentions / FEEDS);
        let changes = (from..end).map(|place| Change::Upsert(Box::new(self.mention(place * FEEDS + feed)))).collect();
        let next = if end == self.mentions / FEEDS { Next::Later(None) } else { Next::More };
        async move { Ok(Batch { changes, feeds: vec![], cursor: Some(end.to_string()), next }) }.boxed()
    }

    fn refresh<'a>(&'a self, _: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>> {
        async move { Ok(Vec::new()) }.boxed()
    }
}

impl Canned {
    fn mention(&self, number: usize) -> RawMention {
        let back = DAYS * At::DAY_MS * number as i64 / self.mentions as i64;
        let author = format!("author-{}", number * 31 % 50_000);
        RawMention {
            id: number.to_string(),
            kind: MentionKind::Post,
            url: Some(format!("https://canned.example/{number}")),
            title: None,
            text: texts::text(number),
            format: TextFormat::Plain,
            language: None,
            author: Some(Author {
                id: author.clone(),
                handle: Some(author),
                followers: Some(number as u64 % 5_000),
                ..Author::default()
            }),
            published: Some(Moment { at: At::from_millis(NOW.as_millis() - back - 1), precision: Precision::Second }),
            edited: None,
            parent: None,
            thread: None,
            original: None,
            engagement: Engagement { likes: Some(number as u64 % 40), ..Engagement::default() },
            rating: None,
            country: None,
            links: vec![],
            media: vec![],
            attributes: vec![],
        }
    }
}

/// Sends mentions through, watches memory, asks for the report.
pub(crate) async fn measure(plugins: &Path, mentions: usize, table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("vigie.redb"))?;
    let pipeline =
        Pipeline::new(plan(plugins, mentions)?, store.clone(), Options { clock: Clock::Fixed(NOW), ..Options::default() })?;

    let (events, mut happened) = unbounded_channel();
    let seen = Arc::new(AtomicUsize::new(0));
    let watch = {
        let seen = Arc::clone(&seen);
        tokio::spawn(async move {
            let (mut memory, mut shown) = (Vec::new(), 0);
            while let Some(event) = happened.recv().await {
                if let Event::Committed { tally, .. } = event {
                    let total = seen.fetch_add(tally.new as usize, Ordering::Relaxed) + tally.new as usize;
                    if total >= shown + mentions / 10 {
                        shown = total;
                        memory.push(resident_mib(std::process::id()));
                        println!("  {total} mentions, {:.0} MiB", memory.last().copied().unwrap_or_default());
                    }
                }
            }
            memory
        })
    };
    let started = Instant::now();
    let summary = pipeline.run(Mode::Once, CancellationToken::new(), events).await?;
    let took = started.elapsed().as_secs_f64();
    let memory = watch.await?;
    let stored = summary.total().new as usize;
    if stored != mentions / FEEDS * FEEDS {
        bail!("{stored} of {mentions} mentions were stored: {:?}", summary.failures);
    }
    let rate = stored as f64 / took;
    table.row("through the pipeline", format!("{stored} in {took:.1} s = {rate:.0}/s"), "10,000/s", rate >= 10_000.0);
    let (first, most) = (memory.first().copied().unwrap_or(0.0), memory.iter().copied().fold(0.0, f64::max));
    let measured = format!("{most:.0} MiB at most, {first:.0} MiB after a tenth");
    table.row("memory on the way", measured, "flat, under 300 MB", most < 300.0 * 1e6 / 1_048_576.0);

    let question = question()?;
    let mut seconds = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        let answer = report(&store.snapshot()?, &question)?;
        seconds.push(started.elapsed().as_secs_f64());
        let counted: u64 = answer.topics.iter().map(|topic| topic.volume).sum();
        if counted != stored as u64 {
            bail!("the report counts {counted} of {stored} mentions");
        }
    }
    let seconds = median(seconds);
    table.row(&format!("report over {stored} mentions"), format!("{:.0} ms", seconds * 1e3), "1 s", seconds < 1.0);
    Ok(())
}

fn plan(plugins: &Path, mentions: usize) -> Result<Plan> {
    let runtime = Runtime::new(RuntimeOptions::default())?;
    let analyzer = |name: &str| -> Result<Arc<dyn Analyzer>> {
        let path = plugins.join(format!("{name}.wasm"));
        let bytes = std::fs::read(&path).with_context(|| format!("{} is missing: run `cargo xtask plugins`", path.display()))?;
        let package = Package::read(bytes, name)?;
        Ok(Arc::new(runtime.analyzer(&package, AnalyzerUse { settings: serde_json::json!({}), limits: Limits::analyzer() })?))
    };
    let id = TopicId::new("acme")?;
    let query = Query::parse("acme OR achat OR livraison").map_err(|mistakes| anyhow::anyhow!("{mistakes:?}"))?.query;
    Ok(Plan {
        topics: vec![Topic { id: id.clone(), title: "Acme".into(), group: None, query }],
        idle: Vec::new(),
        connectors: vec![Connector {
            id: ConnectorId::new("canned")?,
            source: Arc::new(Canned { mentions }),
            topics: vec![id],
            every: Duration::from_secs(60),
            history: None,
            accept: Accept::Everything,
            batch: u32::try_from(PAGE)?,
            parallel: FEEDS,
            refresh: Vec::new(),
        }],
        analyzers: vec![analyzer("analyzer-language")?, analyzer("analyzer-sentiment")?],
    })
}

fn question() -> Result<Question> {
    let from = At::from_millis(NOW.as_millis() - DAYS * At::DAY_MS);
    let topic = TopicShown { id: TopicId::new("acme")?, title: "Acme".into(), group: None };
    let (peers, connectors) = (Vec::new(), Vec::new());
    Ok(Question { window: Window { from, until: NOW }, now: NOW, topics: vec![topic], peers, connectors, top: 10 })
}
