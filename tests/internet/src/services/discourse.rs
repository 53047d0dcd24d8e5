//! A Discourse forum: the JSON that stands behind its pages.
//!
//! Kept quirks: a search finds one post a topic and cuts it short; `posts.json?before=` has an older meaning on older forums;
//! pinned topics come first whatever the order; emoji are pictures; system lines stand between posts; refusals are plain text.

mod shape;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::matching::{found, terms, tokens};
use crate::story::{Board, FORUM_HOSTS, Post, Topic, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

/// Posts of `posts.json` and of a page of search results.
const PAGE: usize = 50;
/// Topics of a list.
const LIST: usize = 30;
/// Posts a topic's page begins with, and the most that can be asked for at once.
const INLINED: usize = 20;

/// The service.
pub struct Discourse {
    hosts: [String; 1],
    board: Board,
    /// Positions in `board.posts`, by topic, in order of their numbers.
    by_topic: BTreeMap<u64, Vec<usize>>,
}

impl Discourse {
    /// Serves this forum.
    #[must_use]
    pub fn new(board: Board) -> Self {
        let mut by_topic: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (at, post) in board.posts.iter().enumerate() {
            by_topic.entry(post.topic).or_default().push(at);
        }
        Self { hosts: [board.host.to_owned()], board, by_topic }
    }

    /// Posts and system lines at `now` that are not removed, in order of their ids.
    fn living(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = &Post> {
        self.board.posts.iter().filter(move |post| post.at <= now && post.words.at(now).text.is_some())
    }

    fn topic(&self, id: u64) -> Option<&Topic> {
        self.board.topics.binary_search_by_key(&id, |topic| topic.id).ok().map(|at| &self.board.topics[at])
    }

    /// A topic's posts at `now`; empty when the topic is not there (yet), or gone with its first post.
    fn stream(&self, topic: u64, now: Timestamp) -> Vec<&Post> {
        let all = self.by_topic.get(&topic).map_or(&[][..], Vec::as_slice);
        let posts = all.iter().map(|at| &self.board.posts[*at]);
        let living: Vec<_> = posts.filter(|post| post.at <= now && post.words.at(now).text.is_some()).collect();
        if living.first().is_some_and(|post| post.number == 1) { living } else { Vec::new() }
    }

    /// `posts.json?before=`: the newest regular posts.
    fn posts(&self, ask: &Ask, now: Timestamp) -> Reply {
        let newest = self.living(now).next_back().map_or(0, |post| post.id);
        let before = match ask.param("before") {
            None if self.board.old_paging => newest,
            None => newest + 1,
            Some(text) => match text.parse() {
                Ok(before) => before,
                Err(_) => return invalid(400, &["invalid parameter: before"], "invalid_parameters"),
            },
        };
        let regular = self.living(now).rev().filter(|post| post.action.is_none());
        let page: Vec<_> = if self.board.old_paging {
            regular.filter(|post| post.id <= before && post.id + PAGE as u64 > before).collect()
        } else {
            regular.filter(|post| post.id < before).take(PAGE).collect()
        };
        let posts: Vec<_> = match ask.empty {
            true => Vec::new(),
            false => page.into_iter().map(|post| self.post_json(post, now, true)).collect(),
        };
        Reply::json(&json!({ "latest_posts": posts }))
    }

    /// `latest.json`: topics, pinned ones first.
    fn latest(&self, ask: &Ask, now: Timestamp) -> Reply {
        let page = ask.param("page").and_then(|page| page.parse().ok()).unwrap_or(0_usize);
        let created = ask.param("order") == Some("created");
        let mut topics: Vec<_> = self
            .board
            .topics
            .iter()
            .filter_map(|topic| {
                let stream = self.stream(topic.id, now);
                let key = if created { stream.first()?.at } else { stream.last()?.at };
                Some((topic.pinned, key, topic, stream))
            })
            .collect();
        topics.sort_by_key(|(pinned, key, topic, _)| std::cmp::Reverse((*pinned, *key, topic.id)));
        let more = topics.len() > (page + 1) * LIST;
        let shown: Vec<_> = if ask.empty { Vec::new() } else { topics.into_iter().skip(page * LIST).take(LIST).collect() };
        let users: BTreeMap<u64, Value> = shown
            .iter()
            .flat_map(|(.., stream)| stream.first())
            .map(|post| (post.author.id, shape::user(&post.author)))
            .collect();
        let list: Vec<_> = shown.iter().map(|(_, _, topic, stream)| shape::listed(topic, stream, now)).collect();
        let mut topic_list = json!({ "can_create_topic": false, "per_page": LIST, "top_tags": [], "topics": list });
        if more {
            let order = if created { "&order=created" } else { "" };
            topic_list["more_topics_url"] = json!(format!("/latest?no_definitions=true{order}&page={}", page + 1));
        }
        Reply::json(&json!({ "users": users.into_values().collect::<Vec<_>>(), "primary_groups": [], "topic_list": topic_list }))
    }

    /// `t/{id}.json`
    fn topic_page(&self, id: u64, now: Timestamp) -> Reply {
        let (Some(topic), stream) = (self.topic(id), self.stream(id, now)) else { return missing() };
        let Some(first) = stream.first() else { return missing() };
        let posts: Vec<_> = stream.iter().take(INLINED).map(|post| self.post_json(post, now, false)).collect();
        let ids: Vec<_> = stream.iter().map(|post| post.id).collect();
        let mut page = shape::listed(topic, &stream, now);
        page["post_stream"] = json!({ "posts": posts, "stream": ids });
        page["chunk_size"] = json!(INLINED);
        page["user_id"] = json!(first.author.id);
        page["details"] = json!({ "created_by": shape::user(&first.author), "can_edit": false, "participants": [], "links": [] });
        Reply::json(&page)
    }

    /// `t/{id}/posts.json?post_ids[]=`
    fn some_posts(&self, id: u64, ask: &Ask, now: Timestamp) -> Reply {
        let stream = self.stream(id, now);
        if stream.is_empty() {
            return missing();
        }
        let asked: Vec<u64> = ask.params("post_ids[]").chain(ask.params("post_ids")).filter_map(|id| id.parse().ok()).collect();
        if asked.len() > PAGE {
            return invalid(400, &["too many post_ids"], "invalid_parameters");
        }
        let wanted = stream.iter().filter(|post| asked.is_empty() || asked.contains(&post.id)).take(PAGE);
        let posts: Vec<_> = wanted.map(|post| self.post_json(post, now, false)).collect();
        Reply::json(&json!({ "post_stream": { "posts": if ask.empty { Vec::new() } else { posts } }, "id": id }))
    }

    /// `search.json?q=&page=`
    fn search(&self, ask: &Ask, now: Timestamp) -> Reply {
        let line = ask.param("q").unwrap_or("");
        let page = ask.param("page").map_or(Ok(1), str::parse::<usize>).unwrap_or(1).max(1);
        if page > 10 {
            return invalid(400, &["page parameter must not be greater than 10"], "invalid_parameters");
        }
        if line.contains('\0') {
            return invalid(400, &["null characters are not allowed"], "invalid_parameters");
        }
        let search = match Search::parse(line) {
            Some(search) => search,
            None => return invalid(400, &["Your search term is too short."], "invalid_parameters"),
        };
        // One post a topic: the newest that fits when ordered by time, else the first.
        let mut best: BTreeMap<u64, &Post> = BTreeMap::new();
        for post in self.living(now).filter(|post| post.action.is_none()) {
            let Some(topic) = self.topic(post.topic).filter(|topic| search.fits(topic, post, now)) else { continue };
            if search.latest || !best.contains_key(&topic.id) {
                best.insert(topic.id, post);
            }
        }
        let mut hits: Vec<_> = best.into_values().filter(|post| !self.stream(post.topic, now).is_empty()).collect();
        hits.sort_by_key(|post| std::cmp::Reverse((post.at, post.id)));
        let more = hits.len() > page * PAGE;
        let shown: Vec<_> = if ask.empty { Vec::new() } else { hits.into_iter().skip((page - 1) * PAGE).take(PAGE).collect() };
        let posts: Vec<_> = shown.iter().map(|post| shape::found(post, now)).collect();
        let topics: Vec<_> = shown
            .iter()
            .filter_map(|post| Some(shape::listed(self.topic(post.topic)?, &self.stream(post.topic, now), now)))
            .collect();
        let ids: Vec<_> = shown.iter().map(|post| post.id).collect();
        Reply::json(&json!({
            "posts": posts, "topics": topics, "users": [], "categories": [], "tags": [], "groups": [],
            "grouped_search_result": {
                "more_posts": null, "more_users": null, "more_categories": null, "term": line, "search_log_id": 1,
                "more_full_page_results": (more || ask.empty).then_some(true), "can_create_topic": false, "error": null,
                "post_ids": ids, "user_ids": [], "category_ids": [], "tag_ids": [], "group_ids": [],
            },
        }))
    }

    fn post_json(&self, post: &Post, now: Timestamp, alone: bool) -> Value {
        let stream = self.stream(post.topic, now);
        let replies = stream.iter().filter(|other| other.reply_to == Some(post.number)).count();
        shape::post(self.topic(post.topic), post, replies, now, alone)
    }
}

impl Service for Discourse {
    fn name(&self) -> &str {
        self.board.host
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let parts: Vec<_> = ask.path.trim_matches('/').split('/').collect();
        let number = |text: &str| text.trim_end_matches(".json").parse::<u64>().ok();
        match parts[..] {
            ["posts.json"] => self.posts(ask, now),
            ["latest.json"] => self.latest(ask, now),
            ["search.json"] => self.search(ask, now),
            ["site.json"] => {
                Reply::json(&json!({ "default_archetype": "regular", "categories": shape::categories(&self.board) }))
            }
            ["categories.json"] => Reply::json(&json!({ "category_list": { "categories": shape::categories(&self.board) } })),
            ["about.json"] => Reply::json(&json!({ "about": {
                "title": self.board.title, "locale": self.board.language, "version": "3.6.0",
                "stats": { "posts_count": self.visible(now), "topics_count": self.board.topics.len() },
            } })),
            ["robots.txt"] => Reply::text(
                200,
                "text/plain; charset=utf-8",
                "User-agent: *\nDisallow: /admin/\nDisallow: /search\nDisallow: /u/\n",
            ),
            ["t", id, "posts.json"] => number(id).map_or_else(missing, |id| self.some_posts(id, ask, now)),
            ["t", id] if id.ends_with(".json") => number(id).map_or_else(missing, |id| self.topic_page(id, now)),
            ["t", _slug, id] if id.ends_with(".json") => number(id).map_or_else(missing, |id| self.topic_page(id, now)),
            ["posts", id] if id.ends_with(".json") => {
                let found = number(id).and_then(|id| self.living(now).find(|post| post.id == id));
                found.map_or_else(missing, |post| Reply::json(&self.post_json(post, now, false)))
            }
            _ => missing(),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let post = id.parse().ok().and_then(|id: u64| self.board.posts.iter_mut().find(|post| post.id == id));
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.living(now).filter(|post| post.action.is_none()).count()
    }

    fn subject(&self) -> Option<Subject> {
        // The English forum answers by topic and finds one post a topic; the French one has the older paging.
        let mode = if self.board.host == FORUM_HOSTS[0] { "both" } else { "latest" };
        let settings = json!({ "url": format!("https://{}", self.board.host), "mode": mode });
        Some(Subject { settings, ..Subject::of("discourse") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let posts = self.living(now).filter(|post| post.action.is_none());
        let truth = |post: &Post| {
            let stream = self.stream(post.topic, now);
            let number = |number: u32| stream.iter().find(|other| other.number == number).map(|other| other.id.to_string());
            let first = post.number == 1;
            let answered = number(post.reply_to.unwrap_or(1));
            // How many answer a topic is told with the topic alone, which not every way of reading brings.
            let answers = stream.iter().filter(|other| other.reply_to == Some(post.number)).count() as u64;
            Truth {
                id: post.id.to_string(),
                kind: if first { "post" } else { "reply" },
                author: Some(Some(post.author.id.to_string())),
                published: Some(Some(post.at)),
                title: self.topic(post.topic).filter(|_| first).map(|topic| topic.title.clone()),
                text: post.words.at(now).text.unwrap_or_default().split('@').next().unwrap_or_default().to_owned(),
                not_text: post
                    .quote
                    .as_ref()
                    .map(|(_, _, words)| words.clone())
                    .filter(|words| !post.words.first().contains(words)),
                // What the answered post is called is only known where both are read together.
                parent: if first { Some(None) } else { answered.filter(|_| self.board.host == FORUM_HOSTS[0]).map(Some) },
                thread: Some(Some(format!("t/{}", post.topic))),
                counters: [Some(u64::from(grown(post.likes, post.at, now))), Some(answers).filter(|_| !first), None, None],
                ..Truth::default()
            }
        };
        posts.map(truth).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let json = |status, kind: &str| invalid(status, &["words for a person"], kind);
        let spoken = |what, reply, class| Spoken { what, path: "/posts.json", reply, class, pause_ms: None };
        vec![
            spoken("a private forum", json(403, "not_logged_in"), "forbidden"),
            spoken("an invisible page", json(403, "invalid_access"), "forbidden"),
            spoken("a missing page", missing(), "gone"),
            Spoken { pause_ms: Some(9_000), ..spoken("a limit", self.refuse(9), "rate-limited") },
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        let words =
            "Slow down, you're making too many requests. Please retry again in a few seconds.\nError code: ip_10_secs_limit.";
        Reply::text(429, "text/plain", words)
            .with("retry-after", retry_after_secs.to_string())
            .with("discourse-rate-limit-error-code", "ip_10_secs_limit")
    }
}

fn invalid(status: u16, errors: &[&str], kind: &str) -> Reply {
    Reply::json_status(status, &json!({ "errors": errors, "error_type": kind }))
}

fn missing() -> Reply {
    invalid(404, &["The requested URL or resource could not be found."], "not_found")
}

/// What a search line asks for.
struct Search {
    terms: Vec<super::matching::Term>,
    latest: bool,
    in_title: bool,
    after: Option<String>,
    before: Option<String>,
    user: Option<String>,
    tag: Option<String>,
}

impl Search {
    /// `None` when the words are too short to search for.
    fn parse(line: &str) -> Option<Self> {
        let mut search =
            Self { terms: Vec::new(), latest: false, in_title: false, after: None, before: None, user: None, tag: None };
        let mut words = Vec::new();
        for word in line.split_whitespace() {
            match word.split_once(':') {
                Some(("order", order)) => search.latest = order == "latest",
                Some(("in", "title")) => search.in_title = true,
                Some(("after", day)) => search.after = Some(day.to_owned()),
                Some(("before", day)) => search.before = Some(day.to_owned()),
                Some(("tags", tag)) => search.tag = Some(tag.to_owned()),
                Some(("status" | "in", _)) => {}
                _ if word.starts_with('@') && word.len() > 1 => search.user = Some(word[1..].to_lowercase()),
                _ => words.push(word),
            }
        }
        let words = words.join(" ");
        if words.trim_matches('"').chars().count() < 3 && search.user.is_none() && search.after.is_none() {
            return None;
        }
        search.terms = terms(&words, true);
        Some(search)
    }

    fn fits(&self, topic: &Topic, post: &Post, now: Timestamp) -> bool {
        let day = post.at.strftime("%Y-%m-%d").to_string();
        if self.after.as_ref().is_some_and(|after| day < *after) || self.before.as_ref().is_some_and(|before| day >= *before) {
            return false;
        }
        if self.user.as_ref().is_some_and(|user| *user != post.author.handle.to_lowercase()) {
            return false;
        }
        if self.tag.as_ref().is_some_and(|tag| !topic.tags.contains(&tag.as_str())) {
            return false;
        }
        let mut text = tokens(&topic.title);
        if !self.in_title {
            // A post is indexed with its topic's title.
            text.push("\u{0}".to_owned());
            text.extend(tokens(post.words.at(now).text.unwrap_or("")));
        }
        found(&text, &self.terms)
    }
}
