//! The REST interface of XenForo 2.1 and later. Pure.
//!
//! # Source
//! docs.xenforo.com/devs/rest-api and its list of endpoints.

use serde_json::Value;
use vigie_plugin::forum::{Body, Listing, Pages, Person, Post, Row, Topic, links};
use vigie_plugin::{Failure, http, time};

use super::cut;

/// The address of a thread's first page.
#[must_use]
pub fn thread_url(base: &str, id: &str) -> String {
    format!("{base}/api/threads/{id}/?with_posts=1&page=1")
}

/// Reads a thread with its posts, or one post.
///
/// # Errors
/// By class, where the answer is none.
pub fn topic(answer: &http::Response) -> Result<Topic, Failure> {
    let value = read(answer)?;
    let one = value["post"].is_object().then(|| vec![value["post"].clone()]);
    let Some(rows) = one.as_ref().or_else(|| value["posts"].as_array()) else {
        return Err(answer.unexpected("has no `posts` where a thread belongs"));
    };
    let thread = if value["thread"].is_object() { &value["thread"] } else { &rows.first().unwrap_or(&Value::Null)["Thread"] };
    let posts = rows.iter().filter_map(|row| post(row, &answer.url)).collect();
    let number = whole(&thread["thread_id"]).or_else(|| whole(&rows.first()?["thread_id"]));
    Ok(Topic {
        id: number.map(|id| id.to_string()),
        title: text(&thread["title"]),
        views: whole(&thread["view_count"]),
        replies: whole(&thread["reply_count"]),
        posts,
        pages: pages(&value["pagination"], &answer.url),
    })
}

/// Reads a list of threads.
///
/// # Errors
/// By class, where the answer is none.
pub fn listing(answer: &http::Response, base: &str) -> Result<Listing, Failure> {
    let value = read(answer)?;
    let Some(threads) = value["threads"].as_array() else {
        return Err(answer.unexpected("has no `threads` where a list belongs"));
    };
    // The threads that stick out come apart.
    let pinned = value["sticky"].as_array().into_iter().flatten();
    let row = |thread: &Value| {
        let id = whole(&thread["thread_id"])?.to_string();
        Some(Row {
            url: thread_url(base, &id),
            title: text(&thread["title"]),
            last: seconds(&thread["last_post_date"]).map(|moment| moment.at),
            replies: whole(&thread["reply_count"]),
            pinned: flag(&thread["sticky"]),
            id,
        })
        // What moderation holds back or deleted is no thread of the public's; a redirect is none at all.
        .filter(|_| {
            thread["discussion_state"].as_str().is_none_or(|state| state == "visible") && thread["discussion_type"] != "redirect"
        })
    };
    let rows = pinned.chain(threads).filter_map(row).collect();
    Ok(Listing { rows, pages: pages(&value["pagination"], &answer.url) })
}

/// Whether an answer is an error of the interface.
#[must_use]
pub fn is_error(answer: &http::Response) -> bool {
    code(answer).is_some()
}

/// The code of an error: the message beside it is translated, the code is not.
fn code(answer: &http::Response) -> Option<String> {
    let value: Value = serde_json::from_slice(&answer.body).ok()?;
    text(&value["errors"][0]["code"])
}

fn read(answer: &http::Response) -> Result<Value, Failure> {
    match code(answer) {
        Some(code) if code.contains("api_key") => {
            Err(Failure::unauthorized(format!("the board refuses the key in secret `api-key` ({}, `{code}`)", answer.status)))
        }
        Some(code) if code.contains("api_disabled") || code == "endpoint_not_found" => Err(Failure::settings(format!(
            "the board's interface is switched off ({}, `{code}`): set `api` to false",
            answer.status
        ))),
        Some(code) if (200..300).contains(&answer.status) => Err(answer.unexpected(&format!("holds the error `{code}`"))),
        _ => answer.json(),
    }
}

