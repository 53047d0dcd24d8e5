//! What the API answers, and what its refusals mean. Pure.
//!
//! Fields of an unexpected type count as absent, an odd thing is left out: one of them must not cost a page.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use vigie_plugin::http::{Response, status_to_failure};
use vigie_plugin::{Failure, lenient, log};

/// What a `kind` says a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `t3`
    Submission,
    /// `t1`
    Comment,
}

/// A submission or a comment: they share most of their fields.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Item {
    /// The fullname, such as `t3_5jo13y`.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The fullname without what it is.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Name of the account, or `[deleted]`.
    #[serde(deserialize_with = "lenient::text")]
    pub author: Option<String>,
    /// Fullname of the account; missing where it is deleted, and in old answers.
    #[serde(deserialize_with = "lenient::text")]
    pub author_fullname: Option<String>,
    /// Where it stands.
    #[serde(deserialize_with = "lenient::text")]
    pub subreddit: Option<String>,
    /// Plain text, of a submission.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// Markdown, of a submission.
    #[serde(deserialize_with = "lenient::text")]
    pub selftext: Option<String>,
    /// HTML, of a submission.
    #[serde(deserialize_with = "lenient::text")]
    pub selftext_html: Option<String>,
    /// Markdown, of a comment.
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
    /// HTML, of a comment.
    #[serde(deserialize_with = "lenient::text")]
    pub body_html: Option<String>,
    /// Path of its page.
    #[serde(deserialize_with = "lenient::text")]
    pub permalink: Option<String>,
    /// What a submission links to.
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// Votes for it less votes against it, blurred on purpose.
    #[serde(deserialize_with = "lenient::number")]
    pub score: Option<i64>,
    /// Whether the score is hidden, which then reads 1; of a comment.
    #[serde(deserialize_with = "lenient::flag")]
    pub score_hidden: Option<bool>,
    /// The same of a submission.
    #[serde(deserialize_with = "lenient::flag")]
    pub hide_score: Option<bool>,
    /// Share of the votes that are for it.
    pub upvote_ratio: Value,
    /// Comments below a submission, removed ones among them.
    #[serde(deserialize_with = "lenient::count")]
    pub num_comments: Option<u64>,
    /// Submissions that pass it on.
    #[serde(deserialize_with = "lenient::count")]
    pub num_crossposts: Option<u64>,
    /// Seconds since 1970, with a fraction.
    pub created_utc: Value,
    /// `false`, or seconds since 1970.
    pub edited: Value,
    /// What a comment answers.
    #[serde(deserialize_with = "lenient::text")]
    pub parent_id: Option<String>,
    /// The submission a comment hangs below.
    #[serde(deserialize_with = "lenient::text")]
    pub link_id: Option<String>,
    /// That submission's title, in listings.
    #[serde(deserialize_with = "lenient::text")]
    pub link_title: Option<String>,
    /// What a submission passes on.
    #[serde(deserialize_with = "lenient::text")]
    pub crosspost_parent: Option<String>,
    /// That submission itself.
    pub crosspost_parent_list: Value,
    /// Whether a submission has a text instead of a link.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_self: Option<bool>,
    /// What a poll offers, and the votes if they are shown.
    pub poll_data: Value,
    /// Order and captions of pictures.
    pub gallery_data: Value,
    /// Pictures by their ids.
    pub media_metadata: Value,
    /// A film.
    pub media: Value,
    /// `image`, `link`, `rich:video`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub post_hint: Option<String>,
    /// A label its author or a moderator gave it.
    #[serde(deserialize_with = "lenient::text")]
    pub link_flair_text: Option<String>,
    /// Not safe for work.
    #[serde(deserialize_with = "lenient::flag")]
    pub over_18: Option<bool>,
    /// Who removed it.
    #[serde(deserialize_with = "lenient::text")]
    pub removed_by_category: Option<String>,
    /// Whether a moderator removed it; only moderators see it.
    #[serde(deserialize_with = "lenient::flag")]
    pub removed: Option<bool>,
    /// Whether a moderator took it for spam; only moderators see it.
    #[serde(deserialize_with = "lenient::flag")]
    pub spam: Option<bool>,
    /// `moderator`, `admin`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub distinguished: Option<String>,
    /// Whether it stands above others.
    #[serde(deserialize_with = "lenient::flag")]
    pub stickied: Option<bool>,
    /// Whether it is an advertisement.
    #[serde(deserialize_with = "lenient::flag")]
    pub promoted: Option<bool>,
}

