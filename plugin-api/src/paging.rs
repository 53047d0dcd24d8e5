//! Cursors that know their version, and following pages.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::http::{Request, Response};
use crate::{Failure, settings};

/// A position in a feed, kept by the host as text between polls.
///
/// The text carries a version: a plugin that changes the shape of its cursor raises [`VERSION`](Self::VERSION), and cursors
/// written before become failures of class `stale-cursor`, after which the host reads the feed anew.
///
/// # Examples
/// ```
/// use vigie_plugin::Cursor;
///
/// #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
/// struct Position { newest: u64 }
///
/// impl Cursor for Position { const VERSION: u32 = 1; }
///
/// let text = Position { newest: 7 }.write();
/// assert_eq!(text, r#"{"v":1,"at":{"newest":7}}"#);
/// assert_eq!(Position::read(&text)?, Position { newest: 7 });
/// # Ok::<(), vigie_plugin::Failure>(())
/// ```
pub trait Cursor: Serialize + DeserializeOwned {
    /// Raised whenever the shape or the meaning of the cursor changes.
    const VERSION: u32;

    /// The text the host keeps.
    ///
    /// # Panics
    /// When the type has no JSON form (a map whose keys are no strings): a mistake in the plugin, not in any data.
    #[must_use]
    fn write(&self) -> String {
        serde_json::to_string(&Versioned { v: Self::VERSION, at: self }).expect("a cursor has a JSON form")
    }

    /// The position the host kept.
    ///
    /// # Errors
    /// Class `stale-cursor` where `text` was written by another version or is no cursor at all.
    fn read(text: &str) -> Result<Self, Failure> {
        let stale = |why: String| Failure::stale_cursor(format!("the cursor cannot be read: {why}"));
        let written: Versioned<serde_json::Value> =
            serde_json::from_str(text).map_err(|error| stale(settings::without_place(&error)))?;
        if written.v != Self::VERSION {
            return Err(stale(format!("it has version {}, this plugin writes {}", written.v, Self::VERSION)));
        }
        serde_json::from_value(written.at).map_err(|error| stale(error.to_string()))
    }
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    v: u32,
    at: T,
}

/// Follows pages within one poll: `next` says, from a page, which request brings the one behind it.
///
/// Ends after `at_most` pages, when `next` finds none, and after the first failure. A service that names the page just read as
/// the next one would be read forever; that is a failure of class `unexpected-answer`.
///
/// # Examples
/// ```
/// use vigie_plugin::{http, paging, testing::{Answer, FakeHost}};
///
/// let host = FakeHost::new()
///     .get("https://a.example/list", Answer::json("[1]").header("link", r#"<?page=2>; rel="next""#))
///     .get("https://a.example/list?page=2", Answer::json("[2]"));
/// let pages: Result<Vec<_>, _> = host.run(|| paging::follow(http::get("https://a.example/list"), 10, paging::next_link).collect());
/// assert_eq!(pages?.len(), 2);
/// # Ok::<(), vigie_plugin::Failure>(())
/// ```
pub fn follow<N>(first: Request, at_most: usize, next: N) -> Pages<N>
where
    N: FnMut(&Response) -> Result<Option<Request>, Failure>,
{
    Pages { upcoming: Some(first), left: at_most, next }
}

/// The request for the page a `Link` header names as `next`. For [`follow`], where the first request needs no headers.
///
/// # Errors
/// None; the shape is the one [`follow`] takes.
pub fn next_link(page: &Response) -> Result<Option<Request>, Failure> {
    Ok(page.link("next").map(crate::http::get))
}

/// The iterator [`follow`] returns. Every page was checked for a successful status.
#[derive(Debug)]
#[must_use = "pages are read when they are asked for"]
pub struct Pages<N> {
    upcoming: Option<Request>,
    left: usize,
    next: N,
}

impl<N> Pages<N> {
    /// The request for the first page that was not read, if there is one: what a cursor should remember.
    #[must_use]
    pub fn upcoming(&self) -> Option<&Request> {
        self.upcoming.as_ref()
    }
}

impl<N> Iterator for Pages<N>
where
    N: FnMut(&Response) -> Result<Option<Request>, Failure>,
{
    type Item = Result<Response, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let request = self.upcoming.take()?;
        Some(self.page(request))
    }
}

impl<N> Pages<N>
where
    N: FnMut(&Response) -> Result<Option<Request>, Failure>,
{
    fn page(&mut self, request: Request) -> Result<Response, Failure> {
        let page = request.clone().send()?;
        page.check()?;
        let next = (self.next)(&page)?;
        if next.as_ref() == Some(&request) {
            return Err(page.unexpected("names itself as the next page"));
        }
        self.upcoming = next;
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureClass;
    use crate::http;
    use crate::testing::{Answer, FakeHost};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Position {
        newest: u64,
    }

    impl Cursor for Position {
        const VERSION: u32 = 2;
    }

    #[test]
    fn cursors_of_other_versions_are_stale() {
        for text in [r#"{"v":1,"at":{"newest":7}}"#, r#"{"v":2,"at":{"oldest":7}}"#, "7", "", "{"] {
            let failure = Position::read(text).expect_err(text);
            assert_eq!(failure.class, FailureClass::StaleCursor, "{text}");
        }
        assert_eq!(Position::read(&Position { newest: 7 }.write()).expect("just written"), Position { newest: 7 });
    }

    #[test]
    fn pages_end_at_the_limit_and_say_where_to_go_on() {
        let link = |page: u8| Answer::json("[]").header("link", format!("<https://a.example/?page={page}>; rel=next"));
        let host = FakeHost::new().get("https://a.example/", link(2)).get("https://a.example/?page=2", link(3));
        host.run(|| {
            let mut pages = follow(http::get("https://a.example/"), 2, next_link);
            assert_eq!(pages.by_ref().filter_map(Result::ok).count(), 2);
            assert_eq!(pages.upcoming().map(Request::url), Some("https://a.example/?page=3"));
        });
    }

    #[test]
    fn a_page_that_names_itself_fails_instead_of_turning_in_circles() {
        let page = Answer::json("[]").header("link", "</>; rel=next");
        let host = FakeHost::new().get("https://a.example/", page);
        let read: Vec<_> = host.run(|| follow(http::get("https://a.example/"), 100, next_link).collect());
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].as_ref().expect_err("a circle").class, FailureClass::UnexpectedAnswer);
    }
}
