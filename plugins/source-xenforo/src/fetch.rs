//! Where a board has its feeds, pages and its interface.

use vigie_plugin::forum::walk::{self, Board, Found};
use vigie_plugin::forum::{Listing, Post, Topic};
use vigie_plugin::http::{self, Request, Response};
use vigie_plugin::{Batch, Change, Failure, Feed, Mention, Poll};

use crate::{Settings, normalize, parse};

/// Name of the secret that holds the key.
const KEY: &str = "api-key";

/// A board that is read by its pages.
struct Pages {
    base: String,
}

impl Board for Pages {
    fn topic(&self, answer: &Response) -> Result<Topic, Failure> {
        parse::topic(answer)
    }

    fn listing(&self, answer: &Response) -> Result<Listing, Failure> {
        parse::listing(answer)
    }

    fn entries(&self, answer: &Response) -> Result<Vec<Found>, Failure> {
        Ok(parse::feed(answer)?.into_iter().map(normalize::found).collect())
    }

    fn mention(&self, topic: &Topic, post: &Post) -> Mention {
        normalize::mention(topic, post, &self.base)
    }

    fn post_url(&self, id: &str) -> Option<String> {
        id.parse::<u64>().ok().map(|id| format!("{}/posts/{id}/", self.base))
    }

    fn says_gone(&self, answer: &Response) -> bool {
        answer.status == 404 && parse::is_error_page(answer)
    }
}

/// A board that is read by its REST interface.
struct Interface {
    base: String,
}

impl Board for Interface {
    fn request(&self, url: &str) -> Request {
        http::get(url).header("xf-api-key", http::placeholder(KEY)).header("accept", "application/json")
    }

    fn topic(&self, answer: &Response) -> Result<Topic, Failure> {
        parse::api::topic(answer)
    }

    fn listing(&self, answer: &Response) -> Result<Listing, Failure> {
        parse::api::listing(answer, &self.base)
    }

    fn entries(&self, answer: &Response) -> Result<Vec<Found>, Failure> {
        Err(answer.unexpected("is no feed: the interface has none"))
    }

    fn mention(&self, topic: &Topic, post: &Post) -> Mention {
        normalize::mention(topic, post, &self.base)
    }

    fn post_url(&self, id: &str) -> Option<String> {
        id.parse::<u64>().ok().map(|id| format!("{}/api/posts/{id}/", self.base))
    }

    fn says_gone(&self, answer: &Response) -> bool {
        answer.status == 404 && parse::api::is_error(answer)
    }
}

pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    let board = settings.board();
    let base = board.base()?;
    let number = |place: &str| {
        parse::number_in(place, "forums").or_else(|| parse::last_number(place)).ok_or_else(|| {
            Failure::settings(format!("setting `forums`: `{place}` has no number: write `2`, `phones.2` or the forum's address"))
        })
    };
    if !settings.api {
        return board.plan(Some(format!("{base}/forums/-/index.rss")), |forum| {
            let list = match forum.split_once("://") {
                Some(_) => format!("{}/", forum.trim_end_matches('/').trim_end_matches("/index.rss")),
                None => {
                    number(forum)?;
                    format!("{base}/forums/{forum}/")
                }
            };
            Ok((Some(format!("{list}index.rss")), Some(list)))
        });
    }
    // The interface has lists and no feeds, so the whole board is a list, too.
    let order = "order=last_post_date&direction=desc&page=1";
    let whole = || walk::forum("board", &format!("threads of {base}"), None, Some(format!("{base}/api/threads/?{order}")));
    let lists = vigie_plugin::forum::Settings { topics: Vec::new(), ..board.clone() };
    let mut feeds = Vec::new();
    for topic in &board.topics {
        let id = parse::number_in(topic, "threads")
            .or_else(|| parse::last_number(topic))
            .ok_or_else(|| Failure::settings(format!("setting `topics`: `{topic}` has no number: write the thread's address")))?;
        feeds.push(walk::named_topic(&parse::api::thread_url(&base, &id)));
    }
    if board.forums.is_empty() {
        if feeds.is_empty() {
            feeds.push(whole());
        }
    } else {
        feeds
            .extend(lists.plan(None, |forum| Ok((None, Some(format!("{base}/api/forums/{}/threads?{order}", number(forum)?)))))?);
    }
    board.reading()?;
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    let board = settings.board();
    let (base, reading) = (board.base()?, board.reading()?);
    if settings.api { walk::poll(&Interface { base }, reading, request) } else { walk::poll(&Pages { base }, reading, request) }
}

pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let base = settings.board().base()?;
    if settings.api { walk::refresh(&Interface { base }, ids) } else { walk::refresh(&Pages { base }, ids) }
}
