//! A plugin's own way to the network: what it may, as whom, how much.
//!
//! A request passes, in this order: [`draft`] (is it a request at all), then for every hop of [`journey`]: grants, the host's own
//! addresses, robots.txt, secrets ([`tokens`] for those the host makes), and the [`Egress`] shared by all.

mod budget;
mod draft;
mod journey;
mod tokens;

use std::fmt;

use futures_util::stream::{self, StreamExt as _};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::timeout_at;

pub use budget::CallBudget;

use crate::egress::{Egress, Pace};
use crate::exchange::Exchange;
use crate::grants::{Grants, origins};
use crate::http::{HttpError, HttpRequest, HttpResponse};
use crate::limits::Limits;
use crate::manifest::Manifest;
use crate::origin::OriginPattern;
use crate::schema::with_defaults;
use crate::secrets::Secrets;
use draft::Draft;

/// What a plugin is given for one use of it.
#[derive(Debug)]
pub struct RoadUse {
    /// Name of the connector; answers kept for revalidation are its own.
    pub connector: String,
    /// Where it may go.
    pub grants: Grants,
    /// What is filled in for it.
    pub secrets: Secrets,
    /// `request_body_bytes`, `response_body_bytes` and `concurrency` hold for every request.
    pub limits: Limits,
    /// A recording to make or to play.
    pub exchange: Option<Exchange>,
}

/// The only way out of a plugin.
pub struct Road {
    egress: Egress,
    connector: String,
    grants: Grants,
    secrets: Secrets,
    limits: Limits,
    pages: bool,
    exchange: Option<Exchange>,
    places: Semaphore,
}

impl fmt::Debug for Road {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Road").field("connector", &self.connector).field("grants", &self.grants).finish_non_exhaustive()
    }
}

impl Road {
    /// A road over `egress`. The rates the manifest promises hold from now on, for everybody who asks the same origins; where the
    /// operator set a rate for an origin, that one holds instead (a forum of one's own may be asked more often than a stranger's).
    #[must_use]
    pub fn new(egress: Egress, manifest: &Manifest, settings: &Value, use_: RoadUse) -> Self {
        let RoadUse { connector, grants, secrets, limits, exchange } = use_;
        let settings = with_defaults(&manifest.settings, settings);
        for rate in &manifest.rates {
            // A site that moves to TLS is the same site.
            let stated = origins(&rate.place, &settings);
            for origin in stated.iter().cloned().chain(stated.iter().filter_map(OriginPattern::upgraded)) {
                if !egress.inner.policy.rates.iter().any(|(set, _)| *set == origin) {
                    egress.inner.rates.declare(origin, Pace::of(rate));
                }
            }
        }
        let places = Semaphore::new(usize::try_from(limits.concurrency).unwrap_or(1).max(1));
        Self { egress, connector, grants, secrets, limits, pages: manifest.pages, exchange, places }
    }

    /// Whether all requests go to one origin.
    #[must_use]
    pub fn one_origin(&self) -> bool {
        self.grants.one_origin()
    }

    /// Makes one request and waits for it, redirects and all.
    ///
    /// # Errors
    /// [`HttpError`]; its class is the contract's. A status is no error.
    pub async fn fetch(&self, budget: &CallBudget, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut hops = Vec::new();
        let answer = self.one(budget, request, &mut hops).await;
        self.add(&hops);
        answer
    }

    /// Makes several at once, as many in parallel as the plugin may; results stand in the order of the requests.
    pub async fn fetch_all(&self, budget: &CallBudget, requests: Vec<HttpRequest>) -> Vec<Result<HttpResponse, HttpError>> {
        // A replay answers in order, so that a strict one sees what was recorded.
        let replays = self.exchange.as_ref().is_some_and(Exchange::is_replay);
        let together = if replays { 1 } else { usize::try_from(self.limits.concurrency).unwrap_or(1).max(1) };
        let answers: Vec<_> = stream::iter(requests)
            .map(|request| async move {
                let mut hops = Vec::new();
                let answer = self.one(budget, request, &mut hops).await;
                (answer, hops)
            })
            .buffered(together)
            .collect()
            .await;
        answers
            .into_iter()
            .map(|(answer, hops)| {
                self.add(&hops);
                answer
            })
            .collect()
    }

    async fn one(
        &self,
        budget: &CallBudget,
        request: HttpRequest,
        hops: &mut Vec<crate::exchange::Recorded>,
    ) -> Result<HttpResponse, HttpError> {
        let answer = async {
            budget.take_request()?;
            let draft = Draft::check(request, &self.limits)?;
            let place = timeout_at(budget.deadline, self.places.acquire()).await;
            // The semaphore is never closed, so that only time can fail here.
            let Ok(Ok(_place)) = place else {
                return Err(HttpError::budget("no request of this plugin ended before this call's time was over"));
            };
            let answer = self.journey(draft, budget.deadline, hops).await?;
            budget.take_bytes(answer.body.len())?;
            Ok(answer)
        }
        .await;
        answer.map_err(|HttpError { class, message }| HttpError { class, message: self.secrets.redactor.text(&message) })
    }

    fn add(&self, hops: &[crate::exchange::Recorded]) {
        if let Some(exchange) = &self.exchange {
            exchange.add(hops);
        }
    }
}

#[cfg(test)]
mod tests;
