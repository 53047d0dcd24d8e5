//! The operator's file for the story: topics, connectors, and where the real origins are sent.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value;

use super::{FEED_URLS, FORUM_HOSTS};
use crate::truth::Subject;

/// Origins besides those of the forums and the feeds.
const ORIGINS: [&str; 2] = ["https://hn.algolia.com", "https://hacker-news.firebaseio.com"];

/// The three topics of the group `phones`, with queries that keep the namesakes out.
#[must_use]
pub fn topics_toml() -> &'static str {
    r##"[topics.lumio]
title = "Lumio"
group = "phones"
query = '''
(lumio OR lumio5 OR lumioos OR #lumioflex OR #lumiogate OR #teamlumio)
AND NOT (calvi OR corse OR corsica OR balagne)
'''

[topics.ostra]
title = "Ostra"
group = "phones"
query = '''
(ostra OR #ostranova)
AND NOT (oyster OR oysters OR "huître" OR "huîtres" OR recette OR citron)
'''

[topics.pyrel]
title = "Pyrel"
group = "phones"
query = '''
(pyrel OR #pyrelp9)
AND NOT ("pyrel village" OR "village de pyrel" OR hike OR trail OR trails OR randonnée OR sentier OR sentiers)
'''
"##
}

/// The `[network.reroute]` table that sends every real origin to a miniature internet at `addr`.
#[must_use]
pub fn reroute_toml(addr: SocketAddr) -> String {
    let forums = FORUM_HOSTS.iter().map(|host| format!("https://{host}"));
    let papers = FEED_URLS.iter().map(|url| url.split('/').take(3).collect::<Vec<_>>().join("/"));
    let mut table = String::from("[network.reroute]\n");
    for origin in ORIGINS.iter().map(|origin| (*origin).to_owned()).chain(forums).chain(papers) {
        let host = origin.trim_start_matches("https://");
        // Writing to a string does not fail.
        let _ = writeln!(table, "\"{origin}\" = \"http://{addr}/{host}\"");
    }
    table
}

/// The `[network.rates]` table that lets the miniature internet be asked as often as one likes.
fn rates_toml() -> String {
    let forums = FORUM_HOSTS.iter().map(|host| format!("https://{host}"));
    let origins = ORIGINS.iter().map(|origin| (*origin).to_owned()).chain(forums);
    origins.map(|origin| format!("\"{origin}\" = \"1000/1s\"\n")).collect()
}

/// A whole operator's file that reads the story from a miniature internet at `addr` and stores it below `data_dir`.
#[must_use]
pub fn vigie_toml(addr: SocketAddr, data_dir: &Path) -> String {
    let store = toml_string(&data_dir.join("vigie.redb").display().to_string());
    let feeds: Vec<_> = FEED_URLS.iter().map(|url| format!("  \"{url}\",\n")).collect();
    format!(
        r#"# A French-English phone maker, its two rivals, and who talks about them. Written for the miniature internet.

[store]
path = {store}

{topics}
[connectors.hackernews]
source = "hackernews"
topics = ["lumio", "ostra", "pyrel"]
every = "15m"
history = "60d"

[connectors.forum]
source = "discourse"
topics = ["lumio", "ostra", "pyrel"]
every = "10m"
history = "60d"
[connectors.forum.settings]
url = "https://{english}"

[connectors.forum-fr]
source = "discourse"
topics = ["lumio", "ostra", "pyrel"]
every = "10m"
history = "60d"
[connectors.forum-fr.settings]
url = "https://{french}"

[connectors.press]
source = "feed"
topics = ["lumio", "ostra", "pyrel"]
every = "30m"
history = "60d"
[connectors.press.settings]
urls = [
{feeds}]

# Everything real is answered on loopback; take these two tables away and the same file reads the real services, as politely as
# the plugins' manifests promise.
[network.rates]
{rates}
{reroute}"#,
        topics = topics_toml(),
        english = FORUM_HOSTS[0],
        french = FORUM_HOSTS[1],
        feeds = feeds.concat(),
        rates = rates_toml(),
        reroute = reroute_toml(addr),
    )
}

/// The story's file with a connector more for each of these services, and their secrets as files: name below `data_dir`, and value.
///
/// Reviews and an own shop's ratings are kept whole; everything else must match a topic.
#[must_use]
pub fn showcase_toml(
    addr: SocketAddr,
    data_dir: &Path,
    shown: &[(String, Vec<String>, Subject)],
) -> (String, Vec<(String, &'static str)>) {
    let (mut connectors, mut rates, mut reroute, mut secrets) = (String::new(), String::new(), String::new(), Vec::new());
    for (_, hosts, subject) in shown {
        let name = subject.plugin;
        let reviews = matches!(name, "trustpilot" | "appstore" | "googleplay" | "google-business");
        let (topics, accept) =
            if reviews { (r#"["lumio"]"#, "everything") } else { (r#"["lumio", "ostra", "pyrel"]"#, "matching") };
        // Writing to a string does not fail.
        let _ = write!(
            connectors,
            "[connectors.{name}]\nsource = \"{name}\"\ntopics = {topics}\nevery = \"15m\"\nhistory = \"60d\"\naccept = \"{accept}\"\nsettings = {}\n",
            inline(&subject.settings)
        );
        if !subject.secrets.is_empty() {
            let _ = writeln!(connectors, "[connectors.{name}.secrets]");
        }
        for (secret, value) in &subject.secrets {
            let file = format!("secrets/{name}-{secret}");
            let _ = writeln!(connectors, "{secret} = {{ file = \"{file}\" }}");
            secrets.push((file, *value));
        }
        connectors.push('\n');
        for host in hosts {
            let _ = writeln!(rates, "\"https://{host}\" = \"1000/1s\"");
            let _ = writeln!(reroute, "\"https://{host}\" = \"http://{addr}/{host}\"");
        }
    }
    let whole = vigie_toml(addr, data_dir)
        .replacen("# Everything real", &format!("{connectors}# Everything real"), 1)
        .replacen("[network.rates]\n", &format!("[network.rates]\n{rates}"), 1)
        .replacen("[network.reroute]\n", &format!("[network.reroute]\n{reroute}"), 1);
    (whole, secrets)
}

/// A JSON value as TOML writes it in one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let pairs: Vec<String> = map.iter().map(|(name, value)| format!("{name} = {}", inline(value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
        // Strings, numbers and flags are written alike in both.
        plain => plain.to_string(),
    }
}

/// A TOML basic string.
fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
