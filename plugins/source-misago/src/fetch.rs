//! Plans feeds; reads them.

mod latest;
mod thread;

use serde::{Deserialize, Serialize};
use vigie_plugin::http::{self, Request};
use vigie_plugin::{Batch, Change, Failure, Feed, Instant, Poll, time};

use crate::Settings;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// Threads in the order of their last posts, of a category or of the whole forum.
    Latest { category: Option<String> },
    /// The posts of a thread.
    Thread { tid: String },
}

/// The forum or its categories, and threads.
pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    let base = settings.base()?;
    let categories = Settings::numbers("categories", &settings.categories)?;
    let threads = Settings::numbers("threads", &settings.threads)?;
    let mut feeds = Vec::new();
    if categories.is_empty() && threads.is_empty() {
        feeds.push(Feed::new("latest", format!("newest posts of {base}")).with_params(&Params::Latest { category: None }));
    }
    feeds.extend(categories.into_iter().map(|category| {
        Feed::new(format!("category:{category}"), format!("newest posts of category {category} of {base}"))
            .with_params(&Params::Latest { category: Some(category) })
    }));
    feeds.extend(threads.into_iter().map(|tid| {
        Feed::new(format!("thread:{tid}"), format!("posts of thread {tid} of {base}")).with_params(&Params::Thread { tid })
    }));
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Latest { category } => latest::poll(settings, request, category.as_deref()),
        Params::Thread { tid } => thread::poll(settings, request, &tid),
    }
}

/// A page of a thread's posts.
fn posts_at(base: &str, tid: &str, page: u64) -> Request {
    http::get(format!("{base}/api/threads/{tid}/posts/")).query("page", page)
}

/// Changes without those older than wanted.
fn wanted(changes: Vec<Change>, since: Option<Instant>) -> impl Iterator<Item = Change> {
    changes.into_iter().filter(move |change| {
        let Change::Upsert(mention) = change else { return true };
        let changed = mention.edited.or(mention.published).map(|moment| moment.at);
        !time::is_before(changed, since)
    })
}
