//! The values of secrets, made where they have to be made.

use std::collections::BTreeSet;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::Instant;

use super::Road;
use crate::derived::{self, Asking, Derived, Recipe};
use crate::egress::conditional::CACHE_HEADER;
use crate::egress::send::Hop;
use crate::exchange::Exchange;
use crate::http::{HttpError, HttpResponse};
use crate::origin::Origin;
use crate::secrets::Known;
use crate::secrets::fill::Values;

/// Why there is no value.
pub(super) enum Untold {
    /// The request cannot be made.
    Error(HttpError),
    /// The service that gives tokens refused; the plugin is answered in its place, with a status that tells the same.
    Answer(HttpResponse),
}

impl From<HttpError> for Untold {
    fn from(error: HttpError) -> Self {
        Self::Error(error)
    }
}

impl Road {
    /// The values of `names` for a request to `origin`.
    pub(super) async fn values(&self, names: &BTreeSet<String>, origin: &Origin, deadline: Instant) -> Result<Values, Untold> {
        for name in names {
            let Some((binding, _)) = self.secrets.get(name) else {
                let known = self.secrets.names();
                return Err(
                    HttpError::denied(format!("there is no secret `{}`; this plugin has {known}", name.escape_debug())).into()
                );
            };
            if !binding.covers(origin) {
                return Err(HttpError::denied(format!(
                    "secret `{name}` may not be sent to {origin}: the manifest binds it to {}",
                    binding.shown()
                ))
                .into());
            }
        }
        let replays = self.exchange.as_ref().is_some_and(Exchange::is_replay);
        let mut values = Values::new();
        for name in names {
            // A replay sends nothing, so that nothing is needed.
            let value = if replays { String::new() } else { self.value(name, deadline).await? };
            values.insert(name.clone(), value);
        }
        Ok(values)
    }

    fn value<'a>(&'a self, name: &'a str, deadline: Instant) -> BoxFuture<'a, Result<String, Untold>> {
        Box::pin(async move {
            match self.secrets.get(name) {
                Some((_, Known::Plain(Some(value)))) => Ok(value.clone()),
                Some((_, Known::Derived(derived))) => match &derived.recipe {
                    Recipe::Hash { key, message } => {
                        let (key, message) = (self.value(key, deadline).await?, self.value(message, deadline).await?);
                        let hash = derived::keyed_hash(&key, &message);
                        self.secrets.redactor.learn(name, &hash);
                        Ok(hash)
                    }
                    Recipe::Exchange(exchange) => self.token(name, derived, exchange, deadline).await,
                },
                _ => Err(HttpError::denied(format!(
                    "secret `{name}` is not configured; add to the connector's secrets: {name} = {{ env = \"NAME\" }}"
                ))
                .into()),
            }
        })
    }

    /// The token in hand, or a new one. The lock is held across the exchange: whoever comes meanwhile gets the same token.
    async fn token(
        &self,
        name: &str,
        derived: &Derived,
        exchange: &derived::Exchange,
        deadline: Instant,
    ) -> Result<String, Untold> {
        let mut hand = derived.hand.lock().await;
        if let Some(token) = hand.value(Instant::now()) {
            return Ok(token.to_owned());
        }
        let Some(origin) = Origin::of(&exchange.url) else {
            return Err(HttpError::denied("a token is asked for over https or http alone").into());
        };
        self.grants.check(&origin, exchange.method())?;
        let mut values = Values::new();
        for needed in derived.needs() {
            if let Some((binding, _)) = self.secrets.get(needed)
                && !binding.covers(&origin)
            {
                return Err(HttpError::denied(format!(
                    "secret `{needed}`, which `{name}` is made of, may not be sent to {origin}: the manifest binds it to {}",
                    binding.shown()
                ))
                .into());
            }
            values.insert(needed.to_owned(), self.value(needed, deadline).await?);
        }
        let learned = |pair: &str| self.secrets.redactor.learn("basic", pair);
        let Asking { method, headers, body } = exchange.asking(&values, learned).map_err(HttpError::denied)?;
        let shown = exchange.url.to_string();
        let max_body = self.limits.response_body_bytes;
        let hop = Hop { method: &method, url: &exchange.url, shown: &shown, headers, body, max_body, cut: false };
        let answer = self.egress.send(&hop, deadline).await?;
        if !(200..300).contains(&answer.status) || names_an_error(&answer.body) {
            return Err(Untold::Answer(self.refused_exchange(name, &shown, &answer)));
        }
        let unix_seconds = self.egress.inner.clock.now().as_millis() / 1000;
        let token = exchange.token(&answer.body, Instant::now(), unix_seconds).map_err(|why| {
            HttpError::connect(format!("{shown} answered {} and gave no token for secret `{name}`: {why}", answer.status))
        })?;
        self.secrets.redactor.learn(name, &token.value);
        let value = token.value.clone();
        hand.take(token);
        Ok(value)
    }

    /// What the plugin sees of a refused exchange: credentials that are refused are a 401, whatever the service calls it (OAuth 2 says
    /// 400); an overload stays what it is.
    fn refused_exchange(&self, name: &str, shown: &str, answer: &HttpResponse) -> HttpResponse {
        let status = if matches!(answer.status, 200..=428 | 430..=499) { 401 } else { answer.status };
        let why = serde_json::from_slice::<Value>(&answer.body).ok();
        let why = why.as_ref().and_then(|body| body.get("error")).and_then(Value::as_str).unwrap_or("no reason given");
        let why: String = why.chars().filter(|c| !c.is_control()).take(80).collect();
        let message = format!("{shown} refused to give secret `{name}`: status {}, {why}", answer.status);
        let mut headers =
            vec![("content-type".to_owned(), "text/plain".to_owned()), (CACHE_HEADER.to_owned(), "secret".to_owned())];
        headers.extend(answer.header("retry-after").map(|wait| ("retry-after".to_owned(), wait.to_owned())));
        HttpResponse { status, url: shown.to_owned(), headers, body: self.secrets.redactor.text(&message).into_bytes() }
    }

