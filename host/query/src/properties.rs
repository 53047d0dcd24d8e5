//! What holds for every query and every mention.

use std::collections::BTreeSet;

use proptest::prelude::*;
use vigie_mention::{Mention, TopicId};

use crate::match_text::Passage;
use crate::syntax::{Expr, Kind, Near, Node, Pattern, Reach, Words};
use crate::testing::post;
use crate::words::raw_places;
use crate::{Dialect, Foreign, Index, Library, MatchText, Query, Reading, convert_from};

/// Pieces of queries, well-formed or not.
const PIECES: [&str; 60] = [
    "bmw",
    "BMW",
    "Audi",
    "été",
    "l'oréal",
    "#bmw",
    "@bmw",
    "red",
    "東京",
    "👍",
    "bm?",
    "bmw*",
    "ca*",
    "AND",
    "OR",
    "NOT",
    "-",
    "(",
    ")",
    "\"",
    " ",
    "\n",
    " ",
    " ",
    "NEAR/2",
    "ONEAR/1",
    "NEAR/3f",
    "NEAR/x",
    "SENTENCE",
    "~2",
    "title:",
    "body:",
    "raw:",
    "freq/2:",
    "author:",
    "site:",
    "lang:",
    "fr",
    "followers:",
    ">=10",
    "[1 TO 5]",
    "{",
    "published:",
    "-7d",
    "2026-01-01",
    "is:",
    "reply",
    "missing:",
    "url:",
    "*x*",
    "/*",
    "*/",
    "<<<",
    "@{",
    "}",
    "“",
    "»",
    "\\",
    ":",
    "an.x.y:",
];

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![9 => prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn word() -> impl Strategy<Value = String> {
    let words = [
        "bmw",
        "audi",
        "Été",
        "red",
        "x",
        "#bmw",
        "@bmw",
        "rock-n-roll",
        "bm?",
        "bmw*",
        "raw:BMW",
        "raw:\"x\"",
        "東京",
        "#東",
        "#東京",
        "@東",
        "\"#東京 x\"~2",
        "\"red bmw\"",
        "\"red bmw*\"",
        "\"x bmw red\"~1",
        "\"#bmw bmw\"~1",
    ];
    prop::sample::select(words.to_vec()).prop_map(str::to_owned)
}

/// Something that has places.
fn placed() -> impl Strategy<Value = String> {
    word().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), 0..4_u32, inner.clone()).prop_map(|(a, n, b)| format!("({a} NEAR/{n} {b})")),
            (inner.clone(), 0..4_u32, inner.clone()).prop_map(|(a, n, b)| format!("({a} ONEAR/{n} {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} SENTENCE {b})")),
            inner.clone().prop_map(|a| format!("({a} OR {a})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} OR {b})")),
        ]
    })
}

fn sound() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => placed(),
        1 => placed().prop_map(|placed| format!("freq/2:({placed})")),
        1 => placed().prop_map(|placed| format!("title:({placed})")),
        1 => prop::sample::select(vec!["followers:>10", "lang:fr", "hashtags:bmw", "is:reply", "missing:followers", "author:jane"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} AND {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} OR {b})")),
            // Written twice, so that one of the two goes away when it is normalised.
            inner.clone().prop_map(|a| format!("({a} AND {a})")),
            inner.clone().prop_map(|a| format!("({a} OR {a})")),
            inner.prop_map(|a| format!("NOT {a}")),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    let words = [
        "bmw",
        "BMW",
        "audi",
        "ete",
        "red",
        "x",
        "xs",
        "#bmw",
        "@bmw",
        "rock'n'roll",
        "bmws",
        "東京都",
        "BMW™",
        ".",
        "y",
        "y",
        "@jean-bmw",
        "#東京",
        "@東京",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..14).prop_map(|words| words.join(" "))
}

