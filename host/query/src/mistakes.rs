//! Section 9 of the language: every mistake with its code and place, all of them at once.

use crate::{Query, Severity};

/// Code and underlined text of each remark.
fn remarks(text: &str) -> Vec<(&'static str, &str)> {
    let found = match Query::parse(text) {
        Ok(parsed) => {
            assert!(parsed.remarks.iter().all(|one| one.severity != Severity::Error), "{text}");
            parsed.remarks
        }
        Err(found) => {
            assert!(found.iter().any(|one| one.severity == Severity::Error), "{text}");
            found
        }
    };
    assert!(found.iter().all(|one| one.hint.as_ref().is_some_and(|hint| !hint.is_empty())), "{text}: {found:?}");
    found.iter().map(|one| (one.code, text.get(one.span.clone()).expect("a span inside the text"))).collect()
}

#[test]
fn errors() {
    for (text, expected) in [
        ("", vec![("E100", "")]),
        ("/* only */", vec![("E100", "/* only */")]),
        ("(bmw OR audi", vec![("E101", "(")]),
        ("((a OR b", vec![("E101", "("), ("E101", "(")]),
        ("bmw)", vec![("E102", ")")]),
        ("\"bmw series", vec![("E103", "\"")]),
        ("bmw /* open", vec![("E103", "/*")]),
        ("bmw AND", vec![("E104", "AND")]),
        ("OR bmw", vec![("E104", "OR")]),
        ("bmw AND OR audi", vec![("E104", "AND OR")]),
        ("bmw NOT", vec![("E104", "NOT")]),
        ("a (OR b)", vec![("N101", "("), ("E104", "OR")]),
        ("()", vec![("E105", "()")]),
        ("title:", vec![("E106", "title:")]),
        ("title:OR", vec![("E106", "title:")]),
        ("title:-bmw", vec![("E106", "-bmw")]),
        ("title:-(bmw)", vec![("E106", "-(")]),
        ("author:-jane", vec![("E106", "-jane")]),
        ("author:-@list(people)", vec![("E106", "-@list(people)"), ("E232", "@list(people)")]),
        ("raw:--x", vec![("E106", "--x")]),
        ("bmw --audi", vec![("E104", "--")]),
        ("bmw ---\"audi\"", vec![("E104", "---")]),
        ("thread:\"\"", vec![("E106", "\"\"")]),
        ("\"...\"", vec![("E107", "\"...\"")]),
        ("*car", vec![("E110", "*car")]),
        ("?ar", vec![("E110", "?ar")]),
        ("ca*", vec![("E111", "ca*")]),
        ("東京*", vec![("E111", "東京*")]),
        ("東京都*", vec![("E111", "東京都*")]),
        ("東?", vec![("E111", "東?")]),
        ("กรุง*", vec![("E111", "กรุง*")]),
        ("l'*", vec![("E111", "l'*")]),
        ("c++*", vec![("E111", "c++*")]),
        ("\"the *\"", vec![("E110", "\"the *\"")]),
        ("\"cut* off\"~3", vec![("E112", "\"cut* off\"~3")]),
        ("c*r", vec![("E113", "c*r")]),
        ("bmw NEAR/x audi", vec![("E120", "NEAR/x")]),
        ("bmw NEAR/5ff audi", vec![("E120", "NEAR/5ff")]),
        ("bmw NEAR/101 audi", vec![("E121", "NEAR/101")]),
        ("\"a b\"~x", vec![("E120", "~x")]),
        ("bmw SENTENCE/3 audi", vec![("E120", "SENTENCE/3")]),
        ("author:\"jane doe\"~3", vec![("E114", "~3")]),
        ("bio:(\"a b\"~3 OR c)", vec![("E114", "~3")]),
        ("raw:\"A B\"~3", vec![("E114", "~3")]),
        ("thread:\"9\"~3", vec![("E114", "~3")]),
        ("bmw~5", vec![("E114", "bmw~5")]),
        ("\"a b\" ~5", vec![("E114", "~5"), ("N101", "~5")]),
        ("freq/0:(a)", vec![("E122", "freq/0:")]),
        ("foo:bar", vec![("E201", "foo:")]),
        ("missing:folowers", vec![("E201", "folowers")]),
        ("followers:many", vec![("E203", "many")]),
        ("kind:tweet", vec![("E203", "tweet")]),
        ("is:nice", vec![("E203", "nice")]),
        ("site:x.example/news", vec![("E203", "x.example/news")]),
        ("followers:>50%", vec![("E203", ">50%")]),
        ("lang:french", vec![("E204", "french")]),
        ("lang:zzz", vec![("E204", "zzz")]),
        ("country:Frence", vec![("E204", "Frence")]),
        ("published:[2026-02-01 TO 2026-01-01]", vec![("E205", "[2026-02-01 TO 2026-01-01]")]),
        ("published:[2026-01-01 TO 2026-01-01]", vec![("E205", "[2026-01-01 TO 2026-01-01]")]),
        ("authorid:*", vec![("E203", "*")]),
        ("followers:[5 TO 1]", vec![("E205", "[5 TO 1]")]),
        ("followers:[5 TO 1", vec![("E101", "["), ("E203", "[5 TO 1")]),
        ("title:(a author:b)", vec![("N101", "author:"), ("E206", "author:")]),
        ("author:(a site:b.example)", vec![("N101", "site:b.example"), ("E206", "site:b.example")]),
        ("author:(a foo:b)", vec![("E201", "foo:b"), ("N101", "foo:b")]),
        ("author:foo:b", vec![("E201", "foo:b")]),
        ("hashtags:(a foo:b)", vec![("E201", "foo:b"), ("N101", "foo:b")]),
        ("raw:(title:a)", vec![("E206", "title:a")]),
        ("raw:title:a", vec![("E206", "title:a")]),
        ("sentiment:(negative titel:a)", vec![("E201", "titel:a"), ("N101", "titel:a")]),
        ("gender:female", vec![("E207", "gender:")]),
        ("continent:Erope", vec![("E204", "Erope")]),
        ("(a AND b) NEAR/3 c", vec![("E210", "(a AND b)")]),
        ("lang:fr NEAR/2 x", vec![("E210", "lang:fr")]),
        ("x NEAR/2 NOT y", vec![("E210", "NOT")]),
        ("title:x NEAR/2 y", vec![("E210", "title:x")]),
        ("@{core} bmw", vec![("N101", "bmw"), ("E231", "@{core}")]),
        ("@{core", vec![("E101", "@{"), ("E231", "@{core")]),
        ("site:@list(press)", vec![("E232", "@list(press)")]),
    ] {
        let mut found = remarks(text);
        let mut expected = expected;
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn warnings_and_notes() {
    for (text, expected) in [
        ("a OR b AND c", vec![("W301", "a OR b AND c")]),
        ("a OR (b AND c)", vec![]),
        ("bmw NEAR/40 audi", vec![("W302", "NEAR/40")]),
        ("bmw AND NOT bmw", vec![("W303", "NOT bmw")]),
        ("\"bmw series\" NOT (audi OR bmw)", vec![("W303", "NOT (audi OR bmw)")]),
        ("bmw NOT \"bmw series\"", vec![]),
        ("(bmw OR audi) NOT (bmw OR audi)", vec![("W303", "NOT (bmw OR audi)")]),
        ("bmw AND audi NOT (bmw AND audi)", vec![("W303", "NOT (bmw AND audi)")]),
        ("bmw AND audi NOT (bmw AND opel)", vec![]),
        ("bmw NEAR/3 audi NOT audi", vec![("W303", "NOT audi")]),
        ("(bmw NEAR/3 (audi OR opel)) NOT audi", vec![]),
        ("\"bmw audi\"~5 NOT bmw", vec![("W303", "NOT bmw")]),
        ("freq/3:bmw NOT bmw", vec![("W303", "NOT bmw")]),
        ("bmw OR bmw NEAR/3 audi", vec![("W304", "bmw NEAR/3 audi")]),
        ("bmw OR \"bmw series\"", vec![("W304", "\"bmw series\"")]),
        ("bmw OR audi OR BMW", vec![("W304", "BMW")]),
        ("bmw OR #bmw", vec![("W304", "#bmw")]),
        ("lang:fr OR lang:fr-CA", vec![("W304", "lang:fr-CA")]),
        ("lang:fr-CA NOT lang:fr", vec![("W303", "NOT lang:fr")]),
        ("lang:fr-CA OR lang:fr-BE", vec![]),
        ("site:a.fr OR site:x.a.fr", vec![("W304", "site:x.a.fr")]),
        ("site:a.fr OR site:xa.fr", vec![]),
        ("(bmw OR audi) AND NOT bmw AND NOT audi", vec![("W303", "(bmw OR audi)")]),
        ("(\"bmw series\" OR audi) AND NOT bmw AND NOT audi", vec![("W303", "(\"bmw series\" OR audi)")]),
        ("(bmw OR audi) AND NOT bmw AND NOT opel", vec![]),
        ("bmx NOT bm?", vec![("W303", "NOT bm?")]),
        ("bm? OR bmw", vec![("W304", "bmw")]),
        ("bm? OR bm", vec![]),
        ("bm? OR @bmw", vec![]),
        ("freq/2:(bmw OR bmw)", vec![("W304", "freq/2:(bmw OR bmw)")]),
        ("(bmw OR bmw) NEAR/3 x", vec![("W304", "(bmw OR bmw) NEAR/3 x")]),
        // "bmw series a b c x": the phrase is nearer to x than the word.
        ("(bmw OR \"bmw series\") NEAR/3 x", vec![]),
        ("bmw OR @bmw", vec![]),
        ("#東 OR #東京", vec![]),
        ("東 OR #東京", vec![("W304", "#東京")]),
        ("bmw* OR \"old bmws\"", vec![("W304", "\"old bmws\"")]),
        ("salt AND & pepper", vec![("W305", "&")]),
        ("\"why bmw?\"", vec![("W306", "\"why bmw?\"")]),
        ("(a)-b", vec![("N101", "-b"), ("W307", "-")]),
        ("bmw audi", vec![("N101", "audi")]),
        ("bmw -audi", vec![]),
        ("bmw AND -- audi", vec![("W305", "--")]),
        ("title:-5 -6", vec![]),
        ("raw:-5", vec![]),
        ("bmw or audi", vec![("N101", "or"), ("N102", "or")]),
        ("bmw AND near/3", vec![("N102", "near/3")]),
        ("author:(jane or john)", vec![("N101", "or"), ("N102", "or")]),
        ("site:(a.fr OR b.fr) hashtags:(a AND or)", vec![("N101", "hashtags:"), ("N102", "or")]),
        ("hashtags:(a OU b)", vec![("N101", "OU"), ("N103", "OU")]),
        ("raw:(A or B)", vec![("N101", "or"), ("N102", "or")]),
        ("author:(a near/3 b)", vec![("N101", "near/3"), ("N102", "near/3")]),
        ("country:(ET OR KE)", vec![]),
        ("phone AND and/or", vec![("N102", "and/or")]),
        ("AND/OR", vec![("N102", "AND/OR")]),
        ("bmw AND ＯＲ", vec![("N102", "ＯＲ")]),
        ("（bmw OR audi）", vec![("W309", "audi）"), ("W309", "（bmw")]),
        ("title：bmw", vec![("W309", "title：bmw")]),
        ("bmw AND −audi", vec![("W307", "−audi")]),
        ("bmw AND –audi", vec![("W307", "–audi")]),
        ("bmw OU audi", vec![("N101", "OU"), ("N103", "OU")]),
        ("“bmw”", vec![("N104", "“bmw”")]),
        ("\"bmw” AND audi", vec![("N104", "\"bmw”")]),
        ("“bmw” OR «audi» OR \"opel\"", vec![("N104", "«audi»"), ("N104", "“bmw”")]),
        ("site:lemonde.fr/* press */", vec![]),
        ("lang:fr/* c */ AND bmw<<<c>>>", vec![]),
        ("thread:tag:mast.example,2026:9 OR replyto:title:9 OR authorid:did:plc:x OR source:tag:x", vec![]),
        ("url:*tag:x* OR links:*title:x* OR raw:https://x.example OR raw:10:30 OR raw:\"title:a\"", vec![]),
        ("site:x.example:8080", vec![]),
        ("url:x.example/* AND url:x.example/a<<<c>>>", vec![]),
    ] {
        let mut found = remarks(text);
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let codes: Vec<&str> =
        remarks("(foo:bar AND *car OR ca* NEAR/x b) lang:french \"open").into_iter().map(|(code, _)| code).collect();
    for code in ["E201", "E110", "E111", "E120", "E204", "E103"] {
        assert!(codes.contains(&code), "{code} is missing in {codes:?}");
    }
}

#[test]
fn each_operand_of_near_is_told() {
    let found = remarks("(a OR lang:fr OR author:b) NEAR/3 c");
    assert_eq!(found, [("E210", "lang:fr"), ("E210", "author:b")]);
}

#[test]
fn a_saved_part_is_idle_only_if_all_of_it_is() {
    let mut library = crate::Library::default();
    for (name, query) in [("rivals", "rival OR \"acme phone\""), ("phones", "\"acme phone\" OR \"acme tablet\"")] {
        library.add_part(name, query);
    }
    let codes = |text: &str| {
        let remarks = crate::Reading::new().library(&library).parse(text).expect("a query").remarks;
        remarks.iter().map(|one| (one.code, text[one.span.clone()].to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(codes("@{rivals} OR acme"), []);
    assert_eq!(codes("@{phones} OR acme"), [("W304", "@{phones}".to_owned())]);
}

#[test]
fn messages_say_where_and_what_to_do() {
    let first = |text: &str| Query::parse(text).expect_err("a mistake").remove(0);
    assert_eq!(first("a AND\n  (b").to_string(), "error E101: `(` at 2:3 is never closed (write `)` where the group ends)");
    assert_eq!(first("autor:x").hint.as_deref(), Some("did you mean `author`? to search the text write `\"autor:x\"`"));
    assert_eq!(first("https://x.example").hint.as_deref(), Some("to search the text write `\"https://x.example\"`"));
    assert_eq!(first("foo:\"bar baz\"").hint.as_deref(), Some("to search the text write `\"foo:bar baz\"`"));
    assert_eq!(first("lang:french").hint.as_deref(), Some("did you mean `fr`?"));
    assert!(first("published:[2026-01-01 TO 2026-01-01]").message.contains("nothing in it"));
    assert_eq!(first("東京*").hint.as_deref(), Some("leave the `*` out"));
    assert!(first("東京*").message.ends_with("each character of this script is a word of its own"));
    let hint = "to exclude it write `-author:jane`; if the value begins with `-`, put it in quotes";
    assert_eq!(first("author:-jane").hint.as_deref(), Some(hint));
    assert_eq!(first("é )").place("é )"), (1, 3));
}

#[test]
fn limits() {
    let code = |text: &str| {
        let found = Query::parse(text).expect_err("over a limit");
        found.iter().filter(|one| one.severity == Severity::Error).map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(code(&"a".repeat(64 * 1024 + 1)), ["E250"]);
    assert!(code(&vec!["a"; 5_001].join(" OR ")).contains(&"E251"));
    assert_eq!(code(&format!("{}a{}", "(".repeat(65), ")".repeat(65))), ["E252"]);
    assert_eq!(code(&vec!["a"; 80].join(" NEAR ")), ["E252"]);
    let wild: Vec<String> = (0..201).map(|n| format!("word{n}*")).collect();
    assert_eq!(code(&wild.join(" OR ")), ["E253"]);
    let of_authors: Vec<String> = wild.iter().map(|word| format!("author:{word}")).collect();
    assert_eq!(code(&of_authors.join(" OR ")), ["E253"]);
    assert_eq!(code(&format!("\"{}\"", "a ".repeat(201))), ["E254"]);
    for (text, says) in [
        (vec!["a"; 5_007].join(" OR "), "has 5007 words, phrases and values, at most 5000"),
        (format!("{}a{}", "(".repeat(90), ")".repeat(90)), "nested 90 deep, at most 64"),
        (format!("{}a", "title:".repeat(90)), "nested 90 deep, at most 64"),
        (format!("{}(a)", "title:(".repeat(80) + &"(".repeat(20)), "nested 101 deep, at most 64"),
        (vec!["a"; 80].join(" NEAR "), "nested 79 deep, at most 64"),
        (format!("{}a{} foo:bar", "(".repeat(65), ")".repeat(65)), "unknown field `foo`"),
        (format!("{} foo:bar", vec!["a"; 6_000].join(" OR ")), "unknown field `foo`"),
        (format!("{}bmw", "foo:x ".repeat(600)), "and 101 more remarks"),
        (")".repeat(2_000), "and 1500 more remarks"),
        (format!("{} OR more*", wild.join(" OR ")), "has 202 wildcards, at most 200"),
    ] {
        let found = Query::parse(&text).expect_err("over a limit");
        assert!(found.iter().any(|one| one.message.contains(says)), "{found:?}");
    }
    assert!(Query::parse(&format!("\"{}\"", "a ".repeat(200))).is_ok());
    assert!(Query::parse(&format!("{}a{}", "(".repeat(64), ")".repeat(64))).is_ok());
    assert!(Query::parse(&format!("{}a", "NOT ".repeat(16_000))).is_ok());
}

#[test]
fn collection_queries_need_an_anchor_in_every_branch() {
    for (text, expected) in [
        ("bmw", vec![]),
        ("NOT bmw", vec![("E240", "NOT bmw")]),
        ("bmw OR lang:fr", vec![("E240", "lang:fr")]),
        ("bmw AND lang:fr", vec![]),
        ("lang:fr AND (bmw OR has:image)", vec![("E240", "has:image")]),
        ("lang:fr AND has:image", vec![("E240", "lang:fr AND has:image")]),
        ("NOT (NOT bmw AND NOT audi)", vec![]),
        ("NOT (NOT bmw OR lang:fr)", vec![]),
        ("site:x.example OR author:jane OR links:y.example OR thread:9 OR url:z.example OR hashtags:z", vec![]),
        ("bmw*", vec![("E240", "bmw*")]),
        ("bmws*", vec![]),
        ("\"the bmw*\"", vec![]),
        ("raw:\"++\"", vec![("E240", "raw:\"++\"")]),
        ("abc* NEAR/3 bmw", vec![]),
        ("(abc* OR bmw) NEAR/3 xyz*", vec![("E240", "(abc* OR bmw) NEAR/3 xyz*")]),
        ("audi OR NOT (NOT bmw AND lang:fr)", vec![("E240", "lang:fr")]),
        ("lang:fr AND NOT (NOT bmw AND has:image)", vec![("E240", "has:image")]),
        ("hashtags:ca* OR hashtags:cars*", vec![("E240", "hashtags:ca*")]),
        ("author:jan* OR url:*a* OR author:jane*", vec![("E240", "author:jan*"), ("E240", "url:*a*")]),
        ("bmw exists:sentiment", vec![("E220", "exists:sentiment")]),
        ("bmw AND sentiment:negative", vec![("E220", "sentiment:negative")]),
        ("bmw OR an.x.y:>1", vec![("E220", "an.x.y:>1"), ("E240", "an.x.y:>1")]),
    ] {
        let query = Query::parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).query;
        let found = query.check_collection();
        let found: Vec<_> = found.iter().map(|one| (one.code, &text[one.span.clone()])).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_a_collection_lacks_is_told_beside_other_mistakes() {
    let schema = crate::Schema::new(Vec::new());
    for (text, expected) in [
        ("bmw AND sentiment:negative AND foo:bar", vec![("E220", "sentiment:negative"), ("E201", "foo:")]),
        ("NOT bmw OR foo:bar", vec![("E240", "NOT bmw"), ("E201", "foo:")]),
        ("lang:fr AND foo:bar", vec![("E201", "foo:")]),
        ("lang:fr AND NOT foo:bar", vec![("E201", "foo:")]),
        ("lang:fr AND ()", vec![("E105", "()")]),
        ("lang:fr AND", vec![("E104", "AND")]),
        ("AND lang:fr", vec![("E104", "AND")]),
        ("lang:fr AND (ca* NEAR/2 x)", vec![("E111", "ca*")]),
        ("lang:fr AND (is:reply NEAR/2 x NEAR/2 y)", vec![("E210", "is:reply")]),
        ("lang:fr AND title:(author:x)", vec![("E206", "author:")]),
        ("lang:fr AND -author:-x", vec![("E106", "-x")]),
        ("(bmw OR lang:fr OR foo:bar", vec![("E101", "("), ("E240", "lang:fr"), ("E201", "foo:")]),
        ("bmw AND NOT bmw AND foo:bar", vec![("W303", "NOT bmw"), ("E201", "foo:")]),
        ("bmw OR \"bmw series\" OR foo:bar", vec![("W304", "\"bmw series\""), ("E201", "foo:")]),
        ("foo:bar AND NOT foo:bar", vec![("E201", "foo:"), ("E201", "foo:")]),
        ("bmw AND tag:later", vec![("E220", "tag:later")]),
        ("bmw AND risk:high", vec![("E220", "risk:high")]),
        ("bmw AND exists:risk", vec![("E220", "exists:risk")]),
        ("bmw AND an.senti.scor:>1", vec![("E202", "an.senti.scor:"), ("E220", "an.senti.scor:>1")]),
    ] {
        let found = crate::Reading::new().schema(&schema).collecting().parse(text).expect_err(text);
        let mut found: Vec<_> = found.iter().map(|one| (one.code, &text[one.span.clone()])).collect();
        let mut expected = expected;
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    assert!(crate::Reading::new().collecting().parse("bmw lang:fr").is_ok());
}

#[test]
fn a_reading_is_told_as_it_is_written() {
    for (text, reading) in [
        ("a OR b AND c", "a OR (b AND c)"),
        ("bmw OR lang:fr AND ca*", "bmw OR (lang:fr AND ca*)"),
        ("a b OR\n NOT c d OR title:(x)", "(a b) OR (NOT c d) OR title:(x)"),
    ] {
        let found = Query::parse(text).map_or_else(|found| found, |parsed| parsed.remarks);
        let message = format!("AND binds tighter than OR: read as `{reading}`");
        assert!(found.iter().any(|one| one.code == "W301" && one.message == message), "{text}: {found:?}");
    }
}

#[test]
fn no_chain_of_anything_overflows_the_stack() {
    let units = [
        "title:",
        "freq/2:",
        "title:freq/2:",
        "@{",
        "@{x}",
        "NOT ",
        "-",
        "(",
        "a NEAR ",
        "[",
        "\"",
        "/*",
        "site:",
        "lang:(",
        "OR ",
        ")",
    ];
    for unit in units {
        let text = unit.repeat(64 * 1024 / unit.len());
        assert!(Query::parse(&text).is_err(), "{unit}");
    }
}
