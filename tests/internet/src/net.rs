//! The state behind the server: services, the present instant, faults and limits to come, and what was asked.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use crate::error::ControlError;
use crate::fault::{Fault, Sending, send};
use crate::limit::{Bucket, Limit};
use crate::services::{self, Service};
use crate::story::Story;
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

/// One request as it arrived, and the status it got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Upper case.
    pub method: String,
    /// Host of the real origin.
    pub host: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// What was answered; 0 where the connection was broken off.
    pub status: u16,
    /// Whether a [`Fault`] made the answer.
    pub faulty: bool,
}

/// Everything the server answers from. Usable without a server, too.
pub struct Internet {
    state: Mutex<State>,
}

struct State {
    now: Timestamp,
    services: Vec<Box<dyn Service>>,
    faults: Vec<Fault>,
    limits: BTreeMap<String, Bucket>,
    seen: Vec<Seen>,
}

impl Internet {
    /// Fills the services from a story.
    #[must_use]
    pub fn new(story: Story) -> Self {
        Self::telling(story, false)
    }

    /// The same; if `thin`, the services with a part of their own in the story tell only some of it.
    #[must_use]
    pub fn telling(story: Story, thin: bool) -> Self {
        let now = story.now;
        let services = if thin { services::some(story) } else { services::all(story) };
        let state = State { now, services, faults: Vec::new(), limits: BTreeMap::new(), seen: Vec::new() };
        Self { state: Mutex::new(state) }
    }

    /// A panic while holding the lock is a bug in a service; the others go on.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request: fault first, then limit, then the service.
    pub(crate) fn answer(&self, ask: &Ask) -> Sending {
        let mut state = self.state();
        let now = state.now;
        // Every fault counts its own requests, so all of them are asked; the first one that strikes answers.
        let struck: Vec<_> = state.faults.iter_mut().map(|fault| fault.strikes(ask)).collect();
        let fault = struck.iter().position(|strikes| *strikes).map(|at| state.faults[at].answer.clone());
        let refused = if fault.is_none() { state.limits.get_mut(&ask.host).and_then(Bucket::take) } else { None };
        let service = state.services.iter().find(|service| service.hosts().iter().any(|host| host == &ask.host));
        let right = |ask: &Ask| match service {
            Some(service) => service.answer(ask, now),
            None => Reply::text(404, "text/plain; charset=utf-8", format!("no service is mounted under {}", ask.host)),
        };
        let sending = match (&fault, refused) {
            (Some(answer), _) => send(answer, ask, now, right),
            (None, Some(seconds)) => Sending::Whole(service.map_or_else(|| right(ask), |service| service.refuse(seconds))),
            (None, None) => Sending::Whole(right(ask)),
        };
        let status = match &sending {
            Sending::Whole(reply) | Sending::Cut(reply) | Sending::Slow { reply, .. } => reply.status,
            Sending::Bomb { .. } => 200,
            Sending::Reset => 0,
        };
        let seen = Seen {
            method: ask.method.clone(),
            host: ask.host.clone(),
            target: ask.target(),
            headers: ask.headers.clone(),
            status,
            faulty: fault.is_some(),
        };
        state.seen.push(seen);
        sending
    }

    /// The present instant of all services.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.state().now
    }

    /// Moves the present; what the story holds up to then becomes visible.
    pub fn advance_to(&self, now: Timestamp) {
        self.state().now = now;
    }

    /// Adds a fault; earlier ones are asked first.
    pub fn fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Sets the rate limit of a host.
    pub fn limit(&self, host: &str, limit: Limit) {
        self.state().limits.insert(host.to_owned(), Bucket::new(limit));
    }

    /// What was asked so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// Forgets what was asked so far.
    pub fn forget_requests(&self) {
        self.state().seen.clear();
    }

    /// How many items each service shows at present.
    #[must_use]
    pub fn visible(&self) -> BTreeMap<String, usize> {
        let state = self.state();
        state.services.iter().map(|service| (service.name().to_owned(), service.visible(state.now))).collect()
    }

    /// The services that say how they are read, by name, with the hosts they answer for.
    #[must_use]
    pub fn subjects(&self) -> Vec<(String, Vec<String>, Subject)> {
        let state = self.state();
        let services = state.services.iter();
        services.filter_map(|service| Some((service.name().to_owned(), service.hosts().to_vec(), service.subject()?))).collect()
    }

    /// What one service's subject must find at present; nothing where there is no such service.
    #[must_use]
    pub fn truth(&self, name: &str) -> Vec<Truth> {
        let state = self.state();
        let service = state.services.iter().find(|service| service.name() == name);
        service.map(|service| service.truth(state.now)).unwrap_or_default()
    }

    /// How one service words its failures.
    #[must_use]
    pub fn spoken(&self, name: &str) -> Vec<Spoken> {
        let state = self.state();
        state.services.iter().find(|service| service.name() == name).map(|service| service.spoken()).unwrap_or_default()
    }

    /// Hosts that are mounted, in order.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        self.state().services.iter().flat_map(|service| service.hosts().to_vec()).collect()
    }

    /// Changes an item's text as its author would, at the present instant. `id` is the service's name, a slash, its own id.
    ///
    /// # Errors
    /// [`ControlError`] when there is no such service or item.
    pub fn edit(&self, id: &str, text: &str) -> Result<(), ControlError> {
        self.change(id, Some(text))
    }

    /// Removes an item at its service, at the present instant.
    ///
    /// # Errors
    /// [`ControlError`] when there is no such service or item.
    pub fn delete(&self, id: &str) -> Result<(), ControlError> {
        self.change(id, None)
    }

    fn change(&self, path: &str, text: Option<&str>) -> Result<(), ControlError> {
        let (name, id) = path.split_once('/').ok_or_else(|| ControlError::NoPath(path.to_owned()))?;
        let mut state = self.state();
        let now = state.now;
        let known = state.services.iter().map(|service| service.name()).collect::<Vec<_>>().join(", ");
        let service = state
            .services
            .iter_mut()
            .find(|service| service.name() == name)
            .ok_or_else(|| ControlError::NoService { name: name.to_owned(), known })?;
        if service.change(id, text, now) {
            Ok(())
        } else {
            Err(ControlError::NoItem { service: name.to_owned(), id: id.to_owned() })
        }
    }
}
