//! What a server answers. Pure.
//!
//! Servers run versions of many years and other programs that speak the same interface (Pleroma, GoToSocial, …), so a field that is
//! absent, null or of an unexpected type counts as absent. Ids are texts, and numbers only by accident.

use serde::Deserialize;
use vigie_plugin::lenient;

/// A timeline, newest first.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Timeline {
    /// Its statuses.
    #[serde(deserialize_with = "lenient::list")]
    pub statuses: Vec<Status>,
}

/// `/api/v2/search`
#[derive(Debug, Clone, Deserialize)]
pub struct Found {
    /// Statuses, newest first.
    #[serde(deserialize_with = "lenient::list")]
    pub statuses: Vec<Status>,
}

/// `/api/v1/statuses/{id}/context`
#[derive(Debug, Clone, Deserialize)]
pub struct Thread {
    /// What the status answers, the oldest first.
    #[serde(deserialize_with = "lenient::list")]
    pub ancestors: Vec<Status>,
    /// What answers it, directly or not.
    #[serde(deserialize_with = "lenient::list")]
    pub descendants: Vec<Status>,
}

/// A status.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Id on this server alone.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The same on every server.
    #[serde(deserialize_with = "lenient::text")]
    pub uri: Option<String>,
    /// Its page for people.
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// RFC 3339.
    #[serde(deserialize_with = "lenient::text")]
    pub created_at: Option<String>,
    /// RFC 3339; absent until it was edited.
    #[serde(deserialize_with = "lenient::text")]
    pub edited_at: Option<String>,
    /// Id on this server of the status it answers.
    #[serde(deserialize_with = "lenient::text")]
    pub in_reply_to_id: Option<String>,
    /// Id on this server of the account it answers.
    #[serde(deserialize_with = "lenient::text")]
    pub in_reply_to_account_id: Option<String>,
    /// Whether its media should not be shown at once.
    #[serde(deserialize_with = "lenient::flag")]
    pub sensitive: Option<bool>,
    /// Content warning, plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub spoiler_text: Option<String>,
    /// `public`, `unlisted`, `private` or `direct`.
    #[serde(deserialize_with = "lenient::text")]
    pub visibility: Option<String>,
    /// What its author says the language is.
    #[serde(deserialize_with = "lenient::text")]
    pub language: Option<String>,
    /// HTML.
    #[serde(deserialize_with = "lenient::text")]
    pub content: Option<String>,
    /// As this server knows it.
    #[serde(deserialize_with = "lenient::count")]
    pub replies_count: Option<u64>,
    /// As this server knows it.
    #[serde(deserialize_with = "lenient::count")]
    pub reblogs_count: Option<u64>,
    /// As this server knows it.
    #[serde(deserialize_with = "lenient::count")]
    pub favourites_count: Option<u64>,
    /// As this server knows it; since 4.5.
    #[serde(deserialize_with = "lenient::count")]
    pub quotes_count: Option<u64>,
    /// Who wrote or boosted it.
    #[serde(deserialize_with = "lenient::part")]
    pub account: Option<Account>,
    /// What it boosts.
    #[serde(deserialize_with = "lenient::part")]
    pub reblog: Option<Box<Status>>,
    /// What it quotes; since 4.5.
    #[serde(deserialize_with = "lenient::part")]
    pub quote: Option<Quote>,
    /// Pictures, films, sounds.
    #[serde(deserialize_with = "lenient::some")]
    pub media_attachments: Vec<Attachment>,
    /// A vote.
    #[serde(deserialize_with = "lenient::part")]
    pub poll: Option<Vote>,
    /// Preview of a page it links to.
    #[serde(deserialize_with = "lenient::part")]
    pub card: Option<Card>,
    /// Whether it is pinned to its author's profile.
    #[serde(deserialize_with = "lenient::flag")]
    pub pinned: Option<bool>,
}

/// An account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Id on this server alone.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// `name` of this server, `name@host` of others.
    #[serde(deserialize_with = "lenient::text")]
    pub acct: Option<String>,
    /// Name shown.
    #[serde(deserialize_with = "lenient::text")]
    pub display_name: Option<String>,
    /// Its page, the same on every server.
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// Accounts that follow it.
    #[serde(deserialize_with = "lenient::count")]
    pub followers_count: Option<u64>,
    /// Whether it says it is run by a program.
    #[serde(deserialize_with = "lenient::flag")]
    pub bot: Option<bool>,
    /// Whether it opts out of search engines.
    #[serde(deserialize_with = "lenient::flag")]
    pub noindex: Option<bool>,
}

/// A quote of another status.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Quote {
    /// `accepted`, or why it is not shown.
    #[serde(deserialize_with = "lenient::text")]
    pub state: Option<String>,
    /// What is quoted; absent where it is not shown, or deep inside other quotes.
    #[serde(deserialize_with = "lenient::part")]
    pub quoted_status: Option<Box<Status>>,
}

/// A medium.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Attachment {
    /// `image`, `gifv`, `video`, `audio` or `unknown`.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// On this server.
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// On the server it comes from.
    #[serde(deserialize_with = "lenient::text")]
    pub remote_url: Option<String>,
    /// What its author says it shows.
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
}

/// A vote.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Vote {
    /// What one can vote for.
    #[serde(deserialize_with = "lenient::some")]
    pub options: Vec<Choice>,
}

/// What one can vote for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
}

/// Preview of a page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Card {
    /// Address of the page.
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// Its title, plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
}

/// The value of a parameter of an address whose values need no escapes, as ids do not.
#[must_use]
pub fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1.split('#').next()?;
    let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?;
    (!pair.1.is_empty()).then(|| pair.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_cost_themselves_alone_and_odd_statuses_too() {
        let text = r#"[{"id":109,"uri":"u","reblog":{"id":"1","reblog":null},"sensitive":null,"replies_count":"3","media_attachments":null,
            "quote":[],"poll":{"options":[{"title":"a"},7]}},3,null,{"id":{}}]"#;
        let timeline: Timeline = serde_json::from_str(text).expect("a timeline");
        assert_eq!(timeline.statuses.len(), 2);
        let status = &timeline.statuses[0];
        assert_eq!((status.id.as_deref(), status.replies_count, status.quote.is_none()), (Some("109"), Some(3), true));
        assert_eq!(status.poll.as_ref().map(|poll| poll.options.len()), Some(1));
    }

    #[test]
    fn another_shape_is_refused() {
        assert!(serde_json::from_str::<Timeline>(r#"{"error":"x"}"#).is_err());
        assert!(serde_json::from_str::<Found>(r#"{"accounts":[]}"#).is_err());
        assert!(serde_json::from_str::<Thread>("[]").is_err());
    }

    #[test]
    fn parameters_of_links_are_found() {
        let url = "https://a.example/x?exclude=FALSE&max_id=1093&limit=20#f";
        assert_eq!(parameter(url, "max_id").as_deref(), Some("1093"));
        assert_eq!((parameter(url, "min_id"), parameter("https://a.example", "x")), (None, None));
    }
}
