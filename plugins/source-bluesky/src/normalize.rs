//! Posts as mentions, field by field. Pure.

use serde_json::Value as Json;
use vigie_plugin::{Author, Change, Instant, Media, MediaKind, Mention, MentionKind, Moment, Precision, Value, time};

use crate::facets;
use crate::parse::{Entry, Mark, Node, Post, Profile, Record};

/// 2022-11-01T00:00:00Z: what says that it was posted before, was not posted here then.
const BEGINNING: Instant = 1_667_260_800_000;
/// Clocks may differ by so much without being worth a word.
const SKEW_MS: i64 = 600_000;

/// Whether a uri is that of a post.
#[must_use]
pub fn is_post(uri: &str) -> bool {
    uri.starts_with("at://") && uri.contains("/app.bsky.feed.post/")
}

/// The instant by which the service sorts: the author's clock, unless it runs ahead of the service's.
#[must_use]
pub fn sorted_at(post: &Post) -> Option<Instant> {
    let created = post.record.as_ref().and_then(|record| moment(record.created_at.as_ref())).map(|moment| moment.at);
    let indexed = moment(post.indexed_at.as_ref()).map(|moment| moment.at);
    [created, indexed].into_iter().flatten().min()
}

/// An instant as the service and people's programs write it.
#[must_use]
pub fn moment(text: Option<&String>) -> Option<Moment> {
    time::rfc3339(text?).ok()
}

/// A post as a mention; `None` without a uri of a post.
#[must_use]
pub fn post(post: &Post) -> Option<Mention> {
    let id = post.uri.as_deref().filter(|uri| is_post(uri))?;
    let nothing = Record::default();
    let record = post.record.as_ref().unwrap_or(&nothing);
    let reply = record.reply.as_ref();
    let parent = reply.and_then(|reply| reply.parent.as_ref()?.uri.as_ref());
    let root = reply.and_then(|reply| reply.root.as_ref()?.uri.as_ref());
    let quoted = quoted(&record.embed).or_else(|| quoted(&post.embed));
    let kind = match (reply, quoted) {
        (Some(_), _) => MentionKind::Reply,
        (None, Some(_)) => MentionKind::Quote,
        (None, None) => MentionKind::Post,
    };
    let (published, stated) = published(record, post);
    let shares = match (post.repost_count, post.quote_count) {
        (None, None) => None,
        (reposts, quotes) => Some(reposts.unwrap_or(0).saturating_add(quotes.unwrap_or(0))),
    };
    let text = record.text.as_deref().unwrap_or_default();
    let marks = facets::read(text, &record.facets);
    let mut mention = Mention::new(id, kind)
        .url(address(id))
        .text(text)
        // Who names several languages does not say which the text has.
        .language(record.langs.first().filter(|_| record.langs.len() == 1))
        .author(post.author.as_ref().and_then(author))
        .published(published)
        .parent(parent)
        .thread(root.or(parent).map_or(id, String::as_str))
        .original(quoted)
        .likes(post.like_count.and_then(|count| i64::try_from(count).ok()))
        .comments(post.reply_count)
        .shares(shares);
    mention.links = marks.links;
    mention = carried(mention, &post.embed);
    let texts = [
        ("stated-created", stated),
        ("languages", (record.langs.len() > 1).then(|| record.langs.join(" "))),
        ("named-accounts", joined(marks.mentions)),
        ("tags", joined(record.tags.clone())),
        ("labels", joined(labels(&post.labels))),
        ("author-labels", joined(labels(post.author.as_ref().map_or(&[], |author| &author.labels)))),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            mention = mention.attribute(key, Value::Text(text));
        }
    }
    if let Some(count) = post.bookmark_count {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let value = Value::Number(count as f64);
        mention = mention.attribute("bookmarks", value);
    }
    Some(mention)
}

/// An entry of an account's feed: a post, or a repost and what it passes on.
#[must_use]
pub fn entry(entry: &Entry) -> Vec<Mention> {
    let Some(original) = entry.post.as_ref().and_then(post) else { return Vec::new() };
    let Some(reason) = entry.reason.as_ref().filter(|_| is_repost(entry)) else { return vec![original] };
    let Some(by) = reason.by.as_ref().and_then(author) else { return vec![original] };
    let id = reason.uri.clone().unwrap_or_else(|| format!("{}#repost-{}", original.id, by.id));
    let share = Mention::new(id, MentionKind::Share)
        .url(original.url.as_ref())
        .text(original.text.clone())
        .language(original.language.as_ref())
        .author(by)
        .published(moment(reason.indexed_at.as_ref()))
        .original(&original.id);
    vec![share, original]
}

/// Whether an entry is there because the account passed it on.
#[must_use]
pub fn is_repost(entry: &Entry) -> bool {
    entry.reason.as_ref().is_some_and(|reason| reason.kind.as_deref() == Some("app.bsky.feed.defs#reasonRepost"))
}

/// A place in a thread; `None` for what somebody blocked.
#[must_use]
pub fn node(node: &Node) -> Option<Change> {
    match &node.post {
        Some(found) => post(found).map(Change::Upsert),
        None => node.uri.clone().filter(|uri| node.is_gone() && is_post(uri)).map(Change::Remove),
    }
}

