//! Secrets the host makes out of others: tokens asked of a service, and keyed hashes.
//!
//! Plugins hold no tokens. One exchange runs at a time ([`Derived::hand`] is locked across it), its token is renewed a little before
//! it ends and when a service refuses it, as far as that helps: see [`Hand::refused`].

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::{Url, form_urlencoded};

use crate::manifest::{DerivedSecret, Making, TokenExchange};
use crate::secrets::fill::{self, Values};

/// Renewed this long before its end, or at nine tenths of its life if that is later: a request under way must not meet the end.
const MARGIN: Duration = Duration::from_secs(60);
/// Longer lives are read as this, whoever states them.
const LONGEST_LIFE: Duration = Duration::from_secs(366 * 24 * 3600);

/// How long it is remembered that a refusal was not the token's fault.
const DOUBT_MEMORY: Duration = Duration::from_secs(60 * 60);
/// New tokens that may be asked for over refusals within that time without mending any: services count exchanges (Bluesky allows 300 a
/// day for an account, as of November 2026).
const MOST_DOUBTS: usize = 5;
/// Places remembered as closed to every token.
const MOST_CLOSED: usize = 64;

/// A derived secret of one use of a plugin.
pub(crate) struct Derived {
    pub(crate) recipe: Recipe,
    pub(crate) hand: Mutex<Hand>,
}

/// How it is made.
pub(crate) enum Recipe {
    Hash { key: String, message: String },
    Exchange(Box<Exchange>),
}

/// An exchange with the operator's settings put in.
pub(crate) struct Exchange {
    pub(crate) url: Url,
    spec: TokenExchange,
}

/// A token.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) value: String,
    pub(crate) renew_at: Instant,
}

/// The token in hand, if there is one, and what refusals have told of it.
#[derive(Default)]
pub(crate) struct Hand {
    token: Option<Token>,
    /// When tokens were thrown away over a refusal that the next one has not mended.
    doubts: Vec<Instant>,
    /// Places (origin and path) that refused a new token like the old one, and when: what is refused there is not the token.
    closed: HashMap<String, Instant>,
}

impl Hand {
    /// The value of a token that still holds.
    pub(crate) fn value(&self, now: Instant) -> Option<&str> {
        self.token.as_ref().filter(|token| token.renew_at > now).map(|token| token.value.as_str())
    }

    /// Takes a new token in hand.
    pub(crate) fn take(&mut self, token: Token) {
        self.token = Some(token);
    }

    /// A service refused the token with the value `seen` at a place: it may have been withdrawn before its time. Whether there is
    /// another to try: one that somebody else has got since, or a new one because this one is thrown away now.
    pub(crate) fn refused(&mut self, seen: &str, place: &str, now: Instant) -> bool {
        if self.value(now) != Some(seen) {
            return true;
        }
        self.doubts.retain(|at| now < *at + DOUBT_MEMORY);
        self.closed.retain(|_, at| now < *at + DOUBT_MEMORY);
        if self.closed.contains_key(place) || self.doubts.len() >= MOST_DOUBTS {
            return false;
        }
        self.doubts.push(now);
        self.token = None;
        true
    }

    /// The next token was taken where one had been refused: the doubt was right and counts for nothing.
    pub(crate) fn mended(&mut self) {
        self.doubts.pop();
    }

    /// The next token was refused there, too.
    pub(crate) fn closed(&mut self, place: &str, now: Instant) {
        if self.closed.len() < MOST_CLOSED {
            self.closed.insert(place.to_owned(), now);
        }
    }

    /// A token was taken at a place: it is not closed, or no more.
    pub(crate) fn taken_at(&mut self, place: &str) {
        self.closed.remove(place);
    }
}

