//! From and to other products' languages, by tables of cases.

use crate::{Effect, Foreign, Query, convert_from};

#[test]
fn what_others_can_say_is_said_in_their_words() {
    for (text, to, expected) in [
        ("acme ONEAR/2 \"phone case\" -looney", Foreign::Brandwatch, "(acme NEAR/2f \"phone case\") AND NOT looney"),
        ("@acme OR #acme", Foreign::Brandwatch, "at_mentions:acme OR #acme"),
        ("raw:\"Google+\" lang:fr", Foreign::Brandwatch, "raw:\"Google+\" AND language:fr"),
        ("kind:share country:france acme", Foreign::Brandwatch, "engagementType:RETWEET AND country:fr AND acme"),
        ("title:(acme OR rival) body:phone", Foreign::Talkwalker, "(title:acme OR title:rival) AND content:phone"),
        ("battery SENTENCE explod*", Foreign::Talkwalker, "battery SENTENCE explod*"),
        ("\"obama merkel\"~5 site:news.example", Foreign::Talkwalker, "\"obama merkel\"~5 AND site:\"news.example\""),
        ("engagement:>=100 acme", Foreign::Talkwalker, "engagement:>99 AND acme"),
        ("acme NEAR phone NOT (a OR b)", Foreign::Meltwater, "acme NEAR/4 phone AND NOT (a OR b)"),
        ("(acme OR rival) -cheap -\"for sale\" lang:fr", Foreign::X, "(acme OR rival) -cheap -\"for sale\" lang:fr"),
        ("acme NOT (a OR b)", Foreign::X, "acme -a -b"),
        ("acme NOT kind:share", Foreign::X, "acme -is:retweet"),
        ("acme followers:>1000", Foreign::Brandwatch, "acme AND authorFollowers:[1001 TO 10000000000]"),
        ("acme followers:{100 TO 500}", Foreign::Brandwatch, "acme AND authorFollowers:[101 TO 499]"),
        ("acme followers:[100 TO 500]", Foreign::X, "acme followers_count:100..500"),
        ("\"and\" OR été", Foreign::X, "\"and\" OR été"),
        // What a space or a bracket would end is in quotes.
        ("hashtags:\"a b\" acme", Foreign::Brandwatch, "hashtags:\"a b\" AND acme"),
        ("at_mentions:\"a b\" acme", Foreign::Brandwatch, "at_mentions:\"a b\" AND acme"),
        ("url:\"*pro mo*\" url:\"a.example/(x)\"", Foreign::Brandwatch, "url:\"*pro mo*\" AND url:\"a.example/(x)\""),
        ("url:\"*promo*\" links:a.example/b_c", Foreign::Brandwatch, "url:*promo* AND links:a.example/b_c"),
        ("replyto:\"t:9 x\" acme", Foreign::Brandwatch, "engagingWithGuid:\"t:9 x\" AND acme"),
        ("hashtags:a_b at_mentions:acme", Foreign::X, "#a_b @acme"),
        ("followers:>1000 acme", Foreign::X, "followers_count:1001 acme"),
    ] {
        let there = Query::parse(text).expect("a query").query.convert_to(to);
        let expected = expected.replace("(acme NEAR/2f \"phone case\") AND", "acme NEAR/2f \"phone case\" AND");
        assert_eq!(there.text.as_deref(), Some(expected.as_str()), "{text}");
        assert_eq!(there.losses, [], "{text}");
    }
}

