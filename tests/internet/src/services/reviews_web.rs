//! A shop whose pages mark up reviews, each page in its own way.
//!
//! Kept quirks: JSON-LD on one page, microdata on the next, both on the third; JSON-LD inside a comment, with trailing commas and
//! entities; scales of five, ten and a hundred; a review without words; averages beside reviews; pages that name the next one; a sitemap
//! that also lists another host's pages and pages without markup.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::html;
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "reviews-web.example";
const PAGE: usize = 10;

/// The service.
pub struct ReviewsWeb {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl ReviewsWeb {
    /// Serves a slice of the story's conversations: every topic is a product, every post a review of it.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(slice, 24) }
    }

    /// A product's reviews at `now`, newest first.
    fn reviews(talk: &Talk, now: Timestamp) -> Vec<&Post> {
        let mut living: Vec<&Post> =
            talk.posts.iter().filter(|post| post.at <= now && post.words.at(now).text.is_some()).collect();
        living.sort_by_key(|post| std::cmp::Reverse((post.at, post.id)));
        living
    }

    fn page(&self, talk: &Talk, ask: &Ask, now: Timestamp) -> Reply {
        let all = Self::reviews(talk, now);
        let number = ask.param("page").and_then(|page| page.parse().ok()).unwrap_or(1_usize).max(1);
        let shown: Vec<&Post> =
            if ask.empty { Vec::new() } else { all.iter().skip((number - 1) * PAGE).take(PAGE).copied().collect() };
        let more = all.len() > number * PAGE;
        let next = if more { format!("<link rel=\"next\" href=\"?page={}\">", number + 1) } else { String::new() };
        let title = html::escape(&talk.topic.title);
        let body = match syntax(talk) {
            0 => jsonld(talk, &shown, now),
            1 => microdata(talk, &shown, now),
            _ => jsonld(talk, &shown, now) + &microdata(talk, &shown, now),
        };
        let page = format!(
            "<!doctype html><html lang=\"{}\"><head><title>{title}</title>{next}</head><body><h1>{title}</h1>{body}\
             <p>Everything about it.</p></body></html>",
            talk.language
        );
        Reply::text(200, "text/html; charset=utf-8", page)
    }

    fn sitemap(&self, now: Timestamp) -> Reply {
        let told = self.talks.iter().filter(|talk| talk.posts[0].at <= now);
        let pages: String = told
            .map(|talk| {
                format!("<url><loc>https://{HOST}/p/{}</loc><lastmod>{}</lastmod></url>", talk.topic.id, now.strftime("%Y-%m-%d"))
            })
            .collect();
        Reply::text(
            200,
            "application/xml",
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
             <url><loc>https://{HOST}/about?a=1&amp;b=2</loc></url><url><loc>https://elsewhere.example/p/1</loc></url>{pages}</urlset>"
            ),
        )
    }

    /// Every review at `now`, with its product.
    fn living(&self, now: Timestamp) -> impl Iterator<Item = (&Talk, &Post)> {
        self.talks.iter().flat_map(move |talk| Self::reviews(talk, now).into_iter().map(move |post| (talk, post)))
    }
}

/// Which syntax a product's page uses.
fn syntax(talk: &Talk) -> u64 {
    talk.topic.id % 3
}

/// Stars, 1 to 5.
fn stars(post: &Post) -> u64 {
    post.id % 5 + 1
}

fn jsonld(talk: &Talk, shown: &[&Post], now: Timestamp) -> String {
    let reviews: Vec<Value> = shown.iter().map(|post| {
        // Texts were put into the block as HTML, so their signs are references.
        let text = html::escape(post.words.at(now).text.unwrap_or_default());
        let rating = match post.id % 3 {
            0 => json!({ "@type": "Rating", "ratingValue": stars(post).to_string() }),
            1 => json!({ "@type": "Rating", "ratingValue": format!("{},0", (stars(post) - 1) * 2), "worstRating": 0, "bestRating": "8" }),
            _ => json!({ "@type": "Rating", "ratingValue": (stars(post) - 1) * 25, "worstRating": "0", "bestRating": 100 }),
        };
        json!({ "@type": "Review", "@id": address(post), "reviewBody": text, "datePublished": post.at.to_string(), "reviewRating": rating,
            "author": { "@type": "Person", "name": html::escape(&post.author.name) }, "inLanguage": talk.language,
            "interactionStatistic": { "@type": "InteractionCounter", "interactionType": "https://schema.org/LikeAction", "userInteractionCount": grown(post.likes, post.at, now) } })
    }).collect();
    let product = json!({ "@context": "https://schema.org", "@graph": [{ "@type": "Product", "@id": format!("https://{HOST}/p/{}#product", talk.topic.id), "name": talk.topic.title,
        "aggregateRating": { "@type": "AggregateRating", "ratingValue": "3.5", "reviewCount": talk.posts.len() }, "review": reviews }] });
    // As templates write it: in a comment, with a comma too many.
    let text = product.to_string().replace("}]}]}", "}],}]}");
    format!("<script type=\"application/ld+json\">\n//<![CDATA[\n{text}\n//]]>\n</script>")
}

