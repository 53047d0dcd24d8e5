//! What can go wrong with a service, at a chosen request.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::wire::{Ask, Reply};

/// One way of misbehaving, for chosen requests of one host.
///
/// Built as `Fault::on("forum.phones.example").path("/posts.json").nth(3).times(2).answer(Answer::Status(503))`. Requests are
/// counted per fault, beginning at 1, among those that match host and path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Host of the real origin; `*` is any.
    pub host: String,
    /// Part of path and query that must occur; empty matches all.
    #[serde(default)]
    pub path: String,
    /// The first matching request that goes wrong.
    #[serde(default = "first")]
    pub nth: u64,
    /// How many go wrong from there on; absent: all.
    #[serde(default)]
    pub times: Option<u64>,
    /// What they get.
    pub answer: Answer,
    #[serde(skip)]
    matched: u64,
}

fn first() -> u64 {
    1
}

/// What a faulty request gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Status 200 and an interstitial page instead of data.
    Html,
    /// The right answer, cut in the middle, with a length that fits the cut.
    Truncated,
    /// The right answer in Latin-1 that calls itself UTF-8.
    WrongCharset,
    /// This status and a body in the service's manner.
    Status(u16),
    /// 429.
    TooMany(RetryAfter),
    /// A redirect to itself, for ever.
    RedirectLoop,
    /// A redirect to this address.
    RedirectTo(String),
    /// A redirect to an address of a private network.
    RedirectPrivate,
    /// A page without items that is not the last one.
    EmptyPage,
    /// The right answer in pieces, with pauses.
    SlowBody {
        /// Between two pieces.
        pause_ms: u64,
        /// At most 1,000.
        pieces: u32,
    },
    /// Zeros, compressed on the fly.
    GzipBomb {
        /// Size after decompression.
        mebibytes: u32,
    },
    /// The connection is closed without a word.
    Reset,
    /// The right head and half of its body, then a closed connection.
    Cut,
    /// Status 200 and exactly this body, as JSON.
    Json(String),
    /// Exactly this answer. Not reachable through the control interface.
    #[serde(skip)]
    Exactly(Reply),
}

/// How a 429 says when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfter {
    /// A count of seconds.
    Seconds(u32),
    /// An HTTP date so many seconds after the miniature internet's present.
    Date(u32),
    /// Not at all.
    Absent,
}

/// A [`Fault`] that still lacks its answer.
#[derive(Debug, Clone)]
#[must_use = "a fault does nothing until it has an answer and is handed over"]
pub struct FaultBuilder(Fault);

impl Fault {
    /// Begins a fault of one host, such as `hn.algolia.com`; `*` is any.
    pub fn on(host: &str) -> FaultBuilder {
        let answer = Answer::Reset;
        FaultBuilder(Self { host: host.to_owned(), path: String::new(), nth: 1, times: None, answer, matched: 0 })
    }

    /// Counts a request and says whether it goes wrong.
    pub(crate) fn strikes(&mut self, ask: &Ask) -> bool {
        let fits = (self.host == "*" || self.host == ask.host) && (self.path.is_empty() || ask.target().contains(&self.path));
        if !fits {
            return false;
        }
        self.matched += 1;
        self.matched >= self.nth && self.times.is_none_or(|times| self.matched < self.nth + times)
    }
}

impl FaultBuilder {
    /// Only requests whose path and query contain this.
    pub fn path(mut self, part: &str) -> Self {
        self.0.path = part.to_owned();
        self
    }

    /// From the `nth` matching request on, and that one alone unless [`times`](Self::times) says more.
    pub fn nth(mut self, nth: u64) -> Self {
        self.0.nth = nth.max(1);
        self.0.times = self.0.times.or(Some(1));
        self
    }

    /// So many matching requests.
    pub fn times(mut self, times: u64) -> Self {
        self.0.times = Some(times);
        self
    }

    /// Completes the fault.
    #[must_use]
    pub fn answer(mut self, answer: Answer) -> Fault {
        self.0.answer = answer;
        self.0
    }
}

/// What the transport is to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sending {
    Whole(Reply),
    Slow { reply: Reply, pause: Duration, pieces: u32 },
    Bomb { mebibytes: u32 },
    Reset,
    Cut(Reply),
}

