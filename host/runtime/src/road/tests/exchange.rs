//! Derived secrets, and recordings made and played over a road.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const API: &str = "https://api.acme.example";

/// A token exchange at the API itself, and a proof made of the token.
const DERIVED: &str = r#"
[[derived]]
name = "token"
hosts = ["api.acme.example"]
[derived.exchange]
url = "https://api.acme.example/token"
headers = { Authorization = "Basic {{basic:user:api-key}}" }
form = { grant_type = "client_credentials" }
token = "/access_token"
life = "/expires_in"
[[derived]]
name = "proof"
hosts = ["api.acme.example"]
[derived.hmac]
key = "api-key"
message = "token"
"#;

/// Gives tokens by number, takes only the newest, and has places that are closed whoever asks.
async fn issuer() -> Site {
    let given = AtomicUsize::new(0);
    Site::new(move |asked| match asked.path.as_str() {
        "/api/token" => {
            let number = given.fetch_add(1, Ordering::SeqCst) + 1;
            site::ok(format!("{{\"access_token\":\"token-number-{number}\",\"expires_in\":3600}}"))
        }
        "/api/withdraw" => {
            given.fetch_add(100, Ordering::SeqCst);
            site::ok("done")
        }
        path if path.starts_with("/api/closed/") => site::status(401),
        _ => {
            let newest = format!("Bearer token-number-{}", given.load(Ordering::SeqCst));
            if asked.header("authorization") == Some(&newest) { site::ok(format!("hello {newest}")) } else { site::status(401) }
        }
    })
    .await
}

fn with_token(path: &str) -> HttpRequest {
    request("GET", &format!("{API}{path}"), &[("Authorization", "Bearer {{secret:token}}")], None)
}

#[tokio::test]
async fn a_token_is_fetched_once_and_renewed_on_a_401() {
    let site = issuer().await;
    let road = Build::new(DERIVED).rerouted(&site).road();
    let budget = CallBudget::new(&road.limits);
    let answers = road.fetch_all(&budget, (0..6).map(|n| with_token(&format!("/{n}"))).collect()).await;
    for answer in answers {
        assert_eq!(answer.expect("an answer").body, b"hello Bearer {{secret:token}}", "the plugin never sees it");
    }
    let exchanges = || site.asked().iter().filter(|asked| asked.path == "/api/token").cloned().collect::<Vec<_>>();
    let first = exchanges();
    assert_eq!(first.len(), 1, "six requests, one exchange");
    assert_eq!(first[0].header("authorization"), Some("Basic YW5uZXR0ZTpLM3kvb2YrdGhlIGtpbmdkb20="));
    assert_eq!((first[0].method.as_str(), first[0].body.as_str()), ("POST", "grant_type=client_credentials"));

    road.get(&format!("{API}/withdraw")).await.expect("an answer");
    assert_eq!(road.fetch(&budget, with_token("/x")).await.expect("an answer").status, 200);
    assert_eq!(exchanges().len(), 2);

    let proof = request("GET", &format!("{API}/p"), &[("X-Proof", "{{secret:proof}}")], None);
    road.fetch(&budget, proof).await.expect("an answer");
    let expected = crate::derived::keyed_hash(KEY, "token-number-102");
    assert!(site.asked().iter().any(|asked| asked.header("x-proof") == Some(&expected)));
}

/// Every answer 401 about one list that was closed to the account cost a new token, though the token was good: a service that allows
/// few exchanges a day refused them all soon after.
#[tokio::test]
async fn what_is_refused_to_every_token_does_not_cost_one_each_time() {
    let site = issuer().await;
    let road = Build::new(DERIVED).rerouted(&site).road();
    let budget = CallBudget::new(&road.limits);
    let exchanges = || site.asked().iter().filter(|asked| asked.path == "/api/token").count();
    let status = async |path: &str| road.fetch(&CallBudget::new(&road.limits), with_token(path)).await.expect("an answer").status;
    let by_proof = || request("GET", &format!("{API}/closed/proof"), &[("X-Proof", "{{secret:proof}}")], None);
    for _ in 0..4 {
        assert_eq!((status("/open").await, status("/closed/list").await), (200, 401));
        assert_eq!(road.fetch(&budget, by_proof()).await.expect("an answer").status, 401);
    }
    assert_eq!(exchanges(), 3, "the first, and one for each place to see that it is not the token");
    // Beside all that is closed, a token that is withdrawn is renewed, each time.
    for more in 1..=6 {
        road.get(&format!("{API}/withdraw")).await.expect("an answer");
        assert_eq!((status("/open").await, exchanges()), (200, 3 + more));
    }

    let together = road.fetch_all(&budget, (0..6).map(|n| with_token(&format!("/closed/{n}"))).collect()).await;
    assert!(together.into_iter().all(|answer| answer.expect("an answer").status == 401));
    for place in 10..20 {
        assert_eq!(status(&format!("/closed/{place}")).await, 401);
    }
    assert_eq!(exchanges(), 12, "however many places there are, five doubts an hour are wrong at most");
}

