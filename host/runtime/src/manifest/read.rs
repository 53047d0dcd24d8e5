//! From TOML to a [`Manifest`], with every mistake found in one reading.

use std::time::Duration;

use toml::{Table, Value};
use url::Url;

use super::fields::{Fields, ManifestProblem};
use super::whole;
use super::{DerivedSecret, HostRequest, Identity, Kind, Making, Manifest, Place, Rate, Read, SecretRequest, TokenExchange};
use super::{ValueType, Write};

/// The most a manifest may have; a screenful has about two thousand.
const MAX_MANIFEST_BYTES: usize = 256 * 1024;

pub(super) fn manifest(text: &str) -> Result<Manifest, Vec<ManifestProblem>> {
    let whole = |message: String| vec![ManifestProblem { place: String::new(), message }];
    if text.len() > MAX_MANIFEST_BYTES {
        return Err(whole(format!("{} bytes are more than the {MAX_MANIFEST_BYTES} a manifest may have", text.len())));
    }
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(1, |span| text.as_bytes()[..span.start.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1);
        whole(format!("is not TOML: line {line}: {}", error.message()))
    })?;
    let mut problems = Vec::new();
    let manifest = read(Fields::new(String::new(), table, &mut problems));
    match manifest {
        Some(manifest) if problems.is_empty() => Ok(manifest),
        _ => Err(problems),
    }
}

fn read(mut fields: Fields<'_>) -> Option<Manifest> {
    let id = name(&mut fields, "id");
    let kind = match fields.required_text("kind").as_str() {
        "source" => Some(Kind::Source),
        "analyzer" => Some(Kind::Analyzer),
        "" => None,
        other => {
            fields.wrong("kind", format!("must be \"source\" or \"analyzer\", and is \"{other}\""));
            None
        }
    };
    let manifest = Manifest {
        id,
        name: fields.required_text("name"),
        description: fields.required_text("description"),
        version: version(&mut fields),
        kind: kind.unwrap_or(Kind::Source),
        licence: fields.required_text("licence"),
        contract: fields.required_text("contract"),
        homepage: address(&mut fields, "homepage"),
        terms: address(&mut fields, "terms"),
        settings: settings(&mut fields),
        hosts: fields.tables("hosts", host),
        secrets: fields.tables("secrets", secret),
        derived: fields.tables("derived", derived),
        rates: fields.tables("rates", rate),
        identity: identity(&mut fields),
        searches: fields.flag("searches").unwrap_or(false),
        history: fields.text("history"),
        pages: fields.flag("pages").unwrap_or(false),
        reads: reads(&mut fields),
        writes: fields.tables("writes", write),
        learns: fields.texts("learns"),
    };
    if let Some(kind) = kind {
        whole::fits_its_kind(&manifest, kind, &mut fields);
        whole::names_what_exists(&manifest, &mut fields);
    }
    fields.finish();
    kind.map(|_| manifest)
}

/// A name config can hold: the rule of ids everywhere.
fn name(fields: &mut Fields<'_>, key: &'static str) -> String {
    let name = fields.required_text(key);
    if !name.is_empty()
        && let Err(error) = vigie_mention::ConnectorId::new(name.clone())
    {
        fields.wrong(key, error.to_string());
    }
    name
}

fn version(fields: &mut Fields<'_>) -> String {
    let version = fields.required_text("version");
    let numbers =
        version.split(['-', '+']).next().unwrap_or_default().split('.').filter(|part| part.parse::<u32>().is_ok()).count();
    if !version.is_empty() && numbers != 3 {
        fields.wrong("version", format!("must be three numbers such as \"0.1.0\", and is \"{version}\""));
    }
    version
}

fn address(fields: &mut Fields<'_>, key: &'static str) -> Option<String> {
    let text = fields.text(key)?;
    if !Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        fields.wrong(key, format!("must be an https address, and is \"{text}\""));
    }
    Some(text)
}

fn settings(fields: &mut Fields<'_>) -> serde_json::Value {
    let empty = || serde_json::json!({ "type": "object", "properties": {}, "additionalProperties": false });
    let Some(value) = fields.take("settings") else { return empty() };
    let Value::Table(_) = value else {
        fields.wrong("settings", "must be a table: a JSON Schema of type object");
        return empty();
    };
    let schema = to_json(value);
    for (place, message) in crate::schema::check_schema(&schema) {
        let key = if place.is_empty() { "settings".to_owned() } else { format!("settings.{place}") };
        fields.wrong(&key, message);
    }
    schema
}

