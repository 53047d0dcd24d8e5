//! Plans feeds, walks searches, accounts and quotes, reads posts again.

mod ask;
mod legacy;
mod refresh;
mod walk;

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::{Batch, Failure, Feed, Instant, Poll, Search, ids, time};

use crate::parse::{Post, is_number};
use crate::{Kind, Settings, normalize, query};

pub(crate) use refresh::refresh;

const DAY_MS: i64 = 86_400_000;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A search in X's syntax. `quiet`: for replies to a post that had none when it was found.
    Search {
        query: String,
        #[serde(default)]
        quiet: bool,
    },
    /// Posts of an account, by name or number.
    User { name: String },
    /// Posts that quote a post. `quiet`: none did when it was found.
    Quotes {
        post: String,
        #[serde(default)]
        quiet: bool,
    },
}

impl Params {
    /// The post whose replies or quotes are read.
    fn post(&self) -> Option<&str> {
        match self {
            Self::Search { query, .. } => query.strip_prefix("conversation_id:"),
            Self::User { .. } => None,
            Self::Quotes { post, .. } => Some(post),
        }
    }

    const fn is_quiet(&self) -> bool {
        matches!(self, Self::Search { quiet: true, .. } | Self::Quotes { quiet: true, .. })
    }
}

/// One feed for each query the searches need, one for each account, and those of single posts.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.conversations_for_ms()?;
    let mut feeds: Vec<Feed> = Vec::new();
    let mut add = |feed: Feed| {
        if feeds.iter().all(|known| known.id != feed.id) {
            feeds.push(feed);
        }
    };
    for query in searches.iter().flat_map(|search| query::queries(search, settings.max_query)) {
        let title = format!("search for {}", query.chars().take(120).collect::<String>());
        add(Feed::new(format!("search:{}", ids::short(&query)), title).with_params(&Params::Search { query, quiet: false }));
    }
    for name in &settings.users {
        let name = name.trim().trim_start_matches('@').to_ascii_lowercase();
        if name.is_empty() || name.len() > 20 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(Failure::settings(format!("setting `users`: `{name}` is no name or number of an account")));
        }
        add(Feed::new(format!("user:{name}"), format!("posts of {name}")).with_params(&Params::User { name }));
    }
    for post in &settings.posts {
        let post = post.trim();
        if !is_number(post) {
            return Err(Failure::settings(format!(
                "setting `posts`: `{post}` is no number of a post, such as 1460323737035677698"
            )));
        }
        add(conversation(post, false));
        add(quotes(post, false));
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "there is nothing to read: X searches by words, and the topics have none that can be searched; give `users` the name of an account",
        ));
    }
    Ok(feeds)
}

fn conversation(post: &str, quiet: bool) -> Feed {
    let query = format!("conversation_id:{post}");
    Feed::new(format!("conversation:{post}"), format!("replies to post {post}")).with_params(&Params::Search { query, quiet })
}

fn quotes(post: &str, quiet: bool) -> Feed {
    Feed::new(format!("quotes:{post}"), format!("quotes of post {post}"))
        .with_params(&Params::Quotes { post: post.to_owned(), quiet })
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    let params = request.feed.read_params()?;
    match params {
        Params::Search { query, .. } if settings.search == Kind::Legacy => legacy::poll(settings, request, &query),
        params => walk::poll(settings, request, &params),
    }
}

/// A batch of what a page brings: posts, and the feeds of their replies and quotes where they have some or may have yet.
fn batch(settings: &Settings, posts: &[Post], since: Option<Instant>) -> Result<Batch, Failure> {
    let read_for = settings.conversations_for_ms()?;
    let mut batch = Batch::new();
    for post in posts {
        let mention = normalize::post(post);
        let published = mention.published.map(|moment| moment.at);
        if time::is_before(published, since) {
            continue;
        }
        if !post.is_share() {
            let below = Conversation::new(published, read_for);
            // The search of version 1.1 says no numbers, and knows neither conversations nor quotes.
            let wanted = |count: &u64| below.is_worth_reading(Some(*count));
            // A conversation has one feed, whichever of its posts was found.
            if let Some(count) = post.replies.filter(wanted).filter(|_| settings.conversations && post.replied_to.is_none()) {
                let first = post.conversation.as_deref().unwrap_or(post.first());
                batch.feeds.push(conversation(first, count == 0).expires_at(below.expires_at()));
            }
            if let Some(count) = post.quotes.filter(wanted).filter(|_| settings.quotes) {
                batch.feeds.push(quotes(&post.id, count == 0).expires_at(below.expires_at()));
            }
        }
        batch = batch.upsert(mention);
    }
    Ok(batch)
}
