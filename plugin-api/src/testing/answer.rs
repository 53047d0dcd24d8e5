//! Canned answers.

use crate::http::{ErrorClass, WireError, WireResponse};

/// What a prepared request is answered with.
#[derive(Debug, Clone)]
#[must_use = "an answer does nothing until a fake host gives it"]
pub struct Answer {
    pub(super) outcome: Result<WireResponse, WireError>,
}

impl Answer {
    /// An answer with status 200, a content type and a body.
    pub fn new(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::status(200).with_body(content_type, body)
    }

    /// JSON with status 200.
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::new("application/json", body)
    }

    /// A page with status 200.
    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::new("text/html; charset=utf-8", body)
    }

    /// Plain text with status 200.
    pub fn text(body: impl Into<Vec<u8>>) -> Self {
        Self::new("text/plain; charset=utf-8", body)
    }

    /// A status without a body.
    pub fn status(status: u16) -> Self {
        Self { outcome: Ok(WireResponse { status, url: String::new(), headers: Vec::new(), body: Vec::new() }) }
    }

    /// No answer at all.
    pub fn fails(class: ErrorClass, message: &str) -> Self {
        Self { outcome: Err(WireError { class, message: message.to_owned() }) }
    }

    /// The same answer with another status.
    pub fn with_status(self, status: u16) -> Self {
        self.change(|response| response.status = status)
    }

    /// Adds a header. `name`: in lower case, as the host hands it over.
    pub fn header(self, name: &str, value: impl Into<String>) -> Self {
        self.change(|response| response.headers.push((name.to_ascii_lowercase(), value.into())))
    }

    /// The address that answers, where a redirect was followed.
    pub fn from_url(self, url: &str) -> Self {
        self.change(|response| url.clone_into(&mut response.url))
    }

    fn with_body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.header("content-type", content_type).change(|response| response.body = body.into())
    }

    fn change(mut self, change: impl FnOnce(&mut WireResponse)) -> Self {
        if let Ok(response) = &mut self.outcome {
            change(response);
        }
        self
    }
}
