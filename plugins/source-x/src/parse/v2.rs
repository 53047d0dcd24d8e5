//! Version 2: posts in `data`, what they refer to in `includes`. X renames its fields from `tweet` to `post`; both names are read.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use vigie_plugin::{MediaKind, lenient, log, time};

use super::{Medium, Page, Post, User, is_number};

/// Links of one post: more are no post's.
const MOST_URLS: usize = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawPost {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    text: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    note_tweet: Option<Note>,
    #[serde(deserialize_with = "lenient::part")]
    note_post: Option<Note>,
    #[serde(deserialize_with = "lenient::part")]
    article: Option<Article>,
    #[serde(deserialize_with = "lenient::text")]
    created_at: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    author_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    lang: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    conversation_id: Option<String>,
    #[serde(deserialize_with = "lenient::some")]
    referenced_tweets: Vec<Reference>,
    #[serde(deserialize_with = "lenient::some")]
    referenced_posts: Vec<Reference>,
    #[serde(deserialize_with = "lenient::part")]
    entities: Option<Entities>,
    #[serde(deserialize_with = "lenient::part")]
    attachments: Option<Attachments>,
    #[serde(deserialize_with = "lenient::part")]
    geo: Option<Geo>,
    #[serde(deserialize_with = "lenient::part")]
    public_metrics: Option<Metrics>,
    edit_history_tweet_ids: Value,
    edit_history_post_ids: Value,
    #[serde(deserialize_with = "lenient::flag")]
    possibly_sensitive: Option<bool>,
    #[serde(deserialize_with = "lenient::part")]
    withheld: Option<Withheld>,
    #[serde(deserialize_with = "lenient::text")]
    community_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Note {
    #[serde(deserialize_with = "lenient::text")]
    text: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    entities: Option<Entities>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Article {
    #[serde(deserialize_with = "lenient::text")]
    title: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    plain_text: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    text: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entities {
    #[serde(deserialize_with = "lenient::some")]
    urls: Vec<Link>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Link {
    #[serde(deserialize_with = "lenient::text")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    expanded_url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attachments {
    media_keys: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Geo {
    #[serde(deserialize_with = "lenient::text")]
    place_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metrics {
    #[serde(deserialize_with = "lenient::count")]
    retweet_count: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    repost_count: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    reply_count: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    like_count: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    quote_count: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    bookmark_count: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    impression_count: Option<u64>,
    #[serde(deserialize_with = "lenient::count")]
    followers_count: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Withheld {
    country_codes: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawUser {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    username: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    location: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    verified: Option<bool>,
    #[serde(deserialize_with = "lenient::text")]
    verified_type: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    public_metrics: Option<Metrics>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawMedium {
    #[serde(deserialize_with = "lenient::text")]
    media_key: Option<String>,
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    preview_image_url: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    alt_text: Option<String>,
    #[serde(deserialize_with = "lenient::some")]
    variants: Vec<Variant>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Variant {
    #[serde(deserialize_with = "lenient::text")]
    content_type: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient::count")]
    bit_rate: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    full_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    country_code: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Includes {
    #[serde(deserialize_with = "lenient::some")]
    users: Vec<RawUser>,
    #[serde(deserialize_with = "lenient::some")]
    tweets: Vec<RawPost>,
    #[serde(deserialize_with = "lenient::some")]
    posts: Vec<RawPost>,
    #[serde(deserialize_with = "lenient::some")]
    media: Vec<RawMedium>,
    #[serde(deserialize_with = "lenient::some")]
    places: Vec<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    #[serde(deserialize_with = "lenient::text")]
    next_token: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    newest_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(deserialize_with = "lenient::part")]
    includes: Option<Includes>,
    #[serde(deserialize_with = "lenient::part")]
    meta: Option<Meta>,
    #[serde(deserialize_with = "lenient::some")]
    errors: Vec<Partial>,
}

/// Why something is not in an answer that has the rest.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Partial {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    resource_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    value: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    parameter: Option<String>,
}

/// What posts refer to, by number.
#[derive(Default)]
struct Around {
    users: BTreeMap<String, User>,
    posts: BTreeMap<String, RawPost>,
    media: BTreeMap<String, Medium>,
    places: BTreeMap<String, Place>,
}

impl Around {
    fn of(includes: Includes) -> Self {
        let mut around = Self::default();
        for user in includes.users.into_iter().map(user) {
            if let Some(id) = user.id.clone() {
                around.users.insert(id, user);
            }
        }
        around.posts =
            includes.tweets.into_iter().chain(includes.posts).filter_map(|post| Some((post.id.clone()?, post))).collect();
        around.media =
            includes.media.into_iter().filter_map(|medium| Some((medium.media_key.clone()?, of_medium(medium)?))).collect();
        around.places = includes.places.into_iter().filter_map(|place| Some((place.id.clone()?, place))).collect();
        around
    }
}

/// The account of an answer whose `data` is one.
#[must_use]
pub fn account(value: &Value) -> Option<User> {
    let user = user(serde_json::from_value(value.get("data")?.clone()).ok()?);
    user.id.as_deref().is_some_and(is_number).then_some(user)
}

/// Reads an answer that is known to be of this version.
#[must_use]
pub fn page(mut value: Value) -> Page {
    let data = match value.get_mut("data").map(Value::take) {
        Some(Value::Array(items)) => items,
        Some(one @ Value::Object(_)) => vec![one],
        _ => Vec::new(),
    };
    let body: Body = serde_json::from_value(value).unwrap_or_default();
    let around = Around::of(body.includes.unwrap_or_default());
    let all = data.len();
    let read = data.into_iter().filter(Value::is_object).filter_map(|item| serde_json::from_value::<RawPost>(item).ok());
    let posts: Vec<Post> = read.filter_map(|raw| post(&raw, &around, true)).collect();
    if posts.len() < all {
        log::warn(format_args!("{} of {all} posts have no number and were skipped", all - posts.len()));
    }
    let meta = body.meta.unwrap_or_default();
    let asked_for = |error: &Partial| error.parameter.as_deref().is_none_or(|parameter| matches!(parameter, "ids" | "id"));
    let is_gone = |error: &Partial| {
        let kind = error.kind.as_deref().unwrap_or_default();
        kind.ends_with("/resource-not-found") || kind.ends_with("/not-authorized-for-resource")
    };
    let gone = body.errors.into_iter().filter(|error| asked_for(error) && is_gone(error));
    let gone = gone.filter_map(|error| error.resource_id.or(error.value)).filter(|id| is_number(id)).collect();
    Page { posts, next: meta.next_token, newest: meta.newest_id.filter(|id| is_number(id)), gone }
}

/// `whole`: with the post it passes on, which itself passes on nothing.
fn post(raw: &RawPost, around: &Around, whole: bool) -> Option<Post> {
    let id = raw.id.clone().filter(|id| is_number(id))?;
    let references = || raw.referenced_tweets.iter().chain(&raw.referenced_posts);
    let number = |kinds: [&str; 2]| {
        let found = references().find(|reference| reference.kind.as_deref().is_some_and(|kind| kinds.contains(&kind)))?;
        found.id.clone().filter(|id| is_number(id))
    };
    // A post is known by its first version, wherever it is referred to.
    let known = |id: String| around.posts.get(&id).and_then(|post| versions(post).into_iter().next()).unwrap_or(id);
    let retweeted = number(["retweeted", "reposted"]);
    let original = retweeted.as_ref().filter(|_| whole).and_then(|id| post(around.posts.get(id)?, around, false));
    let note = raw.note_tweet.as_ref().or(raw.note_post.as_ref()).filter(|note| note.text.is_some());
    let article = raw.article.as_ref();
    let text = article.and_then(|article| article.plain_text.clone().or_else(|| article.text.clone()));
    let text = text.or_else(|| note.and_then(|note| note.text.clone())).or_else(|| raw.text.clone());
    let entities = [note.and_then(|note| note.entities.as_ref()), raw.entities.as_ref()];
    let mut urls: Vec<(String, String)> = Vec::new();
    for link in entities.into_iter().flatten().flat_map(|entities| &entities.urls).take(MOST_URLS) {
        if let (Some(short), Some(long)) = (&link.url, &link.expanded_url)
            && urls.iter().all(|(known, _)| known != short)
        {
            urls.push((short.clone(), long.clone()));
        }
    }
    let keys = raw.attachments.as_ref().map(|attachments| texts(&attachments.media_keys)).unwrap_or_default();
    let place = raw.geo.as_ref().and_then(|geo| around.places.get(geo.place_id.as_ref()?));
    let metrics = raw.public_metrics.as_ref();
    let author = raw.author_id.clone().filter(|id| is_number(id));
    Some(Post {
        versions: versions(raw),
        id,
        text: text.unwrap_or_default(),
        title: article.and_then(|article| article.title.clone()),
        urls,
        created: raw.created_at.as_deref().and_then(|text| time::parse(text).ok()),
        author: author.map(|id| around.users.get(&id).cloned().unwrap_or(User { id: Some(id), ..User::default() })),
        lang: raw.lang.clone(),
        conversation: raw.conversation_id.clone().filter(|id| is_number(id)),
        replied_to: number(["replied_to", "replied_to"]).map(known),
        quoted: number(["quoted", "quoted"]).map(known),
        retweeted: retweeted.map(known),
        original: original.map(Box::new),
        likes: metrics.and_then(|metrics| metrics.like_count),
        replies: metrics.and_then(|metrics| metrics.reply_count),
        retweets: metrics.and_then(|metrics| metrics.retweet_count.or(metrics.repost_count)),
        quotes: metrics.and_then(|metrics| metrics.quote_count),
        bookmarks: metrics.and_then(|metrics| metrics.bookmark_count),
        views: metrics.and_then(|metrics| metrics.impression_count),
        media: keys.iter().filter_map(|key| around.media.get(key).cloned()).collect(),
        place: place.and_then(|place| place.full_name.clone()),
        country: place.and_then(|place| place.country_code.clone()),
        sensitive: raw.possibly_sensitive,
        withheld: raw.withheld.as_ref().map(|withheld| texts(&withheld.country_codes)).unwrap_or_default(),
        community: raw.community_id.clone(),
    })
}

fn versions(raw: &RawPost) -> Vec<String> {
    let mut versions: Vec<String> = texts(&raw.edit_history_tweet_ids);
    if versions.is_empty() {
        versions = texts(&raw.edit_history_post_ids);
    }
    versions.retain(|id| is_number(id));
    versions.sort_by(|a, b| super::order(a).cmp(&super::order(b)));
    versions
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(lenient::as_text).collect()
}

fn user(raw: RawUser) -> User {
    let badge = raw.verified_type.as_deref().map(|kind| kind != "none");
    User {
        id: raw.id,
        username: raw.username,
        name: raw.name,
        description: raw.description,
        location: raw.location,
        followers: raw.public_metrics.and_then(|metrics| metrics.followers_count),
        verified: match (raw.verified, badge) {
            (Some(verified), Some(badge)) => Some(verified || badge),
            (verified, badge) => verified.or(badge),
        },
    }
}

fn of_medium(raw: RawMedium) -> Option<Medium> {
    let film = matches!(raw.kind.as_deref(), Some("video" | "animated_gif"));
    let best = raw
        .variants
        .into_iter()
        .filter(|variant| variant.content_type.as_deref() == Some("video/mp4"))
        .max_by_key(|variant| variant.bit_rate.unwrap_or(0))
        .and_then(|variant| variant.url);
    let (kind, url) = match (film, best) {
        (true, Some(url)) => (MediaKind::Video, url),
        // A picture of the film is all there is.
        (true, None) => (MediaKind::Image, raw.preview_image_url.or(raw.url)?),
        (false, _) => (MediaKind::Image, raw.url.or(raw.preview_image_url)?),
    };
    Some(Medium { kind, url, alt: raw.alt_text })
}
