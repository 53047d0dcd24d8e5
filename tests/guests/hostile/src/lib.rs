//! A source plugin that misbehaves on request, so that every limit of the sandbox has a test that breaks it.
//!
//! Its settings name one behaviour: `{"behave": "spins"}`. `BEHAVIOURS` is the list.

mod computes;
mod contract;
mod good;
mod network;
mod volume;

use serde::Deserialize;
use vigie_plugin::{Batch, Failure, Feed, Poll, Search, Source};

/// What the operator's file says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    behave: String,
    url: Option<String>,
    count: Option<usize>,
    batches: Option<u32>,
    class: Option<String>,
}

impl Settings {
    /// How much of it, `usual` where the settings do not say.
    fn count_or(&self, usual: usize) -> usize {
        self.count.unwrap_or(usual)
    }

    fn url(&self) -> Result<&str, Failure> {
        self.url.as_deref().ok_or_else(|| Failure::settings(format!("`{}` needs the setting `url`", self.behave)))
    }
}

/// What a poll does under one name.
type Behaviour = fn(&Settings, &Poll) -> Result<Batch, Failure>;

/// Every behaviour by its name.
pub(crate) const BEHAVIOURS: [(&str, Behaviour); 24] = [
    // Computing without end.
    ("spins", computes::spins),
    ("recurses", computes::recurses),
    ("traps", computes::traps),
    ("fails", computes::fails),
    // Too much of something.
    ("hoards", volume::hoards),
    ("huge_text", volume::huge_text),
    ("ten_million", volume::ten_million),
    ("floods_log", volume::floods_log),
    // Where it has no business.
    ("sleeps", network::fetches),
    ("asks_ungranted_host", network::asks_ungranted_host),
    ("asks_many", network::asks_many),
    ("follows_redirect", network::fetches),
    ("resolves_loopback", network::fetches),
    ("reads_bomb", network::fetches),
    ("leaks_secret", network::leaks_secret),
    ("leaks_secret_in_query", network::leaks_secret_in_query),
    ("leaks_secret_in_body", network::leaks_secret_in_body),
    // Answers that break the contract.
    ("never_ends", contract::never_ends),
    ("bad_ids", contract::bad_ids),
    ("bad_times", contract::bad_times),
    ("bad_values", contract::bad_values),
    ("wrong_cursor_size", contract::wrong_cursor_size),
    ("many_feeds", contract::many_feeds),
    // And one that is in order.
    ("good", good::good),
];

/// The plugin.
#[derive(Debug)]
pub struct Hostile;

impl Source for Hostile {
    type Settings = Settings;

    fn plan(settings: Settings, _: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        if settings.behave == "many_feeds" {
            return Ok(contract::feeds(settings.count_or(contract::MANY_FEEDS)));
        }
        Ok(vec![Feed::new(settings.behave.clone(), format!("a feed that {}", settings.behave.replace('_', " ")))])
    }

    fn poll(settings: Settings, request: Poll) -> Result<Batch, Failure> {
        let behaviour = BEHAVIOURS.iter().find(|(name, _)| *name == settings.behave);
        match behaviour {
            Some((_, behave)) => behave(&settings, &request),
            None => Err(Failure::settings(format!("`{}` is no behaviour", settings.behave))),
        }
    }
}

vigie_plugin::export_source!(Hostile);

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vigie_plugin::FailureClass;
    use vigie_plugin::testing::{Answer, FakeHost};

    use super::*;

    fn poll(host: &FakeHost, settings: &serde_json::Value) -> Result<Batch, Failure> {
        host.poll::<Hostile>(settings, Poll::newer(Feed::new("f", "a feed")))
    }

    #[test]
    fn the_manifest_lists_every_behaviour() {
        let manifest: toml::Table = include_str!("../plugin.toml").parse().expect("plugin.toml is TOML");
        let listed = manifest["settings"]["properties"]["behave"]["enum"].as_array().expect("a list").clone();
        let listed: Vec<_> = listed.iter().filter_map(toml::Value::as_str).collect();
        let known: Vec<_> = BEHAVIOURS.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, known);
    }

    #[test]
    fn the_harmless_one_pages_to_its_end() {
        let host = FakeHost::new();
        let settings = json!({ "behave": "good", "count": 3, "batches": 2 });
        let feeds = host.plan::<Hostile>(&settings, vec![]).expect("a plan");
        let batches = host.read::<Hostile>(&settings, &feeds[0], vigie_plugin::Direction::Newer).expect("two batches");
        let ids: std::collections::BTreeSet<_> = batches.iter().flat_map(Batch::mentions).map(|mention| &mention.id).collect();
        assert_eq!((batches.len(), ids.len()), (2, 6));
    }

    #[test]
    fn what_it_reads_comes_back_as_text() {
        let host = FakeHost::new().get("https://a.example/x", Answer::text("what stands there"));
        let batch = poll(&host, &json!({ "behave": "follows_redirect", "url": "https://a.example/x" })).expect("an answer");
        assert_eq!(batch.mentions().next().expect("one mention").text, "what stands there");
    }

    #[test]
    fn failures_have_the_class_asked_for() {
        let host = FakeHost::new();
        let class = |class: &str| poll(&host, &json!({ "behave": "fails", "class": class })).expect_err("it fails").class;
        assert_eq!(class("rate-limited"), FailureClass::RateLimited);
        assert_eq!(class("stale-cursor"), FailureClass::StaleCursor);
        assert_eq!(poll(&host, &json!({ "behave": "sings" })).expect_err("unknown").class, FailureClass::Settings);
        assert_eq!(poll(&host, &json!({ "behave": "sleeps" })).expect_err("no url").class, FailureClass::Settings);
    }
}
