//! Answers kept with their validators, so that what has not changed is not sent again.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::HttpResponse;

/// Tells a plugin that an answer is the service's earlier one, which the service just said still holds.
pub(crate) const CACHE_HEADER: &str = "x-vigie-cache";

/// Answers by connector and request, the least recently used forgotten first.
#[derive(Debug)]
pub(crate) struct Memory {
    most_bytes: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    kept: HashMap<String, Kept>,
    by_use: BTreeMap<u64, String>,
    uses: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    answer: Arc<HttpResponse>,
    used: u64,
    bytes: usize,
}

impl Memory {
    pub(crate) fn new(most_bytes: usize) -> Self {
        Self { most_bytes, state: Mutex::default() }
    }

    /// The name of a request in the memory; `None` if its answer is not to be kept. Other request headers may change the answer, so
    /// they belong to the name. A request that wants a fresh answer has the name of one that does not, so that its answer takes the
    /// other's place.
    pub(crate) fn key(connector: &str, method: &str, url: &str, headers: &[(String, String)]) -> Option<String> {
        let own = headers.iter().any(|(name, _)| name.starts_with("if-") || name == "range");
        if method != "GET" || own || asks(headers, "no-store") {
            return None;
        }
        let counts = headers.iter().filter(|(name, _)| name != "cache-control");
        let mut sorted: Vec<_> = counts.map(|(name, value)| format!("\n{name}:{value}")).collect();
        sorted.sort_unstable();
        Some(format!("{connector}\n{url}{}", sorted.concat()))
    }

    /// What is kept for `key`.
    pub(crate) fn get(&self, key: &str) -> Option<Arc<HttpResponse>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        let kept = state.kept.get_mut(key)?;
        state.uses += 1;
        if let Some(name) = state.by_use.remove(&kept.used) {
            state.by_use.insert(state.uses, name);
        }
        kept.used = state.uses;
        Some(kept.answer.clone())
    }

    /// Keeps `answer` if it can be revalidated, and forgets what was kept for `key` otherwise.
    pub(crate) fn put(&self, key: String, answer: &HttpResponse) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.forget(&key);
        let bytes =
            key.len() + answer.body.len() + answer.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        // One answer may not push out everything else.
        if answer.status != 200 || validators(answer).is_empty() || private(answer) || bytes > self.most_bytes / 4 {
            return;
        }
        while state.bytes + bytes > self.most_bytes {
            let Some(oldest) = state.by_use.first_key_value().map(|(_, key)| key.clone()) else { break };
            state.forget(&oldest);
        }
        state.uses += 1;
        let used = state.uses;
        state.bytes += bytes;
        state.by_use.insert(used, key.clone());
        state.kept.insert(key, Kept { answer: Arc::new(answer.clone()), used, bytes });
    }
}

impl State {
    fn forget(&mut self, key: &str) {
        if let Some(kept) = self.kept.remove(key) {
            self.by_use.remove(&kept.used);
            self.bytes -= kept.bytes;
        }
    }
}

/// Whether a request is not to be answered from memory (RFC 9111 section 5.2.1.4).
pub(crate) fn wants_fresh(headers: &[(String, String)]) -> bool {
    asks(headers, "no-cache")
}

fn asks(headers: &[(String, String)], directive: &str) -> bool {
    headers.iter().any(|(name, value)| name == "cache-control" && value.to_ascii_lowercase().contains(directive))
}

/// The service does not want it kept.
fn private(answer: &HttpResponse) -> bool {
    answer.header("cache-control").is_some_and(|value| value.to_ascii_lowercase().contains("no-store"))
}

/// The request headers that ask whether `answer` still holds.
pub(crate) fn validators(answer: &HttpResponse) -> Vec<(String, String)> {
    [("etag", "if-none-match"), ("last-modified", "if-modified-since")]
        .into_iter()
        .filter_map(|(from, to)| answer.header(from).map(|value| (to.to_owned(), value.to_owned())))
        .collect()
}

/// The kept answer as of now: the service's 304 may carry newer headers.
///
/// # Source
/// RFC 9111 section 4.3.4.
pub(crate) fn revalidated(kept: &HttpResponse, not_modified: &HttpResponse) -> HttpResponse {
    let mut answer = kept.clone();
    let fresh: Vec<_> = not_modified.headers.iter().filter(|(name, _)| !name.starts_with("content-")).cloned().collect();
    answer.headers.retain(|(name, _)| fresh.iter().all(|(newer, _)| newer != name));
    answer.headers.extend(fresh);
    answer.set_header(CACHE_HEADER, "revalidated".to_owned());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str, headers: &[(&str, &str)]) -> HttpResponse {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        HttpResponse { status: 200, url: String::new(), headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn only_what_can_be_revalidated_is_kept() {
        let memory = Memory::new(10_000);
        for (name, headers, kept) in [
            ("etag", &[("etag", "\"1\"")][..], true),
            ("date", &[("last-modified", "Sun, 22 Nov 2026 08:00:00 GMT")][..], true),
            ("bare", &[][..], false),
            ("no-store", &[("etag", "\"1\""), ("cache-control", "No-Store")][..], false),
        ] {
            memory.put(name.to_owned(), &answer("x", headers));
            assert_eq!(memory.get(name).is_some(), kept, "{name}");
        }
        memory.put("etag".to_owned(), &answer("x", &[]));
        assert!(memory.get("etag").is_none(), "an answer that lost its validator takes the old one along");
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let memory = Memory::new(1000);
        let put = |name: &str| memory.put(name.to_owned(), &answer(&"x".repeat(230), &[("etag", "1")]));
        ["a", "b", "c", "d"].into_iter().for_each(put);
        assert!(memory.get("a").is_some());
        put("e");
        let kept: Vec<_> = ["a", "b", "c", "d", "e"].into_iter().filter(|name| memory.get(name).is_some()).collect();
        assert_eq!(kept, ["a", "c", "d", "e"]);
        assert!(memory.state.lock().expect("unpoisoned").bytes <= 1000);
        memory.put("huge".to_owned(), &answer(&"x".repeat(900), &[("etag", "1")]));
        assert!(memory.get("huge").is_none() && memory.get("a").is_some(), "one answer does not push out the others");
    }

    #[test]
    fn a_request_is_named_by_all_that_may_change_its_answer() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let key = |method: &str, headers: &[(String, String)]| Memory::key("c", method, "https://a.example/", headers);
        assert_eq!(key("GET", &[header("a", "1"), header("b", "2")]), key("GET", &[header("b", "2"), header("a", "1")]));
        assert_ne!(key("GET", &[header("accept-language", "fr")]), key("GET", &[header("accept-language", "en")]));
        assert_eq!(key("POST", &[]), None);
        assert_eq!(key("GET", &[header("if-none-match", "\"x\"")]), None);
        assert_eq!(key("GET", &[header("cache-control", "no-store")]), None);
        assert_eq!(key("GET", &[header("cache-control", "no-cache")]), key("GET", &[]));
    }

    #[test]
    fn a_304_renews_headers_and_keeps_the_body() {
        let kept = answer("body", &[("etag", "1"), ("content-type", "text/plain"), ("x-quota", "9")]);
        let now = revalidated(&kept, &answer("", &[("x-quota", "8"), ("content-type", "text/html")]));
        assert_eq!((now.status, now.body.as_slice()), (200, &b"body"[..]));
        assert_eq!(now.header("x-quota"), Some("8"));
        assert_eq!(now.header("content-type"), Some("text/plain"));
        assert_eq!(now.header(CACHE_HEADER), Some("revalidated"));
    }
}
