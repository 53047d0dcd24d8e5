//! Saved parts, saved lists, derived fields, other people's line breaks, canonical forms: by tables of cases.

use vigie_mention::{Annotation, Author, Label, TopicId, Value};

use crate::testing::{body, post};
use crate::{Comparison, DerivedField, Dialect, FieldType, Library, MatchText, Query, Reading, Schema};

fn library() -> Library {
    let mut library = Library::new();
    for (name, text) in [
        ("brand", "acme OR \"acme phone\""),
        ("deep", "@{brand} AND red"),
        ("loop", "red OR @{pool}"),
        ("pool", "blue OR (@{loop})"),
        ("self", "@{self}"),
        ("broken", "(red"),
        ("empty", "/* nothing */"),
        ("closes", "red) OR (blue"),
        ("wordy", "lang:fr"),
    ] {
        library.add_part(name, text);
    }
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    library.add_list("press", list(&["news.example", "https://www.daily.example"]));
    library.add_list("people", list(&["@Jane", "John Doe"]));
    library.add_list("words", list(&["red", "deep blue"]));
    library.add_list("none", Vec::new());
    library.add_list("nonsense", list(&["news.example", "no host"]));
    library
}

#[test]
fn saved_parts_stand_where_they_are_named() {
    let library = library();
    for (text, printed) in [
        ("@{brand}", "acme OR \"acme phone\""),
        ("@{brand} NOT red", "(acme OR \"acme phone\") AND NOT red"),
        ("NOT @{brand}", "NOT (acme OR \"acme phone\")"),
        ("@{deep}", "(acme OR \"acme phone\") AND red"),
        ("@{brand} NEAR/3 x", "(acme OR \"acme phone\") NEAR/3 x"),
        ("title:@{brand} x", "(title:acme OR title:\"acme phone\") AND x"),
        ("title:(@{brand} AND x)", "(title:acme OR title:\"acme phone\") AND title:x"),
        ("site:@list(press)", "site:@list(press)"),
        ("@list(words) AND x", "(red OR \"deep blue\") AND x"),
        ("title:@list(words)", "title:red OR title:\"deep blue\""),
        ("author:@list(people) x", "author:@list(people) AND x"),
    ] {
        let parsed = Reading::new().library(&library).parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        assert_eq!(parsed.query.to_string(), printed, "{text}");
        let again = Reading::new().library(&library).parse(printed).expect("what is printed can be read");
        assert_eq!(again.query, parsed.query, "{text}");
    }
}

#[test]
fn mistakes_in_saved_parts_are_reported_where_they_are_named() {
    let library = library();
    for (text, expected) in [
        ("red @{brnd}", vec![("E231", "@{brnd}")]),
        ("@{loop}", vec![("E230", "@{loop}")]),
        ("@{self}", vec![("E230", "@{self}")]),
        ("@{broken} OR x", vec![("E101", "@{broken}")]),
        ("@{empty}", vec![("E100", "@{empty}")]),
        ("@{closes}", vec![("E102", "@{closes}")]),
        ("@{wordy} NEAR x", vec![("E210", "@{wordy}")]),
        ("title:@{wordy}", vec![("E206", "@{wordy}")]),
        ("site:@list(pres)", vec![("E232", "@list(pres)")]),
        ("site:@list(none)", vec![("E105", "@list(none)")]),
        ("site:@list(nonsense)", vec![("E203", "@list(nonsense)")]),
        ("followers:@list(words)", vec![("E203", "@list(words)"), ("E203", "@list(words)")]),
    ] {
        let found = Reading::new().library(&library).parse(text).expect_err(text);
        let errors: Vec<(&str, &str)> =
            found.iter().filter(|one| one.code.starts_with('E')).map(|one| (one.code, &text[one.span.clone()])).collect();
        assert_eq!(errors, expected, "{text}: {found:?}");
    }
    let message = |text: &str| Reading::new().library(&library).parse(text).expect_err(text).remove(0);
    assert_eq!(message("@{loop}").message, "saved parts insert themselves: cycle loop -> pool -> loop");
    assert!(message("@{brnd}").hint.is_some_and(|hint| hint.starts_with("did you mean `brand`?")));
    assert_eq!(message("@{broken}").message, "in the saved part `broken`: `(` at 1:1 is never closed");
}

