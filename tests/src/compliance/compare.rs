//! The answer key against what arrived.

use std::collections::BTreeMap;

use vigie_internet::truth::Truth;
use vigie_store::Stored;

/// What of a mention is held against the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Every field.
    Whole,
    /// That it is there and what it is: counters and edits are only seen by reading again.
    Identity,
}

/// Complaints about what is missing, what should not be there, and what is wrong. At most a few of each are told.
pub(super) fn compare(truths: &[Truth], stored: &BTreeMap<String, Stored>, depth: Depth) -> Vec<String> {
    let mut missing = Vec::new();
    let mut wrong = Vec::new();
    for truth in truths {
        match stored.get(&truth.id) {
            None => missing.push(truth.id.clone()),
            Some(found) => wrong.extend(differences(truth, found, depth)),
        }
    }
    let expected: std::collections::BTreeSet<&str> = truths.iter().map(|truth| truth.id.as_str()).collect();
    let invented: Vec<String> = stored.keys().filter(|id| !expected.contains(id.as_str())).cloned().collect();
    let mut complaints = Vec::new();
    if truths.is_empty() {
        complaints.push("the service holds nothing that could be found".to_owned());
    }
    for (what, ids) in [("missing", missing), ("stored and not held by the service", invented)] {
        if !ids.is_empty() {
            complaints.push(format!(
                "{} of {} {what}: {}",
                ids.len(),
                truths.len(),
                ids.iter().take(6).cloned().collect::<Vec<_>>().join(", ")
            ));
        }
    }
    if let Some(more) = wrong.len().checked_sub(12).filter(|more| *more > 0) {
        wrong.truncate(12);
        wrong.push(format!("and {more} more"));
    }
    complaints.extend(wrong);
    complaints
}

fn differences(truth: &Truth, found: &Stored, depth: Depth) -> Vec<String> {
    let mention = &found.mention;
    let mut wrong = Vec::new();
    let mut same = |what: &str, wanted: String, got: String| {
        if wanted != got {
            wrong.push(format!("`{}`: {what} is {got}, not {wanted}", truth.id));
        }
    };
    same("kind", truth.kind.to_owned(), mention.kind.name().to_owned());
    let mut field = |what: &str, wanted: &Option<Option<String>>, got: Option<&String>| {
        if let Some(wanted) = wanted {
            same(what, format!("{wanted:?}"), format!("{:?}", got.cloned()));
        }
    };
    field("author", &truth.author, mention.author.as_ref().map(|author| &author.id));
    field("parent", &truth.parent, mention.parent.as_ref());
    field("thread", &truth.thread, mention.thread.as_ref());
    field("original", &truth.original, mention.original.as_ref());
    field("language", &truth.language, mention.language.as_ref());
    if let Some(published) = &truth.published {
        let wanted = published.map(|at| at.as_millisecond());
        let got = mention.published.map(|moment| moment.at.as_millis());
        same("published", format!("{wanted:?}"), format!("{got:?}"));
    }
    if let Some(rating) = &truth.rating {
        let rounded = |value: f64| (value * 1_000.0).round() / 1_000.0;
        let got = mention.rating.map(|rating| rounded(rating.normalised()));
        same("rating", format!("{:?}", rating.map(rounded)), format!("{got:?}"));
    }
    if depth == Depth::Identity {
        return wrong;
    }
    let got = mention.engagement;
    for (what, wanted, got) in [
        ("likes", truth.counters[0], got.likes),
        ("comments", truth.counters[1], got.comments),
        ("shares", truth.counters[2], got.shares),
        ("views", truth.counters[3], got.views),
    ] {
        if wanted.is_some() {
            same(what, format!("{wanted:?}"), format!("{got:?}"));
        }
    }
    if let Some(title) = &truth.title {
        same("title", words(title), words(mention.title.as_deref().unwrap_or_default()));
    }
    let (text, wanted) = (words(&mention.text), words(&truth.text));
    if !in_order(&wanted, &text) {
        wrong.push(format!("`{}`: text is {text:?}, which lacks {wanted:?}", truth.id));
    }
    if let Some(unwanted) =
        truth.not_text.as_deref().map(words).filter(|unwanted| !unwanted.is_empty() && text.contains(unwanted.as_str()))
    {
        wrong.push(format!("`{}`: text holds {unwanted:?}", truth.id));
    }
    wrong
}

/// Words alone: spaces and punctuation are nobody's fault.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Whether every word of one text stands in the other, in this order.
fn in_order(wanted: &str, text: &str) -> bool {
    let mut rest = text.split(' ');
    wanted.split(' ').filter(|word| !word.is_empty()).all(|word| rest.any(|other| other == word))
}
