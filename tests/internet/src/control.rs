//! The control interface over HTTP, for scripts: `POST /_control/advance {"to": "2026-11-23T08:00:00Z"}` and its sisters.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::limit::Limit;
use crate::net::Internet;
use crate::server::Shared;

type Answered = (StatusCode, Json<Value>);

/// `{"to": instant}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    to: Timestamp,
}

/// `{"id": "hackernews/41000123", "text": "…"}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    id: String,
    text: String,
}

/// `{"id": "hackernews/41000123"}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delete {
    id: String,
}

/// `{"host": "hn.algolia.com", "every": 50, "refusals": 1, "retry_after_secs": 1}`
#[derive(Deserialize)]
struct LimitOf {
    host: String,
    #[serde(flatten)]
    limit: Limit,
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_control/state", get(state))
        .route("/_control/requests", get(requests).delete(forget))
        .route("/_control/advance", post(advance))
        .route("/_control/edit", post(edit))
        .route("/_control/delete", post(delete))
        .route("/_control/fault", post(fault).delete(clear))
        .route("/_control/limit", post(limit))
        .route("/_control/shutdown", post(shutdown))
}

fn summary(internet: &Internet) -> Answered {
    (StatusCode::OK, Json(json!({ "now": internet.now(), "visible": internet.visible() })))
}

fn outcome(internet: &Internet, done: Result<(), crate::ControlError>) -> Answered {
    match done {
        Ok(()) => summary(internet),
        Err(error) => (StatusCode::NOT_FOUND, Json(json!({ "error": error.to_string() }))),
    }
}

async fn state(State(shared): State<Arc<Shared>>) -> Answered {
    summary(&shared.internet)
}

async fn requests(State(shared): State<Arc<Shared>>) -> Answered {
    (StatusCode::OK, Json(json!(shared.internet.requests())))
}

async fn forget(State(shared): State<Arc<Shared>>) -> Answered {
    shared.internet.forget_requests();
    summary(&shared.internet)
}

async fn advance(State(shared): State<Arc<Shared>>, Json(order): Json<Advance>) -> Answered {
    shared.internet.advance_to(order.to);
    summary(&shared.internet)
}

async fn edit(State(shared): State<Arc<Shared>>, Json(order): Json<Edit>) -> Answered {
    outcome(&shared.internet, shared.internet.edit(&order.id, &order.text))
}

async fn delete(State(shared): State<Arc<Shared>>, Json(order): Json<Delete>) -> Answered {
    outcome(&shared.internet, shared.internet.delete(&order.id))
}

async fn fault(State(shared): State<Arc<Shared>>, Json(order): Json<Fault>) -> Answered {
    shared.internet.fault(order);
    summary(&shared.internet)
}

async fn clear(State(shared): State<Arc<Shared>>) -> Answered {
    shared.internet.clear_faults();
    summary(&shared.internet)
}

async fn limit(State(shared): State<Arc<Shared>>, Json(order): Json<LimitOf>) -> Answered {
    shared.internet.limit(&order.host, order.limit);
    summary(&shared.internet)
}

async fn shutdown(State(shared): State<Arc<Shared>>) -> Answered {
    shared.stop.notify_one();
    summary(&shared.internet)
}
