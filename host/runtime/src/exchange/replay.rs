//! Answers requests from a recording.

use std::path::Path;

use url::Url;

use super::ExchangeError;
use super::har::{Answer, Har};
use crate::http::{HttpError, HttpResponse};

/// The exchanges of a file, in recorded order, each used once.
pub(super) struct Replayer {
    answers: Vec<Option<Answer>>,
    loose: bool,
}

impl Replayer {
    pub(super) fn open(path: &Path, loose: bool) -> Result<Self, ExchangeError> {
        let fault = |cause| ExchangeError::File { path: path.to_owned(), cause };
        let not_har = |cause: String| ExchangeError::NotHar { path: path.to_owned(), cause };
        let text = std::fs::read(path).map_err(fault)?;
        // Some tools begin the file with a byte order mark.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        let har: Har = serde_json::from_slice(text).map_err(|error| not_har(error.to_string()))?;
        let answers: Vec<_> = har.answers().map_err(not_har)?.into_iter().map(Some).collect();
        if answers.is_empty() {
            return Err(ExchangeError::Empty { path: path.to_owned() });
        }
        Ok(Self { answers, loose })
    }

    pub(super) fn answer(&mut self, method: &str, url: &Url, body: Option<&[u8]>) -> Result<HttpResponse, HttpError> {
        let found = if self.loose { self.next_like(method, url) } else { self.next_exactly(method, url, body)? };
        let Some(answer) = found else {
            let place = format!("{method} {}{}", url.authority(), url.path());
            return Err(HttpError::denied(format!(
                "replay: {place} was asked for more often than it was recorded; record again, or replay a longer recording"
            )));
        };
        answer.outcome
    }

    fn next_like(&mut self, method: &str, url: &Url) -> Option<Answer> {
        let fits = |answer: &Answer| {
            answer.method == method
                && answer.url.host_str() == url.host_str()
                && answer.url.port() == url.port()
                && answer.url.path() == url.path()
        };
        self.answers.iter_mut().find(|slot| slot.as_ref().is_some_and(fits))?.take()
    }

    fn next_exactly(&mut self, method: &str, url: &Url, body: Option<&[u8]>) -> Result<Option<Answer>, HttpError> {
        let asked = || format!("{method} {url}");
        let Some(slot) = self.answers.iter_mut().find(|slot| slot.is_some()) else {
            let asked = asked();
            return Err(HttpError::denied(format!(
                "replay: asked {asked}, and the recording has ended; record again, or replay loosely"
            )));
        };
        let (mut url, mut body) = (url.clone(), body);
        url.set_fragment(None);
        body = body.filter(|body| !body.is_empty());
        let next = slot.take_if(|next| {
            next.method == method && next.url == url && next.body.as_deref().filter(|body| !body.is_empty()) == body
        });
        if next.is_some() {
            return Ok(next);
        }
        let recorded = slot.as_ref().map(shown).unwrap_or_default();
        let asked = asked();
        let difference = if asked == recorded { " with another body" } else { "" };
        Err(HttpError::denied(format!(
            "replay: asked {asked}{difference}, and the next recorded exchange is {recorded}; record again, or replay loosely"
        )))
    }

    pub(super) fn unused(&self) -> Vec<String> {
        self.answers.iter().flatten().map(shown).collect()
    }
}

fn shown(answer: &Answer) -> String {
    format!("{} {}", answer.method, answer.url)
}
