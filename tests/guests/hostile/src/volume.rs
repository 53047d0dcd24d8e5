//! Too much of something.

use std::hint::black_box;

use vigie_plugin::{Batch, Failure, Mention, MentionKind, Poll, log};

use crate::Settings;

/// Takes memory until there is none.
pub(crate) fn hoards(_: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let mut hoard = Vec::new();
    loop {
        // Ones, because untouched zeros would cost nothing.
        hoard.push(vec![1_u8; 4 << 20]);
        black_box(&hoard);
    }
}

/// One mention with a text of 100 MB.
pub(crate) fn huge_text(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let text = "x".repeat(settings.count_or(100_000_000));
    Ok(Batch::new().upsert(Mention::new("huge", MentionKind::Post).text(text)))
}

/// Ten million mentions in one batch, or as many as the memory holds.
pub(crate) fn ten_million(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let count = settings.count_or(10_000_000);
    Ok(Batch::new().upserts((0..count).map(|n| Mention::new(n.to_string(), MentionKind::Post).text("one of many"))))
}

/// A million lines for the operator, each longer than a line may be.
pub(crate) fn floods_log(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let line = "all work and no play\n".repeat(300);
    for _ in 0..settings.count_or(1_000_000) {
        log::warn(&line);
    }
    Ok(Batch::new().later(None))
}
