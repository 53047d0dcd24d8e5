//! Saved lists: a list says what its values say, written out.

use vigie_mention::{Author, Mention, MentionKind, Value};

use crate::testing::post;
use crate::{Effect, Foreign, Library, MatchText, Query, Reading};

fn library(values: &[&str]) -> Library {
    let mut library = Library::new();
    library.add_list("l", values.iter().map(|value| (*value).to_owned()).collect());
    library
}

fn listed(field: &str, values: &[&str]) -> Query {
    let text = format!("{field}:@list(l)");
    Reading::new().library(&library(values)).parse(&text).unwrap_or_else(|errors| panic!("{text} {values:?}: {errors:?}")).query
}

fn written_out(field: &str, values: &[&str]) -> Query {
    let values: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    let text = format!("{field}:({})", values.join(" OR "));
    Query::parse(&text).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).query
}

fn mentions() -> Vec<Mention> {
    let mut jane = post("x");
    jane.author = Some(Author {
        id: "u1".into(),
        handle: Some("@jean-luc".into()),
        name: Some("Jane #Élodie Doe".into()),
        bio: Some("CEO @acme, Paris".into()),
        location: Some("New York, NY".into()),
        ..Author::default()
    });
    jane.kind = MentionKind::Share;
    jane.url = Some("https://www.sub.daily.example/News/promo-1?q=1".into());
    jane.links = vec!["https://blog.example/a/b".into(), "https://other.example/z".into()];
    jane.hashtags = vec!["BMW".into(), "new york".into()];
    jane.handles = vec!["acme".into()];
    jane.language = Some("fr-CA".into());
    jane.country = Some("DE".into());
    jane.thread = Some("t:9".into());
    jane.parent = Some("p1".into());
    let mut plain = post("x");
    plain.url = Some("https://daily.example/".into());
    plain.language = Some("und".into());
    plain.attributes = vec![vigie_mention::Attribute { key: "city".into(), value: Value::Text("Lyon 3e".into()) }];
    vec![jane, plain, post("x")]
}

#[test]
fn a_list_answers_as_its_values_written_out() {
    // An author was once compared as a whole name, and `*` in a list was a character.
    let texts: Vec<MatchText> = mentions().iter().map(MatchText::of).collect();
    let tables: [(&str, &[&[&str]]); 16] = [
        ("author", &[&["Jane", "@jean-luc"], &["jane doe"], &["elodie doe", "x"], &["#élodie"], &["luc"], &["jan*"], &["john"]]),
        ("authorid", &[&["u1", "u2"], &["U1"]]),
        ("bio", &[&["@acme"], &["ceo acme"], &["acme ceo"], &["par*"]]),
        ("at_mentions", &[&["@ACME"], &["#acme"], &["ac*"], &["a b"]]),
        ("hashtags", &[&["bm*", "x"], &["#bmw"], &["@bmw"], &["new york"], &["new"]]),
        ("links", &[&["blog.example/a", "n.example"], &["blog.example/b"], &["example"], &["*.example/z*"], &["log.example"]]),
        ("site", &[&["daily.example"], &["www.sub.daily.example"], &["aily.example"], &["*.daily.example"]]),
        (
            "url",
            &[
                &["daily.example/news", "daily.example/new", "daily.example/zzz"],
                &["daily.example/aaa", "sub.daily.example/news/promo-1?q=2"],
                &["*promo*"],
                &["daily.example/news/*"],
                &["https://www.daily.example"],
            ],
        ),
        ("source", &[&["FORUM"], &["other"]]),
        ("kind", &[&["share", "video"], &["review"]]),
        ("engagementType", &[&["RETWEET"], &["reply"]]),
        ("lang", &[&["fr"], &["fr-ca"], &["fr-be"], &["und"], &["und", "de"], &["en"]]),
        ("country", &[&["FR", "Germany"], &["france"]]),
        ("continent", &[&["Europe"], &["na"]]),
        ("city", &[&["new york", "lyon"], &["york new"], &["par*"]]),
        ("thread", &[&["t:9"], &["T:9"]]),
    ];
    for (field, lists) in tables {
        for values in lists {
            let (list, written) = (listed(field, values), written_out(field, values));
            for (number, text) in texts.iter().enumerate() {
                assert_eq!(list.root.truth(text), written.root.truth(text), "{field} {values:?} {number}");
            }
            let lacks_anchor = |query: &Query| !query.check_collection().is_empty();
            assert_eq!(lacks_anchor(&list), lacks_anchor(&written), "{field} {values:?}");
            let stated = |query: &Query| match query.explain(&texts[0]) {
                explained if explained.parts.is_empty() => explained.value,
                explained => explained.parts[0].value.clone(),
            };
            assert_eq!(stated(&list), stated(&written), "{field} {values:?}");
        }
    }
}

