//! What robots.txt says, for plugins that read pages meant for people.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use robotxt::Robots;
use tokio::time::Instant;

use crate::origin::Origin;

/// How long an answer holds.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How long "could not be read" holds.
const KEPT_UNREAD: Duration = Duration::from_secs(300);
/// A longer delay would stop reading altogether; it is kept as this.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// What came of asking for robots.txt.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Its text, cut at the size the standard demands to be read.
    Text(Vec<u8>),
    /// There is none, or it leads where it cannot be followed: everything is allowed.
    None,
    /// The service did not answer or has trouble: nothing is allowed for now.
    Unread(String),
}

/// What an origin's robots.txt means for us.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    robots: Robots,
    unread: Option<String>,
    until: Instant,
}

impl Rules {
    /// Reads the rules for `robot`.
    ///
    /// # Source
    /// RFC 9309 sections 2.2 and 2.3.1.
    pub(crate) fn of(asked: Asked, robot: &str) -> Self {
        let (robots, unread, kept) = match asked {
            Asked::Text(text) => (Robots::parse(&text, robot), None, KEPT),
            Asked::None => (Robots::allow_all(), None, KEPT),
            Asked::Unread(why) => (Robots::disallow_all(), Some(why), KEPT_UNREAD),
        };
        Self { robots, unread, until: Instant::now() + kept }
    }

    pub(crate) fn delay(&self) -> Option<Duration> {
        self.robots.crawl_delay().map(|delay| delay.min(LONGEST_DELAY)).filter(|delay| !delay.is_zero())
    }

    /// Why the rules could not be read, if they could not; nothing may be read until they are.
    pub(crate) fn unread(&self) -> Option<&str> {
        self.unread.as_deref()
    }

    /// Why `path` (with its query) may not be read, if it may not.
    pub(crate) fn refusal(&self, path: &str) -> Option<String> {
        if self.robots.is_allowed(path) {
            return None;
        }
        Some(match self.robots.matching_rule(path) {
            Some(rule) => format!("its robots.txt says `Disallow: {}`", rule.pattern()),
            None => "its robots.txt disallows it".to_owned(),
        })
    }
}

/// Rules by origin.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    origins: Mutex<HashMap<Origin, Arc<tokio::sync::Mutex<Option<Rules>>>>>,
}

impl Shelf {
    /// The place of `origin`'s rules. It is locked while they are asked for, so that one request serves all who wait.
    pub(crate) fn place(&self, origin: &Origin) -> Arc<tokio::sync::Mutex<Option<Rules>>> {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner).entry(origin.clone()).or_default().clone()
    }
}

/// The rules in a place, if they still hold.
pub(crate) fn current(place: &Option<Rules>) -> Option<&Rules> {
    place.as_ref().filter(|rules| rules.until > Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_longest_rule_for_our_name_wins() {
        let text = b"User-agent: *\nDisallow: /\n\nUser-agent: Vigie\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 2\n";
        let rules = Rules::of(Asked::Text(text.to_vec()), "vigie");
        assert_eq!(rules.refusal("/"), None);
        assert_eq!(rules.refusal("/private/open/x"), None);
        assert_eq!(rules.refusal("/private/x?y").as_deref(), Some("its robots.txt says `Disallow: /private`"));
        assert_eq!(rules.delay(), Some(Duration::from_secs(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn none_allows_and_trouble_forbids_for_a_while() {
        assert_eq!(Rules::of(Asked::None, "vigie").refusal("/x"), None);
        let trouble = Some(Rules::of(Asked::Unread("status 503".to_owned()), "vigie"));
        let rules = current(&trouble).expect("kept");
        assert!(rules.refusal("/x").is_some() && rules.unread() == Some("status 503"));
        tokio::time::advance(KEPT_UNREAD).await;
        assert!(current(&trouble).is_none());
    }
}
