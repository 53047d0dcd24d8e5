//! Placeholders: finding them, judging where they stand, putting values in.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::{Url, form_urlencoded};

/// What opens a placeholder of a secret.
const SECRET: &str = "{{secret:";
/// What opens the pair of HTTP basic authentication, in a header alone: `{{basic:USER:PASSWORD}}`.
const BASIC: &str = "{{basic:";

/// Replaces every `{{…}}` that begins with `opening` by what `value` makes of its inside.
///
/// # Errors
/// What `value` says, or that a placeholder is not closed.
pub(crate) fn replace(
    text: &str,
    opening: &str,
    mut value: impl FnMut(&str) -> Result<String, String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(opening) {
        out.push_str(&rest[..start]);
        let inside = &rest[start + opening.len()..];
        let end = inside.find("}}").ok_or_else(|| format!("a placeholder `{opening}` is not closed with `}}}}`"))?;
        out.push_str(&value(&inside[..end])?);
        rest = &inside[end + 2..];
    }
    out.push_str(rest);
    Ok(out)
}

fn collect(text: &str, into: &mut BTreeSet<String>) -> Result<(), String> {
    replace(text, SECRET, |name| {
        into.insert(name.to_owned());
        Ok(String::new())
    })
    .map(drop)
}

fn collect_header(text: &str, into: &mut BTreeSet<String>) -> Result<(), String> {
    collect(text, into)?;
    replace(text, BASIC, |pair| {
        let (user, password) = pair_of(pair)?;
        into.extend([user.to_owned(), password.to_owned()]);
        Ok(String::new())
    })
    .map(drop)
}

fn pair_of(pair: &str) -> Result<(&str, &str), String> {
    pair.split_once(':').ok_or_else(|| "`{{basic:…}}` needs two names: `{{basic:user:password}}`".to_owned())
}

/// Splits a query or form body into its components and passes each, decoded, through `each`; those it returns are encoded anew, the
/// others stay byte for byte as they are.
fn components(text: &str, mut each: impl FnMut(&str) -> Result<Option<String>, String>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    for (index, pair) in text.split('&').enumerate() {
        if index > 0 {
            out.push('&');
        }
        for (side, component) in pair.splitn(2, '=').enumerate() {
            if side > 0 {
                out.push('=');
            }
            // Decoding as a form is what services do; a lone component decodes to itself as the key of a pair.
            let raw = component.replace('=', "%3D");
            let decoded = form_urlencoded::parse(raw.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default();
            match each(&decoded)? {
                Some(value) => out.extend(form_urlencoded::byte_serialize(value.as_bytes())),
                None => out.push_str(component),
            }
        }
    }
    Ok(out)
}

/// Whether a request's body is a form.
fn is_form(headers: &[(String, String)]) -> bool {
    headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type")
            && value.trim().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
    })
}

/// The names of all secrets a request wants filled in.
///
/// # Errors
/// Where a placeholder stands where none may: in the path, in a body that is no form.
pub(crate) fn wanted(url: Option<&Url>, headers: &[(String, String)], body: Option<&[u8]>) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    if let Some(url) = url {
        let before = format!("{}{}", url.path(), url.fragment().unwrap_or_default()).replace("%7B", "{").replace("%7b", "{");
        let before = before.replace("%3A", ":").replace("%3a", ":");
        if before.contains(SECRET) || before.contains(BASIC) {
            return Err(
                "a secret may stand in a header, in the query or in a form body, not in the path of an address".to_owned()
            );
        }
        if let Some(query) = url.query() {
            components(query, |component| collect(component, &mut names).map(|()| None))?;
        }
    }
    for (_, value) in headers {
        collect_header(value, &mut names)?;
    }
    if let Some(body) = body {
        if is_form(headers)
            && let Ok(text) = std::str::from_utf8(body)
        {
            components(text, |component| collect(component, &mut names).map(|()| None))?;
        } else if body.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()) {
            return Err("a secret may stand in a header, in the query or in a form body, and this body is no form".to_owned());
        }
    }
    Ok(names)
}

/// Values by name.
pub(crate) type Values = BTreeMap<String, String>;

fn value(values: &Values, name: &str) -> Result<String, String> {
    values.get(name).cloned().ok_or_else(|| format!("there is no secret `{name}`"))
}

