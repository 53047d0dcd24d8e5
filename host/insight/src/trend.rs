//! Compared with the window before.

use serde::Serialize;
use vigie_mention::{Instant, Window};

use crate::sentiment::NetSentiment;
use crate::share::Ratio;

/// What the window of the same length that ends where this one begins looked like.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// The window before.
    pub window: Window,
    /// Whether all of it was read: no day has a gap. Else a rise may only show that collection began.
    pub complete: bool,
    /// Its volume.
    pub volume: u64,
    /// (volume - volume before) / volume before; absent where nothing was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// Its share of voice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_of_voice: Option<Ratio>,
    /// Its net sentiment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_sentiment: Option<NetSentiment>,
}

/// The window of the same length that ends where this one begins.
pub(crate) fn before(window: Window) -> Window {
    let length = window.until.as_millis().saturating_sub(window.from.as_millis());
    Window { from: Instant::from_millis(window.from.as_millis().saturating_sub(length)), until: window.from }
}

/// `trend.volume@1`.
pub(crate) fn change(volume: u64, before: u64) -> Option<f64> {
    Ratio::of(volume, before).map(|ratio| ratio.value - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_before_touches_this_one() {
        let window = Window { from: Instant::from_millis(100), until: Instant::from_millis(130) };
        assert_eq!(before(window), Window { from: Instant::from_millis(70), until: window.from });
    }

    #[test]
    fn from_nothing_there_is_no_change_in_percent() {
        assert_eq!(change(5, 0), None);
        assert_eq!(change(15, 10), Some(0.5));
        assert_eq!(change(0, 10), Some(-1.0));
    }
}