/// TOML as JSON; dates become texts.
fn to_json(value: Value) -> serde_json::Value {
    match value {
        Value::String(text) => text.into(),
        Value::Integer(number) => number.into(),
        Value::Float(number) => number.into(),
        Value::Boolean(flag) => flag.into(),
        Value::Datetime(date) => date.to_string().into(),
        Value::Array(items) => items.into_iter().map(to_json).collect(),
        Value::Table(table) => serde_json::Value::Object(table.into_iter().map(|(key, value)| (key, to_json(value))).collect()),
    }
}

fn place(fields: &mut Fields<'_>) -> Option<Place> {
    let origin = fields.text("origin");
    let setting = fields.text("setting");
    match (origin, setting) {
        (Some(text), None) => match origin_pattern(&text) {
            Ok(origin) => Some(Place::Origin(origin)),
            Err(message) => {
                fields.wrong("origin", message);
                None
            }
        },
        (None, Some(setting)) => Some(Place::Setting(setting)),
        (Some(_), Some(_)) => {
            fields.wrong_here("has both `origin` and `setting`; keep one");
            None
        }
        (None, None) => {
            fields.wrong_here("needs `origin = \"https://host\"` or `setting = \"…\"`");
            None
        }
    }
}

/// Checks `scheme://host[:port]` where the host may be `*.suffix`, and writes it in its one form.
fn origin_pattern(text: &str) -> Result<String, String> {
    let wrong = || {
        format!(
            "must be scheme://host[:port] such as \"https://api.example.com\" or \"https://*.example.com\", and is \"{text}\""
        )
    };
    // A star is no host name for the URL parser, so it reads the suffix alone.
    let (plain, star) = match text.split_once("://*.") {
        Some((scheme, rest)) => (format!("{scheme}://{rest}"), true),
        None => (text.to_owned(), false),
    };
    let url = Url::parse(&plain).map_err(|_| wrong())?;
    let host = url.host_str().filter(|host| !host.is_empty() && !host.contains('*')).ok_or_else(wrong)?;
    let bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !bare || !matches!(url.scheme(), "http" | "https") || (star && !host.contains('.')) {
        return Err(wrong());
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Ok(format!("{}://{}{host}{port}", url.scheme(), if star { "*." } else { "" }))
}

fn host(fields: &mut Fields<'_>) -> Option<HostRequest> {
    let place = place(fields);
    let mut methods = fields.texts("methods");
    if methods.is_empty() {
        methods.push("GET".to_owned());
    }
    for method in &methods {
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            fields.wrong("methods", format!("must be HTTP methods in upper case, and one is \"{method}\""));
        }
    }
    Some(HostRequest { place: place?, methods })
}

fn host_names(fields: &mut Fields<'_>) -> Vec<String> {
    let hosts = fields.texts("hosts");
    for host in &hosts {
        let suffix = host.strip_prefix("*.").unwrap_or(host);
        if suffix.is_empty()
            || !suffix.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
        {
            fields.wrong(
                "hosts",
                format!("must be host names such as \"api.example.com\" or \"*.example.com\", and one is \"{host}\""),
            );
        }
    }
    hosts
}

/// Where a secret may be sent: without any host it would be of no use, so that is a mistake.
fn bound_to(fields: &mut Fields<'_>) -> (Vec<String>, Option<String>) {
    let hosts = host_names(fields);
    let setting = fields.text("setting");
    if hosts.is_empty() && setting.is_none() {
        fields.wrong_here("needs `hosts = [\"…\"]` or `setting = \"…\"`: where it may be sent");
    }
    (hosts, setting)
}

fn secret(fields: &mut Fields<'_>) -> Option<SecretRequest> {
    let name = name(fields, "name");
    let description = fields.text("description").unwrap_or_default();
    let (hosts, setting) = bound_to(fields);
    Some(SecretRequest { name, description, hosts, setting, required: fields.flag("required").unwrap_or(false) })
}

fn derived(fields: &mut Fields<'_>) -> Option<DerivedSecret> {
    let name = name(fields, "name");
    let description = fields.text("description").unwrap_or_default();
    let (hosts, setting) = bound_to(fields);
    let both = fields.has("hmac") && fields.has("exchange");
    let neither = !fields.has("hmac") && !fields.has("exchange");
    let hmac = fields.table("hmac", |fields| {
        Some(Making::Hmac { key: fields.required_text("key"), message: fields.required_text("message") })
    });
    let exchange = fields.table("exchange", exchange);
    if both || neither {
        fields.wrong_here("needs one of `hmac` and `exchange`: how it is made");
        return None;
    }
    Some(DerivedSecret { name, description, hosts, setting, making: hmac.or(exchange)? })
}

