//! The transport: axum on loopback, on a thread of its own, so that it serves tests with and without a runtime.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use futures_util::stream::{self, Stream};
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::control;
use crate::fault::{Sending, http_date};
use crate::limit::Limit;
use crate::net::Internet;
use crate::story::{self, Story};
use crate::wire::{Ask, Reply, decode};

/// How to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The present at the start; the story covers the sixty days before and the fourteen after it.
    pub now: Timestamp,
    /// Another seed tells the same story with other words and people.
    pub seed: u64,
    /// 0 takes a free one.
    pub port: u16,
    /// Whether forums refuse every hundred and fiftieth request, as busy ones do. Tests that count requests leave it off.
    pub limits: bool,
    /// Whether only a part of the story is told, for tests that read it many times.
    pub thin: bool,
}

impl Default for Options {
    /// The story's own present, seed 1, a free port, no limits, everything told.
    fn default() -> Self {
        Self { now: story::default_now(), seed: 1, port: 0, limits: false, thin: false }
    }
}

pub(crate) struct Shared {
    pub(crate) internet: Internet,
    pub(crate) stop: Notify,
}

/// A running miniature internet; [`Internet`]'s methods work on it. Dropping it ends the server.
pub struct Handle {
    addr: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the server on loopback.
///
/// # Errors
/// Those of the operating system, such as a port in use.
pub fn start(options: Options) -> io::Result<Handle> {
    let story = Story::new(options.now, options.seed);
    let internet = Internet::telling(story, options.thin);
    if options.limits {
        for host in story::FORUM_HOSTS {
            internet.limit(host, Limit { every: 150, refusals: 1, retry_after_secs: 1 });
        }
    }
    let listener = std::net::TcpListener::bind(("127.0.0.1", options.port))?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    let shared = Arc::new(Shared { internet, stop: Notify::new() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("vigie-internet".to_owned()).spawn(move || {
        runtime.block_on(async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            let stop = Arc::clone(&served);
            let app = control::routes().fallback(serve).with_state(served);
            tokio::select! {
                _ = axum::serve(listener, app) => {}
                // Open connections are cut, after a moment for the answer under way: a client that keeps one alive must not
                // keep the server up.
                () = async { stop.stop.notified().await; tokio::time::sleep(Duration::from_millis(10)).await } => {}
            }
        });
    })?;
    Ok(Handle { addr, shared, thread: Some(thread) })
}

impl Handle {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The `[network.reroute]` table that sends every real origin here.
    #[must_use]
    pub fn reroute_toml(&self) -> String {
        story::reroute_toml(self.addr)
    }

    /// Waits until somebody ends the server through the control interface, at most so long; says whether it ended.
    #[must_use]
    pub fn wait(&mut self, at_most: Duration) -> bool {
        let begun = std::time::Instant::now();
        while begun.elapsed() < at_most {
            if self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
                return true;
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        false
    }

    /// Ends the server and waits until its port is free.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Deref for Handle {
    type Target = Internet;

    fn deref(&self) -> &Internet {
        &self.shared.internet
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic in there has been printed; a test's own failure says more than a second panic would.
            let _ = thread.join();
        }
    }
}

/// Answers whatever is not the control interface: `/{host}/{path}?{query}`.
async fn serve(
    State(shared): State<Arc<Shared>>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response<Body> {
    let path = uri.path().trim_start_matches('/');
    let (host, path) = path.split_once('/').unwrap_or((path, ""));
    let query = url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).into_owned().collect();
    let headers = headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let ask = Ask {
        method: method.to_string(),
        host: host.to_owned(),
        path: decode(&format!("/{path}")),
        query,
        headers,
        empty: false,
    };
    let now = shared.internet.now();
    match shared.internet.answer(&ask) {
        Sending::Whole(reply) => {
            let body = Body::from(reply.body.clone());
            respond(&reply, now, body)
        }
        Sending::Slow { reply, pause, pieces } => {
            let body = Body::from_stream(slowly(reply.body.clone(), pause, pieces));
            respond(&reply, now, body)
        }
        Sending::Bomb { mebibytes } => {
            let reply = Reply::text(200, "application/json; charset=utf-8", "").with("content-encoding", "gzip");
            respond(&reply, now, Body::from_stream(bomb(mebibytes)))
        }
        Sending::Reset => {
            // A body that fails before its first byte: hyper closes without having sent the head.
            let broken = stream::once(async { Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset)) });
            Response::new(Body::from_stream(broken))
        }
        Sending::Cut(reply) => {
            let promised = reply.body.len().to_string();
            let half = Bytes::copy_from_slice(&reply.body[..reply.body.len() / 2]);
            let body = Body::from_stream(cut(half));
            respond(&reply.with("content-length", promised), now, body)
        }
    }
}

fn respond(reply: &Reply, now: Timestamp, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // The story's present, not the machine's: a client that reckons with the `Date` header stays in the story.
    let headers = reply.headers.iter().cloned().chain([("date".to_owned(), http_date(now))]);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A body in pieces, a pause before each.
fn slowly(body: Vec<u8>, pause: Duration, pieces: u32) -> impl Stream<Item = io::Result<Bytes>> {
    let size = body.len().div_ceil(pieces as usize).max(1);
    let chunks: Vec<Bytes> = body.chunks(size).map(Bytes::copy_from_slice).collect();
    stream::unfold(chunks.into_iter(), move |mut rest| async move {
        let chunk = rest.next()?;
        tokio::time::sleep(pause).await;
        Some((Ok(chunk), rest))
    })
}

/// Some bytes, a moment in which they reach the other side, then a failure.
fn cut(first: Bytes) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some(first), |first| async move {
        match first {
            Some(bytes) if !bytes.is_empty() => Some((Ok(bytes), Some(Bytes::new()))),
            Some(_) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), None))
            }
            None => None,
        }
    })
}

/// Zeros in one gzip stream, made as they are read: a client that stops early costs nothing.
fn bomb(mebibytes: u32) -> impl Stream<Item = io::Result<Bytes>> {
    let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    stream::unfold((Some(encoder), 0), move |(encoder, done)| async move {
        let mut encoder = encoder?;
        let zeros = vec![0_u8; 1 << 20];
        let step = 16.min(mebibytes - done);
        for _ in 0..step {
            if let Err(error) = encoder.write_all(&zeros) {
                return Some((Err(error), (None, done)));
            }
        }
        let done = done + step;
        if done >= mebibytes {
            return Some((encoder.finish().map(Bytes::from), (None, done)));
        }
        let made = std::mem::take(encoder.get_mut());
        Some((Ok(Bytes::from(made)), (Some(encoder), done)))
    })
}
