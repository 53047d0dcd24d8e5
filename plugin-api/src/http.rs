//! Requests through the host, and answers that are checked before they are believed.
//!
//! # Examples
//! ```
//! use vigie_plugin::{http, testing::{Answer, FakeHost}};
//!
//! let host = FakeHost::new().get(
//!     "https://api.example/search?q=acme%20phone&key={{secret:api-key}}",
//!     Answer::json(r#"{ "total": 3 }"#).header("link", r#"</search?page=2>; rel="next""#),
//! );
//! let found = host.run(|| http::get("https://api.example/search").query("q", "acme phone").query_secret("key", "api-key").send())?;
//! assert_eq!(found.json::<serde_json::Value>()?["total"], 3);
//! assert_eq!(found.link("next").as_deref(), Some("https://api.example/search?page=2"));
//! # Ok::<(), vigie_plugin::Failure>(())
//! ```

mod answer;
mod links;
mod status;
mod text;

use std::fmt::{Display, Write as _};

use crate::{Failure, OptionalText, host};

pub use crate::bindings::source_plugin::vigie::plugin::http::ErrorClass;
pub(crate) use crate::bindings::source_plugin::vigie::plugin::http::{
    Error as WireError, Request as WireRequest, Response as WireResponse,
};
pub use answer::Response;
pub use links::{Link, parse_links};
pub(crate) use status::retry_after;
pub use status::{error_to_failure, status_to_failure};
pub use text::decode;

/// A request in the making.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    pub(crate) wire: WireRequest,
}

/// A GET request. `url`: absolute.
pub fn get(url: impl Into<String>) -> Request {
    Request::new("GET", url)
}

/// A POST request. `url`: absolute.
pub fn post(url: impl Into<String>) -> Request {
    Request::new("POST", url)
}

impl Request {
    /// A request without headers and body. `method`: upper case; `url`: absolute.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self { wire: WireRequest { method: method.into(), url: url.into(), headers: Vec::new(), body: None } }
    }

    /// The address as it stands.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.wire.url
    }

    /// Adds `name=value` to the query, escaped.
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        let pair = format!("{}={}", escape(name), escape(&value.to_string()));
        self.add_to_query(&pair);
        self
    }

    /// Adds `name=value` to the query if there is a value and it is not blank.
    pub fn query_if(self, name: &str, value: impl OptionalText) -> Self {
        match value.optional() {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds `name` with a secret to the query. The host fills it in, for the hosts that secret is bound to.
    pub fn query_secret(mut self, name: &str, secret: &str) -> Self {
        let pair = format!("{}={}", escape(name), placeholder(secret));
        self.add_to_query(&pair);
        self
    }

    fn add_to_query(&mut self, pair: &str) {
        let url = &mut self.wire.url;
        // A fragment never reaches a server, and what is added behind it would not either.
        url.truncate(url.find('#').unwrap_or(url.len()));
        if !url.contains('?') {
            url.push('?');
        } else if !url.ends_with(['?', '&']) {
            url.push('&');
        }
        url.push_str(pair);
    }

    /// Adds a header. `value` may hold the [`placeholder`] of a secret.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.wire.headers.push((name.into(), value.into()));
        self
    }

    /// Adds `authorization: Bearer …` with a secret.
    pub fn bearer(self, secret: &str) -> Self {
        self.header("authorization", format!("Bearer {}", placeholder(secret)))
    }

    /// Makes `body` the body, as JSON.
    pub fn json(self, body: &serde_json::Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Adds `name=value` to the form that is the body, escaped.
    pub fn form(self, name: &str, value: impl Display) -> Self {
        let pair = format!("{}={}", escape(name), escape(&value.to_string()));
        self.add_to_form(&pair)
    }

    /// Adds `name` with a secret to the form that is the body.
    pub fn form_secret(self, name: &str, secret: &str) -> Self {
        let pair = format!("{}={}", escape(name), placeholder(secret));
        self.add_to_form(&pair)
    }

    fn add_to_form(mut self, pair: &str) -> Self {
        match &mut self.wire.body {
            Some(body) => {
                body.push(b'&');
                body.extend_from_slice(pair.as_bytes());
                self
            }
            None => self.body("application/x-www-form-urlencoded", pair),
        }
    }

    /// Makes `body` the body.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.wire.body = Some(body.into());
        self.header("content-type", content_type)
    }

    /// Makes the request and waits for the answer, whatever its status.
    ///
    /// # Errors
    /// Where there is no answer, as [`error_to_failure`] says. A status that tells of a failure is one of
    /// [`Response::check`], and so of [`Response::json`] and [`Response::text`].
    pub fn send(self) -> Result<Response, Failure> {
        answered(&self.wire, host::fetch(&self.wire))
    }
}

