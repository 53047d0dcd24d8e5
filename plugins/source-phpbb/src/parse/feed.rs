//! Feeds. Pure.
//!
//! # Source
//! phpbb/phpbb: `phpBB/feed.php`, `phpbb/feed/*`, `styles/prosilver/template/feed.xml.twig`.

use vigie_plugin::forum::{Body, Person, Post, links, syndication};
use vigie_plugin::references::unescape;
use vigie_plugin::{Failure, http};

use super::cut;

/// An entry of a feed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// The post; without a number where the entry stands for a topic.
    pub post: Post,
    /// Number of the topic, where the address names it.
    pub topic: Option<String>,
    /// The topic's title, without the forum's name in front of it and without "Re:".
    pub title: Option<String>,
    /// Where it is read.
    pub link: Option<String>,
}

/// Reads a feed.
///
/// # Errors
/// By class, where the answer is none. A board that wants a password for its feeds answers 401.
pub fn feed(answer: &http::Response) -> Result<Vec<Entry>, Failure> {
    Ok(syndication::read(answer)?.into_iter().map(|entry| read(entry, &answer.url)).collect())
}

fn read(entry: syndication::Entry, url: &str) -> Entry {
    let link = entry.link.as_deref().or(entry.id.as_deref()).and_then(|link| links::clean(url, link));
    let number = |name: &str, anchor: &str| {
        let link = link.as_deref()?;
        links::number(link, name).or_else(|| links::number_after(link, anchor))
    };
    let (post, topic) = (number("p", "#p"), number("t", "-t"));
    let (html, statistics) = without_statistics(&entry.html);
    let base = link.clone().unwrap_or_else(|| url.to_owned());
    let (reply, title) = title(entry.title.as_deref().unwrap_or_default(), entry.category.as_deref());
    let (published, edited) = match entry.published {
        Some(published) => (Some(published), entry.updated),
        // The one date there is may be that of the last change.
        None => (entry.updated, None),
    };
    Entry {
        post: Post {
            id: post.unwrap_or_default(),
            first: !reply,
            author: author(entry.author.as_deref(), statistics, &base),
            published,
            edited,
            quotes: quoted(html),
            body: Body::fragment(html, &base, cut),
            ..Post::default()
        },
        topic,
        title,
        link,
    }
}

/// Feeds of posts print the forum's name in front of the title and "Re:" before an answer's.
fn title(written: &str, category: Option<&str>) -> (bool, Option<String>) {
    let written = unescape(written);
    let category = category.map(unescape);
    let title = match category.as_deref().and_then(|category| written.strip_prefix(category)?.trim_start().strip_prefix('•')) {
        Some(title) => title,
        None => written.split_once(" • ").map_or(written.as_str(), |(_, title)| title),
    };
    let title = title.trim();
    const ANSWERS: [&str; 9] = ["re:", "aw:", "sv:", "vs:", "odp:", "rif:", "rép:", "отв:", "ynt:"];
    let lower = title.to_lowercase();
    let mark = ANSWERS.iter().find(|mark| lower.starts_with(**mark));
    let own = mark.map_or(title, |mark| title.get(mark.len()..).unwrap_or(title)).trim();
    (mark.is_some(), (!own.is_empty()).then(|| own.to_owned()))
}

/// A post's text ends with `<p>Statistics: Posted by … — …</p><hr />`; the words are in the board's language.
fn without_statistics(html: &str) -> (&str, &str) {
    let trimmed = html.trim_end();
    let Some(end) =
        trimmed.rfind("<hr").filter(|end| trimmed[*end..].find('>').is_some_and(|close| end + close + 1 == trimmed.len()))
    else {
        return (html, "");
    };
    match trimmed[..end].rfind("<p>") {
        Some(start) if trimmed[start..end].trim_end().ends_with("</p>") => (&trimmed[..start], &trimmed[start..end]),
        _ => (&trimmed[..end], ""),
    }
}

fn author(name: Option<&str>, statistics: &str, base: &str) -> Option<Person> {
    // The statistics link the account, and its number with it.
    let profile = statistics.find("<a ").and_then(|at| vigie_plugin::html::Tag::read(&statistics[at..]));
    let url = profile.and_then(|link| links::clean(base, &unescape(link.value("href")?)));
    let id = url.as_deref().and_then(|url| links::number(url, "u").or_else(|| links::number_after(url, "-u")));
    let name = name.map(unescape).unwrap_or_default();
    // All guests have this one name: it is nobody's.
    if id.is_none() && name == "Anonymous" {
        return None;
    }
    Person::named(&name, id.filter(|id| id != "1"), url)
}

fn quoted(html: &str) -> Option<String> {
    let cite = html.find("<cite")?;
    let end = html[cite..].find("</cite>").map_or(html.len(), |end| cite + end);
    let mut rest = &html[cite..end];
    while let Some(at) = rest.find("<a ") {
        let link = vigie_plugin::html::Tag::read(&rest[at..])?;
        let href = unescape(link.value("href").unwrap_or_default());
        if let Some(id) = link.value("data-post-id").and_then(links::digits).or_else(|| links::number(&href, "p")) {
            return Some(id);
        }
        rest = &rest[at + link.text.len()..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_lose_the_forum_and_the_mark_of_an_answer() {
        for (written, category, expected) in [
            ("News &amp; more • Re: A &amp; B", Some("News & more"), (true, Some("A & B"))),
            ("News • Acme • again", Some("News"), (false, Some("Acme • again"))),
            ("Acme", None, (false, Some("Acme"))),
            ("Forum • Rép: Acme", None, (true, Some("Acme"))),
            ("Re:", None, (true, None)),
        ] {
            let (reply, title) = title(written, category);
            assert_eq!((reply, title.as_deref()), expected, "{written}");
        }
    }

    #[test]
    fn statistics_go_in_whatever_language() {
        let html = "<p>one</p>two<p>Statistik: Verfasst von <a href=\"x?u=2\">Ada</a> — Mo 10. Feb 2014</p><hr />\n";
        assert_eq!(without_statistics(html).0, "<p>one</p>two");
        for plain in ["<p>one</p>", "one<hr />two", ""] {
            assert_eq!(without_statistics(plain), (plain, ""), "{plain}");
        }
        assert_eq!(without_statistics("one<hr />"), ("one", ""));
    }
}