/// What to send for a token: method, headers, body; filled in.
pub(crate) struct Asking {
    pub(crate) method: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Derived {
    pub(crate) fn new(declared: &DerivedSecret, settings: &Value) -> Result<Self, String> {
        let recipe = match &declared.making {
            Making::Hmac { key, message } => Recipe::Hash { key: key.clone(), message: message.clone() },
            Making::Exchange(spec) => Recipe::Exchange(Box::new(Exchange::new(spec, settings)?)),
        };
        Ok(Self { recipe, hand: Mutex::default() })
    }

    /// The exchange it comes from, if it does.
    pub(crate) fn exchange(&self) -> Option<&Exchange> {
        match &self.recipe {
            Recipe::Hash { .. } => None,
            Recipe::Exchange(exchange) => Some(exchange),
        }
    }

    /// The names of the secrets it rests on.
    pub(crate) fn needs(&self) -> Vec<&str> {
        match &self.recipe {
            Recipe::Hash { key, message } => vec![key, message],
            Recipe::Exchange(exchange) => exchange.needs(),
        }
    }
}

impl Exchange {
    fn new(spec: &TokenExchange, settings: &Value) -> Result<Self, String> {
        let url = match &spec.url_setting {
            None => spec.url.clone(),
            Some(setting) => {
                let base = settings.get(setting).and_then(Value::as_str).unwrap_or_default();
                let base = if base.contains("://") { base.to_owned() } else { format!("https://{base}") };
                format!("{}{}", base.trim_end_matches('/'), spec.url)
            }
        };
        let url = Url::parse(&url).map_err(|error| format!("is asked for at `{url}`, which is no address ({error})"))?;
        let mut spec = spec.clone();
        let set = |text: &str| fill::replace(text, "{{setting:", |name| setting(settings, name));
        for (_, value) in spec.headers.iter_mut().chain(&mut spec.form) {
            *value = set(value)?;
        }
        if let Some(json) = &mut spec.json {
            *json = every_text(json, &set)?;
        }
        Ok(Self { url, spec })
    }

