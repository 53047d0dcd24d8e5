//! From a query to what services can search: any of a few clauses of words and phrases.
//!
//! Every mention that the query matches satisfies some clause; the host applies the exact query to what comes back. What a
//! clause cannot say (distances, wildcards, fields, a nested NOT) is left out of it, which finds more, never less. One thing is left to
//! the services: that they look for words between `_` too, where `raw:BMW` finds "BMW_M3".
//!
//! The disjunctive normal form of a query can be exponentially long. Where joining two alternatives by AND would give more
//! clauses than the query has words, only the more telling side is kept.

use std::collections::{BTreeSet, HashSet};

use vigie_mention::delivery::{Clause, Search};

use crate::fields::MetaField;
use crate::members;
use crate::metadata::Meta;
use crate::syntax::{Expr, Kind, Node, Pattern, Scope, TextLeaf, Words};

/// Most clauses of which products are kept; beyond it each AND contributes one of its sides.
const MANY: usize = 256;

/// Most words that an AND adds to its alternatives, all of them together: each says them again, and without one it finds more, never less.
const MOST_TERMS: usize = 16_384;

/// A set of clauses of which one holds.
type Clauses = Vec<Terms>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Terms {
    all: BTreeSet<String>,
    none: BTreeSet<String>,
}

/// # Shape
/// At least one clause; a clause with nothing in `all` asks for everything. At most [`MANY`] clauses, or as many as the query
/// has words if those are more.
pub(crate) fn widen(root: &Node) -> Search {
    let mut clauses = positive(root, true);
    if clauses.len() > MANY {
        clauses = positive(root, false);
    }
    let any =
        clauses.into_iter().map(|terms| Clause { all: terms.all.into_iter().collect(), none: terms.none.into_iter().collect() });
    let languages = languages(root).map(|tags| tags.into_iter().collect()).unwrap_or_default();
    Search { any: any.collect(), languages }
}

fn everything() -> Clauses {
    vec![Terms::default()]
}

fn positive(node: &Node, products: bool) -> Clauses {
    match &node.kind {
        Kind::And(nodes) => product(nodes.iter().map(|node| positive(node, products)), products),
        Kind::Or(nodes) => sum(nodes.iter().map(|node| positive(node, products))),
        Kind::Not(node) => negative(node, products),
        Kind::Text(leaf) => of_text(&leaf.expr, products),
        Kind::Meta(meta) => of_meta(meta),
        Kind::Derived(_) => everything(),
    }
}

/// Hashtags and handles are words of the text too.
fn of_meta(meta: &Meta) -> Clauses {
    match meta {
        Meta::Listed(field, name) if !name.contains('*') => {
            let sigil = if *field == MetaField::Hashtags { '#' } else { '@' };
            term(format!("{sigil}{name}"))
        }
        Meta::Among(field @ (MetaField::Hashtags | MetaField::AtMentions), list) if list.values.len() <= MANY => {
            // What cannot be read is no value: the parser has refused such a list.
            sum(list.values.iter().filter_map(|value| members::read(*field, value).ok()).map(|meta| of_meta(&meta)))
        }
        _ => everything(),
    }
}

/// Clauses for what does *not* match `node`: only words and phrases, alone or joined by OR, can be excluded safely.
fn negative(node: &Node, products: bool) -> Clauses {
    match &node.kind {
        Kind::Or(nodes) => product(nodes.iter().map(|node| negative(node, products)), products),
        Kind::Not(node) => positive(node, products),
        Kind::Text(TextLeaf { scope: Scope::Any, at_least: None, expr: Expr::Words(words) }) if is_exact(words) => {
            vec![Terms { none: BTreeSet::from([words.written.clone()]), ..Terms::default() }]
        }
        _ => everything(),
    }
}

fn is_exact(words: &Words) -> bool {
    words.patterns.iter().all(|pattern| !pattern.wild)
}

