//! How a plugin is brought to ask for a recorded answer.
//!
//! ```toml
//! [[recipe]]
//! hosts = ["www.googleapis.com", "youtube.googleapis.com"]   # of the recorded request; "{host}" is any, "*.x" any below x
//! path = "/youtube/v3/commentThreads"                        # "{name}" is one segment, "{name*}" the rest, or all before
//! query = ["videoId"]                                        # parameters the request must have
//! where = { method = "flickr.photos.search" }               # and what they must say, of the plugin's request, too; `a({name})`
//!                                                            # catches what stands there
//! settings = { videos = ["{q.videoId|abc}"] }                # what was caught is put in: {name}, {q.parameter}, {origin}, {url}
//! asks = "/youtube/v3/comments"                              # the plugin's request that gets the answer, if it is another one;
//!                                                            # `?name=value` behind it is what `where` is for the recorded one
//! needs = ["body/items"]                                     # what must have been caught, beside what is put in
//! holds = ["<rss", "<feed"]                                  # the answer has one of these in its first part, white space aside
//! shape = '{"items":[<body>]}'                               # the answer as the plugin asks for it: of a list, say
//! also = { "/youtube/v3/videos" = '{"items":[]}' }           # what else must be answered to come that far
//! search = "acme"                                            # in Vigie's query language, for plugins that search
//! feed = "comments:"                                         # the planned feed whose id begins so; else the first
//! params = '{"comments":{"video":"{q.videoId}"}}'           # or a feed that is only found on the way
//! refresh = ["{id}"]                                         # or known mentions read again, by id
//! direction = "older"                                        # else newer
//! cursor = '{"v":1,"at":{…}}'                                # where the plugin only asks so behind a cursor
//! ```
//!
//! What was asked for is often not recorded, but answered: `{body/items/*/id}` is what stands there in a JSON body, `*` being any entry
//! and `keys` the names of all. In `refresh` it stands for all there are, elsewhere for the first one. In `shape` `<body/post>` is that
//! part of it, a list where the path has a `*` (behind `...` without its brackets), and `null` (or what stands behind `|`) where there
//! is none.
//!
//! The first recipe that fits and brings the plugin to ask is used. Its path also says which of the plugin's requests gets the answer. Behind `|` stands what is
//! put in where the request lacks it. An error that was recorded of a request no plugin makes is given to the plugin's first request:
//! services word their errors alike everywhere.

mod caught;
mod path;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::index::Sample;
use caught::{Caught, fill, fill_all, fill_value};
use path::segments;

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
    #[serde(default, rename = "where")]
    says: BTreeMap<String, String>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    holds: Vec<String>,
    #[serde(default)]
    asks: Option<String>,
    #[serde(default)]
    pub(crate) shape: Option<String>,
    #[serde(default)]
    pub(crate) also: BTreeMap<String, String>,
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

/// A recipe with what was caught put in.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) recipe: Recipe,
    pub(crate) settings: Value,
}

/// The recipes for a recorded request, to be tried in their order; for an error, any will do that does not make a removal of it.
pub(crate) fn prepare(recipes: &[Recipe], url: &Url, sample: &Sample) -> Vec<Prepared> {
    let body: Value = serde_json::from_slice(&sample.body).unwrap_or_default();
    let with = |words: BTreeMap<String, String>| Caught { words, body: body.clone() };
    let is_error = sample.status >= 400;
    let lists: Vec<&Recipe> = recipes.iter().filter(|recipe| !is_error || recipe.refresh.is_empty()).collect();
    let lists = if lists.is_empty() { recipes.iter().collect() } else { lists };
    let mut prepared: Vec<Prepared> = Vec::new();
    for recipe in &lists {
        let caught = recipe.catch(url).map(with).filter(|caught| recipe.suits(caught, sample));
        prepared.extend(caught.and_then(|caught| recipe.filled(&caught)));
    }
    if is_error {
        let anywhere = lists.iter().find_map(|recipe| recipe.filled(&with(recipe.catch(url).unwrap_or_else(|| words_of(url)))));
        prepared.extend(anywhere.map(|mut anywhere| {
            anywhere.recipe.asks = Some("{anything*}".to_owned());
            anywhere
        }));
        // What fails has the same shape everywhere.
        prepared.iter_mut().for_each(|prepared| prepared.recipe.shape = None);
    }
    prepared
}