    fn needs(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut texts: Vec<&str> = self.spec.headers.iter().chain(&self.spec.form).map(|(_, value)| value.as_str()).collect();
        if let Some(json) = &self.spec.json {
            texts_of(json, &mut texts);
        }
        for text in texts {
            for (opening, pair) in [("{{secret:", false), ("{{basic:", true)] {
                let inside = text.split(opening).skip(1).filter_map(|rest| rest.split_once("}}")).map(|(inside, _)| inside);
                names.extend(inside.flat_map(|inside| inside.splitn(if pair { 2 } else { 1 }, ':')));
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The method of the exchange.
    pub(crate) fn method(&self) -> &str {
        &self.spec.method
    }

    /// The request with the secrets it needs; `learned` hears of every pair encoded on the way.
    pub(crate) fn asking(&self, values: &Values, mut learned: impl FnMut(&str)) -> Result<Asking, String> {
        let mut headers = Vec::new();
        for (name, value) in &self.spec.headers {
            headers.push((name.to_ascii_lowercase(), fill::header(value, values, &mut learned)?));
        }
        let mut content = |kind: &str| {
            if headers.iter().all(|(name, _)| name != "content-type") {
                headers.push(("content-type".to_owned(), kind.to_owned()));
            }
        };
        let body = if let Some(json) = &self.spec.json {
            content("application/json");
            Some(every_text(json, &|text| fill::plain(text, values))?.to_string().into_bytes())
        } else if self.spec.form.is_empty() {
            None
        } else {
            content("application/x-www-form-urlencoded");
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (name, value) in &self.spec.form {
                form.append_pair(name, &fill::plain(value, values)?);
            }
            Some(form.finish().into_bytes())
        };
        if headers.iter().all(|(name, _)| name != "accept") {
            headers.push(("accept".to_owned(), "application/json".to_owned()));
        }
        Ok(Asking { method: self.spec.method.clone(), headers, body })
    }

    /// Finds the token in the answer.
    ///
    /// # Errors
    /// A sentence that says what is missing; it holds nothing of the answer, which is made of credentials.
    pub(crate) fn token(&self, answer: &[u8], now: Instant, unix_seconds: i64) -> Result<Token, String> {
        let answer: Value = serde_json::from_slice(answer).map_err(|_| "the answer is no JSON".to_owned())?;
        let value = match answer.pointer(&self.spec.token) {
            Some(Value::String(value)) if !value.is_empty() => value.clone(),
            _ => return Err(format!("the answer has no text at `{}`", self.spec.token)),
        };
        let stated = self.spec.life.as_deref().and_then(|pointer| answer.pointer(pointer)).and_then(seconds);
        let life = stated
            .map(Duration::from_secs)
            .or_else(|| {
                jwt_end(&value).and_then(|end| u64::try_from(end.saturating_sub(unix_seconds)).ok()).map(Duration::from_secs)
            })
            .unwrap_or(self.spec.default_life)
            .min(LONGEST_LIFE);
        let margin = MARGIN.min(life / 10);
        Ok(Token { value, renew_at: now + life.saturating_sub(margin) })
    }
}

/// `hmac-sha256` of `message` under `key`, in lower-case hexadecimal.
pub(crate) fn keyed_hash(key: &str, message: &str) -> String {
    // HMAC takes keys of any length, so there is no other case; an empty text would be noticed by the service.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Services state lives as a number or as a text of digits.
fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().map(|seconds| seconds.max(0.0) as u64)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// The end a JSON Web Token states, in seconds since 1970. Not verified: it only decides when to renew.
fn jwt_end(token: &str) -> Option<i64> {
    let claims = token.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    claims.get("exp")?.as_i64()
}

fn setting(settings: &Value, name: &str) -> Result<String, String> {
    match settings.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other @ (Value::Number(_) | Value::Bool(_))) => Ok(other.to_string()),
        _ => Err(format!("needs the setting `{name}`, which is not set")),
    }
}

fn every_text(json: &Value, change: &impl Fn(&str) -> Result<String, String>) -> Result<Value, String> {
    Ok(match json {
        Value::String(text) => Value::String(change(text)?),
        Value::Array(list) => Value::Array(list.iter().map(|value| every_text(value, change)).collect::<Result<_, _>>()?),
        Value::Object(map) => Value::Object(
            map.iter().map(|(key, value)| Ok((key.clone(), every_text(value, change)?))).collect::<Result<_, String>>()?,
        ),
        other => other.clone(),
    })
}

fn texts_of<'a>(json: &'a Value, into: &mut Vec<&'a str>) {
    match json {
        Value::String(text) => into.push(text),
        Value::Array(list) => list.iter().for_each(|value| texts_of(value, into)),
        Value::Object(map) => map.values().for_each(|value| texts_of(value, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(value: &str, now: Instant) -> Token {
        Token { value: value.to_owned(), renew_at: now + LONGEST_LIFE }
    }

    /// Two polls were refused with one token at the same time: the second was told that there is no other, and its connector rested.
    #[test]
    fn all_who_were_refused_with_one_token_get_the_next() {
        let (mut hand, now) = (Hand::default(), Instant::now());
        hand.take(token("first", now));
        assert!(hand.refused("first", "/a", now) && hand.value(now).is_none());
        assert!(hand.refused("first", "/b", now), "nobody has got the next yet");
        hand.take(token("second", now));
        assert!(hand.refused("first", "/c", now) && hand.value(now) == Some("second"));
        assert_eq!(hand.doubts.len(), 1);
    }

    #[test]
    fn a_place_is_closed_until_a_token_is_taken_there_or_an_hour_is_over() {
        let (mut hand, now) = (Hand::default(), Instant::now());
        hand.take(token("it", now));
        hand.closed("/a", now);
        assert!(!hand.refused("it", "/a", now) && hand.value(now) == Some("it"));
        hand.taken_at("/a");
        assert!(hand.refused("it", "/a", now), "it was open since");
        hand.mended();

        hand.take(token("it", now));
        hand.closed("/a", now);
        let later = now + DOUBT_MEMORY;
        assert!(!hand.refused("it", "/a", later - Duration::from_secs(1)) && hand.refused("it", "/a", later));
        for place in 0..3 * MOST_CLOSED {
            hand.closed(&place.to_string(), later);
        }
        assert_eq!(hand.closed.len(), MOST_CLOSED, "however many a plugin asks for");
    }

    #[test]
    fn doubts_that_mend_nothing_are_few_in_an_hour() {
        let (mut hand, now) = (Hand::default(), Instant::now());
        let mut doubted = |place: usize, now| {
            hand.take(token("it", now));
            hand.refused("it", &place.to_string(), now)
        };
        assert_eq!((0..100).filter(|place| doubted(*place, now)).count(), MOST_DOUBTS);
        assert_eq!((0..100).filter(|place| doubted(*place, now + DOUBT_MEMORY)).count(), MOST_DOUBTS);
    }

    fn spec() -> TokenExchange {
        TokenExchange {
            method: "POST".to_owned(),
            url: "/xrpc/session".to_owned(),
            url_setting: Some("service".to_owned()),
            headers: vec![("Authorization".to_owned(), "Basic {{basic:id:word}}".to_owned())],
            form: Vec::new(),
            json: Some(json!({"identifier": "{{setting:handle}}", "password": "{{secret:app-password}}", "n": [1, true]})),
            token: "/accessJwt".to_owned(),
            life: Some("/expires_in".to_owned()),
            default_life: Duration::from_secs(3600),
        }
    }

    #[test]
    fn an_exchange_is_written_from_settings_and_secrets() {
        let settings = json!({"service": "https://social.example/", "handle": "ann.example"});
        let exchange = Exchange::new(&spec(), &settings).expect("an exchange");
        assert_eq!(exchange.url.as_str(), "https://social.example/xrpc/session");
        assert_eq!(exchange.needs(), ["app-password", "id", "word"]);
        let values = [("id", "me"), ("word", "two"), ("app-password", "q\"q")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
        let asking = exchange.asking(&values, |_| ()).expect("filled");
        assert_eq!(asking.headers[0], ("authorization".to_owned(), "Basic bWU6dHdv".to_owned()));
        let body: Value = serde_json::from_slice(&asking.body.expect("a body")).expect("json");
        assert_eq!(body, json!({"identifier": "ann.example", "password": "q\"q", "n": [1, true]}));
        let Err(error) = Exchange::new(&spec(), &json!({"service": "a.example"})) else { panic!("made without a handle") };
        assert_eq!(error, "needs the setting `handle`, which is not set");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_says_how_long_it_lives() {
        let now = Instant::now();
        let exchange = Exchange::new(&spec(), &json!({"service": "https://a.example", "handle": "h"})).expect("an exchange");
        let life = |answer: Value| exchange.token(answer.to_string().as_bytes(), now, 1000).map(|token| token.renew_at - now);
        let secs = Duration::from_secs;
        assert_eq!(life(json!({"accessJwt": "t", "expires_in": 7200})), Ok(secs(7140)));
        assert_eq!(life(json!({"accessJwt": "t", "expires_in": "100"})), Ok(secs(90)), "a tenth is kept of a short life");
        assert_eq!(life(json!({"accessJwt": "t"})), Ok(secs(3540)), "the manifest's own word");
        assert_eq!(life(json!({"accessJwt": "t", "expires_in": u64::MAX})), Ok(LONGEST_LIFE - secs(60)), "nothing overflows");
        let jwt = format!("x.{}.y", URL_SAFE_NO_PAD.encode(r#"{"exp":1600}"#));
        assert_eq!(life(json!({"accessJwt": jwt})), Ok(secs(540)), "a JWT's own word");
        assert_eq!(life(json!({"token": "t"})).expect_err("no token"), "the answer has no text at `/accessJwt`");
        assert!(exchange.token(b"<html>", now, 0).is_err());
    }

    #[test]
    fn a_keyed_hash_is_the_standard_one() {
        // RFC 4231, test case 2.
        let hash = keyed_hash("Jefe", "what do ya want for nothing?");
        assert_eq!(hash, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
