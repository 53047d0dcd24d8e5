//! Questions, answers and comments as mentions, field by field. Pure.

use vigie_plugin::{Author, Mention, MentionKind, Moment, Value, time};

use crate::entities::decode;
use crate::parse::{Item, Owner};

/// The id of a comment. Questions and answers share their numbers, comments have numbers of their own.
#[must_use]
pub fn comment_id(number: i64) -> String {
    format!("comment-{number}")
}

/// An item as a mention; `None` without an id.
///
/// `site`: its name in the interface; `thread`: the question a comment belongs to, which comments do not say.
#[must_use]
pub fn item(item: &Item, site: &str, thread: Option<i64>) -> Option<Mention> {
    let mention = match (item.comment_id, item.answer_id, item.question_id) {
        (Some(comment), _, _) => Mention::new(comment_id(comment), MentionKind::Comment)
            .url(item.link.clone().unwrap_or_else(|| format!("{}/posts/comments/{comment}", address(site))))
            .parent(item.post_id.map(|post| post.to_string()))
            .thread(thread.map(|question| question.to_string())),
        (None, Some(answer), question) => {
            let question = question.or(thread).map(|question| question.to_string());
            Mention::new(answer.to_string(), MentionKind::Answer)
                .url(item.link.clone().unwrap_or_else(|| format!("{}/a/{answer}", address(site))))
                .parent(question.clone())
                .thread(question)
        }
        (None, None, Some(question)) => Mention::new(question.to_string(), MentionKind::Question)
            .url(item.link.clone().unwrap_or_else(|| format!("{}/q/{question}", address(site))))
            .title(item.title.as_deref().map(decode))
            .thread(question.to_string())
            .comments(item.answer_count)
            .views(item.view_count),
        (None, None, None) => return None,
    };
    let mut mention = mention
        .html(item.body.as_deref().unwrap_or_default())
        .author(item.owner.as_ref().and_then(author))
        .published(moment(item.creation_date))
        .edited(moment(item.last_edit_date))
        .likes(item.score);
    let texts = [
        ("tags", (!item.tags.is_empty()).then(|| item.tags.join(" "))),
        ("closed-reason", item.closed_reason.as_deref().map(decode)),
        ("content-license", item.content_license.clone()),
        ("accepted-answer", item.accepted_answer_id.map(|answer| answer.to_string())),
        ("question-title", item.answer_id.and(item.title.as_deref()).map(decode)),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            mention = mention.attribute(key, Value::Text(text));
        }
    }
    for (key, flag) in [("answered", item.is_answered.filter(|_| item.answer_id.is_none())), ("accepted", item.is_accepted)] {
        if let Some(flag) = flag {
            mention = mention.attribute(key, Value::Flag(flag));
        }
    }
    if let Some(points) = item.owner.as_ref().and_then(|owner| owner.reputation) {
        #[expect(clippy::cast_precision_loss, reason = "points are far below 2^53")]
        let value = Value::Number(points as f64);
        mention = mention.attribute("author-reputation", value);
    }
    Some(mention)
}

/// An account that is gone has a name left and nothing to tell it from others.
fn author(owner: &Owner) -> Option<Author> {
    let gone = owner.user_type.as_deref() == Some("does_not_exist");
    let id = owner.user_id.filter(|_| !gone)?;
    Some(Author::new(id.to_string()).name(owner.display_name.as_deref().map(decode)).url(owner.link.as_ref()))
}

fn moment(seconds: Option<i64>) -> Option<Moment> {
    time::unix_seconds(seconds?).ok()
}

/// Some sites have a domain of their own, the others one below the network's.
fn address(site: &str) -> String {
    if site.contains('.') {
        return format!("https://{site}.com").replace(".com.com", ".com");
    }
    match site {
        "stackoverflow" | "superuser" | "serverfault" | "askubuntu" | "stackapps" => format!("https://{site}.com"),
        "mathoverflow" => "https://mathoverflow.net".to_owned(),
        _ => format!("https://{site}.stackexchange.com"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_have_their_addresses() {
        for (site, expected) in [
            ("stackoverflow", "https://stackoverflow.com"),
            ("android", "https://android.stackexchange.com"),
            ("es.stackoverflow", "https://es.stackoverflow.com"),
            ("stackoverflow.com", "https://stackoverflow.com"),
            ("mathoverflow", "https://mathoverflow.net"),
        ] {
            assert_eq!(address(site), expected);
        }
    }

    #[test]
    fn accounts_that_are_gone_are_nobody() {
        let owner = |text: &str| author(&serde_json::from_str::<Owner>(text).expect("an account"));
        assert_eq!(owner(r#"{"user_type":"does_not_exist","display_name":"user12"}"#), None);
        assert_eq!(owner(r#"{"user_type":"does_not_exist","user_id":-1}"#), None);
        assert_eq!(
            owner(r#"{"user_id":7,"display_name":"O&#39;Neil"}"#).and_then(|author| author.name).as_deref(),
            Some("O'Neil")
        );
    }
}