#[test]
fn what_others_cannot_say_gets_wider_and_is_reported() {
    for (text, to, expected, lost) in [
        ("acme NEAR/3 phone", Foreign::X, Some("acme phone"), vec!["acme NEAR/3 phone"]),
        ("acme -(acme NEAR/3 phone)", Foreign::X, Some("acme"), vec!["acme NEAR/3 phone"]),
        ("acme explod*", Foreign::X, Some("acme"), vec!["explod*"]),
        ("acme OR explod*", Foreign::X, None, vec!["explod*", "acme OR explod*"]),
        ("acme rating:>3", Foreign::Meltwater, Some("acme"), vec!["rating:{3 TO *]"]),
        ("acme NOT rating:>3", Foreign::Brandwatch, Some("acme"), vec!["rating:{3 TO *]"]),
        ("acme NOT (red AND rating:>3)", Foreign::Brandwatch, Some("acme"), vec!["rating:{3 TO *]"]),
        ("acme NOT (red OR rating:>3)", Foreign::Brandwatch, Some("acme AND NOT red"), vec!["rating:{3 TO *]"]),
        ("battery SENTENCE fire", Foreign::Brandwatch, Some("battery AND fire"), vec!["battery SENTENCE fire"]),
        ("freq/3:(acme)", Foreign::Talkwalker, Some("acme"), vec!["freq/3:(acme)"]),
        ("raw:BMW", Foreign::Meltwater, Some("\"BMW\""), vec!["raw:\"BMW\""]),
        ("acme -raw:BMW", Foreign::Meltwater, Some("acme"), vec!["raw:\"BMW\""]),
        ("title:acme", Foreign::X, Some("acme"), vec!["title:acme"]),
        ("(acme -red) OR blue", Foreign::X, Some("acme OR blue"), vec!["NOT red"]),
        ("acme NOT (a AND b)", Foreign::X, Some("acme"), vec!["NOT (a AND b)"]),
        ("acme NOT (red OR (blue AND green))", Foreign::X, Some("acme -red"), vec!["blue AND green"]),
        // X knows the handle alone, we the display name too.
        ("acme author:@Jane", Foreign::X, Some("acme"), vec!["author:jane"]),
        ("acme -author:@Jane", Foreign::X, Some("acme -from:jane"), vec!["author:jane"]),
        ("freq/3:(acme)", Foreign::Meltwater, Some("acme"), vec!["freq/3:(acme)"]),
        // Split at the space, X would ask for `b`, and more so where `a` is excluded.
        ("acme hashtags:\"a b\"", Foreign::X, Some("acme"), vec!["hashtags:\"a b\""]),
        ("acme NOT hashtags:\"a b\"", Foreign::X, Some("acme"), vec!["hashtags:\"a b\""]),
        ("acme NOT at_mentions:jean-luc", Foreign::X, Some("acme"), vec!["at_mentions:\"jean-luc\""]),
        ("acme NOT hashtags:\"a b\"", Foreign::Talkwalker, Some("acme"), vec!["hashtags:\"a b\""]),
        ("acme thread:\"t:9 x\"", Foreign::X, Some("acme"), vec!["thread:\"t:9 x\""]),
        // A quote cannot stand inside of quotes.
        ("acme hashtags:\"a\\\"b\"", Foreign::Brandwatch, Some("acme"), vec!["hashtags:\"a\\\"b\""]),
        ("raw:\"say \\\"hi\\\"\"", Foreign::Brandwatch, Some("\"say hi\""), vec!["raw:\"say \\\"hi\\\"\""]),
        ("acme -raw:\"say \\\"hi\\\"\"", Foreign::Brandwatch, Some("acme"), vec!["raw:\"say \\\"hi\\\"\""]),
        // No count lies between 1 and 2.
        ("acme followers:1.5", Foreign::Brandwatch, Some("acme"), vec!["followers:[1.5 TO 1.5]"]),
        ("acme NOT followers:<0", Foreign::Brandwatch, Some("acme"), vec!["followers:[* TO 0}"]),
        ("acme sentiment:negative", Foreign::Talkwalker, Some("acme"), vec!["sentiment:\"negative\""]),
    ] {
        let there = Query::parse(text).expect("a query").query.convert_to(to);
        assert_eq!(there.text.as_deref(), expected, "{text}");
        assert_eq!(there.losses.iter().map(|loss| loss.part.as_str()).collect::<Vec<_>>(), lost, "{text}");
        assert!(there.losses.iter().all(|loss| loss.effect == Effect::Wider), "{text}");
    }
}

#[test]
fn a_query_that_is_too_long_for_others_is_told() {
    let words: Vec<String> = (0..51).map(|number| format!("w{number}")).collect();
    let fifty = words[..50].join(" OR ");
    for (text, to, message) in [
        (words.join(" OR "), Foreign::Talkwalker, Some("has 51 words and values there, Talkwalker takes 50")),
        (format!("title:({fifty}) NOT lang:fr"), Foreign::Talkwalker, Some("has 51 words and values there")),
        (format!("({fifty}) NEAR/3 phone"), Foreign::Talkwalker, Some("has 51 words and values there")),
        // What is left out does not count.
        (format!("({fifty}) is:reply"), Foreign::Talkwalker, Some("does not ask this")),
        (fifty.clone(), Foreign::Talkwalker, None),
        (words.join(" OR "), Foreign::Brandwatch, None),
        (format!("{}{fifty}", "longword ".repeat(60)), Foreign::X, Some("X takes 512")),
    ] {
        let losses = Query::parse(&text).expect("a query").query.convert_to(to).losses;
        assert_eq!(losses.len(), usize::from(message.is_some()), "{text}: {losses:?}");
        assert!(losses.iter().zip(message).all(|(loss, message)| loss.message.contains(message)), "{text}: {losses:?}");
    }
}

