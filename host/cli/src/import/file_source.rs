//! A file as a source: its one feed is the file, its cursor the byte behind the last row that was read.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vigie_mention::delivery::{Batch, Change, Feed, Next, PollRequest, RawMention, Search};
use vigie_mention::{Failure, FailureClass};
use vigie_pipeline::Source;
use vigie_runtime::CallError;

use super::car::Repository;
use super::columns::Mapping;
use super::format::{Cut, Format};
use super::formats;
use super::rows::{Place, Row, Rows, head};

/// Skipped rows that are told one by one.
const SHOWN: usize = 5;

/// What is read, and as what.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
    pub(crate) cut: Cut,
    pub(crate) mapping: Mapping,
    /// Id of the source the mentions are taken for.
    pub(crate) source: String,
    pub(crate) instance: String,
    /// Most bytes of the texts of one mention.
    pub(crate) mention_bytes: u64,
}

/// What happened to rows, for the report.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Progress {
    /// Rows read in this run.
    pub(crate) rows: u64,
    /// The byte behind the last one.
    pub(crate) byte: u64,
    /// Rows no mention came of, by reason.
    pub(crate) skipped: BTreeMap<String, u64>,
    /// The first of them.
    pub(crate) examples: Vec<Skipped>,
}

/// A row no mention came of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Skipped {
    /// Counted from 1.
    pub(crate) row: u64,
    pub(crate) reason: String,
}

/// Hears of every skipped row.
pub(crate) type OnSkipped = Box<dyn FnMut(&Skipped) -> io::Result<()> + Send>;

/// The source.
pub(crate) struct FileSource {
    plan: Plan,
    feed: Feed,
    /// Open between two polls that follow each other; another cursor opens it anew.
    open: Arc<Mutex<Option<Open>>>,
    progress: Arc<Mutex<Progress>>,
    skipped: Mutex<OnSkipped>,
}

struct Open {
    reader: Reader,
    place: Place,
}

/// Where a row ends, and its mentions or why there are none.
type Mapped = (Place, Result<Vec<RawMention>, String>);

enum Reader {
    Rows(Box<Rows>),
    Car(Box<Repository>),
}

/// The cursor: where the file was read up to, and what it began with, so that another file of the same name is not taken for it.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    place: Place,
    head: String,
}

impl FileSource {
    /// A file that can be read.
    ///
    /// # Errors
    /// Those of the disk, and a file that is not of its form.
    pub(crate) fn new(plan: Plan, skipped: OnSkipped) -> io::Result<Self> {
        let path = plan.path.canonicalize()?;
        // The form and the mapping decide what becomes of a row: another one is another reading.
        let reading = format!("{}\n{}\n{:?}\n{}", path.display(), plan.format.name(), plan.mapping, plan.source);
        let feed = Feed {
            id: format!("file:{}", &digest(reading.as_bytes())[..32]),
            title: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            params: String::new(),
            expires_at: None,
        };
        Open::at(&plan, Place::default())?;
        Ok(Self { plan, feed, open: Arc::default(), progress: Arc::default(), skipped: Mutex::new(skipped) })
    }

    /// What happened so far.
    pub(crate) fn progress(&self) -> Arc<Mutex<Progress>> {
        Arc::clone(&self.progress)
    }

    fn read(&self, request: &PollRequest) -> Result<Batch, CallError> {
        let failed = |class, message: String| CallError::Failure(Failure { class, message, retry_after_ms: None });
        let broken = |error: io::Error| failed(FailureClass::UnexpectedAnswer, format!("{}: {error}", self.plan.path.display()));
        let head = digest(&head(&self.plan.path).map_err(broken)?);
        let cursor: Option<Cursor> = request
            .cursor
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|error| failed(FailureClass::StaleCursor, format!("the place in the file cannot be read: {error}")))?;
        // A file that was replaced is read from its beginning; identity removes what is known.
        let place = cursor.filter(|cursor| cursor.head == head).map(|cursor| cursor.place).unwrap_or_default();
        let mut held = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = match held.take().filter(|open| open.place == place) {
            Some(open) => open,
            None => Open::at(&self.plan, place).map_err(broken)?,
        };
        let mut changes = Vec::new();
        let mut ended = false;
        let mut rows = 0;
        while changes.len() < request.limit as usize && rows < 10 * request.limit {
            let Some((place, row)) = open.next(&self.plan).map_err(broken)? else {
                ended = true;
                break;
            };
            rows += 1;
            open.place = place;
            match row {
                Ok(mentions) => changes.extend(mentions.into_iter().map(|mention| Change::Upsert(Box::new(mention)))),
                Err(reason) => self.skip(Skipped { row: place.row, reason }).map_err(broken)?,
            }
        }
        {
            let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.rows += u64::from(rows);
            progress.byte = open.place.byte;
        }
        let cursor = serde_json::to_string(&Cursor { place: open.place, head }).map_err(|error| broken(error.into()))?;
        *held = Some(open);
        let next = if ended { Next::Later(None) } else { Next::More };
        Ok(Batch { changes, feeds: Vec::new(), cursor: Some(cursor), next })
    }

    fn skip(&self, skipped: Skipped) -> io::Result<()> {
        (self.skipped.lock().unwrap_or_else(PoisonError::into_inner))(&skipped)?;
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        // What a reason says of one row alone would make every row a reason of its own.
        let kind: String = skipped.reason.split(['`', ':', '"', '(']).next().unwrap_or_default().trim().to_owned();
        *progress.skipped.entry(kind).or_default() += 1;
        if progress.examples.len() < SHOWN {
            progress.examples.push(skipped);
        }
        Ok(())
    }
}

impl Open {
    fn at(plan: &Plan, place: Place) -> io::Result<Self> {
        let reader = match plan.cut {
            Cut::Car => Reader::Car(Box::new(Repository::open(&plan.path, place)?)),
            cut => Reader::Rows(Box::new(Rows::open(&plan.path, cut, place)?)),
        };
        Ok(Self { reader, place })
    }

    /// The mentions of the next row, or why there is none.
    fn next(&mut self, plan: &Plan) -> io::Result<Option<Mapped>> {
        let mapped = |(place, row): Row| (place, row.and_then(|row| formats::mentions(plan.format, &row, &plan.mapping)));
        match &mut self.reader {
            Reader::Rows(rows) => Ok(rows.next()?.map(mapped)),
            Reader::Car(repository) => Ok(repository.next()?.map(|(place, post)| {
                let mention = post.and_then(|(uri, content)| formats::bluesky_record(&uri, &content));
                (place, mention.map(|mention| vec![mention]))
            })),
        }
    }
}

impl Source for FileSource {
    fn id(&self) -> &str {
        &self.plan.source
    }

    fn instance(&self) -> &str {
        &self.plan.instance
    }

    fn mention_bytes(&self) -> u64 {
        self.plan.mention_bytes
    }

    fn plan<'a>(&'a self, _: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>> {
        Box::pin(async move { Ok(vec![self.feed.clone()]) })
    }

    fn poll(&self, request: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>> {
        Box::pin(async move { self.read(&request) })
    }

    fn refresh<'a>(&'a self, _: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>> {
        // A file does not change behind our back.
        Box::pin(async { Ok(Vec::new()) })
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
