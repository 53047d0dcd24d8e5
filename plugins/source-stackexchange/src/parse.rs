//! What the interface answers. Pure.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use vigie_plugin::lenient;

/// What wraps every answer.
#[derive(Debug, Clone, Deserialize)]
pub struct Wrapper {
    /// Questions, answers or comments.
    #[serde(deserialize_with = "lenient::list")]
    pub items: Vec<Item>,
    /// Whether there is another page.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub has_more: Option<bool>,
    /// Seconds to wait before the same method is asked again; fractions occur.
    #[serde(default, deserialize_with = "seconds")]
    pub backoff: Option<f64>,
    /// Requests left today.
    #[serde(default, deserialize_with = "lenient::number")]
    pub quota_remaining: Option<i64>,
}

/// A question, an answer or a comment, told apart by which ids they have.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Of a question; of an answer, the question's.
    #[serde(deserialize_with = "lenient::number")]
    pub question_id: Option<i64>,
    /// Of an answer.
    #[serde(deserialize_with = "lenient::number")]
    pub answer_id: Option<i64>,
    /// Of a comment.
    #[serde(deserialize_with = "lenient::number")]
    pub comment_id: Option<i64>,
    /// Of a comment: what it hangs below.
    #[serde(deserialize_with = "lenient::number")]
    pub post_id: Option<i64>,
    /// HTML-escaped plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// HTML.
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
    /// Page for people.
    #[serde(deserialize_with = "lenient::text")]
    pub link: Option<String>,
    /// Seconds since 1970.
    #[serde(deserialize_with = "lenient::number")]
    pub creation_date: Option<i64>,
    /// Seconds since 1970; absent until it was edited.
    #[serde(deserialize_with = "lenient::number")]
    pub last_edit_date: Option<i64>,
    /// Votes up less votes down.
    #[serde(deserialize_with = "lenient::number")]
    pub score: Option<i64>,
    /// Of a question.
    #[serde(deserialize_with = "lenient::count")]
    pub view_count: Option<u64>,
    /// Of a question.
    #[serde(deserialize_with = "lenient::count")]
    pub answer_count: Option<u64>,
    /// Only with a filter that asks for it.
    #[serde(deserialize_with = "lenient::count")]
    pub comment_count: Option<u64>,
    /// Of a question: whether an answer is accepted or voted for.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_answered: Option<bool>,
    /// Of an answer.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_accepted: Option<bool>,
    /// Of a question.
    #[serde(deserialize_with = "lenient::number")]
    pub accepted_answer_id: Option<i64>,
    /// Of a question.
    #[serde(deserialize_with = "lenient::some")]
    pub tags: Vec<String>,
    /// Why a question takes no answers.
    #[serde(deserialize_with = "lenient::text")]
    pub closed_reason: Option<String>,
    /// Licence of the words.
    #[serde(deserialize_with = "lenient::text")]
    pub content_license: Option<String>,
    /// Who wrote it.
    #[serde(deserialize_with = "lenient::part")]
    pub owner: Option<Owner>,
    /// Of a comment: whom it answers.
    #[serde(deserialize_with = "lenient::part")]
    pub reply_to_user: Option<Owner>,
}

/// An account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Owner {
    /// On this site; absent for accounts that are gone.
    #[serde(deserialize_with = "lenient::number")]
    pub user_id: Option<i64>,
    /// HTML-escaped.
    #[serde(deserialize_with = "lenient::text")]
    pub display_name: Option<String>,
    /// Page for people.
    #[serde(deserialize_with = "lenient::text")]
    pub link: Option<String>,
    /// Points on this site.
    #[serde(deserialize_with = "lenient::number")]
    pub reputation: Option<i64>,
    /// `registered`, `moderator`, `does_not_exist`, …
    #[serde(deserialize_with = "lenient::text")]
    pub user_type: Option<String>,
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let seconds = match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    Ok(seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0))
}

impl Wrapper {
    /// Milliseconds the interface asks to wait: a second more than it says, because its clocks do not agree with each other.
    #[must_use]
    pub fn pause_ms(&self) -> Option<u64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and at most a day")]
        self.backoff.map(|seconds| (seconds.min(86_400.0) * 1000.0).ceil() as u64 + 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_cost_themselves_alone_and_odd_items_too() {
        let text = r#"{"items":[{"question_id":"7","owner":null,"tags":[1,"a"],"score":-2},null,3,{"answer_id":{}}],"has_more":null,"backoff":"10"}"#;
        let wrapper: Wrapper = serde_json::from_str(text).expect("an answer");
        assert_eq!((wrapper.items.len(), wrapper.pause_ms()), (2, Some(11_000)));
        assert_eq!((wrapper.items[0].question_id, wrapper.items[0].score, wrapper.items[0].tags.len()), (Some(7), Some(-2), 1));
    }

    #[test]
    fn back_offs_have_fractions_and_are_positive() {
        let pause = |backoff: &str| {
            serde_json::from_str::<Wrapper>(&format!(r#"{{"items":[],"backoff":{backoff}}}"#)).expect("an answer").pause_ms()
        };
        assert_eq!((pause("0.25"), pause("10"), pause("1e30")), (Some(1_250), Some(11_000), Some(86_401_000)));
        assert_eq!((pause("0"), pause("-3"), pause("null"), pause("[]")), (None, None, None, None));
    }

    #[test]
    fn another_shape_is_refused() {
        assert!(serde_json::from_str::<Wrapper>("{}").is_err() && serde_json::from_str::<Wrapper>(r#"{"items":{}}"#).is_err());
    }
}
