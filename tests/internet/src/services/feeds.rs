//! Sites with a feed: RSS 2.0, Atom and JSON Feed, each with the conditional requests and the paging its kind has.

use jiff::Timestamp;
use serde_json::json;

use super::{Service, html};
use crate::fault::http_date;
use crate::story::{Entry, FeedFormat, Paper, grown};
use crate::truth::{Subject, Truth};
use crate::wire::{Ask, Reply};

/// One site.
pub struct Feed {
    hosts: [String; 1],
    paper: Paper,
}

impl Feed {
    /// Serves this paper.
    #[must_use]
    pub fn new(paper: Paper) -> Self {
        Self { hosts: [paper.host.to_owned()], paper }
    }

    /// What is published and not withdrawn, newest first.
    fn entries(&self, now: Timestamp) -> impl Iterator<Item = &Entry> {
        self.paper.entries.iter().rev().filter(move |entry| entry.at <= now && entry.words.at(now).text.is_some())
    }

    /// The last thing that happened to any entry, removals included.
    fn changed(&self, now: Timestamp) -> Option<Timestamp> {
        let past = self.paper.entries.iter().filter(|entry| entry.at <= now);
        past.flat_map(|entry| [Some(entry.at), entry.words.at(now).changed]).flatten().max()
    }

    fn link(&self, entry: &Entry) -> String {
        format!("https://{}/{}/{}", self.paper.host, entry.at.strftime("%Y/%m"), entry.slug)
    }

    fn page_size(&self) -> usize {
        match self.paper.format {
            FeedFormat::Rss => 100,
            FeedFormat::Atom => 50,
            FeedFormat::Json => 40,
        }
    }

