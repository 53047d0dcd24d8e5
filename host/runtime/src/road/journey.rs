//! From a request to its answer, hop by hop.

use percent_encoding::percent_decode_str;
use tokio::time::Instant;
use url::{Position, Url};

use super::Road;
use super::draft::Draft;
use super::tokens::{self, Untold};
use crate::egress::Pace;
use crate::egress::conditional::{Memory, revalidated, validators, wants_fresh};
use crate::egress::robots::{Asked, Rules, current};
use crate::egress::send::Hop;
use crate::exchange::{Exchange, Recorded};
use crate::http::{HttpError, HttpErrorClass, HttpResponse};
use crate::origin::{Origin, Scheme};
use crate::secrets::fill::{self, Values};

/// Redirects followed.
const MAX_REDIRECTS: usize = 5;
/// Headers that say who asks, and are not for strangers.
const SENSITIVE: [&str; 3] = ["authorization", "cookie", "x-api-key"];

/// What a hop came to.
struct Arrival {
    answer: HttpResponse,
    /// Where a redirect leads, just as the service wrote it; `answer` shows it without secrets.
    led_to: Option<Url>,
}

impl From<HttpResponse> for Arrival {
    fn from(answer: HttpResponse) -> Self {
        Self { answer, led_to: None }
    }
}

