//! Statuses as mentions, field by field. Pure.
//!
//! A mention's id is the status's `uri`, the same whichever server shows it. What a server says of other statuses (what is answered)
//! it says by its own ids, so relations are known where both statuses were in one answer.

use std::collections::HashMap;

use vigie_plugin::html::{Tag, after_end};
use vigie_plugin::{Author, Media, MediaKind, Mention, MentionKind, Value, time};

use crate::parse::{Account, Attachment, Status};

/// Statuses of one answer, by their ids on this server.
#[derive(Debug, Default)]
pub struct Known {
    /// Uri, and id of what it answers: empty where it answers something that is not there any more.
    places: HashMap<String, (String, Option<String>)>,
}

impl Known {
    /// What these statuses say of themselves, and what they boost and quote.
    #[must_use]
    pub fn of<'a>(statuses: impl IntoIterator<Item = &'a Status>) -> Self {
        let mut known = Self::default();
        for status in statuses {
            let quoted = status.quote.as_ref().and_then(|quote| quote.quoted_status.as_deref());
            for status in [Some(status), status.reblog.as_deref(), quoted].into_iter().flatten() {
                if let (Some(id), Some(uri)) = (&status.id, &status.uri) {
                    let answers = status.in_reply_to_id.clone().or_else(|| is_orphan(status).then(String::new));
                    known.places.insert(id.clone(), (uri.clone(), answers));
                }
            }
        }
        known
    }

    /// The id on this server of the conversation's first status, as far as it is known; and whether that is really the first.
    #[must_use]
    pub fn root<'a>(&'a self, id: &'a str) -> (&'a str, bool) {
        let mut at = id;
        for _ in 0..=self.places.len() {
            match self.places.get(at) {
                Some((_, Some(parent))) => at = parent,
                Some((_, None)) => return (at, true),
                None => return (at, false),
            }
        }
        // A circle, which no server should make.
        (at, false)
    }

    fn uri(&self, id: &str) -> Option<&str> {
        self.places.get(id).map(|(uri, _)| uri.as_str())
    }
}

/// A server forgets the id of what was answered when that is removed, and not who was answered.
fn is_orphan(status: &Status) -> bool {
    status.in_reply_to_id.is_none() && status.in_reply_to_account_id.is_some()
}

/// Whether everybody may read it. Some programs leave the field out.
#[must_use]
pub fn is_public(status: &Status) -> bool {
    status.visibility.as_deref().is_none_or(|visibility| matches!(visibility, "public" | "unlisted"))
}

/// A status as a mention, or a boost as two: the boost, and what it boosts. Nothing for what is not for everybody, and for what
/// cannot be told from others.
#[must_use]
pub fn mentions(status: &Status, known: &Known, skip_noindex: bool) -> Vec<Mention> {
    let hidden = |status: &Status| {
        !is_public(status) || (skip_noindex && status.account.as_ref().and_then(|account| account.noindex) == Some(true))
    };
    if hidden(status) {
        return Vec::new();
    }
    match status.reblog.as_deref() {
        None => own(status, known).into_iter().collect(),
        Some(original) if hidden(original) => Vec::new(),
        Some(original) => [boost(status, original), own(original, known)].into_iter().flatten().collect(),
    }
}

/// A boost has no words and counters of its own: it passes on the other's words, and counts nothing.
fn boost(status: &Status, original: &Status) -> Option<Mention> {
    let (id, boosted) = (status.uri.as_ref()?, original.uri.as_ref()?);
    Some(
        Mention::new(id, MentionKind::Share)
            .url(status.url.as_ref().unwrap_or(id))
            .html(text(original))
            .language(original.language.as_ref())
            .author(status.account.as_ref().and_then(author))
            .published(moment(status.created_at.as_ref()))
            .original(boosted),
    )
}

