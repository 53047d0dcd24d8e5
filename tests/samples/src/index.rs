//! What was recorded.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use url::Url;

/// A recorded answer.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// The file of its body.
    pub(crate) file: String,
    /// The request.
    pub(crate) method: String,
    pub(crate) url: String,
    /// The answer.
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Sample {
    /// The address that was asked. Recorders leave out what was secret, long or a matter of course; what is left is made whole on a
    /// host of the service's name. `None` for what was sent to us instead (webhooks, streams).
    pub(crate) fn address(&self, service: &str) -> Option<Url> {
        let written = self.url.trim();
        let stand_in = format!("https://{service}.example");
        if written.is_empty() || written.starts_with("POST ") || written.starts_with("ws") {
            return None;
        }
        // A remark behind the address, or in its place.
        let plain = written.split(" (").next().unwrap_or_default();
        let whole = match plain {
            plain if plain.starts_with('(') => format!("{stand_in}/{}", self.file),
            plain if plain.starts_with('/') => format!("{stand_in}{plain}"),
            plain => plain.to_owned(),
        };
        let whole = whole.replace("...", "recorded").replace("/:id", "/1");
        let mut filled = String::new();
        let mut rest = whole.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            // `{id}` stands for a number; braces of a query are the service's.
            let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            filled.push_str(before);
            if is_name && !before.contains('?') {
                filled.push('1');
                rest = after;
            } else {
                filled.push('{');
                rest = behind;
            }
        }
        filled.push_str(rest);
        let mut url = Url::parse(&filled).ok()?;
        if url.host_str().is_none_or(|host| !host.contains('.')) {
            url = Url::parse(&format!(
                "{stand_in}{}{}",
                url.path(),
                url.query().map(|query| format!("?{query}")).unwrap_or_default()
            ))
            .ok()?;
        }
        // Nobody asks in the open any more.
        if url.scheme() == "http" {
            url = Url::parse(&url.as_str().replacen("http://", "https://", 1)).ok()?;
        }
        Some(url)
    }
}

#[derive(Debug, Deserialize)]
struct Entry {
    file: String,
    #[serde(default)]
    method: String,
    url: String,
    #[serde(default)]
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// The answers of one service, in their order.
pub(crate) fn read(folder: &Path) -> Result<Vec<Sample>> {
    let path = folder.join("index.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let entries: Vec<Entry> = serde_json::from_str(&text).with_context(|| format!("{} is no index", path.display()))?;
    let sample = |entry: Entry| {
        let body = folder.join(&entry.file);
        Ok(Sample {
            body: std::fs::read(&body).with_context(|| format!("{} cannot be read", body.display()))?,
            method: if entry.method.is_empty() { "GET".to_owned() } else { entry.method },
            status: if entry.status == 0 { 200 } else { entry.status },
            file: entry.file,
            url: entry.url,
            headers: entry.headers,
        })
    };
    entries.into_iter().map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_recorders_left_out_is_made_whole() {
        let sample = |url: &str| Sample {
            file: "a.xml".to_owned(),
            method: "GET".to_owned(),
            url: url.to_owned(),
            status: 200,
            headers: BTreeMap::new(),
            body: Vec::new(),
        };
        for (written, whole) in [
            ("https://a.example/v1/items/{id}", Some("https://a.example/v1/items/1")),
            ("/t/{id}.json (2013)", Some("https://forum.example/t/1.json")),
            ("(not recorded: feed URL)", Some("https://forum.example/a.xml")),
            ("http://localhost:3000/api/v1/tag?x=1", Some("https://forum.example/api/v1/tag?x=1")),
            ("http://a.example/x?...&after=after", Some("https://a.example/x?recorded&after=after")),
            ("https://a.example/2/tweets/:id/quotes", Some("https://a.example/2/tweets/1/quotes")),
            ("POST callback", None),
            ("wss://a.example/subscribe", None),
            ("", None),
        ] {
            assert_eq!(sample(written).address("forum").map(|url| url.to_string()).as_deref(), whole, "{written}");
        }
    }
}
