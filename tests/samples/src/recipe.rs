//! How a plugin is brought to ask for a recorded answer.
//!
//! ```toml
//! [[recipe]]
//! hosts = ["www.googleapis.com", "youtube.googleapis.com"]   # of the recorded request; "{host}" is any, "*.x" any below x
//! path = "/youtube/v3/commentThreads"                        # "{name}" is one segment, "{name*}" the rest
//! query = ["videoId"]                                        # parameters the request must have
//! settings = { videos = ["{q.videoId|abc}"] }                # what was caught is put in: {name}, {q.parameter}, {origin}, {url}
//! asks = "/youtube/v3/comments"                              # the plugin's request that gets the answer, if it is another one
//! search = "acme"                                            # in Vigie's query language, for plugins that search
//! feed = "comments:"                                         # the planned feed whose id begins so; else the first
//! params = '{"comments":{"video":"{q.videoId}"}}'           # or a feed that is only found on the way
//! refresh = ["{id}"]                                         # or known mentions read again, by id
//! direction = "older"                                        # else newer
//! cursor = '{"v":1,"at":{…}}'                                # where the plugin only asks so behind a cursor
//! ```
//!
//! The first recipe that fits is used. Its path also says which of the plugin's requests gets the answer. Behind `|` stands what is
//! put in where the request lacks it. An error that was recorded of a request no plugin makes is given to the plugin's first request:
//! services word their errors alike everywhere.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    recipe: Vec<Recipe>,
}

/// One way of asking.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipe {
    hosts: Vec<String>,
    path: String,
    #[serde(default)]
    query: Vec<String>,
    #[serde(default)]
    asks: Option<String>,
    #[serde(default = "empty")]
    settings: Value,
    #[serde(default)]
    pub(crate) search: Option<String>,
    #[serde(default)]
    pub(crate) feed: Option<String>,
    #[serde(default)]
    pub(crate) params: Option<String>,
    #[serde(default)]
    pub(crate) refresh: Vec<String>,
    #[serde(default)]
    pub(crate) direction: Option<String>,
    #[serde(default)]
    pub(crate) cursor: Option<String>,
}

fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

/// The recipes of a plugin; none where it has no file of them.
pub(crate) fn read(path: &Path) -> Result<Vec<Recipe>> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            Ok(toml::from_str::<File>(&text).with_context(|| format!("{} is no list of recipes", path.display()))?.recipe)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// What was caught in a request.
type Caught = BTreeMap<String, String>;

/// A recipe with what was caught put in.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) recipe: Recipe,
    pub(crate) settings: Value,
}

/// The first recipe for a recorded request; for an error, any recipe will do.
pub(crate) fn prepare(recipes: &[Recipe], url: &Url, is_error: bool) -> Option<Prepared> {
    let fitting = first(recipes, |recipe| recipe.catch(url));
    let anywhere = || first(recipes, |recipe| Some(recipe.catch(url).unwrap_or_else(|| place(url))));
    let mut prepared = fitting.or_else(|| anywhere().filter(|_| is_error))?;
    if is_error && prepared.recipe.catch(url).is_none() {
        prepared.recipe.asks = Some("{anything*}".to_owned());
    }
    Some(prepared)
}

fn first(recipes: &[Recipe], catch: impl Fn(&Recipe) -> Option<Caught>) -> Option<Prepared> {
    recipes.iter().find_map(|recipe| {
        let caught = catch(recipe)?;
        let fill_all = |texts: &[String]| texts.iter().map(|text| fill(text, &caught)).collect::<Option<Vec<_>>>();
        let optional = |text: &Option<String>| text.as_ref().map_or(Some(None), |text| fill(text, &caught).map(Some));
        let prepared = Recipe {
            search: optional(&recipe.search)?,
            feed: optional(&recipe.feed)?,
            params: optional(&recipe.params)?,
            cursor: optional(&recipe.cursor)?,
            refresh: fill_all(&recipe.refresh)?,
            ..recipe.clone()
        };
        Some(Prepared { settings: fill_value(&recipe.settings, &caught)?, recipe: prepared })
    })
}

impl Recipe {
    /// Whether a request of the plugin's is the one the answer belongs to.
    pub(crate) fn fits_path(&self, path: &str) -> bool {
        // The server's own slash, where the pattern has none.
        let pattern = self.asks.as_deref().unwrap_or(&self.path);
        segments(pattern, path).is_some()
    }

    fn catch(&self, url: &Url) -> Option<Caught> {
        let host = url.host_str()?;
        let known = |pattern: &String| match pattern.strip_prefix("*.") {
            _ if pattern == "{host}" => true,
            Some(parent) => host == parent || host.ends_with(&format!(".{parent}")),
            None => host == pattern,
        };
        if !self.hosts.iter().any(known) {
            return None;
        }
        let mut caught = segments(&self.path, url.path())?;
        for (name, value) in url.query_pairs() {
            caught.entry(format!("q.{name}")).or_insert_with(|| value.into_owned());
        }
        if self.query.iter().any(|name| !caught.contains_key(&format!("q.{name}"))) {
            return None;
        }
        caught.extend(place(url));
        Some(caught)
    }
}