fn own(status: &Status, known: &Known) -> Option<Mention> {
    let id = status.uri.as_ref()?;
    let quoted = status.quote.as_ref().and_then(|quote| quote.quoted_status.as_deref()?.uri.as_ref());
    let kind = match &status.quote {
        _ if status.in_reply_to_id.is_some() || is_orphan(status) => MentionKind::Reply,
        Some(_) => MentionKind::Quote,
        None => MentionKind::Post,
    };
    let parent = status.in_reply_to_id.as_deref();
    let parent_uri = parent.and_then(|parent| known.uri(parent).map(str::to_owned).or_else(|| own_thread(status, parent)));
    let thread = match parent {
        None => (!is_orphan(status)).then(|| id.clone()),
        Some(parent) => match known.root(parent) {
            (root, true) => known.uri(root).map(str::to_owned),
            (_, false) => None,
        },
    };
    let shares = match (status.reblogs_count, status.quotes_count) {
        (None, None) => None,
        (boosts, quotes) => Some(boosts.unwrap_or(0).saturating_add(quotes.unwrap_or(0))),
    };
    let mut mention = Mention::new(id, kind)
        .url(status.url.as_ref().unwrap_or(id))
        .html(text(status))
        .language(status.language.as_ref())
        .author(status.account.as_ref().and_then(author))
        .published(moment(status.created_at.as_ref()))
        .edited(moment(status.edited_at.as_ref()))
        .parent(parent_uri)
        .thread(thread)
        .original(quoted)
        .likes(status.favourites_count.and_then(|count| i64::try_from(count).ok()))
        .comments(status.replies_count)
        .shares(shares)
        .media(status.media_attachments.iter().filter_map(medium));
    if let Some(card) = &status.card {
        mention = mention.link(card.url.as_ref());
        mention = with_text(mention, "card-title", card.title.as_ref());
    }
    mention = with_text(mention, "content-warning", status.spoiler_text.as_ref());
    mention = with_text(mention, "visibility", status.visibility.as_ref());
    mention = with_text(mention, "quote-state", status.quote.as_ref().and_then(|quote| quote.state.as_ref()));
    let flags = [
        ("sensitive", status.sensitive),
        ("bot", status.account.as_ref().and_then(|account| account.bot)),
        ("noindex", status.account.as_ref().and_then(|account| account.noindex)),
    ];
    for (key, flag) in flags {
        if flag == Some(true) {
            mention = mention.attribute(key, Value::Flag(true));
        }
    }
    Some(mention)
}

fn with_text(mention: Mention, key: &str, text: Option<&String>) -> Mention {
    match text {
        Some(text) => mention.attribute(key, Value::Text(text.clone())),
        None => mention,
    }
}

/// What a status answers, where its author goes on with a thread of his own on this very server: there a uri ends in the id.
fn own_thread(status: &Status, parent: &str) -> Option<String> {
    let own = status.account.as_ref()?.id.as_ref()?;
    if status.in_reply_to_account_id.as_ref()? != own || !parent.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let front = status.uri.as_ref()?.strip_suffix(status.id.as_ref()?)?;
    front.ends_with("/statuses/").then(|| format!("{front}{parent}"))
}

/// Content warning, words, and what one can vote for: all of it was written by the author.
fn text(status: &Status) -> String {
    let mut html = String::new();
    if let Some(warning) = &status.spoiler_text {
        html.push_str(&format!("<p>{}</p>", escape(warning)));
    }
    let content = status.content.as_deref().unwrap_or_default();
    if status.quote.is_some() {
        without_reference(content, &mut html)
    } else {
        html.push_str(content)
    }
    let choices: Vec<String> = status
        .poll
        .iter()
        .flat_map(|poll| &poll.options)
        .filter_map(|choice| Some(format!("<li>{}</li>", escape(choice.title.as_ref()?))))
        .collect();
    if !choices.is_empty() {
        html.push_str(&format!("<ul>{}</ul>", choices.concat()));
    }
    html
}

