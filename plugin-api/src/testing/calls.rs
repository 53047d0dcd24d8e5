//! What a plugin's calls to the host reach natively: the fake host that runs on this thread.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::Answer;
use crate::Instant;
use crate::http::{WireError, WireRequest, WireResponse};
use crate::log::Level;

/// A request a plugin made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// In upper case.
    pub method: String,
    /// As the plugin wrote it, with secrets as placeholders.
    pub url: String,
    /// As the plugin wrote them.
    pub headers: Vec<(String, String)>,
    /// What was sent.
    pub body: Option<Vec<u8>>,
}

impl Asked {
    /// The first value of a header. `name` in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) now: Instant,
    pub(super) asked: Vec<Asked>,
    pub(super) logged: Vec<(Level, String)>,
    prepared: BTreeMap<String, Prepared>,
}

#[derive(Debug, Default)]
struct Prepared {
    answers: VecDeque<Answer>,
    given: usize,
}

impl State {
    pub(super) fn prepare(&mut self, key: String, answer: Answer) {
        self.prepared.entry(key).or_default().answers.push_back(answer);
    }

    pub(super) fn unasked(&self) -> Vec<String> {
        self.prepared.iter().filter(|(_, prepared)| prepared.given == 0).map(|(key, _)| key.clone()).collect()
    }

    /// The answer to a request, or everything a test's author needs to know about why there is none.
    fn answer(&mut self, request: &WireRequest) -> Result<Result<WireResponse, WireError>, String> {
        let WireRequest { method, url, headers, body } = request.clone();
        self.asked.push(Asked { method, url, headers, body });
        let key = key(&request.method, &request.url);
        let Some(prepared) = self.prepared.get_mut(&key) else {
            let asked: Vec<_> = self.asked.iter().map(|asked| format!("{} {}", asked.method, asked.url)).collect();
            let known: Vec<_> = self.prepared.keys().cloned().collect();
            return Err(format!(
                "{key} has no prepared answer\n asked:\n  {}\n prepared:\n  {}",
                asked.join("\n  "),
                known.join("\n  ")
            ));
        };
        prepared.given += 1;
        let answer = match prepared.answers.len() {
            1 => prepared.answers[0].clone(),
            _ => prepared.answers.pop_front().expect("a prepared request has an answer"),
        };
        Ok(answer.outcome.map(|mut response| {
            if response.url.is_empty() {
                response.url.clone_from(&request.url);
            }
            response
        }))
    }
}

/// A request's name: method and address, its query in one order whatever order it was written in.
pub(super) fn key(method: &str, url: &str) -> String {
    let normal = url::Url::parse(url).map_or_else(|_| url.to_owned(), String::from);
    let Some((front, query)) = normal.split_once('?') else { return format!("{method} {normal}") };
    let mut pairs: Vec<_> = query.split('&').collect();
    pairs.sort_unstable();
    format!("{method} {front}?{}", pairs.join("&"))
}

thread_local! {
    /// The hosts plugin code runs in on this thread, the innermost last.
    static ENTERED: RefCell<Vec<Rc<RefCell<State>>>> = const { RefCell::new(Vec::new()) };
}

/// Leaves the host again, also when a test panics.
pub(super) struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        ENTERED.with_borrow_mut(Vec::pop);
    }
}

pub(super) fn enter(state: Rc<RefCell<State>>) -> Guard {
    ENTERED.with_borrow_mut(|entered| entered.push(state));
    Guard
}

fn with_state<T>(call: &str, act: impl FnOnce(&mut State) -> T) -> T {
    let state = ENTERED.with_borrow(|entered| entered.last().cloned());
    let state = state.unwrap_or_else(|| panic!("{call} was called outside a host: wrap the call in `FakeHost::run`"));
    act(&mut state.borrow_mut())
}

pub(crate) fn now() -> Instant {
    with_state("the clock", |state| state.now)
}

/// Outside a host, words are dropped: code that only logs needs no fake host to be tested.
pub(crate) fn write(level: Level, message: &str) {
    if let Some(state) = ENTERED.with_borrow(|entered| entered.last().cloned()) {
        state.borrow_mut().logged.push((level, message.to_owned()));
    }
}

pub(crate) fn fetch(request: &WireRequest) -> Result<WireResponse, WireError> {
    with_state("fetch", |state| state.answer(request)).unwrap_or_else(|explanation| panic!("{explanation}"))
}

pub(crate) fn fetch_all(requests: &[WireRequest]) -> Vec<Result<WireResponse, WireError>> {
    requests.iter().map(fetch).collect()
}
