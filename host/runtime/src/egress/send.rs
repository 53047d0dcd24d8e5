//! One hop: rate, rerouting, the exchange itself, and trying again.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

use super::client::{Client, Outgoing, Wire, WireError};
use super::conditional::{CACHE_HEADER, Memory};
use super::policy::NetworkPolicy;
use super::rate::{Hold, Rates};
use super::reroute::Reroute;
use super::retry::{idempotent, retry_after};
use super::robots::Shelf;
use crate::clock::Clock;
use crate::http::{HttpError, HttpResponse};
use crate::limits::Bytes;
use crate::origin::Origin;

/// The way out, shared by all plugins of a host. Cheap to clone.
#[derive(Clone)]
pub struct Egress {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) policy: Arc<NetworkPolicy>,
    pub(crate) clock: Clock,
    pub(crate) rates: Rates,
    pub(crate) robots: Shelf,
    pub(crate) memory: Memory,
    pub(crate) reroute: Reroute,
    wire: Box<dyn Wire>,
    chance: Mutex<fastrand::Rng>,
}

impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").field("policy", &self.inner.policy).finish_non_exhaustive()
    }
}

/// One request of one hop, judged and filled in.
pub(crate) struct Hop<'a> {
    pub(crate) method: &'a str,
    /// The real address, secrets filled in.
    pub(crate) url: &'a Url,
    /// The address as it may be shown.
    pub(crate) shown: &'a str,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) max_body: u64,
    pub(crate) cut: bool,
}

impl Egress {
    /// A way out under `policy`. Nothing is opened yet. `clock` is what `Retry-After` dates are read against.
    #[must_use]
    pub fn new(policy: NetworkPolicy, clock: Clock) -> Self {
        let policy = Arc::new(policy);
        let client = Client::new(policy.clone());
        Self::over(policy, clock, Box::new(client))
    }

