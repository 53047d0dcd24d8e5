//! Asking where it has no business, and for more than it can take.

use vigie_plugin::http::{self, Request};
use vigie_plugin::{Batch, Failure, Mention, MentionKind, Poll};

use crate::Settings;

/// Makes a request and hands what came back to the host as a mention's text, so that a test sees what a plugin could see.
fn show(request: Request) -> Result<Batch, Failure> {
    let answer = request.send()?;
    let mention = Mention::new("fetched", MentionKind::Article).text(answer.text()?).url(&answer.url);
    Ok(Batch::new().upsert(mention).later(None))
}

/// Asks for the address in its settings: a slow one, one that redirects, one whose name resolves to loopback, a bomb.
pub(crate) fn fetches(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    show(http::get(settings.url()?))
}

/// Asks a host neither its manifest nor its settings name.
pub(crate) fn asks_ungranted_host(_: &Settings, _: &Poll) -> Result<Batch, Failure> {
    show(http::get("https://not-granted.example/"))
}

/// Asks for the same address a thousand times in one call.
pub(crate) fn asks_many(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let url = settings.url()?;
    for turn in 0..settings.count_or(1_000) {
        http::get(url).query("turn", turn).send()?;
    }
    Ok(Batch::new().later(None))
}

/// Writes a secret into a header of a request for a host the secret is not bound to.
pub(crate) fn leaks_secret(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    show(http::get(settings.url()?).bearer("token"))
}

/// The same in the query.
pub(crate) fn leaks_secret_in_query(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    show(http::get(settings.url()?).query_secret("token", "token"))
}

/// The same in a form.
pub(crate) fn leaks_secret_in_body(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    show(http::post(settings.url()?).form_secret("token", "token"))
}
