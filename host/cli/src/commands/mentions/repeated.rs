//! `vigie mentions --repeated`: what was said again and again, the original first.

use std::io::Write;

use serde::Serialize;
use vigie_insight::duplicates::{Cluster, Likeness, clusters};
use vigie_mention::{Instant, MentionKey};
use vigie_store::{Snapshot, StoreError, Stored};

use super::{JsonMention, columns, row};
use crate::context::Context;
use crate::exit::Stop;
use crate::render::{Align, Paint, Table, number, width};

/// A cluster as `--json` prints it.
#[derive(Debug, Serialize)]
struct JsonCluster<'a> {
    /// Mentions of the cluster, the original included.
    size: usize,
    original: JsonMention<'a>,
    /// Oldest first.
    copies: &'a [MentionKey],
}

/// Groups the mentions and shows the largest groups; `limit` counts groups.
pub(super) fn show(
    context: &Context,
    snapshot: &Snapshot,
    mentions: impl Iterator<Item = Result<Stored, StoreError>>,
    limit: Option<usize>,
    json: bool,
) -> Result<(), Stop> {
    let mut read = 0_u64;
    let mut texts: Vec<(MentionKey, Instant, String)> = Vec::new();
    for stored in mentions {
        let mention = stored?.mention;
        read += 1;
        texts.push((mention.key(), mention.at(), mention.text));
    }
    let mut groups = clusters(texts, Likeness::default());
    let (found, repeated) = (groups.len(), groups.iter().map(Cluster::size).sum::<usize>());
    groups.truncate(limit.unwrap_or(usize::MAX));
    let mut out = context.out();
    let mut heads = vec![("times", Align::Right)];
    heads.extend(columns());
    let mut table = Table::new(&heads);
    let paint = Paint { on: context.colour() };
    for Cluster { original, copies } in &groups {
        // The snapshot it was read from still has it.
        let Some(stored) = snapshot.mention(original)? else { continue };
        if json {
            let cluster = JsonCluster { size: 1 + copies.len(), original: JsonMention::from(&stored), copies };
            serde_json::to_writer(&mut out, &cluster).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
            continue;
        }
        let mut cells = vec![number::count(1 + copies.len() as u64)];
        cells.extend(row(&stored, paint));
        table.row(cells);
    }
    if json {
        return Ok(out.flush()?);
    }
    let read = number::count(read);
    if table.is_empty() {
        writeln!(out, "of {read} mentions none repeats another")?;
        return Ok(out.flush()?);
    }
    writeln!(out, "{}", table.draw(paint, width()))?;
    let (repeated, groups_found) = (number::count(repeated as u64), number::count(found as u64));
    let s = if found == 1 { "" } else { "s" };
    writeln!(out, "{repeated} of {read} mentions repeat each other, in {groups_found} group{s}; the first of each is shown")?;
    if groups.len() < found {
        writeln!(out, "the {} largest; --limit shows more", groups.len())?;
    }
    Ok(out.flush()?)
}