fn mention() -> impl Strategy<Value = Mention> {
    (text(), prop::option::of(text()), prop::option::of(0..20_u64), any::<bool>()).prop_map(|(body, title, followers, listed)| {
        let mut mention = post(&body);
        mention.title = title;
        mention.author = followers.map(|followers| vigie_mention::Author {
            followers: Some(followers),
            handle: Some("jane".into()),
            ..Default::default()
        });
        mention.language = followers.map(|count| if count % 2 == 0 { "fr".to_owned() } else { "en".to_owned() });
        // As admission does: what stands in the text is listed, and a service may list more.
        let stands =
            |tag: &str| [Some(&mention.text), mention.title.as_ref()].into_iter().flatten().any(|text| text.contains(tag));
        let (hashtag, handle) = (listed || stands("#bmw"), stands("@bmw"));
        mention.hashtags = if hashtag { vec!["bmw".into()] } else { Vec::new() };
        mention.handles = if handle { vec!["bmw".into()] } else { Vec::new() };
        mention
    })
}

/// The language again, by brute force: every range of tokens is tried.
mod naive {
    use super::*;

    pub(super) fn truth(node: &Node, text: &MatchText) -> Option<bool> {
        let parts = |nodes: &[Node]| nodes.iter().map(|node| truth(node, text)).collect::<Vec<_>>();
        match &node.kind {
            Kind::And(nodes) => {
                let parts = parts(nodes);
                if parts.contains(&Some(false)) { Some(false) } else { (!parts.contains(&None)).then_some(true) }
            }
            Kind::Or(nodes) => {
                let parts = parts(nodes);
                if parts.contains(&Some(true)) { Some(true) } else { (!parts.contains(&None)).then_some(false) }
            }
            Kind::Not(node) => truth(node, text).map(|truth| !truth),
            Kind::Text(leaf) => {
                let count: usize = text.passages(leaf.scope).map(|passage| count(&leaf.expr, passage)).sum();
                Some(count >= leaf.at_least.unwrap_or(1) as usize)
            }
            Kind::Meta(meta) => meta.truth(text),
            Kind::Derived(derived) => derived.truth(&text.annotations),
        }
    }

    fn count(expr: &Expr, passage: &Passage) -> usize {
        match expr {
            Expr::Raw(raw) => raw_places(raw, &passage.text).count(),
            _ => ranges(expr, passage).len(),
        }
    }

    fn ranges(expr: &Expr, passage: &Passage) -> BTreeSet<(usize, usize)> {
        let len = passage.tokens.len();
        let all = || (0..len).flat_map(|start| (start + 1..=len).map(move |end| (start, end)));
        match expr {
            Expr::Words(words) => all().filter(|&(start, end)| in_a_row(words, passage, start, end)).collect(),
            Expr::Window { words, extra } => {
                let widest = words.patterns.len() + *extra as usize;
                let enough = |start: usize, end: usize| start < end && has_all(words, passage, start, end);
                let event = |at: usize| words.patterns.iter().any(|pattern| fits(pattern, passage, at));
                all()
                    .filter(|&(start, end)| end - start <= widest && event(start) && event(end - 1) && enough(start, end))
                    .filter(|&(start, end)| !enough(start + 1, end) || !enough(start, end - 1))
                    .collect()
            }
            Expr::Raw(raw) => raw_places(raw, &passage.text)
                .map(|bytes| {
                    let (start, end) = passage.tokens.touched(&bytes);
                    (start as usize, end as usize)
                })
                .collect(),
            Expr::AnyOf(any) => any.iter().flat_map(|expr| ranges(expr, passage)).collect(),
            Expr::Near(near) => {
                let (left, right) = (ranges(&near.left, passage), ranges(&near.right, passage));
                let mut found = BTreeSet::new();
                for &a in &left {
                    for &b in &right {
                        found.extend(joined(near, a, b, passage));
                        if !near.ordered {
                            found.extend(joined(near, b, a, passage));
                        }
                    }
                }
                found
            }
        }
    }

    fn joined(near: &Near, a: (usize, usize), b: (usize, usize), passage: &Passage) -> Option<(usize, usize)> {
        let close = match near.reach {
            Reach::Tokens(n) => b.0 >= a.1 && b.0 - a.1 <= n as usize,
            Reach::Sentence => b.0 >= a.1 && passage.tokens.sentence(a.0) == passage.tokens.sentence(b.1 - 1),
        };
        close.then_some((a.0, b.1))
    }

    fn fits(pattern: &Pattern, passage: &Passage, at: usize) -> bool {
        pattern.fits(&passage.tokens, at)
    }