fn post(row: &Value, url: &str) -> Option<Post> {
    let id = whole(&row["post_id"])?.to_string();
    let state = row["message_state"].as_str().unwrap_or("visible");
    if state == "moderated" {
        return None;
    }
    let published = seconds(&row["post_date"]);
    let parsed = text(&row["message_parsed"]);
    let code = text(&row["message"]);
    let quoted = code.as_deref().and_then(|code| {
        let tag = code.to_ascii_lowercase().find("[quote")?;
        super::post_in(code[tag..].split(']').next()?)
    });
    let html = parsed.unwrap_or_else(|| from_bbcode(code.as_deref().unwrap_or_default()));
    let user = whole(&row["user_id"]).filter(|id| *id > 0).map(|id| id.to_string());
    let profile = text(&row["User"]["view_url"]).filter(|_| user.is_some());
    let score = |name: &str| row[name].as_i64();
    Some(Post {
        url: text(&row["view_url"]),
        first: flag(&row["is_first_post"]) || row["position"].as_u64() == Some(0),
        number: row["position"].as_u64().map(|position| position + 1),
        author: text(&row["username"]).and_then(|name| Person::named(&name, user, profile)),
        edited: seconds(&row["last_edit_date"]).filter(|edited| edited.at > 0),
        published,
        quotes: quoted,
        likes: score("reaction_score").or_else(|| score("vote_score")),
        removed: state == "deleted",
        body: Body::fragment(&html, url, cut),
        id,
    })
}

/// `pagination` counts from 1; addresses are made by the number.
fn pages(pagination: &Value, url: &str) -> Pages {
    let number = |name: &str| whole(&pagination[name]).and_then(|number| u32::try_from(number).ok());
    let current = number("current_page").unwrap_or(1);
    let last = number("last_page").unwrap_or(current);
    let wanted = [1, current.saturating_sub(1), current.saturating_add(1), last];
    let mut found = Pages { current, links: Vec::new() };
    for page in wanted {
        if (1..=last).contains(&page) && page != current && found.at(page).is_none() {
            found.links.push((page, links::with(url, "page", Some(&page.to_string()))));
        }
    }
    found
}

/// BBCode as HTML, for boards that do not hand out the HTML: quotes stand apart, links keep their words, other tags go.
fn from_bbcode(code: &str) -> String {
    let mut html = String::with_capacity(code.len());
    let mut rest = code;
    let mut open = 0_usize;
    while let Some(at) = rest.find('[') {
        escape(&rest[..at], &mut html);
        rest = &rest[at..];
        let end = rest.bytes().take(200).position(|byte| byte == b']');
        let Some((inside, behind)) = end.map(|end| (&rest[1..end], &rest[end + 1..])) else {
            html.push('[');
            rest = &rest[1..];
            continue;
        };
        let name: String =
            inside.trim_start_matches('/').chars().take_while(|char| char.is_ascii_alphabetic() || *char == '*').collect();
        match name.to_ascii_lowercase().as_str() {
            "quote" if !inside.starts_with('/') => {
                open += 1;
                html.push_str("<blockquote>");
            }
            "quote" if open > 0 => {
                open -= 1;
                html.push_str("</blockquote>");
            }
            "b" | "i" | "u" | "s" | "url" | "img" | "color" | "size" | "font" | "list" | "*" | "center" | "left" | "right"
            | "indent" | "attach" | "user" | "media" | "spoiler" | "ispoiler" | "code" | "icode" | "email" | "heading"
            | "quote" | "plain" | "table" | "tr" | "td" | "th" | "hr" => {}
            _ => escape(&rest[..inside.len() + 2], &mut html),
        }
        rest = behind;
    }
    escape(rest, &mut html);
    html.push_str(&"</blockquote>".repeat(open));
    html
}

fn escape(text: &str, html: &mut String) {
    for char in text.chars() {
        match char {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\n' => html.push_str("<br>"),
            char => html.push(char),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn flag(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_u64() == Some(1))
}

fn seconds(value: &Value) -> Option<vigie_plugin::Moment> {
    time::unix_seconds(i64::try_from(whole(value)?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bbcode_becomes_html_with_quotes_apart() {
        for (code, html) in [
            (
                "[QUOTE=\"Bo, post: 7\"]dead & gone[/QUOTE]\nI [B]do[/B] not",
                "<blockquote>dead &amp; gone</blockquote><br>I do not",
            ),
            ("[URL='https://a.example']a[/URL] [x] 1 [ 2", "a [x] 1 [ 2"),
            ("[quote]open", "<blockquote>open</blockquote>"),
            ("x[/quote]", "x"),
        ] {
            assert_eq!(from_bbcode(code), html, "{code}");
        }
        assert_eq!(from_bbcode(&"[quote]".repeat(3)).matches("</blockquote>").count(), 3);
    }
}
