//! Requests and answers as the services see them, free of any HTTP library, so that a service is a plain function of them.

use serde_json::Value;

/// A request, its service's path prefix removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    /// Upper case.
    pub method: String,
    /// Host of the real origin, such as `hn.algolia.com`.
    pub host: String,
    /// Decoded, with its leading slash.
    pub path: String,
    /// Decoded, in the order given; names may occur several times.
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Set by [`crate::fault::Answer::EmptyPage`]: answer in the right shape without a single item.
    pub empty: bool,
}

impl Ask {
    /// Builds a GET request from `/path?query`, for tests that need no server.
    #[must_use]
    pub fn get(host: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { method: "GET".to_owned(), host: host.to_owned(), path: decode(path), query, ..Self::default() }
    }

    /// The first value of a query parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a query parameter.
    pub fn params<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A header's first value; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Path and query as one line, for logs and for faults that match a path.
    #[must_use]
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
        format!("{}?{query}", self.path)
    }
}

/// Undoes percent escapes of a path.
pub(crate) fn decode(path: &str) -> String {
    // A plus sign means itself in a path, and a space only in a query; `=` and `&` part nothing there.
    let kept = path.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    url::form_urlencoded::parse(kept.as_bytes()).next().map_or_else(|| path.to_owned(), |(name, _)| name.into_owned())
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Not compressed.
    pub body: Vec<u8>,
}

impl Reply {
    /// JSON with status 200.
    #[must_use]
    pub fn json(value: &Value) -> Self {
        Self::text(200, "application/json; charset=utf-8", value.to_string())
    }

    /// JSON with another status.
    #[must_use]
    pub fn json_status(status: u16, value: &Value) -> Self {
        Self { status, ..Self::json(value) }
    }

    /// Any text.
    #[must_use]
    pub fn text(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), content_type.to_owned())], body: body.into().into_bytes() }
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// A header's first value; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
