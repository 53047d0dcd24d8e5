//! Origins (`https://example.com:443`) and the patterns grants, rates and secrets are written with.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use url::{Host, Url};

/// The scheme of an origin. Nothing else goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A text that is no origin, or no pattern of origins or hosts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {wanted}: {cause}")]
pub struct InvalidOrigin {
    /// What was given.
    pub text: String,
    /// What was wanted, with an example.
    pub wanted: &'static str,
    /// What is wrong with it.
    pub cause: &'static str,
}

/// One place on the network: scheme, host and port.
///
/// # Shape
/// The host in lower case, international names in their ASCII form, IPv6 in brackets. Shown without the scheme's own port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an address; `None` unless it is `http` or `https` with a host.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        // A trailing dot names the same host; without this rule it would slip past an exact comparison.
        let host = url.host_str()?.trim_end_matches('.').to_owned();
        if host.is_empty() {
            return None;
        }
        Some(Self { scheme, host, port: url.port().unwrap_or_else(|| scheme.port()) })
    }

    /// How it is spoken to.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host's name or address.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also where it is the scheme's own.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The address, where the host is one and not a name.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.scheme, &self.host, self.port)
    }
}

fn show(f: &mut fmt::Formatter<'_>, scheme: Scheme, host: &str, port: u16) -> fmt::Result {
    write!(f, "{}://{host}", scheme.name())?;
    if port == scheme.port() { Ok(()) } else { write!(f, ":{port}") }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let bad = |cause| InvalidOrigin { text: text.to_owned(), wanted: "an origin such as `https://example.com`", cause };
        let url = Url::parse(text).map_err(|_| bad("it is no address"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("it holds a user name"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(bad("it goes on after the host"));
        }
        Self::of(&url).ok_or_else(|| bad("the scheme is neither https nor http"))
    }
}

/// A host, or all hosts below a name (`*.example.com`, which is not `example.com` itself).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostPattern {
    /// This host.
    Exact(String),
    /// Every host whose name ends in a dot and this.
    Below(String),
}

impl HostPattern {
    /// Whether `host`, in lower case, is meant.
    #[must_use]
    pub fn covers(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => host == name,
            Self::Below(suffix) => host.strip_suffix(suffix.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => f.write_str(name),
            Self::Below(suffix) => write!(f, "*.{suffix}"),
        }
    }
}

impl FromStr for HostPattern {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let bad =
            |cause| InvalidOrigin { text: text.to_owned(), wanted: "a host such as `api.example.com` or `*.example.com`", cause };
        let (name, below) = match text.strip_prefix("*.") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        if name.contains('*') {
            return Err(bad("a star stands only for whole names, at the start and before a dot"));
        }
        if name.contains(['/', '@', '?', '#']) {
            return Err(bad("only a host may stand here"));
        }
        match Host::parse(name.trim_end_matches('.')) {
            Ok(Host::Domain(name)) if below && !name.contains('.') => Err(bad("it would cover a whole top-level domain")),
            Ok(Host::Domain(name)) => Ok(if below { Self::Below(name) } else { Self::Exact(name) }),
            Ok(_) if below => Err(bad("an address has no names below it")),
            Ok(address) => Ok(Self::Exact(address.to_string())),
            Err(_) => Err(bad("it is no host name")),
        }
    }
}

/// A set of origins: scheme, host pattern and port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginPattern {
    scheme: Scheme,
    host: HostPattern,
    port: u16,
}

impl OriginPattern {
    /// Whether `origin` is meant.
    #[must_use]
    pub fn covers(&self, origin: &Origin) -> bool {
        self.scheme == origin.scheme && self.port == origin.port && self.host.covers(&origin.host)
    }

    /// Whether one origin alone is meant.
    pub(crate) const fn is_one(&self) -> bool {
        matches!(self.host, HostPattern::Exact(_))
    }

