//! Columns of a table, and fields of an object, as fields of a mention.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};
use vigie_mention::delivery::RawMention;
use vigie_mention::{Attribute, Author, MentionKind, Rating, Value as Known};

use super::{blank, when};

/// What a column can become, and how columns of that meaning are usually called. Names are compared without case, spaces and marks.
/// `.` goes into an object.
pub(crate) const FIELDS: [(&str, &[&str]); 25] = [
    ("id", &["id", "id_str", "resourceid", "guid", "uri", "postid", "tweetid", "messageid", "externalid"]),
    ("kind", &["kind", "pagetype", "contenttype", "sourcetype", "mediatype", "posttype", "type"]),
    ("url", &["url", "link", "permalink", "mentionurl", "originalurl", "posturl"]),
    ("title", &["title", "subject", "headline", "titlesnippet"]),
    (
        "text",
        &[
            "fulltext",
            "text",
            "body",
            "content",
            "message",
            "contentsnippet",
            "snippet",
            "hitsentence",
            "caption",
            "comment",
            "review",
        ],
    ),
    ("language", &["language", "lang", "languagecode"]),
    ("author_id", &["authorid", "userid", "twitterauthorid", "xauthorid", "author.id", "user.id_str", "accountid"]),
    (
        "author_handle",
        &["authorhandle", "handle", "username", "screenname", "author.handle", "author.username", "user.screen_name"],
    ),
    (
        "author_name",
        &["fullname", "authorname", "author.name", "extraauthorattributesname", "user.name", "displayname", "author"],
    ),
    ("author_url", &["authorurl", "extraauthorattributesurl", "profileurl", "author.url"]),
    (
        "author_followers",
        &["followers", "xfollowers", "twitterfollowers", "authorfollowers", "author.followers", "followercount"],
    ),
    ("published", &["published", "date", "createdat", "timestamp", "publishedat", "time", "datetime", "created"]),
    ("edited", &["edited", "updatedat", "editedat", "modified"]),
    ("parent", &["parent", "parentid", "replyto", "inreplyto", "inreplytostatusid", "xreplyto"]),
    ("thread", &["thread", "threadid", "conversationid"]),
    ("original", &["original", "originalid", "retweetof", "repostof", "xrepostof"]),
    (
        "likes",
        &["likes", "likecount", "xlikes", "facebooklikes", "instagramlikes", "favoritecount", "reactions", "engagement.likes"],
    ),
    (
        "comments",
        &[
            "comments",
            "commentcount",
            "replycount",
            "xreplycount",
            "replies",
            "facebookcomments",
            "instagramcomments",
            "engagement.comments",
        ],
    ),
    ("shares", &["shares", "sharecount", "retweetcount", "xreposts", "twitterretweets", "facebookshares", "engagement.shares"]),
    ("views", &["views", "viewcount", "impressioncount", "engagement.views"]),
    ("rating", &["rating", "stars", "score5", "reviewrating"]),
    ("rating_worst", &["ratingworst", "worstrating"]),
    ("rating_best", &["ratingbest", "bestrating"]),
    ("country", &["countrycode", "country"]),
    ("site", &["domain", "site", "domainurl", "sourcename", "outlet"]),
];

/// Which column each field is read from, where the operator says so.
pub(crate) type Mapping = BTreeMap<String, String>;

/// Reads `field=column`.
///
/// # Errors
/// The cure, in words.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let (field, column) = text.split_once('=').ok_or_else(|| format!("`{text}`: write field=column"))?;
    let field = field.trim();
    if !FIELDS.iter().any(|(name, _)| *name == field) {
        let known: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
        return Err(crate::config::suggest(field, "Fields of a mention", known));
    }
    Ok((field.to_owned(), column.trim().to_owned()))
}

/// One row whose columns are looked up by meaning.
pub(crate) struct Columns<'a> {
    row: &'a Value,
    mapping: &'a Mapping,
    /// Folded names of the row's own fields.
    names: BTreeMap<String, &'a Value>,
}

impl<'a> Columns<'a> {
    /// Looks at a row.
    pub(crate) fn of(row: &'a Value, mapping: &'a Mapping) -> Self {
        let fields = row.as_object().into_iter().flatten();
        // The first of two columns of one name, as spreadsheets show it.
        let mut names = BTreeMap::new();
        for (name, value) in fields {
            names.entry(folded(name)).or_insert(value);
        }
        Self { row, mapping, names }
    }