    pub(crate) fn over(policy: Arc<NetworkPolicy>, clock: Clock, wire: Box<dyn Wire>) -> Self {
        let rates = Rates::default();
        for (pattern, pace) in &policy.rates {
            rates.declare(pattern.clone(), *pace);
        }
        let chance = Mutex::new(policy.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed));
        Self {
            inner: Arc::new(Inner {
                clock,
                rates,
                robots: Shelf::default(),
                memory: Memory::new(policy.memory_bytes),
                reroute: Reroute(policy.reroute.clone()),
                wire,
                chance,
                policy,
            }),
        }
    }

    /// Makes one hop, however many tries it takes, before `deadline`.
    pub(crate) async fn send(&self, hop: &Hop<'_>, deadline: Instant) -> Result<HttpResponse, HttpError> {
        let Inner { policy, rates, .. } = &*self.inner;
        let origin = Origin::of(hop.url).ok_or_else(|| HttpError::denied("only https and http go out"))?;
        let mut tries = 0;
        loop {
            tries += 1;
            match rates.wait(&origin, deadline).await {
                Ok(()) => {}
                // What the service would say again: the plugin reports it, and the host waits outside of the call.
                Err(Hold::Asked { wait }) => return Ok(asked_to_wait(hop.shown, wait)),
                Err(Hold::Pace { pace, wait }) => {
                    return Err(HttpError::budget(format!(
                        "{origin} is asked at most {} and the next place is in {wait:.1?}, after the end of this call; \
                         ask for less in one call, or come back later",
                        pace.shown()
                    )));
                }
            }
            let pause = match self.once(hop, &origin, deadline).await {
                Ok(response) => match self.pause_after(hop, &origin, &response, tries) {
                    Some(pause) if Instant::now() + pause < deadline => pause,
                    _ => return Ok(response),
                },
                Err(Unanswered { error, again }) => {
                    let pause = self.chance_pause(tries);
                    if !again || tries >= policy.retries.tries || Instant::now() + pause >= deadline {
                        let HttpError { class, message } = error;
                        let message = if tries > 1 { format!("{message} (tried {tries} times)") } else { message };
                        return Err(HttpError { class, message });
                    }
                    pause
                }
            };
            tracing::debug!(origin = %origin, tries, ?pause, "trying again");
            sleep(pause).await;
        }
    }

    async fn once(&self, hop: &Hop<'_>, origin: &Origin, deadline: Instant) -> Result<HttpResponse, Unanswered> {
        let Inner { policy, reroute, wire, .. } = &*self.inner;
        let target = reroute.target(hop.url);
        let mut headers = hop.headers.clone();
        if target.is_some() {
            // A gateway that stands for several services can tell which one was meant.
            headers.push(("x-forwarded-host".to_owned(), hop.url.authority().to_owned()));
            headers.push(("x-forwarded-proto".to_owned(), hop.url.scheme().to_owned()));
        }
        let outgoing = Outgoing {
            method: hop.method,
            url: target.as_ref().unwrap_or(hop.url),
            headers: &headers,
            body: hop.body.as_deref(),
            trusted: target.is_some(),
            max_body: hop.max_body,
            cut: hop.cut,
        };
        let until = deadline.min(Instant::now() + policy.request_timeout);
        let shown = hop.shown;
        match timeout_at(until, wire.send(outgoing)).await {
            Err(_) if until == deadline => {
                Err(HttpError::timeout(format!("{shown} did not answer before this call's time was over")).into())
            }
            Err(_) => Err(HttpError::timeout(format!("{shown} did not answer within {:?}", policy.request_timeout)).into()),
            Ok(Ok(response)) => Ok(response),
            Ok(Err(WireError::Private(private))) => {
                let cure = (policy.allowing)(private.host.trim_matches(['[', ']']));
                Err(HttpError::denied(format!("{origin}: {private}, which plugins may not reach; to allow it, {cure}")).into())
            }
            Ok(Err(WireError::Unreached(why))) => {
                // Nothing was sent, so that any method may be repeated.
                Err(Unanswered { error: HttpError::connect(format!("no connection to {origin}: {why}")), again: true })
            }
            Ok(Err(WireError::Broken(why))) => {
                let error = HttpError::connect(format!("{shown} gave no whole answer: {why}"));
                Err(Unanswered { error, again: idempotent(hop.method) })
            }
            Ok(Err(WireError::TooLarge)) => Err(HttpError::too_large(format!(
                "the answer of {shown} is larger than {}, the limit `response_body_bytes`",
                Bytes(hop.max_body)
            ))
            .into()),
            Ok(Err(WireError::Unwritable(what))) => {
                Err(HttpError::denied(format!("the request to {shown} cannot be written: {what} is not allowed in HTTP")).into())
            }
        }
    }

    /// The pause after which an answered request is made again; `None` if the answer stands. Remembers what the service asked for.
    fn pause_after(&self, hop: &Hop<'_>, origin: &Origin, response: &HttpResponse, tries: u32) -> Option<Duration> {
        let Inner { policy, clock, rates, .. } = &*self.inner;
        let asked = matches!(response.status, 429 | 503).then(|| retry_after(response, clock.now())).flatten();
        if let Some(wait) = asked {
            rates.pause(origin, wait);
        }
        if tries >= policy.retries.tries {
            return None;
        }
        match (response.status, asked) {
            // Refused before it was looked at: safe to repeat whatever the method.
            (429, Some(wait)) | (503, Some(wait)) if wait <= policy.retries.patience => {
                (response.status == 429 || idempotent(hop.method)).then(|| wait.max(self.chance_pause(tries) / 4))
            }
            (502..=504, None) if idempotent(hop.method) => Some(self.chance_pause(tries)),
            _ => None,
        }
    }

    fn chance_pause(&self, further: u32) -> Duration {
        let chance = self.inner.chance.lock().unwrap_or_else(PoisonError::into_inner).f64();
        self.inner.policy.retries.pause(further, chance)
    }
}

struct Unanswered {
    error: HttpError,
    again: bool,
}

impl From<HttpError> for Unanswered {
    fn from(error: HttpError) -> Self {
        Self { error, again: false }
    }
}

/// A 429 of the host's own: the origin asked for a pause that is not over, so it is not asked. The header tells plugins so.
fn asked_to_wait(shown: &str, wait: Duration) -> HttpResponse {
    let header = |name: &str, value: String| (name.to_owned(), value);
    HttpResponse {
        status: 429,
        url: shown.to_owned(),
        headers: vec![
            header("content-type", "text/plain".to_owned()),
            header("retry-after", wait.as_secs_f64().ceil().to_string()),
            header(CACHE_HEADER, "pause".to_owned()),
        ],
        body: b"not asked: the service asked for a pause that is not over".to_vec(),
    }
}

#[cfg(test)]
mod tests;
