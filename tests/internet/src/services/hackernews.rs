//! Hacker News, both of its doors: Algolia's search (`hn.algolia.com/api/v1`) and the Firebase items
//! (`hacker-news.firebaseio.com/v0`).
//!
//! Kept quirks: at most 1,000 hits a search, whatever the pages; an `nbHits` that is an estimate; an index that lags up to
//! ninety seconds behind; prefix matching; authors' names searched like text; a missing Firebase item is `null` with status 200.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::matching::{Term, found, terms, tokens};
use super::{Service, html};
use crate::story::{NewsItem, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const SEARCH: &str = "hn.algolia.com";
const ITEMS: &str = "hacker-news.firebaseio.com";
/// Algolia's `paginationLimitedTo`.
const WALL: usize = 1_000;
const WALL_MESSAGE: &str = "you can only fetch the 1000 hits for this query. You can extend the number of hits returned via the \
                            paginationLimitedTo index parameter or use the browse method.";

/// The service.
pub struct HackerNews {
    hosts: [String; 2],
    /// By id, which is in time order, too.
    items: BTreeMap<u64, NewsItem>,
    children: HashMap<u64, Vec<u64>>,
}

impl HackerNews {
    /// Serves these items.
    #[must_use]
    pub fn new(items: Vec<NewsItem>) -> Self {
        let mut children: HashMap<u64, Vec<u64>> = HashMap::new();
        for item in &items {
            if let Some(parent) = item.parent {
                children.entry(parent).or_default().push(item.id);
            }
        }
        let items = items.into_iter().map(|item| (item.id, item)).collect();
        Self { hosts: [SEARCH.to_owned(), ITEMS.to_owned()], items, children }
    }

    /// Items at `now` that are not removed.
    fn living(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = &NewsItem> {
        self.items.values().filter(move |item| item.at <= now && item.words.at(now).text.is_some())
    }

    fn kids(&self, id: u64, now: Timestamp) -> Vec<u64> {
        let kids = self.children.get(&id).map_or(&[][..], Vec::as_slice);
        kids.iter().copied().filter(|kid| self.items.get(kid).is_some_and(|item| item.at <= now)).collect()
    }

    fn descendants(&self, id: u64, now: Timestamp) -> usize {
        self.living(now).filter(|item| item.story == id && item.id != id).count()
    }

    fn search(&self, ask: &Ask, now: Timestamp, by_date: bool) -> Reply {
        let number = |name: &str, default: usize| ask.param(name).map_or(Ok(default), str::parse::<usize>);
        let (Ok(page), Ok(per_page)) = (number("page", 0), number("hitsPerPage", 20)) else {
            return refused("invalid value for \"page\" or \"hitsPerPage\", expected a positive integer");
        };
        let per_page = per_page.min(WALL);
        let filters = match Filters::parse(ask) {
            Ok(filters) => filters,
            Err(message) => return refused(&message),
        };
        let query = ask.param("query").unwrap_or("");
        let wanted = wanted(query, ask.param("optionalWords"));
        let restricted = ask.param("restrictSearchableAttributes");
        let mut hits: Vec<_> = self
            .living(now)
            .rev()
            // What has just been written is not in the index yet, and not in the order of its writing.
            .filter(|item| now.duration_since(item.at).as_secs() >= lag(item.id))
            .filter(|item| !item.dead && filters.pass(self, item, now))
            .filter(|item| found(&searchable(item, now, restricted), &wanted))
            .collect();
        if !by_date {
            hits.sort_by_key(|item| std::cmp::Reverse(item.points));
        }
        let total = hits.len();
        let mut answer = json!({
            "exhaustiveNbHits": total <= 200, "exhaustiveTypo": true, "exhaustive": { "nbHits": total <= 200, "typo": true },
            "hitsPerPage": per_page, "page": page, "params": ask.target().split_once('?').map_or("", |(_, query)| query),
            "processingTimeMS": 3, "query": query,
        });
        let beyond = per_page > 0 && (page * per_page >= WALL || page.saturating_mul(per_page) > usize::MAX / 2);
        if beyond {
            answer["hits"] = json!([]);
            answer["nbHits"] = json!(0);
            answer["nbPages"] = json!(0);
            answer["message"] = json!(WALL_MESSAGE);
            return Reply::json(&answer);
        }
        let reachable = total.min(WALL);
        let shown: Vec<_> = match ask.empty {
            true => Vec::new(),
            false => hits.iter().take(reachable).skip(page * per_page).take(per_page).map(|item| self.hit(item, now)).collect(),
        };
        // Over two hundred hits the count is an estimate.
        answer["nbHits"] = json!(if total <= 200 { total } else { total + total / 40 });
        answer["nbPages"] = json!(if per_page == 0 { 0 } else { reachable.div_ceil(per_page) });
        answer["hits"] = json!(shown);
        Reply::json(&answer)
    }

    fn hit(&self, item: &NewsItem, now: Timestamp) -> Value {
        let standing = item.words.at(now);
        let text = html::hacker(standing.text.unwrap_or(""));
        let story = self.items.get(&item.story).unwrap_or(item);
        let mut hit = json!({
            "objectID": item.id.to_string(), "author": item.author,
            "created_at": item.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "created_at_i": item.at.as_second(),
            "updated_at": standing.changed.unwrap_or(item.at).strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "story_id": item.story, "children": self.kids(item.id, now),
            "_tags": tags(item),
        });
        let own = if let Some(parent) = item.parent {
            json!({
                "comment_text": text, "parent_id": parent, "points": null, "num_comments": null,
                "story_title": story.title, "story_url": story.url,
                "_highlightResult": { "comment_text": { "matchLevel": "full", "value": text } },
            })
        } else {
            json!({
                "title": item.title, "url": item.url, "points": grown(item.points, item.at, now).max(1),
                "num_comments": self.descendants(item.id, now), "story_text": (!text.is_empty()).then_some(&text),
                "_highlightResult": { "title": { "matchLevel": "full", "value": item.title } },
            })
        };
        merge(&mut hit, own);
        hit
    }

    /// `items/{id}`: the item and all that hangs below it. A removed comment stays as an empty place.
    fn tree(&self, id: u64, now: Timestamp) -> Option<Value> {
        let item = self.items.get(&id).filter(|item| item.at <= now)?;
        let text = item.words.at(now).text;
        let gone = text.is_none();
        let children: Vec<_> = self.kids(id, now).into_iter().filter_map(|kid| self.tree(kid, now)).collect();
        Some(json!({
            "id": id, "created_at": item.at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(), "created_at_i": item.at.as_second(),
            "type": if item.parent.is_some() { "comment" } else { "story" },
            "author": (!gone).then_some(&item.author), "title": item.title, "url": item.url,
            "text": text.filter(|text| !text.is_empty()).map(html::hacker),
            "points": item.parent.is_none().then(|| grown(item.points, item.at, now).max(1)),
            "parent_id": item.parent, "story_id": item.story, "children": children, "options": [],
        }))
    }

    /// `v0/item/{id}.json`
    fn item(&self, id: u64, now: Timestamp) -> Value {
        let Some(item) = self.items.get(&id).filter(|item| item.at <= now) else { return Value::Null };
        let kind = if item.parent.is_some() { "comment" } else { "story" };
        let mut value = json!({ "id": id, "time": item.at.as_second(), "type": kind });
        let Some(text) = item.words.at(now).text else {
            merge(&mut value, json!({ "deleted": true }));
            if let Some(parent) = item.parent {
                merge(&mut value, json!({ "parent": parent }));
            }
            return value;
        };
        merge(&mut value, json!({ "by": item.author }));
        let kids = self.kids(id, now);
        if !kids.is_empty() {
            merge(&mut value, json!({ "kids": kids }));
        }
        let text = if item.dead { "[flagged]".to_owned() } else { html::hacker(text) };
        if !text.is_empty() {
            merge(&mut value, json!({ "text": text }));
        }
        if item.dead {
            merge(&mut value, json!({ "dead": true }));
        }
        match item.parent {
            Some(parent) => merge(&mut value, json!({ "parent": parent })),
            None => {
                let score = grown(item.points, item.at, now).max(1);
                merge(&mut value, json!({ "title": item.title, "score": score, "descendants": self.descendants(id, now) }));
                if let Some(url) = &item.url {
                    merge(&mut value, json!({ "url": url }));
                }
            }
        }
        value
    }

    fn user(&self, name: &str, now: Timestamp) -> Value {
        let ids: Vec<_> = self.living(now).rev().filter(|item| item.author == name).map(|item| item.id).collect();
        match ids.last().and_then(|first| self.items.get(first)) {
            Some(first) => json!({ "id": name, "created": first.at.as_second(), "karma": ids.len() * 3, "submitted": ids }),
            None => Value::Null,
        }
    }

    fn firebase(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.method == "HEAD" {
            return Reply::json_status(405, &json!({ "error": "Method Not Allowed" }));
        }
        let Some(path) = ask.path.strip_prefix("/v0/").and_then(|path| path.strip_suffix(".json")) else {
            return Reply::json_status(404, &json!({ "error": "append .json to your request URI to use the REST API." }));
        };
        let parts: Vec<_> = path.split('/').collect();
        let newest =
            || self.living(now).rev().filter(|item| item.parent.is_none()).take(500).map(|item| item.id).collect::<Vec<_>>();
        let value = match parts[..] {
            _ if ask.empty => Value::Null,
            ["item", id] => id.parse().map_or(Value::Null, |id| self.item(id, now)),
            ["user", name] => self.user(name, now),
            ["maxitem"] => self.items.values().rev().find(|item| item.at <= now).map_or(Value::Null, |item| json!(item.id)),
            ["newstories" | "topstories" | "beststories"] => json!(newest()),
            ["updates"] => {
                let changed = self.items.values().filter(|item| item.words.at(now).changed.is_some()).map(|item| item.id);
                json!({ "items": changed.collect::<Vec<_>>(), "profiles": [] })
            }
            _ => return Reply::json_status(401, &json!({ "error": "Permission denied" })),
        };
        let reply = Reply::json(&value);
        if ask.header("x-firebase-etag") == Some("true") {
            let sum = reply.body.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
            return reply.with("etag", format!("\"{sum:016x}\""));
        }
        reply
    }
}

impl Service for HackerNews {
    fn name(&self) -> &str {
        "hackernews"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.host == ITEMS {
            return self.firebase(ask, now);
        }
        let missing = || Reply::json_status(404, &json!({ "status": 404, "error": "Not Found" }));
        match ask.path.strip_prefix("/api/v1/") {
            Some("search_by_date") => self.search(ask, now, true),
            Some("search") => self.search(ask, now, false),
            Some(path) => {
                if let Some(id) = path.strip_prefix("items/") {
                    let tree = id.parse().ok().and_then(|id| self.tree(id, now));
                    return tree.map_or_else(missing, |tree| Reply::json(&tree));
                }
                let user = path.strip_prefix("users/").map(|name| self.user(name, now)).filter(|user| !user.is_null());
                user.map_or_else(missing, |user| {
                    Reply::json(&json!({ "username": user["id"], "about": null, "karma": user["karma"] }))
                })
            }
            None => missing(),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let item = id.parse().ok().and_then(|id: u64| self.items.get_mut(&id));
        item.map(|item| item.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.living(now).count()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject { search: Some("lumio"), ..Subject::of("hackernews") })
    }

    /// What a search for the brand finds, and every comment below the stories among it.
    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let terms = wanted("\"lumio\"", None);
        let indexed = |item: &NewsItem| now.duration_since(item.at).as_secs() >= lag(item.id) && !item.dead;
        let hit = |item: &NewsItem| indexed(item) && found(&searchable(item, now, None), &terms);
        let stories: Vec<u64> = self.living(now).filter(|item| item.parent.is_none() && hit(item)).map(|item| item.id).collect();
        let below = |item: &NewsItem| item.parent.is_some() && stories.contains(&item.story);
        let truth = |item: &NewsItem| Truth {
            id: item.id.to_string(),
            kind: match item.parent {
                None => "post",
                Some(parent) if parent == item.story => "comment",
                Some(_) => "reply",
            },
            author: Some(Some(item.author.clone())),
            published: Some(Some(Timestamp::from_second(item.at.as_second()).unwrap_or(item.at))),
            title: item.title.clone(),
            parent: Some(item.parent.map(|parent| parent.to_string())),
            thread: Some(Some(item.story.to_string())),
            counters: [
                item.parent.is_none().then(|| u64::from(grown(item.points, item.at, now).max(1))),
                item.parent.is_none().then(|| self.descendants(item.id, now) as u64),
                None,
                None,
            ],
            ..Truth::default()
        };
        self.living(now).filter(|item| hit(item) || below(item)).map(truth).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        vec![Spoken {
            what: "a filter it does not know",
            path: "/api/v1/search",
            reply: refused("no"),
            class: "unexpected-answer",
            pause_ms: None,
        }]
    }
}

/// Seconds until the search index has an item.
fn lag(id: u64) -> i64 {
    i64::try_from(id * 37 % 90).unwrap_or(0)
}

fn wanted(query: &str, optional: Option<&str>) -> Vec<Term> {
    let mut wanted = terms(query, false);
    let optional = tokens(optional.unwrap_or(""));
    for term in &mut wanted {
        term.optional = optional.iter().any(|word| term.is_word(word));
    }
    wanted
}

fn searchable(item: &NewsItem, now: Timestamp, restricted: Option<&str>) -> Vec<String> {
    let text_name = if item.parent.is_some() { "comment_text" } else { "story_text" };
    let fields = [
        ("title", item.title.as_deref().unwrap_or("")),
        ("url", item.url.as_deref().unwrap_or("")),
        (text_name, item.words.at(now).text.unwrap_or("")),
        ("author", item.author.as_str()),
    ];
    let allowed = |name: &str| restricted.is_none_or(|list| list.split(',').any(|field| field.trim() == name));
    // A word that no text holds keeps phrases from crossing the border of two fields.
    fields
        .iter()
        .filter(|(name, _)| allowed(name))
        .flat_map(|(_, text)| [tokens(text), vec!["\u{0}".to_owned()]].concat())
        .collect()
}

fn tags(item: &NewsItem) -> Vec<String> {
    let kind = if item.parent.is_some() { "comment" } else { "story" };
    let mut tags = vec![kind.to_owned(), format!("author_{}", item.author), format!("story_{}", item.story)];
    let title = item.title.as_deref().unwrap_or("");
    for (start, tag) in [("Show HN", "show_hn"), ("Ask HN", "ask_hn")] {
        if title.starts_with(start) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn refused(message: &str) -> Reply {
    Reply::json_status(400, &json!({ "message": message, "status": 400 }))
}

fn merge(into: &mut Value, other: Value) {
    if let (Value::Object(into), Value::Object(other)) = (into, other) {
        into.extend::<Map<String, Value>>(other);
    }
}

/// `tags` and `numericFilters`.
struct Filters {
    /// All of these, each any of some tags.
    tags: Vec<Vec<String>>,
    numbers: Vec<(String, String, i64)>,
}

impl Filters {
    fn parse(ask: &Ask) -> Result<Self, String> {
        let mut tags = Vec::new();
        let mut any: Option<Vec<String>> = None;
        // Commas are AND outside brackets and OR inside.
        for part in ask.param("tags").unwrap_or("").split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (opens, closes) = (part.starts_with('('), part.ends_with(')'));
            let tag = part.trim_start_matches('(').trim_end_matches(')').to_owned();
            let mut group = any.take().filter(|_| !opens).unwrap_or_default();
            let inside = opens || !group.is_empty();
            group.push(tag);
            if inside && !closes { any = Some(group) } else { tags.push(group) }
        }
        if any.is_some() {
            return Err("tags: unexpected end of filter, expected ')'".to_owned());
        }
        let mut numbers = Vec::new();
        for part in ask.param("numericFilters").unwrap_or("").split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = || format!("Invalid syntax for numeric condition: {part}");
            let at = part.find(['<', '>', '=', '!']).ok_or_else(wrong)?;
            let (name, rest) = part.split_at(at);
            let value = rest.trim_start_matches(['<', '>', '=', '!']);
            let operator = &rest[..rest.len() - value.len()];
            if !matches!(operator, "<" | "<=" | "=" | "!=" | ">" | ">=") {
                return Err(wrong());
            }
            numbers.push((name.trim().to_owned(), operator.to_owned(), value.trim().parse().map_err(|_| wrong())?));
        }
        Ok(Self { tags, numbers })
    }

    fn pass(&self, service: &HackerNews, item: &NewsItem, now: Timestamp) -> bool {
        let own = tags(item);
        let tagged = self.tags.iter().all(|any| any.iter().any(|tag| own.contains(tag)));
        tagged
            && self.numbers.iter().all(|(name, operator, bound)| {
                let value = match name.as_str() {
                    "created_at_i" => item.at.as_second(),
                    "points" if item.parent.is_none() => i64::from(grown(item.points, item.at, now).max(1)),
                    "num_comments" if item.parent.is_none() => {
                        i64::try_from(service.descendants(item.id, now)).unwrap_or(i64::MAX)
                    }
                    "story_id" => i64::try_from(item.story).unwrap_or(i64::MAX),
                    "parent_id" => item.parent.and_then(|parent| i64::try_from(parent).ok()).unwrap_or(-1),
                    _ => return false,
                };
                match operator.as_str() {
                    "<" => value < *bound,
                    "<=" => value <= *bound,
                    "=" => value == *bound,
                    "!=" => value != *bound,
                    ">" => value > *bound,
                    _ => value >= *bound,
                }
            })
    }
}
