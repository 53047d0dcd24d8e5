//! Whether what a plugin hands over is a request at all.

use url::Url;

use crate::grants::METHODS;
use crate::http::{HttpError, HttpRequest};
use crate::limits::{Bytes, Limits};

/// Longer addresses are refused by most services anyway.
const MAX_URL_BYTES: usize = 16 * 1024;
/// All headers together.
const MAX_HEADER_BYTES: usize = 32 * 1024;
const MAX_HEADERS: usize = 64;

/// Headers that belong to the connection, which is the host's.
const FORBIDDEN: [&str; 12] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];
/// Headers the host writes itself; a plugin's are left out without a word, because libraries add them on their own.
const HOSTS_OWN: [&str; 2] = ["user-agent", "accept-encoding"];

/// A request in good form; nothing is judged or filled in yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) method: String,
    pub(super) url: Url,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Vec<u8>>,
}

impl Draft {
    pub(super) fn check(request: HttpRequest, limits: &Limits) -> Result<Self, HttpError> {
        let HttpRequest { method, url: text, headers, body } = request;
        if !METHODS.contains(&method.as_str()) {
            return Err(HttpError::denied(format!("`{}` is no method; known are {}", method.escape_debug(), METHODS.join(", "))));
        }
        if text.len() > MAX_URL_BYTES {
            return Err(HttpError::denied(format!("an address of {} bytes is over the limit of {MAX_URL_BYTES}", text.len())));
        }
        let mut url =
            Url::parse(&text).map_err(|error| HttpError::denied(format!("`{}` is no address: {error}", text.escape_debug())))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HttpError::denied(format!(
                "an address may not hold a user name or password; send them as a header `authorization: Basic {{{{basic:USER:PASSWORD}}}}` \
                 with the names of two secrets ({})",
                url.host_str().unwrap_or_default()
            )));
        }
        // The fragment is never sent. A placeholder in it is a mistake worth reporting, which is done where secrets are looked for.
        if url.fragment().is_some_and(|fragment| !fragment.contains("{{")) {
            url.set_fragment(None);
        }
        let size: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        if headers.len() > MAX_HEADERS || size > MAX_HEADER_BYTES {
            return Err(HttpError::denied(format!(
                "{} headers of {size} bytes are over the limit of {MAX_HEADERS} headers of {MAX_HEADER_BYTES} bytes",
                headers.len()
            )));
        }
        let mut kept = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            if FORBIDDEN.contains(&name.as_str()) || name.starts_with("x-forwarded-") {
                return Err(HttpError::denied(format!("the header `{name}` is the host's; leave it out")));
            }
            if !HOSTS_OWN.contains(&name.as_str()) {
                kept.push((name, value));
            }
        }
        if let Some(body) = &body
            && body.len() as u64 > limits.request_body_bytes
        {
            return Err(HttpError::denied(format!(
                "a body of {} bytes is over {}, the limit `request_body_bytes`",
                body.len(),
                Bytes(limits.request_body_bytes)
            )));
        }
        Ok(Self { method, url, headers: kept, body })
    }
}
