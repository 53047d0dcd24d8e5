//! The whole report: one question, one snapshot, one answer.

use serde::Serialize;
use vigie_mention::{Instant, TopicId, Window};
use vigie_store::{Fact, NameId, Snapshot, StoreError};

use crate::InsightError;
use crate::current::Current;
use crate::formula::{self, Formula};
use crate::gaps::{Coverage, Gap, Ledger, Watch};
use crate::ranking::{AuthorVolume, LanguageVolume, SourceVolume, by_volume, most_active};
use crate::sentiment::{NetSentiment, net_sentiment};
use crate::share::{Ratio, share_of_voice};
use crate::tally::{Polarities, Row, Tally};
use crate::trend::{self, Trend};
use crate::volume::{self, Day};

/// Most days of a window: a century.
const MOST_DAYS: u64 = 36_600;
/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// When the mentions were published.
    pub window: Window,
    /// What time it is: nothing is known of what comes after.
    pub now: Instant,
    /// The topics, in the order in which they are shown.
    pub topics: Vec<TopicShown>,
    /// The other topics of their groups: not shown, and counted for the share of voice.
    pub peers: Vec<TopicShown>,
    /// The connectors that are to be read; where they were not, there is a gap.
    pub connectors: Vec<Watch>,
    /// How many sources, languages and authors of each topic at most.
    pub top: usize,
}

/// A topic to report on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicShown {
    /// Its name.
    pub id: TopicId,
    /// For a person.
    pub title: String,
    /// Share of voice compares the topics of a group.
    pub group: Option<String>,
}

/// What the numbers say.
///
/// # Shape
/// The JSON form is stable: these names, instants as RFC 3339 in UTC, absent values left out, lists always there. Counts are
/// exact; nothing is rounded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The window asked for.
    pub window: Window,
    /// Every topic asked for, in that order, also those without a mention.
    pub topics: Vec<TopicReport>,
    /// What was asked of the services in the window.
    pub coverage: Coverage,
    /// Where nothing was read, oldest first.
    pub gaps: Vec<Gap>,
    /// What the numbers mean.
    pub formulas: Vec<Formula>,
}

/// What the numbers say of one topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicReport {
    /// Its name.
    pub topic: TopicId,
    /// For a person.
    pub title: String,
    /// Whom it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Distinct mentions inside the window.
    pub volume: u64,
    /// Every day the window touches, in order.
    pub days: Vec<Day>,
    /// Among all topics of its group, also those not asked for; absent without a group, and where the whole group has no mention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_of_voice: Option<Ratio>,
    /// Absent if no mention has a label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_sentiment: Option<NetSentiment>,
    /// Mentions whose leaning was found by another analyzer, another version or with other settings than those at work now. It is
    /// unknown until they are analyzed again; they count for the volume.
    #[serde(skip_serializing_if = "is_none")]
    pub outdated: u64,
    /// Compared with the window before.
    pub trend: Trend,
    /// Most mentions first.
    pub sources: Vec<SourceVolume>,
    /// Most mentions first; what has no known language is one entry.
    pub languages: Vec<LanguageVolume>,
    /// Most mentions first, then most followers, then who spoke last.
    pub authors: Vec<AuthorVolume>,
}

/// Answers a question from a snapshot.
///
/// # Shape
/// Reads the facts of each topic, and of its peers, once for the window and once for the window before, and the ledger once; the
/// numbers all belong to the one moment of the snapshot. A topic the store has never seen has no mention.
///
/// # Errors
/// [`InsightError::EmptyWindow`] and [`InsightError::LongWindow`] for a window that cannot be shown, [`InsightError::Store`] if
/// the file cannot be read.
pub fn report(snapshot: &Snapshot, question: &Question) -> Result<Report, InsightError> {
    report_where(snapshot, question, |_| Ok(true))
}

/// The same of only those mentions whose facts `keep` keeps, as a view does. Coverage and gaps are those of everything that was
/// asked of the services.
///
/// # Errors
/// Those of [`report`], and what `keep` fails with.
pub fn report_where(
    snapshot: &Snapshot,
    question: &Question,
    keep: impl Fn(&Fact) -> Result<bool, StoreError>,
) -> Result<Report, InsightError> {
    let window = checked(question.window)?;
    let previous = trend::before(window);
    let ledger = Ledger::read(snapshot, &question.connectors, Window { from: previous.from, until: window.until }, question.now)?;
    let (coverage, gaps) = (ledger.coverage(window), ledger.gaps(window));
    let complete = is_complete(snapshot, &ledger, previous, question.now)?;
    let current = Current::of(snapshot)?;

    let (mut tallies, mut waiting) = (Vec::with_capacity(question.topics.len()), Vec::with_capacity(question.topics.len()));
    for topic in &question.topics {
        let (now, outdated) = tally(snapshot.facts(&topic.id, window)?, window, &current, &keep)?;
        let before = polarities(snapshot.facts(&topic.id, previous)?, &current, &keep)?;
        tallies.push((now, before));
        waiting.push(outdated);
    }
    let mut volumes: Vec<(u64, u64)> = tallies.iter().map(|(now, before)| (now.volume(), before.total())).collect();
    for peer in &question.peers {
        let volume = |window| Ok::<_, StoreError>(polarities(snapshot.facts(&peer.id, window)?, &current, &keep)?.total());
        volumes.push((volume(window)?, volume(previous)?));
    }
    // In the order of the volumes: those shown come first, and the shares of the others are not asked for.
    let groups = || question.topics.iter().chain(&question.peers).map(|topic| topic.group.as_deref());
    let shares = share_of_voice(&groups().zip(&volumes).map(|(group, (now, _))| (group, *now)).collect::<Vec<_>>());
    let shares_before = share_of_voice(&groups().zip(&volumes).map(|(group, (_, before))| (group, *before)).collect::<Vec<_>>());

    let mut topics = Vec::with_capacity(question.topics.len());
    let shares = shares.into_iter().zip(shares_before);
    for (((topic, (now, before)), outdated), (share, share_before)) in
        question.topics.iter().zip(&tallies).zip(waiting).zip(shares)
    {
        let polarities = now.polarities();
        topics.push(TopicReport {
            topic: topic.id.clone(),
            title: topic.title.clone(),
            group: topic.group.clone(),
            volume: polarities.total(),
            days: volume::days(window, question.now, &now.days, &gaps),
            share_of_voice: share,
            net_sentiment: net_sentiment(&polarities),
            outdated,
            trend: Trend {
                window: previous,
                complete,
                volume: before.total(),
                change: trend::change(polarities.total(), before.total()),
                share_of_voice: share_before,
                net_sentiment: net_sentiment(before),
            },
            sources: sources(snapshot, now, question.top)?,
            languages: languages(snapshot, now, question.top)?,
            authors: authors(snapshot, now, question.top)?,
        });
    }
    Ok(Report { window, topics, coverage, gaps, formulas: formula::ALL.to_vec() })
}