/// Where a request went.
fn place(url: &Url) -> Caught {
    let host = url.host_str().unwrap_or_default().to_owned();
    let pairs = [("host", host), ("origin", url.origin().ascii_serialization()), ("url", url.to_string())];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What the named segments of a pattern are in a path.
fn segments(pattern: &str, path: &str) -> Option<Caught> {
    let mut caught = Caught::new();
    let mut rest = path;
    let mut parts = pattern.split('/').peekable();
    while let Some(part) = parts.next() {
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix("*}")) {
            caught.insert(name.to_owned(), rest.to_owned());
            return Some(caught);
        }
        let (segment, behind) = rest.split_once('/').unwrap_or((rest, ""));
        let is_last = !rest.contains('/');
        match part.split_once('{').and_then(|(before, name)| Some((before, name.split_once('}')?))) {
            Some((before, (name, after))) => {
                let inside = segment.strip_prefix(before)?.strip_suffix(after)?;
                if inside.is_empty() {
                    return None;
                }
                caught.insert(name.to_owned(), inside.to_owned());
            }
            None if part == segment => {}
            None => return None,
        }
        if parts.peek().is_some() && is_last {
            return None;
        }
        if parts.peek().is_none() && !is_last {
            return None;
        }
        rest = behind;
    }
    Some(caught)
}

/// A text with what was caught put in; `None` where something was not.
fn fill(text: &str, caught: &Caught) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, inside) = rest.split_at(at);
        out.push_str(before);
        let whole = inside[1..].split('}').next().unwrap_or_default();
        let (name, unstated) = whole.split_once('|').map_or((whole, None), |(name, unstated)| (name, Some(unstated)));
        let is_name = !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || "._[]-".contains(char));
        if is_name && inside.len() > whole.len() + 1 {
            out.push_str(caught.get(name).map(String::as_str).filter(|value| !value.is_empty()).or(unstated)?);
            rest = &inside[whole.len() + 2..];
        } else {
            // A brace of JSON.
            out.push('{');
            rest = &inside[1..];
        }
    }
    out.push_str(rest);
    Some(out)
}

fn fill_value(value: &Value, caught: &Caught) -> Option<Value> {
    Some(match value {
        Value::String(text) => Value::String(fill(text, caught)?),
        Value::Array(list) => Value::Array(list.iter().map(|value| fill_value(value, caught)).collect::<Option<_>>()?),
        Value::Object(map) => {
            let pairs = map.iter().map(|(name, value)| Some((name.clone(), fill_value(value, caught)?)));
            Value::Object(pairs.collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipes(text: &str) -> Vec<Recipe> {
        toml::from_str::<File>(text).expect("recipes").recipe
    }

    #[test]
    fn the_first_recipe_that_fits_is_filled() {
        let recipes = recipes(
            r#"
            [[recipe]]
            hosts = ["a.example", "*.b.example"]
            path = "/v{version}/{page}/posts.json"
            query = ["id"]
            settings = { page = "{page}", ids = ["{q.id}"] }
            params = '{"page":{"id":"{q.id}"}}'
            [[recipe]]
            hosts = ["{host}"]
            path = "{path*}"
            settings = { urls = ["{url}"] }
            "#,
        );
        let of = |url: &str| prepare(&recipes, &Url::parse(url).expect("an address"), false).expect("a recipe");
        let first = of("https://x.b.example/v2/acme/posts.json?id=7&id=8");
        assert_eq!(first.settings, serde_json::json!({ "page": "acme", "ids": ["7"] }));
        assert_eq!(first.recipe.params.as_deref(), Some(r#"{"page":{"id":"7"}}"#));
        assert!(first.recipe.fits_path("/v9/other/posts.json") && !first.recipe.fits_path("/v9/other/posts.json/x"));
        for other in [
            "https://a.example/v2/acme/posts.json",
            "https://c.example/v2/acme/posts.json?id=7",
            "https://a.example/v/acme/posts.json?id=7",
        ] {
            assert_eq!(of(other).settings["urls"][0], other);
        }
    }

    #[test]
    fn an_error_of_any_request_is_given_to_the_first_one() {
        let recipes = recipes(
            r#"
            [[recipe]]
            hosts = ["a.example"]
            path = "/posts/{id}"
            settings = { id = "{id|7}" }
            "#,
        );
        let url = Url::parse("https://a.example/elsewhere").expect("an address");
        assert!(prepare(&recipes, &url, false).is_none());
        let prepared = prepare(&recipes, &url, true).expect("the first recipe");
        assert_eq!(prepared.settings["id"], "7");
        assert!(prepared.recipe.fits_path("/posts/7"));
    }
}
