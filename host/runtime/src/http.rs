//! Requests and responses as the contract has them, and the errors a plugin may see.

use std::fmt;

/// A request a plugin (or a person, through `vigie try`) wants made.
///
/// # Shape
/// `method` in upper case; `url` absolute; header names in any case. Header values, the query of `url` and a form body may hold
/// `{{secret:name}}`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET`, `HEAD`, `POST`, …
    pub method: String,
    /// Absolute address.
    pub url: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// What to send.
    pub body: Option<Vec<u8>>,
}

impl HttpRequest {
    /// A `GET` without headers.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self { method: "GET".to_owned(), url: url.into(), headers: Vec::new(), body: None }
    }

    /// The value of the first header called `name`, which is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

impl fmt::Debug for HttpRequest {
    // Values of headers and the body stay out: a plugin's author may have put a credential there by hand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish()
    }
}

/// What came back, whatever its status.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HttpResponse {
    /// 200 to 599.
    pub status: u16,
    /// The address that answered, after redirects, with secrets left as placeholders.
    pub url: String,
    /// Names in lower case; a name may occur several times.
    pub headers: Vec<(String, String)>,
    /// Decompressed.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The value of the first header called `name`, which is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    pub(crate) fn set_header(&mut self, name: &str, value: String) {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value));
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("url", &self.url)
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Why there is no response; the contract's `error-class`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HttpErrorClass {
    /// Not granted, or refused by host policy.
    Denied,
    /// The service did not answer in time.
    Timeout,
    /// The answer is larger than the limit; nothing of it is kept.
    TooLarge,
    /// No connection, or it broke off, or it leads nowhere.
    Connect,
    /// What this call may use of requests, bytes or time is used up.
    Budget,
}

impl HttpErrorClass {
    /// The contract's name of the class.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::Connect => "connect",
            Self::Budget => "budget",
        }
    }
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct HttpError {
    /// What a plugin may act on.
    pub class: HttpErrorClass,
    /// For a person: what was asked, which rule stopped it, what to do. Never holds a secret.
    pub message: String,
}

impl HttpError {
    pub(crate) fn new(class: HttpErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into() }
    }

    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(HttpErrorClass::Denied, message)
    }

    pub(crate) fn connect(message: impl Into<String>) -> Self {
        Self::new(HttpErrorClass::Connect, message)
    }

    pub(crate) fn timeout(message: impl Into<String>) -> Self {
        Self::new(HttpErrorClass::Timeout, message)
    }

    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new(HttpErrorClass::TooLarge, message)
    }

    pub(crate) fn budget(message: impl Into<String>) -> Self {
        Self::new(HttpErrorClass::Budget, message)
    }
}
