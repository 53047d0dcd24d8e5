//! The language by tables of cases.

mod facts;

use vigie_mention::TopicId;

use crate::testing::{body, post};
use crate::{Index, MatchText, Query};
use facts::rich;

fn query(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).query
}

#[test]
fn the_25_vectors_of_the_language() {
    for (text, mention, expected) in [
        ("apple AND watch NOT \"apple juice\"", "Apple Watch is out", true),
        ("apple AND watch NOT \"apple juice\"", "apple juice and a watch", false),
        ("(apple OR orange) NEAR/5 (phone OR smartphone)", "an orange that he threw at my phone", true),
        ("(apple OR orange) NEAR/5 (phone OR smartphone)", "an orange that he once threw at my phone", false),
        ("logitech NEAR/2f keyboard", "Logitech Bluetooth Keyboard", true),
        ("logitech NEAR/2f keyboard", "keyboard by Logitech", false),
        ("logitech NEAR/2 keyboard", "keyboard by Logitech", true),
        ("\"obama merkel\"~5", "Obama, Monti and Merkel agreed", true),
        ("raw:Google+", "I like google plus", false),
        ("raw:Google+", "I left Google+ today", true),
        ("l'oréal", "J'adore L’Oreal Paris", true),
        ("loreal", "J'adore L’Oreal Paris", false),
        ("ete*", "Étés pourris", true),
        ("reali?ation", "the realization came", true),
        ("#bmw", "my bmw is red", false),
        ("bmw", "love it #BMW", true),
        ("bmw", "thanks @bmw", false),
        ("a OR b AND c", "a", true),
        ("(a OR b) AND c", "a", false),
        ("NOT a NEAR/1 b", "a x x b", true),
        ("battery SENTENCE explod*", "Battery fine. It exploded.", false),
        ("東京 AND 大阪", "東京と大阪", true),
        ("chocolate -swiss", "chocolate bar", true),
        ("rock-n-roll", "rock n roll", true),
        ("NOT followers:>1000", "anything", false),
    ] {
        assert_eq!(query(text).matches(&body(mention)), expected, "{text} | {mention}");
    }
}

