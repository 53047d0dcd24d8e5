//! The feed of customer reviews of Apple's App Store, one storefront in French and one in English.
//!
//! Kept quirks: every scalar is `{"label": …}`; a list of one is an object, a list of none is absent; the French list begins with the app
//! itself; the English JSON has no dates, only its XML has; page eleven is a line of text with status 200; the next page's address leads
//! to another form; an edit moves a review to the head and has the one date there is; dates are those of Cupertino.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::Service;
use super::html;
use crate::story::{Post, Story, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const APP: &str = "497799835";
const PAGE: usize = 50;
const PAGES: usize = 10;

/// The service.
pub struct AppStore {
    hosts: [String; 1],
    /// Country and its reviews.
    stores: Vec<(&'static str, Vec<Post>)>,
}

impl AppStore {
    /// Serves a slice of the story's conversations: every post is a review.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        let talks = story.talks(slice, 24);
        let of =
            |language: &str| talks.iter().filter(|talk| talk.language == language).flat_map(|talk| talk.posts.clone()).collect();
        Self { hosts: ["itunes.apple.com".to_owned()], stores: vec![("fr", of("fr")), ("us", of("en"))] }
    }

    /// A storefront's reviews at `now`, last changed first, as far as the service shows them.
    fn reviews(&self, country: &str, now: Timestamp) -> Vec<&Post> {
        let all = self.stores.iter().find(|(code, _)| *code == country).map_or(&[][..], |(_, posts)| posts.as_slice());
        let mut living: Vec<&Post> = all.iter().filter(|post| post.at <= now && post.words.at(now).text.is_some()).collect();
        living.sort_by_key(|post| std::cmp::Reverse((changed(post, now), post.id)));
        living.truncate(PAGE * PAGES);
        living
    }

    fn feed(&self, country: &str, page: usize, xml: bool, ask: &Ask, now: Timestamp) -> Reply {
        if page > PAGES {
            return Reply::text(200, "text/plain", format!("CustomerReviews RSS page depth is limited to {PAGES}\n"));
        }
        let shown: Vec<&Post> = if ask.empty {
            Vec::new()
        } else {
            self.reviews(country, now).into_iter().skip((page - 1) * PAGE).take(PAGE).collect()
        };
        if xml {
            let entries: String = shown.iter().map(|post| entry_xml(post, country, now)).collect();
            return Reply::text(
                200,
                "text/xml; charset=utf-8",
                format!(
                    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns:im=\"http://itunes.apple.com/rss\" xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\
                 <id>https://itunes.apple.com/rss</id><title>iTunes Store: Customer Reviews</title>{entries}</feed>"
                ),
            );
        }
        let mut entries: Vec<Value> = shown.iter().map(|post| entry(post, country, now)).collect();
        if country == "fr" && page == 1 && !entries.is_empty() {
            entries.insert(0, json!({ "im:name": { "label": "Lumio" }, "id": { "label": format!("https://apps.apple.com/fr/app/id{APP}") }, "title": { "label": "Lumio" } }));
        }
        let next = format!(
            "https://itunes.apple.com/{country}/rss/customerreviews/page={}/id={APP}/sortby=mostrecent/xml?urlDesc=/json",
            (page + 1).min(PAGES)
        );
        let mut feed = json!({ "author": { "name": { "label": "iTunes Store" } }, "id": { "label": "https://itunes.apple.com/rss" },
            "link": [{ "attributes": { "rel": "next", "href": next } }] });
        match entries.len() {
            0 => {}
            1 => feed["entry"] = entries.remove(0),
            _ => feed["entry"] = json!(entries),
        }
        Reply::json(&json!({ "feed": feed }))
    }
}

/// The one date the service states.
fn changed(post: &Post, now: Timestamp) -> Timestamp {
    post.words.at(now).changed.unwrap_or(post.at)
}

fn instant(at: Timestamp) -> String {
    TimeZone::fixed(Offset::constant(-7)).to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S-07:00").to_string()
}

/// One review in forty has lost its stars.
fn stars(post: &Post) -> Option<u64> {
    (!post.id.is_multiple_of(40)).then_some(post.id % 5 + 1)
}

/// The first words of a review.
fn title(post: &Post) -> String {
    post.words.first().split_whitespace().take(4).collect::<Vec<_>>().join(" ")
}

fn entry(post: &Post, country: &str, now: Timestamp) -> Value {
    let label = |text: String| json!({ "label": text });
    let helpful = grown(post.likes, post.at, now);
    let mut entry = json!({
        "author": { "uri": label(format!("https://itunes.apple.com/{country}/reviews/id{}?l=en", post.author.id)), "name": label(post.author.name.clone()), "label": "" },
        "im:version": label("5.2".to_owned()), "im:rating": label(stars(post).map_or(String::new(), |stars| stars.to_string())),
        "id": label(post.id.to_string()), "title": label(title(post)),
        "content": { "label": post.words.at(now).text.unwrap_or_default(), "attributes": { "type": "text" } },
        "im:voteSum": label(helpful.to_string()), "im:voteCount": label((helpful + 1).to_string()),
    });
    if country == "fr" {
        entry["updated"] = label(instant(changed(post, now)));
    }
    entry
}

fn entry_xml(post: &Post, country: &str, now: Timestamp) -> String {
    let helpful = grown(post.likes, post.at, now);
    format!(
        "<entry><updated>{}</updated><id>{}</id><title>{}</title><content type=\"text\">{}</content><im:voteSum>{helpful}</im:voteSum>\
         <im:voteCount>{}</im:voteCount><im:rating>{}</im:rating><im:version>5.2</im:version><author><name>{}</name>\
         <uri>https://itunes.apple.com/{country}/reviews/id{}</uri></author></entry>",
        instant(changed(post, now)),
        post.id,
        html::escape(&title(post)),
        html::escape(post.words.at(now).text.unwrap_or_default()),
        helpful + 1,
        stars(post).map_or(String::new(), |stars| stars.to_string()),
        html::escape(&post.author.name),
        post.author.id,
    )
}

impl Service for AppStore {
    fn name(&self) -> &str {
        "appstore"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let parts: Vec<_> = ask.path.trim_matches('/').split('/').collect();
        let [country, "rss", "customerreviews", rest @ ..] = &parts[..] else {
            return Reply::text(404, "text/html", "<html><body>Not found</body></html>");
        };
        let value = |name: &str| rest.iter().find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        let page = value("page").map_or(Some(1), |page| page.parse().ok()).unwrap_or(1);
        if value("id") != Some(APP) {
            return Reply::json(&json!({ "feed": { "link": [] } }));
        }
        self.feed(country, page, rest.last() == Some(&"xml"), ask, now)
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let post = self.stores.iter_mut().flat_map(|(_, posts)| posts).find(|post| post.id.to_string() == id);
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.stores.iter().map(|(country, _)| self.reviews(country, now).len()).sum()
    }

    fn subject(&self) -> Option<Subject> {
        let settings = json!({ "apps": [APP], "countries": ["fr", "us"] });
        Some(Subject { settings, whole_history: false, refreshes: false, ..Subject::of("appstore") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let tell = |post: &&Post| Truth {
            id: post.id.to_string(),
            kind: "review",
            author: Some(Some(post.author.id.to_string())),
            published: Some(Some(changed(post, now))),
            title: Some(title(post)),
            text: post.words.at(now).text.unwrap_or_default().to_owned(),
            parent: Some(None),
            thread: Some(Some(format!("app/{APP}"))),
            #[expect(clippy::cast_precision_loss, reason = "one to five stars")]
            rating: Some(stars(post).map(|stars| (stars - 1) as f64 / 4.0)),
            language: Some(None),
            counters: [Some(u64::from(grown(post.likes, post.at, now))), None, None, None],
            ..Truth::default()
        };
        self.stores.iter().flat_map(|(country, _)| self.reviews(country, now).iter().map(tell).collect::<Vec<_>>()).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let says = |what, reply, class| Spoken { what, path: "", reply, class, pause_ms: None };
        vec![
            says(
                "a page too deep",
                Reply::text(200, "text/plain", "CustomerReviews RSS page depth is limited to 10\n"),
                "unexpected-answer",
            ),
            says(
                "a page of the store",
                Reply::text(200, "text/html", "<!doctype html><html><body>App Store</body></html>"),
                "unexpected-answer",
            ),
            says("a bad gateway", Reply::text(502, "text/html", "<html><body>Bad Gateway</body></html>"), "transient"),
        ]
    }
}
