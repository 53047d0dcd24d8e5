//! Reviews as mentions, field by field. Pure.

use vigie_plugin::{Author, Mention, MentionKind, Moment, Rating, Value, time};

use crate::parse::Review;

/// When a review was written, or last changed: the feed has one date for both.
pub(crate) fn moment(review: &Review) -> Option<Moment> {
    time::rfc3339(review.updated.as_deref()?).ok()
}

/// A review of `app` in the storefront `country` as a mention.
pub(crate) fn mention(review: &Review, app: &str, country: &str) -> Mention {
    let mut mention = Mention::new(&review.id, MentionKind::Review)
        // A review has no address of its own.
        .url(format!("https://apps.apple.com/{country}/app/id{app}?see-all=reviews"))
        .title(review.title.as_deref())
        .text(review.content.trim())
        .author(author(review))
        .published(moment(review))
        .thread(format!("app/{app}"))
        .rating(review.rating.filter(|stars| (1.0..=5.0).contains(stars)).map(|stars| Rating::new(stars, 1.0, 5.0)))
        .likes(review.helpful.and_then(|count| i64::try_from(count).ok()))
        .country(country.to_ascii_uppercase())
        .attribute("app", Value::Text(app.to_owned()));
    if let Some(version) = &review.version {
        mention = mention.attribute("app-version", Value::Text(version.clone()));
    }
    if let Some(votes) = review.votes.and_then(|votes| u32::try_from(votes).ok()) {
        mention = mention.attribute("votes", Value::Number(f64::from(votes)));
    }
    mention
}

/// The account's number stands in the address of the customer's reviews; where it does not, nobody can be told from others of the
/// same nickname but by it.
fn author(review: &Review) -> Option<Author> {
    let uri = review.author_uri.as_deref().map(|uri| uri.split(['?', '#']).next().unwrap_or_default());
    let number = uri.and_then(|uri| uri.rsplit('/').next()?.strip_prefix("id")).filter(|id| is_number(id));
    let name = review.author.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let id = number.or(name)?;
    Some(Author::new(id).name(name).url(number.and(uri)))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_are_their_numbers_or_else_their_nicknames() {
        let of = |uri: Option<&str>, name: Option<&str>| {
            author(&Review { author: name.map(str::to_owned), author_uri: uri.map(str::to_owned), ..Review::default() })
        };
        let known = of(Some("https://itunes.apple.com/fr/reviews/id42?l=en"), Some("Zoé")).expect("an author");
        assert_eq!((known.id.as_str(), known.name.as_deref()), ("42", Some("Zoé")));
        assert_eq!(known.url.as_deref(), Some("https://itunes.apple.com/fr/reviews/id42"));
        let unknown = of(Some("https://itunes.apple.com/fr/reviews"), Some("Zoé")).expect("an author");
        assert_eq!((unknown.id.as_str(), unknown.url), ("Zoé", None));
        assert_eq!(of(None, Some(" ")), None);
    }

    #[test]
    fn stars_beyond_the_scale_are_none() {
        for (stars, rating) in [(Some(0.0), None), (Some(6.0), None), (Some(5.0), Some(Rating::new(5.0, 1.0, 5.0))), (None, None)]
        {
            let review = Review { id: "7".to_owned(), rating: stars, ..Review::default() };
            assert_eq!(mention(&review, "1", "fr").rating, rating);
        }
    }
}
