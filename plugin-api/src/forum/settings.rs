//! What an operator says of a board.

use serde::Deserialize;

use super::links;
use super::walk::{self, Reading};
use crate::references::unescape;
use crate::{Failure, Feed, http, ids, settings};

/// The settings plugins for boards share.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the board.
    pub url: String,
    /// Numbers or addresses of forums.
    #[serde(default)]
    pub forums: Vec<String>,
    /// Addresses of topics.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Addresses of feeds, where the board has them elsewhere.
    #[serde(default)]
    pub feeds: Vec<String>,
    /// Whether topics are read, or what feeds hold alone.
    #[serde(default = "yes")]
    pub read_topics: bool,
    /// How long after its last post a topic is read again.
    #[serde(default = "fortnight")]
    pub topics_for: String,
}

const fn yes() -> bool {
    true
}

fn fortnight() -> String {
    "14d".to_owned()
}

impl Settings {
    /// The board's address without a slash at its end, query and fragment.
    ///
    /// # Errors
    /// Class `settings` where it is no address.
    pub fn base(&self) -> Result<String, Failure> {
        let base = settings::base_url("url", &self.url)?;
        // The address of a board's front page is often copied whole.
        let page = base.rsplit('/').next().filter(|page| page.ends_with(".php") && base.matches('/').count() > 2);
        Ok(page.map_or(base.as_str(), |page| base[..base.len() - page.len()].trim_end_matches('/')).to_owned())
    }

    /// How topics are read.
    ///
    /// # Errors
    /// Class `settings` where `topics_for` is no span of time.
    pub fn reading(&self) -> Result<Reading, Failure> {
        Ok(Reading { topics: self.read_topics, topics_for_ms: settings::span_ms("topics_for", &self.topics_for)? })
    }

    /// The feeds these settings mean: the topics, feeds and forums they name, else the whole board by the feed at `whole`.
    ///
    /// `of_forum`: from a forum's number or absolute address to the addresses of its feed and of its list.
    ///
    /// # Errors
    /// Class `settings` where an address is none, or is another site's.
    pub fn plan(
        &self,
        whole: Option<String>,
        of_forum: impl Fn(&str) -> Result<(Option<String>, Option<String>), Failure>,
    ) -> Result<Vec<Feed>, Failure> {
        let base = self.base()?;
        self.reading()?;
        let mut feeds = Vec::new();
        for topic in &self.topics {
            feeds.push(walk::named_topic(&self.own("topics", topic)?));
        }
        for feed in &self.feeds {
            let url = self.own("feeds", feed)?;
            feeds.push(walk::forum(&format!("feed:{}", ids::short(&url)), &format!("feed {url}"), Some(url), None));
        }
        for forum in &self.forums {
            let name = forum.trim();
            let place = if name.contains('/') || name.contains(".php") { self.own("forums", name)? } else { name.to_owned() };
            let (feed, list) = of_forum(&place)?;
            feeds.push(walk::forum(&format!("forum:{}", ids::short(&place)), &format!("forum {name} of {base}"), feed, list));
        }
        if feeds.is_empty() {
            let Some(whole) = whole else {
                return Err(Failure::settings("name `forums` or `topics`: this board cannot be read as a whole"));
            };
            feeds.push(walk::forum("board", &format!("newest posts of {base}"), Some(whole), None));
        }
        let mut known: Vec<String> = Vec::new();
        feeds.retain(|feed| {
            !known.contains(&feed.id) && {
                known.push(feed.id.clone());
                true
            }
        });
        Ok(feeds)
    }

    /// An address of the board: the host lets a plugin ask nobody else.
    fn own(&self, setting: &str, address: &str) -> Result<String, Failure> {
        let base = format!("{}/", self.base()?);
        let address = unescape(address.trim());
        let origin = |url: &str| http::join(url, "/");
        links::clean(&base, &address).filter(|url| origin(url) == origin(&base)).ok_or_else(|| {
            Failure::settings(format!("setting `{setting}`: `{address}` is no address of {base}: write one that begins with it"))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::FailureClass;

    fn read(value: serde_json::Value) -> Settings {
        settings::read(&value.to_string()).expect("settings")
    }

    #[test]
    fn settings_become_feeds() {
        let plan = |value: serde_json::Value| {
            let of_forum = |forum: &str| Ok((Some(format!("https://b.example/feed?f={forum}")), None));
            read(value).plan(Some("https://b.example/feed".into()), of_forum)
        };
        let names = |value| plan(value).expect("a plan").into_iter().map(|feed| feed.id).collect::<Vec<_>>();
        assert_eq!(names(json!({ "url": "https://b.example/f/index.php?sid=1" })), ["board"]);
        assert_eq!(names(json!({ "url": "https://b.example/f/", "forums": ["2", "3", "2"] })), ["forum:2", "forum:3"]);
        assert_eq!(
            names(
                json!({ "url": "https://b.example/f/", "topics": ["viewtopic.php?t=5&amp;sid=0123456789abcdef"], "feeds": ["/feed"] })
            ),
            ["topic:https://b.example/f/viewtopic.php?t=5", "feed:https://b.example/feed"]
        );
        for wrong in [
            json!({ "url": "b" }),
            json!({ "url": "https://b.example", "topics_for": "x" }),
            json!({ "url": "https://b.example", "topics": ["https://c.example/t"] }),
            json!({ "url": "https://b.example", "forums": ["javascript:/x"] }),
        ] {
            assert_eq!(plan(wrong.clone()).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
        }
    }

    #[test]
    fn the_front_page_is_no_part_of_the_address() {
        for (url, base) in [
            ("https://b.example/f/index.php", "https://b.example/f"),
            ("https://b.example/", "https://b.example"),
            ("https://b.example/forum.php", "https://b.example"),
        ] {
            assert_eq!(read(json!({ "url": url })).base().as_deref(), Ok(base));
        }
    }
}