#[test]
fn values_of_a_list_are_counted_to_the_end() {
    let mut library = Library::new();
    library.add_list("long", (0..6_000).map(|number| format!("w{number}")).collect());
    let found = Reading::new().library(&library).parse("title:@list(long) AND x AND foo:bar").expect_err("too many");
    let told: Vec<(&str, &str)> = found.iter().map(|one| (one.code, one.message.as_str())).collect();
    let count = "the saved list `long` has 6000 values, each of which is a word of the query here; \
                 the query has 6002 words, phrases and values, at most 5000 are allowed";
    assert_eq!(told, [("E251", count), ("E201", "unknown field `foo`")]);
}

#[test]
fn remarks_of_saved_parts_are_told_where_they_are_named() {
    let mut library = Library::new();
    for (name, text) in [
        ("near40", "x NEAR/40 y"),
        ("spaces", "red blue green"),
        ("mixed", "a OR b AND c"),
        ("curly", "“red”"),
        ("deep", "@{near40} OR blue"),
    ] {
        library.add_part(name, text);
    }
    for (text, expected) in [
        ("@{near40}", vec![("W302", "@{near40}", "in the saved part `near40`: NEAR/40 is usually the same as AND")]),
        (
            "@{mixed}",
            vec![("W301", "@{mixed}", "in the saved part `mixed`: AND binds tighter than OR: read as `a OR (b AND c)`")],
        ),
        ("@{curly}", vec![("N104", "@{curly}", "in the saved part `curly`: curly quotes are read as straight ones")]),
        (
            "x @{spaces}",
            vec![
                ("N101", "@{spaces}", "in the saved part `spaces`: a space is read as AND, here and in 1 more places"),
                ("N101", "@{spaces}", "a space is read as AND"),
            ],
        ),
        (
            "NOT @{deep}",
            vec![("W302", "@{deep}", "in the saved part `deep`: in the saved part `near40`: NEAR/40 is usually the same as AND")],
        ),
    ] {
        let remarks = Reading::new().library(&library).parse(text).expect("a query").remarks;
        let found: Vec<_> = remarks.iter().map(|one| (one.code, &text[one.span.clone()], one.message.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_saved_part_cannot_insert_itself() {
    let library = library();
    for (name, text, cycle) in [
        ("loop", "red OR @{pool}", "cycle loop -> pool -> loop"),
        ("pool", "blue OR (@{loop})", "cycle pool -> loop -> pool"),
        ("self", "@{self}", "cycle self -> self"),
        ("other", "@{loop}", "cycle loop -> pool -> loop"),
    ] {
        let found = Reading::new().library(&library).inside_part(name).parse(text).expect_err(name);
        assert_eq!((found.len(), found[0].code), (1, "E230"), "{name}: {found:?}");
        assert!(found[0].message.ends_with(cycle), "{name}: {}", found[0].message);
    }
}

#[test]
fn parts_cannot_multiply_without_end() {
    let mut library = Library::new();
    library.add_part("p0", "red OR blue");
    for level in 1..40 {
        let below = level - 1;
        library.add_part(format!("p{level}"), format!("@{{p{below}}} AND @{{p{below}}}"));
    }
    let found = Reading::new().library(&library).parse("@{p39}").expect_err("too much");
    assert!(found.iter().any(|one| matches!(one.code, "E251" | "E255")), "{found:?}");
    let mut deep = Library::new();
    deep.add_part("q0", "red");
    for level in 1..100 {
        deep.add_part(format!("q{level}"), format!("@{{q{}}}", level - 1));
    }
    let found = Reading::new().library(&deep).parse("@{q99}").expect_err("too deep");
    assert!(found.iter().any(|one| one.code == "E252"), "{found:?}");
}

#[test]
fn saved_lists_match_by_field() {
    let library = library();
    let mut mention = post("x");
    mention.url = Some("https://sub.daily.example/a".into());
    mention.author = Some(Author { handle: Some("JANE".into()), ..Author::default() });
    mention.links = vec!["https://other.example".into()];
    let text = MatchText::of(&mention);
    for (query, expected) in [
        ("site:@list(press)", Some(true)),
        ("NOT site:@list(press)", Some(false)),
        ("links:@list(press)", Some(false)),
        ("author:@list(people)", Some(true)),
        ("hashtags:@list(people)", Some(false)),
        ("replyto:@list(words)", None),
    ] {
        let parsed = Reading::new().library(&library).parse(query).expect("a query").query;
        assert_eq!(parsed.root.truth(&text), expected, "{query}");
    }
    let parsed = Reading::new().library(&library).parse("site:@list(press)").expect("a query").query;
    assert!(parsed.check_collection().is_empty());
    let mut other = Library::new();
    other.add_list("press", vec!["news.example".into()]);
    let changed = Reading::new().library(&other).parse("site:@list(press)").expect("a query").query;
    assert_ne!(parsed.fingerprint(), changed.fingerprint(), "another list is another question");
}

#[test]
fn new_lines_between_bracketed_lines_are_or_in_one_dialect_only() {
    let read = |text: &str, dialect| Reading::new().dialect(dialect).parse(text).expect("a query");
    for (text, visibrain) in [
        ("(a AND b)\n(c)", "(a AND b) OR c"),
        ("(a)\n\n(b)\r\n(c)", "a OR b OR c"),
        ("(a) AND\n(b)", "a AND b"),
        ("(a)\nb", "a AND b"),
        ("((a)\n(b)) x", "a AND b AND x"),
        ("(a) (b)\n(c)", "(a AND b) OR c"),
    ] {
        assert_eq!(read(text, Dialect::Visibrain).query.to_string(), visibrain, "{text}");
        assert!(!read(text, Dialect::Vigie).query.to_string().contains(" OR "), "{text}");
    }
    assert!(read("(a)\n(b)", Dialect::Visibrain).remarks.iter().any(|one| one.code == "N105"));
}

fn schema() -> Schema {
    let field = |analyzer: &str, key: &str, value, one_of: &[&str]| DerivedField {
        analyzer: analyzer.into(),
        key: key.into(),
        value,
        one_of: one_of.iter().map(|word| (*word).to_owned()).collect(),
    };
    Schema::new(vec![
        field("vigie", "topics", FieldType::Labels, &["acme", "rival"]),
        field("sentiment", "sentiment", FieldType::Number, &[]),
        field("sentiment", "sentiment-label", FieldType::Text, &["positive", "neutral", "negative"]),
        field("mood", "emotions", FieldType::Labels, &[]),
        field("mood", "urgent", FieldType::Flag, &[]),
        field("keys", "topic", FieldType::Labels, &[]),
    ])
}

fn analysed() -> MatchText {
    let note = |analyzer: &str, key: &str, value| Annotation {
        analyzer: analyzer.into(),
        version: "1".into(),
        key: key.into(),
        value,
        confidence: None,
    };
    let labels = |all: &[(&str, f32)]| {
        Value::Labels(all.iter().map(|(name, score)| Label { name: (*name).to_owned(), score: *score }).collect())
    };
    let notes = [
        note("sentiment", "sentiment", Value::Number(-0.7)),
        note("sentiment", "sentiment-label", Value::Text("negative".into())),
        note("mood", "emotions", labels(&[("Anger", 0.8), ("fear", 0.5), ("joy", 0.05)])),
        note("mood", "urgent", Value::Flag(true)),
        note("language", "language", Value::Text("fr-CA".into())),
    ];
    MatchText::analysed(&post("the battery"), &notes, &[TopicId::new("acme").expect("a name")])
}

#[test]
fn what_analyzers_write_can_be_asked_for() {
    let (schema, text) = (schema(), analysed());
    for (query, expected) in [
        ("sentiment:negative", Some(true)),
        ("sentiment:NEGATIVE AND battery", Some(true)),
        ("sentiment:positive", Some(false)),
        ("sentiment:(positive OR negative)", Some(true)),
        ("sentiment:<-0.5", Some(true)),
        ("sentiment:-0.7", Some(true)),
        ("sentiment:[-1 TO -0.8]", Some(false)),
        ("an.sentiment.sentiment:>0", Some(false)),
        ("an.sentiment.sentiment-label:neg*", Some(true)),
        ("emotion:anger", Some(true)),
        ("emotion:fear", Some(true)),
        ("emotion:joy", Some(false)),
        ("emotion:\"joy>=0.01\"", Some(true)),
        ("an.mood.emotions:\"fear>=0.6\"", Some(false)),
        ("urgent:true", Some(true)),
        ("NOT urgent:yes", Some(false)),
        ("topic:acme", Some(true)),
        ("topic:rival", Some(false)),
        ("topic:battery", None),
        ("NOT topic:battery", None),
        ("lang:fr", Some(true)),
        ("missing:an.keys.topic", Some(true)),
        ("exists:sentiment", Some(true)),
    ] {
        let parsed = Reading::new().schema(&schema).parse(query).unwrap_or_else(|errors| panic!("{query}: {errors:?}")).query;
        assert_eq!(parsed.root.truth(&text), expected, "{query}");
        let printed = parsed.to_string();
        let again = Reading::new().schema(&schema).parse(&printed).unwrap_or_else(|errors| panic!("{printed}: {errors:?}"));
        assert_eq!(again.query, parsed, "{printed}");
    }
    let explanation = Reading::new().schema(&schema).parse("sentiment:negative").expect("a query").query.explain(&text);
    assert_eq!(explanation.value.as_deref(), Some("negative"));
}

#[test]
fn what_nobody_writes_is_a_mistake_in_a_view() {
    let schema = schema();
    for (query, code, hint) in [
        ("an.senti.scor:>1", "E202", "an.sentiment.sentiment"),
        ("an.mood.urgnt:true", "E202", "did you mean `an.mood.urgent`?"),
        ("risk:high", "E202", "known are"),
        ("exists:risk", "E202", "known are"),
        ("sentiment:negatve", "E203", "did you mean `negative`?"),
        ("urgent:maybe", "E203", "`true` or `false`"),
        ("an.sentiment.sentiment:high", "E203", "write"),
        ("emotion:\"joy>=much\"", "E203", "anger>=0.3"),
        ("urgnt:true", "E201", "to search the text"),
        ("exists:raw", "E201", "`exists:text`"),
    ] {
        let found = Reading::new().schema(&schema).parse(query).expect_err(query);
        assert_eq!(found[0].code, code, "{query}: {found:?}");
        assert!(found[0].hint.as_deref().is_some_and(|text| text.contains(hint)), "{query}: {found:?}");
    }
}

#[test]
fn workflow_state_may_be_asked_for_in_a_view_and_is_unknown() {
    let (schema, text) = (schema(), analysed());
    for query in ["tag:later", "NOT status:open", "assigned:(jane OR joe)", "missing:priority", "category:x"] {
        let parsed = Reading::new().schema(&schema).parse(query).unwrap_or_else(|errors| panic!("{query}: {errors:?}"));
        assert_eq!(parsed.query.root.truth(&text), None, "{query}");
        assert_eq!(parsed.remarks.iter().map(|one| one.code).collect::<Vec<_>>(), ["W308"], "{query}");
    }
    let own = DerivedField { analyzer: "desk".into(), key: "tags".into(), value: FieldType::Labels, one_of: vec![] };
    let schema = Schema::new(vec![own]);
    let parsed = Reading::new().schema(&schema).parse("tag:later").expect("an analyzer writes it");
    assert_eq!((parsed.query.to_string().as_str(), parsed.remarks.len()), ("an.desk.tags:\"later\"", 0));
}

#[test]
fn the_nearest_names_come_first() {
    let field = |name: &str| {
        let (analyzer, key) = name.split_once('.').expect("two names");
        DerivedField { analyzer: analyzer.into(), key: key.into(), value: FieldType::Number, one_of: vec![] }
    };
    let names = ["spam.spam", "mood.score", "sentiment.sentiment-label", "sentiment.sentiment", "sentiment.score"];
    let schema = Schema::new(names.map(field).to_vec());
    for (query, hint) in [
        // The specification's own example once led to `an.spam.spam`.
        (
            "an.senti.scor:>1",
            "did you mean `an.sentiment.score`? known are an.sentiment.score, an.sentiment.sentiment, \
             an.sentiment.sentiment-label, an.spam.spam, an.mood.score",
        ),
        ("an.moud.sentiment:>1", "did you mean `an.mood.score`? known are an.mood.score, an.spam.spam,"),
        ("risk:high", "known are"),
    ] {
        let found = Reading::new().schema(&schema).parse(query).expect_err(query);
        assert_eq!(found[0].code, "E202", "{query}");
        assert!(found[0].hint.as_deref().is_some_and(|text| text.starts_with(hint)), "{query}: {found:?}");
    }
}

#[test]
fn without_a_schema_derived_fields_are_unknown_and_refused_for_collection() {
    let parsed = Query::parse("battery sentiment:negative").expect("a query").query;
    assert_eq!(parsed.root.truth(&analysed()), None);
    assert_eq!(parsed.check_collection().iter().map(|one| one.code).collect::<Vec<_>>(), ["E220"]);
}

#[test]
fn queries_that_say_the_same_have_one_fingerprint() {
    let parse = |text: &str| Query::parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).query;
    for (one, other, equal) in [
        ("a AND b", "B a", true),
        ("a OR b OR a", "b OR a", true),
        ("(a AND a) OR b", "b OR a", true),
        ("a NEAR/3 (b OR c)", "(c OR b) NEAR/3 a", true),
        ("\"a b\"~2", "\"b a\"~2", true),
        ("site:x.example", "site:www.X.example", true),
        ("a ONEAR/3 b", "b ONEAR/3 a", false),
        ("\"a b\"", "\"b a\"", false),
        ("a OR b", "a AND b", false),
        ("NOT a", "a", false),
    ] {
        assert_eq!(parse(one).fingerprint() == parse(other).fingerprint(), equal, "{one} | {other}");
        let normalised = parse(one).normalised();
        assert_eq!(parse(&normalised.to_string()), normalised, "{one}");
    }
    assert_eq!(parse("acme AND phone").fingerprint(), "50b868f8d681d743417ed007616af5bc");
}

#[test]
fn a_comparison_counts_and_keeps_samples() {
    let parse = |text: &str| Query::parse(text).expect("a query").query;
    let mut comparison = Comparison::new(parse("acme OR rival"), parse("acme OR phone"), 1);
    for text in ["acme", "rival", "rival again", "phone", "nothing"] {
        comparison.look(&body(text), || text);
    }
    let counts = (comparison.kept, comparison.gained, comparison.lost, comparison.outside);
    assert_eq!(counts, (1, 1, 2, 1));
    assert_eq!((comparison.gained_samples, comparison.lost_samples), (vec!["phone"], vec!["rival"]));
}

#[test]
fn costs_are_counted() {
    let cost = Query::parse("(acme OR rival*) NEAR/3 phone AND (lang:fr OR has:image)").expect("a query").query.cost();
    assert_eq!((cost.leaves, cost.wildcards, cost.distances), (5, 1, 1));
    assert_eq!((cost.clauses, cost.open_clauses), (1, 0));
}

#[test]
fn a_cost_names_the_rarest_words() {
    for (text, expected) in [
        ("acme", Some(vec!["acme"])),
        ("\"the acme phone\" lang:fr", Some(vec!["phone"])),
        ("acme NOT looney", Some(vec!["acme"])),
        ("(a OR batteries) AND acmephone*", Some(vec!["acmephone*"])),
        ("title:(acme OR rival) OR #tag OR @jean-luc", Some(vec!["#tag", "@jean", "title:acme", "title:rival"])),
        ("été* OR raw:Google+ OR raw:\"google docs\"", Some(vec!["ete*", "google"])),
        ("acme OR lang:fr", None),
        ("NOT acme", None),
        ("hashtags:acme", None),
    ] {
        let rarest = Query::parse(text).expect("a query").query.cost().rarest;
        assert_eq!(rarest, expected.map(|words| words.into_iter().map(str::to_owned).collect()), "{text}");
    }
}
