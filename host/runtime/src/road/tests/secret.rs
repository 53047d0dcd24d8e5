//! Secrets go where they belong and show up nowhere else.

use super::*;
use crate::SecretError;

const API: &str = "https://api.acme.example";

#[tokio::test]
async fn secrets_are_filled_in_and_never_come_back() {
    // An echo: the worst a service can do with what it is sent.
    let site = Site::new(|asked| {
        let body = format!("{} {} {}", asked.path, asked.header("authorization").unwrap_or("-"), asked.body);
        site::ok(body).with("x-echo", asked.header("x-key").unwrap_or("-"))
    })
    .await;
    let road = Build::new("").rerouted(&site).road();
    let request = request(
        "POST",
        &format!("{API}/e?q=1&key={{{{secret:api-key}}}}"),
        &[
            ("Authorization", "Basic {{basic:user:api-key}}"),
            ("X-Key", "{{secret:api-key}}"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ],
        Some("k=%7B%7Bsecret%3Aapi-key%7D%7D&n=1"),
    );
    let answer = road.fetch(&CallBudget::new(&road.limits), request).await.expect("an answer");
    let asked = &site.asked()[0];
    assert_eq!(asked.path, "/api/e?q=1&key=K3y%2Fof%2Bthe+kingdom");
    assert_eq!(asked.header("x-key"), Some(KEY));
    assert_eq!(asked.header("authorization"), Some("Basic YW5uZXR0ZTpLM3kvb2YrdGhlIGtpbmdkb20="));
    assert_eq!(asked.body, "k=K3y%2Fof%2Bthe+kingdom&n=1");

    assert_eq!(
        String::from_utf8_lossy(&answer.body),
        "/api/e?q=1&key={{secret:api-key}} Basic {{secret:basic}} k={{secret:api-key}}&n=1"
    );
    assert_eq!(answer.header("x-echo"), Some("{{secret:api-key}}"));
    assert_eq!(answer.url, format!("{API}/e?q=1&key={{{{secret:api-key}}}}"));
    let shown = format!("{road:?} {:?} {answer:?}", road.secrets);
    assert!(!shown.contains("kingdom"), "{shown}");
}

#[tokio::test]
async fn a_secret_goes_only_where_it_is_bound() {
    let site = Site::new(|_| site::ok("never")).await;
    let road = Build::new("").rerouted(&site).road();
    let files = "https://files.acme.example/x";
    for (request, said) in [
        (
            request("GET", &format!("{files}?k={{{{secret:api-key}}}}"), &[], None),
            "secret `api-key` may not be sent to https://files.acme.example: the manifest binds it to https://api.acme.example",
        ),
        (request("GET", files, &[("a", "{{secret:api-key}}")], None), "may not be sent to https://files.acme.example"),
        (request("GET", files, &[("a", "{{basic:user:api-key}}")], None), "may not be sent to https://files.acme.example"),
        (
            request("GET", API, &[("a", "{{secret:nothing}}")], None),
            "there is no secret `nothing`; this plugin has `api-key`, `user`",
        ),
        (request("GET", &format!("{API}/{{{{secret:api-key}}}}"), &[], None), "not in the path of an address"),
        (
            request("POST", API, &[("content-type", "application/json")], Some("{\"k\":\"{{secret:api-key}}\"}")),
            "this body is no form",
        ),
        (request("GET", API, &[("a", "{{secret:api-key")], None), "is not closed"),
        (request("GET", "https://{{secret:api-key}}.example/", &[], None), "is no address"),
    ] {
        let message = road.refusal(request).await;
        assert!(message.contains(said), "{message}");
        assert!(!message.contains("kingdom"), "{message}");
    }
    assert!(site.asked().is_empty(), "nothing left the host");
}

#[test]
fn what_is_missing_is_named() {
    let manifest = |required: bool| {
        let text = MANIFEST.replace("name = \"api-key\"", &format!("name = \"api-key\"\nrequired = {required}"));
        Manifest::read(&text).expect("a manifest")
    };
    let resolve = |required: bool, sources: &[(&str, SecretSource)]| {
        let sources = sources.iter().map(|(name, source)| ((*name).to_owned(), source.clone())).collect();
        Secrets::resolve(&manifest(required), &json!({}), &sources).map(drop)
    };
    assert_eq!(resolve(false, &[]), Ok(()));
    assert_eq!(
        resolve(true, &[]).expect_err("required").to_string(),
        "secret `api-key` is needed and not configured (from the developer page); add to the connector's secrets: api-key = { env = \"NAME\" }"
    );
    let variable = SecretSource::Env("VIGIE_TEST_NO_SUCH_VARIABLE".to_owned());
    assert_eq!(
        resolve(false, &[("api-key", variable)]).expect_err("not set").to_string(),
        "secret `api-key`: the environment variable `VIGIE_TEST_NO_SUCH_VARIABLE` is not set"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    let source = SecretSource::File(file.clone());
    assert!(matches!(resolve(false, &[("api-key", source.clone())]), Err(SecretError::File { .. })));
    std::fs::write(&file, "\n").expect("written");
    assert!(resolve(false, &[("api-key", source.clone())]).expect_err("empty").to_string().ends_with("it is empty"));
    std::fs::write(&file, "value\n").expect("written");
    assert_eq!(resolve(false, &[("api-key", source)]), Ok(()));
    let literal = SecretSource::Literal("hush".to_owned());
    assert_eq!(format!("{literal:?}"), "Literal(…)");
    assert_eq!(
        resolve(false, &[("apikey", literal)]).expect_err("unknown").to_string(),
        "secret `apikey` is not one this plugin asks for; it asks for `api-key`, `user`"
    );
    let circle = "[[derived]]\nname = \"a\"\nhosts = [\"api.acme.example\"]\n[derived.hmac]\nkey = \"api-key\"\nmessage = \"b\"\n\
                  [[derived]]\nname = \"b\"\nhosts = [\"api.acme.example\"]\n[derived.hmac]\nkey = \"a\"\nmessage = \"user\"\n";
    let manifest = Manifest::read(&format!("{MANIFEST}{circle}")).expect("a manifest");
    assert!(matches!(Secrets::pretended(&manifest, &json!({})), Err(SecretError::Derived { .. })), "a circle would never end");
}

#[tokio::test]
async fn an_optional_secret_that_is_not_there_is_said_when_it_is_used() {
    let mut build = Build::new("");
    build.secrets.clear();
    let message = build.road().refusal(request("GET", API, &[("a", "{{secret:user}}")], None)).await;
    assert_eq!(message, "secret `user` is not configured; add to the connector's secrets: user = { env = \"NAME\" }");
}