#[test]
fn words_phrases_and_what_is_near() {
    for (text, mention, expected) in [
        ("chocolate -swiss", "Swiss chocolate", false),
        ("\"bmw series\"", "the BMW-Series", true),
        ("\"bmw ser*\"", "the BMW series", true),
        ("\"bmw series\"", "series bmw", false),
        ("Acme", "Acme™ rocks", true),
        ("#rock-n-roll", "some #rock-n-roll here", true),
        ("@acme@forum.example", "hello @acme@forum.example", true),
        ("👍", "great 👍🏽", true),
        ("te?t", "text", true),
        ("te?t", "tet", false),
        ("bmw*", "bmw", true),
        ("bmw NEAR/0 series", "bmw series", true),
        ("bmw NEAR bmw", "one bmw", false),
        ("bmw NEAR bmw", "bmw and bmw", true),
        ("a NEAR/3 b NEAR/3 c", "c x a x x b", true),
        ("a NEAR/1 b NEAR/1 c", "a x b x x c", false),
        ("a ONEAR/2 b", "b a", false),
        ("battery SENTENCE explod*", "The battery, it exploded.", true),
        ("b OSENTENCE a", "a b. a", false),
        ("\"a b c\"~1", "c x b a", true),
        ("\"a b c\"~1", "c x b y a", false),
        ("\"a a\"~3", "a", false),
        ("\"a a\"~3", "a b a", true),
        ("freq/2:(bmw OR audi)", "bmw audi", true),
        ("freq/2:bmw", "bmw", false),
        ("raw:BMW", "bmw", false),
        ("raw:BMW", "a BMW!", true),
        ("raw:BMW", "a BMWs", false),
        ("raw:BMW", "the BMW_M3", true),
        ("raw:M3", "the BMW_M3", true),
        ("raw:BMW_", "the BMW_M3", true),
        ("raw:W_M", "the BMW_M3", false),
        ("raw:BMW", "the BMW_m3 BMWs", true),
        ("raw:luc", "@jean-luc", true),
        // Characters of scripts without spaces are words of their own, exact or not.
        ("raw:京", "東京都", true),
        ("threads", "hi @bob@threads.net", false),
        ("luc", "@jean-luc", false),
        ("luc*", "@jean-luc", false),
        ("@luc", "@jean-luc", false),
        ("@jean-luc", "hi @Jean-Luc.", true),
        ("\"hi @jean-luc\"", "hi @jean-luc", true),
        ("net", "@bob.net", false),
        ("luc", "@jean. Luc", true),
        ("▶", "▶\u{FE0F} play", true),
        ("🇷🇺", "🇦🇷🇺🇸", false),
        ("🇺🇸", "🇦🇷🇺🇸", true),
        ("has:emoji", "▶\u{FE0F}", true),
        ("has:emoji", "© us", false),
        ("has:emoji", "press 1\u{FE0F}\u{20E3}", true),
        ("5kg", "5㎏", true),
        ("㎏", "kg", true),
        ("no5", "№5", true),
        ("株式会社", "㍿", true),
        ("กุ", "กู", false),
        ("battery SENTENCE explod*", "battery． exploded", false),
        ("#東", "#東京", false),
        ("#東京", "#東京", true),
        ("#東京", "#東京都", false),
        ("#東京", "#東京 都", true),
        ("東京", "#東京都", true),
        ("京", "#東京", true),
        ("\"#東京 x\"~3", "x y #東京", true),
        ("\"#東 x\"~3", "x y #東京", false),
        ("#bmw", "#bmw最高", false),
        ("#bmw*", "#bmw最高", true),
        ("#bmw", "#bmw🚗", true),
        ("@東", "@東京", false),
        ("@東京", "hi @東京 x", true),
        ("@acme", "@acmeさん", true),
        ("@acme", "@acme@forum.example", true),
        ("raw:\"C++\" NEAR/1 rust", "rust, not C++", true),
        ("raw:Été", "Ete", false),
        ("title:bmw", "bmw", false),
        ("body:-5", "at 5 degrees", true),
        ("body:(at -5)", "at 5 degrees", false),
        ("body:(at -5)", "at 6 degrees", true),
        ("body:bmw", "bmw", true),
        ("text:(bmw AND audi)", "bmw audi", true),
        ("NOT (bmw OR audi)", "bmw", false),
        ("NOT NOT bmw", "bmw", true),
        ("/* a comment */ bmw <<< another >>>", "bmw", true),
        ("bmw /* but not */-audi", "bmw", true),
        ("bmw<<<c>>>", "bmw", true),
        ("bmw<<<c>>>audi", "audi and bmw", true),
        ("bmw <<<but not>>>-audi", "bmw audi", false),
        ("great", "@bmw...great @audi--fine", true),
    ] {
        assert_eq!(query(text).matches(&body(mention)), expected, "{text} | {mention}");
    }
}

#[test]
fn nothing_spans_title_and_body() {
    let mut mention = post("series");
    mention.title = Some("bmw".into());
    let text = MatchText::of(&mention);
    for (text_of_query, expected) in [
        ("bmw AND series", true),
        ("\"bmw series\"", false),
        ("bmw NEAR/9 series", false),
        ("title:bmw", true),
        ("title:(bmw OR x)", true),
        ("title:series", false),
        ("body:bmw", false),
        ("freq/2:(bmw OR series)", true),
    ] {
        assert_eq!(query(text_of_query).matches(&text), expected, "{text_of_query}");
    }
}

#[test]
fn the_index_keeps_the_order_and_finds_what_queries_find() {
    let queries = [
        "nothing",
        "followers:>10",
        "phone OR x",
        "tes*",
        "NOT zebra",
        "@acme",
        "raw:phone",
        "\"what a\" NEAR/2 phone",
        "東京 OR #hidden",
    ];
    let name = |index: usize| TopicId::new(format!("t{index}")).expect("a name");
    let topics = queries.iter().enumerate().map(|(index, text)| (name(index), query(text))).collect();
    let found = Index::new(topics).matches(&MatchText::of(&rich()));
    assert_eq!(found, [1, 2, 3, 4, 5, 6, 7, 8].map(name));
}

