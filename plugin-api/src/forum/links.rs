//! Addresses as boards write them: session ids go, numbers are found.

use url::Url;

use crate::http;

/// Parameters that name a visit or how a page is shown, and not what it shows.
const PASSING: [&str; 9] = ["sid", "s", "phpsessid", "hilit", "highlight", "_xftoken", "sessionhash", "prefetch", "styleid"];

/// An address found on a page, absolute and as it is the same for everybody: without session id, highlighted words and the like.
/// `None` where it leads nowhere on the web.
///
/// # Examples
/// ```
/// use vigie_plugin::forum::links::clean;
/// let url = clean("https://board.example/forum/", "./viewtopic.php?f=2&t=45&sid=0123456789abcdef0123456789abcdef#p7");
/// assert_eq!(url.as_deref(), Some("https://board.example/forum/viewtopic.php?f=2&t=45#p7"));
/// ```
#[must_use]
pub fn clean(base: &str, reference: &str) -> Option<String> {
    let mut url = Url::parse(&http::web(base, reference)?).ok()?;
    // `;jsessionid=…`, as some put it into the path.
    if let Some((path, _)) = url.path().split_once(";jsessionid=").or_else(|| url.path().split_once(";PHPSESSID=")) {
        let path = path.to_owned();
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !passing(pair)).collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
    Some(url.into())
}

fn passing(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.trim_start_matches("amp;").to_ascii_lowercase();
    // `s` alone may mean something else; a session's is a long hash or empty.
    let hash = value.is_empty() || (value.len() >= 16 && value.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    PASSING.contains(&name.as_str()) && (name != "s" || hash)
}

/// The number a parameter of the query has; `name` in lower case.
#[must_use]
pub fn number(url: &str, name: &str) -> Option<String> {
    let query = url.split('#').next()?.split_once('?')?.1;
    let value = query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim_start_matches("amp;").eq_ignore_ascii_case(name).then_some(value)
    })?;
    digits(value)
}

/// The digits a text begins with, without leading zeros; none where it begins with none, or with more than a number has.
#[must_use]
pub fn digits(text: &str) -> Option<String> {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..end].parse().ok()?;
    Some(number.to_string())
}

/// The number behind the last `before` in a text that is followed by one: `("x.php#post12", "#post")` is 12.
#[must_use]
pub fn number_after(text: &str, before: &str) -> Option<String> {
    text.rmatch_indices(before).find_map(|(at, _)| digits(&text[at + before.len()..]))
}

/// `url` with `name=value` in its query instead of what the parameter had; without it where there is no value.
#[must_use]
pub fn with(url: &str, name: &str, value: Option<&str>) -> String {
    let Ok(mut url) = Url::parse(url) else { return url.to_owned() };
    let mut pairs: Vec<String> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name))
        .map(str::to_owned)
        .collect();
    pairs.extend(value.map(|value| format!("{name}={}", http::escape(value))));
    url.set_query((!pairs.is_empty()).then(|| pairs.join("&")).as_deref());
    url.into()
}

/// The address without its fragment.
#[must_use]
pub fn page(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_leave_addresses_and_everything_else_stays() {
        let base = "https://board.example/f/index.php";
        let hash = "0123456789abcdef0123456789abcdef";
        for (reference, expected) in [
            (format!("showthread.php?s={hash}&t=5&page=2#post7"), "https://board.example/f/showthread.php?t=5&page=2#post7"),
            ("showthread.php?s=&amp;t=5".to_owned(), "https://board.example/f/showthread.php?amp;t=5"),
            ("view.php?s=short&t=5".to_owned(), "https://board.example/f/view.php?s=short&t=5"),
            (format!("./viewtopic.php?t=5&sid={hash}"), "https://board.example/f/viewtopic.php?t=5"),
            (format!("./?PHPSESSID={hash}"), "https://board.example/f/"),
            ("a;jsessionid=12?b=1".to_owned(), "https://board.example/f/a?b=1"),
            ("viewtopic.php?t=5&hilit=acme".to_owned(), "https://board.example/f/viewtopic.php?t=5"),
        ] {
            assert_eq!(clean(base, &reference).as_deref(), Some(expected), "{reference}");
        }
        for nowhere in ["javascript:void(0)", "mailto:a@b.example", "http://"] {
            assert_eq!(clean(base, nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn numbers_are_found_and_replaced() {
        let url = "https://b.example/viewtopic.php?f=2&t=0045x&start=15#p7";
        assert_eq!(number(url, "t").as_deref(), Some("45"));
        assert_eq!((number(url, "p"), number(url, "start")), (None, Some("15".to_owned())));
        assert_eq!(number_after("showpost.php?p=1#post12", "post").as_deref(), Some("12"));
        assert_eq!(number_after("#post", "post"), None);
        assert_eq!(digits("99999999999999999999999"), None);
        assert_eq!(with(url, "start", Some("30")), "https://b.example/viewtopic.php?f=2&t=0045x&start=30#p7");
        assert_eq!(with("https://b.example/a?start=1", "start", None), "https://b.example/a");
    }
}
