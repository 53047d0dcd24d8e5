//! What the operator decides about the network: the config's `[network]`.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::address::PrivateAllowance;
use super::client::Names;
use super::rate::Pace;
use crate::origin::{Origin, OriginPattern};

/// The host's policy, the same for every plugin.
#[derive(Debug, Clone)]
pub struct NetworkPolicy {
    /// Real origins and where their requests are sent instead; the target's path is put before the request's. Permission is judged on
    /// the real origin, and the target may be private: it is the operator's word.
    pub reroute: BTreeMap<Origin, Url>,
    /// Hosts and ranges that are not public and may be reached all the same.
    pub allow_private: Vec<PrivateAllowance>,
    /// What an operator does to allow such a host, in words: where the policy comes from decides how it is changed.
    pub allowing: fn(&str) -> String,
    /// Paces the operator set; at these origins they hold instead of those the manifests promise.
    pub rates: Vec<(OriginPattern, Pace)>,
    /// How the host names itself to services. Its part before the first `/` is the name robots.txt is read for.
    pub user_agent: String,
    /// Whom a service may write to, added to `user_agent`: an address of a page or a mailbox.
    pub contact: Option<String>,
    /// What is tried again.
    pub retries: Retries,
    /// Time for one try, from the connection to the last byte.
    pub request_timeout: Duration,
    /// Time for the connection alone.
    pub connect_timeout: Duration,
    /// Bytes of answers kept to be revalidated, all connectors together.
    pub memory_bytes: usize,
    /// How names become addresses.
    pub names: Names,
    /// Fixes the chance in the pauses between tries, for tests.
    pub seed: Option<u64>,
}

impl Default for NetworkPolicy {
    fn default() -> Self {
        Self {
            reroute: BTreeMap::new(),
            allow_private: Vec::new(),
            allowing: |host| format!("add to the config: [network] allow_private = [\"{host}\"]"),
            rates: Vec::new(),
            user_agent: concat!("vigie/", env!("CARGO_PKG_VERSION")).to_owned(),
            contact: None,
            retries: Retries::default(),
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            memory_bytes: 16 * 1024 * 1024,
            names: Names::System,
            seed: None,
        }
    }
}

impl NetworkPolicy {
    /// What is sent as `user-agent`.
    pub(crate) fn agent(&self) -> String {
        match &self.contact {
            Some(contact) => format!("{} (+{contact})", self.user_agent),
            None => self.user_agent.clone(),
        }
    }

    /// The name robots.txt is read for.
    pub(crate) fn robot(&self) -> String {
        self.user_agent.split(['/', ' ']).next().unwrap_or_default().to_ascii_lowercase()
    }
}

/// What is tried again, and how long the pauses are.
///
/// # Shape
/// Before the n-th further try a pause between nothing and `first_pause` × 2ⁿ⁻¹, at most `longest_pause` (full jitter).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Tries in all, at least 1.
    pub tries: u32,
    /// Upper end of the first pause.
    pub first_pause: Duration,
    /// Upper end of every pause.
    pub longest_pause: Duration,
    /// A `Retry-After` up to this long is waited for within the call; a longer one is the plugin's to report.
    pub patience: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            tries: 3,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(8),
            patience: Duration::from_secs(10),
        }
    }
}
