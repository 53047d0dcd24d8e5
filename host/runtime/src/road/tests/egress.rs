//! Addresses, sizes, time, revalidation, rerouting, robots.txt.

use super::*;
use crate::Names;

#[tokio::test]
async fn a_rerouted_origin_is_asked_elsewhere_and_does_not_show() {
    let site = Site::new(|_| site::ok("hello").with("X-Quota", "9")).await;
    let mut build = Build::new("").rerouted(&site);
    build.policy.contact = Some("mailto:ops@ours.example".to_owned());
    let answer = build.road().get("https://api.acme.example/v3/s?q=a%20b").await.expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice(), answer.header("x-quota")), (200, &b"hello"[..], Some("9")));
    assert_eq!(answer.url, "https://api.acme.example/v3/s?q=a%20b");
    let asked = &site.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/api/v3/s?q=a%20b"));
    assert_eq!(asked.header("x-forwarded-host"), Some("api.acme.example"));
    assert_eq!(asked.header("user-agent"), Some(concat!("vigie/", env!("CARGO_PKG_VERSION"), " (+mailto:ops@ours.example)")));
    assert!(asked.header("accept-encoding").is_some_and(|value| value.contains("gzip")));
}

#[tokio::test]
async fn permission_is_judged_on_the_real_origin() {
    let site = Site::new(|_| site::ok("never")).await;
    let mut build = Build::new("").rerouted(&site);
    build
        .policy
        .reroute
        .insert("https://other.example".parse().expect("an origin"), Url::parse(&site.url()).expect("an address"));
    let road = build.road();
    assert!(
        road.refusal(HttpRequest::get("https://other.example/x")).await.contains("its manifest does not ask for this origin")
    );
    assert!(road.refusal(HttpRequest::get(format!("{}/x", site.url()))).await.contains("its manifest does not ask"));
    assert!(site.asked().is_empty());
}

/// A source whose settings name its site.
fn naming(url: &str) -> Build {
    let extra = "[settings]\ntype = \"object\"\n[settings.properties.url]\ntype = \"string\"\n[[hosts]]\nsetting = \"url\"\nmethods = [\"GET\"]\n";
    Build { settings: json!({ "url": url }), ..Build::new(extra) }
}

#[tokio::test]
async fn private_addresses_are_refused_whatever_leads_there() {
    let site = Site::new(|_| site::ok("never")).await;
    let port = site.port();
    for host in
        ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "rebound.example", "mixed.example"]
    {
        let url = format!("http://{host}:{port}/x");
        let mut build = naming(&url);
        let private = |text: &str| vec![text.parse().expect("an address")];
        build.policy.names = Names::Fixed(BTreeMap::from([
            ("localhost".to_owned(), private("127.0.0.1")),
            ("rebound.example".to_owned(), private("127.0.0.1")),
            ("mixed.example".to_owned(), ["10.0.0.1", "::ffff:127.0.0.1"].map(|text| text.parse().expect("an address")).into()),
        ]));
        let message = build.road().refusal(HttpRequest::get(url)).await;
        assert!(
            message.contains("which plugins may not reach; to allow it, add to the config: [network] allow_private = [\""),
            "{message}"
        );
    }
    assert!(site.asked().is_empty(), "nothing reached the site");
    let mut build = naming("https://rebound.example/x");
    build.policy.names =
        Names::Fixed(BTreeMap::from([("rebound.example".to_owned(), vec!["169.254.169.254".parse().expect("an address")])]));
    assert_eq!(
        build.road().refusal(HttpRequest::get("https://rebound.example/x")).await,
        "https://rebound.example: rebound.example leads to 169.254.169.254, a link-local address, which plugins may not reach; to allow \
         it, add to the config: [network] allow_private = [\"rebound.example\"]"
    );
}

#[tokio::test]
async fn the_operator_may_allow_a_private_address() {
    let site = Site::new(|_| site::ok("inside")).await;
    for (host, allowance) in [("forum.internal", "forum.internal"), ("127.0.0.1", "127.0.0.0/8")] {
        let url = format!("http://{host}:{}/x", site.port());
        let mut build = naming(&url);
        build.policy.names =
            Names::Fixed(BTreeMap::from([("forum.internal".to_owned(), vec!["127.0.0.1".parse().expect("an address")])]));
        build.policy.allow_private = vec![allowance.parse().expect("an allowance")];
        assert_eq!(build.road().get(&url).await.expect("an answer").body, b"inside");
    }
}

#[tokio::test]
async fn a_name_that_is_not_found_is_a_connection_that_failed() {
    let mut build = Build::new("");
    build.policy.names = Names::Fixed(BTreeMap::new());
    let error = build.road().get("https://api.acme.example/x?key={{secret:api-key}}").await.expect_err("no such name");
    assert_eq!(error.class, HttpErrorClass::Connect);
    assert_eq!(
        error.message,
        "no connection to https://api.acme.example: the name api.acme.example is not found (tried 3 times)"
    );
}