#[tokio::test]
async fn a_plugin_cannot_ask_for_the_token_itself() {
    let site = issuer().await;
    let road = Build::new(DERIVED).rerouted(&site).road();
    let message = road
        .refusal(request("POST", &format!("{API}/token?x"), &[("authorization", "Basic {{basic:user:api-key}}")], None))
        .await;
    assert_eq!(
        message,
        "https://api.acme.example/token is where the host gets the secret `token`; write {{secret:token}} instead of asking for it"
    );
    for spelling in ["/%74oken", "/Token", "//token/", "/token;v=1", "/token%2F"] {
        let message = road.refusal(request("POST", &format!("{API}{spelling}"), &[], None)).await;
        assert!(message.contains("is where the host gets the secret `token`"), "{spelling}: {message}");
    }
    assert!(site.asked().is_empty());
}

#[tokio::test]
async fn a_refused_exchange_is_a_401_and_an_overload_stays_one() {
    let site = Site::new(|asked| match asked.header("authorization") {
        Some(_) => site::status(400).with("content-type", "application/json"),
        None => site::ok("never"),
    })
    .await;
    let answer = Build::new(DERIVED).rerouted(&site).road();
    let answer = answer.fetch(&CallBudget::new(&answer.limits), with_token("/x")).await.expect("an answer");
    assert_eq!(answer.status, 401);
    let said = "https://api.acme.example/token refused to give secret `token`: status 400, no reason given";
    assert_eq!(String::from_utf8_lossy(&answer.body), said);

    let site = Site::new(|_| site::status(429).with("retry-after", "900")).await;
    let road = Build::new(DERIVED).rerouted(&site).road();
    let answer = road.fetch(&CallBudget::new(&road.limits), with_token("/x")).await.expect("an answer");
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("900")));
}

/// Asks for a list, a page behind a redirect, a search and something that is not there, the last two together.
async fn visit(road: &Road) -> Vec<(u16, String, String)> {
    let budget = CallBudget::new(&road.limits);
    let mut answers = vec![
        road.fetch(&budget, request("GET", &format!("{API}/list?key={{{{secret:api-key}}}}"), &[], None)).await,
        road.fetch(&budget, with_token("/moved")).await,
    ];
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let both = vec![
        request("POST", &format!("{API}/search"), &form, Some("q=x&key={{secret:api-key}}")),
        request("GET", "https://files.acme.example/picture", &[], None),
        request("GET", &format!("{API}/gone"), &[], None),
    ];
    answers.extend(road.fetch_all(&budget, both).await);
    let plain =
        |answer: HttpResponse| (answer.status, answer.url, answer.body.iter().map(|byte| format!("{byte:02x}")).collect());
    answers.into_iter().map(|answer| plain(answer.expect("an answer"))).collect()
}

async fn service() -> Site {
    Site::new(|asked| match asked.path.as_str() {
        "/api/token" => site::ok("{\"access_token\":\"token-number-one\",\"expires_in\":3600}"),
        "/api/moved" => site::redirect(302, "https://files.acme.example/moved"),
        "/files/picture" => site::ok(b"\x89PNG\xff\x00".to_vec()).with("content-type", "image/png").with("etag", "\"p\""),
        "/api/gone" => site::status(410).with("date", "Sun, 22 Nov 2026 08:00:00 GMT").with("set-cookie", "session=42"),
        path => site::ok(format!("{{\"asked\":\"{path} {}\"}}", asked.body)).with("content-type", "application/json"),
    })
    .await
}