    fn in_a_row(words: &Words, passage: &Passage, start: usize, end: usize) -> bool {
        words.patterns.len() == end - start
            && words.patterns.iter().enumerate().all(|(offset, pattern)| fits(pattern, passage, start + offset))
    }

    fn has_all(words: &Words, passage: &Passage, start: usize, end: usize) -> bool {
        words.patterns.iter().all(|pattern| {
            let needed = words.patterns.iter().filter(|other| *other == pattern).count();
            (start..end).filter(|&at| fits(pattern, passage, at)).count() >= needed
        })
    }
}

/// Every pair of pieces, over and over: what grows faster than its length, nests without end or overflows shows here.
#[test]
fn long_rows_of_anything_are_read_and_used() {
    let text = MatchText::of(&post(&"bmw audi red x bmw. été #bmw 東京 ".repeat(40)));
    for (number, one) in PIECES.iter().enumerate() {
        for other in PIECES.iter().skip(number % 3).step_by(3) {
            let row = format!("{one}{other} ").repeat(2_000 / (one.len() + other.len() + 1));
            for row in [row.clone(), format!("red {row}"), row.trim_end().replace(' ', "")] {
                let Ok(parsed) = Query::parse(&row) else { continue };
                let query = parsed.query;
                let (truth, explained) = (query.root.truth(&text), query.explain(&text));
                assert_eq!(explained.truth, truth, "{one}{other}");
                assert!(!query.widen().any.is_empty() && query.cost().clauses > 0, "{one}{other}");
                assert_eq!(query.normalised().root.truth(&text), truth, "{one}{other}");
                let topic = TopicId::new("t").expect("a name");
                let found = Index::new(vec![(topic, query.clone())]).matches(&text);
                assert_eq!(found.len() == 1, truth == Some(true), "{one}{other}");
                for foreign in Foreign::ALL {
                    assert!(query.convert_to(foreign).losses.len() <= 20_000, "{one}{other}");
                }
            }
        }
    }
}

