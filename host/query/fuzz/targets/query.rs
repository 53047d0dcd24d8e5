//! A query and a mention, apart by a null byte: whatever they are, nothing panics, and the ways of answering agree.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_mention::{Engagement, Instant, Mention, MentionKind, TopicId};
use vigie_query::{Diagnostic, Dialect, Foreign, Index, MatchText, Query, Reading, convert_from};

fuzz_target!(|input: &str| {
    let (text, mention) = input.split_once('\0').unwrap_or((input, "acme phone"));
    let inside = |remarks: &[Diagnostic]| assert!(remarks.iter().all(|remark| text.get(remark.span.clone()).is_some()));
    for dialect in [Dialect::Vigie, Dialect::Visibrain] {
        match Reading::new().dialect(dialect).parse(text) {
            Err(remarks) => inside(&remarks),
            Ok(parsed) => {
                inside(&parsed.remarks);
                inside(&parsed.query.check_collection());
                agree(&parsed.query, &MatchText::of(&post(mention)));
            }
        }
    }
    for foreign in Foreign::ALL {
        if let Ok(Some(here)) = convert_from(foreign, text).map(|here| here.text) {
            Query::parse(&here).expect("what is converted can be read");
        }
    }
});

/// All ways of asking one query of one mention.
fn agree(query: &Query, text: &MatchText) {
    let matches = query.matches(text);
    let again = Query::parse(&query.to_string()).expect("what is printed can be read").query;
    assert_eq!(&again, query, "printed and read again it is another");
    assert_eq!(query.explain(text).truth == Some(true), matches);
    assert_eq!(query.normalised().matches(text), matches);
    assert!(!query.widen().any.is_empty());
    let topic = TopicId::new("t").expect("a name");
    assert_eq!(Index::new(vec![(topic, query.clone())]).matches(text).len() == 1, matches);
    for foreign in Foreign::ALL {
        let _ = query.convert_to(foreign);
    }
}

fn post(text: &str) -> Mention {
    Mention {
        source: "forum".into(),
        instance: String::new(),
        id: "1".into(),
        kind: MentionKind::Post,
        url: None,
        title: None,
        text: text.into(),
        quoted: Vec::new(),
        language: None,
        author: None,
        published: None,
        edited: None,
        collected_at: Instant::from_millis(1_795_334_400_000),
        parent: None,
        thread: None,
        original: None,
        engagement: Engagement::default(),
        rating: None,
        country: None,
        links: Vec::new(),
        hashtags: Vec::new(),
        handles: Vec::new(),
        media: Vec::new(),
        attributes: Vec::new(),
    }
}
