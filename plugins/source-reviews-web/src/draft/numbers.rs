//! Ratings and counts as sites write them.

use serde_json::{Map, Value};
use vigie_plugin::{Engagement, Rating};

use super::values;

/// The scale where none is stated (schema.org, `bestRating` and `worstRating`).
const BEST: f64 = 5.0;
const WORST: f64 = 1.0;

/// A rating: an object with its scale, or a bare number.
///
/// # Shape
/// Numbers as such or as text, with a point or a comma, with `/10` or `%` behind them. Absent where there is no number, or it does not lie on
/// its scale: a value on an unknown scale says nothing.
pub(super) fn rating(value: &Value) -> Option<Rating> {
    match values::first(value)? {
        Value::Object(object) => rating_of(object),
        other => on_scale(&values::text(other)?, None, None),
    }
}

/// As [`rating`], of an object.
pub(super) fn rating_of(object: &Map<String, Value>) -> Option<Rating> {
    let number = |name: &str| object.get(name).and_then(values::text).and_then(|text| scaled(&text)).map(|(number, _)| number);
    let value = object.get("ratingValue").or_else(|| object.get("@value"))?;
    on_scale(&values::text(value)?, number("bestRating"), number("worstRating"))
}

fn on_scale(stated: &str, best: Option<f64>, worst: Option<f64>) -> Option<Rating> {
    let (value, of) = scaled(stated)?;
    let percent = of == Some(100.0) && stated.contains('%');
    let best = best.or(of).unwrap_or(BEST);
    let worst = worst.unwrap_or(if percent { 0.0 } else { WORST });
    (worst < best && (worst..=best).contains(&value)).then(|| Rating::new(value, worst, best))
}

/// A number and the number it is of: `8,4`, `4 / 5`, `4 out of 5`, `90 %`.
fn scaled(text: &str) -> Option<(f64, Option<f64>)> {
    let mut rest = text.trim();
    let value = number(&mut rest)?;
    if rest.trim() == "%" {
        return Some((value, Some(100.0)));
    }
    let mut behind = rest.trim_start();
    for of in ["/", "out of", "of", "sur", "von", "de", "su"] {
        if let Some(scale) = behind.strip_prefix(of) {
            behind = scale.trim_start();
            return Some((value, number(&mut behind)));
        }
    }
    Some((value, None))
}

/// The number at the start of `rest`, which then begins behind it.
fn number(rest: &mut &str) -> Option<f64> {
    let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-')).unwrap_or(rest.len());
    let number = rest[..end]
        .trim_end_matches(['.', ',', '-'])
        .replace(',', ".")
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())?;
    *rest = &rest[end..];
    Some(number)
}

/// A count: digits, perhaps in groups.
fn count(value: &Value) -> Option<u64> {
    let text = values::text(value)?;
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | '.' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    // `12.0` is twelve, not a hundred and twenty.
    text.strip_suffix(".0").unwrap_or(&digits).parse().ok()
}

/// Likes, comments, shares, views, and votes against.
pub(super) fn engagement(node: &Map<String, Value>) -> (Engagement, Option<u64>) {
    let of = |name: &str| node.get(name).and_then(count);
    let mut engagement = Engagement {
        likes: of("upvoteCount"),
        comments: of("commentCount").or_else(|| of("answerCount")),
        ..Engagement::default()
    };
    let mut downvotes = of("downvoteCount");
    for statistic in values::each(node.get("interactionStatistic")).take(50) {
        let Some(statistic) = statistic.as_object() else { continue };
        let Some(number) = statistic.get("userInteractionCount").and_then(count) else { continue };
        let kind = statistic.get("interactionType").and_then(|kind| match values::first(kind)? {
            Value::Object(object) => values::text(object.get("@type").or_else(|| object.get("@id"))?),
            other => values::text(other),
        });
        match kind.as_deref().unwrap_or_default().rsplit(['/', '#', ':']).next().unwrap_or_default() {
            "LikeAction" | "EndorseAction" | "AgreeAction" => engagement.likes = engagement.likes.or(Some(number)),
            "DislikeAction" | "DisagreeAction" => downvotes = downvotes.or(Some(number)),
            "CommentAction" | "ReplyAction" | "WriteAction" => engagement.comments = engagement.comments.or(Some(number)),
            "ShareAction" => engagement.shares = engagement.shares.or(Some(number)),
            "ViewAction" | "ReadAction" | "WatchAction" => engagement.views = engagement.views.or(Some(number)),
            _ => {}
        }
    }
    (engagement, downvotes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ratings_on_all_scales() {
        let cases = [
            (json!("4"), Some((4.0, 1.0, 5.0))),
            (json!(4.5), Some((4.5, 1.0, 5.0))),
            (json!({ "ratingValue": "8,4", "bestRating": "10" }), Some((8.4, 1.0, 10.0))),
            (json!({ "ratingValue": 85, "bestRating": 100, "worstRating": 0 }), Some((85.0, 0.0, 100.0))),
            (json!([{ "ratingValue": "4.0" }]), Some((4.0, 1.0, 5.0))),
            (json!({ "ratingValue": "0", "worstRating": "0" }), Some((0.0, 0.0, 5.0))),
            (json!("4/5"), Some((4.0, 1.0, 5.0))),
            (json!("7 out of 10 stars"), Some((7.0, 1.0, 10.0))),
            (json!({ "ratingValue": "90 %" }), Some((90.0, 0.0, 100.0))),
            (json!({ "ratingValue": "90%", "bestRating": "100%" }), Some((90.0, 0.0, 100.0))),
            (json!({ "ratingValue": 0 }), None),
            (json!({ "ratingValue": 85 }), None),
            (json!({ "ratingValue": "" }), None),
            (json!({ "ratingValue": 3, "bestRating": 1, "worstRating": 5 }), None),
            (json!({ "ratingValue": "NaN" }), None),
            (json!(null), None),
            (json!({ "ratingValue": { "x": 1 } }), None),
            (json!("five stars"), None),
        ];
        for (value, expected) in cases {
            assert_eq!(rating(&value).map(|rating| (rating.value, rating.worst, rating.best)), expected, "{value}");
        }
    }

    #[test]
    fn counts_by_their_actions() {
        let node = json!({ "upvoteCount": "1,204", "commentCount": 3, "interactionStatistic": [
            { "@type": "InteractionCounter", "interactionType": "https://schema.org/LikeAction", "userInteractionCount": 9 },
            { "interactionType": { "@type": "ViewAction" }, "userInteractionCount": "1 000" },
            { "interactionType": "http://schema.org/ShareAction", "userInteractionCount": "12.0" },
            { "interactionType": "DislikeAction", "userInteractionCount": 2 }, { "userInteractionCount": 7 }, null, "x"] });
        let (engagement, downvotes) = engagement(node.as_object().expect("an object"));
        assert_eq!(
            (engagement.likes, engagement.comments, engagement.shares, engagement.views),
            (Some(1204), Some(3), Some(12), Some(1000))
        );
        assert_eq!(downvotes, Some(2));
    }
}