#[tokio::test]
async fn what_was_recorded_is_played_without_network_or_credentials() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("visit.har");
    let site = service().await;
    let recording = Exchange::record(&file).expect("a recording");
    let mut build = Build::new(DERIVED).rerouted(&site);
    build.exchange = Some(recording.clone());
    let seen = visit(&build.road()).await;
    recording.finish().expect("written");

    let text = std::fs::read_to_string(&file).expect("a file");
    for secret in ["kingdom", "K3y", "token-number", "YW5uZXR0", "session=42", "127.0.0.1", "annette"] {
        assert!(!text.contains(secret), "{secret} stands in the recording");
    }
    let har: Value = serde_json::from_str(&text).expect("json");
    assert_eq!(har["log"]["version"], "1.2");
    let urls: Vec<_> = har["log"]["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| entry["request"]["url"].as_str().expect("a url").to_owned())
        .collect();
    assert_eq!(
        urls,
        [
            "https://api.acme.example/list?key={{secret:api-key}}",
            "https://api.acme.example/moved",
            "https://files.acme.example/moved",
            "https://api.acme.example/search",
            "https://files.acme.example/picture",
            "https://api.acme.example/gone",
        ]
    );
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).expect("a file").permissions()) & 0o777, 0o600);

    let asked_before = site.asked().len();
    for loose in [false, true] {
        let replay = Exchange::replay(&file, loose).expect("a recording");
        let mut build = Build::new(DERIVED);
        build.secrets.clear();
        build.policy.names = crate::Names::Fixed(BTreeMap::new());
        build.exchange = Some(replay.clone());
        assert_eq!(visit(&build.road()).await, seen, "loose: {loose}");
        assert_eq!(replay.unused(), Vec::<String>::new());
    }
    assert_eq!(site.asked().len(), asked_before);
}

#[tokio::test]
async fn a_replay_keeps_the_rules_and_says_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("visit.har");
    let site = service().await;
    let mut build = Build::new(DERIVED).rerouted(&site);
    build.exchange = Some(Exchange::record(&file).expect("a recording"));
    build.road().get(&format!("{API}/list?page=1")).await.expect("an answer");

    let mut build = Build::new(DERIVED);
    let replay = Exchange::replay(&file, false).expect("a recording");
    build.exchange = Some(replay.clone());
    let road = build.road();
    assert!(road.refusal(HttpRequest::get("https://evil.example/")).await.contains("its manifest does not ask"));
    let elsewhere = request("GET", "https://files.acme.example/x", &[("a", "{{secret:api-key}}")], None);
    assert!(road.refusal(elsewhere).await.contains("may not be sent to"));
    assert_eq!(
        road.refusal(HttpRequest::get(format!("{API}/list?page=2"))).await,
        "replay: asked GET https://api.acme.example/list?page=2, and the next recorded exchange is GET \
         https://api.acme.example/list?page=1; record again, or replay loosely"
    );
    assert_eq!(replay.unused(), ["GET https://api.acme.example/list?page=1"]);
}

#[tokio::test]
async fn errors_and_revalidated_answers_are_recorded_as_the_plugin_saw_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("visit.har");
    let site = Site::new(|asked| match (asked.path.as_str(), asked.header("if-none-match")) {
        ("/api/feed", Some(_)) => site::status(304),
        ("/api/feed", None) => site::ok("the feed").with("etag", "\"1\""),
        _ => site::ok(vec![0; 2_000]),
    })
    .await;
    let mut build = Build::new("").rerouted(&site);
    build.limits.response_body_bytes = 1_000;
    build.exchange = Some(Exchange::record(&file).expect("a recording"));
    let road = build.road();
    for _ in 0..2 {
        assert_eq!(road.get(&format!("{API}/feed")).await.expect("an answer").body, b"the feed");
    }
    let error = road.get(&format!("{API}/large")).await.expect_err("too large");

    let mut build = Build::new("");
    build.exchange = Some(Exchange::replay(&file, false).expect("a recording"));
    let road = build.road();
    for _ in 0..2 {
        let answer = road.get(&format!("{API}/feed")).await.expect("an answer");
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"the feed"[..]));
    }
    assert_eq!(road.get(&format!("{API}/large")).await.expect_err("too large"), error);
}
