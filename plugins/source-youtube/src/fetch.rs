//! Plans feeds, walks searches, uploads, comments and replies, reads mentions again.

mod comments;
mod refresh;
mod replies;
mod search;
mod uploads;
mod videos;

use serde::{Deserialize, Serialize};
use vigie_plugin::http::{Request, Response};
use vigie_plugin::{Batch, Failure, Feed, Instant, Poll, Search, google, http, ids, log};

use crate::{Settings, query};

pub(crate) use refresh::refresh;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How a feed is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A search, one of so many that share the day's searches.
    Search { query: String, of: u32 },
    /// The videos of a channel.
    Uploads { channel: String },
    /// A video that is named in the settings, and the comments below it.
    Video { video: String },
    /// All comments below the videos of a channel that is named in the settings.
    Threads { channel: String },
    /// The comments below a video that was found; until when they are read.
    Comments { video: String, title: Option<String>, ends: Instant },
    /// The replies of a thread that has more of them than come with it.
    Replies { thread: String, video: Option<String>, title: Option<String> },
}

/// A feed for each query, channel and video.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.comments_for_ms()?;
    let (channels, videos) = (settings.channel_ids()?, settings.video_ids()?);
    let queries = if settings.search { query::queries(searches) } else { Vec::new() };
    let of = u32::try_from(queries.len()).unwrap_or(u32::MAX);
    if of > settings.searches_per_day {
        log::warn(format_args!(
            "{of} searches share {} a day: each is made once a day, and the day's quota will not do for all; use fewer alternatives",
            settings.searches_per_day
        ));
    }
    let mut feeds: Vec<Feed> = queries
        .into_iter()
        .map(|query| {
            let feed = Feed::new(format!("search:{}", ids::short(&query)), format!("search for {query}"));
            feed.with_params(&Params::Search { query, of })
        })
        .collect();
    for channel in channels {
        let uploads = Feed::new(format!("uploads:{channel}"), format!("videos of channel {channel}"));
        feeds.push(uploads.with_params(&Params::Uploads { channel: channel.clone() }));
        if settings.comments {
            let threads = Feed::new(format!("threads:{channel}"), format!("comments of channel {channel}"));
            feeds.push(threads.with_params(&Params::Threads { channel }));
        }
    }
    for video in videos {
        let feed = Feed::new(format!("video:{video}"), format!("video {video} and its comments"));
        feeds.push(feed.with_params(&Params::Video { video }));
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "there is nothing to read: give the connector topics with words to search for, or name channels or videos in its settings",
        ));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Search { query, of } => search::poll(settings, request, &query, of),
        Params::Uploads { channel } => uploads::poll(settings, request, &channel),
        Params::Video { video } => comments::poll(settings, request, &comments::Below::Named(video)),
        Params::Threads { channel } => comments::poll(settings, request, &comments::Below::Channel(channel)),
        Params::Comments { video, title, ends } => {
            comments::poll(settings, request, &comments::Below::Found { video, title, ends })
        }
        Params::Replies { thread, video, title } => replies::poll(request, &thread, video.as_deref(), title.as_deref()),
    }
}

/// A request to one of the API's lists.
fn list(name: &str, part: &str) -> Request {
    http::get(format!("https://www.googleapis.com/youtube/v3/{name}")).query("part", part).query_secret("key", "api-key")
}

fn ask(request: Request) -> Result<Response, Failure> {
    google::check(request.send()?)
}
