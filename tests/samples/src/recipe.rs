//! How a plugin is brought to ask for a recorded answer.
//!
//! ```toml
//! [[recipe]]
//! hosts = ["www.googleapis.com", "youtube.googleapis.com"]   # of the recorded request; "{host}" is any, "*.x" any below x
//! path = "/youtube/v3/commentThreads"                        # "{name}" is one segment, "{name*}" the rest, or all before
//! query = ["videoId"]                                        # parameters the request must have
//! where = { method = "flickr.photos.search" }               # and what they must say, of the plugin's request, too
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
//! part of it, a list where the path has a `*`, and `null` (or what stands behind `|`) where there is none.
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

use crate::index::Sample;

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

/// What was caught in a request and in its answer. Only the latter may be several things under one name.
#[derive(Debug, Default)]
struct Caught {
    words: BTreeMap<String, String>,
    body: Value,
}

/// What stands in an address where the recording says nothing; see [`Sample::address`].
const UNRECORDED: &str = "recorded";
/// Most things of a body that one recipe names.
const MOST: usize = 50;

impl Caught {
    /// All that stands under a name.
    fn all(&self, name: &str) -> Vec<String> {
        let Some(path) = name.strip_prefix("body/") else {
            let good = |value: &&String| !value.is_empty() && *value != UNRECORDED;
            return self.words.get(name).filter(good).cloned().into_iter().collect();
        };
        let found = match path.strip_suffix("/keys").or((path == "keys").then_some("")) {
            Some(above) => self.parts(above).iter().filter_map(|value| value.as_object()).flat_map(|map| map.keys().cloned()).collect(),
            None => self.parts(path).into_iter().filter_map(text).collect::<Vec<_>>(),
        };
        let mut texts: Vec<String> = Vec::new();
        for text in found.into_iter().filter(|text| !text.is_empty()) {
            if !texts.contains(&text) && texts.len() < MOST {
                texts.push(text);
            }
        }
        texts
    }

    /// The parts of the body under a path.
    fn parts(&self, path: &str) -> Vec<&Value> {
        path.split('/').filter(|part| !part.is_empty()).fold(vec![&self.body], |found, part| {
            found.into_iter().flat_map(|value| inside(value, part)).collect()
        })
    }

    fn has(&self, name: &str) -> bool {
        match name.strip_prefix("body/") {
            Some(path) => self.parts(path).iter().any(|value| !value.is_null()),
            None => !self.all(name).is_empty(),
        }
    }

    /// The body in another shape.
    fn shaped(&self, shape: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = shape;
        while let Some((before, behind)) = rest.split_once("<body") {
            let (path, after) = behind.split_once('>')?;
            let (path, unstated) = path.split_once('|').unwrap_or((path, "null"));
            let parts = self.parts(path);
            out.push_str(before);
            out.push_str(&match parts[..] {
                _ if path.contains('*') => serde_json::to_string(&parts).ok()?,
                [one, ..] => one.to_string(),
                [] => unstated.to_owned(),
            });
            rest = after;
        }
        out.push_str(rest);
        fill(&out, self)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn inside<'a>(value: &'a Value, part: &str) -> Vec<&'a Value> {
    match (value, part) {
        (Value::Array(list), "*") => list.iter().collect(),
        (Value::Object(map), "*") => map.values().collect(),
        (Value::Array(list), number) => number.parse::<usize>().ok().and_then(|at| list.get(at)).into_iter().collect(),
        (Value::Object(map), name) => map.get(name).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A recipe with what was caught put in.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) recipe: Recipe,
    pub(crate) settings: Value,
}

/// The first recipe for a recorded request; for an error, any recipe will do.
pub(crate) fn prepare(recipes: &[Recipe], url: &Url, sample: &Sample) -> Option<Prepared> {
    let body: Value = serde_json::from_slice(&sample.body).unwrap_or_default();
    let with = |words: BTreeMap<String, String>| Caught { words, body: body.clone() };
    let is_error = sample.status >= 400;
    let fitting = first(recipes, |recipe| recipe.catch(url).map(with).filter(|caught| is_error || recipe.suits(caught, sample)));
    let anywhere = || first(recipes, |recipe| Some(with(recipe.catch(url).unwrap_or_else(|| words_of(url)))));
    let mut prepared = fitting.or_else(|| anywhere().filter(|_| is_error))?;
    if is_error {
        // What fails has the same shape everywhere.
        prepared.recipe.shape = None;
        if prepared.recipe.catch(url).is_none() {
            prepared.recipe.asks = Some("{anything*}".to_owned());
        }
    }
    Some(prepared)
}

