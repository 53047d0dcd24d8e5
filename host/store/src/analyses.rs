//! Whose results the facts carry: a number of sixteen bits for each pair of editions that occurs.
//!
//! The numbers stand in `META` under keys of their own, so that the first fact of a new edition needs no table and no migration.

use redb::{ReadTransaction, ReadableTable, Table};

use crate::Signals;
use crate::error::Fault;
use crate::tables::META;

/// Begins the keys; what follows are both editions with a space between, which no edition holds.
const PREFIX: &str = "analysis ";
/// Stands for no edition.
const NOBODY: &str = "-";

/// Stands for who found a fact's language and sentiment; [`crate::Snapshot::analyses`] tells. The default is nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AnalysisId(pub(crate) u16);

/// Who found a fact's language and sentiment, each an analyzer with its edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Analysis {
    /// `None`: the service stated the language, or nobody knows it.
    pub language: Option<String>,
    /// `None`: nobody said which way it leans.
    pub sentiment: Option<String>,
}

/// The key of a pair; `None` for nobody twice, which is number 0.
fn key(signals: &Signals) -> Option<String> {
    let (language, sentiment) = (signals.language_by.as_deref(), signals.sentiment_by.as_deref());
    (language.is_some() || sentiment.is_some())
        .then(|| format!("{PREFIX}{} {}", language.unwrap_or(NOBODY), sentiment.unwrap_or(NOBODY)))
}

/// The number of a pair, a new one if it has none.
pub(crate) fn number(meta: &mut Table<'_, &'static str, u64>, signals: &Signals) -> Result<AnalysisId, Fault> {
    let Some(key) = key(signals) else { return Ok(AnalysisId::default()) };
    if let Some(number) = meta.get(key.as_str())? {
        return known(number.value());
    }
    let number = pairs(meta)?.len() as u64 + 1;
    meta.insert(key.as_str(), number)?;
    known(number)
}

/// The number of a pair that has one.
pub(crate) fn number_of(transaction: &ReadTransaction, signals: &Signals) -> Result<Option<AnalysisId>, Fault> {
    let Some(key) = key(signals) else { return Ok(Some(AnalysisId::default())) };
    transaction.open_table(META)?.get(key.as_str())?.map(|number| known(number.value())).transpose()
}

/// Every pair and its number.
pub(crate) fn pairs(meta: &impl ReadableTable<&'static str, u64>) -> Result<Vec<(AnalysisId, Analysis)>, Fault> {
    let mut all = Vec::new();
    for row in meta.range(PREFIX..)? {
        let (key, number) = row?;
        let Some(pair) = key.value().strip_prefix(PREFIX) else { break };
        let (language, sentiment) = pair.split_once(' ').ok_or_else(|| Fault::Damaged(format!("`{pair}` is no analysis")))?;
        let named = |edition: &str| (edition != NOBODY).then(|| edition.to_owned());
        all.push((known(number.value())?, Analysis { language: named(language), sentiment: named(sentiment) }));
    }
    Ok(all)
}

fn known(number: u64) -> Result<AnalysisId, Fault> {
    u16::try_from(number)
        .map(AnalysisId)
        .map_err(|_| Fault::Encoding { what: "whose an analysis is".into(), message: "all 65,535 numbers are used".into() })
}