fn exchange(fields: &mut Fields<'_>) -> Option<Making> {
    let url = fields.required_text("url");
    let url_setting = fields.text("url-setting");
    match &url_setting {
        Some(_) if !url.starts_with('/') => {
            fields.wrong("url", "must be a path beginning with `/`, below the address in `url-setting`")
        }
        None if !url.is_empty() && Url::parse(&url).is_err() => {
            fields.wrong("url", format!("must be an address, and is \"{url}\""))
        }
        _ => {}
    }
    let exchange = TokenExchange {
        method: fields.text("method").unwrap_or_else(|| "POST".to_owned()),
        url,
        url_setting,
        headers: fields.text_table("headers"),
        form: fields.text_table("form"),
        json: fields.take("json").map(to_json),
        token: pointer(fields, "token").unwrap_or_else(|| "/access_token".to_owned()),
        life: pointer(fields, "life"),
        default_life: fields.duration("default-life").unwrap_or(Duration::from_secs(3600)),
    };
    if exchange.json.is_some() && !exchange.form.is_empty() {
        fields.wrong_here("has both `form` and `json`; keep one");
    }
    Some(Making::Exchange(Box::new(exchange)))
}

fn pointer(fields: &mut Fields<'_>, key: &'static str) -> Option<String> {
    let pointer = fields.text(key)?;
    if !pointer.starts_with('/') {
        fields.wrong(key, format!("must be a JSON pointer such as \"/access_token\", and is \"{pointer}\""));
    }
    Some(pointer)
}

fn rate(fields: &mut Fields<'_>) -> Option<Rate> {
    let place = place(fields);
    for key in ["requests", "per"] {
        if !fields.has(key) {
            fields.wrong(key, "is needed: a rate is `requests = 60`, `per = \"1m\"`");
        }
    }
    let requests = fields.count("requests");
    let per = fields.duration("per");
    let burst = fields.count("burst");
    Some(Rate { place: place?, requests: requests?, per: per?, burst })
}

fn identity(fields: &mut Fields<'_>) -> Identity {
    match fields.take("identity") {
        None => Identity::Global,
        Some(Value::String(word)) if word == "global" => Identity::Global,
        Some(Value::Table(mut table)) if table.len() == 1 => match table.remove("instance") {
            Some(Value::String(setting)) => Identity::Instance { setting },
            _ => wrong_identity(fields),
        },
        Some(_) => wrong_identity(fields),
    }
}

fn wrong_identity(fields: &mut Fields<'_>) -> Identity {
    fields.wrong("identity", "must be \"global\" or { instance = \"…\" } with the setting that holds the instance's address");
    Identity::Global
}

fn reads(fields: &mut Fields<'_>) -> Vec<Read> {
    let mut reads = Vec::new();
    for word in fields.texts("reads") {
        let read = match word.as_str() {
            "text" => Read::Text,
            "title" => Read::Title,
            "language" => Read::Language,
            "author" => Read::Author,
            "rating" => Read::Rating,
            other => match other.strip_prefix("annotation:").filter(|key| is_key(key)) {
                Some(key) => Read::Annotation(key.to_owned()),
                None => {
                    fields.wrong(
                        "reads",
                        format!("knows text, title, language, author, rating and annotation:KEY, and one is \"{other}\""),
                    );
                    continue;
                }
            },
        };
        if !reads.contains(&read) {
            reads.push(read);
        }
    }
    reads
}

/// Lower-case words joined by hyphens.
fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 64
        && key
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

fn write(fields: &mut Fields<'_>) -> Option<Write> {
    let key = fields.required_text("key");
    if !key.is_empty() && !is_key(&key) {
        fields.wrong("key", format!("must be lower-case words joined by hyphens, and is \"{key}\""));
    }
    let value = match fields.required_text("type").as_str() {
        "text" => Some(ValueType::Text),
        "number" => Some(ValueType::Number),
        "flag" => Some(ValueType::Flag),
        "labels" => Some(ValueType::Labels),
        "" => None,
        other => {
            fields.wrong("type", format!("must be text, number, flag or labels, and is \"{other}\""));
            None
        }
    };
    let description = fields.text("description").unwrap_or_default();
    let range = range(fields);
    let one_of = fields.texts("enum");
    if range.is_some() && value.is_some_and(|value| value != ValueType::Number) {
        fields.wrong("range", "is for numbers");
    }
    if !one_of.is_empty() && value.is_some_and(|value| !matches!(value, ValueType::Text | ValueType::Labels)) {
        fields.wrong("enum", "is for text and labels");
    }
    Some(Write { key, value: value?, description, range, one_of })
}

fn range(fields: &mut Fields<'_>) -> Option<(f64, f64)> {
    let number = |value: &Value| match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    };
    let value = fields.take("range")?;
    let ends: Vec<f64> = value.as_array().map(|ends| ends.iter().filter_map(number).collect()).unwrap_or_default();
    match ends[..] {
        [low, high] if low < high => Some((low, high)),
        _ => {
            fields.wrong("range", "must be two numbers, lowest first, as in [-1, 1]");
            None
        }
    }
}