/// Whether a term of a search occurs, as the contract means it.
fn occurs(term: &str, text: &MatchText) -> bool {
    let words = Words::exact(term);
    text.passages(crate::syntax::Scope::Any).any(|passage| words.occur_in(&passage.tokens))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parsing_never_panics_and_spans_lie_inside(query in prop_oneof![soup(), any::<String>()]) {
        let remarks = match Query::parse(&query) {
            Ok(parsed) => {
                let mut remarks = parsed.remarks;
                remarks.extend(parsed.query.check_collection());
                prop_assert!(!parsed.query.widen().any.is_empty());
                remarks
            }
            Err(remarks) => remarks,
        };
        for remark in remarks {
            prop_assert!(query.get(remark.span.clone()).is_some(), "{remark:?}");
        }
    }

    #[test]
    fn printed_and_parsed_again_is_the_same_query(query in prop_oneof![soup(), sound()]) {
        if let Ok(parsed) = Query::parse(&query) {
            let printed = parsed.query.to_string();
            let again = Query::parse(&printed);
            prop_assert!(again.is_ok(), "{printed}: {again:?}");
            if let Ok(again) = again {
                prop_assert_eq!(&again.query, &parsed.query, "{}", printed);
                prop_assert_eq!(again.query.to_string(), printed);
            }
        }
    }

    #[test]
    fn evaluation_agrees_with_brute_force(query in sound(), mention in mention()) {
        let query = Query::parse(&query).expect("a sound query").query;
        let text = MatchText::of(&mention);
        prop_assert_eq!(query.root.truth(&text), naive::truth(&query.root, &text), "{}", query);
        prop_assert_eq!(query.explain(&text).truth, query.root.truth(&text));
    }

    #[test]
    fn widening_never_loses_a_match(query in sound(), mention in mention()) {
        let query = Query::parse(&query).expect("a sound query").query;
        let text = MatchText::of(&mention);
        if query.matches(&text) {
            let search = query.widen();
            let holds = search.any.iter().any(|clause| clause.all.iter().all(|term| occurs(term, &text)) && !clause.none.iter().any(|term| occurs(term, &text)));
            prop_assert!(holds, "{query}: {search:?}");
            let language = mention.language.as_deref().unwrap_or("und");
            prop_assert!(search.languages.is_empty() || search.languages.iter().any(|tag| tag == language), "{query}: {search:?}");
        }
    }

    #[test]
    fn the_index_finds_what_the_queries_find(queries in prop::collection::vec(sound(), 1..6), mention in mention()) {
        let text = MatchText::of(&mention);
        let topics: Vec<(TopicId, Query)> = queries
            .iter()
            .enumerate()
            .map(|(index, query)| (TopicId::new(format!("t{index}")).expect("a name"), Query::parse(query).expect("a sound query").query))
            .collect();
        let expected: Vec<TopicId> = topics.iter().filter(|(_, query)| query.matches(&text)).map(|(id, _)| id.clone()).collect();
        prop_assert_eq!(Index::new(topics).matches(&text), expected);
    }

    /// Exact characters are found between `_`, where no token ends.
    #[test]
    fn the_index_finds_exact_pieces_of_words(raw in "[ab_. ]{1,4}", text in "[ab_. ]{0,12}") {
        let Ok(parsed) = Query::parse(&format!("raw:\"{raw}\"")) else { return Ok(()) };
        let text = MatchText::of(&post(&text));
        let topic = TopicId::new("t").expect("a name");
        let found = Index::new(vec![(topic, parsed.query.clone())]).matches(&text);
        prop_assert_eq!(found.len() == 1, parsed.query.matches(&text), "{}", parsed.query);
    }

    #[test]
    fn the_normalised_query_answers_the_same(query in sound(), mention in mention()) {
        let query = Query::parse(&query).expect("a sound query").query;
        let (text, normalised) = (MatchText::of(&mention), query.normalised());
        prop_assert_eq!(normalised.root.truth(&text), query.root.truth(&text), "{} | {}", query, normalised);
        prop_assert_eq!(normalised.normalised().to_string(), normalised.to_string());
        prop_assert_eq!(normalised.fingerprint(), query.fingerprint());
    }

    #[test]
    fn a_conversion_there_and_back_loses_no_match(query in sound(), mention in mention()) {
        let query = Query::parse(&query).expect("a sound query").query;
        let text = MatchText::of(&mention);
        if query.matches(&text) {
            for foreign in Foreign::ALL {
                let Some(there) = query.convert_to(foreign).text else { continue };
                let back = convert_from(foreign, &there);
                prop_assert!(back.is_ok(), "{foreign:?}: {query} | {there}: {back:?}");
                let Some(back) = back.expect("it was just checked").text else { continue };
                let back = Query::parse(&back).expect("what is converted can be read").query;
                prop_assert!(back.matches(&text), "{foreign:?}: {query} | {there} | {back}");
            }
        }
    }

    #[test]
    fn any_text_can_be_converted_and_read_with_saved_parts(query in prop_oneof![soup(), any::<String>()]) {
        for foreign in Foreign::ALL {
            if let Ok(here) = convert_from(foreign, &query) {
                prop_assert!(here.losses.iter().all(|loss| query.get(loss.span.clone()).is_some()), "{here:?}");
                prop_assert!(here.text.is_none_or(|text| Query::parse(&text).is_ok()));
            }
        }
        let mut library = Library::new();
        library.add_part("x", query.clone());
        library.add_list("y", vec![query.clone(), "red".to_owned()]);
        let reading = Reading::new().library(&library).dialect(Dialect::Visibrain);
        for text in [query, "@{x} AND site:@list(y) OR @list(y)".to_owned(), "title:(@{x}) NEAR/3 @{x}".to_owned()] {
            let remarks = match reading.parse(&text) {
                Ok(parsed) => parsed.remarks,
                Err(remarks) => remarks,
            };
            prop_assert!(remarks.iter().all(|remark| text.get(remark.span.clone()).is_some()), "{text}: {remarks:?}");
        }
    }

    #[test]
    fn any_text_can_be_tokenised(text in any::<String>()) {
        let tokens = crate::text::Tokens::of(&text);
        for index in 0..tokens.len() {
            prop_assert!(text.get(tokens.bytes(index, index + 1)).is_some());
            // What a token looks like is itself a word that finds it.
            let words = Words::exact(tokens.form(index));
            prop_assert_eq!(words.patterns.len(), 1, "{:?}", tokens.form(index));
            prop_assert_eq!(words.patterns.first().map(|pattern| pattern.text.as_str()), Some(tokens.form(index)));
        }
    }
}
