//! Posts and comments as mentions, field by field. Pure.

use vigie_plugin::{Author, Change, Instant, Media, MediaKind, Mention, MentionKind, Value, graph, http};

use crate::parse::{Attachment, Comment, Counted, From, Post, Tag};

/// An instant as the service states it, in milliseconds.
#[must_use]
pub fn instant(text: Option<&str>) -> Option<Instant> {
    graph::moment(text).map(|moment| moment.at)
}

/// A post as a change; `None` without an id. What the page hides and what has expired is removed.
#[must_use]
pub fn post(post: &Post) -> Option<Change> {
    let id = post.id.as_deref()?;
    if post.is_hidden == Some(true) || post.is_expired == Some(true) {
        return Some(Change::Remove(id.to_owned()));
    }
    let attachments = post.attachments.as_ref().map_or(&[][..], |attachments| &attachments.data);
    let kind = match (&post.parent_id, &post.message) {
        (Some(_), Some(_)) => MentionKind::Quote,
        (Some(_), None) => MentionKind::Share,
        (None, _) => MentionKind::Post,
    };
    // The caption of a photo stands with the photo; of a link it is the foreign page's word, which is not the author's.
    let caption =
        attachments.iter().find(|attachment| !is_link(attachment)).and_then(|attachment| attachment.description.as_ref());
    let text = post.message.as_ref().or(caption.filter(|_| post.parent_id.is_none())).or(post.story.as_ref());
    let mut mention = Mention::new(id, kind)
        .url(address(post.permalink_url.as_deref(), id))
        .text(text.cloned().unwrap_or_default())
        .author(author(post.from.as_ref()))
        .published(graph::moment(post.created_time.as_deref()))
        .thread(id)
        .original(post.parent_id.as_ref())
        .likes(signed(Counted::total(post.reactions.as_ref()).or_else(|| Counted::total(post.like.as_ref()))))
        .comments(post.comment_count())
        .shares(post.shares.as_ref().and_then(|shares| shares.count))
        .media(attachments.iter().flat_map(media));
    for link in attachments.iter().filter_map(link) {
        mention = mention.link(link);
    }
    let linked = attachments.iter().find(|attachment| is_link(attachment));
    let texts = [
        ("status-type", post.status_type.as_ref()),
        ("story", post.story.as_ref()),
        ("updated-time", post.updated_time.as_ref()),
        ("place", post.place.as_ref().and_then(|place| place.name.as_ref())),
        ("link-title", linked.and_then(|linked| linked.title.as_ref())),
        ("link-description", linked.and_then(|linked| linked.description.as_ref())),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            mention = mention.attribute(key, Value::Text(text.clone()));
        }
    }
    let reactions = [
        ("reactions-like", &post.like),
        ("reactions-love", &post.love),
        ("reactions-haha", &post.haha),
        ("reactions-wow", &post.wow),
        ("reactions-sad", &post.sad),
        ("reactions-angry", &post.angry),
    ];
    for (key, counted) in reactions {
        if let Some(count) = Counted::total(counted.as_ref()) {
            #[expect(clippy::cast_precision_loss, reason = "counts of reactions are far below 2^53")]
            let value = Value::Number(count as f64);
            mention = mention.attribute(key, value);
        }
    }
    Some(Change::Upsert(tagged(mention, &post.message_tags)))
}