fn first(recipes: &[Recipe], catch: impl Fn(&Recipe) -> Option<Caught>) -> Option<Prepared> {
    recipes.iter().find_map(|recipe| {
        let caught = catch(recipe)?;
        let optional = |text: &Option<String>| text.as_ref().map_or(Some(None), |text| fill(text, &caught).map(Some));
        let also = recipe.also.iter().map(|(path, body)| Some((path.clone(), fill(body, &caught)?)));
        let prepared = Recipe {
            search: optional(&recipe.search)?,
            feed: optional(&recipe.feed)?,
            params: optional(&recipe.params)?,
            cursor: optional(&recipe.cursor)?,
            refresh: fill_all(&recipe.refresh, &caught)?,
            also: also.collect::<Option<_>>()?,
            shape: recipe.shape.as_ref().map_or(Some(None), |shape| caught.shaped(shape).map(Some))?,
            ..recipe.clone()
        };
        Some(Prepared { settings: fill_value(&recipe.settings, &caught)?, recipe: prepared })
    })
}

impl Recipe {
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

    /// Whether the recorded request is one this recipe is for, as that of a token, which the host asks for by itself.
    pub(crate) fn is_of(&self, url: &Url) -> bool {
        self.catch(url).is_some()
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
        let stated = |name: &String| caught.get(&format!("q.{name}"));
        if self.query.iter().any(|name| stated(name).is_none())
            || self.says.iter().any(|(name, value)| stated(name) != Some(value))
        {
            return None;
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

/// What the named segments of a pattern are in a path. A slash at the end says nothing.
fn segments(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let plain = |path: &'_ str| path.strip_suffix('/').unwrap_or(path).to_owned();
    let (pattern, path) = (plain(pattern), plain(path));
    let before = pattern.strip_prefix('{').and_then(|rest| rest.split_once("*}/"));
    let Some((name, pattern)) = before else { return within(&pattern, &path) };
    // The folder a service is installed in, the shortest first.
    path.match_indices('/').find_map(|(at, _)| {
        let mut caught = within(pattern, &path[at + 1..])?;
        caught.insert(name.to_owned(), path[..at].to_owned());
        Some(caught)
    })
}

fn within(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut caught = BTreeMap::new();
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
        let is_name = !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || "._[]-/*$@".contains(char));
        if is_name && inside.len() > whole.len() + 1 {
            out.push_str(caught.all(name).into_iter().next().as_deref().or(unstated)?);
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

/// Texts with what was caught put in. One with a part of the body becomes as many as there are, and a list in one parameter is taken
/// apart.
fn fill_all(texts: &[String], caught: &Caught) -> Option<Vec<String>> {
    let mut filled: Vec<String> = Vec::new();
    for text in texts {
        let place = text.split_once("{body/").and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
        let several = place.map(|(before, (name, after))| {
            let all = caught.all(&format!("body/{}", name.split('|').next().unwrap_or(name)));
            all.into_iter().map(|one| format!("{before}{one}{after}")).collect::<Vec<_>>()
        });
        let several = several.filter(|all| !all.is_empty()).unwrap_or_else(|| vec![text.clone()]);
        for one in several {
            let one = fill(&one, caught)?;
            filled.extend(one.split([',', ';']).map(str::to_owned));
        }
    }
    let mut known: Vec<String> = Vec::new();
    for one in filled {
        if !one.is_empty() && !known.contains(&one) {
            known.push(one);
        }
    }
    (texts.is_empty() || !known.is_empty()).then_some(known)
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
        let of = |url: &str| prepare(&recipes, &Url::parse(url).expect("an address"), &answered(200, "")).expect("a recipe");
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
        assert!(prepare(&recipes, &url, &answered(200, "")).is_none());
        let prepared = prepare(&recipes, &url, &answered(404, "")).expect("the first recipe");
        assert_eq!(prepared.settings["id"], "7");
        assert!(prepared.recipe.fits("/posts/7", "") && !prepared.recipe.is_of(&url));
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
            let prepared = prepare(&recipes, &Url::parse(url).expect("an address"), &answered(200, "")).expect("a recipe");
            assert_eq!(prepared.settings["of"], of);
            assert!(prepared.recipe.fits("/rest/", "page=2&method=search") && !prepared.recipe.fits("/rest/", "method=photos"));
        }
        let other = Url::parse("https://a.example/rest?method=people").expect("an address");
        assert!(prepare(&recipes, &other, &answered(200, "")).is_none());
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
            let recipe = prepare(&recipes, &url, &answered(200, body)).map(|prepared| prepared.recipe);
            recipe.map(|recipe| (recipe.refresh, recipe.search.unwrap_or_default()))
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