#[tokio::test]
async fn what_is_too_large_is_not_kept() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/api/bomb" => site::bomb(64 * 1024 * 1024),
        "/api/packed" => site::bomb(512 * 1024),
        "/api/long" => site::ok(vec![b'x'; 1_100_000]),
        "/api/headers" => site::ok("x").with("x-long", &"y".repeat(70_000)),
        _ => site::ok(vec![b'x'; 1024 * 1024]),
    })
    .await;
    let mut build = Build::new("").rerouted(&site);
    build.limits.response_body_bytes = 1024 * 1024;
    let road = build.road();
    for path in ["bomb", "long", "headers"] {
        let error = road.get(&format!("https://api.acme.example/{path}")).await.expect_err(path);
        assert_eq!(error.class, HttpErrorClass::TooLarge, "{error}");
        assert!(error.message.ends_with("is larger than 1 MiB, the limit `response_body_bytes`"), "{error}");
    }
    assert_eq!(road.get("https://api.acme.example/packed").await.expect("fits").body, vec![0; 512 * 1024]);
    assert_eq!(road.get("https://api.acme.example/just").await.expect("fits").body.len(), 1024 * 1024);
}

#[tokio::test]
async fn a_slow_body_and_a_broken_one_are_told_apart() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/api/slow" => site::ok("beginning").stalling(),
        _ => site::ok(b"\x1f\x8b\x08no gzip at all".to_vec()).with("content-encoding", "gzip"),
    })
    .await;
    let mut build = Build::new("").rerouted(&site);
    build.limits.wall = Duration::from_millis(150);
    let error = build.road().get("https://api.acme.example/slow").await.expect_err("slow");
    assert_eq!(
        (error.class, error.message.as_str()),
        (HttpErrorClass::Timeout, "https://api.acme.example/slow did not answer before this call's time was over")
    );
    let error = Build::new("").rerouted(&site).road().get("https://api.acme.example/broken").await.expect_err("broken");
    assert_eq!(error.class, HttpErrorClass::Connect);
    assert!(error.message.contains("the answer is damaged or broke off"), "{error}");
}

#[tokio::test]
async fn what_has_not_changed_is_answered_from_memory() {
    let site = Site::new(|asked| match asked.header("if-none-match") {
        Some("\"v1\"") => site::status(304).with("x-quota", "8"),
        _ => site::ok("the body").with("etag", "\"v1\"").with("x-quota", "9"),
    })
    .await;
    let road = Build::new("").rerouted(&site).road();
    let first = road.get("https://api.acme.example/feed").await.expect("an answer");
    assert_eq!((first.status, first.header("x-vigie-cache")), (200, None));
    let second = road.get("https://api.acme.example/feed").await.expect("an answer");
    assert_eq!((second.status, second.body.as_slice()), (200, &b"the body"[..]));
    assert_eq!((second.header("x-vigie-cache"), second.header("x-quota")), (Some("revalidated"), Some("8")));
    // A plugin that keeps its own validators is answered as it asks.
    let own = request("GET", "https://api.acme.example/feed", &[("If-None-Match", "\"v1\"")], None);
    assert_eq!(road.fetch(&CallBudget::new(&road.limits), own).await.expect("an answer").status, 304);
    // One that wants a fresh answer gets it, and it is the one that is kept.
    let fresh = request("GET", "https://api.acme.example/feed", &[("Cache-Control", "no-cache")], None);
    let fresh = road.fetch(&CallBudget::new(&road.limits), fresh).await.expect("an answer");
    assert_eq!((fresh.header("x-vigie-cache"), fresh.header("x-quota")), (None, Some("9")));
    let other = road.get("https://api.acme.example/other").await.expect("an answer");
    assert_eq!(other.header("x-vigie-cache"), None);
}

#[tokio::test]
async fn pages_keep_to_robots_txt() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/api/robots.txt" => site::redirect(301, "/api/real-robots.txt"),
        "/api/real-robots.txt" => site::ok("User-agent: vigie\nDisallow: /private\n"),
        "/files/robots.txt" => site::status(500),
        _ => site::ok("page"),
    })
    .await;
    let road = Build::new("").rerouted(&site);
    let road = Build { manifest: road.manifest.replace("identity =", "pages = true\nidentity ="), ..road }.road();
    road.get("https://api.acme.example/open").await.expect("allowed");
    assert_eq!(
        road.refusal(HttpRequest::get("https://api.acme.example/private/x?y=1")).await,
        "https://api.acme.example/private/x?y=1 may not be read: its robots.txt says `Disallow: /private`; this plugin reads pages meant \
         for people, so robots.txt is kept, and no setting changes that"
    );
    let error = road.get("https://files.acme.example/x").await.expect_err("its rules are not known");
    assert_eq!(error.class, HttpErrorClass::Connect, "it passes by itself: {error}");
    assert!(error.message.contains("could not be read (status 500), so nothing is read for the next minutes"), "{error}");
    road.get("https://api.acme.example/open").await.expect("allowed");
    let robots = site.asked().iter().filter(|asked| asked.path == "/api/robots.txt").count();
    assert_eq!(robots, 1, "asked once a day, not once a page");
    assert!(site.asked().iter().all(|asked| !asked.path.contains("private")));
}