/// Makes several requests at once, as many in parallel as the plugin may. Results stand in the order of the requests.
///
/// # Errors
/// One by one, as [`Request::send`].
pub fn send_all(requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
    let wires: Vec<WireRequest> = requests.into_iter().map(|request| request.wire).collect();
    let answers = host::fetch_all(&wires);
    wires.iter().zip(answers).map(|(wire, answer)| answered(wire, answer)).collect()
}

fn answered(request: &WireRequest, answer: Result<WireResponse, WireError>) -> Result<Response, Failure> {
    match answer {
        Ok(wire) => Ok(Response { status: wire.status, url: wire.url, headers: wire.headers, body: wire.body }),
        Err(error) => Err(error_to_failure(&request.method, &request.url, error.class, &error.message)),
    }
}

/// How a plugin writes a secret it never sees: `{{secret:name}}`.
#[must_use]
pub fn placeholder(secret: &str) -> String {
    format!("{{{{secret:{secret}}}}}")
}

/// Text as it may stand in a path segment, a query or a form: everything but letters, digits and `-._~` is percent-encoded.
/// Braces are encoded too, so text from outside can never become a placeholder.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            _ => write!(escaped, "%{byte:02X}").expect("a string takes everything"),
        }
    }
    escaped
}

/// `reference` made absolute against `base`, as a browser does it; `None` where either is no address.
#[must_use]
pub fn join(base: &str, reference: &str) -> Option<String> {
    url::Url::parse(base).ok()?.join(reference.trim()).ok().map(String::from)
}

/// The absolute form of an address found in an answer, if it leads to the web: [`join`], and `http` or `https`.
#[must_use]
pub fn web(base: &str, reference: &str) -> Option<String> {
    join(base, reference).filter(|url| url.starts_with("http://") || url.starts_with("https://"))
}

/// An address as messages show it: without user information, at most 200 characters.
pub(crate) fn shown(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    let host = url[start..end].rfind('@').map_or(start, |at| start + at + 1);
    let mut shown: String = url[..start].chars().chain(url[host..].chars()).take(201).collect();
    if let Some((cut, _)) = shown.char_indices().nth(200) {
        shown.truncate(cut);
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_escaped_and_keep_placeholders() {
        let request = get("https://a.example/s?x=1#top").query("q", "a&b=ü {{secret:x}}").query_secret("key", "api-key");
        assert_eq!(
            request.url(),
            "https://a.example/s?x=1&q=a%26b%3D%C3%BC%20%7B%7Bsecret%3Ax%7D%7D&key={{secret:api-key}}",
            "only query_secret writes a placeholder"
        );
        assert_eq!(get("https://a.example/").query_if("q", None::<&str>).query_if("r", "2").url(), "https://a.example/?r=2");
    }

    #[test]
    fn forms_grow_pair_by_pair() {
        let request = post("https://a.example/token").form("grant", "client credentials").form_secret("secret", "s");
        assert_eq!(request.wire.body.as_deref(), Some(&b"grant=client%20credentials&secret={{secret:s}}"[..]));
        assert_eq!(request.wire.headers, [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())]);
    }

    #[test]
    fn messages_show_addresses_without_user_information() {
        assert_eq!(shown("https://ada:pass@a.example/x@y"), "https://a.example/x@y");
        assert_eq!(shown("https://a.example?mail=a@b"), "https://a.example?mail=a@b");
        assert_eq!(shown("no address"), "no address");
        assert_eq!(shown(&format!("https://a.example/{}", "é".repeat(300))).chars().count(), 201);
    }

    #[test]
    fn references_are_joined_as_browsers_do() {
        assert_eq!(join("https://a.example/b/c?d", "../e").as_deref(), Some("https://a.example/e"));
        assert_eq!(join("a.example", "/e"), None);
    }
}
