//! The two interfaces' requests.

use vigie_plugin::http::{self, Request, Response};
use vigie_plugin::{Failure, FailureClass};

use crate::parse::{Refusal, What, refusal};
use crate::{Api, Settings};

/// What articles are asked to bring along: names of authors, pictures, categories and tags.
const EMBEDDED: &str = "author,wp:featuredmedia,wp:term";

/// Where requests go.
#[derive(Debug, Clone)]
pub(super) struct Door {
    /// The site's address.
    pub(super) base: String,
    pub(super) api: Api,
    /// Whether the site has its interface at `?rest_route=` alone, as one without pretty addresses.
    pub(super) plain: bool,
}

impl Door {
    pub(super) fn of(settings: &Settings, plain: bool) -> Result<Self, Failure> {
        Ok(Self { base: settings.base()?, api: settings.api, plain })
    }

    /// A request for `path` below the interface, such as `posts` or `comments/7`.
    pub(super) fn at(&self, path: &str) -> Request {
        let request = match (self.api, self.plain) {
            (Api::Site, false) => http::get(format!("{}/wp-json/wp/v2/{path}", self.base)),
            (Api::Site, true) => http::get(format!("{}/", self.base)).query("rest_route", format!("/wp/v2/{path}")),
            (Api::WordPressCom, _) => {
                // A site in a subfolder is written `host::folder`.
                let site = self.base.split_once("://").map_or(self.base.as_str(), |(_, rest)| rest).replace('/', "::");
                http::get(format!("https://public-api.wordpress.com/rest/v1.1/sites/{}/{path}", http::escape(&site)))
            }
        };
        request.header("accept", "application/json")
    }

    /// The request with what articles should bring along.
    pub(super) fn embedding(&self, request: Request, what: What) -> Request {
        match (self.api, what) {
            (Api::Site, What::Posts | What::Pages) => request.query("_embed", EMBEDDED),
            _ => request,
        }
    }

    /// Asks; where no interface answers, asks once more at the plain address and remembers that.
    ///
    /// The answer comes with what it refuses, if it refuses. That a kind is not offered costs its feed and not the connector.
    pub(super) fn ask(&mut self, what: What, request: impl Fn(&Self) -> Request) -> Result<(Response, Option<Refusal>), Failure> {
        let answer = request(self).send()?;
        let refused = refusal(&answer);
        let (answer, refused) = match refused {
            Some(Refusal::NoInterface(_)) if self.api == Api::Site && !self.plain => {
                let door = Self { plain: true, ..self.clone() };
                let second = request(&door).send()?;
                // A site without the interface shows its front page there, or an error of its own; the first answer told more.
                match refusal(&second) {
                    None if !second.body.trim_ascii_start().starts_with(b"<") => {
                        *self = door;
                        (second, None)
                    }
                    Some(no @ (Refusal::NoSuchPage | Refusal::NoSuchItem)) => {
                        *self = door;
                        (second, Some(no))
                    }
                    _ => (answer, refused),
                }
            }
            refused => (answer, refused),
        };
        // A site that closes its comments still shows its articles.
        let closed = |class| matches!(class, FailureClass::Settings | FailureClass::Unauthorized);
        Ok(match refused {
            Some(Refusal::NoInterface(failure) | Refusal::Failure(failure)) if what != What::Posts && closed(failure.class) => {
                (answer, Some(Refusal::Failure(Failure::forbidden(failure.message))))
            }
            refused => (answer, refused),
        })
    }
}
