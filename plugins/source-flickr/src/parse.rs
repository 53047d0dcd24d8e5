//! What Flickr answers. Pure.
//!
//! Failures come with status 200 and say so in `stat`; some come as XML whatever was asked for. Numbers are texts or numbers as it
//! happens, and a text may stand in an object of its own: `{"_content": "…"}`.

mod failure;
mod xml;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use vigie_plugin::lenient::{self, as_text};
use vigie_plugin::{Failure, http};

pub use failure::failure;

/// A page of photos.
#[derive(Debug, Clone, Deserialize)]
pub struct Found {
    /// Newest first.
    #[serde(deserialize_with = "lenient::list")]
    pub photo: Vec<Photo>,
    /// How many pages there are.
    #[serde(default, deserialize_with = "lenient::count")]
    pub pages: Option<u64>,
}

/// A photo or film, as a search shows it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Photo {
    /// Its number.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Number of its owner, such as `78733179@N04`.
    #[serde(deserialize_with = "lenient::text")]
    pub owner: Option<String>,
    /// Name its owner shows.
    #[serde(deserialize_with = "lenient::text")]
    pub ownername: Option<String>,
    /// Name of its owner in addresses; null for most.
    #[serde(deserialize_with = "lenient::text")]
    pub pathalias: Option<String>,
    /// Plain text.
    #[serde(deserialize_with = "content")]
    pub title: Option<String>,
    /// HTML.
    #[serde(deserialize_with = "content")]
    pub description: Option<String>,
    /// Whether everybody may see it.
    #[serde(deserialize_with = "lenient::flag")]
    pub ispublic: Option<bool>,
    /// Seconds since 1970. One row in a thousand holds a year instead.
    #[serde(deserialize_with = "lenient::number")]
    pub dateupload: Option<i64>,
    /// When it was taken, without a zone and in the camera's own view.
    #[serde(deserialize_with = "lenient::text")]
    pub datetaken: Option<String>,
    /// Seconds since 1970; moves with comments and tags, too.
    #[serde(deserialize_with = "lenient::number")]
    pub lastupdate: Option<i64>,
    /// Number of its licence.
    #[serde(deserialize_with = "lenient::text")]
    pub license: Option<String>,
    /// Words, apart by spaces.
    #[serde(deserialize_with = "lenient::text")]
    pub tags: Option<String>,
    /// Times shown.
    #[serde(deserialize_with = "lenient::count")]
    pub views: Option<u64>,
    /// Times marked as a favourite.
    #[serde(deserialize_with = "lenient::count")]
    pub count_faves: Option<u64>,
    /// Comments.
    #[serde(deserialize_with = "lenient::count")]
    pub count_comments: Option<u64>,
    /// `photo` or `video`.
    #[serde(deserialize_with = "lenient::text")]
    pub media: Option<String>,
    /// Degrees; 0 without a place.
    #[serde(deserialize_with = "degrees")]
    pub latitude: Option<f64>,
    /// Degrees; 0 without a place.
    #[serde(deserialize_with = "degrees")]
    pub longitude: Option<f64>,
    /// 1024 wide.
    #[serde(deserialize_with = "lenient::text")]
    pub url_l: Option<String>,
    /// 800 wide.
    #[serde(deserialize_with = "lenient::text")]
    pub url_c: Option<String>,
    /// 640 wide.
    #[serde(deserialize_with = "lenient::text")]
    pub url_z: Option<String>,
    /// 500 wide.
    #[serde(deserialize_with = "lenient::text")]
    pub url_m: Option<String>,
}

