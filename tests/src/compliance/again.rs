//! What reading known mentions again sees.

use vigie_mention::delivery::Change;

use super::bench::Bench;
use crate::TestError;

/// Words that no service holds by itself.
const EDIT: &str = "Zanzibarred overnight, everything else stays as it was";
/// Mentions asked for at once, as the pipeline does.
const AT_ONCE: usize = 50;
/// Mentions that are changed; some services cannot remove every kind.
const TRIED: usize = 12;

/// An edited text and a removal are seen by `refresh`, and what did not change is not lost by it.
///
/// # Errors
/// [`TestError`] when the plugin cannot be used.
pub fn changes_are_seen(bench: &Bench) -> Result<Vec<String>, TestError> {
    if !bench.subject.refreshes {
        return Ok(Vec::new());
    }
    bench.collect()?;
    let known: Vec<String> = bench.stored()?.into_keys().collect();
    let path = |id: &str| format!("{}/{id}", bench.service);
    // Answers first: with a first post, whole conversations go.
    let mut candidates: Vec<&String> = known.iter().collect();
    let parents: std::collections::BTreeSet<String> =
        bench.stored()?.values().filter_map(|stored| stored.mention.parent.clone()).collect();
    candidates.sort_by_key(|id| parents.contains(*id));
    let mut edited = None;
    let mut removed = None;
    for id in candidates.into_iter().take(TRIED) {
        if edited.is_none() && bench.internet.edit(&path(id), EDIT).is_ok() {
            edited = Some(id.clone());
        } else if removed.is_none() && bench.internet.delete(&path(id)).is_ok() {
            removed = Some(id.clone());
        }
    }
    let (Some(edited), Some(removed)) = (edited, removed) else {
        return Ok(vec![format!("the service lets nobody edit or remove any of {:?}", known.iter().take(3).collect::<Vec<_>>())]);
    };
    let source = bench.source()?;
    // With a mention, what hangs on it may go; and whoever says that what was never there is gone is right.
    let still: std::collections::BTreeSet<String> =
        bench.internet.truth(&bench.service).into_iter().map(|truth| truth.id).collect();
    let mut complaints = Vec::new();
    let mut seen = (false, false);
    for ids in known.chunks(AT_ONCE) {
        let changes = match bench.block_on(source.refresh(ids)) {
            Ok(changes) => changes,
            Err(error) => {
                complaints.push(format!("reading {} mentions again failed: {error}", ids.len()));
                continue;
            }
        };
        for change in changes {
            match change {
                Change::Upsert(mention) if mention.id == edited => seen.0 |= mention.text.contains("Zanzibarred"),
                Change::Upsert(mention) if mention.id == removed => {
                    complaints.push(format!("`{removed}` was removed and comes back"))
                }
                Change::Upsert(mention) if !known.contains(&mention.id) => {
                    complaints.push(format!("`{}` was not asked for", mention.id))
                }
                Change::Upsert(_) => {}
                Change::Remove(id) if id == removed => seen.1 = true,
                Change::Remove(id) if still.contains(&id) => complaints.push(format!("`{id}` is said to be removed and is not")),
                Change::Remove(_) => {}
            }
        }
    }
    if !seen.0 {
        complaints.push(format!("the edit of `{edited}` was not seen"));
    }
    if !seen.1 {
        complaints.push(format!("the removal of `{removed}` was not seen"));
    }
    complaints.truncate(8);
    Ok(complaints)
}
