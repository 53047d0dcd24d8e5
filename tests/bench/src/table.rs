//! The table at the end.

use std::fmt;

/// Rows of figures.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<[String; 4]>,
}

impl Table {
    /// Adds a figure: what was measured, how it came out, against what, and whether the goal is reached.
    pub(crate) fn row(&mut self, what: &str, measured: String, goal: &str, reached: bool) {
        println!("  {what}: {measured} (goal: {goal})");
        let verdict = if reached { "reached" } else { "MISSED" };
        self.rows.push([what.to_owned(), measured, goal.to_owned(), verdict.to_owned()]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["figure", "measured", "goal", ""].map(str::to_owned);
        let width = |column: usize| {
            let cells = std::iter::once(&heads).chain(&self.rows).map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..4).map(width).collect();
        for row in std::iter::once(&heads).chain(&self.rows) {
            for (cell, &width) in row.iter().zip(&widths) {
                write!(f, "{cell:width$}  ")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
