//! What a service answers wrongly, and the class it becomes.

use vigie_internet::fault::{Answer, Fault, RetryAfter};
use vigie_mention::delivery::{Direction, PollRequest};
use vigie_runtime::CallError;

use super::bench::Bench;
use crate::TestError;

/// Feeds that are looked at.
const FEEDS: usize = 4;

/// What the first polls make of the service as it is now: how much they bring, or the first failure.
fn first_polls(bench: &Bench) -> Result<Result<usize, CallError>, TestError> {
    let source = bench.source()?;
    let searches = bench.searches()?;
    Ok(bench.block_on(async {
        let mut brought = 0;
        for feed in source.plan(&searches).await?.into_iter().take(FEEDS) {
            for direction in [Direction::Newer, Direction::Older] {
                let since = Some(bench.now() - std::time::Duration::from_secs(100 * 86_400));
                let request = PollRequest { feed: feed.clone(), direction, cursor: None, since, limit: 10 };
                let batch = source.poll(request).await?;
                brought += batch.changes.len() + batch.feeds.len();
            }
        }
        Ok(brought)
    }))
}

/// Faults any server can have, and the words the service has of its own, each become the right class; a pause that is stated is kept.
///
/// # Errors
/// [`TestError`] when the plugin cannot be used.
pub fn every_failure_has_its_class(bench: &Bench) -> Result<Vec<String>, TestError> {
    bench.internet.forget_requests();
    let mut complaints = Vec::new();
    match first_polls(bench)? {
        Ok(0) => complaints.push("the first polls bring nothing, so that no failure could be seen".to_owned()),
        Ok(_) => {}
        Err(error) => complaints.push(format!("the first polls fail: {error}")),
    }
    // Tokens and robots.txt are asked for before; their failures are the host's and tried there.
    let asked = bench.internet.requests();
    let first = asked.into_iter().find(|seen| seen.method == "GET" && !seen.target.starts_with("/robots.txt"));
    let path = first.as_ref().map(|seen| seen.target.split('?').next().unwrap_or_default().to_owned()).unwrap_or_default();
    let mut tried: Vec<(String, Answer, String, &str, Option<u64>)> = vec![
        ("status 500".to_owned(), Answer::Status(500), path.clone(), "transient", None),
        ("a broken connection".to_owned(), Answer::Reset, path.clone(), "transient", None),
        ("a 429 with a pause".to_owned(), Answer::TooMany(RetryAfter::Seconds(120)), path.clone(), "rate-limited", Some(120_000)),
        ("a page instead of an answer".to_owned(), Answer::Html, path.clone(), "unexpected-answer", None),
    ];
    // Half a page is still one, and so is a page that says something else than we hoped for.
    let pages = bench.source()?.manifest().pages;
    if pages {
        tried.retain(|(_, answer, ..)| *answer != Answer::Html);
    } else if bench.subject.json {
        tried.push(("half an answer".to_owned(), Answer::Truncated, path.clone(), "unexpected-answer", None));
    }
    for spoken in bench.internet.spoken(&bench.service) {
        tried.push((
            spoken.what.to_owned(),
            Answer::Exactly(spoken.reply),
            if spoken.path.is_empty() && !pages { path.clone() } else { spoken.path.to_owned() },
            spoken.class,
            spoken.pause_ms,
        ));
    }
    for (what, answer, path, class, pause) in tried {
        bench.internet.clear_faults();
        for host in &bench.hosts {
            // Whoever reads pages asks for robots.txt first; what is wrong begins behind it.
            let first = if pages && path.is_empty() { 2 } else { 1 };
            bench.internet.fault(Fault::on(host).path(&path).nth(first).times(1_000_000).answer(answer.clone()));
        }
        match first_polls(bench)? {
            Ok(count) => complaints.push(format!("{what}: {count} mentions or feeds and no failure")),
            Err(CallError::Failure(failure)) => {
                if failure.class.name() != class {
                    complaints.push(format!("{what}: class {} instead of {class}: {}", failure.class.name(), failure.message));
                }
                if pause.is_some_and(|pause| failure.retry_after_ms.is_none_or(|stated| stated < pause)) {
                    complaints.push(format!("{what}: asks to wait {:?} ms, not {pause:?}", failure.retry_after_ms));
                }
                if failure.message.trim().is_empty() {
                    complaints.push(format!("{what}: says nothing"));
                }
            }
            Err(error) => complaints.push(format!("{what}: {error}")),
        }
    }
    bench.internet.clear_faults();
    Ok(complaints)
}