/// A comment as a change; `None` without an id. `post`: what it hangs below, where that is known from elsewhere than itself.
#[must_use]
pub fn comment(comment: &Comment, post: Option<&str>) -> Option<Change> {
    let id = comment.id.as_deref()?;
    if comment.is_hidden == Some(true) {
        return Some(Change::Remove(id.to_owned()));
    }
    // `{post}_{comment}`: the post's number without its page's.
    let number = id.split_once('_').map(|(post, _)| post);
    let answered = comment.parent.as_ref().and_then(|parent| parent.id.clone()).or_else(|| {
        comment.place("reply_comment_id")?;
        Some(format!("{}_{}", number?, comment.place("comment_id")?))
    });
    let answered = answered.filter(|answered| answered != id);
    let kind = if answered.is_some() { MentionKind::Reply } else { MentionKind::Comment };
    let attachment = comment.attachment.as_ref();
    let mut mention = Mention::new(id, kind)
        .url(address(comment.permalink_url.as_deref(), id))
        .text(comment.message.clone().unwrap_or_default())
        .author(author(comment.from.as_ref()))
        .published(graph::moment(comment.created_time.as_deref()))
        .parent(answered.or_else(|| post.map(str::to_owned)))
        .thread(post)
        .likes(signed(comment.like_count.or_else(|| Counted::total(comment.reactions.as_ref()))))
        .comments(comment.comment_count.or_else(|| Counted::total(comment.comments.as_ref())))
        .media(attachment.into_iter().flat_map(media));
    mention = mention.link(attachment.and_then(link));
    Some(Change::Upsert(tagged(mention, &comment.message_tags)))
}

fn signed(count: Option<u64>) -> Option<i64> {
    count.map(|count| i64::try_from(count).unwrap_or(i64::MAX))
}

fn author(from: Option<&From>) -> Option<Author> {
    let from = from?;
    let id = from.id.as_deref()?;
    Some(Author::new(id).name(from.name.as_ref()).url(format!("https://www.facebook.com/{id}")))
}

fn address(permalink: Option<&str>, id: &str) -> String {
    permalink
        .and_then(|url| http::web("https://www.facebook.com/", url))
        .unwrap_or_else(|| format!("https://www.facebook.com/{id}"))
}

fn tagged(mention: Mention, tags: &[Tag]) -> Mention {
    let names: Vec<&str> = tags.iter().filter_map(|tag| tag.name.as_deref()).collect();
    if names.is_empty() { mention } else { mention.attribute("tags", Value::Text(names.join(", "))) }
}

/// Whether it leads to a foreign page.
fn is_link(attachment: &Attachment) -> bool {
    attachment.media_type.as_deref().or(attachment.kind.as_deref()).is_some_and(|kind| kind == "link" || kind == "share")
}

fn link(attachment: &Attachment) -> Option<String> {
    if !is_link(attachment) {
        return None;
    }
    let url = attachment.unshimmed_url.as_deref().or(attachment.url.as_deref())?;
    // `l.facebook.com/l.php?u=…` counts who follows it, by a hash that belongs to the reader.
    let target = url.split_once("/l.php?").filter(|(front, _)| front.contains("facebook.com"));
    let target = target.and_then(|(_, query)| query.split('&').find_map(|pair| pair.strip_prefix("u=")));
    http::web("https://www.facebook.com/", &target.map_or_else(|| url.to_owned(), decoded))
}

/// Undoes percent escapes.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| behind.get(..2)).flatten();
        let escaped = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The pictures and films of an attachment; an album's stand one level below, and nothing stands lower.
fn media(attachment: &Attachment) -> Vec<Media> {
    let inside = attachment.subattachments.as_ref().map_or(&[][..], |inside| &inside.data);
    let all: Vec<&Attachment> = if inside.is_empty() { vec![attachment] } else { inside.iter().collect() };
    all.into_iter().filter(|attachment| !is_link(attachment)).filter_map(medium).collect()
}