    /// The same hosts over TLS on the usual port, where this pattern is plain `http` on its usual port.
    pub(crate) fn upgraded(&self) -> Option<Self> {
        (self.scheme == Scheme::Http && self.port == 80).then(|| Self {
            scheme: Scheme::Https,
            host: self.host.clone(),
            port: 443,
        })
    }

    /// `https` on its usual port at these hosts.
    pub(crate) const fn https(host: HostPattern) -> Self {
        Self { scheme: Scheme::Https, host, port: 443 }
    }
}

impl From<Origin> for OriginPattern {
    fn from(origin: Origin) -> Self {
        Self { scheme: origin.scheme, host: HostPattern::Exact(origin.host), port: origin.port }
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.scheme, &self.host.to_string(), self.port)
    }
}

impl FromStr for OriginPattern {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let bad = |cause| InvalidOrigin {
            text: text.to_owned(),
            wanted: "an origin such as `https://api.example.com` or `https://*.example.com`",
            cause,
        };
        let (scheme, rest) = match text.split_once("://") {
            Some(("https", rest)) => (Scheme::Https, rest),
            Some(("http", rest)) => (Scheme::Http, rest),
            _ => return Err(bad("the scheme is neither https nor http")),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().ok().filter(|port| *port != 0).ok_or_else(|| bad("the port is no number"))?)
            }
            _ => (rest, scheme.port()),
        };
        let host = host.parse().map_err(|error: InvalidOrigin| bad(error.cause))?;
        Ok(Self { scheme, host, port })
    }
}

macro_rules! as_text {
    ($($type:ty),*) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

as_text!(Origin, HostPattern, OriginPattern);

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> OriginPattern {
        text.parse().expect("a pattern")
    }

    fn origin(text: &str) -> Origin {
        Origin::of(&Url::parse(text).expect("an address")).expect("an origin")
    }

    #[test]
    fn a_pattern_covers_scheme_host_and_port() {
        for (written, asked, covered) in [
            ("https://api.example.com", "https://api.example.com/x", true),
            ("https://api.example.com", "https://API.Example.COM./x", true),
            ("https://api.example.com", "https://api.example.com:443/x", true),
            ("https://api.example.com", "http://api.example.com/x", false),
            ("https://api.example.com", "https://api.example.com:8443/x", false),
            ("https://api.example.com:8443", "https://api.example.com:8443/x", true),
            ("https://api.example.com", "https://xapi.example.com/x", false),
            ("https://*.example.com", "https://a.b.example.com/", true),
            ("https://*.example.com", "https://example.com/", false),
            ("https://*.example.com", "https://badexample.com/", false),
            ("https://*.example.com", "https://example.com.evil.org/", false),
            ("http://[::1]:8080", "http://[::1]:8080/", true),
            ("https://bücher.example", "https://xn--bcher-kva.example/", true),
        ] {
            assert_eq!(pattern(written).covers(&origin(asked)), covered, "{written} covers {asked}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_its_cause() {
        for (text, cause) in [
            ("https://*foo.com", "a star stands only"),
            ("https://a.*.com", "a star stands only"),
            ("https://*", "a star stands only"),
            ("https://*.com", "a whole top-level domain"),
            ("https://*.127.0.0.1", "an address has no names below"),
            ("ftp://a.com", "neither https nor http"),
            ("a.com", "neither https nor http"),
            ("https://a.com/path", "only a host"),
            ("https://u@a.com", "only a host"),
            ("https://a.com:x", "no number"),
            ("https://", "no host name"),
        ] {
            let error = text.parse::<OriginPattern>().expect_err(text).to_string();
            assert!(error.contains(cause), "{text}: {error}");
        }
    }

    #[test]
    fn patterns_read_back_what_they_show() {
        for text in ["https://*.example.com", "http://a.example.com:8080", "https://[2001:db8::1]"] {
            assert_eq!(pattern(text).to_string(), text);
        }
    }
}
