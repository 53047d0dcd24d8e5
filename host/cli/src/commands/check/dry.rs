//! What would stop a run at its first step: sources that refuse their settings, a store that cannot be written.

use std::fs::OpenOptions;
use std::path::Path;

use futures_util::future::join_all;
use vigie_mention::FailureClass;
use vigie_mention::delivery::Search;
use vigie_pipeline::Plan;
use vigie_runtime::CallError;

use crate::config::settings::refused;
use crate::config::{Problem, Reading};
use crate::plugins::Installed;

/// Lets every connector name its feeds, and tells what it says of its settings. Failures of another kind are those of a service, and
/// show nothing while none is asked.
pub(super) async fn plan(plan: &Plan, reading: &mut Reading) {
    let named = plan.connectors.iter().map(|connector| {
        let wanted = plan.topics.iter().filter(|topic| connector.topics.contains(&topic.id));
        let searches: Vec<Search> = wanted.map(|topic| topic.query.widen()).collect();
        async move { connector.source.plan(&searches).await }
    });
    let named = join_all(named).await;
    for (connector, named) in plan.connectors.iter().zip(named) {
        let Some(table) = reading.file.connectors.iter().find(|table| table.id.value == connector.id) else { continue };
        let Some(manifest) = reading.catalog.manifest(connector.source.id()) else { continue };
        let id = &connector.id;
        let topics = table.topics.iter().flat_map(|topics| &topics.value);
        if !topics.clone().all(|name| plan.topics.iter().any(|topic| topic.id.as_str() == name.value)) {
            // What it would search for is not known while a topic has a mistake.
            continue;
        }
        match named {
            Ok(feeds) if feeds.is_empty() => reading.problems.push(
                Problem::warning("config::no_feeds", table.id.span.clone(), format!("connector `{id}` has nothing to read"))
                    .label("its settings and topics name nothing")
                    .help(format!("`vigie plugins inspect {}` shows its settings", manifest.id)),
            ),
            Err(CallError::Failure(failure)) if failure.class == FailureClass::Settings => {
                reading.problems.push(refused(table, manifest, &failure.message));
            }
            _ => {}
        }
    }
}

/// Tells if the store cannot be written where it is, or cannot be made.
pub(super) fn store(reading: &mut Reading) {
    let store = &reading.config.store;
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if store.is_dir() || !folder.is_dir() {
        // Told where the file was read.
        return;
    }
    let (place, tried) = if store.exists() {
        (store.as_path(), OpenOptions::new().write(true).open(store).map(drop))
    } else {
        (folder, tempfile::tempfile_in(folder).map(drop))
    };
    if let Err(error) = tried {
        let message = format!("the store cannot be written: {}: {error}", place.display());
        let problem = match &reading.file.store {
            Some(path) => Problem::error("config::store_folder", path.span.clone(), message).label("the store"),
            None => Problem::placeless("config::store_folder", message),
        };
        reading.problems.push(problem.help("let this user write there, or name another place: [store] path = \"…\""));
    }
}
