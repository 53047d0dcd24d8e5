//! The one behaviour that is in order: ordinary mentions, the same ones every time.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Author, Batch, Cursor, Failure, Instant, Mention, MentionKind, Moment, Poll};

use crate::Settings;

/// 2026-01-01T00:00:00Z, when the first mention was published. Each later one follows after a minute.
const FIRST: Instant = 1_767_225_600_000;
const MINUTE: Instant = 60_000;

const SENTENCES: [&str; 6] = [
    "I really love the new acme phone, the camera is great.",
    "The battery of my acme phone is terrible, very disappointed.",
    "Is the rival phone better than the acme phone?",
    "Le nouvel acme phone est vraiment superbe, je le recommande.",
    "Encore une panne, le service client est catastrophique.",
    "Shipping took three days and the box was blue.",
];

/// The next batch to hand out.
#[derive(Serialize, Deserialize)]
struct Position {
    batch: u32,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

/// `count` mentions a batch (10), for `batches` batches (1); after them the head is reached and nothing new comes.
pub(crate) fn good(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    let count = settings.count_or(10);
    let batches = settings.batches.unwrap_or(1);
    let batch = request.position::<Position>()?.map_or(0, |position| position.batch);
    if batch >= batches {
        return Ok(Batch::new().later(None));
    }
    let first = count.saturating_mul(usize::try_from(batch).unwrap_or(usize::MAX));
    let mentions = (first..first.saturating_add(count)).map(mention);
    let read = Batch::new().upserts(mentions).position(&Position { batch: batch + 1 });
    Ok(if batch + 1 < batches { read.more() } else { read.later(None) })
}

fn mention(n: usize) -> Mention {
    let minutes = Instant::try_from(n).unwrap_or(Instant::MAX);
    let text = format!("{} ({n})", SENTENCES[n % SENTENCES.len()]);
    let writer = n % 97;
    Mention::new(format!("good-{n}"), MentionKind::Post)
        .text(text)
        .url(format!("https://good.example/{n}"))
        .author(Author::new(format!("writer-{writer}")).handle(format!("writer{writer}")).followers((writer * 10) as u64))
        .published(Moment::second(FIRST.saturating_add(minutes.saturating_mul(MINUTE))))
        .likes(Some((n % 13) as i64))
}
