//! Recordings that others wrote, and files that are none. Recording and playing our own is tested with [`crate::Road`].

use url::Url;

use super::*;

/// What a browser writes: fields we do not know, HTTP/2's own headers, a body in base64, requests without an answer.
const BROWSER: &str = r#"{
  "log": {
    "version": "1.2", "creator": {"name": "A browser", "version": "1"}, "pages": [{"id": "page_1"}], "comment": "",
    "entries": [
      {"pageref": "page_1", "_resourceType": "fetch", "startedDateTime": "2026-11-22T08:00:00.000+01:00", "time": 12.5,
       "request": {"method": "GET", "url": "https://a.example/list?page=1#top", "httpVersion": "h2", "cookies": [],
                   "headers": [{"name": ":authority", "value": "a.example"}], "queryString": [], "headersSize": -1, "bodySize": 0},
       "response": {"status": 200, "statusText": "", "httpVersion": "h2", "cookies": [],
                    "headers": [{"name": ":status", "value": "200"}, {"name": "Content-Type", "value": "text/plain"},
                                {"name": "content-encoding", "value": "br"}],
                    "content": {"size": 5, "mimeType": "text/plain", "text": "aGVsbG8=", "encoding": "base64"},
                    "redirectURL": "", "headersSize": -1, "bodySize": -1, "_transferSize": 9},
       "cache": {}, "timings": {"send": 0, "wait": 12, "receive": 0.5}, "serverIPAddress": "203.0.113.1"},
      {"request": {"method": "GET", "url": "https://a.example/blocked"}, "response": {"status": 0, "headers": [], "content": {}}},
      {"request": {"method": "GET", "url": "data:text/plain,x"}, "response": {"status": 200, "content": {"text": "x"}}},
      {"request": {"method": "GET", "url": "https://a.example/list?page=2"}, "response": {"status": 404}},
      {"request": {"method": "POST", "url": "https://a.example/form", "postData": {"mimeType": "text/plain", "text": "a=1"}},
       "response": {"status": 200, "content": {"text": "posted"}}}
    ]
  }
}"#;

fn file(text: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("written");
    file
}

fn ask(exchange: &Exchange, method: &str, url: &str, body: Option<&[u8]>) -> Result<HttpResponse, String> {
    let url = Url::parse(url).expect("an address");
    exchange.answer(method, &url, body).expect("a replay").map_err(|error| error.message)
}

#[test]
fn a_browsers_archive_is_played() {
    let mut with_mark = b"\xef\xbb\xbf".to_vec();
    with_mark.extend_from_slice(BROWSER.as_bytes());
    let file = file(&with_mark);
    let exchange = Exchange::replay(file.path(), false).expect("a recording");
    let answer = ask(&exchange, "GET", "https://a.example/list?page=1", None).expect("recorded");
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"hello"[..]));
    assert_eq!(answer.headers, [("content-type".to_owned(), "text/plain".to_owned())]);
    assert_eq!(exchange.unused(), ["GET https://a.example/list?page=2", "POST https://a.example/form"]);
}

#[test]
fn strictly_the_next_request_is_the_next_recorded() {
    let file = file(BROWSER.as_bytes());
    let exchange = Exchange::replay(file.path(), false).expect("a recording");
    assert_eq!(
        ask(&exchange, "GET", "https://a.example/list?page=2", None).expect_err("out of order"),
        "replay: asked GET https://a.example/list?page=2, and the next recorded exchange is GET https://a.example/list?page=1; record \
         again, or replay loosely"
    );
    ask(&exchange, "GET", "https://a.example/list?page=1", None).expect("a wrong request takes nothing away");
    ask(&exchange, "GET", "https://a.example/list?page=2", None).expect("the second");
    let error = ask(&exchange, "POST", "https://a.example/form", Some(b"a=2")).expect_err("another body");
    assert!(error.starts_with("replay: asked POST https://a.example/form with another body, and the next"), "{error}");
    ask(&exchange, "POST", "https://a.example/form", Some(b"a=1")).expect("the third");
    let error = ask(&exchange, "GET", "https://a.example/more", None).expect_err("the end");
    assert_eq!(error, "replay: asked GET https://a.example/more, and the recording has ended; record again, or replay loosely");
    assert!(exchange.unused().is_empty());
}

#[test]
fn loosely_method_host_and_path_decide() {
    let file = file(BROWSER.as_bytes());
    let exchange = Exchange::replay(file.path(), true).expect("a recording");
    assert_eq!(ask(&exchange, "POST", "https://a.example/form", Some(b"else")).expect("any body").body, b"posted");
    assert_eq!(ask(&exchange, "GET", "https://a.example/list?since=3", None).expect("any query").status, 200);
    assert_eq!(ask(&exchange, "GET", "https://a.example/list?since=4", None).expect("the next one").status, 404);
    assert_eq!(
        ask(&exchange, "GET", "https://a.example/list?since=5", None).expect_err("used up"),
        "replay: GET a.example/list was asked for more often than it was recorded; record again, or replay a longer recording"
    );
    assert!(ask(&exchange, "GET", "https://b.example/list", None).is_err());
}

#[test]
fn what_is_no_recording_is_said() {
    let error = |text: &[u8]| Exchange::replay(file(text).path(), false).expect_err("no recording").to_string();
    assert!(error(b"<html>").contains("is no HAR file: expected value at line 1"));
    assert!(error(b"{\"log\":{}}").contains("missing field `entries`"));
    assert!(error(&BROWSER.as_bytes()[..900]).contains("is no HAR file: EOF"));
    assert!(error(b"{\"log\":{\"entries\":[]}}").contains("holds no exchange"));
    let missing = tempfile::tempdir().expect("a folder").path().join("no.har");
    assert!(matches!(Exchange::replay(&missing, false), Err(ExchangeError::File { .. })));
    assert!(matches!(Exchange::record(&missing), Err(ExchangeError::File { .. })), "its folder is gone");
}