fn checked(window: Window) -> Result<Window, InsightError> {
    let Window { from, until } = window;
    // Far beyond the calendar, and far enough from the numbers' end that days and the window before can be computed.
    let from_day = from.max(Instant::from_millis(i64::MIN / 2)).day();
    let days =
        until.as_millis().saturating_sub(from_day.as_millis()).max(0).unsigned_abs().div_ceil(Instant::DAY_MS.unsigned_abs());
    if from >= until || days == 0 {
        return Err(InsightError::EmptyWindow { from, until });
    }
    if days > MOST_DAYS {
        return Err(InsightError::LongWindow { from, until, days, most: MOST_DAYS });
    }
    Ok(window)
}

/// For serde: lists of the JSON form leave out what is nothing to speak of.
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What counts, and of how many mentions the leaning does not.
fn tally(
    facts: impl Iterator<Item = Result<Fact, StoreError>>,
    window: Window,
    current: &Current,
    keep: impl Fn(&Fact) -> Result<bool, StoreError>,
) -> Result<(Tally<NameId>, u64), StoreError> {
    let (mut tally, mut outdated) = (Tally::new(window), 0);
    for fact in facts {
        let fact = fact?;
        if keep(&fact)? {
            tally.count(&Row::of(&fact, current));
            outdated += u64::from(current.is_outdated(&fact));
        }
    }
    Ok((tally, outdated))
}

/// Volume and leanings alone, which is all the window before is asked for.
fn polarities(
    facts: impl Iterator<Item = Result<Fact, StoreError>>,
    current: &Current,
    keep: impl Fn(&Fact) -> Result<bool, StoreError>,
) -> Result<Polarities, StoreError> {
    let mut sum = Polarities::default();
    for fact in facts {
        let fact = fact?;
        if keep(&fact)? {
            sum.count(current.polarity(&fact));
        }
    }
    Ok(sum)
}

/// Whether everything was read that was said in the window before. A store of imports alone, which nobody goes on reading, is as
/// complete as it is old.
fn is_complete(snapshot: &Snapshot, ledger: &Ledger, previous: Window, now: Instant) -> Result<bool, StoreError> {
    if ledger.is_kept() {
        let gaps = ledger.gaps(previous);
        return Ok(!previous.days().any(|day| volume::is_gap(day, previous, now, &gaps)));
    }
    Ok(snapshot.span()?.is_some_and(|(oldest, _)| oldest.day() <= previous.from.day()))
}

/// A name that a fact refers to; the store keeps it as long as the fact, so the number is only shown if the file is not ours.
fn name(snapshot: &Snapshot, id: NameId) -> Result<String, StoreError> {
    Ok(snapshot.name(id)?.unwrap_or_else(|| format!("{id:?}")))
}

fn sources(snapshot: &Snapshot, tally: &Tally<NameId>, top: usize) -> Result<Vec<SourceVolume>, StoreError> {
    let named: Result<Vec<_>, _> =
        tally.sources.iter().map(|(id, volume)| Ok::<_, StoreError>((name(snapshot, *id)?, *volume))).collect();
    Ok(by_volume(named?, top).into_iter().map(|(source, volume)| SourceVolume { source, volume }).collect())
}

fn languages(snapshot: &Snapshot, tally: &Tally<NameId>, top: usize) -> Result<Vec<LanguageVolume>, StoreError> {
    let named: Result<Vec<_>, StoreError> =
        tally.languages.iter().map(|(id, volume)| Ok((id.map(|id| name(snapshot, id)).transpose()?, *volume))).collect();
    Ok(by_volume(named?, top).into_iter().map(|(language, volume)| LanguageVolume { language, volume }).collect())
}

fn authors(snapshot: &Snapshot, tally: &Tally<NameId>, top: usize) -> Result<Vec<AuthorVolume>, StoreError> {
    let mut authors = Vec::new();
    for (id, activity) in most_active(&tally.authors, top) {
        let Some(author) = snapshot.author(id)? else { continue };
        authors.push(AuthorVolume {
            name: author.shown().to_owned(),
            handle: author.handle.clone(),
            source: author.source,
            volume: activity.volume,
            reach: activity.reach,
        });
    }
    Ok(authors)
}
