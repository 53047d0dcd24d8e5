//! Tables of plain text.

use super::Paint;
use super::text::{columns, fit};

/// On which side a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows under headings; columns as wide as their widest cell.
#[derive(Debug)]
pub(crate) struct Table {
    heads: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(heads: &[(&'static str, Align)]) -> Self {
        Self { heads: heads.to_vec(), rows: Vec::new() }
    }

    /// One more row; what is missing is empty.
    pub(crate) fn row(&mut self, mut cells: Vec<String>) {
        cells.resize(self.heads.len(), String::new());
        self.rows.push(cells);
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Draws it, indented by two, in at most `width` columns: the last column is cut if it must be.
    pub(crate) fn draw(&self, paint: Paint, width: usize) -> String {
        let mut widths: Vec<usize> = self.heads.iter().map(|(head, _)| columns(head)).collect();
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(columns(cell));
            }
        }
        if let Some((last, others)) = widths.split_last_mut() {
            let taken = 2 + others.iter().map(|other| other + 2).sum::<usize>();
            *last = (*last).min(width.saturating_sub(taken).max(12));
        }
        let mut out = String::new();
        let heads: Vec<String> = self.heads.iter().map(|(head, _)| (*head).to_owned()).collect();
        out.push_str(&paint.dim(&self.line(&heads, &widths)));
        out.push('\n');
        for row in &self.rows {
            out.push_str(&self.line(row, &widths));
            out.push('\n');
        }
        out
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::from(" ");
        for ((cell, &width), (_, align)) in cells.iter().zip(widths).zip(&self.heads) {
            let cell = fit(cell, width);
            let space = " ".repeat(width.saturating_sub(columns(&cell)));
            line.push_str(if line.len() == 1 { " " } else { "  " });
            match align {
                Align::Left => line.extend([cell.as_str(), &space]),
                Align::Right => line.extend([space.as_str(), &cell]),
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_last_one_gives_way() {
        let mut table = Table::new(&[("source", Align::Left), ("volume", Align::Right), ("text", Align::Left)]);
        table.row(vec!["feed".into(), "7".into(), "日本 short".into()]);
        table.row(vec!["hackernews".into(), "1,204".into(), "a text that is much too long for the room".into()]);
        assert_eq!(
            table.draw(Paint { on: false }, 44),
            "  source      volume  text\n  feed             7  日本 short\n  hackernews   1,204  a text that is much t…\n"
        );
    }
}
