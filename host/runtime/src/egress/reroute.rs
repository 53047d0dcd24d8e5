//! Origins sent elsewhere by the operator: a caching gateway, a test server.

use std::collections::BTreeMap;

use url::Url;

use crate::origin::Origin;

/// The operator's `[network.reroute]`.
#[derive(Debug, Clone)]
pub(crate) struct Reroute(pub(crate) BTreeMap<Origin, Url>);

impl Reroute {
    /// Where a request for `real` goes instead, if anywhere. The target's path is put before the real one.
    pub(crate) fn target(&self, real: &Url) -> Option<Url> {
        let base = self.0.get(&Origin::of(real)?)?;
        let mut target = base.clone();
        target.set_path(&format!("{}{}", base.path().trim_end_matches('/'), real.path()));
        target.set_query(real.query());
        target.set_fragment(None);
        Some(target)
    }

    /// Where a redirect leads, in real addresses: the plugin and its grants know nothing of the rerouting.
    pub(crate) fn location(&self, real: &Url, location: &str) -> Option<Url> {
        let Some(base) = Origin::of(real).and_then(|origin| self.0.get(&origin)) else { return real.join(location).ok() };
        let target = self.target(real)?;
        // A relative location is meant by the service that stands at the target, so its own prefix may be part of it.
        let led = target.join(location).ok()?;
        if Origin::of(&led) != Origin::of(base) {
            return Some(led);
        }
        let prefix = base.path().trim_end_matches('/');
        let path = match led.path().strip_prefix(prefix) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
            _ => led.path(),
        };
        let mut found = real.clone();
        found.set_path(path);
        found.set_query(led.query());
        found.set_fragment(None);
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    fn reroute() -> Reroute {
        let one = |origin: &str, target: &str| (origin.parse().expect("an origin"), url(target));
        Reroute(BTreeMap::from([
            one("https://api.example.com", "http://127.0.0.1:4080/api"),
            one("https://plain.example.com", "http://127.0.0.1:4081"),
        ]))
    }

    #[test]
    fn a_real_address_becomes_a_path_below_the_target() {
        let target = |text: &str| reroute().target(&url(text)).map(String::from);
        assert_eq!(target("https://api.example.com/v3/s?q=a%20b#x").as_deref(), Some("http://127.0.0.1:4080/api/v3/s?q=a%20b"));
        assert_eq!(target("https://api.example.com").as_deref(), Some("http://127.0.0.1:4080/api/"));
        assert_eq!(target("https://plain.example.com/x").as_deref(), Some("http://127.0.0.1:4081/x"));
        assert_eq!(target("https://api.example.com:444/x"), None);
        assert_eq!(target("http://api.example.com/x"), None);
    }

    #[test]
    fn redirects_lead_to_real_addresses() {
        let led = |location: &str| reroute().location(&url("https://api.example.com/v3/s?q=1"), location).map(String::from);
        for (location, real) in [
            ("t?p=2", "https://api.example.com/v3/t?p=2"),
            ("/api/v4", "https://api.example.com/v4"),
            ("/other", "https://api.example.com/other"),
            ("http://127.0.0.1:4080/api/v5?x=1", "https://api.example.com/v5?x=1"),
            ("https://api.example.com/v6", "https://api.example.com/v6"),
            ("https://else.example/y", "https://else.example/y"),
            ("//else.example/y", "http://else.example/y"),
        ] {
            assert_eq!(led(location).as_deref(), Some(real), "{location}");
        }
    }
}
