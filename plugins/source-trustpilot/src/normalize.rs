//! Reviews and replies as mentions, field by field. Pure.

use vigie_plugin::{Author, Change, Mention, MentionKind, Moment, Rating, Value, time};

use crate::parse::{Review, Unit};

/// What stands between a review's id and nothing else, to name its reply.
const REPLY: &str = "/reply";

/// An instant as Trustpilot states it.
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

/// A review and its reply; removals where it is no longer shown, nothing without an id. `unit`: the business that was asked for.
#[must_use]
pub fn review(review: &Review, unit: Option<&Unit>, replies: bool) -> Vec<Change> {
    let Some(id) = review.id.as_deref() else { return Vec::new() };
    let hidden = review.report_data.as_ref().and_then(|report| report.review_visibility.as_deref()) == Some("hidden");
    if hidden || review.status.as_deref() == Some("archived") {
        return vec![Change::Remove(id.to_owned()), Change::Remove(reply_id(id))];
    }
    let consumer = review.consumer.clone().unwrap_or_default();
    let author = consumer.id.as_ref().or(consumer.display_name.as_ref()).map(|key| {
        let page = consumer.id.as_ref().map(|id| format!("https://www.trustpilot.com/users/{id}"));
        Author::new(key).name(consumer.display_name.as_ref()).location(consumer.display_location.as_ref()).url(page)
    });
    let stars = review.stars.filter(|stars| (1..=5).contains(stars)).and_then(|stars| i32::try_from(stars).ok());
    let mut mention = Mention::new(id, MentionKind::Review)
        .url(page_of(id))
        .title(title(review))
        .text(review.text.clone().unwrap_or_default())
        .language(review.language.as_ref())
        .author(author)
        .published(moment(review.created_at.as_ref()))
        .edited(moment(review.updated_at.as_ref()))
        .thread(id)
        .likes(review.number_of_likes)
        .rating(stars.map(|stars| Rating::new(stars.into(), 1.0, 5.0)));
    let unit = review.business_unit.as_ref().filter(|unit| unit.id.is_some()).or(unit);
    let texts = [
        ("business", unit.and_then(|unit| unit.identifying_name.as_ref().or(unit.display_name.as_ref()))),
        ("branch", review.location.as_ref().and_then(|branch| branch.name.as_ref())),
        ("experienced-at", review.experienced_at.as_ref()),
        ("verification", review.review_verification_level.as_ref()),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            mention = mention.attribute(key, Value::Text(text.clone()));
        }
    }
    let flags = [("verified", review.is_verified), ("counts-towards-score", review.counts_towards_trust_score)];
    for (key, flag) in flags {
        if let Some(flag) = flag {
            mention = mention.attribute(key, Value::Flag(flag));
        }
    }
    if let Some(count) = consumer.number_of_reviews.and_then(|count| u32::try_from(count).ok()) {
        mention = mention.attribute("reviews-of-author", Value::Number(count.into()));
    }
    let reply = reply(review, id, unit).filter(|_| replies);
    [Some(mention), reply].into_iter().flatten().map(Change::Upsert).collect()
}

fn reply(review: &Review, id: &str, unit: Option<&Unit>) -> Option<Mention> {
    let reply = review.company_reply.as_ref()?;
    let author = unit.and_then(|unit| {
        let id = unit.id.as_ref()?;
        let page = unit.identifying_name.as_ref().map(|domain| format!("https://www.trustpilot.com/review/{domain}"));
        Some(Author::new(id).name(unit.display_name.as_ref()).url(page))
    });
    Some(
        Mention::new(reply_id(id), MentionKind::Reply)
            .url(page_of(id))
            .text(reply.text.clone()?)
            .author(author)
            .published(moment(reply.created_at.as_ref()))
            .edited(moment(reply.updated_at.as_ref()))
            .parent(id)
            .thread(id),
    )
}

/// The page of a review, in whatever language its reader has.
fn page_of(id: &str) -> String {
    format!("https://www.trustpilot.com/reviews/{id}")
}

/// A title its author wrote. Where none was written Trustpilot shows the first words of the text and an ellipsis.
fn title(review: &Review) -> Option<&str> {
    let title = review.title.as_deref()?.trim();
    let text = review.text.as_deref().unwrap_or_default().trim();
    let beginning = title.strip_suffix('…').or_else(|| title.strip_suffix("..."));
    let made = beginning.is_some_and(|beginning| !beginning.is_empty() && text.starts_with(beginning.trim_end()));
    (!made && title != text).then_some(title)
}
