//! Recorded answers of services, each given to the plugin that would have asked for it (`cargo xtask samples DIR`).
//!
//! `DIR/<service>/index.json` lists recorded answers. Each is served on loopback, and the plugin of the service is run through the
//! real host with its origins rerouted there. How a plugin is brought to ask for an answer is said beside it, in
//! `plugins/source-…/recipes.toml` ([`recipe`]).
//!
//! - [`index`] reads what was recorded.
//! - [`serve`] answers as recorded.
//! - [`ask`] runs the plugin and tells what it made of the answer.

mod ask;
mod index;
mod recipe;
mod serve;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use serde_json::json;

use ask::Outcome;

/// Try every source plugin on recorded answers
#[derive(Debug, Parser)]
struct Args {
    /// A folder with one folder a service, each with an index.json
    samples: PathBuf,
    /// Where `cargo xtask plugins` put the components
    #[arg(long, default_value = "target/plugins")]
    plugins: PathBuf,
    /// Where the plugins' own folders are, with their recipes
    #[arg(long, default_value = "plugins")]
    sources: PathBuf,
    /// Only these services; may be repeated
    #[arg(long)]
    only: Vec<String>,
    /// One JSON line a file
    #[arg(long)]
    json: bool,
}

/// Folders whose name is not that of their plugin, in small letters and without what is between words.
const NAMES: [(&str, &str); 34] = [
    ("feeds", "feed"),
    ("rss", "feed"),
    ("atom", "feed"),
    ("jsonfeed", "feed"),
    ("blogs", "feed"),
    ("schemaorg", "reviews-web"),
    ("reviewpages", "reviews-web"),
    ("reviewsweb", "reviews-web"),
    ("reviews", "reviews-web"),
    ("structureddata", "reviews-web"),
    ("jsonld", "reviews-web"),
    ("microdata", "reviews-web"),
    ("play", "googleplay"),
    ("playstore", "googleplay"),
    ("googleplaystore", "googleplay"),
    ("apple", "appstore"),
    ("appleappstore", "appstore"),
    ("itunes", "appstore"),
    ("googlebusiness", "google-business"),
    ("googlebusinessprofile", "google-business"),
    ("googlemybusiness", "google-business"),
    ("gmb", "google-business"),
    ("fb", "facebook"),
    ("facebookpages", "facebook"),
    ("ig", "instagram"),
    ("twitter", "x"),
    ("xtwitter", "x"),
    ("yt", "youtube"),
    ("bsky", "bluesky"),
    ("atproto", "bluesky"),
    ("hn", "hackernews"),
    ("stackoverflow", "stackexchange"),
    ("wp", "wordpress"),
    ("vb", "vbulletin"),
];

/// The plugin a folder is for.
fn plugin_of(folder: &str) -> String {
    let plain: String = folder.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    NAMES.iter().find(|(name, _)| *name == plain).map_or(plain.clone(), |(_, plugin)| (*plugin).to_owned())
}

/// Plugins that read what any site may serve, and what such an answer holds.
const ANYWHERE: [(&str, &[&str]); 2] = [
    ("feed", &["<rss", "<feed", "<rdf:RDF", "https://jsonfeed.org/version"]),
    ("reviews-web", &["schema.org", "data-vocabulary.org", "hreview", "h-review"]),
];

