//! Submissions and comments as mentions, field by field. Pure.

use serde_json::Value as Json;
use vigie_plugin::{Author, Change, Media, MediaKind, Mention, MentionKind, Moment, Value, html, http, lenient, time};

use crate::parse::{Item, Kind};

const SITE: &str = "https://www.reddit.com";
/// What stands where something was.
const DELETED: [&str; 5] = ["[deleted]", "[removed]", "[deleted by user]", "[ Removed by Reddit ]", "[ Removed by reddit ]"];

/// Seconds since 1970, with or without a fraction.
#[must_use]
pub fn moment(seconds: &Json) -> Option<Moment> {
    let seconds = match seconds {
        Json::String(text) => text.trim().parse::<f64>().ok()?,
        other => other.as_f64()?,
    };
    // Beyond the year 9999 there is no date, and an exact number of milliseconds until then.
    if !(-1e12..1e12).contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the bounds are checked")]
    time::unix_millis((seconds * 1000.0) as i64).ok()
}

/// The fullname of an item.
#[must_use]
pub fn fullname(kind: Kind, item: &Item) -> Option<String> {
    let prefix = if kind == Kind::Comment { "t1_" } else { "t3_" };
    let whole = item.name.clone().filter(|name| name.starts_with(prefix));
    whole.or_else(|| Some(format!("{prefix}{}", item.id.as_ref()?)))
}

/// A submission or a comment as a change; nothing for an advertisement, and without an id.
#[must_use]
pub fn item(kind: Kind, item: &Item) -> Option<Change> {
    let id = fullname(kind, item)?;
    if item.promoted == Some(true) {
        return None;
    }
    if is_gone(item) {
        return Some(Change::Remove(id));
    }
    Some(Change::Upsert(match kind {
        Kind::Submission => submission(id, item),
        Kind::Comment => comment(id, item)?,
    }))
}

fn is_gone(item: &Item) -> bool {
    let gone = |text: &Option<String>| text.as_deref().is_some_and(|text| DELETED.contains(&text.trim()));
    item.removed_by_category.is_some()
        || item.removed == Some(true)
        || item.spam == Some(true)
        || gone(&item.body)
        || gone(&item.selftext)
        || gone(&item.title)
}

fn submission(id: String, item: &Item) -> Mention {
    let original = item.crosspost_parent.as_deref().filter(|parent| parent.starts_with("t3_"));
    let of_original = |key: &str| item.crosspost_parent_list.get(0).and_then(|parent| lenient::as_text(parent.get(key)?));
    let kind = match original {
        None => MentionKind::Post,
        Some(_) if item.selftext.is_none() && of_original("title") == item.title => MentionKind::Share,
        Some(_) => MentionKind::Quote,
    };
    let (media, is_medium) = media(item);
    let page = page_of(item, || format!("/comments/{}/", id.trim_start_matches("t3_")));
    let linked = item.url.as_deref().filter(|_| item.is_self != Some(true) && !is_medium).and_then(|url| http::web(SITE, url));
    let link = linked.filter(|url| *url != page);
    // Who passes something on says the same words.
    let (html, markdown) = match kind {
        MentionKind::Share => {
            let words = of_original("selftext").filter(|words| !DELETED.contains(&words.trim()));
            (words.as_ref().and_then(|_| of_original("selftext_html")), words)
        }
        _ => (item.selftext_html.clone(), with_choices(item)),
    };
    // Reddit's HTML shows nothing of a poll.
    let html = html.filter(|_| item.poll_data.is_null());
    let mut mention = written(Mention::new(&id, kind), html.as_ref(), markdown.as_ref())
        .url(page)
        .title(item.title.as_ref())
        .thread(&id)
        .original(original)
        .comments(item.num_comments)
        .shares(item.num_crossposts)
        .link(link)
        .media(media);
    if let Some(ratio) = item.upvote_ratio.as_f64().filter(|ratio| (0.0..=1.0).contains(ratio)) {
        mention = mention.attribute("upvote-ratio", Value::Number(ratio));
    }
    if let Some(flair) = &item.link_flair_text {
        mention = mention.attribute("flair", Value::Text(flair.clone()));
    }
    if item.over_18 == Some(true) {
        mention = mention.attribute("adult", Value::Flag(true));
    }
    both(mention, item)
}

