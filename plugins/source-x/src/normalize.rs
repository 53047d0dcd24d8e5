//! Posts as mentions, field by field. Pure.

use vigie_plugin::{Author, Media, Mention, MentionKind, Moment, Value, http};

use crate::parse::{Post, User, instant_of};

/// A post as a mention.
#[must_use]
pub fn post(post: &Post) -> Mention {
    let id = post.first();
    let kind = if post.is_share() {
        MentionKind::Share
    } else if post.replied_to.is_some() {
        MentionKind::Reply
    } else if post.quoted.is_some() {
        MentionKind::Quote
    } else {
        MentionKind::Post
    };
    // What is passed on is cut in the passing and whole beside it.
    let words = post.original.as_deref().unwrap_or(post);
    let mut mention = Mention::new(id, kind)
        .url(address(post))
        .title(words.title.as_ref())
        .text(text(words))
        .language(language(post.lang.as_deref()))
        .author(post.author.as_ref().and_then(author))
        .published(published(post))
        .edited(edited(post))
        .parent(post.replied_to.as_ref())
        .thread(post.conversation.as_ref())
        .original(post.retweeted.as_ref().or(post.quoted.as_ref()))
        .likes(post.likes.map(|count| i64::try_from(count).unwrap_or(i64::MAX)))
        .comments(post.replies)
        .shares(shares(post))
        .views(post.views)
        .country(post.country.as_ref().filter(|code| code.len() == 2).map(|code| code.to_ascii_uppercase()))
        .media(words.media.iter().filter_map(medium));
    let numbers = [("quotes", post.quotes), ("bookmarks", post.bookmarks)];
    for (key, count) in numbers {
        if let Some(count) = count {
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            let value = Value::Number(count as f64);
            mention = mention.attribute(key, value);
        }
    }
    let withheld = (!post.withheld.is_empty()).then(|| post.withheld.join(", "));
    let texts = [("place", post.place.clone()), ("community", post.community.clone()), ("withheld-in", withheld)];
    for (key, text) in texts {
        if let Some(text) = text {
            mention = mention.attribute(key, Value::Text(text));
        }
    }
    if post.id != id {
        mention = mention.attribute("version-id", Value::Text(post.id.clone()));
    }
    if post.sensitive == Some(true) {
        mention = mention.attribute("sensitive", Value::Flag(true));
    }
    mention
}

/// The count of a post that is passed on belongs to that post.
fn shares(post: &Post) -> Option<u64> {
    if post.is_share() {
        return None;
    }
    match (post.retweets, post.quotes) {
        (None, None) => None,
        (retweets, quotes) => Some(retweets.unwrap_or(0).saturating_add(quotes.unwrap_or(0))),
    }
}

fn published(post: &Post) -> Option<Moment> {
    let first = || instant_of(post.first()).map(Moment::second);
    // Each edit is a post of its own, with its own date.
    if post.first() == post.id { post.created.or_else(first) } else { first().or(post.created) }
}

fn edited(post: &Post) -> Option<Moment> {
    (post.first() != post.id).then(|| post.created.or_else(|| instant_of(&post.id).map(Moment::second))).flatten()
}

fn address(post: &Post) -> String {
    match post.author.as_ref().and_then(|author| author.username.as_deref()) {
        Some(name) => format!("https://x.com/{}/status/{}", http::escape(name), post.id),
        None => format!("https://x.com/i/web/status/{}", post.id),
    }
}

fn author(user: &User) -> Option<Author> {
    let id = user.id.as_ref().or(user.username.as_ref())?;
    let author = Author::new(id)
        .handle(user.username.as_ref())
        .name(user.name.as_ref())
        .bio(user.description.as_deref().map(unescaped))
        .location(user.location.as_ref())
        .followers(user.followers)
        .verified(user.verified);
    Some(match &user.username {
        Some(name) => author.url(format!("https://x.com/{}", http::escape(name))),
        None => author,
    })
}

fn medium(medium: &crate::parse::Medium) -> Option<Media> {
    Some(Media::new(medium.kind, http::web("https://x.com/", &medium.url)?).description(medium.alt.as_ref()))
}

/// X's code as everybody writes it; nothing where X could not tell or means no language.
fn language(code: Option<&str>) -> Option<String> {
    let code = code?.trim();
    match code {
        "und" | "zxx" | "art" => None,
        "in" => Some("id".to_owned()),
        "iw" => Some("he".to_owned()),
        "ji" => Some("yi".to_owned()),
        // `qme`, `qht`, …: posts of pictures, hashtags and the like alone.
        _ if code.len() == 3 && code.starts_with('q') => None,
        _ => Some(code.to_owned()),
    }
}

/// The text as people read it: three characters unescaped once, short links replaced by what they stand for.
fn text(post: &Post) -> String {
    let text = unescaped(&post.text);
    if post.urls.is_empty() {
        return text;
    }
    // Of two links one may begin like the other.
    let mut urls: Vec<&(String, String)> = post.urls.iter().filter(|(short, _)| short.starts_with("http")).collect();
    urls.sort_by_key(|(short, _)| std::cmp::Reverse(short.len()));
    let mut whole = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("http") {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        match urls.iter().find(|(short, _)| rest.starts_with(short.as_str())) {
            Some((short, long)) => {
                whole.push_str(long);
                rest = &rest[short.len()..];
            }
            None => {
                whole.push_str("http");
                rest = &rest["http".len()..];
            }
        }
    }
    whole.push_str(rest);
    whole
}

/// X escapes these three and nothing else. The ampersand comes last, or `&amp;lt;` would be unescaped twice.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, urls: &[(&str, &str)]) -> String {
        let urls = urls.iter().map(|(short, long)| ((*short).to_owned(), (*long).to_owned())).collect();
        super::text(&Post { text: text.to_owned(), urls, ..Post::default() })
    }

    #[test]
    fn texts_are_unescaped_once_and_links_spelled_out() {
        assert_eq!(words("a &lt; b &amp;amp; c &#39;", &[]), "a < b &amp; c &#39;");
        let urls = [("https://t.co/a", "https://acme.example/?x=1&y=2"), ("https://t.co/ab", "https://b.example/")];
        assert_eq!(
            words("é https://t.co/ab, https://t.co/a http", &urls),
            "é https://b.example/, https://acme.example/?x=1&y=2 http"
        );
    }

    #[test]
    fn codes_of_languages() {
        let codes = ["en", "in", "iw", "zh-CN", "und", "zxx", "qme", "qu"].map(|code| language(Some(code)));
        let told: Vec<Option<&str>> = codes.iter().map(Option::as_deref).collect();
        assert_eq!(told, [Some("en"), Some("id"), Some("he"), Some("zh-CN"), None, None, None, Some("qu")]);
    }

    #[test]
    fn an_edited_post_keeps_its_first_number_and_date() {
        let versions = ["1578516068309794817", "1578516999999999999"].map(str::to_owned).to_vec();
        let edited =
            Post { id: versions[1].clone(), versions, created: Some(Moment::second(1_665_182_800_000)), ..Post::default() };
        let mention = post(&edited);
        assert_eq!(mention.id, "1578516068309794817");
        assert_eq!(mention.published.map(|moment| moment.at), instant_of("1578516068309794817"));
        assert_eq!(mention.edited, Some(Moment::second(1_665_182_800_000)));
        assert!(mention.url.is_some_and(|url| url.ends_with("/1578516999999999999")));
    }
}