fn fill_component(component: &str, values: &Values) -> Result<Option<String>, String> {
    if component.contains(SECRET) { replace(component, SECRET, |name| value(values, name)).map(Some) } else { Ok(None) }
}

/// The address with its query filled in.
pub(crate) fn url(template: &Url, values: &Values) -> Result<Url, String> {
    let mut filled = template.clone();
    if let Some(query) = template.query()
        && !values.is_empty()
    {
        filled.set_query(Some(&components(query, |component| fill_component(component, values))?));
    }
    Ok(filled)
}

/// A header's value filled in; `learned` hears of every pair made on the way.
pub(crate) fn header(template: &str, values: &Values, mut learned: impl FnMut(&str)) -> Result<String, String> {
    let filled = replace(template, BASIC, |pair| {
        let (user, password) = pair_of(pair)?;
        let encoded = STANDARD.encode(format!("{}:{}", value(values, user)?, value(values, password)?));
        learned(&encoded);
        Ok(encoded)
    })?;
    replace(&filled, SECRET, |name| value(values, name))
}

/// The body filled in, if it is a form.
pub(crate) fn body(template: &[u8], headers: &[(String, String)], values: &Values) -> Result<Vec<u8>, String> {
    match std::str::from_utf8(template) {
        Ok(text) if is_form(headers) && !values.is_empty() => {
            components(text, |component| fill_component(component, values)).map(String::into_bytes)
        }
        _ => Ok(template.to_vec()),
    }
}

/// A text of the host's own making (a field of a token exchange) filled in.
pub(crate) fn plain(template: &str, values: &Values) -> Result<String, String> {
    replace(template, SECRET, |name| value(values, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        [("key", "s&cr=t +é"), ("user", "ann"), ("pass", "p:w")].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    fn form() -> Vec<(String, String)> {
        vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())]
    }

    #[test]
    fn a_query_is_filled_however_the_plugin_encoded_it() {
        for query in ["q=a%20b&key={{secret:key}}&x=1", "q=a%20b&key=%7B%7Bsecret%3Akey%7D%7D&x=1"] {
            let template = Url::parse(&format!("https://a.example/p?{query}")).expect("an address");
            assert_eq!(wanted(Some(&template), &[], None).expect("allowed"), BTreeSet::from(["key".to_owned()]));
            let filled = url(&template, &values()).expect("filled");
            assert_eq!(
                filled.query(),
                Some("q=a%20b&key=s%26cr%3Dt+%2B%C3%A9&x=1"),
                "only the component with the secret changes"
            );
        }
    }

    #[test]
    fn headers_and_form_bodies_are_filled() {
        assert_eq!(header("Bearer {{secret:user}}!", &values(), |_| ()).expect("filled"), "Bearer ann!");
        let mut learned = Vec::new();
        let basic = header("Basic {{basic:user:pass}}", &values(), |pair| learned.push(pair.to_owned())).expect("filled");
        assert_eq!(basic, "Basic YW5uOnA6dw==");
        assert_eq!(learned, ["YW5uOnA6dw=="]);
        let filled = body(b"a=1&token={{secret:key}}", &form(), &values()).expect("filled");
        assert_eq!(filled, b"a=1&token=s%26cr%3Dt+%2B%C3%A9");
    }

    #[test]
    fn a_placeholder_elsewhere_is_refused() {
        let address = |text: &str| Url::parse(text).expect("an address");
        for path in [
            "https://a.example/{{secret:key}}/x",
            "https://a.example/%7B%7Bsecret%3akey%7D%7D",
            "https://a.example/#{{secret:key}}",
        ] {
            assert!(wanted(Some(&address(path)), &[], None).expect_err(path).contains("not in the path"));
        }
        let json = br#"{"k":"{{secret:key}}"}"#;
        assert!(wanted(None, &[], Some(json)).expect_err("json").contains("no form"));
        let open = address("https://a.example/?k={{secret:key");
        assert!(wanted(Some(&open), &[], None).expect_err("open").contains("not closed"));
        assert!(
            wanted(None, &[("a".to_owned(), "{{basic:user}}".to_owned())], None).expect_err("one name").contains("two names")
        );
    }
}