    fn get(&self, field: &str) -> Option<&'a Value> {
        if let Some(column) = self.mapping.get(field) {
            return self.at(column);
        }
        let (_, usual) = FIELDS.iter().find(|(name, _)| *name == field)?;
        usual.iter().find_map(|column| self.at(column))
    }

    /// A column by its name, or a place inside of one.
    fn at(&self, column: &str) -> Option<&'a Value> {
        let direct = self.row.get(column).or_else(|| self.names.get(&folded(column)).copied());
        let inside = || {
            let pointer = format!("/{}", column.replace('.', "/"));
            self.row.pointer(&pointer).filter(|_| column.contains('.'))
        };
        direct.or_else(inside).filter(|value| !is_empty(value))
    }

    /// A field as text.
    fn text(&self, field: &str) -> Option<String> {
        match self.get(field)? {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A field as a count: `1,204` and `3.0` are counts, too.
    fn count(&self, field: &str) -> Option<u64> {
        count(self.get(field)?)
    }

    /// The mention of the row.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn mention(&self) -> Result<RawMention, String> {
        let text = self.text("text").unwrap_or_default();
        let title = self.text("title");
        let rating = self.rating()?;
        if text.is_empty() && title.is_none() && rating.is_none() {
            return Err("it has neither text, title nor rating (--map text=COLUMN names the column)".to_owned());
        }
        let url = self.text("url");
        let published = self.get("published").map(|value| {
            when::moment(value).ok_or_else(|| format!("its date {value} is none that could be read without guessing"))
        });
        let published = published.transpose()?;
        let author = self.author();
        let id = self.text("id").or_else(|| url.clone()).unwrap_or_else(|| {
            let who = author.as_ref().map_or("", |author| author.id.as_str());
            let at = published.map_or(0, |moment| moment.at.as_millis());
            fingerprint(&format!("{who}\n{at}\n{}\n{text}", title.as_deref().unwrap_or_default()))
        });
        let unstated = if rating.is_some() { MentionKind::Review } else { MentionKind::Post };
        let mut mention = blank(id, self.text("kind").map_or(unstated, |kind| kind_of(&kind)));
        mention.text = text;
        // An export shows the beginning of a post without a title as its title.
        mention.title = title.filter(|title| !mention.text.starts_with(title.trim_end_matches(['…', '.'])));
        mention.url = url;
        mention.language = self.text("language");
        mention.author = author;
        mention.published = published;
        mention.edited = self.get("edited").and_then(when::moment);
        mention.parent = self.text("parent");
        mention.thread = self.text("thread");
        mention.original = self.text("original");
        mention.rating = rating;
        mention.country = self.text("country");
        let engagement = &mut mention.engagement;
        engagement.likes = self.count("likes");
        engagement.comments = self.count("comments");
        engagement.shares = self.count("shares");
        engagement.views = self.count("views");
        if let Some(site) = self.text("site") {
            mention.attributes.push(Attribute { key: "site".to_owned(), value: Known::Text(site) });
        }
        Ok(mention)
    }

    fn author(&self) -> Option<Author> {
        let (id, handle, name) = (self.text("author_id"), self.text("author_handle"), self.text("author_name"));
        let handle = handle.map(|handle| handle.trim_start_matches('@').to_owned());
        let known = id.or_else(|| handle.clone()).or_else(|| name.clone())?;
        Some(Author {
            id: known,
            handle,
            name,
            url: self.text("author_url"),
            followers: self.count("author_followers"),
            ..Author::default()
        })
    }

    fn rating(&self) -> Result<Option<Rating>, String> {
        let number = |field: &str| -> Option<f64> {
            match self.get(field)? {
                Value::Number(number) => number.as_f64(),
                Value::String(text) => text.trim().replace(',', ".").parse().ok(),
                _ => None,
            }
        };
        // Vigie's own form.
        if let Some(Value::Object(_)) = self.get("rating") {
            let rating = self.get("rating").cloned().unwrap_or_default();
            return serde_json::from_value(rating).map(Some).map_err(|error| format!("its rating cannot be read: {error}"));
        }
        let Some(value) = number("rating") else { return Ok(None) };
        let (worst, best) = (number("rating_worst").unwrap_or(1.0), number("rating_best").unwrap_or(5.0));
        if !(worst < best && (worst..=best).contains(&value)) {
            return Err(format!("its rating {value} does not lie between {worst} and {best} (--map rating_best=COLUMN)"));
        }
        Ok(Some(Rating { value, worst, best }))
    }
}

/// Whether a field says nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// A count as exports write it.
pub(crate) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => {
            number.as_u64().or_else(|| number.as_f64().filter(|count| *count >= 0.0).map(|count| count as u64))
        }
        Value::String(text) => {
            let plain: String = text.trim().chars().filter(|char| !matches!(char, ',' | ' ' | '\u{a0}' | '\u{202f}')).collect();
            plain.parse().ok().or_else(|| plain.strip_suffix(".0")?.parse().ok())
        }
        _ => None,
    }
}

