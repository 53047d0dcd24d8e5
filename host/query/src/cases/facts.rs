//! Questions about facts.

use vigie_mention::{Author, Engagement, Mention, MentionKind, Moment, Precision, Rating};

use super::query;
use crate::MatchText;
use crate::testing::{body, post};

pub(super) fn rich() -> Mention {
    let mut mention = post("What a phone? @acme #Tested");
    mention.kind = MentionKind::Review;
    mention.url = Some("https://www.shop.example:8443/News/phones?p=promo-1".into());
    mention.language = Some("fr-CA".into());
    mention.author = Some(Author {
        id: "u1".into(),
        handle: Some("@Jane_Doe".into()),
        name: Some("Jane Élodie Doe".into()),
        followers: Some(1_500),
        ..Author::default()
    });
    mention.published = Some(Moment { at: "2026-01-31T23:30:00Z".parse().expect("a date"), precision: Precision::Second });
    mention.collected_at = "2026-02-02T00:00:00Z".parse().expect("a date");
    mention.engagement = Engagement { likes: Some(10), comments: Some(5), ..Engagement::default() };
    mention.rating = Some(Rating { value: 4.0, worst: 1.0, best: 5.0 });
    mention.country = Some("FR".into());
    mention.links = vec!["https://blog.example/a".into()];
    mention.hashtags = vec!["Tested".into(), "hidden".into()];
    mention.handles = vec!["acme".into()];
    mention.thread = Some("t:9".into());
    mention
}

#[test]
fn facts_are_true_false_or_unknown() {
    let text = MatchText::of(&rich());
    let yes = [
        "author:jane_doe",
        "author:@JANE_DOE",
        "author:\"jane elodie\"",
        "author:jan*",
        "authorid:u1",
        "at_mentions:@Acme",
        "hashtags:tested",
        "hashtags:#hid*",
        "#hidden",
        "hidden",
        "links:blog.example",
        "links:blog.example/a",
        "site:shop.example",
        "site:www.shop.example",
        "site:example",
        "url:shop.example/news",
        "url:*PROMO*",
        "source:forum",
        "kind:review",
        "engagementType:review",
        "lang:fr",
        "language:fr-ca",
        "country:france",
        "published:[2026-01-01 TO 2026-02-01]",
        "published:2026-01-31",
        "published:>=2026-01-31",
        "published:<=2026-01-31",
        "published:-7d",
        "published:<2026-01-31T23:30:01Z",
        "published:[-3d TO -1d]",
        "fetched:2026-02-02",
        "followers:>=1k",
        "followers:1500",
        "followers:[100 TO 1.5k]",
        "followers:1000..2000",
        "likes:>9",
        "comments:5",
        "engagement:>=15",
        "NOT engagement:<15",
        "NOT engagement:[1 TO 14]",
        "authorid:u*",
        "rating:>=4",
        "rating:>=75%",
        "thread:\"t:9\"",
        "thread:t:9",
        "is:original",
        "has:link",
        "has:question",
        "has:hashtag",
        "has:geo",
        "missing:bio",
        "exists:followers",
        "missing:views",
        "missing:title",
        "exists:site",
        "site:(a.example OR shop.example)",
        "NOT site:notshop.example",
        "author:(jane AND doe)",
        "lang:(de OR fr)",
        "followers:(<10 OR >1000)",
        "-kind:post",
        "NOT is:reply",
        "NOT has:emoji",
        "NOT missing:followers",
    ];
    for text_of_query in yes {
        assert!(query(text_of_query).matches(&text), "{text_of_query}");
    }
    let no = [
        "author:john",
        "site:op.example",
        "site:shop",
        "url:shop.example/old",
        "lang:en",
        "lang:und",
        "published:[2026-01-01 TO 2026-01-31]",
        "published:>2026-01-31",
        "followers:{1500 TO *]",
        "views:>0",
        "NOT views:>0",
        "shares:0",
        "bio:x",
        "NOT bio:x",
        "is:verified",
        "NOT is:verified",
        "replyto:1",
        "NOT replyto:1",
        "has:image",
        "sentiment:negative",
        "NOT sentiment:negative",
        "authorid:U1",
        "authorid:U*",
        "authorid:u",
        "engagement:15",
        "NOT engagement:15",
        "NOT engagement:>100",
        "engagement:<100",
        "engagement:[10 TO 20]",
        "kind:post",
        "published:-1d",
    ];
    for text_of_query in no {
        assert!(!query(text_of_query).matches(&text), "{text_of_query}");
    }
    let mut stated = post("x");
    stated.language = Some("eng-GB".into());
    let stated = MatchText::of(&stated);
    assert!(query("lang:en").matches(&stated) && query("lang:eng").matches(&stated) && !query("lang:fra").matches(&stated));
    assert!(query("lang:und").matches(&body("x")));
    assert!(!query("NOT lang:fr").matches(&body("x")), "a language that is not stated is unknown");
}