fn medium(attachment: &Attachment) -> Option<Media> {
    let medium = attachment.media.as_ref()?;
    let kind = attachment.media_type.as_deref().or(attachment.kind.as_deref()).unwrap_or_default();
    let picture = || medium.image.as_ref()?.src.as_deref();
    let (kind, url) = if kind.contains("video") {
        // Not every film may be fetched; its page shows it to everybody, and the picture is only its first frame.
        let page = || attachment.unshimmed_url.as_deref().or(attachment.url.as_deref());
        (MediaKind::Video, medium.source.as_deref().or_else(page).or_else(picture)?)
    } else {
        (MediaKind::Image, picture()?)
    };
    Some(Media::new(kind, http::web("https://www.facebook.com/", url)?).description(attachment.title.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(change: Option<Change>) -> Mention {
        match change {
            Some(Change::Upsert(mention)) => mention,
            other => panic!("a mention, not {other:?}"),
        }
    }

    fn a_post(json: &str) -> Mention {
        of(post(&serde_json::from_str(json).expect("a post")))
    }

    #[test]
    fn words_are_found_where_they_stand() {
        let photo = r#""attachments":{"data":[{"media_type":"photo","description":"the caption"}]}"#;
        let link = r#""attachments":{"data":[{"media_type":"link","type":"share","title":"T","description":"theirs"}]}"#;
        let cases = [
            (format!(r#"{{"id":"1_2","message":"own","story":"auto",{photo}}}"#), "own"),
            (format!(r#"{{"id":"1_2","story":"auto",{photo}}}"#), "the caption"),
            (format!(r#"{{"id":"1_2","story":"auto",{link}}}"#), "auto"),
            (format!(r#"{{"id":"1_2",{link}}}"#), ""),
        ];
        for (json, text) in cases {
            assert_eq!(a_post(&json).text, text, "{json}");
        }
    }

    #[test]
    fn shares_name_what_they_share() {
        let share =
            a_post(r#"{"id":"1_2","parent_id":"3_4","attachments":{"data":[{"media_type":"photo","description":"theirs"}]}}"#);
        assert_eq!((share.kind, share.original.as_deref(), share.text.as_str()), (MentionKind::Share, Some("3_4"), ""));
        assert_eq!(a_post(r#"{"id":"1_2","parent_id":"3_4","message":"look"}"#).kind, MentionKind::Quote);
    }

    #[test]
    fn links_lose_their_counter_and_albums_give_their_pictures() {
        let mention = a_post(
            r#"{"id":"1_2","attachments":{"data":[
                {"media_type":"link","url":"https://l.facebook.com/l.php?u=https%3A%2F%2Facme.example%2Fa%3Fb%3D1&h=AT3"},
                {"media_type":"album","media":{"image":{"src":"https://cdn.example/0.jpg"}},"subattachments":{"data":[
                    {"type":"photo","media":{"image":{"src":"https://cdn.example/1.jpg"}}},{"type":"video_inline","media":{"source":"https://cdn.example/2.mp4"}}]}}]}}"#,
        );
        assert_eq!(mention.links, ["https://acme.example/a?b=1"]);
        let media: Vec<(MediaKind, &str)> = mention.media.iter().map(|media| (media.kind, media.url.as_str())).collect();
        assert_eq!(media, [(MediaKind::Image, "https://cdn.example/1.jpg"), (MediaKind::Video, "https://cdn.example/2.mp4")]);
        assert_eq!(decoded("a%zz%4"), "a%zz%4");
    }

    #[test]
    fn a_reply_is_known_by_its_parent_or_its_address() {
        let read = |json: &str, post| of(comment(&serde_json::from_str(json).expect("a comment"), post));
        let by_parent = read(r#"{"id":"2_5","parent":{"id":"2_4"}}"#, Some("1_2"));
        assert_eq!(
            (by_parent.kind, by_parent.parent.as_deref(), by_parent.thread.as_deref()),
            (MentionKind::Reply, Some("2_4"), Some("1_2"))
        );
        let by_address =
            read(r#"{"id":"2_5","permalink_url":"https://www.facebook.com/1/posts/2/?comment_id=4&reply_comment_id=5"}"#, None);
        assert_eq!((by_address.kind, by_address.parent.as_deref(), by_address.thread), (MentionKind::Reply, Some("2_4"), None));
        let top = read(r#"{"id":"2_4"}"#, Some("1_2"));
        assert_eq!((top.kind, top.parent.as_deref()), (MentionKind::Comment, Some("1_2")));
        assert_eq!(top.engagement.likes, None);
    }
}