/// Comments that did not come along.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct More {
    /// `_` where a thread has to be opened to go on.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Fullname of what they answer.
    #[serde(deserialize_with = "lenient::text")]
    pub parent_id: Option<String>,
    /// Their ids.
    #[serde(deserialize_with = "lenient::some")]
    pub children: Vec<String>,
}

/// What things there are in an answer.
#[derive(Debug, Clone, Default)]
pub struct Things {
    /// Submissions and comments, each before what answers it.
    pub items: Vec<(Kind, Item)>,
    /// What did not come along.
    pub more: Vec<More>,
}

/// A page of a listing.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// What it lists.
    pub things: Things,
    /// The fullname behind which the next page begins; absent on the last one.
    pub after: Option<String>,
}

/// Reads a page.
///
/// # Errors
/// Class `unexpected-answer` where it is no listing.
pub fn listing(answer: &Response) -> Result<Listing, Failure> {
    let mut value: Value = answer.json()?;
    let after = value.pointer("/data/after").and_then(lenient::as_text);
    match children(&mut value) {
        Some(children) => Ok(Listing { things: things(children), after }),
        None => Err(answer.unexpected("is no listing")),
    }
}

/// Reads a submission and the comments below it.
///
/// # Errors
/// Class `unexpected-answer` where it is not two listings.
pub fn tree(answer: &Response) -> Result<(Option<Item>, Things), Failure> {
    let mut value: Value = answer.json()?;
    let mut both = value.as_array_mut().map(|listings| listings.iter_mut().map(children).collect::<Vec<_>>()).unwrap_or_default();
    let comments = both.get_mut(1).and_then(Option::take);
    let submission = both.get_mut(0).and_then(Option::take);
    match (submission, comments) {
        (Some(submission), Some(comments)) => {
            Ok((things(submission).items.into_iter().map(|(_, item)| item).next(), things(comments)))
        }
        _ => Err(answer.unexpected("is not a submission and its comments")),
    }
}

/// Reads comments that did not come along at first.
///
/// # Errors
/// Class `unexpected-answer` where it is no list of things.
pub fn more_children(answer: &Response) -> Result<Things, Failure> {
    let mut value: Value = answer.json()?;
    match value.pointer_mut("/json/data/things") {
        Some(Value::Array(list)) => Ok(things(std::mem::take(list))),
        _ => Err(answer.unexpected("has no `things` where comments belong")),
    }
}

fn children(listing: &mut Value) -> Option<Vec<Value>> {
    if listing.get("kind").and_then(Value::as_str) != Some("Listing") {
        return None;
    }
    listing.pointer_mut("/data/children")?.as_array_mut().map(std::mem::take)
}