    fn feed(&self, ask: &Ask, now: Timestamp) -> Reply {
        let name = if self.paper.format == FeedFormat::Rss { "paged" } else { "page" };
        let page = ask.param(name).and_then(|page| page.parse().ok()).unwrap_or(1_usize).max(1);
        let all: Vec<_> = self.entries(now).collect();
        let pages = all.len().div_ceil(self.page_size()).max(1);
        if page > pages {
            return Reply::text(404, "text/html; charset=utf-8", "<html><body>Nothing here</body></html>");
        }
        let start = (page - 1) * self.page_size();
        let mut shown: Vec<_> = all.into_iter().skip(start).take(self.page_size()).collect();
        if ask.empty {
            shown.clear();
        }
        let next = (page < pages).then(|| format!("https://{}{}?{name}={}", self.paper.host, self.paper.path, page + 1));
        let changed = self.changed(now).unwrap_or(now);
        let etag = format!("\"{:x}-{page}-{}\"", changed.as_millisecond(), shown.len());
        let modified = http_date(changed);
        // An entity tag wins over a date when both are sent (RFC 9110, 13.2.2).
        let fresh = match (ask.header("if-none-match"), ask.header("if-modified-since")) {
            (Some(known), _) => known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag),
            (None, Some(date)) => date == modified,
            (None, None) => false,
        };
        let reply = match self.paper.format {
            _ if fresh => Reply { status: 304, headers: Vec::new(), body: Vec::new() },
            FeedFormat::Rss => Reply::text(200, "application/rss+xml; charset=UTF-8", self.rss(&shown, now)),
            FeedFormat::Atom => Reply::text(200, "application/atom+xml; charset=utf-8", self.atom(&shown, next.as_deref(), now)),
            FeedFormat::Json => Reply::text(200, "application/feed+json; charset=utf-8", self.json(&shown, next.as_deref(), now)),
        };
        reply.with("etag", etag).with("last-modified", modified).with("cache-control", "max-age=300")
    }

    fn rss(&self, entries: &[&Entry], now: Timestamp) -> String {
        let Paper { host, path, title, language, .. } = &self.paper;
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
             xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\">\n<channel>\n<title>{title}</title>\n\
             <link>https://{host}/</link>\n<description>News of pocket technology</description>\n<language>{language}</language>\n\
             <ttl>15</ttl>\n<atom:link href=\"https://{host}{path}\" rel=\"self\" type=\"application/rss+xml\"/>\n"
        );
        for entry in entries {
            let body = html::cooked(entry.words.at(now).text.unwrap_or(""), |part| html::linked(part, false));
            let teaser = html::paragraphs(entry.words.at(now).text.unwrap_or("")).next().unwrap_or("");
            let tags: String = entry.tags.iter().map(|tag| format!("<category>{tag}</category>")).collect();
            out += &format!(
                "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"false\">{host}/?p={}</guid>\n\
                 <dc:creator><![CDATA[{}]]></dc:creator>\n<pubDate>{}</pubDate>\n{tags}<slash:comments>{}</slash:comments>\n\
                 <description><![CDATA[{} [&#8230;]]]></description>\n<content:encoded><![CDATA[{body}]]></content:encoded>\n</item>\n",
                html::escape(&entry.title),
                self.link(entry),
                entry.slug,
                entry.author,
                entry.at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
                grown(entry.comments, entry.at, now),
                html::escape(teaser),
            );
        }
        out + "</channel>\n</rss>\n"
    }

    fn atom(&self, entries: &[&Entry], next: Option<&str>, now: Timestamp) -> String {
        let Paper { host, path, title, language, .. } = &self.paper;
        let updated = self.changed(now).unwrap_or(now).strftime("%Y-%m-%dT%H:%M:%SZ");
        let next = next.map(|next| format!("<link rel=\"next\" href=\"{}\"/>\n", html::escape(next))).unwrap_or_default();
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{language}\">\n\
             <id>https://{host}/</id>\n<title>{}</title>\n<updated>{updated}</updated>\n\
             <link rel=\"self\" href=\"https://{host}{path}\"/>\n<link rel=\"alternate\" href=\"https://{host}/\"/>\n{next}",
            html::escape(title),
        );
        for entry in entries {
            let standing = entry.words.at(now);
            let text = standing.text.unwrap_or("");
            let body = html::cooked(text, |part| html::linked(part, false));
            let tags: String = entry.tags.iter().map(|tag| format!("<category term=\"{tag}\"/>")).collect();
            out += &format!(
                "<entry>\n<id>tag:{host},2026:{}</id>\n<title>{}</title>\n<link rel=\"alternate\" href=\"{}\"/>\n\
                 <published>{}</published>\n<updated>{}</updated>\n<author><name>{}</name></author>\n{tags}\n\
                 <summary>{}</summary>\n<content type=\"html\">{}</content>\n</entry>\n",
                entry.slug,
                html::escape(&entry.title),
                self.link(entry),
                // A paper in Paris states its own offset; in autumn both of its offsets occur.
                paris(entry.at),
                paris(standing.changed.unwrap_or(entry.at)),
                html::escape(&entry.author),
                html::escape(html::paragraphs(text).next().unwrap_or("")),
                html::escape(&body),
            );
        }
        out + "</feed>\n"
    }

    fn json(&self, entries: &[&Entry], next: Option<&str>, now: Timestamp) -> String {
        let Paper { host, path, title, language, .. } = &self.paper;
        let items: Vec<_> = entries
            .iter()
            .map(|entry| {
                let standing = entry.words.at(now);
                let body = html::cooked(standing.text.unwrap_or(""), |part| html::linked(part, false));
                let mut item = json!({
                    "id": self.link(entry), "url": self.link(entry), "title": entry.title, "content_html": body,
                    "date_published": entry.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                    "authors": [{ "name": entry.author, "url": format!("https://{host}/about") }], "tags": entry.tags,
                });
                if let Some(changed) = standing.changed {
                    item["date_modified"] = json!(changed.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
                }
                item
            })
            .collect();
        let mut feed = json!({
            "version": "https://jsonfeed.org/version/1.1", "title": title, "language": language,
            "home_page_url": format!("https://{host}/"), "feed_url": format!("https://{host}{path}"), "items": items,
        });
        if let Some(next) = next {
            feed["next_url"] = json!(next);
        }
        feed.to_string()
    }
}

