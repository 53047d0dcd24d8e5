//! Where a board has its feeds and pages.

use vigie_plugin::forum::walk::{self, Board, Found};
use vigie_plugin::forum::{Listing, Post, Settings, Topic};
use vigie_plugin::http::Response;
use vigie_plugin::{Batch, Change, Failure, Feed, Mention, Poll};

use crate::{normalize, parse};

/// A board, by its address without a slash at its end.
struct VBulletinBoard {
    base: String,
}

impl Board for VBulletinBoard {
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
        id.parse::<u64>().ok().map(|id| normalize::post_url(&self.base, &id.to_string()))
    }

    fn says_gone(&self, answer: &Response) -> bool {
        answer.status == 404 && parse::is_message(answer)
    }
}

pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    let base = settings.base()?;
    settings.plan(Some(format!("{base}/external.php?type=RSS2")), |forum| {
        let number = forum.parse::<u64>().ok().map(|number| number.to_string()).or_else(|| parse::forum_number(forum));
        let list = match (&number, forum.starts_with("http")) {
            (_, true) => forum.to_owned(),
            (Some(number), false) => format!("{base}/forumdisplay.php?f={number}"),
            (None, false) => {
                let what = format!("setting `forums`: `{forum}` is neither a number nor an address: write one such as 2");
                return Err(Failure::settings(what));
            }
        };
        Ok((number.map(|number| format!("{base}/external.php?type=RSS2&forumids={number}")), Some(list)))
    })
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    walk::poll(&VBulletinBoard { base: settings.base()? }, settings.reading()?, request)
}

pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    walk::refresh(&VBulletinBoard { base: settings.base()? }, ids)
}
