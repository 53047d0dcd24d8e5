//! Articles as mentions, field by field. Pure.

use vigie_plugin::{Author, Instant, Media, MediaKind, Mention, MentionKind, Value, http, ids, time};

use crate::parse::Article;
use crate::places;

/// Parameters that say how somebody came to a page and not which page it is.
const TRACKING: [&str; 6] = ["fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "igshid"];

/// An article as a mention; `None` without an address.
#[must_use]
pub fn article(article: &Article) -> Option<Mention> {
    let url = canonical(article.url.as_deref()?)?;
    let seen = seen(article);
    let outlet = article.domain.as_deref().map(str::to_lowercase).or_else(|| host(&url));
    let author = outlet.map(|domain| Author::new(&domain).name(&domain).url(format!("https://{domain}")));
    let image = article.socialimage.as_deref().and_then(|image| http::web(image, ""));
    let mention = Mention::new(ids::short(&url), MentionKind::Article)
        .url(&url)
        .title(article.title.as_deref().map(tidy))
        .author(author)
        .published(seen.and_then(|at| time::unix_millis(at).ok()))
        .language(article.language.as_deref().and_then(places::language))
        .country(article.sourcecountry.as_deref().and_then(places::country))
        .media(image.map(|image| Media::new(MediaKind::Image, image)));
    // The only date there is says when GDELT came by, at most some quarters of an hour after the publication.
    Some(if seen.is_some() { mention.attribute("published-is-first-seen", Value::Flag(true)) } else { mention })
}

/// When GDELT first saw an article: `20260609T113000Z`.
#[must_use]
pub fn seen(article: &Article) -> Option<Instant> {
    let text = article.seendate.as_deref()?.trim();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 14 {
        return time::rfc3339(text).ok().map(|moment| moment.at);
    }
    let [year, month, day, hour, minute, second] =
        [&digits[..4], &digits[4..6], &digits[6..8], &digits[8..10], &digits[10..12], &digits[12..]];
    time::rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")).ok().map(|moment| moment.at)
}

/// The same address for the same page: in one spelling, without fragment and tracking.
fn canonical(url: &str) -> Option<String> {
    let url = http::web(url, "")?;
    let Some((front, query)) = url.split_once('?') else { return Some(url) };
    let tracks = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default().to_lowercase();
        name.starts_with("utm_") || TRACKING.contains(&name.as_str())
    };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !tracks(pair)).collect();
    Some(if kept.is_empty() { front.to_owned() } else { format!("{front}?{}", kept.join("&")) })
}

fn host(url: &str) -> Option<String> {
    let host = url.split('/').nth(2)?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// The title without the blanks that stand before closing and behind opening signs.
fn tidy(title: &str) -> String {
    let mut tidied = String::with_capacity(title.len());
    for word in title.split_whitespace() {
        let closes = matches!(word, "," | "." | ";" | ")" | "]" | "}" | "%" | "...") || word.starts_with("' s") || word == "’";
        if !tidied.is_empty() && !closes && !tidied.ends_with(['(', '[', '{']) {
            tidied.push(' ');
        }
        tidied.push_str(word);
    }
    // An apostrophe is taken for a quotation mark: `Acme ' s phone`.
    for (apart, together) in [(" ' s ", "'s "), (" ' t ", "'t "), (" ’ s ", "’s ")] {
        tidied = tidied.replace(apart, together);
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_address() {
        for (url, expected) in [
            ("https://News.Example/a?utm_source=x&id=7&fbclid=1#top", Some("https://news.example/a?id=7")),
            ("https://news.example/a?UTM_medium=rss", Some("https://news.example/a")),
            ("https://news.example:443/a", Some("https://news.example/a")),
            ("news.example/a", None),
            ("javascript:x", None),
        ] {
            assert_eq!(canonical(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn dates_are_read_and_nonsense_is_none() {
        let seen = |text: &str| seen(&Article { seendate: Some(text.to_owned()), ..Article::default() }).map(time::to_rfc3339);
        assert_eq!(seen("20260609T113000Z").as_deref(), Some("2026-06-09T11:30:00Z"));
        assert_eq!(seen("20260609113000").as_deref(), Some("2026-06-09T11:30:00Z"));
        assert_eq!(seen("2026-06-09T11:30:00Z").as_deref(), Some("2026-06-09T11:30:00Z"));
        for odd in ["20261309T113000Z", "20260609", "x", "2026060911300०"] {
            assert_eq!(seen(odd), if odd == "20260609" { Some("2026-06-09T00:00:00Z".to_owned()) } else { None }, "{odd}");
        }
    }

    #[test]
    fn titles_lose_the_blanks_around_signs() {
        assert_eq!(tidy("Acme ' s  phone , tested ( again ) : hot ."), "Acme's phone, tested (again) : hot.");
        assert_eq!(tidy("Déjà vu ?"), "Déjà vu ?", "French sets that blank itself");
    }
}