fn microdata(talk: &Talk, shown: &[&Post], now: Timestamp) -> String {
    let reviews: String = shown.iter().map(|post| {
        let text = html::cooked(post.words.at(now).text.unwrap_or_default(), str::to_owned);
        format!(
            "<div itemprop=\"review\" itemscope itemtype=\"https://schema.org/Review\" itemid=\"{}\"><span itemprop=\"author\" itemscope \
             itemtype=\"https://schema.org/Person\"><b itemprop=\"name\">{}</b></span><time itemprop=\"datePublished\" datetime=\"{}\">then</time>\
             <span itemprop=\"reviewRating\" itemscope itemtype=\"https://schema.org/Rating\"><meter itemprop=\"ratingValue\" value=\"{}\">stars</meter></span>\
             <meta itemprop=\"inLanguage\" content=\"{}\"><div itemprop=\"interactionStatistic\" itemscope itemtype=\"https://schema.org/InteractionCounter\">\
             <link itemprop=\"interactionType\" href=\"https://schema.org/LikeAction\"><meta itemprop=\"userInteractionCount\" content=\"{}\"></div>\
             <div itemprop=\"reviewBody\">{text}</div></div>",
            address(post),
            html::escape(&post.author.name),
            post.at,
            stars(post),
            talk.language,
            grown(post.likes, post.at, now),
        )
    }).collect();
    format!(
        "<div itemscope itemtype=\"https://schema.org/Product\"><span itemprop=\"name\">{}</span>{reviews}</div>",
        html::escape(&talk.topic.title)
    )
}

fn address(post: &Post) -> String {
    format!("https://{HOST}/r/{}", post.id)
}

impl Service for ReviewsWeb {
    fn name(&self) -> &str {
        "reviews-web"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let parts: Vec<_> = ask.path.trim_matches('/').split('/').collect();
        let missing = || Reply::text(404, "text/html; charset=utf-8", "<!doctype html><title>Not found</title>");
        match parts[..] {
            ["robots.txt"] => {
                Reply::text(200, "text/plain", format!("User-agent: *\nDisallow: /cart\nSitemap: https://{HOST}/sitemap.xml\n"))
            }
            ["sitemap.xml"] => self.sitemap(now),
            ["about"] => {
                Reply::text(200, "text/html; charset=utf-8", "<!doctype html><title>About us</title><p>We sell phones.</p>")
            }
            ["p", id] => match self.talks.iter().find(|talk| talk.topic.id.to_string() == id && talk.posts[0].at <= now) {
                Some(talk) => self.page(talk, ask, now),
                None => missing(),
            },
            _ => missing(),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let number = id.rsplit('/').next().unwrap_or_default();
        let post = self.talks.iter_mut().flat_map(|talk| &mut talk.posts).find(|post| post.id.to_string() == number);
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.living(now).count()
    }

    fn subject(&self) -> Option<Subject> {
        let settings = json!({ "sitemaps": [format!("https://{HOST}/sitemap.xml")], "pages": 100 });
        Some(Subject { settings, refreshes: false, ..Subject::of("reviews-web") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let tell = |(talk, post): (&Talk, &Post)| Truth {
            id: address(post),
            kind: "review",
            author: Some(Some(format!("{HOST}/{}", post.author.name))),
            published: Some(Some(post.at)),
            text: post.words.at(now).text.unwrap_or_default().to_owned(),
            parent: Some(None),
            thread: Some(None),
            #[expect(clippy::cast_precision_loss, reason = "one to five stars")]
            rating: Some(Some((stars(post) - 1) as f64 / 4.0)),
            language: Some(Some(talk.language.to_owned())),
            counters: [Some(u64::from(grown(post.likes, post.at, now))), None, None, None],
            ..Truth::default()
        };
        self.living(now).map(tell).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let says = |what, reply, class| Spoken { what, path: "/sitemap.xml", reply, class, pause_ms: None };
        vec![
            says(
                "a wall for robots",
                Reply::text(403, "text/html", "<!doctype html><title>Just a moment...</title>"),
                "forbidden",
            ),
            says(
                "a page where a sitemap belongs",
                Reply::text(200, "text/html", "<!doctype html><title>Shop</title>"),
                "unexpected-answer",
            ),
            says("a sitemap that is gone", Reply::text(410, "text/html", "<p>gone"), "gone"),
            says("a busy shop", Reply::text(503, "text/html", "<p>busy").with("retry-after", "30"), "transient"),
        ]
    }
}
