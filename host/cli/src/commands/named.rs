//! What people name on the command line: a stored mention, a topic.

use vigie_mention::{MentionKey, TopicId};
use vigie_store::{Filter, Snapshot, Stored};

use crate::config::{Shape, suggest};
use crate::context::Context;
use crate::exit::Stop;

/// The stored mention of a key or an address. Ids may have slashes of their own, so each way to read a key is tried.
///
/// # Errors
/// A usage message if it is neither, a message if no such mention is stored.
pub(crate) fn mention(snapshot: &Snapshot, name: &str) -> Result<Stored, Stop> {
    if name.starts_with("https://") || name.starts_with("http://") {
        return at(snapshot, name);
    }
    let Some((source, rest)) = name.split_once('/') else {
        return Err(Stop::usage_message(format!(
            "`{name}` names no mention: write SOURCE/ID, SOURCE/INSTANCE/ID or its address (https://…)"
        )));
    };
    let mut keys = vec![(String::new(), rest.to_owned())];
    keys.extend(rest.match_indices('/').map(|(at, _)| (rest[..at].to_owned(), rest[at + 1..].to_owned())));
    for (instance, id) in keys {
        if let Some(stored) = snapshot.mention(&MentionKey { source: source.to_owned(), instance, id })? {
            return Ok(stored);
        }
    }
    Err(Stop::message(format!("no mention `{name}` is stored; `vigie mentions --json` shows source, instance and id of each")))
}

/// Addresses have no index: it takes a look at every mention, newest first.
fn at(snapshot: &Snapshot, address: &str) -> Result<Stored, Stop> {
    for stored in snapshot.mentions(&Filter::default())? {
        let stored = stored?;
        if stored.mention.url.as_deref() == Some(address) {
            return Ok(stored);
        }
    }
    Err(Stop::message(format!("no mention with the address {address} is stored; `vigie mentions --json` shows `url` of each")))
}

/// Whether the file has these topics.
///
/// # Errors
/// A usage message that names the first it has not, and those it has.
pub(crate) fn topics(context: &Context, shape: &Shape, topics: &[TopicId]) -> Result<(), Stop> {
    let tables = &shape.file.topics;
    match topics.iter().find(|topic| tables.iter().all(|table| table.id.value != **topic)) {
        None => Ok(()),
        Some(topic) => {
            let help = suggest(topic.as_str(), "Topics", tables.iter().map(|table| table.id.value.as_str()));
            Err(Stop::usage_message(format!("{} has no topic `{topic}`; {help}", context.config.display())))
        }
    }
}