/// The plugins an answer may be for: that of its folder, and those that read what any site may serve.
fn plugins(service: &str, sample: &index::Sample) -> Vec<String> {
    let mut plugins = vec![plugin_of(service)];
    let html = sample.body.trim_ascii_start().first() == Some(&b'<');
    let text = String::from_utf8_lossy(&sample.body);
    for (plugin, marks) in ANYWHERE {
        let fits = marks.iter().any(|mark| text.contains(mark)) && (html || plugin == "feed");
        if fits && sample.status < 400 && !plugins.iter().any(|known| known == plugin) {
            plugins.push(plugin.to_owned());
        }
    }
    plugins
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let (mut read, mut failed, mut passed_over) = (0, 0, 0);
    for folder in folders(&args.samples)? {
        let service = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !args.only.is_empty() && !args.only.contains(&service) {
            continue;
        }
        for sample in index::read(&folder)? {
            let mut plugin = plugin_of(&service);
            let mut tried = try_with(&args, &plugin, &sample).await?;
            for other in plugins(&service, &sample).into_iter().skip(1) {
                if matches!(tried.outcome, Outcome::Read { .. } | Outcome::Failed { .. }) {
                    break;
                }
                let second = try_with(&args, &other, &sample).await?;
                if !matches!(second.outcome, Outcome::NotAsked { .. }) {
                    (plugin, tried) = (other, second);
                }
            }
            match &tried.outcome {
                Outcome::Read { .. } => read += 1,
                Outcome::Failed { .. } => failed += 1,
                Outcome::NotAsked { .. } => passed_over += 1,
            }
            tell(&args, &service, &plugin, &sample, &tried)?;
        }
    }
    writeln!(std::io::stderr(), "{read} answers read, {failed} became failures, {passed_over} are asked for by no plugin")?;
    Ok(())
}

async fn try_with(args: &Args, plugin: &str, sample: &index::Sample) -> Result<ask::Tried> {
    let recipes = recipe::read(&args.sources.join(format!("source-{plugin}/recipes.toml")))?;
    Ok(ask::ask(&args.plugins, plugin, &recipes, sample).await)
}

fn folders(root: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(root).with_context(|| format!("{} cannot be read", root.display()))?;
    let mut folders: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.join("index.json").is_file()).collect();
    folders.sort();
    anyhow::ensure!(!folders.is_empty(), "{} has no folder with an index.json", root.display());
    Ok(folders)
}

fn tell(args: &Args, service: &str, plugin: &str, sample: &index::Sample, tried: &ask::Tried) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if args.json {
        let mut line =
            json!({ "service": service, "plugin": plugin, "file": sample.file, "url": sample.url, "asked": tried.asked });
        match &tried.outcome {
            Outcome::Read { mentions, removed, refused, feeds } => {
                line["mentions"] = serde_json::to_value(mentions)?;
                line["removed"] = json!(removed);
                line["refused"] = json!(refused);
                line["feeds"] = json!(feeds);
            }
            Outcome::Failed { class, message, retry_after_ms } => {
                line["mentions"] = json!([]);
                line["failure"] = json!({ "class": class, "message": message });
                if let Some(pause) = retry_after_ms {
                    line["failure"]["retry_after_ms"] = json!(pause);
                }
            }
            Outcome::NotAsked { why } => {
                line["mentions"] = json!([]);
                line["not_asked"] = json!(why);
            }
        }
        writeln!(out, "{line}")?;
        return Ok(());
    }
    write!(out, "{service}/{:40} ", sample.file)?;
    match &tried.outcome {
        Outcome::Read { mentions, removed, refused, feeds } => {
            write!(out, "{} mentions", mentions.len())?;
            for (count, what) in [(removed.len(), "removed"), (refused.len(), "refused"), (feeds.len(), "feeds found")] {
                if count > 0 {
                    write!(out, ", {count} {what}")?;
                }
            }
            writeln!(out)?;
            if let Some(mention) = mentions.first() {
                let title = mention.title.as_deref().unwrap_or_default();
                let words: String = format!("{title} {}", mention.text).split_whitespace().collect::<Vec<_>>().join(" ");
                let words: String = words.chars().take(90).collect();
                let author =
                    mention.author.as_ref().map(|author| author.handle.as_ref().or(author.name.as_ref()).unwrap_or(&author.id));
                let at = mention.published.map(|moment| moment.at.to_string()).unwrap_or_default();
                writeln!(out, "    {} {} {at} {}: {words}", mention.kind.name(), mention.id, author.map_or("", String::as_str))?;
            }
            if let Some(first) = refused.first() {
                writeln!(out, "    refused: {first}")?;
            }
        }
        Outcome::Failed { class, message, .. } => writeln!(out, "{class}: {}", message.chars().take(160).collect::<String>())?,
        Outcome::NotAsked { why } => writeln!(out, "not asked: {why}")?,
    }
    Ok(())
}