/// A photo or film, asked for by its number.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Info {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    owner: Option<Owner>,
    #[serde(deserialize_with = "content")]
    title: Option<String>,
    #[serde(deserialize_with = "content")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    visibility: Option<Visibility>,
    #[serde(deserialize_with = "lenient::part")]
    dates: Option<Dates>,
    #[serde(deserialize_with = "lenient::text")]
    license: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    tags: Option<Tags>,
    #[serde(deserialize_with = "lenient::count")]
    views: Option<u64>,
    #[serde(deserialize_with = "content")]
    comments: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    media: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Owner {
    #[serde(deserialize_with = "lenient::text")]
    nsid: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    username: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    path_alias: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Visibility {
    #[serde(deserialize_with = "lenient::flag")]
    ispublic: Option<bool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Dates {
    #[serde(deserialize_with = "lenient::number")]
    posted: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    taken: Option<String>,
    #[serde(deserialize_with = "lenient::number")]
    lastupdate: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Tags {
    #[serde(deserialize_with = "lenient::some")]
    tag: Vec<Tag>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Tag {
    #[serde(rename = "_content", deserialize_with = "lenient::text")]
    content: Option<String>,
}

impl From<Info> for Photo {
    /// The same photo as a search shows it, but for its favourites and its picture.
    fn from(info: Info) -> Self {
        let owner = info.owner.unwrap_or_default();
        let dates = info.dates.unwrap_or_default();
        let tags: Vec<String> = info.tags.unwrap_or_default().tag.into_iter().filter_map(|tag| tag.content).collect();
        Self {
            id: info.id,
            owner: owner.nsid,
            ownername: owner.username,
            pathalias: owner.path_alias,
            title: info.title,
            description: info.description,
            ispublic: info.visibility.and_then(|visibility| visibility.ispublic),
            dateupload: dates.posted,
            datetaken: dates.taken,
            lastupdate: dates.lastupdate,
            license: info.license,
            tags: (!tags.is_empty()).then(|| tags.join(" ")),
            views: info.views,
            count_comments: info.comments.and_then(|count| count.trim().parse().ok()),
            media: info.media,
            ..Self::default()
        }
    }
}

/// The comments of a photo; the list is absent where there are none.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Comments {
    /// Oldest first.
    #[serde(default, deserialize_with = "lenient::list")]
    pub comment: Vec<Comment>,
}

/// A comment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// `{author}-{photo}-{comment}`.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Number of who wrote it.
    #[serde(deserialize_with = "lenient::text")]
    pub author: Option<String>,
    /// Whether that account is gone.
    #[serde(deserialize_with = "lenient::flag")]
    pub author_is_deleted: Option<bool>,
    /// Name the account shows.
    #[serde(deserialize_with = "lenient::text")]
    pub authorname: Option<String>,
    /// Name of the person, where told.
    #[serde(deserialize_with = "lenient::text")]
    pub realname: Option<String>,
    /// Name of the account in addresses.
    #[serde(deserialize_with = "lenient::text")]
    pub path_alias: Option<String>,
    /// Seconds since 1970.
    #[serde(deserialize_with = "lenient::number")]
    pub datecreate: Option<i64>,
    /// Where people read it.
    #[serde(deserialize_with = "lenient::text")]
    pub permalink: Option<String>,
    /// HTML.
    #[serde(rename = "_content", deserialize_with = "lenient::text")]
    pub content: Option<String>,
}

/// Reads the part `name` of an answer.
///
/// # Errors
/// As [`failure()`] says; class `unexpected-answer` where there is no such part.
pub fn read<T: DeserializeOwned>(answer: &http::Response, name: &str) -> Result<T, Failure> {
    if let Some(failure) = failure(answer) {
        return Err(failure);
    }
    let unwrapped = without_callback(answer);
    let mut value: Value =
        if unwrapped.body.trim_ascii_start().starts_with(b"<") { in_xml(&unwrapped)? } else { unwrapped.json()? };
    let part = value.get_mut(name).map(Value::take).filter(Value::is_object);
    let part = part.ok_or_else(|| unwrapped.unexpected(&format!("has no `{name}`")))?;
    serde_path_to_error::deserialize(part).map_err(|error| {
        unwrapped.unexpected(&format!("has another shape than documented: `{name}.{}`: {}", error.path(), error.inner()))
    })
}

/// An answer in XML; one that breaks off is whole the next time.
fn in_xml(answer: &http::Response) -> Result<Value, Failure> {
    let document = String::from_utf8_lossy(&answer.body);
    match xml::value(&document) {
        Some(value) => Ok(value),
        None if document.contains("<rsp") => {
            let place = answer.url.split(['?', '#']).next().unwrap_or_default();
            Err(Failure::transient(format!("the answer of {place} breaks off")))
        }
        None => answer.json(),
    }
}

/// The answer without the call around it, which comes where `nojsoncallback` was not heard.
fn without_callback(answer: &http::Response) -> http::Response {
    let mut answer = answer.clone();
    let body = answer.body.trim_ascii();
    if let Some(inside) = body.strip_prefix(b"jsonFlickrApi(") {
        let inside = inside.strip_suffix(b";").unwrap_or(inside);
        answer.body = inside.strip_suffix(b")").unwrap_or(inside).to_vec();
    }
    answer
}

/// A text, or one in an object of its own.
fn content<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(as_text(&value).or_else(|| as_text(&value["_content"])))
}

fn degrees<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|degrees: &f64| degrees.is_finite()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_types_are_read_and_odd_ones_absent() {
        let found: Found = serde_json::from_str(
            r#"{"pages":"3","total":98,"photo":[{"id":7,"title":"T","description":{"_content":"D"},"latitude":"48.85","longitude":2,"views":"0","ispublic":1,"pathalias":null},
                {"id":"8","title":{"_content":"in an object"},"description":[],"latitude":"x","views":"many"},9]}"#,
        )
        .expect("a page");
        let [first, second] = found.photo.as_slice() else { panic!("two photos") };
        assert_eq!(
            (first.id.as_deref(), first.description.as_deref(), first.views, found.pages),
            (Some("7"), Some("D"), Some(0), Some(3))
        );
        assert_eq!((first.latitude, first.longitude, first.ispublic), (Some(48.85), Some(2.0), Some(true)));
        assert_eq!(
            (second.title.as_deref(), &second.description, second.latitude, second.views),
            (Some("in an object"), &None, None, None)
        );
    }

    #[test]
    fn no_comments_are_no_list() {
        let comments: Comments = serde_json::from_str(r#"{"photo_id":"1"}"#).expect("an empty list");
        assert!(comments.comment.is_empty());
    }
}
