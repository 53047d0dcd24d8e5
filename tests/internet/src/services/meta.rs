//! What the fakes of Meta's services share: tokens, error bodies, pages with cursors.
//!
//! Kept quirks: the status is nearly always 400 and the type `OAuthException`, so that the code alone tells what happened;
//! `paging.next` holds the access token; on the last page there are cursors and no `next`.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::truth::Spoken;
use crate::wire::{Ask, Reply};

/// An error in Meta's manner.
pub(super) fn error(code: u32, subcode: Option<u32>, message: &str) -> Reply {
    let mut error = json!({ "message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEf" });
    if let Some(subcode) = subcode {
        error["error_subcode"] = json!(subcode);
    }
    Reply::json_status(400, &json!({ "error": error }))
}

/// What does not exist and what may not be seen look the same.
pub(super) fn missing(id: &str) -> Reply {
    let message = format!(
        "Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not \
         support this operation"
    );
    error(100, Some(33), &message)
}

/// Refuses a request without the token.
pub(super) fn refused_token(ask: &Ask, token: &str) -> Option<Reply> {
    let given =
        ask.header("authorization").and_then(|header| header.strip_prefix("Bearer ")).or_else(|| ask.param("access_token"));
    match given {
        None => Some(error(2500, None, "An active access token must be used to query information about the current user.")),
        Some(given) if given != token => Some(error(190, Some(467), "Error validating access token: the session is invalid.")),
        Some(_) => None,
    }
}

/// Says that too much was asked; the wait stands in minutes in a header.
pub(super) fn refuse(kind: &str, code: u32, retry_after_secs: u32) -> Reply {
    let minutes = retry_after_secs / 60;
    let usage = json!({ "1234": [{ "type": kind, "call_count": 100, "total_cputime": 25, "total_time": 25, "estimated_time_to_regain_access": minutes }] });
    error(code, None, &format!("(#{code}) There have been too many calls to this {kind} account."))
        .with("x-business-use-case-usage", usage.to_string())
        .with("retry-after", retry_after_secs.to_string())
}

/// How all of them speak.
pub(super) fn spoken() -> Vec<Spoken> {
    let of = |what, reply, class, pause_ms| Spoken { what, path: "", reply, class, pause_ms };
    vec![
        of(
            "a dead token",
            error(190, Some(460), "Error validating access token: the password was changed."),
            "unauthorized",
            None,
        ),
        of(
            "a rate limit of the same type",
            error(4, None, "(#4) Application request limit reached"),
            "rate-limited",
            Some(3_600_000),
        ),
        of("a rate limit that says how long", refuse("pages", 80_001, 180), "rate-limited", Some(180_000)),
        of("a missing permission", error(10, None, "(#10) This endpoint requires the feature"), "forbidden", None),
        of("a missing object", missing("1"), "forbidden", None),
        of("an unknown error", error(2, None, "An unexpected error has occurred. Please retry later."), "transient", None),
        of(
            "a page instead of data",
            Reply::text(200, "text/html", "<html><body>Log in</body></html>"),
            "unexpected-answer",
            None,
        ),
    ]
}

/// An instant as Meta writes it: without a colon in the offset.
pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// A row of an edge, with what its place is told by.
pub(super) struct Row {
    pub(super) at: Timestamp,
    pub(super) number: u64,
    pub(super) json: Value,
}

/// How an edge pages.
pub(super) struct Paged<'a> {
    /// Address of the edge, for `next`.
    pub(super) url: &'a str,
    pub(super) token: &'a str,
    /// Rows in one answer, whatever was asked for.
    pub(super) most: usize,
    /// Whether each page repeats the last row of the one before.
    pub(super) repeats: bool,
}

/// Where a page ends: the row's instant and number, which stay when the row goes.
fn cursor(row: &Row) -> String {
    format!("c{}x{}", row.at.as_second(), row.number)
}

fn place(cursor: &str) -> Option<(i64, u64)> {
    let (at, number) = cursor.strip_prefix('c')?.split_once('x')?;
    Some((at.parse().ok()?, number.parse().ok()?))
}

/// A page of `rows`, newest first, as `after`, `since`, `until` and `limit` ask for it.
pub(super) fn page(mut rows: Vec<Row>, ask: &Ask, paged: &Paged<'_>) -> Reply {
    rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.number)));
    let seconds = |name: &str| ask.param(name).and_then(|text| text.parse::<i64>().ok());
    let (since, until) = (seconds("since"), seconds("until"));
    rows.retain(|row| {
        since.is_none_or(|since| row.at.as_second() > since) && until.is_none_or(|until| row.at.as_second() < until)
    });
    let limit = ask.param("limit").and_then(|limit| limit.parse::<usize>().ok()).unwrap_or(25).min(paged.most);
    let from = match ask.param("after") {
        None => 0,
        Some(after) => {
            let Some(place) = place(after) else { return error(100, None, "(#100) Invalid cursors values") };
            let from = rows.iter().position(|row| (row.at.as_second(), row.number) < place).unwrap_or(rows.len());
            if paged.repeats { from.saturating_sub(1) } else { from }
        }
    };
    let more = rows.len() > from + limit;
    let shown = rows.get(from..(from + limit).min(rows.len())).unwrap_or_default();
    let mut answer = json!({ "data": shown.iter().map(|row| row.json.clone()).collect::<Vec<_>>() });
    if let (Some(first), Some(last)) = (shown.first(), shown.last()) {
        answer["paging"] = json!({ "cursors": { "before": cursor(first), "after": cursor(last) } });
        if more {
            let next = format!("{}?access_token={}&pretty=0&limit={limit}&after={}", paged.url, paged.token, cursor(last));
            answer["paging"]["next"] = json!(next);
        }
    }
    if ask.empty {
        answer["data"] = json!([]);
    }
    Reply::json(&answer)
}
