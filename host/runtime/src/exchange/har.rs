//! The form of an HTTP archive: what we write in full, and what we need of what others write.
//!
//! # Source
//! HTTP Archive 1.2. Browsers add fields beginning with `_`, leave out what they do not know, and write status 0 for a request that
//! got no answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::Recorded;
use crate::http::{HttpError, HttpErrorClass, HttpResponse};

/// What begins a file.
pub(super) fn opening() -> String {
    format!(
        "{{\"log\":{{\"version\":\"1.2\",\"creator\":{{\"name\":\"vigie\",\"version\":\"{}\"}},\"entries\":[",
        env!("CARGO_PKG_VERSION")
    )
}

/// What ends it.
pub(super) const CLOSING: &str = "\n]}}\n";

/// Headers that differ from day to day and say nothing about the service; those a recording cannot keep true (the body is stored
/// unpacked); and those that tell who asked.
const VOLATILE: [&str; 30] = [
    "age",
    "alt-svc",
    "cf-cache-status",
    "cf-ray",
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "expect-ct",
    "expires",
    "keep-alive",
    "nel",
    "report-to",
    "reporting-endpoints",
    "server-timing",
    "set-cookie",
    "strict-transport-security",
    "transfer-encoding",
    "vary",
    "via",
    "x-amz-cf-id",
    "x-amz-cf-pop",
    "x-amzn-requestid",
    "x-cache",
    "x-cache-hits",
    "x-request-id",
    "x-runtime",
    "x-served-by",
    "x-timer",
    "x-vigie-cache",
];

/// Request headers whose value is a credential unless it is a placeholder.
const CREDENTIALS: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "x-api-key"];

fn volatile(name: &str) -> bool {
    VOLATILE.contains(&name)
}

/// One entry as we write it.
pub(super) fn entry(hop: &Recorded) -> Value {
    let query: Vec<Value> = Url::parse(&hop.url)
        .map(|url| url.query_pairs().map(|(name, value)| json!({"name": name, "value": value})).collect())
        .unwrap_or_default();
    let took = u64::try_from(hop.took.as_millis()).unwrap_or(u64::MAX);
    let mut request = json!({
        "method": hop.method,
        "url": hop.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(hop.headers.iter().map(|(name, value)| {
            let hidden = CREDENTIALS.contains(&name.as_str()) && !value.contains("{{");
            (name.as_str(), if hidden { "(removed)" } else { value.as_str() })
        })),
        "queryString": query,
        "headersSize": -1,
        "bodySize": hop.body.as_ref().map_or(0, Vec::len),
    });
    if let Some(body) = &hop.body {
        let kind = hop.headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, value)| value);
        request["postData"] = content(body, kind);
    }
    let (response, error) = match &hop.outcome {
        Ok(response) => (answered(response), Value::Null),
        Err(error) => (unanswered(), json!({"class": error.class.name(), "message": error.message})),
    };
    let mut entry = json!({
        "startedDateTime": hop.started.to_string(),
        "time": took,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
    });
    if !error.is_null() {
        entry["_vigieError"] = error;
    }
    entry
}

fn answered(response: &HttpResponse) -> Value {
    let kind = response.header("content-type").unwrap_or_default();
    let mut body = content(&response.body, kind);
    body["size"] = response.body.len().into();
    json!({
        "status": response.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(response.headers.iter().filter(|(name, _)| !volatile(name)).map(|(name, value)| (name.as_str(), value.as_str()))),
        "content": body,
        "redirectURL": response.header("location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": response.body.len(),
    })
}

fn unanswered() -> Value {
    json!({
        "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [], "content": {"size": 0, "mimeType": ""},
        "redirectURL": "", "headersSize": -1, "bodySize": -1,
    })
}

fn headers<'a>(list: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    list.map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn content(body: &[u8], kind: &str) -> Value {
    match std::str::from_utf8(body) {
        Ok(text) => json!({"mimeType": kind, "text": text}),
        Err(_) => json!({"mimeType": kind, "text": STANDARD.encode(body), "encoding": "base64"}),
    }
}

/// A file as far as a replay needs it.
#[derive(Deserialize)]
pub(super) struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    request: Request,
    response: Response,
    #[serde(rename = "_vigieError")]
    error: Option<Failed>,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
    #[serde(rename = "postData")]
    post_data: Option<Content>,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    status: i64,
    #[serde(default)]
    headers: Vec<Header>,
    #[serde(default)]
    content: Content,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Deserialize, Default)]
struct Content {
    text: Option<String>,
    encoding: Option<String>,
}

#[derive(Deserialize)]
struct Failed {
    class: String,
    message: String,
}

impl Content {
    fn bytes(self) -> Result<Option<Vec<u8>>, String> {
        match (self.text, self.encoding.as_deref()) {
            (Some(text), Some("base64")) => {
                STANDARD.decode(text.trim()).map(Some).map_err(|error| format!("a body is no base64: {error}"))
            }
            (text, _) => Ok(text.map(String::into_bytes)),
        }
    }
}

/// What a replay answers with.
pub(super) struct Answer {
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) body: Option<Vec<u8>>,
    pub(super) outcome: Result<HttpResponse, HttpError>,
}

impl Har {
    /// The exchanges that can be played: those over http or https that have an answer, or an error we recorded.
    pub(super) fn answers(self) -> Result<Vec<Answer>, String> {
        self.log.entries.into_iter().filter_map(|entry| answer(entry).transpose()).collect()
    }
}

fn answer(entry: Entry) -> Result<Option<Answer>, String> {
    let Entry { request, response, error } = entry;
    let Ok(mut url) = Url::parse(&request.url) else { return Ok(None) };
    url.set_fragment(None);
    let outcome = match (error, u16::try_from(response.status)) {
        (Some(Failed { class, message }), _) => Err(HttpError::new(class_of(&class)?, message)),
        (None, Ok(status @ 200..=599)) => {
            // HTTP/2's own fields (`:status`) are no headers; the body stands unpacked, so its packing is no longer true.
            let headers = response.headers.into_iter().map(|Header { name, value }| (name.to_ascii_lowercase(), value));
            let headers = headers
                .filter(|(name, _)| !name.starts_with(':'))
                .filter(|(name, _)| !["content-encoding", "content-length", "transfer-encoding"].contains(&name.as_str()))
                .collect();
            let body = response.content.bytes()?.unwrap_or_default();
            Ok(HttpResponse { status, url: String::new(), headers, body })
        }
        (None, _) => return Ok(None),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Ok(None);
    }
    let body = request.post_data.map_or(Ok(None), Content::bytes)?;
    Ok(Some(Answer { method: request.method.to_ascii_uppercase(), url, body, outcome }))
}

fn class_of(name: &str) -> Result<HttpErrorClass, String> {
    use HttpErrorClass::{Budget, Connect, Denied, Timeout, TooLarge};
    [Denied, Timeout, TooLarge, Connect, Budget]
        .into_iter()
        .find(|class| class.name() == name)
        .ok_or_else(|| format!("`{name}` is no class of errors"))
}
