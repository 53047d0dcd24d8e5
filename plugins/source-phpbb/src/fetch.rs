//! Where a board has its feeds and pages.

use vigie_plugin::forum::walk::{self, Board, Found};
use vigie_plugin::forum::{Listing, Post, Settings, Topic, links};
use vigie_plugin::http::Response;
use vigie_plugin::{Batch, Change, Failure, Feed, Mention, Poll};

use crate::{normalize, parse};

/// A board, by its address without a slash at its end.
struct PhpBbBoard {
    base: String,
}

impl Board for PhpBbBoard {
    fn topic(&self, answer: &Response) -> Result<Topic, Failure> {
        parse::topic(answer)
    }

    fn listing(&self, answer: &Response) -> Result<Listing, Failure> {
        parse::listing(answer)
    }

    fn entries(&self, answer: &Response) -> Result<Vec<Found>, Failure> {
        Ok(parse::feed(answer)?.into_iter().map(|entry| normalize::found(entry, &self.base)).collect())
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
    settings.plan(Some(format!("{base}/feed.php")), |forum| {
        let number = match forum.parse::<u64>() {
            Ok(number) => Some(number.to_string()),
            // `viewforum.php?f=2`, or `…-f2.html` where a board rewrites its addresses.
            Err(_) => links::number(forum, "f").or_else(|| links::number_after(forum, "-f")),
        };
        let list = if forum.starts_with("http") {
            Some(forum.to_owned())
        } else {
            number.as_ref().map(|f| format!("{base}/viewforum.php?f={f}"))
        };
        if list.is_none() {
            return Err(Failure::settings(format!(
                "setting `forums`: `{forum}` is neither a number nor an address: write one such as 2"
            )));
        }
        Ok((number.map(|f| format!("{base}/feed.php?f={f}")), list))
    })
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    walk::poll(&PhpBbBoard { base: settings.base()? }, settings.reading()?, request)
}

pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    walk::refresh(&PhpBbBoard { base: settings.base()? }, ids)
}