/// One hop to make: placeholders still in it.
struct Step {
    method: String,
    url: Url,
    /// Whether the plugin wrote `url`. What a service writes is taken as it stands: a placeholder in it would hand out the secret.
    own: bool,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Road {
    pub(super) async fn journey(
        &self,
        draft: Draft,
        deadline: Instant,
        hops: &mut Vec<Recorded>,
    ) -> Result<HttpResponse, HttpError> {
        let Draft { method, url, headers, body } = draft;
        let mut step = Step { method, url, own: true, headers, body };
        let mut before: Option<String> = None;
        let mut redirects = 0;
        loop {
            let led = |error: HttpError| match &before {
                Some(before) => HttpError { message: format!("{before} redirects to {}: {}", step.url, error.message), ..error },
                None => error,
            };
            self.permit(&step, deadline).await.map_err(led)?;
            let arrival = self.hop(&step, deadline, hops).await.map_err(led)?;
            let shown = arrival.answer.url.clone();
            match next(step, &arrival)? {
                Some(next) if redirects < MAX_REDIRECTS => step = next,
                // Too many are a loop, most of the time, and asking again leads the same way: what was answered last is the answer.
                _ => return Ok(arrival.answer),
            }
            before = Some(shown);
            redirects += 1;
        }
    }

    /// Grants, the host's own exchanges, robots.txt.
    async fn permit(&self, step: &Step, deadline: Instant) -> Result<(), HttpError> {
        let url = &step.url;
        let Some(origin) = Origin::of(url) else {
            return Err(HttpError::denied(format!("only https and http go out, not `{}:`", url.scheme())));
        };
        self.grants.check(&origin, &step.method)?;
        for (name, derived) in self.secrets.derived() {
            if let Some(exchange) = derived.exchange()
                && as_lenient_services_read(&exchange.url) == as_lenient_services_read(url)
                && Origin::of(&exchange.url).as_ref() == Some(&origin)
            {
                return Err(HttpError::denied(format!(
                    "{origin}{} is where the host gets the secret `{name}`; write {{{{secret:{name}}}}} instead of asking for it",
                    url.path()
                )));
            }
        }
        let replays = self.exchange.as_ref().is_some_and(Exchange::is_replay);
        if self.pages && !replays { self.ask_robots(url, &origin, deadline).await } else { Ok(()) }
    }

    /// Makes one hop and remembers it.
    async fn hop(&self, step: &Step, deadline: Instant, hops: &mut Vec<Recorded>) -> Result<Arrival, HttpError> {
        let values = match self.values_for(step, deadline).await {
            Ok(values) => values,
            Err(Untold::Error(error)) => return Err(error),
            Err(Untold::Answer(answer)) => return Ok(answer.into()),
        };
        let shown = if step.own { step.url.to_string() } else { self.secrets.redactor.text(step.url.as_str()) };
        if let Some(answer) =
            self.exchange.as_ref().and_then(|exchange| exchange.answer(&step.method, &step.url, step.body.as_deref()))
        {
            return answer.map(|answer| HttpResponse { url: shown, ..answer }.into());
        }
        let (started, clock) = (self.egress.inner.clock.now(), Instant::now());
        let mut outcome = self.ask(step, &shown, &values, deadline).await;
        let place = format!("{}{}", step.url.origin().ascii_serialization(), step.url.path());
        if let Ok(arrival) = &outcome {
            self.tokens_taken(&values, &place, &arrival.answer);
        }
        if outcome.as_ref().is_ok_and(|arrival| tokens::refuses_token(&arrival.answer))
            && self.tokens_refused(&values, &place).await
        {
            // The token may have been withdrawn before its time; another one gets one chance.
            match self.values_for(step, deadline).await {
                Ok(values) => {
                    outcome = self.ask(step, &shown, &values, deadline).await;
                    if let Ok(arrival) = &outcome {
                        self.tokens_renewed(&values, &place, &arrival.answer).await;
                    }
                }
                Err(Untold::Answer(answer)) => outcome = Ok(answer.into()),
                Err(Untold::Error(error)) => outcome = Err(error),
            }
        }
        let ours = |error: &HttpError| matches!(error.class, HttpErrorClass::Denied | HttpErrorClass::Budget);
        if self.exchange.is_some() && !outcome.as_ref().is_err_and(ours) {
            let redactor = &self.secrets.redactor;
            let outcome = match &outcome {
                Ok(Arrival { answer, .. }) => {
                    let body = redactor.kept(&answer.body).unwrap_or_else(|| answer.body.clone());
                    Ok(HttpResponse { body, ..answer.clone() })
                }
                Err(error) => Err(HttpError { message: redactor.text(&error.message), ..error.clone() }),
            };
            let (method, headers, body) = (step.method.clone(), step.headers.clone(), step.body.clone());
            hops.push(Recorded { method, url: shown, headers, body, started, took: clock.elapsed(), outcome });
        }
        outcome
    }

    /// Fills in, asks, takes secrets out again, and answers a 304 from memory.
    async fn ask(&self, step: &Step, shown: &str, values: &Values, deadline: Instant) -> Result<Arrival, HttpError> {
        let unfilled = HttpError::denied;
        let url = if step.own { fill::url(&step.url, values).map_err(unfilled)? } else { step.url.clone() };
        let mut headers = Vec::with_capacity(step.headers.len() + 2);
        for (name, value) in &step.headers {
            let filled = fill::header(value, values, |pair| self.secrets.redactor.learn("basic", pair)).map_err(unfilled)?;
            headers.push((name.clone(), filled));
        }
        let body = step.body.as_ref().map(|body| fill::body(body, &step.headers, values)).transpose().map_err(unfilled)?;

        let memory = &self.egress.inner.memory;
        let key = Memory::key(&self.connector, &step.method, shown, &step.headers);
        let kept = key.as_deref().filter(|_| !wants_fresh(&step.headers)).and_then(|key| memory.get(key));
        if let Some(kept) = &kept {
            headers.extend(validators(kept));
        }
        let max_body = self.limits.response_body_bytes;
        let hop = Hop { method: &step.method, url: &url, shown, headers, body, max_body, cut: false };
        let mut answer = self.egress.send(&hop, deadline).await?;
        shown.clone_into(&mut answer.url);
        // A rerouted service may redirect to itself by the address it stands at; the plugin knows only the real one.
        let location = answer.header("location").filter(|_| is_redirect(answer.status));
        let led_to = location.and_then(|location| self.egress.inner.reroute.location(&url, location));
        if let Some(real) = &led_to {
            answer.set_header("location", real.to_string());
        }
        self.redact(&mut answer);
        match (answer.status, kept, key) {
            (304, Some(kept), _) => Ok(revalidated(&kept, &answer).into()),
            (_, _, Some(key)) => {
                memory.put(key, &answer);
                Ok(Arrival { answer, led_to })
            }
            _ => Ok(Arrival { answer, led_to }),
        }
    }

    fn redact(&self, answer: &mut HttpResponse) {
        let redactor = &self.secrets.redactor;
        if let Some(clean) = redactor.body(&answer.body) {
            answer.body = clean;
        }
        for (_, value) in &mut answer.headers {
            *value = redactor.text(value);
        }
    }

    /// Refuses what the origin's robots.txt disallows; asks for it first if it is not known.
    async fn ask_robots(&self, url: &Url, origin: &Origin, deadline: Instant) -> Result<(), HttpError> {
        let path = &url[Position::BeforePath..Position::AfterQuery];
        if url.path() == "/robots.txt" {
            return Ok(());
        }
        let place = self.egress.inner.robots.place(origin);
        let mut place = place.lock().await;
        if current(&place).is_none() {
            let asked = self.read_robots(url, deadline).await?;
            let rules = Rules::of(asked, &self.egress.inner.policy.robot());
            if let Some(delay) = rules.delay() {
                self.egress.inner.rates.declare(origin.clone().into(), Pace::new(1, delay));
            }
            *place = Some(rules);
        }
        // An overload passes by itself: the service is asked again as after any other.
        if let Some(why) = current(&place).and_then(|rules| rules.unread()) {
            let message = format!("{origin}: its robots.txt could not be read ({why}), so nothing is read for the next minutes");
            return Err(HttpError::connect(message));
        }
        match current(&place).and_then(|rules| rules.refusal(path)) {
            None => Ok(()),
            Some(why) => Err(HttpError::denied(format!(
                "{origin}{path} may not be read: {why}; this plugin reads pages meant for people, so robots.txt is kept, and no setting changes that"
            ))),
        }
    }

    async fn read_robots(&self, url: &Url, deadline: Instant) -> Result<Asked, HttpError> {
        let Ok(mut url) = url.join("/robots.txt") else { return Ok(Asked::None) };
        for _ in 0..=MAX_REDIRECTS {
            // Redirects of robots.txt are followed as far as the plugin could follow them itself.
            let Some(origin) = Origin::of(&url) else { return Ok(Asked::None) };
            if self.grants.check(&origin, "GET").is_err() {
                return Ok(Asked::None);
            }
            let shown = self.secrets.redactor.text(url.as_str());
            let hop = Hop {
                method: "GET",
                url: &url,
                shown: &shown,
                headers: Vec::new(),
                body: None,
                max_body: robotxt::BYTE_LIMIT as u64 + 1,
                cut: true,
            };
            let answer = match self.egress.send(&hop, deadline).await {
                Ok(answer) => answer,
                Err(error) if matches!(error.class, HttpErrorClass::Denied | HttpErrorClass::Budget) => return Err(error),
                Err(error) => return Ok(Asked::Unread(error.message)),
            };
            match (answer.status, answer.header("location")) {
                (200..=299, _) => return Ok(Asked::Text(answer.body)),
                (301 | 302 | 303 | 307 | 308, Some(location)) => match self.egress.inner.reroute.location(&url, location) {
                    Some(next) => url = next,
                    None => return Ok(Asked::None),
                },
                (status @ (429 | 500..=599), _) => return Ok(Asked::Unread(format!("status {status}"))),
                _ => return Ok(Asked::None),
            }
        }
        Ok(Asked::None)
    }

    async fn values_for(&self, step: &Step, deadline: Instant) -> Result<Values, Untold> {
        let url = step.own.then_some(&step.url);
        let names = fill::wanted(url, &step.headers, step.body.as_deref()).map_err(HttpError::denied)?;
        if names.is_empty() {
            return Ok(Values::new());
        }
        let Some(origin) = Origin::of(&step.url) else { return Ok(Values::new()) };
        self.values(&names, &origin, deadline).await
    }
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Where an answer leads on to, if it does.
///
/// # Source
/// Methods and bodies as browsers do it: Fetch standard, "HTTP-redirect fetch".
fn next(step: Step, arrival: &Arrival) -> Result<Option<Step>, HttpError> {
    let Arrival { answer, led_to } = arrival;
    let Some(location) = answer.header("location").filter(|_| is_redirect(answer.status)) else { return Ok(None) };
    let refused = |why: &str| HttpError::denied(format!("{} redirects to {}: {why}", answer.url, location.escape_debug()));
    let Ok(mut url) = step.url.join(location) else { return Ok(None) };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("an address with a user name is not followed"));
    }
    // Within its origin a redirect may carry a secret the service was sent; towards others it is left out.
    if let Some(raw) = led_to.as_ref().filter(|raw| Origin::of(raw) == Origin::of(&step.url)) {
        url.clone_from(raw);
    }
    url.set_fragment(None);
    let (Some(from), Some(to)) = (Origin::of(&step.url), Origin::of(&url)) else {
        return Err(refused("only https and http are followed"));
    };
    if from.scheme() == Scheme::Https && to.scheme() == Scheme::Http {
        return Err(refused("a redirect from https to http is not followed, it would give away what is asked"));
    }
    let Step { mut method, mut headers, mut body, .. } = step;
    if from != to {
        let secret_in = |value: &str| value.contains("{{secret:") || value.contains("{{basic:");
        if body.is_some()
            && !fill::wanted(None, &headers, body.as_deref()).map_or(true, |names| names.is_empty())
            && answer.status >= 307
        {
            return Err(refused("a body that holds a secret is not sent on to another origin"));
        }
        headers.retain(|(name, value)| !SENSITIVE.contains(&name.as_str()) && !secret_in(value));
    }
    let to_get = match answer.status {
        301 | 302 => method == "POST",
        303 => method != "GET" && method != "HEAD",
        _ => false,
    };
    if to_get {
        "GET".clone_into(&mut method);
        body = None;
        headers.retain(|(name, _)| !name.starts_with("content-"));
    }
    Ok(Some(Step { method, url, own: false, headers, body }))
}

/// A path with escapes undone and in lower case, without empty segments and what follows a `;`: many services take all these for one,
/// and whoever may not ask for a place may not ask for it in another spelling.
fn as_lenient_services_read(url: &Url) -> Vec<String> {
    let path = percent_decode_str(url.path()).decode_utf8_lossy().to_lowercase();
    let segments = path.split('/').map(|segment| segment.split(';').next().unwrap_or_default().trim());
    segments.filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}
