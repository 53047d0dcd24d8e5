//! What people see: tables, charts, numbers, progress.

pub(crate) mod chart;
pub(crate) mod number;
pub(crate) mod paint;
pub(crate) mod progress;
pub(crate) mod table;
pub(crate) mod text;

pub(crate) use paint::Paint;
pub(crate) use table::{Align, Table};

/// Columns to draw in: the terminal's, within reason; 100 where there is none.
pub(crate) fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(terminal_size::Width(columns), _)| usize::from(columns).clamp(60, 160))
}
