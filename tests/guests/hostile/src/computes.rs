//! Computing without end, or to a bad end.

use std::hint::black_box;

use vigie_plugin::{Batch, Failure, Poll};

use crate::Settings;

/// Never returns.
pub(crate) fn spins(_: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Calls itself until the stack is used up.
pub(crate) fn recurses(_: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let depth = deeper(black_box(0));
    Ok(Batch::new().remove(depth.to_string()))
}

fn deeper(depth: u64) -> u64 {
    let frame = black_box([depth; 32]);
    // No stack is this deep, but the compiler may not know it.
    if black_box(depth) == u64::MAX { depth } else { deeper(depth + 1) ^ frame[31] }
}

/// Panics, which is a trap in a component.
pub(crate) fn traps(_: &Settings, _: &Poll) -> Result<Batch, Failure> {
    panic!("this plugin traps on purpose")
}

/// Fails in the class the settings name, `transient` where they name none.
pub(crate) fn fails(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let message = "it fails on purpose";
    Err(match settings.class.as_deref().unwrap_or("transient") {
        "settings" => Failure::settings(message),
        "unauthorized" => Failure::unauthorized(message),
        "forbidden" => Failure::forbidden(message),
        "rate-limited" => Failure::rate_limited(message).retry_after(std::time::Duration::from_secs(1)),
        "quota-exhausted" => Failure::quota_exhausted(message),
        "transient" => Failure::transient(message),
        "unexpected-answer" => Failure::unexpected_answer(message),
        "stale-cursor" => Failure::stale_cursor(message),
        "gone" => Failure::gone(message),
        other => Failure::settings(format!("`{other}` is no class of failures")),
    })
}
