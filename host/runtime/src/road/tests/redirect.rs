//! Every hop is judged anew, and takes along only what it should.

use super::*;

const API: &str = "https://api.acme.example";

#[tokio::test]
async fn redirects_are_followed_to_real_addresses() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/api/a" => site::redirect(301, "b?x=1#part"),
        "/api/b?x=1" => site::redirect(302, "/api/c"),
        "/api/c" => site::redirect(307, "https://files.acme.example/d"),
        "/files/d" => site::ok("there"),
        _ => site::status(404),
    })
    .await;
    let answer = Build::new("").rerouted(&site).road().get(&format!("{API}/a")).await.expect("an answer");
    assert_eq!(
        (answer.status, answer.url.as_str(), answer.body.as_slice()),
        (200, "https://files.acme.example/d", &b"there"[..])
    );
}

#[tokio::test]
async fn a_loop_ends() {
    let site = Site::new(|_| site::redirect(302, "/api/again")).await;
    let answer = Build::new("").rerouted(&site).road().get(&format!("{API}/first")).await.expect("the last answer");
    assert_eq!(
        (answer.status, answer.url.as_str()),
        (302, "https://api.acme.example/again"),
        "no failed connection, which would be tried again"
    );
    assert!(answer.header("location").is_some());
    assert_eq!(site.asked().len(), 6, "the first and five more");
}

#[tokio::test]
async fn a_redirect_leads_nowhere_a_request_could_not_go() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/api/evil" => site::redirect(302, "https://evil.example/x"),
        "/api/down" => site::redirect(302, "http://api.acme.example/x"),
        "/api/private" => site::redirect(302, "https://127.0.0.1/x"),
        "/api/login" => site::redirect(302, "https://me:pw@api.acme.example/x"),
        "/api/file" => site::redirect(302, "file:///etc/passwd"),
        _ => site::ok("never"),
    })
    .await;
    let extra = "[[hosts]]\norigin = \"http://api.acme.example\"\n[[hosts]]\norigin = \"https://127.0.0.1\"\n";
    let road = Build::new(extra).rerouted(&site).road();
    for (path, said) in [
        (
            "evil",
            "https://api.acme.example/evil redirects to https://evil.example/x: plugin `acme` may not GET https://evil.example: its",
        ),
        ("down", "a redirect from https to http is not followed"),
        ("private", "redirects to https://127.0.0.1/x: https://127.0.0.1: 127.0.0.1 leads to 127.0.0.1, a loopback address"),
        ("login", "an address with a user name is not followed"),
        ("file", "only https and http are followed"),
    ] {
        let message = road.refusal(HttpRequest::get(format!("{API}/{path}"))).await;
        assert!(message.contains(said), "{message}");
    }
    assert_eq!(site.asked().len(), 5);
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/api/same" => site::redirect(302, "/api/near"),
        "/api/cross" => site::redirect(302, "https://files.acme.example/far"),
        _ => site::ok("there"),
    })
    .await;
    let road = Build::new("").rerouted(&site).road();
    let headers =
        [("Authorization", "Bearer {{secret:api-key}}"), ("X-Key", "{{secret:api-key}}"), ("Cookie", "a=1"), ("Accept", "a/b")];
    for path in ["same", "cross"] {
        let request = request("GET", &format!("{API}/{path}"), &headers, None);
        road.fetch(&CallBudget::new(&road.limits), request).await.expect("an answer");
    }
    let asked = site.asked();
    let seen = |index: usize| ["authorization", "x-key", "cookie", "accept"].map(|name| asked[index].header(name).is_some());
    assert_eq!((asked[1].path.as_str(), seen(1)), ("/api/near", [true, true, true, true]));
    assert_eq!((asked[3].path.as_str(), seen(3)), ("/files/far", [false, false, false, true]));
}

#[tokio::test]
async fn methods_and_bodies_change_as_in_a_browser() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/api/to" => site::ok(format!("{} {} {}", asked.method, asked.body, asked.header("content-type").unwrap_or("-"))),
        path => site::redirect(path.trim_start_matches("/api/").parse().expect("a status"), "/api/to"),
    })
    .await;
    let road = Build::new("").rerouted(&site).road();
    for (status, seen) in
        [(301, "GET  -"), (302, "GET  -"), (303, "GET  -"), (307, "POST hi text/plain"), (308, "POST hi text/plain")]
    {
        let request = request("POST", &format!("{API}/{status}"), &[("content-type", "text/plain")], Some("hi"));
        let answer = road.fetch(&CallBudget::new(&road.limits), request).await.expect("an answer");
        assert_eq!(String::from_utf8_lossy(&answer.body), seen, "{status}");
    }
}

#[tokio::test]
async fn a_redirect_may_carry_on_a_key_within_its_origin_only() {
    let site = Site::new(|asked| match asked.path.split_once("?key=") {
        Some(("/api/old", key)) => site::redirect(301, format!("/api/new?key={key}")),
        Some(("/api/away", key)) => site::redirect(301, format!("https://files.acme.example/x?key={key}")),
        _ => site::ok("there"),
    })
    .await;
    let road = Build::new("").rerouted(&site).road();
    let answer = road.get(&format!("{API}/old?key={{{{secret:api-key}}}}")).await.expect("an answer");
    assert_eq!(answer.url, format!("{API}/new?key={{{{secret:api-key}}}}"));
    let answer = road.get(&format!("{API}/away?key={{{{secret:api-key}}}}")).await.expect("an answer");
    assert_eq!(answer.url, "https://files.acme.example/x?key={{secret:api-key}}");
    let paths: Vec<_> = site.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths[1], "/api/new?key=K3y%2Fof%2Bthe+kingdom");
    assert_eq!(paths[3], "/files/x?key={{secret:api-key}}", "the other origin is told nothing");
}

#[tokio::test]
async fn a_service_cannot_ask_for_a_secret_by_redirecting() {
    let site = Site::new(|asked| match asked.path.as_str() {
        "/api/trap" => site::redirect(302, "/api/echo?key={{secret:api-key}}"),
        "/api/body" => site::redirect(307, "https://files.acme.example/x"),
        path => site::ok(path.to_owned()),
    })
    .await;
    let road = Build::new("").rerouted(&site).road();
    let answer = road.get(&format!("{API}/trap")).await.expect("an answer");
    assert_eq!(answer.body, b"/api/echo?key={{secret:api-key}}", "taken as it stands");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let message = road.refusal(request("POST", &format!("{API}/body"), &form, Some("key={{secret:api-key}}"))).await;
    assert!(message.contains("a body that holds a secret is not sent on to another origin"), "{message}");
    assert!(site.asked().iter().all(|asked| !asked.path.contains("/files")));
}
