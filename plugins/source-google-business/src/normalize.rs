//! Reviews and replies as mentions, field by field. Pure.

use vigie_plugin::{Author, Mention, MentionKind, Moment, Rating, Value, time};

use crate::parse::{Review, Reviewer};

/// What follows a review's id in the id of its reply.
const REPLY: &str = "/reply";
/// What Google writes before its translation, and before what was translated.
const TRANSLATED: &str = "(Translated by Google)";
const ORIGINAL: &str = "(Original)";

/// An instant as the API states it.
#[must_use]
pub fn moment(text: Option<&String>) -> Option<Moment> {
    time::rfc3339(text?).ok()
}

/// The id of the reply to a review.
#[must_use]
pub fn reply_id(review: &str) -> String {
    format!("{review}{REPLY}")
}

/// The id of the review a mention is, or answers.
#[must_use]
pub fn review_id(mention: &str) -> &str {
    mention.strip_suffix(REPLY).unwrap_or(mention)
}

/// A review and its reply; nothing without an id. `location`: the resource name of the place.
#[must_use]
pub fn review(review: &Review, location: &str, replies: bool) -> Vec<Mention> {
    let Some(id) = review.id() else { return Vec::new() };
    let words = Words::of(review.comment.as_deref().unwrap_or_default());
    let mention = Mention::new(id, MentionKind::Review)
        .text(words.text)
        .author(review.reviewer.as_ref().and_then(author))
        .published(moment(review.create_time.as_ref()))
        .edited(moment(review.update_time.as_ref()))
        .thread(id)
        .rating(review.star_rating.as_deref().and_then(stars))
        .attribute("location", Value::Text(location.to_owned()));
    let reply = review.review_reply.as_ref().filter(|_| replies).and_then(|reply| {
        let words = Words::of(reply.comment.as_deref()?);
        let mention = Mention::new(reply_id(id), MentionKind::Reply)
            .text(words.text)
            // Whoever answers does so for the place.
            .author(Author::new(location))
            .published(moment(reply.update_time.as_ref()))
            .parent(id)
            .thread(id)
            .attribute("location", Value::Text(location.to_owned()));
        Some(with_translation(mention, words.translation))
    });
    [Some(with_translation(mention, words.translation)), reply].into_iter().flatten().collect()
}

fn with_translation(mention: Mention, translation: Option<&str>) -> Mention {
    match translation {
        Some(text) => mention.attribute("translation", Value::Text(text.to_owned())),
        None => mention,
    }
}

/// No id of an account is stated, so the name is all that tells one from another.
fn author(reviewer: &Reviewer) -> Option<Author> {
    if reviewer.is_anonymous == Some(true) {
        return None;
    }
    let name = reviewer.display_name.as_ref()?;
    Some(Author::new(name).name(name))
}

fn stars(word: &str) -> Option<Rating> {
    let value = match word.trim().to_ascii_uppercase().as_str() {
        "ONE" | "1" => 1.0,
        "TWO" | "2" => 2.0,
        "THREE" | "3" => 3.0,
        "FOUR" | "4" => 4.0,
        "FIVE" | "5" => 5.0,
        _ => return None,
    };
    Some(Rating::new(value, 1.0, 5.0))
}

/// What somebody wrote, and what Google made of it.
#[derive(Debug, PartialEq, Eq)]
struct Words<'a> {
    text: &'a str,
    translation: Option<&'a str>,
}

impl<'a> Words<'a> {
    /// Google puts its translation before the original, or behind it; older ones lack the second mark.
    fn of(comment: &'a str) -> Self {
        let comment = comment.trim();
        let Some((before, after)) = comment.split_once(TRANSLATED) else { return Self { text: comment, translation: None } };
        if !before.trim().is_empty() {
            return Self { text: before.trim(), translation: Some(after.trim()) };
        }
        match after.split_once(ORIGINAL) {
            Some((translation, original)) => Self { text: original.trim(), translation: Some(translation.trim()) },
            None => Self { text: after.trim(), translation: Some(after.trim()) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_is_kept_and_the_translation_stands_apart() {
        let cases = [
            ("Great", "Great", None),
            ("(Translated by Google) Great!\n\n(Original)\nSuper !", "Super !", Some("Great!")),
            ("Super !\n\n(Translated by Google)\nGreat!", "Super !", Some("Great!")),
            ("(Translated by Google) Great!", "Great!", Some("Great!")),
            ("(Original) thinking", "(Original) thinking", None),
            (" ", "", None),
        ];
        for (comment, text, translation) in cases {
            assert_eq!(Words::of(comment), Words { text, translation }, "{comment}");
        }
    }

    #[test]
    fn stars_are_words() {
        for (word, value) in
            [("ONE", Some(1.0)), ("five", Some(5.0)), ("3", Some(3.0)), ("STAR_RATING_UNSPECIFIED", None), ("", None)]
        {
            assert_eq!(stars(word).map(|rating| rating.value), value, "{word}");
        }
    }
}
