//! What stands in the store after whole runs.

use std::collections::BTreeSet;
use std::time::Duration;

use vigie_internet::limit::Limit;

use super::bench::Bench;
use super::compare::{Depth, compare};
use crate::TestError;

/// Everything the service holds is stored once with every field right; a second run changes nothing; only its hosts were asked.
///
/// # Errors
/// [`TestError`] when the plugin cannot be used.
pub fn everything_arrives(bench: &Bench) -> Result<Vec<String>, TestError> {
    let summary = bench.collect()?;
    let mut complaints: Vec<String> = summary.failures.values().map(|failure| format!("the run failed: {failure}")).collect();
    let total = summary.total();
    if total.refused > 0 || total.dead_letters > 0 {
        complaints.push(format!("{} mentions were refused by admission", total.refused));
    }
    complaints.extend(compare(&bench.internet.truth(&bench.service), &bench.stored()?, Depth::Whole));
    let again = bench.collect()?.total();
    if again.new + again.updated + again.removed > 0 {
        let [new, updated, removed] = [again.new, again.updated, again.removed];
        complaints.push(format!("a second run found {new} new, {updated} updated, {removed} removed"));
    }
    let mut strange: Vec<String> = bench.internet.requests().into_iter().map(|seen| seen.host).collect();
    strange.retain(|host| !bench.hosts.contains(host));
    strange.dedup();
    if !strange.is_empty() {
        complaints.push(format!("asked other hosts: {}", strange.join(", ")));
    }
    Ok(complaints)
}

/// A service that refuses every few requests, in its own manner, costs nothing but time.
///
/// # Errors
/// [`TestError`] when the plugin cannot be used.
pub fn refusals_lose_nothing(bench: &Bench) -> Result<Vec<String>, TestError> {
    for host in &bench.hosts {
        bench.internet.limit(host, Limit { every: 7, refusals: 1, retry_after_secs: 0 });
    }
    // A pause the service does not state is the host's to choose; some runs bring it all.
    for _ in 0..12 {
        bench.collect()?;
    }
    Ok(compare(&bench.internet.truth(&bench.service), &bench.stored()?, Depth::Identity))
}

/// What is written after the first run is found by the next one.
///
/// # Errors
/// [`TestError`] when the plugin cannot be used.
pub fn later_things_arrive(bench: &Bench) -> Result<Vec<String>, TestError> {
    bench.collect()?;
    let before = bench.stored()?;
    bench.internet.advance_to(bench.internet.now() + Duration::from_secs(6 * 24 * 3600));
    bench.collect()?;
    let after = bench.stored()?;
    let mut truths = bench.internet.truth(&bench.service);
    let mut complaints = Vec::new();
    if bench.subject.whole_history && truths.iter().all(|truth| before.contains_key(&truth.id)) {
        complaints.push("nothing happens at the service in six days, so that nothing is tried".to_owned());
    }
    // Old conversations are no longer followed once their feed has expired; new ones are, and so is everything that was known.
    let old: BTreeSet<&str> = before.values().filter_map(|stored| stored.mention.thread.as_deref()).collect();
    truths.retain(|truth| {
        let follows_old = truth.thread.iter().flatten().any(|thread| old.contains(thread.as_str()));
        !follows_old || before.contains_key(&truth.id) || after.contains_key(&truth.id)
    });
    // What was removed in between may still stand here: that is seen by reading again.
    let living: std::collections::BTreeMap<_, _> =
        after.into_iter().filter(|(id, _)| truths.iter().any(|truth| truth.id == *id) || !before.contains_key(id)).collect();
    complaints.extend(compare(&truths, &living, Depth::Identity));
    Ok(complaints)
}