/// What an export calls a kind of page or post.
fn kind_of(name: &str) -> MentionKind {
    let name = folded(name);
    if let Ok(kind) = name.parse() {
        return kind;
    }
    match name.as_str() {
        "retweet" | "repost" | "reblog" => MentionKind::Share,
        "quotetweet" | "quotepost" => MentionKind::Quote,
        "youtube" | "vimeo" | "tiktok" | "dailymotion" => MentionKind::Video,
        "image" | "instagramphoto" | "flickr" => MentionKind::Photo,
        name if name.contains("news") || name.contains("blog") || name.contains("press") || name.contains("magazine") => {
            MentionKind::Article
        }
        name if name.contains("review") => MentionKind::Review,
        name if name.contains("comment") => MentionKind::Comment,
        name if name.contains("reply") => MentionKind::Reply,
        _ => MentionKind::Post,
    }
}

/// A name as it is compared.
fn folded(name: &str) -> String {
    name.chars().filter(|char| char.is_alphanumeric() || *char == '.').flat_map(char::to_lowercase).collect()
}

/// An id for a row that has none: the same words of the same person at the same time are the same mention.
fn fingerprint(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    format!("row:{}", digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mention(row: &Value, mapping: &[(&str, &str)]) -> Result<RawMention, String> {
        let mapping = mapping.iter().map(|(field, column)| ((*field).to_owned(), (*column).to_owned())).collect();
        Columns::of(row, &mapping).mention()
    }

    #[test]
    fn columns_are_found_by_their_usual_names() {
        let row = json!({
            "Query Name": "acme", "Date": "2026-11-22 08:00:00.0", "Title": "Great ph…", "Full Text": "Great phone",
            "Url": "https://a.example/1", "Domain": "a.example", "Page Type": "news", "Language": "en", "Country Code": "GB",
            "Author": "ada", "Full Name": "ada (Ada L.)", "X Followers": "1,204", "X Reposts": "3.0", "Likes": "",
        });
        let read = mention(&row, &[]).expect("a mention");
        assert_eq!(
            (read.id.as_str(), read.kind, read.text.as_str(), read.title),
            ("https://a.example/1", MentionKind::Article, "Great phone", None)
        );
        let author = read.author.expect("an author");
        assert_eq!((author.id.as_str(), author.followers), ("ada (Ada L.)", Some(1_204)));
        assert_eq!((read.engagement.shares, read.engagement.likes, read.country.as_deref()), (Some(3), None, Some("GB")));
    }

    #[test]
    fn a_mapping_goes_before_the_usual_names_and_into_objects() {
        let row = json!({ "text": "no", "data": { "words": "yes" }, "stars": "4,5" });
        let read = mention(&row, &[("text", "data.words")]).expect("a mention");
        assert_eq!(read.text, "yes");
        assert_eq!(read.rating.map(|rating| rating.value), Some(4.5));
        assert_eq!(read.id, mention(&row, &[("text", "data.words")]).expect("again").id, "the same row has the same id");
        assert!(
            pair("text=Words").is_ok() && pair("texts=Words").is_err_and(|cure| cure.contains("`text`")) && pair("x").is_err()
        );
    }

    #[test]
    fn what_makes_a_row_useless_is_said() {
        for (row, word) in [
            (json!({ "id": "1" }), "neither text"),
            (json!({ "text": "x", "date": "03/04/2026" }), "date"),
            (json!({ "text": "x", "rating": 9 }), "rating"),
            (json!([1]), "neither text"),
        ] {
            assert!(mention(&row, &[]).is_err_and(|why| why.contains(word)), "{row}");
        }
    }

    #[test]
    fn a_mention_of_our_own_comes_back_as_it_was() {
        let row = json!({
            "source": "x", "id": "7", "kind": "review", "text": "t", "title": "T", "author": { "id": "1", "handle": "ada", "name": "Ada", "followers": 3 },
            "published": { "at": "2026-11-22T00:00:00Z", "precision": "day" }, "engagement": { "likes": 2 }, "rating": { "value": 2.0, "worst": 0.0, "best": 10.0 },
        });
        let read = mention(&row, &[]).expect("a mention");
        let author = read.author.expect("an author");
        assert_eq!(
            (author.id.as_str(), author.handle.as_deref(), author.name.as_deref(), author.followers),
            ("1", Some("ada"), Some("Ada"), Some(3))
        );
        assert_eq!(
            (read.engagement.likes, read.rating.map(|rating| rating.best), read.kind),
            (Some(2), Some(10.0), MentionKind::Review)
        );
        assert_eq!(read.published.map(|moment| moment.precision), Some(vigie_mention::Precision::Day));
    }
}