/// A submission's words and what its poll offers, as Markdown.
fn with_choices(item: &Item) -> Option<String> {
    let options = item.poll_data.get("options").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let choices = options.iter().filter_map(|option| lenient::as_text(option.get("text")?)).map(|choice| format!("- {choice}"));
    let lines: Vec<String> = item.selftext.clone().map(|words| format!("{words}\n")).into_iter().chain(choices).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn comment(id: String, item: &Item) -> Option<Mention> {
    if item.body.is_none() && item.body_html.is_none() {
        return None;
    }
    let in_path = || Some(format!("t3_{}", item.permalink.as_deref()?.split_once("/comments/")?.1.split('/').next()?));
    let parent = item.parent_id.clone().filter(|parent| parent.starts_with("t3_"));
    let link = item.link_id.clone().or(parent).or_else(in_path);
    let link = link.as_deref();
    let answers_comment = item.parent_id.as_deref().is_some_and(|parent| parent.starts_with("t1_"));
    let kind = if answers_comment { MentionKind::Reply } else { MentionKind::Comment };
    let short = || {
        let link = link.unwrap_or_default().trim_start_matches("t3_");
        format!("/comments/{link}/_/{}/", id.trim_start_matches("t1_"))
    };
    let page = (item.permalink.is_some() || link.is_some()).then(|| page_of(item, short));
    let mention = written(Mention::new(&id, kind), item.body_html.as_ref(), item.body.as_ref())
        .url(page)
        .thread(link)
        .parent(item.parent_id.as_deref().or(link));
    let mention = both(mention, item);
    Some(match &item.link_title {
        Some(title) => mention.attribute("submission-title", Value::Text(title.clone())),
        None => mention,
    })
}

/// What submissions and comments have in common.
fn both(mention: Mention, item: &Item) -> Mention {
    let hidden = item.score_hidden == Some(true) || item.hide_score == Some(true);
    let mut mention = mention
        .author(author(item))
        .published(moment(&item.created_utc))
        .edited(moment(&item.edited))
        .likes(item.score.filter(|_| !hidden));
    let texts = [("subreddit", &item.subreddit), ("distinguished", &item.distinguished)];
    for (key, text) in texts {
        if let Some(text) = text {
            mention = mention.attribute(key, Value::Text(text.clone()));
        }
    }
    if item.stickied == Some(true) { mention.attribute("stickied", Value::Flag(true)) } else { mention }
}

/// Nobody, where the account was deleted.
fn author(item: &Item) -> Option<Author> {
    let name = item.author.as_deref().filter(|name| !DELETED.contains(name))?;
    let id = item.author_fullname.as_deref().unwrap_or(name);
    Some(Author::new(id).handle(name).name(name).url(format!("{SITE}/user/{name}")))
}

fn page_of(item: &Item, short: impl Fn() -> String) -> String {
    let path = item.permalink.as_deref().map(|path| path.strip_prefix(SITE).unwrap_or(path));
    let path = path
        .map(|path| path.split(['?', '#']).next().unwrap_or_default().to_owned())
        .filter(|path| path.starts_with("/r/") || path.starts_with("/user/"));
    format!("{SITE}{}", path.unwrap_or_else(short))
}

/// The HTML Reddit made is exact; its Markdown has spoilers and superscripts that other readers take for quotes or leave as they are.
fn written(mention: Mention, html: Option<&String>, markdown: Option<&String>) -> Mention {
    match (html, markdown) {
        (Some(html), _) => {
            // Without `raw_json` all answers are escaped once more.
            let html = if html.trim_start().starts_with("&lt;") { unescape(html) } else { html.clone() };
            mention.html(html::absolute(&html, &format!("{SITE}/")))
        }
        (None, Some(markdown)) => mention.markdown(markdown),
        (None, None) => mention,
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Pictures and films, and whether they are what the submission links to.
fn media(item: &Item) -> (Vec<Media>, bool) {
    let entries = item.gallery_data.get("items").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let picture = |entry: &Json| {
        let source = item.media_metadata.get(entry.get("media_id")?.as_str()?)?.get("s")?;
        let url = ["u", "gif", "mp4"].iter().find_map(|form| source.get(form)?.as_str())?;
        let caption = entry.get("caption").and_then(Json::as_str);
        Some(Media::new(MediaKind::Image, web(url)?).description(caption))
    };
    let gallery: Vec<Media> = entries.iter().filter_map(picture).collect();
    if !gallery.is_empty() {
        return (gallery, true);
    }
    let film = item.media.pointer("/reddit_video/fallback_url").and_then(Json::as_str);
    if let Some(film) = film.and_then(|film| web(film.split('?').next()?)) {
        return (vec![Media::new(MediaKind::Video, film)], true);
    }
    let url = item.url.as_deref().unwrap_or_default();
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let is_picture = [".jpg", ".jpeg", ".png", ".gif", ".webp"].iter().any(|ending| path.ends_with(ending));
    if is_picture && (item.post_hint.as_deref() == Some("image") || path.contains("//i.redd.it/")) {
        return (web(url).map(|url| Media::new(MediaKind::Image, url)).into_iter().collect(), true);
    }
    (Vec::new(), false)
}

fn web(url: &str) -> Option<String> {
    http::web(SITE, &url.replace("&amp;", "&"))
}
