//! Which topics stored mentions were matched with, and how many still wait for it.

use redb::{ReadableTable, WriteTransaction};

use crate::error::Fault;
use crate::tables::{MENTION_COUNTER, META, ROUTED_LAST, ROUTED_UNTIL, ROUTED_WITH};

/// How far mentions that were stored before the topics of now are matched with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Routing {
    /// Stands for the topics; `None` in a store where nobody has announced any.
    pub with: Option<u64>,
    /// Number of the mention up to which all were looked at …
    pub until: u64,
    /// … of the last one stored before these topics. What came later was matched with them at once.
    pub last: u64,
}

impl Routing {
    /// How many mentions have not been looked at; one that was removed counts as long as it is not passed.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.last.saturating_sub(self.until)
    }
}

/// Takes note of the topics, in place of those before: from now on whatever is stored waits to be matched with them.
pub(crate) fn announce(transaction: &WriteTransaction, topics: u64) -> Result<(), Fault> {
    let mut meta = transaction.open_table(META)?;
    let last = last(&meta)?;
    meta.insert(ROUTED_WITH, topics)?;
    meta.insert(ROUTED_UNTIL, 0)?;
    meta.insert(ROUTED_LAST, last)?;
    Ok(())
}

pub(crate) fn read(meta: &impl ReadableTable<&'static str, u64>) -> Result<Routing, Fault> {
    let value = |key: &str| Ok::<_, Fault>(meta.get(key)?.map(|value| value.value()));
    let with = value(ROUTED_WITH)?;
    Ok(Routing { with, until: value(ROUTED_UNTIL)?.unwrap_or(0), last: value(ROUTED_LAST)?.unwrap_or(0) })
}

/// Number of the last mention there is.
pub(crate) fn last(meta: &impl ReadableTable<&'static str, u64>) -> Result<u64, Fault> {
    Ok(meta.get(MENTION_COUNTER)?.map_or(0, |next| next.value()).saturating_sub(1))
}