#[test]
fn widening_keeps_words_and_drops_what_services_cannot_say() {
    for (text, expected) in [
        ("acme", vec!["acme"]),
        ("L'Oréal paris", vec!["L'Oréal + paris"]),
        ("(\"acme phone\" OR #acme OR @acme) NOT (acme NEAR/3 looney)", vec!["acme phone", "#acme", "@acme"]),
        ("chocolate -swiss -\"white chocolate\"", vec!["chocolate - swiss - white chocolate"]),
        ("apple NEAR/3 (phone OR watch)", vec!["apple + phone", "apple + watch"]),
        ("explod* AND \"Été cut* off\"", vec!["Été"]),
        ("bmw -title:red -raw:X", vec!["bmw"]),
        ("bmw NOT (a AND b)", vec!["bmw"]),
        ("bmw NOT (a OR b)", vec!["bmw - a - b"]),
        ("site:x.example", vec![""]),
        ("bmw lang:fr", vec!["bmw"]),
        ("\"Été x\"~3", vec!["x + Été"]),
    ] {
        let search = query(text).widen();
        let clauses: Vec<String> = search
            .any
            .iter()
            .map(|clause| {
                let none: String = clause.none.iter().rev().map(|term| format!(" - {term}")).collect();
                format!("{}{none}", clause.all.join(" + "))
            })
            .collect();
        let sorted = |mut list: Vec<String>| {
            for one in &mut list {
                let mut parts: Vec<&str> = one.split(" - ").collect();
                if let Some(rest) = parts.get_mut(1..) {
                    rest.sort_unstable();
                }
                *one = parts.join(" - ");
            }
            list.sort();
            list
        };
        assert_eq!(sorted(clauses), sorted(expected.into_iter().map(str::to_owned).collect()), "{text}");
    }
    assert_eq!(query("bmw lang:fr").widen().languages, ["fr"]);
    assert_eq!(query("bmw (lang:fr OR lang:en)").widen().languages, ["en", "fr"]);
    assert!(query("bmw (lang:fr OR red)").widen().languages.is_empty());
}

#[test]
fn widening_does_not_blow_up() {
    let pairs: Vec<String> = (0..400).map(|n| format!("(a{n} OR b{n})")).collect();
    let search = query(&pairs.join(" AND ")).widen();
    assert!(search.any.len() <= 1_000, "{}", search.any.len());
    assert!(search.any.iter().all(|clause| !clause.all.is_empty()));
    let names: Vec<String> = (0..900).map(|n| format!("name{n}")).collect();
    assert_eq!(query(&names.join(" OR ")).widen().any.len(), 900);
}

#[test]
fn an_explanation_shows_where_words_occur() {
    let parsed = query("bmw NEAR/2 red AND NOT audi");
    let text = "A Red, fast BMW";
    let explanation = parsed.explain(&body(text));
    assert_eq!(explanation.truth, Some(true));
    let near = explanation.parts.first().expect("two parts");
    assert_eq!(near.part, "bmw NEAR/2 red");
    let place = near.places.first().expect("a place");
    assert_eq!(&text[place.bytes.clone()], "Red, fast BMW");
    assert!(explanation.parts.get(1).is_some_and(|not| not.truth == Some(true) && not.parts.len() == 1));
}

#[test]
fn the_canonical_text_is_what_equal_queries_share() {
    for (text, canonical) in [
        ("L'Oréal -Swiss (a OR b)", "\"l oreal\" AND NOT swiss AND (a OR b)"),
        ("title:-5", "title:5"),
        ("title:(a NEAR b OR \"c  d\")", "title:(a NEAR/4 b) OR title:\"c d\""),
        ("a AND (b AND (c))", "a AND b AND c"),
        ("#東京 OR @東京 OR bio:@東京", "\"#東京\" OR \"@東京\" OR bio:\"東 京\""),
        ("\"#東京 x\"~3 OR \"#東 京\"", "\"#東京 x\"~3 OR \"#東 京\""),
        ("site:(X.example OR www.y.example)", "site:\"x.example\" OR site:\"y.example\""),
        ("followers:10k..20k", "followers:[10000 TO 20000]"),
        ("published:2026-01-31", "published:[2026-01-31T00:00:00Z TO 2026-02-01T00:00:00Z}"),
        ("a ONEAR/3 (b OR c NEAR/2 d)", "a ONEAR/3 (b OR c NEAR/2 d)"),
        ("and", "\"and\""),
        ("NOT NOT (NOT a)", "NOT a"),
        ("an.Senti.score:>1", "an.senti.score:\">1\""),
        ("continent:Europe", "continent:\"EU\""),
        ("lang:fra-CA", "lang:fr-ca"),
        ("city:\"New York\" OR reach:>1k", "city:\"new york\" OR reach:{1000 TO *]"),
    ] {
        let parsed = query(text);
        assert_eq!(parsed.to_string(), canonical, "{text}");
        assert_eq!(query(canonical), parsed, "{text}");
    }
}

