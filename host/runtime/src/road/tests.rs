//! Roads over loopback: a small server stands for the real services, which are rerouted to it unless a test is about addresses.

mod egress;
mod exchange;
mod redirect;
mod secret;
mod site;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::grants::Standing;
use crate::http::HttpErrorClass;
use crate::{Clock, NetworkPolicy, Retries, SecretSource};
use site::Site;

/// A source that asks for two APIs of one service, may post to the first, and has a token for it.
const MANIFEST: &str = r#"
id = "acme"
name = "Acme"
description = "For tests."
version = "1.0.0"
kind = "source"
licence = "MIT"
contract = "0.1"
identity = "global"
[[hosts]]
origin = "https://api.acme.example"
methods = ["GET", "POST"]
[[hosts]]
origin = "https://files.acme.example"
methods = ["GET"]
[[secrets]]
name = "api-key"
description = "from the developer page"
hosts = ["api.acme.example"]
[[secrets]]
name = "user"
description = "the account"
hosts = ["api.acme.example"]
"#;

const KEY: &str = "K3y/of+the kingdom";

/// How a test's road differs from the usual one.
struct Build {
    manifest: String,
    settings: Value,
    secrets: BTreeMap<String, SecretSource>,
    limits: Limits,
    policy: NetworkPolicy,
    exchange: Option<Exchange>,
}

impl Build {
    fn new(extra: &str) -> Self {
        let secret = |name: &str, value: &str| (name.to_owned(), SecretSource::Literal(value.to_owned()));
        Self {
            manifest: format!("{MANIFEST}{extra}"),
            settings: json!({}),
            secrets: BTreeMap::from([secret("api-key", KEY), secret("user", "annette")]),
            limits: Limits { wall: Duration::from_secs(20), ..Limits::source() },
            policy: NetworkPolicy {
                retries: Retries { first_pause: Duration::ZERO, ..Retries::default() },
                ..NetworkPolicy::default()
            },
            exchange: None,
        }
    }

    /// Everything of the service stands at `site`.
    fn rerouted(mut self, site: &Site) -> Self {
        for (origin, path) in [("https://api.acme.example", "/api"), ("https://files.acme.example", "/files")] {
            let target = Url::parse(&format!("{}{path}", site.url())).expect("an address");
            self.policy.reroute.insert(origin.parse().expect("an origin"), target);
        }
        self
    }

    fn road(self) -> Road {
        let manifest = Manifest::read(&self.manifest).expect("a manifest");
        let egress = Egress::new(self.policy, Clock::System);
        let secrets = if self.exchange.as_ref().is_some_and(Exchange::is_replay) {
            Secrets::pretended(&manifest, &self.settings)
        } else {
            Secrets::resolve(&manifest, &self.settings, &self.secrets)
        };
        let use_ = RoadUse {
            connector: "c".to_owned(),
            grants: Grants::judge(&manifest, &self.settings, &Standing::Bundled),
            secrets: secrets.expect("secrets"),
            limits: self.limits,
            exchange: self.exchange,
        };
        Road::new(egress, &manifest, &self.settings, use_)
    }
}

impl Road {
    async fn get(&self, url: &str) -> Result<HttpResponse, HttpError> {
        self.fetch(&CallBudget::new(&self.limits), HttpRequest::get(url)).await
    }

    async fn refusal(&self, request: HttpRequest) -> String {
        let error = self.fetch(&CallBudget::new(&self.limits), request).await.expect_err("a refusal");
        assert_eq!(error.class, HttpErrorClass::Denied, "{error}");
        error.message
    }
}

fn request(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> HttpRequest {
    HttpRequest {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.map(|body| body.as_bytes().to_vec()),
    }
}

#[tokio::test]
async fn what_is_no_proper_request_is_refused_before_anything_is_sent() {
    let road = Build::new("").road();
    let api = "https://api.acme.example/x";
    let big = "x".repeat(2 * 1024 * 1024);
    for (request, said) in [
        (request("FETCH", api, &[], None), "`FETCH` is no method"),
        (request("get", api, &[], None), "`get` is no method"),
        (request("GET", "no address", &[], None), "is no address"),
        (request("GET", "ftp://api.acme.example/x", &[], None), "only https and http go out, not `ftp:`"),
        (request("GET", "file:///etc/passwd", &[], None), "only https and http go out"),
        (request("GET", "https://user:hunter2@api.acme.example/x", &[], None), "may not hold a user name"),
        (request("GET", api, &[("Host", "evil.example")], None), "the header `host` is the host's"),
        (request("GET", api, &[("Content-Length", "3")], None), "the header `content-length`"),
        (request("GET", api, &[("X-Forwarded-Host", "a")], None), "the header `x-forwarded-host`"),
        (request("POST", api, &[], Some(&big)), "is over 1 MiB, the limit `request_body_bytes`"),
        (request("GET", &format!("{api}?{}", &big[..20_000]), &[], None), "is over the limit of 16384"),
        (request("GET", api, &[("a", &big[..40_000])], None), "are over the limit"),
    ] {
        let message = road.refusal(request).await;
        assert!(message.contains(said), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[tokio::test]
async fn a_call_has_a_budget() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/api/big" => site::ok("x".repeat(700_000)),
        _ => site::ok("small"),
    })
    .await;
    let mut build = Build::new("").rerouted(&site);
    build.limits = Limits { requests: 2, memory_bytes: 1_000_000, ..build.limits };
    let road = build.road();
    let budget = CallBudget::new(&road.limits);
    let get = |path: &str| road.fetch(&budget, HttpRequest::get(format!("https://api.acme.example{path}")));
    get("/a").await.expect("the first");
    get("/b").await.expect("the second");
    let error = get("/c").await.expect_err("the third");
    assert_eq!(
        (error.class, error.message.as_str()),
        (HttpErrorClass::Budget, "this call has used its 2 requests, the limit `requests`; ask for less in one call")
    );
    assert_eq!((site.asked().len(), budget.requests_used()), (2, 2));

    let budget = CallBudget::new(&road.limits);
    let get = |path: &str| road.fetch(&budget, HttpRequest::get(format!("https://api.acme.example{path}")));
    get("/big").await.expect("fits");
    let error = get("/big").await.expect_err("together too large");
    assert_eq!(error.class, HttpErrorClass::Budget);
    assert!(error.message.contains("the limit `memory`"), "{error}");
}

#[tokio::test]
async fn several_requests_run_together_within_bounds_and_keep_their_order() {
    let site = Site::new(|asked| site::ok(asked.path.clone()).once(3)).await;
    let mut build = Build::new("").rerouted(&site);
    build.limits.concurrency = 3;
    let road = build.road();
    let requests = (0..12).map(|n| HttpRequest::get(format!("https://api.acme.example/{n}"))).collect();
    let answers = road.fetch_all(&CallBudget::new(&road.limits), requests).await;
    let bodies: Vec<_> =
        answers.into_iter().map(|answer| String::from_utf8(answer.expect("an answer").body).expect("text")).collect();
    assert_eq!(bodies, (0..12).map(|n| format!("/api/{n}")).collect::<Vec<_>>());
    assert_eq!(site.most_together(), 3, "three at once, and never more");
}