#[test]
fn what_others_write_is_read() {
    for (from, text, expected, lost) in [
        (Foreign::Brandwatch, "(apple OR orange) NEAR/5 (phone)", "(apple OR orange) NEAR/5 (phone)", 0),
        (Foreign::Brandwatch, "acme AND authorFollowers:[10 TO 20]", "acme AND followers:[10 TO 20]", 0),
        (Foreign::Brandwatch, "acme AND authorGender:F", "acme", 1),
        (Foreign::Brandwatch, "acme NOT authorGender:(F OR M)", "acme", 1),
        (Foreign::Brandwatch, "acme AND (red OR authorGender:F)", "acme", 1),
        (
            Foreign::Brandwatch,
            "engagementType:RETWEET AND acme <<< a comment >>>",
            "engagementType:RETWEET AND acme <<< a comment >>>",
            0,
        ),
        (Foreign::Talkwalker, "BMW -site:\"mysite.example\"", "BMW -site:\"mysite.example\"", 0),
        (
            Foreign::Talkwalker,
            "berry site:\"a.example\" site:\"b.example\" x",
            "berry site:(\"a.example\" OR \"b.example\") x",
            1,
        ),
        (Foreign::Talkwalker, "content:acme AND sourcecountry:fr", "body:acme AND country:fr", 0),
        (Foreign::Talkwalker, "acme sourcetype:NEWS", "acme", 1),
        (Foreign::Meltwater, "(\"sail boat\" or boat) near/3 race", "(\"sail boat\" OR boat) NEAR/3 race", 2),
        (Foreign::Meltwater, "apple AND (watch OR ios)^9", "apple AND (watch OR ios)", 1),
        (Foreign::Meltwater, "ingress:apple", "body:apple", 1),
        (Foreign::Meltwater, "apple -ingress:(red OR blue)", "apple", 1),
        (Foreign::X, "acme from:jane", "acme author:jane", 1),
        (Foreign::X, "acme -from:jane", "acme", 1),
        (Foreign::X, "acme -$tsla -red", "acme AND NOT red", 1),
        // A space, a sign or a colon behind the colon.
        (Foreign::Brandwatch, "acme AND authorGender: F", "acme", 1),
        (Foreign::X, "acme context: 10.799", "acme", 1),
        (Foreign::Talkwalker, "acme sourcetype: NEWS", "acme", 1),
        (Foreign::Talkwalker, "acme sentiment:-5", "acme", 1),
        (Foreign::Talkwalker, "acme sentiment:> -5 red", "acme AND red", 1),
        (Foreign::Talkwalker, "acme sentiment:\n( 5 OR 6 ) red", "acme AND red", 1),
        (Foreign::Talkwalker, "acme cluster:a:b:[1 TO 2]x", "acme AND x", 1),
        (Foreign::Talkwalker, "acme AND sentiment: AND red", "acme AND red", 1),
        (Foreign::Talkwalker, "acme author:(jane OR cluster:5)", "acme", 1),
        (Foreign::Brandwatch, "acme AND latitude:[41 TO 44]", "acme", 1),
        (Foreign::Brandwatch, "acme AND (region:usa.ca OR impressions:[1 TO 2]) AND accountType:individual", "acme", 3),
        (Foreign::Brandwatch, "acme AND authorVerified: false", "acme AND NOT is:verified", 0),
        (Foreign::X, "acme has:media lang:fr", "acme (has:image OR has:video) lang:fr", 0),
        (Foreign::X, "acme AND phone", "acme \"AND\" phone", 1),
        (Foreign::X, "$tsla OR url:tesla", "tsla OR links:\"*tesla*\"", 2),
        (Foreign::X, "acme point_radius:[2.3 48.8 16km]", "acme", 1),
        (Foreign::X, "conversation_id:1 followers_count:100", "thread:1 followers:>=100", 0),
        (Foreign::X, "acme to:jane", "acme (at_mentions:\"jane\" AND is:reply)", 1),
        // What finds more than there would exclude too much.
        (Foreign::X, "acme -to:jane", "acme", 1),
        (Foreign::X, "acme -url:tesla", "acme", 1),
        (Foreign::X, "acme -url:tesla.example", "acme -links:tesla.example", 0),
        (Foreign::X, "acme place:paris", "acme city:paris", 1),
        (Foreign::X, "acme -place:paris -bio_location:\"new york\"", "acme", 2),
        (Foreign::Meltwater, "a near/5f b", "a NEAR/5f b", 1),
        (Foreign::Meltwater, "a near/5F b OR c Near/5F d", "a NEAR/5f b OR c NEAR/5f d", 2),
        (Foreign::Meltwater, "a NEAR/5F b", "a NEAR/5f b", 1),
        (Foreign::Meltwater, "a NEAR/5f b NEAR c", "a NEAR/5f b NEAR c", 0),
        (Foreign::Brandwatch, "acme AND authorVerified:TRUE", "acme AND is:verified", 0),
        (Foreign::Brandwatch, "acme AND state:usa.ca", "acme AND state:\"ca\"", 1),
        (Foreign::Brandwatch, "acme NOT city:\"usa.ca.fresno\"", "acme", 1),
        (Foreign::Brandwatch, "acme AND state:bavaria", "acme AND state:bavaria", 0),
    ] {
        let here = convert_from(from, text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        assert_eq!(here.text.as_deref(), Some(expected), "{text}");
        assert_eq!(here.losses.len(), lost, "{text}: {:?}", here.losses);
        for loss in here.losses {
            assert!(text.get(loss.span).is_some(), "{text}");
        }
    }
    let (_, errors) = convert_from(Foreign::Brandwatch, "(acme").expect_err("a mistake");
    assert_eq!(errors[0].code, "E101");
    assert_eq!(convert_from(Foreign::X, "context:10.799").expect("a query").text, None);
}
