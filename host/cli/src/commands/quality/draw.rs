//! Quality for people.

use vigie_insight::quality::{Basis, Estimate, LEAST_SAMPLE, Quality};

use super::{Fates, Seen};
use crate::corrections::keys::Key;
use crate::render::Paint;
use crate::render::number::{count, percent, signed};
use crate::render::text::{columns, harmless};

/// Draws everything there is to say of one annotation.
pub(super) fn draw(key: &Key, seen: &Seen, quality: &Quality, paint: Paint) -> String {
    let head = format!("{} of {} {}", paint.bold(&key.name), key.analyzer, harmless(&key.version));
    let mut out = format!("{head}, on {} mentions\n\n", count(seen.mentions.counted));
    if let Some(coming) = &key.coming {
        let warning = paint.yellow("!");
        out += &format!(
            "  {warning} version {} is what comes next: `vigie reanalyze`, or the next run, brings it\n\n",
            harmless(coming)
        );
    }
    accuracy(&mut out, seen, quality, paint);
    taught(&mut out, key, seen, paint);
    if seen.corrections.counted > 0 {
        confusion(&mut out, quality, paint);
    }
    shares(&mut out, quality, paint);
    left_out(&mut out, seen, paint);
    out
}

fn accuracy(out: &mut String, seen: &Seen, quality: &Quality, paint: Paint) {
    if quality.sample.is_none() && quality.picked.is_none() {
        let none = Fates { counted: 0, ..seen.corrections } == Fates::default();
        let why = if none { "nothing was corrected yet" } else { "no correction is of a mention that this version annotated" };
        *out += &format!("  {why}, so nobody knows how often it is right\n{}\n", how_to_sample(paint));
        return;
    }
    let row = |name: &str, estimate: &Option<Estimate>| match estimate {
        Some(Estimate { numerator, denominator, value, low, high }) => vec![
            name.to_owned(),
            count(*numerator),
            count(*denominator),
            percent(*value),
            format!("{} to {}", percent(*low), percent(*high)),
        ],
        None => vec![name.to_owned(), "–".to_owned(), "0".to_owned()],
    };
    let heads = ["accuracy", "right", "of", "share", "95 % interval"].map(str::to_owned).to_vec();
    let mut rows = vec![heads, row("random sample", &quality.sample)];
    if quality.picked.is_some() {
        rows.push(row("picked by hand", &quality.picked));
    }
    *out += &grid(&rows, paint);
    if quality.basis == Basis::Everything {
        let sampled = quality.sample.map_or(0, |sample| sample.denominator);
        *out += &format!(
            "  {} the random sample has {sampled} of at least {LEAST_SAMPLE}: what was picked by hand counts, too, and may not stand for all\n{}",
            paint.yellow("!"),
            how_to_sample(paint)
        );
    }
    out.push('\n');
}

/// Whoever learned the answers by heart does well in the examination.
fn taught(out: &mut String, key: &Key, seen: &Seen, paint: Paint) {
    let Some(head) = key.learned.as_ref().filter(|_| seen.taught > 0) else { return };
    let taught = count(seen.taught);
    *out += &format!(
        "  {} {taught} of the corrections taught this version, which looks better on them than it is",
        paint.yellow("!")
    );
    if let Some(tried) = Estimate::of(head.right_after, head.held_out) {
        let share = percent(tried.value);
        *out += &format!("; when it learned, {share} of {} were right that it had not seen", count(tried.denominator));
    }
    *out += "\n\n";
}

fn how_to_sample(paint: Paint) -> String {
    format!("  a random sample to judge: {}\n", paint.cyan("vigie correct --sample 200 > sheet.jsonl"))
}

fn confusion(out: &mut String, quality: &Quality, paint: Paint) {
    let short = |estimate: &Option<Estimate>| match estimate {
        Some(Estimate { value, low, high, .. }) => format!("{} ({}–{})", percent(*value), bare(*low), bare(*high)),
        None => "–".to_owned(),
    };
    let mut heads = vec!["found ↓ true →".to_owned()];
    heads.extend(quality.labels.iter().cloned());
    heads.push("precision".to_owned());
    let mut rows = vec![heads];
    for ((label, counts), by_label) in quality.labels.iter().zip(&quality.confusion).zip(&quality.by_label) {
        let mut row = vec![label.clone()];
        row.extend(counts.iter().map(|number| count(*number)));
        row.push(short(&by_label.precision));
        rows.push(row);
    }
    let mut recall = vec!["recall".to_owned()];
    recall.extend(quality.by_label.iter().map(|label| short(&label.recall)));
    rows.push(recall);
    let of = if quality.basis == Basis::Sample { "the random sample" } else { "all corrections" };
    *out += &format!("  confusion on {of}\n{}\n", grid(&rows, paint));
}

fn shares(out: &mut String, quality: &Quality, paint: Paint) {
    let shown = |share: Option<f64>, show: fn(f64) -> String| share.map_or_else(|| "–".to_owned(), show);
    let mut rows = vec![["share of mentions", "mentions", "found", "corrected"].map(str::to_owned).to_vec()];
    for share in &quality.shares {
        rows.push(vec![share.label.clone(), count(share.count), shown(share.raw, percent), shown(share.corrected, percent)]);
    }
    if let Some(net) = &quality.net_sentiment {
        let raw = signed(net.raw.value);
        rows.push(vec!["net sentiment".to_owned(), String::new(), raw, shown(net.corrected, signed)]);
    }
    *out += &grid(&rows, paint);
    if let Some(reason) = &quality.uncorrected {
        *out += &format!("  not corrected: {reason}\n");
    }
}

fn left_out(out: &mut String, seen: &Seen, paint: Paint) {
    let Fates { other_version, not_annotated, elsewhere, .. } = seen.corrections;
    let reasons = [
        (other_version, "corrections", "of mentions that another version annotated"),
        (not_annotated, "corrections", "of mentions in which nothing was found"),
        (elsewhere, "corrections", "of mentions that are not stored (any more), or not of the topics asked for"),
        (seen.mentions.other_version, "mentions", "that another version annotated"),
    ];
    for (place, (number, what, why)) in reasons.into_iter().filter(|(number, ..)| *number > 0).enumerate() {
        let space = if place == 0 { "\n" } else { "" };
        *out += &format!("{space}  {what} not counted: {} {why}\n", count(number));
    }
    if seen.mentions.other_version > 0 {
        *out += &format!("\nNext: {}\n", paint.cyan("vigie reanalyze"));
    }
}

/// A percentage within a range that says so already.
fn bare(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

/// Rows under a head, the first column to the left and the others to the right: what the labels are is known only now.
fn grid(rows: &[Vec<String>], paint: Paint) -> String {
    let most = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| columns(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..most).map(width).collect();
    let mut out = String::new();
    for (place, row) in rows.iter().enumerate() {
        let mut line = String::from("  ");
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let space = " ".repeat(width - columns(cell));
            line += &if column == 0 { format!("{cell}{space}") } else { format!("  {space}{cell}") };
        }
        let line = line.trim_end();
        out += &if place == 0 { paint.dim(line) } else { line.to_owned() };
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["found ↓ true →", "good", "bad"], vec!["good", "1,204", "7"], vec!["bad", "–"]];
        let rows = rows.map(|row| row.into_iter().map(str::to_owned).collect());
        assert_eq!(
            grid(&rows, Paint { on: false }),
            "  found ↓ true →   good  bad\n  good            1,204    7\n  bad                 –\n"
        );
    }
}
