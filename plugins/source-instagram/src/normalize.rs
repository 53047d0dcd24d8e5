//! Posts and comments as mentions, field by field. Pure.

use vigie_plugin::{Author, Change, Instant, Media as Medium, MediaKind, Mention, MentionKind, Value, graph, http};

use crate::parse::{Account, Comment, Media};

/// An instant as the service states it, in milliseconds.
#[must_use]
pub fn instant(text: Option<&str>) -> Option<Instant> {
    graph::moment(text).map(|moment| moment.at)
}

/// A post; `None` without an id. `account`: whose posts were asked for, where they do not say it.
#[must_use]
pub fn media(media: &Media, account: Option<&Account>) -> Option<Mention> {
    let id = media.id.as_deref()?;
    let kind = match media.media_type.as_deref() {
        Some("IMAGE") => MentionKind::Photo,
        Some("VIDEO" | "REELS") => MentionKind::Video,
        _ => MentionKind::Post,
    };
    let author = account
        .and_then(of_account)
        .or_else(|| author(media.owner.as_ref().and_then(|owner| owner.id.as_deref()), media.username.as_deref()));
    let mut mention = Mention::new(id, kind)
        .url(media.permalink.as_deref().and_then(|url| http::web("https://www.instagram.com/", url)))
        .text(media.caption.clone().unwrap_or_default())
        .author(author)
        .published(graph::moment(media.timestamp.as_deref()))
        .thread(id)
        .likes(media.like_count.map(|count| i64::try_from(count).unwrap_or(i64::MAX)))
        .comments(media.comments_count);
    let children = media.children.as_ref().map_or(&[][..], |children| &children.data);
    mention = if children.is_empty() {
        let film = kind == MentionKind::Video;
        mention.media(medium(film, media.media_url.as_deref(), media.thumbnail_url.as_deref()))
    } else {
        // The words of an album stand on itself, its pictures below.
        mention.media(children.iter().filter_map(|child| {
            medium(child.media_type.as_deref() == Some("VIDEO"), child.media_url.as_deref(), child.thumbnail_url.as_deref())
        }))
    };
    let texts = [
        ("media-type", media.media_type.clone()),
        ("product-type", media.media_product_type.clone()),
        ("shortcode", media.permalink.as_deref().and_then(shortcode)),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            mention = mention.attribute(key, Value::Text(text));
        }
    }
    Some(mention)
}

/// A comment as a change; `None` without an id. `media`: the post it hangs below, where it is known; `above`: the comment it came with as a reply.
#[must_use]
pub fn comment(comment: &Comment, media: Option<&str>, above: Option<&str>) -> Option<Change> {
    let id = comment.id.as_deref()?;
    if comment.hidden == Some(true) {
        return Some(Change::Remove(id.to_owned()));
    }
    let answered = comment.parent_id.as_deref().or(above).filter(|answered| Some(*answered) != media && *answered != id);
    let kind = if answered.is_some() { MentionKind::Reply } else { MentionKind::Comment };
    let from = comment.from.as_ref();
    let name = from.and_then(|from| from.username.as_deref()).or(comment.username.as_deref());
    let mention = Mention::new(id, kind)
        .text(comment.text.clone().unwrap_or_default())
        .author(author(from.and_then(|from| from.id.as_deref()), name))
        .published(graph::moment(comment.timestamp.as_deref()))
        .parent(answered.or(media))
        .thread(media)
        .likes(comment.like_count.map(|count| i64::try_from(count).unwrap_or(i64::MAX)));
    Some(Change::Upsert(mention))
}

fn author(id: Option<&str>, name: Option<&str>) -> Option<Author> {
    let author = Author::new(id.or(name)?).handle(name);
    Some(match name {
        Some(name) => author.url(format!("https://www.instagram.com/{}/", http::escape(name))),
        None => author,
    })
}

fn of_account(account: &Account) -> Option<Author> {
    let author = author(account.id.as_deref(), account.username.as_deref())?;
    Some(author.name(account.name.as_ref()).bio(account.biography.as_ref()).followers(account.followers_count))
}

fn medium(film: bool, url: Option<&str>, thumbnail: Option<&str>) -> Option<Medium> {
    let kind = if film { MediaKind::Video } else { MediaKind::Image };
    match (url, thumbnail) {
        (Some(url), _) => Some(Medium::new(kind, http::web("https://www.instagram.com/", url)?)),
        (None, Some(thumbnail)) => Some(Medium::new(MediaKind::Image, http::web("https://www.instagram.com/", thumbnail)?)),
        (None, None) => None,
    }
}

/// The public name of a post: `CSr71Gzlqo4` of `https://www.instagram.com/p/CSr71Gzlqo4/`.
fn shortcode(permalink: &str) -> Option<String> {
    let path = permalink.split(['?', '#']).next()?.trim_end_matches('/');
    let (front, code) = path.rsplit_once('/')?;
    ["/p", "/reel", "/tv"].iter().any(|kind| front.ends_with(kind)).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, account: Option<&Account>) -> Mention {
        media(&serde_json::from_str(json).expect("a post"), account).expect("a mention")
    }

    #[test]
    fn kinds_and_media() {
        let photo = read(
            r#"{"id":"1","media_type":"IMAGE","media_url":"https://cdn.example/1.jpg","permalink":"https://www.instagram.com/p/Ab_c/"}"#,
            None,
        );
        assert_eq!((photo.kind, photo.media.len(), photo.text.as_str()), (MentionKind::Photo, 1, ""));
        assert_eq!(photo.attributes[1].value, Value::Text("Ab_c".to_owned()));
        let reel = read(r#"{"id":"1","media_type":"VIDEO","thumbnail_url":"https://cdn.example/1.jpg"}"#, None);
        assert_eq!((reel.kind, reel.media[0].kind), (MentionKind::Video, MediaKind::Image));
        let album = read(
            r#"{"id":"1","media_type":"CAROUSEL_ALBUM","media_url":"https://cdn.example/0.jpg","children":{"data":[
                {"media_type":"IMAGE","media_url":"https://cdn.example/1.jpg"},{"media_type":"VIDEO","media_url":"https://cdn.example/2.mp4"},{}]}}"#,
            None,
        );
        let kinds: Vec<MediaKind> = album.media.iter().map(|media| media.kind).collect();
        assert_eq!((album.kind, kinds), (MentionKind::Post, vec![MediaKind::Image, MediaKind::Video]));
    }

    #[test]
    fn authors_are_named_by_what_is_known() {
        let id = |mention: Mention| mention.author.map(|author| (author.id, author.handle, author.followers));
        assert_eq!(id(read(r#"{"id":"1"}"#, None)), None);
        assert_eq!(id(read(r#"{"id":"1","username":"ada"}"#, None)), Some(("ada".into(), Some("ada".into()), None)));
        assert_eq!(
            id(read(r#"{"id":"1","username":"ada","owner":{"id":"7"}}"#, None)),
            Some(("7".into(), Some("ada".into()), None))
        );
        let account =
            Account { id: Some("9".into()), username: Some("rival".into()), followers_count: Some(5), ..Account::default() };
        assert_eq!(id(read(r#"{"id":"1"}"#, Some(&account))), Some(("9".into(), Some("rival".into()), Some(5))));
    }
}
