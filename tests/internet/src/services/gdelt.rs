//! GDELT's article search (`api.gdeltproject.org/api/v2/doc/doc`).
//!
//! Kept quirks: refusals as text with status 200; `{}` where nothing is found; at most 250 articles and no pages; dates on a grid of fifteen
//! minutes; blanks around punctuation; titles with escapes JSON does not have; articles without a country.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::matching::{Term, found, terms, tokens};
use crate::story::{Post, Story, Talk};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "api.gdeltproject.org";
const MOST: usize = 250;
const GRID_SECS: i64 = 900;
/// One title in so many has a backslash that escapes nothing.
const BROKEN_EVERY: u64 = 5;

/// The service.
pub struct Gdelt {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl Gdelt {
    /// Serves a slice of the story: what is said there, as if papers had reported it.
    #[must_use]
    pub fn new(story: &Story) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(13, 24) }
    }

    fn posts(&self) -> impl Iterator<Item = (&Talk, &Post)> {
        self.talks.iter().flat_map(|talk| talk.posts.iter().map(move |post| (talk, post)))
    }

    /// Articles at `now` that were not taken back, newest first.
    fn living(&self, now: Timestamp) -> Vec<(&Talk, &Post)> {
        let there = |(_, post): &(&Talk, &Post)| seen(post) <= now && post.words.at(now).text.is_some();
        let mut living: Vec<(&Talk, &Post)> = self.posts().filter(there).collect();
        living.sort_by_key(|(_, post)| std::cmp::Reverse((seen(post), post.id)));
        living
    }

    fn title(talk: &Talk, post: &Post) -> String {
        format!("{} - {}", talk.topic.title, post.id)
    }

    fn is_hit(talk: &Talk, post: &Post, wanted: &[Vec<Term>], now: Timestamp) -> bool {
        let text = tokens(&format!("{} \u{0} {}", Self::title(talk, post), post.words.at(now).text.unwrap_or("")));
        wanted.is_empty() || wanted.iter().any(|terms| found(&text, terms))
    }

    fn article(talk: &Talk, post: &Post) -> Value {
        let french = talk.language == "fr";
        let apart = Self::title(talk, post).replace(',', " ,").replace('(', "( ");
        let mut article = json!({
            "url": address(post), "url_mobile": "", "title": apart, "seendate": seen(post).strftime("%Y%m%dT%H%M%SZ").to_string(),
            "socialimage": "", "domain": outlet(post), "language": if french { "French" } else { "English" },
        });
        if !post.id.is_multiple_of(3) {
            article["sourcecountry"] = json!(if french { "France" } else { "United Kingdom" });
        }
        article
    }
}

impl Service for Gdelt {
    fn name(&self) -> &str {
        "gdelt"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.path != "/api/v2/doc/doc" {
            return Reply::text(404, "text/html", "<html>Not Found");
        }
        let query = ask.param("query").unwrap_or("").trim();
        if query.chars().count() < 3 || query.chars().count() > 250 {
            return said("Your query was too short or too long.");
        }
        if query.contains(" OR ") && !query.starts_with('(') {
            return said("Queries containing OR'd terms must be surrounded by ().");
        }
        let bound = |name: &str| ask.param(name).and_then(date);
        let (Some(start), Some(end)) = (bound("startdatetime"), bound("enddatetime")) else {
            return said("Invalid query start date.");
        };
        if now.duration_since(start).as_secs() > 92 * 86_400 {
            return said("Invalid query start date.");
        }
        if end.duration_since(start).as_secs() < GRID_SECS {
            return said("Timespan is too short.");
        }
        let words = query.trim_start_matches('(').trim_end_matches(')');
        let wanted: Vec<Vec<Term>> =
            words.split(" OR ").map(|words| terms(&format!("\"{}\"", words.replace('"', "")), false)).collect();
        let most = ask.param("maxrecords").and_then(|most| most.parse().ok()).unwrap_or(75).min(MOST);
        let living = self.living(now);
        let shown = living
            .iter()
            .filter(|(talk, post)| seen(post) >= start && seen(post) <= end && Self::is_hit(talk, post, &wanted, now))
            .take(if ask.empty { 0 } else { most });
        let articles: Vec<Value> = shown.map(|(talk, post)| Self::article(talk, post)).collect();
        if articles.is_empty() {
            return Reply::json(&json!({}));
        }
        let mut body = json!({ "articles": articles }).to_string();
        for (_, post) in living.iter().filter(|(_, post)| post.id.is_multiple_of(BROKEN_EVERY)) {
            body = body.replace(&format!(" - {}\"", post.id), &format!(" \\- {}\"", post.id));
        }
        Reply::text(200, "application/json; charset=utf-8", body)
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let post =
            self.talks.iter_mut().flat_map(|talk| &mut talk.posts).find(|post| address(post) == id || post.id.to_string() == id);
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.living(now).len()
    }

    fn subject(&self) -> Option<Subject> {
        // There is no way to read an article again.
        Some(Subject { search: Some("lumio OR ostra"), refreshes: false, ..Subject::of("gdelt") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let wanted: Vec<Vec<Term>> = ["\"lumio\"", "\"ostra\""].iter().map(|words| terms(words, false)).collect();
        let hits = self.living(now).into_iter().filter(|(talk, post)| Self::is_hit(talk, post, &wanted, now));
        let truth = |(talk, post): (&Talk, &Post)| Truth {
            id: address(post),
            kind: "article",
            author: Some(Some(outlet(post))),
            published: Some(Some(seen(post))),
            title: Some(Self::title(talk, post)),
            parent: Some(None),
            thread: Some(None),
            original: Some(None),
            language: Some(Some(talk.language.to_owned())),
            ..Truth::default()
        };
        hits.map(truth).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class| Spoken { what, path: "", reply, class, pause_ms: None };
        vec![
            spoken("a query it does not take", said("Your query was too short or too long."), "settings"),
            spoken("a phrase it does not take", said("The specified phrase is too short."), "settings"),
            spoken("a span it does not take", said("Timespan is too short."), "unexpected-answer"),
            Spoken { pause_ms: Some(5_000), ..spoken("too many requests, as text", said(SLOWLY), "rate-limited") },
            spoken("an overload", Reply::text(503, "text/html", "<html>Service Unavailable"), "transient"),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        Reply::text(429, "text/html; charset=utf-8", SLOWLY).with("retry-after", retry_after_secs.to_string())
    }
}

const SLOWLY: &str = "Please limit requests to one every 5 seconds or contact the project for larger queries.";

fn said(words: &str) -> Reply {
    Reply::text(200, "text/html; charset=utf-8", words)
}

fn outlet(post: &Post) -> String {
    format!("paper{}.example", post.author.id % 7)
}

fn address(post: &Post) -> String {
    format!("https://{}/news/{}", outlet(post), post.id)
}

/// The quarter of an hour in which it was found.
fn seen(post: &Post) -> Timestamp {
    let seconds = post.at.as_second();
    Timestamp::from_second(seconds + (GRID_SECS - seconds.rem_euclid(GRID_SECS)) % GRID_SECS).unwrap_or(post.at)
}

/// `YYYYMMDDHHMMSS`
fn date(digits: &str) -> Option<Timestamp> {
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| &digits[from..to];
    format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14)).parse().ok()
}