#[test]
fn a_long_text_is_read_to_its_end() {
    // Once, places were cut off behind the first 65,536, and with them the one pair at the end.
    let text = format!("{}b", "a ".repeat(70_000));
    assert!(query("a NEAR/1 b").matches(&body(&text)));
    assert!(query("\"a b\"~1 ONEAR/0 c").matches(&body(&format!("{text} c"))));
}

#[test]
fn an_explanation_goes_inside_a_distance() {
    let explained = query("acme NEAR/2 (phone OR tablet)").explain(&body("acme is very much not a phone"));
    let shown: Vec<_> = explained.parts.iter().map(|part| (part.part.as_str(), part.truth, part.places.len())).collect();
    assert_eq!(explained.truth, Some(false));
    assert_eq!(shown, [("acme", Some(true), 1), ("phone OR tablet", Some(true), 1)]);
    assert_eq!(explained.parts[1].parts[1].truth, Some(false));
}

/// The text of every part that has none inside, as it stands in the query.
fn smallest<'a>(explained: &crate::Explanation, query: &'a str) -> Vec<&'a str> {
    if explained.parts.is_empty() {
        return vec![query.get(explained.span.clone()).expect("a span inside the text")];
    }
    explained.parts.iter().flat_map(|part| smallest(part, query)).collect()
}

#[test]
fn each_word_is_explained_where_it_stands() {
    // Once, what stands beside a distance had the place of the whole.
    for (text, expected) in [
        ("\"a b\"~2 OR (x NEAR/1 y)", vec!["\"a b\"~2", "x", "y"]),
        ("title:(Été ONEAR/3 (b OR raw:C))", vec!["Été", "b", "raw:C"]),
        ("freq/2:(a OR (b OR \"c d\"))", vec!["a", "b", "\"c d\""]),
        ("a NEAR/3 b NEAR/3 c", vec!["a", "b", "c"]),
        ("NOT (a AND -lang:fr)", vec!["a", "lang:fr"]),
    ] {
        let parsed = query(text);
        assert_eq!(smallest(&parsed.explain(&body("x")), text), expected, "{text}");
        let mut sorted = smallest(&parsed.normalised().explain(&body("x")), text);
        let mut expected = expected;
        sorted.sort_unstable();
        expected.sort_unstable();
        assert_eq!(sorted, expected, "{text}");
    }
    let mut library = crate::Library::new();
    library.add_part("near", "red NEAR/2 (x OR y)");
    let text = "a @{near}";
    let parsed = crate::Reading::new().library(&library).parse(text).expect("a query").query;
    assert_eq!(smallest(&parsed.explain(&body("x")), text), ["a", "@{near}", "@{near}", "@{near}"]);
}

#[test]
fn a_hashtag_that_is_only_listed_has_a_place() {
    let mut mention = post("no tag here but #seen");
    mention.hashtags = vec!["new".into(), "seen".into(), "x".into()];
    mention.handles = vec!["Jane".into()];
    let text = MatchText::of(&mention);
    let listed = text.text_of(crate::Passage::Tags);
    assert_eq!(listed, "#new #x @Jane");
    for (text_of_query, expected) in [("#x", "x"), ("x", "x"), ("@jane", "Jane"), ("raw:Jane", "Jane")] {
        let explained = query(text_of_query).explain(&text);
        let places: Vec<&str> = explained.places.iter().map(|place| &listed[place.bytes.clone()]).collect();
        assert_eq!((explained.truth, places), (Some(true), vec![expected]), "{text_of_query}");
        assert!(explained.places.iter().all(|place| place.passage == crate::Passage::Tags), "{text_of_query}");
    }
    assert_eq!(query("body:x").explain(&text).places, []);
}

#[test]
fn what_was_written_twice_hides_no_structure() {
    for (text, expected) in [
        ("b OR ((a OR c) AND (a OR c))", "a OR b OR c"),
        ("NOT ((NOT a) AND (NOT a))", "a"),
        ("b AND NOT (NOT a OR NOT a)", "a AND b"),
        ("freq/2:((a NEAR/1 b OR a NEAR/1 b) NEAR/3 c)", "freq/2:(a NEAR/1 b NEAR/3 c)"),
        ("\"x @jean-luc\"~2", "\"@jean-luc x\"~2"),
    ] {
        let normalised = query(text).normalised();
        assert_eq!(normalised.to_string(), expected);
        assert_eq!(query(expected).fingerprint(), query(text).fingerprint(), "{text}");
    }
}