#[test]
fn a_value_that_cannot_be_read_is_named() {
    for (field, values, message) in [
        ("author", &["Jane", "*ane"][..], "value 2 of list `l`, `*ane`: a wildcard cannot start a word: `*ane`"),
        ("author", &["!!"], "value 1 of list `l`, `!!`: needs letters or digits, `!!` has none"),
        ("hashtags", &["a", " "], "value 2 of list `l`, ` `: is empty"),
        ("lang", &["fr", "french"], "value 2 of list `l`, `french`: does not know the language `french`"),
        ("site", &["x.example/news"], "value 1 of list `l`, `x.example/news`: takes a host"),
    ] {
        let found = Reading::new().library(&library(values)).parse(&format!("{field}:@list(l)")).expect_err("a mistake");
        assert_eq!(found[0].code, "E203", "{field} {values:?}");
        assert!(found[0].message.contains(message), "{field}: {}", found[0].message);
        assert!(found[0].hint.is_some(), "{field}: {found:?}");
    }
}

#[test]
fn a_list_is_one_value_however_long_and_its_wildcards_are_counted() {
    let many: Vec<String> = (0..6_000).map(|number| format!("h{number}.example")).collect();
    let mut library = Library::new();
    library.add_list("many", many);
    library.add_list("wild", (0..201).map(|number| format!("word{number}*")).collect());
    for field in ["url", "site", "links", "bio", "author", "city", "thread", "hashtags"] {
        let query = Reading::new().library(&library).parse(&format!("{field}:@list(many)")).expect("a query").query;
        assert_eq!(query.cost().leaves, 1, "{field}");
    }
    let found = Reading::new().library(&library).parse("author:@list(wild)").expect_err("too many");
    assert_eq!(found[0].code, "E253");
    // Words are what services are asked for and what the index waits for: they belong to the query itself.
    for text in ["@list(many)", "title:@list(many) x", "an.x.y:@list(many)"] {
        let found = Reading::new().library(&library).parse(text).expect_err("too many");
        let error = found.iter().find(|one| one.code == "E251").expect("the limit");
        assert!(error.message.contains("the saved list `many` has 6000 values"), "{text}: {error}");
    }
}

#[test]
fn services_are_asked_for_the_hashtags_of_a_list() {
    for values in [&["bmw", "#audi"][..], &["@acme"]] {
        for field in ["hashtags", "at_mentions"] {
            assert_eq!(listed(field, values).widen(), written_out(field, values).widen(), "{field} {values:?}");
        }
    }
}

#[test]
fn a_list_is_written_out_for_others_as_its_values_would_be() {
    for (field, values, to, expected) in [
        ("author", &["Jane", "@jean-luc"][..], Foreign::Brandwatch, "author:jane OR author:\"jean luc\""),
        ("author", &["@jane"], Foreign::Talkwalker, "author:jane"),
        ("country", &["FR", "Germany"], Foreign::Brandwatch, "country:fr OR country:de"),
        ("country", &["Germany"], Foreign::X, "place_country:DE"),
        ("hashtags", &["#BMW", "bm*"], Foreign::Brandwatch, "hashtags:bmw OR hashtags:bm*"),
        ("links", &["a.example", "b.example/x"], Foreign::Brandwatch, "links:a.example OR links:b.example/x"),
        ("lang", &["fr"], Foreign::Talkwalker, "lang:fr"),
    ] {
        let there = listed(field, values).convert_to(to);
        assert_eq!(there.text.as_deref(), Some(expected), "{field} {values:?}");
        assert_eq!(there.losses, [], "{field} {values:?}");
        assert_eq!(there.text, written_out(field, values).convert_to(to).text, "{field} {values:?}");
    }
    let people = library(&["Jane", "@jean-luc"]);
    let without = Reading::new().library(&people).parse("acme NOT author:@list(l)").expect("a query").query;
    let there = without.convert_to(Foreign::Brandwatch);
    assert_eq!(there.text.as_deref(), Some("acme AND NOT (author:jane OR author:\"jean luc\")"));
    let long = library(&(0..101).map(|_| "a.example").collect::<Vec<_>>());
    let there = Reading::new().library(&long).parse("acme site:@list(l)").expect("a query").query.convert_to(Foreign::Brandwatch);
    assert_eq!((there.text.as_deref(), there.losses[0].effect), (Some("acme"), Effect::Wider));
    assert!(there.losses[0].message.contains("101 values"), "{}", there.losses[0].message);
}
