//! Trying again, pausing, giving up: over a scripted wire and a clock that only moves when everybody waits.

use std::collections::VecDeque;

use futures_util::future::BoxFuture;

use super::*;
use crate::http::HttpErrorClass;

type Scripted = Box<dyn FnOnce() -> Result<HttpResponse, WireError> + Send>;

/// Answers from a script, in order; hangs for ever when it has ended.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<Scripted>>>,
    asked_at: Arc<Mutex<Vec<Instant>>>,
}

impl Wire for Script {
    fn send<'a>(&'a self, _: Outgoing<'a>) -> BoxFuture<'a, Result<HttpResponse, WireError>> {
        self.asked_at.lock().expect("unpoisoned").push(Instant::now());
        let next = self.answers.lock().expect("unpoisoned").pop_front();
        Box::pin(async move {
            match next {
                Some(answer) => answer(),
                None => std::future::pending().await,
            }
        })
    }
}

fn status(status: u16, headers: &[(&str, &str)]) -> Scripted {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Box::new(move || Ok(HttpResponse { status, headers, ..HttpResponse::default() }))
}

fn unreached() -> Scripted {
    Box::new(|| Err(WireError::Unreached("connection refused".to_owned())))
}

fn broken() -> Scripted {
    Box::new(|| Err(WireError::Broken("connection reset".to_owned())))
}

struct Bench {
    egress: Egress,
    script: Script,
    start: Instant,
}

impl Bench {
    fn new(answers: Vec<Scripted>) -> Self {
        Self::under(NetworkPolicy { seed: Some(7), ..NetworkPolicy::default() }, answers)
    }

    fn under(policy: NetworkPolicy, answers: Vec<Scripted>) -> Self {
        let script = Script { answers: Arc::new(Mutex::new(answers.into())), ..Script::default() };
        let clock = Clock::Fixed("2026-11-22T08:00:00Z".parse().expect("an instant"));
        Self { egress: Egress::over(Arc::new(policy), clock, Box::new(script.clone())), script, start: Instant::now() }
    }

    async fn ask(&self, method: &str, within_secs: u64) -> Result<HttpResponse, HttpError> {
        let url = Url::parse("https://a.example/x").expect("an address");
        let hop = Hop {
            method,
            url: &url,
            shown: "https://a.example/x",
            headers: Vec::new(),
            body: None,
            max_body: 1024 * 1024,
            cut: false,
        };
        self.egress.send(&hop, Instant::now() + Duration::from_secs(within_secs)).await
    }

    fn tries(&self) -> usize {
        self.script.asked_at.lock().expect("unpoisoned").len()
    }
}

#[tokio::test(start_paused = true)]
async fn trouble_that_passes_is_not_seen() {
    let bench = Bench::new(vec![status(503, &[]), unreached(), status(200, &[])]);
    assert_eq!(bench.ask("GET", 60).await.expect("an answer").status, 200);
    assert_eq!(bench.tries(), 3);
    assert!(bench.start.elapsed() > Duration::ZERO && bench.start.elapsed() < Duration::from_millis(1500));
}

#[tokio::test(start_paused = true)]
async fn trouble_that_stays_is_returned_after_three_tries() {
    let bench = Bench::new(vec![status(502, &[]), status(503, &[]), status(504, &[])]);
    assert_eq!(bench.ask("GET", 60).await.expect("an answer").status, 504);
    let bench = Bench::new(vec![unreached(), unreached(), unreached()]);
    let error = bench.ask("GET", 60).await.expect_err("no connection");
    assert_eq!(error.class, HttpErrorClass::Connect);
    assert_eq!(error.message, "no connection to https://a.example: connection refused (tried 3 times)");
}

#[tokio::test(start_paused = true)]
async fn only_what_is_safe_is_repeated() {
    for (method, first, tries) in [
        ("GET", broken(), 2),
        ("POST", broken(), 1),
        ("POST", unreached(), 2),
        ("POST", status(503, &[]), 1),
        ("POST", status(503, &[("retry-after", "1")]), 1),
        ("POST", status(429, &[("retry-after", "1")]), 2),
        ("GET", status(500, &[]), 1),
        ("GET", status(404, &[]), 1),
        ("GET", status(429, &[]), 1),
    ] {
        let bench = Bench::new(vec![first, status(200, &[])]);
        let _ = bench.ask(method, 60).await;
        assert_eq!(bench.tries(), tries, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_retry_after_is_kept_to() {
    for (stated, waited) in [("2", 2000), ("0.2", 200), ("Sun, 22 Nov 2026 08:00:03 GMT", 3000)] {
        let bench = Bench::new(vec![status(429, &[("retry-after", stated)]), status(200, &[])]);
        assert_eq!(bench.ask("GET", 60).await.expect("an answer").status, 200);
        assert_eq!(bench.start.elapsed().as_millis(), waited, "{stated}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_retry_after_is_the_plugins_and_the_next_request_does_not_hit() {
    let bench = Bench::new(vec![status(429, &[("retry-after", "300")]), status(200, &[])]);
    let answer = bench.ask("GET", 60).await.expect("an answer");
    assert_eq!((answer.status, bench.start.elapsed()), (429, Duration::ZERO));

    tokio::time::advance(Duration::from_secs(100)).await;
    let answer = bench.ask("GET", 60).await.expect("an answer");
    assert_eq!((answer.status, answer.header("retry-after"), answer.header("x-vigie-cache")), (429, Some("200"), Some("pause")));
    assert_eq!(bench.tries(), 1, "the service was not asked");

    tokio::time::advance(Duration::from_secs(180)).await;
    assert_eq!(bench.ask("GET", 60).await.expect("an answer").status, 200);
    assert_eq!(bench.start.elapsed().as_secs(), 300, "waited for what was left of the pause");
}

#[tokio::test(start_paused = true)]
async fn a_pace_without_a_place_in_time_says_so() {
    let rates = vec![("https://a.example".parse().expect("a pattern"), crate::Pace::new(1, Duration::from_secs(90)))];
    let policy = NetworkPolicy { rates, ..NetworkPolicy::default() };
    let bench = Bench::under(policy, vec![status(200, &[]), status(200, &[])]);
    assert_eq!(bench.ask("GET", 60).await.expect("an answer").status, 200);
    let error = bench.ask("GET", 60).await.expect_err("no place");
    assert_eq!(error.class, HttpErrorClass::Budget);
    assert!(error.message.starts_with("https://a.example is asked at most 1 a 90s and the next place is in 90.0s"), "{error}");
    assert_eq!(bench.ask("GET", 120).await.expect("an answer").status, 200);
    assert_eq!(bench.start.elapsed().as_secs(), 90);
}

#[tokio::test(start_paused = true)]
async fn silence_ends_in_time() {
    let bench = Bench::new(vec![]);
    let error = bench.ask("GET", 60).await.expect_err("silence");
    assert_eq!((error.class, bench.start.elapsed().as_secs()), (HttpErrorClass::Timeout, 30));
    assert_eq!(error.message, "https://a.example/x did not answer within 30s");
    let error = bench.ask("GET", 5).await.expect_err("silence");
    assert_eq!(error.message, "https://a.example/x did not answer before this call's time was over");
}

#[tokio::test(start_paused = true)]
async fn pauses_never_outlast_the_call() {
    let bench = Bench::new(vec![status(503, &[("retry-after", "8")]), status(200, &[])]);
    assert_eq!(bench.ask("GET", 5).await.expect("an answer").status, 503);
    assert_eq!(bench.start.elapsed(), Duration::ZERO);
}
