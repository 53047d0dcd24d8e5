//! `vigie check --credentials`: asks each service one small question, to know whether it lets us in.

use std::io::Write;

use serde::Serialize;
use vigie_mention::delivery::{Direction, PollRequest, Search};
use vigie_mention::{ConnectorId, FailureClass, Instant};
use vigie_pipeline::{Connector, Plan};
use vigie_runtime::CallError;

use crate::render::text::harmless;
use crate::render::{Align, Paint, Table, width};

/// How far back the question goes.
const BACK: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// What came of asking for one connector.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    connector: ConnectorId,
    /// The service answered as it should.
    ok: bool,
    /// What kind of failure else; absent if the plugin broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<FailureClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Plans each connector and reads one mention of its first feed. Nothing is stored, and all services are asked at once.
pub(super) async fn ask(plan: Plan, now: Instant) -> Vec<Answer> {
    let asked = plan.connectors.into_iter().map(|connector| {
        let wanted = plan.topics.iter().filter(|topic| connector.topics.contains(&topic.id));
        let searches: Vec<Search> = wanted.map(|topic| topic.query.widen()).collect();
        async move {
            let answer = one(&connector, &searches, now).await;
            let (class, message) = match &answer {
                Ok(()) => (None, None),
                Err(CallError::Failure(failure)) => (Some(failure.class), Some(failure.message.clone())),
                Err(fault) => (None, Some(fault.to_string())),
            };
            Answer { ok: answer.is_ok(), class, message, connector: connector.id }
        }
    });
    futures_util::future::join_all(asked).await
}

async fn one(connector: &Connector, searches: &[Search], now: Instant) -> Result<(), CallError> {
    let feeds = connector.source.plan(searches).await?;
    let Some(feed) = feeds.into_iter().next() else { return Ok(()) };
    let request = PollRequest { feed, direction: Direction::Newer, cursor: None, since: Some(now - BACK), limit: 1 };
    connector.source.poll(request).await.map(drop)
}

/// Whether every service let us in.
pub(super) fn all_well(answers: &[Answer]) -> bool {
    answers.iter().all(|answer| answer.ok)
}

pub(super) fn print(out: &mut impl Write, answers: &[Answer], paint: Paint) -> std::io::Result<()> {
    let mut table = Table::new(&[("connector", Align::Left), ("its service", Align::Left)]);
    for answer in answers {
        let verdict = match (answer.ok, answer.class) {
            (true, _) => paint.green("answers"),
            (false, Some(class)) => paint.red(class.name()),
            (false, None) => paint.red("plugin broke"),
        };
        table.row(vec![answer.connector.to_string(), verdict]);
    }
    if !table.is_empty() {
        write!(out, "{}", table.draw(paint, width()))?;
    }
    for answer in answers {
        if let Some(message) = &answer.message {
            writeln!(out, "  {} {}: {}", paint.yellow("!"), answer.connector, harmless(message))?;
        }
    }
    Ok(())
}