    /// A service refused a request with these values at a place. Whether there is another token to try.
    pub(super) async fn tokens_refused(&self, values: &Values, place: &str) -> bool {
        let mut others = false;
        for (name, value) in values {
            let mut seen = Vec::new();
            for derived in self.tokens_in(name) {
                seen.push((derived, derived.hand.lock().await.value(Instant::now()).map(str::to_owned)));
            }
            if seen.is_empty() {
                continue;
            }
            // A hash does not tell which tokens it was made of; made of those in hand it would be the same.
            if self.in_hand(name).await.as_ref() != Some(value) {
                others = true;
                continue;
            }
            for (derived, seen) in seen {
                // Others are refused at the same time: only the first throws the token away, and all take the new one.
                let refused = async |seen: String| derived.hand.lock().await.refused(&seen, place, Instant::now());
                others |= match seen {
                    Some(seen) => refused(seen).await,
                    None => true,
                };
            }
        }
        others
    }

    /// What came of another token where one had been refused.
    pub(super) async fn tokens_renewed(&self, values: &Values, place: &str, answer: &HttpResponse) {
        for derived in self.all_tokens_in(values) {
            let mut hand = derived.hand.lock().await;
            if refuses_token(answer) {
                hand.closed(place, Instant::now());
            } else if accepts_token(answer) {
                hand.mended();
            }
        }
    }

    /// A service answered a request with these values.
    pub(super) fn tokens_taken(&self, values: &Values, place: &str, answer: &HttpResponse) {
        if accepts_token(answer) {
            for derived in self.all_tokens_in(values) {
                // Whoever gets a new one just now is not waited for: this is told again with the next answer.
                if let Ok(mut hand) = derived.hand.try_lock() {
                    hand.taken_at(place);
                }
            }
        }
    }

    fn all_tokens_in<'a>(&'a self, values: &'a Values) -> impl Iterator<Item = &'a Derived> {
        values.keys().flat_map(|name| self.tokens_in(name))
    }

    /// The tokens that the value of a secret is or is made of.
    fn tokens_in(&self, name: &str) -> Vec<&Derived> {
        match self.secrets.get(name) {
            Some((_, Known::Derived(derived))) => match &derived.recipe {
                Recipe::Hash { .. } => derived.needs().into_iter().flat_map(|needed| self.tokens_in(needed)).collect(),
                Recipe::Exchange(_) => vec![derived],
            },
            _ => Vec::new(),
        }
    }

    /// The value of a secret as it is now, if it is there without asking for anything.
    fn in_hand<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move {
            match &self.secrets.get(name)?.1 {
                Known::Plain(value) => value.clone(),
                Known::Derived(derived) => match &derived.recipe {
                    Recipe::Hash { key, message } => {
                        Some(derived::keyed_hash(&self.in_hand(key).await?, &self.in_hand(message).await?))
                    }
                    Recipe::Exchange(_) => derived.hand.lock().await.value(Instant::now()).map(str::to_owned),
                },
            }
        })
    }
}

/// Whether an answer to an exchange is an OAuth error, which some services send as a success.
///
/// # Source
/// RFC 6749 section 5.2; Reddit answers 200 with `{"error": "unauthorized_client"}`.
fn names_an_error(body: &[u8]) -> bool {
    let body = serde_json::from_slice::<Value>(body).ok();
    body.as_ref().and_then(|body| body.get("error")).is_some_and(|error| error.as_str().is_some_and(|error| !error.is_empty()))
}

/// Whether a service says that a token no longer holds: 401, or what AT Protocol answers instead.
///
/// # Source
/// RFC 6750 section 3.1; AT Protocol, "XRPC", whose servers answer an ended session with 400 `ExpiredToken`.
pub(super) fn refuses_token(answer: &HttpResponse) -> bool {
    let named = || serde_json::from_slice::<Value>(&answer.body).ok()?.get("error")?.as_str().map(str::to_owned);
    answer.status == 401 || (answer.status == 400 && named().as_deref() == Some("ExpiredToken"))
}

/// Whether an answer shows that a service took the token: whatever it says of the request, it knows who asks.
fn accepts_token(answer: &HttpResponse) -> bool {
    answer.status < 500 && answer.status != 429 && !refuses_token(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_session_is_told_in_two_ways() {
        let answer = |status, body: &str| HttpResponse { status, body: body.as_bytes().to_vec(), ..HttpResponse::default() };
        assert!(refuses_token(&answer(401, "")));
        assert!(refuses_token(&answer(400, r#"{"error":"ExpiredToken","message":"Token has expired"}"#)));
        for (status, body) in
            [(400, r#"{"error":"InvalidRequest"}"#), (400, "ExpiredToken"), (403, r#"{"error":"ExpiredToken"}"#)]
        {
            assert!(!refuses_token(&answer(status, body)), "{status} {body}");
        }
    }

    #[test]
    fn an_error_may_come_as_a_success() {
        assert!(names_an_error(br#"{"error": "unauthorized_client"}"#));
        for token in [&br#"{"access_token": "x", "error": null}"#[..], br#"{"error": ""}"#, b"[]", b"<html>", b""] {
            assert!(!names_an_error(token));
        }
    }
}
