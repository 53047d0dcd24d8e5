//! Version 1.1 and what imitates it: everything inside the status, dates in letters, numbers twice.

use serde_json::Value;
use vigie_plugin::lenient::{as_count, as_flag, as_text};
use vigie_plugin::{MediaKind, Moment, log, time};

use super::{Medium, Page, Post, User, is_number};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Links and pictures of one post: more are no post's.
const MOST: usize = 200;

/// Reads statuses; `body` is the whole answer, which names the next page.
#[must_use]
pub fn page(statuses: &[Value], body: &Value) -> Page {
    let posts: Vec<Post> = statuses.iter().filter_map(|status| post(status, true)).collect();
    if posts.len() < statuses.len() {
        log::warn(format_args!("{} of {} posts have no number and were skipped", statuses.len() - posts.len(), statuses.len()));
    }
    let results = body["search_metadata"]["next_results"].as_str().unwrap_or_default();
    let next = results.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("max_id="));
    let newest = posts.iter().map(|post| post.id.clone()).max_by(|a, b| super::order(a).cmp(&super::order(b)));
    Page { posts, next: next.filter(|id| is_number(id)).map(str::to_owned), newest, gone: Vec::new() }
}

/// Numbers stand as text in `…_str` and as numbers no float can hold beside it.
fn number(status: &Value, name: &str) -> Option<String> {
    as_text(&status[format!("{name}_str")]).or_else(|| as_text(&status[name])).filter(|id| is_number(id))
}

/// `whole`: with the post it passes on, which itself passes on nothing.
fn post(status: &Value, whole: bool) -> Option<Post> {
    let id = number(status, "id")?;
    // Streams carry the full text one level below; `tweet_mode=extended` has it in place of the cut one.
    let full = &status["extended_tweet"];
    let text = as_text(&full["full_text"]).or_else(|| as_text(&status["full_text"])).or_else(|| as_text(&status["text"]));
    let mut urls = Vec::new();
    for entities in [&full["entities"], &status["entities"]] {
        for list in ["urls", "media"] {
            for link in entities[list].as_array().into_iter().flatten().take(MOST) {
                if let (Some(short), Some(long)) = (as_text(&link["url"]), as_text(&link["expanded_url"]))
                    && urls.iter().all(|(known, _): &(String, String)| *known != short)
                {
                    urls.push((short, long));
                }
            }
        }
    }
    let media = [&full["extended_entities"], &status["extended_entities"], &full["entities"], &status["entities"]];
    let media = media.into_iter().filter_map(|entities| entities["media"].as_array()).find(|media| !media.is_empty());
    let shared = &status["retweeted_status"];
    let retweeted = number(shared, "id");
    let quoted =
        number(status, "quoted_status_id").or_else(|| number(&status["quoted_status"], "id")).filter(|_| retweeted.is_none());
    Some(Post {
        text: text.unwrap_or_default(),
        urls,
        created: as_text(&status["created_at"]).and_then(|text| moment(&text)),
        author: user(&status["user"]),
        lang: as_text(&status["lang"]),
        conversation: number(status, "conversation_id"),
        replied_to: number(status, "in_reply_to_status_id"),
        quoted,
        original: if whole && retweeted.is_some() { post(shared, false).map(Box::new) } else { None },
        retweeted,
        likes: as_count(&status["favorite_count"]),
        replies: as_count(&status["reply_count"]),
        retweets: as_count(&status["retweet_count"]),
        quotes: as_count(&status["quote_count"]),
        media: media.into_iter().flatten().take(MOST).filter_map(medium).collect(),
        place: as_text(&status["place"]["full_name"]),
        country: as_text(&status["place"]["country_code"]),
        sensitive: as_flag(&status["possibly_sensitive"]),
        withheld: status["withheld_in_countries"].as_array().into_iter().flatten().filter_map(as_text).collect(),
        id,
        ..Post::default()
    })
}

fn user(value: &Value) -> Option<User> {
    let id = number(value, "id");
    let username = as_text(&value["screen_name"]);
    (id.is_some() || username.is_some()).then(|| User {
        id,
        username,
        name: as_text(&value["name"]),
        description: as_text(&value["description"]),
        location: as_text(&value["location"]),
        followers: as_count(&value["followers_count"]),
        verified: as_flag(&value["verified"]),
    })
}

fn medium(value: &Value) -> Option<Medium> {
    let alt = as_text(&value["ext_alt_text"]);
    let films = value["video_info"]["variants"].as_array().into_iter().flatten();
    let best =
        films.filter(|film| film["content_type"] == "video/mp4").max_by_key(|film| as_count(&film["bitrate"]).unwrap_or(0));
    if let Some(url) = best.and_then(|film| as_text(&film["url"])) {
        return Some(Medium { kind: MediaKind::Video, url, alt });
    }
    let url = as_text(&value["media_url_https"]).or_else(|| as_text(&value["media_url"]))?;
    Some(Medium { kind: MediaKind::Image, url, alt })
}

/// `Fri Jul 12 23:40:37 +0000 2019`
fn moment(text: &str) -> Option<Moment> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    if let [_, month, day, clock, offset, year] = words[..]
        && let Some(month) = MONTHS.iter().position(|known| *known == month)
    {
        return time::rfc3339(&format!("{year}-{:02}-{day:0>2}T{clock}{offset}", month + 1)).ok();
    }
    time::parse(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_letters() {
        assert_eq!(moment("Fri Jul 12 23:40:37 +0000 2019"), Some(Moment::second(1_562_974_837_000)));
        assert_eq!(moment("2019-07-12T23:40:37Z"), Some(Moment::second(1_562_974_837_000)));
        assert_eq!((moment("Fri Xyz 12 23:40:37 +0000 2019"), moment("")), (None, None));
    }
}
