//! One recorded answer on loopback, for the plugin's request it belongs to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode, Uri};

use url::Url;

use crate::index::Sample;
use crate::recipe::Recipe;

/// What a service gives for credentials, in the words of all of them.
const TOKEN: &str = r#"{"access_token":"recorded","token_type":"bearer","expires_in":3600,"accessJwt":"recorded","refreshJwt":"recorded","did":"did:plc:recorded"}"#;
/// Headers that were true of the recorded bytes on their way, and are not of these.
const ON_THE_WAY: [&str; 5] = ["content-length", "content-encoding", "transfer-encoding", "connection", "date"];

struct Shared {
    sample: Sample,
    recipe: Recipe,
    /// The path of the recorded request.
    asked_path: String,
    given: Mutex<bool>,
    asked: Mutex<Vec<String>>,
}

/// A server of one answer.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(sample: &Sample, url: &Url, recipe: &Recipe) -> Result<Self> {
        let shared = Arc::new(Shared {
            sample: sample.clone(),
            recipe: recipe.clone(),
            asked_path: url.path().to_owned(),
            given: Mutex::new(false),
            asked: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { addr, shared, task })
    }

    /// What the plugin asked, and whether it got the answer.
    pub(crate) fn end(self) -> (Vec<String>, bool) {
        self.task.abort();
        let asked = self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let given = *self.shared.given.lock().unwrap_or_else(PoisonError::into_inner);
        (asked, given)
    }
}

/// Origins are sent to `/{scheme}/{host}`; the rest is the request as the service would see it.
async fn answer(State(shared): State<Arc<Shared>>, method: Method, uri: Uri, _body: Bytes) -> Response<Body> {
    let mut parts = uri.path().trim_start_matches('/').splitn(3, '/');
    let (scheme, host, path) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let path = format!("/{path}");
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    shared.asked.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{method} {scheme}://{host}{path}{query}"));
    let Shared { sample, recipe, asked_path, given, .. } = shared.as_ref();
    let is_asked = if recipe.asks_anything() {
        // Tokens are given: what fails is what they are for, unless they are what was asked for.
        method == Method::GET || path.trim_end_matches('/') == asked_path.trim_end_matches('/')
    } else {
        (method.as_str() == sample.method || (recipe.is_another() && method == Method::GET))
            && recipe.fits(&path, uri.query().unwrap_or_default())
    };
    if is_asked {
        *given.lock().unwrap_or_else(PoisonError::into_inner) = true;
        return recorded(sample, recipe);
    }
    let (status, body) = match method {
        _ if recipe.beside(&path).is_some() => (StatusCode::OK, recipe.beside(&path).unwrap_or_default()),
        Method::POST => (StatusCode::OK, TOKEN),
        // The rest of the service is not there, robots.txt included.
        _ => (StatusCode::NOT_FOUND, "{}"),
    };
    let mut response = Response::new(Body::from(body.to_owned()));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    response
}

fn recorded(sample: &Sample, recipe: &Recipe) -> Response<Body> {
    let body = recipe.shape.as_ref().map_or_else(|| sample.body.clone(), |shaped| shaped.clone().into_bytes());
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(sample.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    for (name, value) in &sample.headers {
        let name = name.to_ascii_lowercase();
        if ON_THE_WAY.contains(&name.as_str()) {
            continue;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    // Bodies that are compressed themselves are unpacked on the way, as a service's own would be.
    if recipe.shape.is_none() && sample.body.starts_with(&[0x1f, 0x8b]) {
        headers.insert("content-encoding", HeaderValue::from_static("gzip"));
    }
    if !headers.contains_key("content-type") {
        headers.insert("content-type", HeaderValue::from_static(kind(&sample.body)));
    }
    response
}

/// What a body is, where the recording does not say.
fn kind(body: &[u8]) -> &'static str {
    match body.trim_ascii_start() {
        [b'{' | b'[', ..] => "application/json; charset=utf-8",
        text if text.starts_with(b"<?xml") || text.starts_with(b"<rss") || text.starts_with(b"<feed") => "application/xml",
        [b'<', ..] => "text/html",
        _ => "text/plain",
    }
}