/// Applies an answer. `right` gives what the service would have said.
pub(crate) fn send(answer: &Answer, ask: &Ask, now: Timestamp, right: impl FnOnce(&Ask) -> Reply) -> Sending {
    let reply = match answer {
        Answer::Html => Reply::text(200, "text/html; charset=utf-8", INTERSTITIAL),
        Answer::Truncated => {
            let mut reply = right(ask);
            // Half of a JSON text is never a JSON text, whatever it holds.
            reply.body.truncate(reply.body.len() / 2);
            reply
        }
        Answer::WrongCharset => {
            let mut reply = right(ask);
            reply.body = latin1(&String::from_utf8_lossy(&reply.body));
            reply
        }
        Answer::Status(status) => refusal(*status),
        Answer::TooMany(wait) => {
            let reply = refusal(429);
            match wait {
                RetryAfter::Seconds(seconds) => reply.with("retry-after", seconds.to_string()),
                RetryAfter::Date(seconds) => reply.with("retry-after", http_date(now + Duration::from_secs(u64::from(*seconds)))),
                RetryAfter::Absent => reply,
            }
        }
        Answer::RedirectLoop => redirect(&format!("https://{}{}", ask.host, ask.target())),
        Answer::RedirectTo(address) => redirect(address),
        Answer::RedirectPrivate => redirect("http://10.20.30.40/internal"),
        Answer::EmptyPage => right(&Ask { empty: true, ..ask.clone() }),
        Answer::SlowBody { pause_ms, pieces } => {
            let (pause, pieces) = (Duration::from_millis(*pause_ms), (*pieces).clamp(1, 1_000));
            return Sending::Slow { reply: right(ask), pause, pieces };
        }
        Answer::GzipBomb { mebibytes } => return Sending::Bomb { mebibytes: *mebibytes },
        Answer::Reset => return Sending::Reset,
        Answer::Cut => return Sending::Cut(right(ask)),
        Answer::Exactly(reply) => reply.clone(),
        Answer::Json(body) => Reply::text(200, "application/json; charset=utf-8", body.as_str()),
    };
    Sending::Whole(reply)
}

const INTERSTITIAL: &str =
    "<!DOCTYPE html><html><head><title>Just a moment</title></head><body><p>Checking your browser.</p></body></html>";

fn redirect(to: &str) -> Reply {
    Reply::text(302, "text/html; charset=utf-8", "<a href=\"elsewhere\">moved</a>").with("location", to)
}

/// A refusal as a front server words it: text, even where data is served.
fn refusal(status: u16) -> Reply {
    match status {
        429 => Reply::text(429, "text/plain; charset=utf-8", "Slow down, too many requests from this address"),
        500..=599 => Reply::text(status, "text/html; charset=utf-8", format!("<html><body><h1>{status}</h1></body></html>")),
        _ => Reply::json_status(status, &json!({ "errors": [format!("refused with {status}")], "status": status })),
    }
}

/// Every character as one byte; what Latin-1 lacks becomes a lone continuation byte, which no UTF-8 holds.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(0x92)).collect()
}

/// An instant as HTTP writes it, in GMT.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant() -> Timestamp {
        "2026-11-22T08:00:00Z".parse().expect("a valid instant")
    }

    #[test]
    fn a_fault_counts_only_what_matches() {
        let mut fault = Fault::on("a.example").path("/posts").nth(2).times(2).answer(Answer::Reset);
        let struck: Vec<_> = ["/posts", "/other", "/posts?page=1", "/posts", "/posts"]
            .map(|target| fault.strikes(&Ask::get("a.example", target)))
            .into();
        assert_eq!(struck, [false, false, true, true, false]);
        assert!(!fault.strikes(&Ask::get("b.example", "/posts")));
    }

    #[test]
    fn a_fault_without_a_number_strikes_always() {
        let mut fault = Fault::on("*").answer(Answer::Html);
        assert!((0..3).all(|_| fault.strikes(&Ask::get("any.example", "/"))));
    }

    #[test]
    fn retry_after_comes_in_three_forms() {
        let header = |wait| match send(&Answer::TooMany(wait), &Ask::default(), instant(), |_| unreachable!("a 429 asks nobody"))
        {
            Sending::Whole(reply) => reply.header("retry-after").map(str::to_owned),
            other => panic!("a 429 is sent whole, not {other:?}"),
        };
        assert_eq!(header(RetryAfter::Seconds(3)).as_deref(), Some("3"));
        assert_eq!(header(RetryAfter::Date(90)).as_deref(), Some("Sun, 22 Nov 2026 08:01:30 GMT"));
        assert_eq!(header(RetryAfter::Absent), None);
    }

    #[test]
    fn broken_bodies_are_broken() {
        let right = |_: &Ask| Reply::json(&json!({ "text": "déçu … 🔥" }));
        for (answer, utf8) in [(Answer::Truncated, None), (Answer::WrongCharset, Some(false))] {
            let Sending::Whole(reply) = send(&answer, &Ask::default(), instant(), right) else {
                panic!("{answer:?} is sent whole")
            };
            assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_err(), "{answer:?} must not parse");
            if let Some(expected) = utf8 {
                assert_eq!(String::from_utf8(reply.body).is_ok(), expected);
            }
        }
    }
}