#[test]
fn a_text_is_missing_where_title_and_body_are() {
    for (title, text, missing) in
        [(None, "", "text title body"), (Some("x"), "", "body"), (None, "x", "title"), (Some(""), "", "text title body")]
    {
        let mut mention = post(text);
        mention.title = title.map(str::to_owned);
        let read = MatchText::of(&mention);
        for field in ["text", "title", "body"] {
            let expected = missing.split(' ').any(|one| one == field);
            assert_eq!(query(&format!("missing:{field}")).matches(&read), expected, "{title:?} {text} {field}");
            assert_eq!(query(&format!("exists:{field}")).matches(&read), !expected, "{title:?} {text} {field}");
        }
    }
    assert_eq!(query("missing:text").to_string(), "missing:text");
}

#[test]
fn handles_in_names_and_addresses_with_a_star_are_found() {
    let mut mention = rich();
    mention.url = Some("https://fr.shop.example/News/phones".into());
    mention.links = vec!["https://b\u{fc}cher.example/a/b".into()];
    mention.hashtags = vec!["new".into(), "york".into()];
    if let Some(author) = &mut mention.author {
        author.bio = Some("CEO @acme #dad".into());
        author.name = Some("News by @Acme".into());
    }
    let text = MatchText::of(&mention);
    for (text_of_query, expected) in [
        ("bio:acme", true),
        ("bio:@acme", true),
        ("bio:dad", true),
        ("author:acme", true),
        ("url:shop.example/news/*", true),
        ("url:https://www.shop.example/news*", true),
        ("url:shop.example/*tv", false),
        ("url:op.example/news/*", false),
        ("links:b\u{fc}cher.example", true),
        ("links:xn--bcher-kva.example/a*", true),
        ("new AND york", true),
        ("\"new york\"", false),
        ("new NEAR/3 york", false),
        ("followers:[1\tTO\n2000]", true),
        ("published:[* TO 2026-01-31]", false),
        ("published:{* TO 2026-02-01]", true),
        ("published:<=2026-01-31", true),
    ] {
        assert_eq!(query(text_of_query).matches(&text), expected, "{text_of_query}");
    }
}

#[test]
fn relative_times_can_be_counted_from_now() {
    let recent = query("published:-7d");
    let text = MatchText::of(&rich());
    assert!(recent.matches(&text));
    assert!(!recent.resolved_at("2026-03-01T00:00:00Z".parse().expect("a date")).matches(&text));
}

#[test]
fn letters_of_an_address_are_found_as_letters() {
    let mut mention = post("x");
    mention.url = Some("https://x.fr/%C3%89t%C3%A9?q=%20%FF%2".into());
    let text = MatchText::of(&mention);
    for text_of_query in ["url:*été*", "url:*%c3%a9t%C3%A9*", "url:x.fr/été", "url:*q=%20%ff%2"] {
        let asked = query(text_of_query);
        assert!(asked.matches(&text), "{text_of_query}");
        assert_eq!(query(&asked.to_string()), asked, "{text_of_query}");
    }
}