/// Drops the paragraph with the quoted status's address that servers add for those who cannot show quotes.
fn without_reference(content: &str, html: &mut String) {
    let mut rest = content;
    while let Some(at) = rest.find('<') {
        html.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = match Tag::read(rest) {
            Some(tag) if !tag.is_end && tag.has_class(&tag.name, "quote-inline") => after_end(&rest[tag.text.len()..], &tag.name),
            Some(tag) => {
                html.push_str(tag.text);
                &rest[tag.text.len()..]
            }
            None => {
                html.push('<');
                &rest[1..]
            }
        };
    }
    html.push_str(rest);
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The account's page is the same on every server; its number is not.
fn author(account: &Account) -> Option<Author> {
    let acct = account.acct.as_deref()?;
    let host = account.url.as_deref().and_then(|url| url.split('/').nth(2));
    let handle = match (acct.contains('@'), host) {
        (false, Some(host)) => format!("{acct}@{host}"),
        _ => acct.to_owned(),
    };
    let id = account.url.clone().unwrap_or_else(|| handle.clone());
    Some(
        Author::new(id)
            .handle(handle)
            .name(account.display_name.as_ref())
            .url(account.url.as_ref())
            .followers(account.followers_count),
    )
}

fn medium(attachment: &Attachment) -> Option<Media> {
    let kind = match attachment.kind.as_deref() {
        Some("image") => MediaKind::Image,
        Some("video" | "gifv") => MediaKind::Video,
        Some("audio") => MediaKind::Audio,
        _ => MediaKind::Other,
    };
    let url = attachment.url.as_ref().or(attachment.remote_url.as_ref())?;
    Some(Media::new(kind, url).description(attachment.description.as_ref()))
}

/// An instant as servers state it.
#[must_use]
pub fn moment(text: Option<&String>) -> Option<vigie_plugin::Moment> {
    time::rfc3339(text?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(text: &str) -> Status {
        serde_json::from_str(text).expect("a status")
    }

    #[test]
    fn the_reference_of_a_quote_is_not_its_text() {
        let mut html = String::new();
        without_reference(
            r#"<p class="quote-inline">RE: <a href="https://a.example/1">x</a></p><p>1 < 2 <b>so</b></p>"#,
            &mut html,
        );
        assert_eq!(html, "<p>1 < 2 <b>so</b></p>");
    }

    #[test]
    fn circles_end() {
        let circle =
            [status(r#"{"id":"1","uri":"a","in_reply_to_id":"2"}"#), status(r#"{"id":"2","uri":"b","in_reply_to_id":"1"}"#)];
        assert!(!Known::of(&circle).root("1").1);
        assert_eq!(mentions(&circle[0], &Known::of(&circle), false)[0].thread, None);
    }

    #[test]
    fn an_answer_to_what_was_removed_stays_an_answer() {
        let all = [
            status(r#"{"id":"1","uri":"a","in_reply_to_id":null,"in_reply_to_account_id":"9"}"#),
            status(r#"{"id":"2","uri":"b","in_reply_to_id":"1","in_reply_to_account_id":"9"}"#),
        ];
        let known = Known::of(&all);
        let [orphan, answer] = [0, 1].map(|at| mentions(&all[at], &known, false).remove(0));
        assert_eq!((orphan.kind, orphan.parent, orphan.thread), (MentionKind::Reply, None, None));
        assert_eq!((answer.kind, answer.parent.as_deref(), answer.thread), (MentionKind::Reply, Some("a"), None));
    }

    #[test]
    fn only_a_thread_of_ones_own_on_this_server_is_guessed() {
        let parent = |text: &str| mentions(&status(text), &Known::default(), false)[0].parent.clone();
        let own = r#"{"id":"20","uri":"https://s.example/users/ada/statuses/20","in_reply_to_id":"19","in_reply_to_account_id":"5","account":{"id":"5"}}"#;
        assert_eq!(parent(own).as_deref(), Some("https://s.example/users/ada/statuses/19"));
        assert_eq!(parent(&own.replace(r#"account_id":"5""#, r#"account_id":"6""#)), None);
        assert_eq!(parent(&own.replace("statuses/20", "statuses/9920")), None, "an id of another server");
        assert_eq!(parent(&own.replace("\"19\"", "\"x/../1\"")), None);
    }
}