/// Things and what hangs below them. Replies stand inside what they answer, however deep, so a stack is kept instead of recursion.
fn things(list: Vec<Value>) -> Things {
    let mut things = Things::default();
    let mut odd = 0_usize;
    let mut stack: Vec<Value> = list.into_iter().rev().collect();
    while let Some(mut thing) = stack.pop() {
        let kind = thing.get("kind").and_then(Value::as_str).map(str::to_owned);
        let Some(data) = thing.get_mut("data").map(Value::take).filter(Value::is_object) else {
            odd += 1;
            continue;
        };
        match kind.as_deref() {
            Some("more") => things.more.extend(serde_json::from_value(data).ok()),
            Some(kind @ ("t1" | "t3")) => {
                let mut data = data;
                let replies = data.get_mut("replies").map(Value::take).unwrap_or_default();
                let kind = if kind == "t1" { Kind::Comment } else { Kind::Submission };
                match serde_json::from_value(data) {
                    Ok(item) => things.items.push((kind, item)),
                    Err(_) => odd += 1,
                }
                // An empty text where there are none.
                let mut replies = replies;
                stack.extend(children(&mut replies).unwrap_or_default().into_iter().rev());
            }
            // Accounts, subreddits and awards are no mentions.
            Some(_) => {}
            None => odd += 1,
        }
    }
    if odd > 0 {
        log::warn(format_args!("{odd} things of a listing have another shape than documented and were skipped"));
    }
    things
}

/// What an answer that is no success means.
///
/// # Shape
/// 401 `unauthorized`; 403 and 451 `forbidden` with the reason; 404 `gone`; 429 `rate-limited`, with what `Retry-After` or else
/// `x-ratelimit-reset` says (both count seconds); 409 and 5xx `transient`; 413, 414 and a redirect to the search for subreddits
/// `settings`; everything else `unexpected-answer`.
#[must_use]
pub fn failure(answer: &Response) -> Failure {
    let said = said(answer);
    let stated = said.get("error").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let status = if answer.status >= 300 { answer.status } else { stated.unwrap_or(answer.status) };
    let known = status_to_failure(&Response { status, ..answer.clone() });
    let reason = said.get("reason").and_then(Value::as_str).map(|reason| format!(" (reason: {reason})")).unwrap_or_default();
    let message = format!("{}{reason}", known.message);
    if let Some(error) = said.get("error").and_then(Value::as_str) {
        return Failure::unauthorized(format!("{message}; the OAuth client is refused: {error}"));
    }
    match status {
        300..=399 => Failure::settings(format!("{message}; such a subreddit does not exist")),
        401 => Failure::unauthorized(message),
        403 => Failure::forbidden(message),
        451 => Failure::forbidden(format!("{message}; it is withheld for legal reasons")),
        404 | 410 => Failure::gone(message),
        409 => Failure::transient(message),
        413 | 414 => Failure::settings(format!("{message}; the request is too long: use shorter queries")),
        429 => {
            let wait = known.retry_after_ms.map(Duration::from_millis).or_else(|| reset(answer));
            Failure::rate_limited(message).retry_after(wait)
        }
        _ => known,
    }
}

/// What a short body says; nothing where it is no JSON object.
fn said(answer: &Response) -> Value {
    if answer.body.len() > 4_096 {
        return Value::Null;
    }
    serde_json::from_slice(&answer.body).ok().filter(Value::is_object).unwrap_or_default()
}

/// The answer, if it is a success and about what was asked for.
///
/// # Errors
/// As [`failure`].
pub fn check(answer: Response) -> Result<Response, Failure> {
    let path = answer.url.split(['?', '#']).next().unwrap_or_default();
    if path.trim_end_matches('/').ends_with("/subreddits/search") {
        return Err(Failure::settings(format!("{path} answered instead: such a subreddit does not exist")));
    }
    let refused = answer.status < 200 || answer.status > 299 || said(&answer).get("error").is_some_and(|error| !error.is_null());
    if refused { Err(failure(&answer)) } else { Ok(answer) }
}

/// How long to wait before the next request, where none is left now.
#[must_use]
pub fn pause(answer: &Response) -> Option<Duration> {
    // It counts with a fraction.
    let remaining: f64 = answer.header("x-ratelimit-remaining")?.trim().parse().ok()?;
    if remaining < 1.0 { reset(answer) } else { None }
}

/// Until the window ends: seconds from now, not an instant.
fn reset(answer: &Response) -> Option<Duration> {
    let seconds: f64 = answer.header("x-ratelimit-reset")?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