impl Recipe {
    /// The recipe with what was caught put in; `None` where something it needs was not.
    fn filled(&self, caught: &Caught) -> Option<Prepared> {
        let optional = |text: &Option<String>| text.as_ref().map_or(Some(None), |text| fill(text, caught).map(Some));
        let also = self.also.iter().map(|(path, body)| Some((path.clone(), fill(body, caught)?)));
        let recipe = Self {
            search: optional(&self.search)?,
            feed: optional(&self.feed)?,
            params: optional(&self.params)?,
            cursor: optional(&self.cursor)?,
            refresh: fill_all(&self.refresh, caught)?,
            also: also.collect::<Option<_>>()?,
            shape: self.shape.as_ref().map_or(Some(None), |shape| caught.shaped(shape).map(Some))?,
            ..self.clone()
        };
        Some(Prepared { settings: fill_value(&self.settings, caught)?, recipe })
    }

    /// Whether a request of the plugin's is the one the answer belongs to.
    pub(crate) fn fits(&self, path: &str, query: &str) -> bool {
        let (pattern, said) = match self.asks.as_deref() {
            Some(asks) => asks.split_once('?').unwrap_or((asks, "")),
            None => (self.path.as_str(), ""),
        };
        let given: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let says = |name: &str, value: &str| given.iter().any(|(known, what)| known == name && what == value);
        segments(pattern, path).is_some()
            && match self.asks {
                Some(_) => url::form_urlencoded::parse(said.as_bytes()).all(|(name, value)| says(&name, &value)),
                None => self.says.iter().all(|(name, value)| says(name, value)),
            }
    }

    /// Whether this is what another of the plugin's requests needs to be answered; with what.
    pub(crate) fn beside(&self, path: &str) -> Option<&str> {
        self.also.iter().find(|(pattern, _)| segments(pattern, path).is_some()).map(|(_, body)| body.as_str())
    }

    /// Whether any of the plugin's requests gets the answer.
    pub(crate) fn asks_anything(&self) -> bool {
        self.asks.as_deref().is_some_and(|asks| asks.starts_with('{') && asks.ends_with("*}"))
    }

    /// Whether a request of the plugin's may get an answer that was recorded of a request with another method.
    pub(crate) fn is_another(&self) -> bool {
        self.asks.is_some()
    }

    /// Whether the answer is of the kind the recipe is for.
    fn suits(&self, caught: &Caught, sample: &Sample) -> bool {
        let start: String = String::from_utf8_lossy(&sample.body[..sample.body.len().min(20_000)])
            .chars()
            .filter(|char| !char.is_whitespace() && *char != '\0')
            .collect();
        let held = |text: &String| start.contains(text.as_str());
        (self.holds.is_empty() || self.holds.iter().any(held)) && self.needs.iter().all(|name| caught.has(name))
    }

    fn catch(&self, url: &Url) -> Option<BTreeMap<String, String>> {
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
        for (name, pattern) in &self.says {
            let stated = caught.get(&format!("q.{name}"))?.clone();
            match pattern.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
                Some((before, (inside, after))) => {
                    let (_, rest) = stated.split_once(before)?;
                    let (value, _) = rest.split_once(after)?;
                    caught.insert(inside.to_owned(), value.to_owned());
                }
                None if stated == *pattern => {}
                None => return None,
            }
        }
        caught.extend(place(url));
        Some(caught)
    }
}

/// What a request says, whatever its path.
fn words_of(url: &Url) -> BTreeMap<String, String> {
    let query = url.query_pairs().map(|(name, value)| (format!("q.{name}"), value.into_owned()));
    query.chain(place(url)).collect()
}

