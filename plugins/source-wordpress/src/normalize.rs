//! Articles and comments as mentions, field by field. Pure.

use vigie_plugin::{Author, Change, Label, Mention, MentionKind, Value, html, ids};

use crate::parse::{Item, What, Writer};

/// An item as a change; `None` for what is neither public nor removed.
///
/// `base`: the site's address.
#[must_use]
pub fn change(item: &Item, what: What, base: &str) -> Option<Change> {
    let id = format!("{}{}", what.prefix(), item.id);
    match item.public {
        Some(false) => Some(Change::Remove(id)),
        _ => Some(Change::Upsert(mention(item, what, id, base))),
    }
}

fn mention(item: &Item, what: What, id: String, base: &str) -> Mention {
    let comment = what == What::Comments;
    let kind = match (comment, item.parent) {
        (false, _) => MentionKind::Article,
        (true, None) => MentionKind::Comment,
        (true, Some(_)) => MentionKind::Reply,
    };
    let post = item.post.map(|post| format!("{}{post}", What::Posts.prefix()));
    let answered = item.parent.map(|parent| format!("{}{parent}", What::Comments.prefix()));
    let place = item.link.clone().unwrap_or_else(|| format!("{base}/"));
    let mut mention = Mention::new(id, kind)
        .url(item.link.clone().unwrap_or_else(|| address(item, what, base)))
        .title(item.title.as_ref())
        .html(html::absolute(&item.html, &place))
        .language(item.language.as_deref().and_then(tag))
        .author(item.author.as_ref().and_then(author))
        .published(item.published)
        .edited(item.modified)
        .parent(answered.or_else(|| post.clone()))
        .thread(post)
        .likes(item.likes.and_then(|likes| i64::try_from(likes).ok()))
        .comments(item.comments)
        .media(item.media.iter().cloned());
    for (key, names) in [("categories", &item.categories), ("tags", &item.tags)] {
        if !names.is_empty() {
            let labels = names.iter().map(|name| Label { name: name.clone(), score: 1.0 }).collect();
            mention = mention.attribute(key, Value::Labels(labels));
        }
    }
    if item.protected {
        mention = mention.attribute("protected", Value::Flag(true));
    }
    if item.sticky {
        mention = mention.attribute("sticky", Value::Flag(true));
    }
    match &item.kind {
        Some(kind) if kind != "comment" => mention.attribute("comment-type", Value::Text(kind.clone())),
        _ => mention,
    }
}

/// Where WordPress shows an item that names no address: numbers work on every site.
fn address(item: &Item, what: What, base: &str) -> String {
    match (what, item.post) {
        (What::Comments, Some(post)) => format!("{base}/?p={post}#comment-{}", item.id),
        (What::Pages, _) => format!("{base}/?page_id={}", item.id),
        _ => format!("{base}/?p={}", item.id),
    }
}

/// Accounts have a number; a guest is known by the name written below the comment, and by nothing else.
fn author(writer: &Writer) -> Option<Author> {
    let id = match (writer.id, &writer.name) {
        (Some(id), _) => id.to_string(),
        (None, Some(name)) => format!("guest/{}", ids::short(name)),
        (None, None) => return None,
    };
    Some(
        Author::new(id)
            .handle(writer.handle.as_ref())
            .name(writer.name.as_ref())
            .url(writer.url.as_ref())
            .bio(writer.bio.as_ref()),
    )
}

/// `fr`, or `pt_BR` as plugins for several languages write it.
fn tag(stated: &str) -> Option<String> {
    let tag = stated.trim().replace('_', "-");
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let plausible = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest = parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (plausible && rest).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_tags_or_nothing() {
        for (stated, expected) in [("fr", Some("fr")), ("pt_BR", Some("pt-BR")), ("French", None), ("", None), ("en-", None)] {
            assert_eq!(tag(stated).as_deref(), expected, "{stated}");
        }
    }
}