/// An instant with the offset Paris had then; a fixed rule, so that no time zone database is needed.
fn paris(at: Timestamp) -> String {
    // Summer time ends on the last Sunday of October at 01:00 UTC: in 2026 that is the 25th.
    let winter = at.strftime("%m-%d %H").to_string().as_str() >= "10-25 01" || at.strftime("%m").to_string().as_str() < "04";
    let hours = if winter { 1 } else { 2 };
    let local = at + std::time::Duration::from_secs(hours * 3_600);
    format!("{}+0{hours}:00", local.strftime("%Y-%m-%dT%H:%M:%S"))
}

impl Service for Feed {
    fn name(&self) -> &str {
        self.paper.host
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.path == self.paper.path {
            return self.feed(ask, now);
        }
        if ask.path == "/robots.txt" {
            return Reply::text(200, "text/plain; charset=utf-8", "User-agent: *\nDisallow: /search\nDisallow: /wp-admin/\n");
        }
        if ask.path == "/" {
            let kind = match self.paper.format {
                FeedFormat::Rss => "application/rss+xml",
                FeedFormat::Atom => "application/atom+xml",
                FeedFormat::Json => "application/feed+json",
            };
            let page = format!(
                "<!DOCTYPE html><html lang=\"{}\"><head><title>{}</title><link rel=\"alternate\" type=\"{kind}\" href=\"{}\"></head></html>",
                self.paper.language,
                html::escape(self.paper.title),
                self.paper.path
            );
            return Reply::text(200, "text/html; charset=utf-8", page);
        }
        match self.entries(now).find(|entry| ask.path.ends_with(&format!("/{}", entry.slug))) {
            Some(entry) => {
                let body = html::cooked(entry.words.at(now).text.unwrap_or(""), |part| html::linked(part, false));
                let title = html::escape(&entry.title);
                let page = format!(
                    "<!DOCTYPE html><html lang=\"{}\"><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>",
                    self.paper.language
                );
                Reply::text(200, "text/html; charset=utf-8", page)
            }
            None => Reply::text(404, "text/html; charset=utf-8", "<html><body>Not found</body></html>"),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let entry = self.paper.entries.iter_mut().find(|entry| entry.slug == id);
        entry.map(|entry| entry.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.entries(now).count()
    }

    fn subject(&self) -> Option<Subject> {
        let settings = json!({ "urls": [format!("https://{}{}", self.paper.host, self.paper.path)] });
        // Half a feed is still one, and an entry that is gone from a feed is only no longer listed.
        let json = self.paper.format == FeedFormat::Json;
        Some(Subject { settings, json, refreshes: false, ..Subject::of("feed") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let Paper { host, path, language, format, .. } = &self.paper;
        let truth = |entry: &Entry| Truth {
            id: match format {
                FeedFormat::Rss => format!("https://{host}{path}#{host}/?p={}", entry.slug),
                FeedFormat::Atom => format!("tag:{host},2026:{}", entry.slug),
                FeedFormat::Json => self.link(entry),
            },
            kind: "article",
            author: Some(Some(match format {
                FeedFormat::Json => format!("https://{host}/about"),
                FeedFormat::Rss | FeedFormat::Atom => format!("{host}/{}", entry.author),
            })),
            published: Some(Some(Timestamp::from_second(entry.at.as_second()).unwrap_or(entry.at))),
            title: Some(entry.title.clone()),
            language: Some(Some((*language).to_owned())),
            parent: Some(None),
            thread: Some(None),
            ..Truth::default()
        };
        self.entries(now).take(self.page_size()).map(truth).collect()
    }
}
