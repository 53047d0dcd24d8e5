//! Reading a filled-in sheet back.

use std::collections::BTreeMap;

use vigie_mention::{Instant, MentionKey};
use vigie_store::Snapshot;

use super::sample::Row;
use super::{PassedOver, found};
use crate::corrections::keys::{self, Key};
use crate::corrections::{Correction, Corrections};
use crate::exit::Stop;

/// Mistakes that are told one by one.
const SHOWN: usize = 10;

/// What is needed to understand a sheet.
pub(super) struct Reader<'a> {
    pub(super) keys: &'a [Key],
    pub(super) corrections: &'a Corrections,
    pub(super) at: Instant,
    pub(super) by: Option<&'a str>,
}

impl Reader<'_> {
    /// The corrections of a sheet that are news, and what was passed over.
    ///
    /// # Errors
    /// Every line that makes no sense, with its number; then nothing of the sheet counts.
    pub(super) fn read(&self, name: &str, text: &str, snapshot: &Snapshot) -> Result<(Vec<Correction>, PassedOver), Stop> {
        let known: BTreeMap<&str, _> = self.keys.iter().map(|key| (key.name.as_str(), self.corrections.of(&key.name))).collect();
        let (mut news, mut passed_over, mut mistakes) = (Vec::new(), PassedOver::default(), Vec::new());
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (row, key) = match self.row(line) {
                Ok(Some(read)) => read,
                Ok(None) => {
                    passed_over.empty += 1;
                    continue;
                }
                Err(mistake) => {
                    mistakes.push(format!("{name}:{}: {mistake}", index + 1));
                    continue;
                }
            };
            let mention = MentionKey { source: row.source, instance: row.instance, id: row.id };
            let truth = row.truth.trim();
            let earlier = known.get(key.name.as_str()).and_then(|known| known.get(&mention));
            if earlier.is_some_and(|earlier| earlier.sampled && earlier.value == truth) {
                passed_over.known += 1;
                continue;
            }
            let Some(stored) = snapshot.mention(&mention)? else {
                passed_over.gone += 1;
                continue;
            };
            news.push(Correction {
                at: self.at,
                found: found(&stored, key),
                mention,
                key: key.name.clone(),
                value: truth.to_owned(),
                sampled: true,
                by: self.by.map(str::to_owned),
            });
        }
        if mistakes.is_empty() {
            return Ok((news, passed_over));
        }
        let more = mistakes.len().saturating_sub(SHOWN);
        mistakes.truncate(SHOWN);
        if more > 0 {
            mistakes.push(format!("… and {more} more"));
        }
        Err(Stop::usage_message(format!("nothing was written, because the sheet has mistakes:\n  {}", mistakes.join("\n  "))))
    }

    /// A line and the key it is about; `None` if its truth is still empty.
    fn row(&self, line: &str) -> Result<Option<(Row, &Key)>, String> {
        let row: Row = serde_json::from_str(line).map_err(|error| format!("this is no line of a sample: {error}"))?;
        if row.truth.trim().is_empty() {
            return Ok(None);
        }
        let key =
            keys::find(self.keys, &row.key).map_err(|stop| stop.error.map(|error| error.to_string()).unwrap_or_default())?;
        key.check(row.truth.trim())?;
        Ok(Some((row, key)))
    }
}