/// When it was published, and what the author's clock said where that is something else.
///
/// The clock of the author's program counts as long as it can be right: not ahead of the service, and not before the service began
/// (imports from elsewhere, and programs whose clock stands at 1970).
fn published(record: &Record, post: &Post) -> (Option<Moment>, Option<String>) {
    let created = moment(record.created_at.as_ref());
    let indexed = moment(post.indexed_at.as_ref());
    let good = |created: &Moment| {
        created.precision == Precision::Second
            && created.at >= BEGINNING
            && indexed.is_none_or(|indexed| created.at <= indexed.at)
    };
    let published = created.filter(good).or(indexed);
    let differs = match (created, published) {
        (Some(created), Some(published)) => created.at.abs_diff(published.at) > SKEW_MS.unsigned_abs(),
        (None, _) => true,
        (Some(_), None) => true,
    };
    (published, record.created_at.clone().filter(|_| differs))
}

/// The page for people. By the DID, because handles change hands.
fn address(uri: &str) -> Option<String> {
    let mut parts = uri.strip_prefix("at://")?.split('/');
    let (did, _, key) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("https://bsky.app/profile/{did}/post/{key}"))
}

fn author(profile: &Profile) -> Option<Author> {
    let did = profile.did.as_ref()?;
    let verified = profile.verification.as_ref().map(|verification| {
        [&verification.verified_status, &verification.trusted_verifier_status]
            .into_iter()
            .flatten()
            .any(|status| status == "valid")
    });
    let author = Author::new(did)
        .handle(profile.handle.as_ref().filter(|handle| handle.as_str() != "handle.invalid"))
        .name(profile.display_name.as_ref())
        .url(format!("https://bsky.app/profile/{did}"))
        .followers(profile.followers_count)
        .verified(verified);
    Some(author)
}

/// The uri of the post an embed quotes, in a record's form or a view's, alone or beside pictures.
fn quoted(embed: &Json) -> Option<&str> {
    let record = &embed["record"];
    let uri = record["uri"].as_str().or_else(|| record["record"]["uri"].as_str())?;
    is_post(uri).then_some(uri)
}

/// Pictures, films and link cards of a view.
fn carried(mut mention: Mention, embed: &Json) -> Mention {
    // What stands beside a quote is one level deeper.
    let embed = if embed["media"].is_object() { &embed["media"] } else { embed };
    let text = |value: &Json| value.as_str().map(str::to_owned);
    let pictures = [&embed["images"], &embed["items"]].into_iter().filter_map(Json::as_array).flatten();
    let pictures = pictures
        .filter_map(|picture| Some(Media::new(MediaKind::Image, text(&picture["fullsize"])?).description(text(&picture["alt"]))));
    mention = mention.media(pictures.collect::<Vec<_>>());
    if let Some(playlist) = text(&embed["playlist"]) {
        mention = mention.media([Media::new(MediaKind::Video, playlist).description(text(&embed["alt"]))]);
    }
    let card = &embed["external"];
    if let Some(uri) = text(&card["uri"])
        && !mention.links.contains(&uri)
        && !mention.text.contains(&uri)
    {
        mention = mention.link(uri);
    }
    for (key, field) in [("card-title", "title"), ("card-description", "description")] {
        if let Some(words) = text(&card[field]).filter(|words| !words.trim().is_empty()) {
            mention = mention.attribute(key, Value::Text(words));
        }
    }
    mention
}

fn labels(marks: &[Mark]) -> Vec<String> {
    let mut labels: Vec<String> =
        marks.iter().filter(|mark| mark.neg != Some(true)).filter_map(|mark| mark.val.clone()).collect();
    labels.sort();
    labels.dedup();
    labels
}

fn joined(words: Vec<String>) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(created: &str, indexed: &str) -> (Option<String>, Option<String>) {
        let post = Post { indexed_at: Some(indexed.to_owned()), ..Post::default() };
        let record = Record { created_at: Some(created.to_owned()), ..Record::default() };
        let (published, stated) = published(&record, &post);
        (published.map(|moment| time::to_rfc3339(moment.at)), stated)
    }

    #[test]
    fn the_authors_clock_counts_as_long_as_it_can_be_right() {
        let indexed = "2025-05-19T17:10:09.813Z";
        let served = Some(indexed.to_owned());
        for (created, published, stated) in [
            ("2025-05-19T17:10:09.561858Z", Some("2025-05-19T17:10:09.561Z".to_owned()), None),
            ("2025-05-19T19:10:09.286393+02:00", Some("2025-05-19T17:10:09.286Z".to_owned()), None),
            ("2025-05-01T00:00:00Z", Some("2025-05-01T00:00:00Z".to_owned()), None),
            ("2025-05-19T17:10:11Z", served.clone(), None),
            ("2031-01-01T00:00:00Z", served.clone(), Some("2031-01-01T00:00:00Z".to_owned())),
            ("1970-01-01T00:00:00Z", served.clone(), Some("1970-01-01T00:00:00Z".to_owned())),
            ("2014-07-01T10:00:00Z", served.clone(), Some("2014-07-01T10:00:00Z".to_owned())),
            ("2025-05-19T17:10:09", served.clone(), None),
            ("soon", served.clone(), Some("soon".to_owned())),
        ] {
            assert_eq!(times(created, indexed), (published, stated), "{created}");
        }
        assert_eq!(times("2025-05-01T00:00:00Z", "?").0.as_deref(), Some("2025-05-01T00:00:00Z"));
        assert_eq!(times("1970-01-01T00:00:00Z", "").0, None);
    }

    #[test]
    fn pages_are_addressed_by_did_and_key() {
        assert_eq!(
            address("at://did:plc:x/app.bsky.feed.post/3k").as_deref(),
            Some("https://bsky.app/profile/did:plc:x/post/3k")
        );
        assert_eq!((address("at://did:plc:x"), address("https://x/y/z")), (None, None));
    }
}
