//! Guests that go where they have no business, or wait for ever. The host decides; a service on loopback notes what reached it.

mod common;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::guest;
use flate2::write::GzEncoder;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use vigie_mention::delivery::{Batch, Direction, Feed, PollRequest};
use vigie_runtime::{
    CallError, Grants, Limits, NetworkPolicy, Package, Runtime, RuntimeOptions, SecretSource, SourceUse, Standing,
};

const SECRET: &str = "s3cr3t-value";

/// A service that gives every request the same answer, or none at all.
struct Service {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Service {
    async fn answering(answer: Option<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 8192];
                let length = stream.read(&mut bytes).await.unwrap_or_default();
                log.lock().expect("no panic").push(String::from_utf8_lossy(&bytes[..length]).into_owned());
                match &answer {
                    Some(answer) => {
                        // A guest that is stopped hangs up in the middle.
                        let _ = stream.write_all(answer).await;
                        let _ = stream.shutdown().await;
                    }
                    None => silent.push(stream),
                }
            }
        });
        Self { address, heard }
    }

    async fn saying(body: &str) -> Self {
        Self::answering(Some(response("200 OK", "", body.as_bytes()))).await
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Polls the hostile guest once. `private`: what of the private network the operator lists.
async fn poll(behave: &str, url: &str, private: &[&str], limits: Limits) -> Result<Batch, CallError> {
    let package = Package::read(guest("hostile"), "hostile.wasm").expect("sound");
    let network = NetworkPolicy {
        allow_private: private.iter().map(|text| text.parse().expect("a range")).collect(),
        ..NetworkPolicy::default()
    };
    let cache = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-cache");
    let options = RuntimeOptions { cache_dir: Some(cache), network, ..RuntimeOptions::default() };
    let runtime = Runtime::new(options).expect("a runtime");
    let settings = json!({ "behave": behave, "url": url });
    let use_ = SourceUse {
        connector: "videos".to_owned(),
        grants: Grants::judge(package.manifest(), &settings, &Standing::Bundled),
        settings,
        secrets: BTreeMap::from([("token".to_owned(), SecretSource::Literal(SECRET.to_owned()))]),
        limits,
        exchange: None,
    };
    let source = runtime.source(&package, use_).expect("a source");
    let feed = Feed { id: "f".to_owned(), title: "a feed".to_owned(), params: String::new(), expires_at: None };
    source.poll(PollRequest { feed, direction: Direction::Newer, cursor: None, since: None, limit: 10 }).await
}

#[track_caller]
fn refusal(answer: Result<Batch, CallError>) -> String {
    match answer {
        Err(CallError::Failure(failure)) => failure.message,
        other => panic!("not refused: {other:?}"),
    }
}

const LOOPBACK: &[&str] = &["127.0.0.0/8", "::1/128", "localhost"];

#[tokio::test]
async fn an_address_the_operator_listed_is_reached() {
    let service = Service::saying("what stands there").await;
    let batch = poll("follows_redirect", &service.url(), LOOPBACK, Limits::source()).await.expect("an answer");
    let vigie_mention::delivery::Change::Upsert(mention) = &batch.changes[0] else { panic!("a mention") };
    assert_eq!(mention.text, "what stands there");
}

#[tokio::test]
async fn sleeping_inside_a_fetch_ends_with_the_call() {
    let service = Service::answering(None).await;
    let limits = Limits { wall: Duration::from_millis(500), ..Limits::source() };
    let started = std::time::Instant::now();
    let answer = poll("sleeps", &service.url(), LOOPBACK, limits).await;
    let message = match answer {
        Err(CallError::Failure(failure)) => failure.message,
        Err(CallError::Limit { message, .. }) => message,
        other => panic!("it woke up: {other:?}"),
    };
    assert!(message.contains("time"), "{message}");
    assert!(started.elapsed() < Duration::from_secs(20), "nothing waited for the service");
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let service = Service::answering(Some(response("302 Found", "location: http://10.0.0.1/\r\n", b""))).await;
    let message = refusal(poll("follows_redirect", &service.url(), LOOPBACK, Limits::source()).await);
    assert!(message.contains("10.0.0.1"), "{message}");
    assert_eq!(service.heard().len(), 1);
}

#[tokio::test]
async fn a_name_or_an_address_of_this_machine_is_refused() {
    let service = Service::saying("the inside").await;
    for url in [
        service.url(),
        format!("http://localhost:{}/", service.address.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", service.address.port()),
    ] {
        let message = refusal(poll("resolves_loopback", &url, &[], Limits::source()).await);
        assert!(message.contains("private") || message.contains("loopback"), "{url}: {message}");
    }
    assert!(service.heard().is_empty(), "{:?}", service.heard());
}

#[tokio::test]
async fn a_decompression_bomb_is_cut() {
    let mut bomb = GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        bomb.write_all(&[0; 1 << 20]).expect("compressed");
    }
    let bomb = bomb.finish().expect("compressed");
    let service = Service::answering(Some(response("200 OK", "content-encoding: gzip\r\n", &bomb))).await;
    let message = refusal(poll("reads_bomb", &service.url(), LOOPBACK, Limits::source()).await);
    assert!(message.contains("8 MiB"), "{message}");
}

#[tokio::test]
async fn requests_of_a_call_are_counted() {
    let service = Service::saying("again").await;
    let limits = Limits { requests: 5, ..Limits::source() };
    let message = refusal(poll("asks_many", &service.url(), LOOPBACK, limits).await);
    assert!(message.contains("`requests`"), "{message}");
    assert_eq!(service.heard().len(), 5);
}

#[tokio::test]
async fn a_secret_goes_to_no_host_it_is_not_bound_to() {
    let service = Service::saying("thanks").await;
    for behave in ["leaks_secret", "leaks_secret_in_query", "leaks_secret_in_body"] {
        let message = refusal(poll(behave, &service.url(), LOOPBACK, Limits::source()).await);
        assert!(message.contains("token") && !message.contains(SECRET), "{behave}: {message}");
    }
    assert!(!service.heard().concat().contains(SECRET), "{:?}", service.heard());
}
