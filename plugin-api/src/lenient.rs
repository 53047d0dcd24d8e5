//! Fields of answers that keep no promise: for `#[serde(deserialize_with = "…")]`, beside `#[serde(default)]`.
//!
//! Services write numbers as texts, nulls where a list belongs, and ids too large for a floating-point number. One odd field or one
//! odd item must not cost a page, so what cannot be read counts as absent, and an item that cannot be read is left out with a
//! warning in the log. What makes an answer the documented one (the list itself) is better demanded the ordinary way.
//!
//! # Examples
//! ```
//! use serde::Deserialize;
//! use vigie_plugin::lenient;
//!
//! #[derive(Debug, Default, Deserialize)]
//! #[serde(default)]
//! struct Post {
//!     #[serde(deserialize_with = "lenient::text")]
//!     id: Option<String>,
//!     #[serde(deserialize_with = "lenient::count")]
//!     likes: Option<u64>,
//! }
//! #[derive(Deserialize)]
//! struct Page {
//!     #[serde(deserialize_with = "lenient::list")]
//!     posts: Vec<Post>,
//! }
//! let page: Page = serde_json::from_str(r#"{"posts":[{"id":18014398509481985,"likes":"3"},7,{"likes":{}}]}"#)?;
//! assert_eq!(page.posts[0].id.as_deref(), Some("18014398509481985"));
//! assert_eq!((page.posts[0].likes, page.posts.len()), (Some(3), 2));
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::Value;

use crate::log;

/// Text that is not blank. A whole number counts as its digits, because ids come as either.
///
/// # Errors
/// None but those of the JSON itself.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(as_text(&Value::deserialize(deserializer)?))
}

/// A whole number, written as one or as text.
///
/// # Errors
/// None but those of the JSON itself.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(as_number(&Value::deserialize(deserializer)?))
}

/// A whole number that is not negative, written as one or as text.
///
/// # Errors
/// None but those of the JSON itself.
pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(as_count(&Value::deserialize(deserializer)?))
}

/// Yes or no, written as `true`, `1`, `"1"` or `"true"`.
///
/// # Errors
/// None but those of the JSON itself.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(as_flag(&Value::deserialize(deserializer)?))
}

/// A part with fields of its own; absent where it has another shape.
///
/// # Errors
/// None but those of the JSON itself.
pub fn part<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(if value.is_object() { serde_json::from_value(value).ok() } else { None })
}

/// A list whose odd items are left out with a warning. `null` is an empty list.
///
/// # Errors
/// Where it is no list.
pub fn list<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Array(items) => Ok(items_of(items)),
        Value::Null => Ok(Vec::new()),
        _ => Err(D::Error::custom("it is no list")),
    }
}

/// As [`list`], and empty where it is no list: for lists an item can do without.
///
/// # Errors
/// None but those of the JSON itself.
pub fn some<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items_of(items),
        _ => Vec::new(),
    })
}

/// [`text`] of a value at hand.
#[must_use]
pub fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

/// [`number`] of a value at hand.
#[must_use]
pub fn as_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// [`count`] of a value at hand.
#[must_use]
pub fn as_count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// [`flag`] of a value at hand.
#[must_use]
pub fn as_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        Value::String(text) => match text.trim() {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn items_of<T: DeserializeOwned>(items: Vec<Value>) -> Vec<T> {
    let all = items.len();
    let read: Vec<T> =
        items.into_iter().filter(|item| !item.is_array()).filter_map(|item| serde_json::from_value(item).ok()).collect();
    if read.len() < all {
        log::warn(format_args!(
            "{} of {all} items of a list have another shape than documented and were skipped",
            all - read.len()
        ));
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Odd {
        #[serde(deserialize_with = "text")]
        id: Option<String>,
        #[serde(deserialize_with = "number")]
        score: Option<i64>,
        #[serde(deserialize_with = "count")]
        likes: Option<u64>,
        #[serde(deserialize_with = "flag")]
        hidden: Option<bool>,
        #[serde(deserialize_with = "part")]
        inside: Option<Box<Odd>>,
        #[serde(deserialize_with = "some")]
        more: Vec<Odd>,
    }

    fn read(text: &str) -> Odd {
        serde_json::from_str(text).expect("whatever stands in the fields")
    }

    #[test]
    fn what_can_be_read_is_read() {
        let odd = read(
            r#"{"id":18446744073709551615,"score":"-3","likes":" 7 ","hidden":1,"inside":{"id":"a"},"more":[{"id":"b"},3,[1]]}"#,
        );
        assert_eq!(
            (odd.id.as_deref(), odd.score, odd.likes, odd.hidden),
            (Some("18446744073709551615"), Some(-3), Some(7), Some(true))
        );
        assert_eq!(odd.inside.expect("a part").id.as_deref(), Some("a"));
        assert_eq!(odd.more.len(), 1);
    }

    #[test]
    fn what_cannot_is_absent() {
        for text in [
            "{}",
            r#"{"id":null,"score":null,"likes":null,"hidden":null,"inside":null,"more":null}"#,
            r#"{"id":"  ","score":1.5,"likes":-1,"hidden":"perhaps","inside":[],"more":{}}"#,
            r#"{"id":1e30,"score":99999999999999999999,"likes":true,"hidden":[],"inside":"x","more":7}"#,
        ] {
            let odd = read(text);
            assert_eq!(
                (odd.id, odd.score, odd.likes, odd.hidden, odd.inside.is_none()),
                (None, None, None, None, true),
                "{text}"
            );
            assert!(odd.more.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_demanded_list_is_a_list() {
        #[derive(Deserialize)]
        struct Page {
            #[serde(deserialize_with = "list")]
            data: Vec<Odd>,
        }
        let page = |text: &str| serde_json::from_str::<Page>(text).map(|page| page.data.len());
        assert_eq!(page(r#"{"data":[{},null,{"id":1}]}"#).expect("a list"), 2);
        assert_eq!(page(r#"{"data":null}"#).expect("an empty list"), 0);
        assert!(page(r#"{"data":{}}"#).is_err() && page("{}").is_err());
    }
}