/// Where a request went.
fn place(url: &Url) -> BTreeMap<String, String> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let pairs = [("host", host), ("origin", url.origin().ascii_serialization()), ("url", url.to_string())];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> Sample {
        Sample {
            file: "a.json".to_owned(),
            method: "GET".to_owned(),
            url: String::new(),
            status,
            headers: BTreeMap::new(),
            body: body.as_bytes().to_vec(),
        }
    }

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
        let of = |url: &str| {
            prepare(&recipes, &Url::parse(url).expect("an address"), &answered(200, "")).into_iter().next().expect("a recipe")
        };
        let first = of("https://x.b.example/v2/acme/posts.json?id=7&id=8");
        assert_eq!(first.settings, serde_json::json!({ "page": "acme", "ids": ["7"] }));
        assert_eq!(first.recipe.params.as_deref(), Some(r#"{"page":{"id":"7"}}"#));
        assert!(first.recipe.fits("/v9/other/posts.json", "") && !first.recipe.fits("/v9/other/posts.json/x", ""));
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
        assert!(prepare(&recipes, &url, &answered(200, "")).is_empty());
        let prepared = prepare(&recipes, &url, &answered(404, "")).into_iter().next().expect("the first recipe");
        assert_eq!(prepared.settings["id"], "7");
        assert!(prepared.recipe.fits("/posts/7", ""));
    }

    #[test]
    fn requests_of_one_path_are_told_apart_by_what_they_say() {
        let recipes = recipes(
            r#"
            [[recipe]]
            hosts = ["a.example"]
            path = "/rest"
            where = { method = "search" }
            settings = { of = "search" }
            [[recipe]]
            hosts = ["a.example"]
            path = "/rest/"
            where = { method = "photos" }
            asks = "/rest/?method=search"
            settings = { of = "photos" }
            "#,
        );
        for (url, of) in
            [("https://a.example/rest/?method=search&x=1", "search"), ("https://a.example/rest?method=photos", "photos")]
        {
            let prepared = prepare(&recipes, &Url::parse(url).expect("an address"), &answered(200, ""))
                .into_iter()
                .next()
                .expect("a recipe");
            assert_eq!(prepared.settings["of"], of);
            assert!(prepared.recipe.fits("/rest/", "page=2&method=search") && !prepared.recipe.fits("/rest/", "method=photos"));
        }
        let other = Url::parse("https://a.example/rest?method=people").expect("an address");
        assert!(prepare(&recipes, &other, &answered(200, "")).is_empty());
    }

    #[test]
    fn what_was_asked_for_stands_in_the_answer() {
        let recipes = recipes(
            r#"
            [[recipe]]
            hosts = ["a.example"]
            path = "/posts"
            refresh = ["p-{body/items/*/id}", "{body/by/keys|none}", "{q.id|9}"]
            search = "{body/items/1/id|acme}"
            "#,
        );
        let url = Url::parse("https://a.example/posts").expect("an address");
        let refreshed = |body: &str| {
            let recipe = prepare(&recipes, &url, &answered(200, body)).into_iter().next();
            recipe.map(|prepared| prepared.recipe).map(|recipe| (recipe.refresh, recipe.search.unwrap_or_default()))
        };
        let (ids, search) =
            refreshed(r#"{"items":[{"id":1},{"id":"x"},{"id":null},7,{"id":1}],"by":{"c":1,"d":2}}"#).expect("filled");
        assert_eq!((ids.join(" ").as_str(), search.as_str()), ("p-1 p-x c d 9", "x"));
        assert_eq!(
            refreshed(r#"{"items":[{"id":1}]}"#).map(|(ids, search)| (ids.join(" "), search)),
            Some(("p-1 none 9".into(), "acme".into()))
        );
        assert_eq!(refreshed("no json"), None, "a place without an alternative must be there");
    }
}
