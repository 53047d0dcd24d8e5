//! A fake host, so that a plugin's code runs natively in its tests, in milliseconds: canned answers, a fixed clock, and
//! everything the plugin asked and logged kept for looking at.
//!
//! The fake host is strict: a request nobody prepared an answer for ends the test with a list of what was asked and what was
//! prepared. The example is the one at the top of [this crate](crate).

mod answer;
pub(crate) mod calls;

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::Value as Json;

pub use answer::Answer;
pub use calls::Asked;

use crate::log::Level;
use crate::{Analyzer, Annotation, Batch, Change, Direction, Document, Failure, Feed, Instant, Next, Poll, Search, Source};
use crate::{settings, time};
use calls::{State, key};

/// How many polls [`FakeHost::read`] makes before it takes a feed for endless.
const ENDLESS: usize = 1000;

/// A host that answers from what a test prepared. Clones share everything.
#[derive(Debug, Clone)]
#[must_use = "a fake host does nothing until a plugin runs in it"]
pub struct FakeHost {
    state: Rc<RefCell<State>>,
}

impl FakeHost {
    /// A host that knows no address, at 2026-01-01T00:00:00Z.
    pub fn new() -> Self {
        Self { state: Rc::new(RefCell::new(State::default())) }.at("2026-01-01T00:00:00Z")
    }

    /// Sets the clock.
    ///
    /// # Panics
    /// When `now` is no RFC 3339 date-time.
    pub fn at(self, now: &str) -> Self {
        let moment = time::rfc3339(now).expect("a test's clock is set to an RFC 3339 date-time");
        self.set_clock(moment.at);
        self
    }

    /// Sets the clock while the test runs.
    pub fn set_clock(&self, now: Instant) {
        self.state.borrow_mut().now = now;
    }

    /// Prepares the answer to a GET request. `url`: as the plugin asks for it; the order of its query does not matter.
    /// Several answers to the same request are given in their order, the last one again and again.
    pub fn get(self, url: &str, answer: Answer) -> Self {
        self.answer("GET", url, answer)
    }

    /// Prepares the answer to a POST request, whatever its body.
    pub fn post(self, url: &str, answer: Answer) -> Self {
        self.answer("POST", url, answer)
    }

    /// Prepares the answer to a request.
    pub fn answer(self, method: &str, url: &str, answer: Answer) -> Self {
        self.state.borrow_mut().prepare(key(method, url), answer);
        self
    }

    /// Runs code of a plugin inside this host.
    pub fn run<T>(&self, code: impl FnOnce() -> T) -> T {
        let _guard = calls::enter(Rc::clone(&self.state));
        code()
    }

    /// Calls [`Source::plan`] as the host does, settings read from their JSON form.
    ///
    /// # Errors
    /// As the plugin's.
    pub fn plan<S: Source>(&self, settings: &Json, searches: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        self.run(|| S::plan(settings::read(&settings.to_string())?, searches))
    }

    /// Calls [`Source::poll`] as the host does.
    ///
    /// # Errors
    /// As the plugin's.
    pub fn poll<S: Source>(&self, settings: &Json, request: Poll) -> Result<Batch, Failure> {
        self.run(|| S::poll(settings::read(&settings.to_string())?, request))
    }

    /// Calls [`Source::refresh`] as the host does.
    ///
    /// # Errors
    /// As the plugin's.
    pub fn refresh<S: Source>(&self, settings: &Json, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        self.run(|| S::refresh(settings::read(&settings.to_string())?, ids))
    }

    /// Calls [`Analyzer::analyze`] as the host does.
    ///
    /// # Errors
    /// As the plugin's.
    pub fn analyze<A: Analyzer>(
        &self,
        settings: &Json,
        documents: Vec<Document>,
    ) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        self.run(|| A::analyze(&settings::read(&settings.to_string())?, documents))
    }

    /// Polls a feed in one direction from its beginning, from cursor to cursor, until the plugin says there is no more for now.
    ///
    /// # Errors
    /// As the plugin's.
    ///
    /// # Panics
    /// When the feed has not ended after a thousand polls.
    pub fn read<S: Source>(&self, settings: &Json, feed: &Feed, direction: Direction) -> Result<Vec<Batch>, Failure> {
        let mut batches: Vec<Batch> = Vec::new();
        let mut cursor = None;
        loop {
            let request = Poll { direction, ..Poll::newer(feed.clone()) }.cursor(cursor.clone());
            let batch = self.poll::<S>(settings, request)?;
            cursor = batch.cursor.clone().or(cursor);
            let more = batch.next == Next::More;
            batches.push(batch);
            if !more {
                return Ok(batches);
            }
            assert!(batches.len() < ENDLESS, "feed `{}` asks for more after {ENDLESS} polls; its cursor is {cursor:?}", feed.id);
        }
    }

    /// What the plugin asked so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.state.borrow().asked.clone()
    }

    /// The prepared requests nobody made.
    #[must_use]
    pub fn unasked(&self) -> Vec<String> {
        self.state.borrow().unasked()
    }

    /// What the plugin logged so far, in order.
    #[must_use]
    pub fn logged(&self) -> Vec<(Level, String)> {
        self.state.borrow().logged.clone()
    }
}

impl Default for FakeHost {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{self, ErrorClass};
    use crate::{FailureClass, clock, log};

    #[test]
    fn answers_come_in_order_and_the_last_one_stays() {
        let host = FakeHost::new()
            .get("https://a.example/?x=1&y=2", Answer::text("one"))
            .get("https://a.example/?x=1&y=2", Answer::text("two"));
        let ask = || http::get("https://a.example/").query("y", 2).query("x", 1).send().expect("an answer").text().expect("text");
        assert_eq!(host.run(|| [ask(), ask(), ask()]), ["one", "two", "two"]);
        assert_eq!(host.asked().len(), 3);
    }

    #[test]
    #[should_panic(expected = "GET https://a.example/b has no prepared answer")]
    fn a_request_nobody_prepared_ends_the_test() {
        let host = FakeHost::new().get("https://a.example/a", Answer::text("a"));
        let _ = host.run(|| http::get("https://a.example/b").send());
    }

    #[test]
    fn clock_log_and_transport_errors() {
        let host = FakeHost::new()
            .at("1970-01-01T00:00:01Z")
            .get("https://a.example/", Answer::fails(ErrorClass::Timeout, "after 30 s"));
        let failure = host.run(|| {
            assert_eq!(clock::now(), 1000);
            log::warn("careful");
            http::get("https://a.example/").send().expect_err("no answer")
        });
        assert_eq!(failure.class, FailureClass::Transient);
        assert_eq!(host.logged(), [(Level::Warn, "careful".to_owned())]);
    }

    #[test]
    fn several_requests_at_once_keep_their_order() {
        let host = FakeHost::new().get("https://a.example/1", Answer::text("1")).get("https://a.example/2", Answer::status(500));
        let answers = host.run(|| http::send_all(vec![http::get("https://a.example/2"), http::get("https://a.example/1")]));
        let statuses: Vec<_> = answers.into_iter().map(|answer| answer.expect("an answer").status).collect();
        assert_eq!(statuses, [500, 200]);
        assert!(host.unasked().is_empty());
    }
}
