//! The logical content as JSON lines, by which two stores are compared.

use std::io::Write;

use redb::ReadOnlyTable;
use serde::Serialize;
use serde_json::{Map, Value, json};
use vigie_mention::{Instant, Window};

use crate::error::Fault;
use crate::names;
use crate::tables::{KEYS, identified, identity};
use crate::{Snapshot, StoreError, Walk, WalkStatus};

/// Whether to write what the host's clock decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clocks {
    Shown,
    Hidden,
}

/// Fields that hold the host's clock, at whatever depth of a line.
const CLOCKS: [&str; 4] = ["collected_at", "updated_at", "at", "expires_at"];

/// Writes one line for each thing.
pub(crate) fn write(snapshot: &Snapshot, out: &mut impl Write, clocks: Clocks) -> Result<(), Fault> {
    let mut lines = Lines { out, clocks };
    let keys = snapshot.transaction.open_table(KEYS)?;
    for (_, source, instance) in services(snapshot, &keys)? {
        let first = identity(source, instance, "");
        for row in keys.range(first.as_slice()..)? {
            let (key, number) = row?;
            if !key.value().starts_with(&first) {
                break;
            }
            if let Some(stored) = snapshot.numbered(number.value())? {
                lines.write("mention", &stored)?;
            }
        }
    }
    for tombstone in snapshot.tombstones().map_err(broken)? {
        lines.write("tombstone", &tombstone)?;
    }
    for (key, state) in snapshot.all_feeds().map_err(broken)? {
        let feed = json!({
            "connector": key.connector, "id": key.feed, "title": state.feed.title, "params": state.feed.params,
            "child": state.child, "expires_at": state.feed.expires_at, "newer": walk(&state.newer), "older": walk(&state.older),
        });
        lines.write("feed", &feed)?;
    }
    for letter in snapshot.dead_letters().map_err(broken)? {
        lines.write("dead_letter", &letter)?;
    }
    let all = Window { from: Instant::from_millis(i64::MIN), until: Instant::from_millis(i64::MAX) };
    let mut new = 0_u64;
    for row in snapshot.ledger(all).map_err(broken)? {
        new += u64::from(row.map_err(broken)?.2.new);
    }
    lines.write("ledger", &json!({ "new": new }))
}

fn broken(error: StoreError) -> Fault {
    Fault::Damaged(error.to_string())
}

/// A source and an instance, in words and in numbers.
type Service = ((String, String), u32, u32);

/// Every source and instance there are mentions of, by their names.
fn services(snapshot: &Snapshot, keys: &ReadOnlyTable<&'static [u8], u64>) -> Result<Vec<Service>, Fault> {
    let mut services = Vec::new();
    let mut from = Vec::new();
    loop {
        let Some(row) = keys.range(from.as_slice()..)?.next().transpose()? else { break };
        let key = names::key_of(&snapshot.transaction, row.0.value())?;
        let Some((source, instance, _)) = identified(row.0.value()) else { break };
        services.push(((key.source, key.instance), source, instance));
        let Some(next) = instance.checked_add(1) else { break };
        from = identity(source, next, "");
    }
    services.sort_unstable();
    Ok(services)
}

/// A walk without what differs between two roads to the same place.
fn walk(walk: &Walk) -> Value {
    let status = match &walk.status {
        WalkStatus::Reading => "reading",
        WalkStatus::Waiting => "waiting",
        WalkStatus::Done => "done",
        WalkStatus::Resting { class, .. } => class.name(),
    };
    json!({ "cursor": walk.cursor, "status": status })
}

struct Lines<'a, W> {
    out: &'a mut W,
    clocks: Clocks,
}

impl<W: Write> Lines<'_, W> {
    fn write(&mut self, name: &str, thing: &impl Serialize) -> Result<(), Fault> {
        let failed = |message: String| Fault::Encoding { what: format!("the dump of a {name}"), message };
        let mut value = serde_json::to_value(thing).map_err(|error| failed(error.to_string()))?;
        if self.clocks == Clocks::Hidden {
            hide(&mut value);
        }
        let line = Value::Object(Map::from_iter([(name.to_owned(), value)]));
        Ok(writeln!(self.out, "{line}")?)
    }
}

/// Takes the host's clocks out. Moments the service stated are objects of two fields and stay.
fn hide(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    fields.retain(|name, _| !CLOCKS.contains(&name.as_str()));
    for (name, field) in fields.iter_mut() {
        if name == "mention" || name == "previous" {
            hide(field);
        }
    }
}