fn of_text(expr: &Expr, products: bool) -> Clauses {
    match expr {
        Expr::Words(words) if is_exact(words) => term(words.written.clone()),
        Expr::Words(words) => exact_part(words).map_or_else(everything, term),
        Expr::Window { words, .. } => {
            vec![Terms { all: words.spelled().into_iter().collect(), ..Terms::default() }]
        }
        // As the query spells it: services that fold find it, and so do those that do not.
        Expr::Raw(text) => match crate::text::Tokens::scan(text, false).len() {
            0 => everything(),
            _ => term(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        },
        Expr::AnyOf(any) => sum(any.iter().map(|expr| of_text(expr, products))),
        Expr::Near(near) => product([of_text(&near.left, products), of_text(&near.right, products)].into_iter(), products),
    }
}

fn term(term: String) -> Clauses {
    vec![Terms { all: BTreeSet::from([term]), ..Terms::default() }]
}

/// The longest run of whole words in a phrase with wildcards.
fn exact_part(words: &Words) -> Option<String> {
    let spelled = words.spelled();
    let paired: Vec<(&Pattern, String)> = words.patterns.iter().zip(spelled).collect();
    let runs = paired.split(|(pattern, _)| pattern.wild);
    let longest = runs
        .filter(|run| !run.is_empty())
        .max_by_key(|run| (run.len(), run.iter().map(|(_, spelled)| spelled.len()).sum::<usize>()))?;
    Some(longest.iter().map(|(_, spelled)| spelled.as_str()).collect::<Vec<_>>().join(" "))
}

fn sum(parts: impl Iterator<Item = Clauses>) -> Clauses {
    let mut seen = HashSet::new();
    let mut all: Clauses = parts.flatten().filter(|terms| seen.insert(terms.clone())).collect();
    // One clause that asks for everything is all there is to say.
    if let Some(widest) = all.iter().position(|terms| terms.all.is_empty() && terms.none.is_empty()) {
        return vec![all.swap_remove(widest)];
    }
    all
}

fn product(parts: impl Iterator<Item = Clauses>, products: bool) -> Clauses {
    let mut parts: Vec<Clauses> = parts.collect();
    let size: usize = parts.iter().map(Vec::len).sum();
    // What holds whichever alternative does is gathered first, and added once.
    let mut common = Terms::default();
    parts.retain_mut(|clauses| match &mut clauses[..] {
        [only] => {
            // Not `append`, which walks through all that is there for each that comes.
            common.all.extend(std::mem::take(&mut only.all));
            common.none.extend(std::mem::take(&mut only.none));
            false
        }
        _ => true,
    });
    if !products && !common.all.is_empty() {
        parts.clear();
    }
    // The most telling side first, so that what does not fit any more is the least telling.
    parts.sort_by_key(|clauses| (clauses.iter().any(|terms| terms.all.is_empty()), clauses.len()));
    let most = if products { size.max(16) } else { 0 };
    let mut parts = parts.into_iter();
    let mut joined = parts.next().unwrap_or_else(everything);
    for part in parts {
        if joined.len() * part.len() > most {
            continue;
        }
        let pairs = joined.iter().flat_map(|left| part.iter().map(move |right| (left, right)));
        joined = sum(pairs.map(|(left, right)| {
            let all = left.all.union(&right.all).cloned().collect();
            let none = left.none.union(&right.none).cloned().collect();
            vec![Terms { all, none }]
        }));
    }
    let room = MOST_TERMS / joined.len();
    for terms in &mut joined {
        terms.all.extend(common.all.iter().take(room).cloned());
        terms.none.extend(common.none.iter().take(room.saturating_sub(common.all.len())).cloned());
    }
    sum(std::iter::once(joined))
}

/// Tags of which one is the language of every mention that matches; `None` if a mention in any language can match.
fn languages(node: &Node) -> Option<BTreeSet<String>> {
    match &node.kind {
        Kind::And(nodes) => nodes.iter().filter_map(languages).min_by_key(BTreeSet::len),
        Kind::Or(nodes) => {
            nodes.iter().map(languages).collect::<Option<Vec<_>>>().map(|sets| sets.into_iter().flatten().collect())
        }
        Kind::Meta(Meta::Language(tag)) if tag != "und" => Some(BTreeSet::from([tag.clone()])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::Query;

    /// Each of many alternatives would repeat each of many exclusions.
    #[test]
    fn what_is_handed_to_services_stays_in_proportion() {
        let any: Vec<String> = (0..250).map(|number| format!("a{number}")).collect();
        let none: String = (0..4_000).map(|number| format!(" -w{number}")).collect();
        let search = Query::parse(&format!("({}){none}", any.join(" OR "))).expect("a query").query.widen();
        assert_eq!(search.any.len(), 250);
        assert!(search.any.iter().all(|clause| clause.all.len() == 1 && !clause.none.is_empty()));
        assert!(search.any.iter().map(|clause| clause.none.len()).sum::<usize>() <= super::MOST_TERMS);

        let words: Vec<String> = (0..5_000).map(|number| format!("w{number}")).collect();
        let search = Query::parse(&words.join(" AND ")).expect("a query").query.widen();
        assert_eq!((search.any.len(), search.any[0].all.len()), (1, 5_000));
    }
}
