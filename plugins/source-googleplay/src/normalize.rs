//! Reviews and answers as mentions, field by field. Pure.

use vigie_plugin::{Author, Mention, MentionKind, Moment, Rating, Value};

use crate::parse::{Answer, Review};

/// A review and, where there is one, its answer. `package`: the app's.
pub(crate) fn mentions(review: &Review, package: &str) -> impl Iterator<Item = Mention> {
    let answer = review.answer.as_ref().map(|reply| answer(reply, review, package));
    [mention(review, package)].into_iter().chain(answer)
}

fn mention(review: &Review, package: &str) -> Mention {
    // The service joins title and body by a tab; most reviews have no title, and keep the tab or not.
    let (title, text) = match review.text.split_once('\t') {
        Some((title, body)) if !body.trim().is_empty() => (Some(title.trim()), body.trim()),
        _ => (None, review.text.trim()),
    };
    let stars = review.stars.filter(|stars| (1..=5).contains(stars)).and_then(|stars| i32::try_from(stars).ok());
    let mut mention = Mention::new(&review.id, MentionKind::Review)
        .url(format!(
            "https://play.google.com/store/apps/details?id={package}&reviewId={}",
            vigie_plugin::http::escape(&review.id)
        ))
        .title(title)
        .text(text)
        // There is no number of the account, and names are unique in one app's reviews at best.
        .author(review.author.as_ref().map(|name| Author::new(format!("{package}/{}", name.trim())).name(name.trim())))
        // The one date there is: written, or last changed.
        .published(review.changed.map(Moment::second))
        .thread(format!("app/{package}"))
        .rating(stars.map(|stars| Rating::new(f64::from(stars), 1.0, 5.0)))
        .likes(review.up.and_then(|count| i64::try_from(count).ok()))
        .attribute("app", Value::Text(package.to_owned()));
    let texts = [("app-version", &review.version_name), ("device", &review.device), ("device-language", &review.device_language)];
    for (key, value) in texts {
        if let Some(value) = value {
            mention = mention.attribute(key, Value::Text(value.clone()));
        }
    }
    let numbers = [
        ("app-version-code", review.version_code),
        ("android-version", review.android),
        ("thumbs-down", review.down.and_then(|count| i64::try_from(count).ok())),
    ];
    for (key, value) in numbers {
        if let Some(value) = value.and_then(|value| i32::try_from(value).ok()) {
            mention = mention.attribute(key, Value::Number(f64::from(value)));
        }
    }
    mention
}

fn answer(answer: &Answer, review: &Review, package: &str) -> Mention {
    Mention::new(format!("{}/reply", review.id), MentionKind::Reply)
        .url(format!(
            "https://play.google.com/store/apps/details?id={package}&reviewId={}",
            vigie_plugin::http::escape(&review.id)
        ))
        .text(answer.text.trim())
        .author(Author::new(package))
        .published(answer.changed.map(Moment::second))
        .parent(&review.id)
        .thread(format!("app/{package}"))
        .attribute("app", Value::Text(package.to_owned()))
        .attribute("owner-reply", Value::Flag(true))
}
