//! What is worth saying about a query that parsed: branches that add nothing, queries that never match, and what a query
//! that decides about collection has to have.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::fields::MetaField;
use crate::metadata::{AddressPattern, Meta};
use crate::places;
use crate::syntax::{Expr, Kind, Node, Pattern, Scope, TextLeaf, Words};
use crate::text::Sigil;
use crate::words::has_token;

/// Longest phrase inside a phrase that is looked for among other branches.
const LONGEST_PHRASE: usize = 4;
/// Longest beginning of a word that is.
const LONGEST_PREFIX: usize = 16;
/// Most subtags of a language, and parts of a host, that are.
const MOST_PARTS: usize = 16;

/// Warnings about the tree: W303 and W304.
pub(crate) fn remarks(node: &Node) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    visit(node, &mut found);
    found
}

fn visit(node: &Node, found: &mut Vec<Diagnostic>) {
    match &node.kind {
        Kind::And(nodes) => {
            contradictions(&read(nodes), found);
            nodes.iter().for_each(|node| visit(node, found));
        }
        Kind::Or(nodes) => {
            idle_branches(&read(nodes), found);
            nodes.iter().for_each(|node| visit(node, found));
        }
        Kind::Not(node) => visit(node, found),
        Kind::Text(leaf) => repetitions(&leaf.expr, &node.span, found),
        Kind::Meta(_) | Kind::Derived(_) => {}
    }
}

/// What stands twice among the alternatives of a distance. A phrase is not idle beside its words there: it ends elsewhere.
fn repetitions(expr: &Expr, span: &Range<usize>, found: &mut Vec<Diagnostic>) {
    match expr {
        Expr::AnyOf(any) => {
            let mut seen = HashSet::new();
            for twice in any.iter().map(ToString::to_string).filter(|one| !seen.insert(one.clone())) {
                let message = format!("this names `{twice}` twice among its alternatives, which adds nothing");
                found.push(Diagnostic::new("W304", span.clone(), message).hint("remove one of the two"));
            }
            any.iter().for_each(|expr| repetitions(expr, span, found));
        }
        Expr::Near(near) => {
            repetitions(&near.left, span, found);
            repetitions(&near.right, span, found);
        }
        Expr::Words(_) | Expr::Window { .. } | Expr::Raw(_) => {}
    }
}

/// Wildcards among the words that others are held against.
#[derive(Default)]
struct Wild {
    /// Whether any ends with `*`.
    stars: bool,
    /// Those with `?`; a query has few wildcards.
    marks: Vec<Pattern>,
}

impl Wild {
    fn of<'a>(nodes: impl Iterator<Item = &'a Node>) -> Self {
        let mut wild = Self::default();
        for node in nodes {
            let Kind::Text(TextLeaf { at_least: None, expr: Expr::Words(words), .. }) = &node.kind else { continue };
            wild.stars |= words.patterns.iter().any(|pattern| pattern.text.ends_with('*'));
            if let [one] = words.patterns.as_slice()
                && one.wild
                && one.sigil == Sigil::None
                && one.text.contains('?')
            {
                wild.marks.push(one.clone());
            }
        }
        wild
    }
}

/// What is excluded.
fn negated(node: &Node) -> Option<&Node> {
    if let Kind::Not(inner) = &node.kind { Some(inner) } else { None }
}

/// The alternatives of what is excluded.
fn alternatives(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Or(nodes) => nodes,
        _ => std::slice::from_ref(node),
    }
}

/// The parts without gaps: nothing is known of what could not be read.
fn read(nodes: &[Node]) -> Vec<&Node> {
    nodes.iter().filter(|node| !node.has_gap()).collect()
}

/// A part that is excluded, or that finds nothing but what is excluded.
fn contradictions(nodes: &[&Node], found: &mut Vec<Diagnostic>) {
    let excluded = |inner: &Node| alternatives(inner).iter().chain([inner]).map(Node::to_string).collect();
    let exclusions: Vec<(&Node, &Node, Vec<String>)> =
        nodes.iter().filter_map(|node| negated(node).map(|inner| (*node, inner, excluded(inner)))).collect();
    if exclusions.is_empty() {
        return;
    }
    let wild = Wild::of(exclusions.iter().flat_map(|(_, inner, _)| alternatives(inner)));
    let mut implied = HashMap::new();
    for node in nodes.iter().filter(|node| !matches!(node.kind, Kind::Not(_))) {
        let own = node.to_string();
        for wider in wider_than(node, &wild) {
            implied.entry(wider).or_insert_with(|| own.clone());
        }
        implied.insert(own.clone(), own);
    }
    let before = found.len();
    for (node, inner, excluded) in &exclusions {
        if let Kind::And(parts) = &inner.kind
            && parts.iter().all(|part| implied.contains_key(&part.to_string()))
        {
            let message = format!("this can never match: it asks for all of `{inner}` and excludes it");
            found.push(Diagnostic::new("W303", node.span.clone(), message).hint("remove one of the two"));
        } else if let Some((own, excluded)) = excluded.iter().find_map(|one| Some((implied.get(one)?, one))) {
            let message = format!("this can never match: it asks for `{own}` and excludes `{excluded}`");
            found.push(Diagnostic::new("W303", node.span.clone(), message).hint("remove one of the two"));
        }
    }
    if found.len() == before {
        let excluded: HashSet<&String> = exclusions.iter().flat_map(|(.., excluded)| excluded).collect();
        let is_excluded = |branch: &Node| {
            excluded.contains(&branch.to_string()) || wider_than(branch, &wild).iter().any(|wider| excluded.contains(wider))
        };
        for node in nodes.iter().filter(|node| matches!(&node.kind, Kind::Or(branches) if branches.iter().all(is_excluded))) {
            let message = format!("this can never match: each of `{node}` is excluded");
            found.push(Diagnostic::new("W303", node.span.clone(), message).hint("keep one of them, or remove the exclusions"));
        }
    }
}

/// A branch adds nothing if whatever it finds, another one finds too.
fn idle_branches(nodes: &[&Node], found: &mut Vec<Diagnostic>) {
    let printed: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    let wild = Wild::of(nodes.iter().copied());
    let mut first: HashMap<&str, &Node> = HashMap::new();
    for (node, own) in nodes.iter().zip(&printed) {
        first.entry(own).or_insert(node);
    }
    let wider: Vec<Option<String>> = nodes
        .iter()
        .zip(&printed)
        .map(|(node, own)| {
            // Branches in one place came from a saved part, and are held against each other there.
            let elsewhere = |wider: &String| first.get(wider.as_str()).is_some_and(|other| other.span != node.span);
            let mut all = wider_than(node, &wild);
            all.push(own.clone());
            all.into_iter().find(elsewhere)
        })
        .collect();
    // A part is idle only if all its branches are.
    let mut busy = HashSet::new();
    for (node, _) in nodes.iter().zip(&wider).filter(|(_, wider)| wider.is_none()) {
        busy.insert((node.span.start, node.span.end));
    }
    for (node, wider) in nodes.iter().zip(wider) {
        if let Some(wider) = wider
            && busy.insert((node.span.start, node.span.end))
        {
            let message = format!("this branch adds nothing: `{wider}` finds all of it");
            found.push(Diagnostic::new("W304", node.span.clone(), message).hint("remove it"));
        }
    }
}

/// Canonical texts of some queries that find all that `node` finds, those of `wild` among them.
fn wider_than(node: &Node, wild: &Wild) -> Vec<String> {
    match &node.kind {
        Kind::And(nodes) => nodes.iter().map(Node::to_string).collect(),
        Kind::Text(TextLeaf { scope, at_least, expr }) if *at_least != Some(0) => {
            let scopes = if *scope == Scope::Any { vec![Scope::Any] } else { vec![*scope, Scope::Any] };
            let mut parts = Vec::new();
            phrases(expr, &mut parts);
            let each = |scope| parts.iter().flat_map(move |words| inside(words, scope, wild));
            scopes.into_iter().flat_map(each).collect()
        }
        Kind::Meta(Meta::Language(tag)) => {
            let ends = tag.match_indices('-').map(|(at, _)| at).take(MOST_PARTS);
            ends.map(|end| Meta::Language(tag.get(..end).unwrap_or("").to_owned()).to_string()).collect()
        }
        Kind::Meta(Meta::Site(host)) => {
            let starts = host.match_indices('.').map(|(at, _)| at + 1).take(MOST_PARTS);
            starts.map(|start| Meta::Site(host.get(start..).unwrap_or("").to_owned()).to_string()).collect()
        }
        _ => Vec::new(),
    }
}

/// Words and phrases without which `expr` is found nowhere.
fn phrases(expr: &Expr, found: &mut Vec<Words>) {
    match expr {
        Expr::Words(words) => found.push(words.clone()),
        Expr::Window { words, .. } => {
            let alone = |pattern: &Pattern| Words { patterns: vec![pattern.clone()], written: String::new() };
            found.extend(words.patterns.iter().map(alone));
        }
        Expr::Near(near) => {
            phrases(&near.left, found);
            phrases(&near.right, found);
        }
        Expr::Raw(_) | Expr::AnyOf(_) => {}
    }
}

/// Phrases inside a phrase, and for its single words the plain word and beginnings with `*`.
fn inside(words: &Words, scope: Scope, wild: &Wild) -> Vec<String> {
    let show = |patterns: Vec<Pattern>| {
        let expr = Expr::Words(Words { patterns, written: String::new() });
        TextLeaf { scope, at_least: None, expr }.to_string()
    };
    let patterns = &words.patterns;
    let mut wider = Vec::new();
    for start in (0..patterns.len()).filter(|start| patterns.get(*start).is_some_and(|first| first.sigil != Sigil::Tail)) {
        for end in start + 1..=patterns.len().min(start + LONGEST_PHRASE) {
            // The beginning of a hashtag finds none that goes on.
            let part = patterns.get(start..end).filter(|part| part.last().is_some_and(|last| !last.goes_on));
            wider.extend(part.map(|part| show(part.to_vec())));
        }
    }
    for pattern in patterns {
        let plain = |text: String, wild| Pattern { sigil: Sigil::None, text, wild, goes_on: false };
        // A handle is no word.
        if matches!(pattern.sigil, Sigil::At | Sigil::Tail) {
            continue;
        }
        wider.push(show(vec![plain(pattern.text.clone(), pattern.wild)]));
        if !pattern.wild {
            let marks = wild.marks.iter().filter(|mark| places::wild(&mark.text, &pattern.text));
            wider.extend(marks.map(|mark| show(vec![mark.clone()])));
        }
        if !wild.stars {
            continue;
        }
        let ends = pattern.prefix().char_indices().map(|(at, c)| at + c.len_utf8()).skip(2).take(LONGEST_PREFIX);
        wider.extend(ends.filter_map(|end| pattern.text.get(..end)).map(|start| show(vec![plain(format!("{start}*"), true)])));
    }
    wider
}

/// Errors of a query that decides about collection: E220 and E240.
pub(crate) fn collection(node: &Node) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    derived(node, &mut found);
    if !anchored(node, true) {
        loose(node, true, &mut found);
    }
    found.sort_by_key(|one| one.span.start);
    found
}

fn derived(node: &Node, found: &mut Vec<Diagnostic>) {
    match &node.kind {
        Kind::And(nodes) | Kind::Or(nodes) => nodes.iter().for_each(|node| derived(node, found)),
        Kind::Not(node) => derived(node, found),
        Kind::Derived(field) => {
            let message = format!("`{}:` is known only after collection", field.name());
            found.push(Diagnostic::new("E220", node.span.clone(), message).hint("use it in a view, rule or alert"));
        }
        Kind::Text(_) | Kind::Meta(_) => {}
    }
}

/// Whether every branch of the disjunctive normal form of `node`, or of its negation, has an anchor. By De Morgan's laws it
/// needs no expansion.
fn anchored(node: &Node, positive: bool) -> bool {
    match &node.kind {
        // It may have been meant as one; whoever mends it is told.
        Kind::Text(_) if node.is_gap() => true,
        Kind::And(nodes) if positive => nodes.iter().any(|node| anchored(node, true)),
        Kind::And(nodes) => nodes.iter().all(|node| anchored(node, false)),
        Kind::Or(nodes) if positive => nodes.iter().all(|node| anchored(node, true)),
        Kind::Or(nodes) => nodes.iter().any(|node| anchored(node, false)),
        Kind::Not(node) => anchored(node, !positive),
        Kind::Text(leaf) => positive && is_anchor(&leaf.expr),
        Kind::Meta(meta) => positive && names_something(meta),
        Kind::Derived(_) => false,
    }
}

fn names_something(meta: &Meta) -> bool {
    match meta {
        Meta::Author(words) => words.patterns.iter().any(|pattern| !pattern.wild || has_enough_letters(&pattern.text)),
        Meta::Site(_) | Meta::Address(_, AddressPattern::Prefix { .. }) => true,
        Meta::Address(_, AddressPattern::Glob(pattern)) => has_enough_letters(pattern),
        Meta::Among(field, list) => {
            let names = matches!(
                field,
                MetaField::Author
                    | MetaField::Site
                    | MetaField::Url
                    | MetaField::Links
                    | MetaField::Thread
                    | MetaField::Hashtags
                    | MetaField::AtMentions
            );
            names && list.members(*field).is_some_and(|members| members.wild.iter().all(names_something))
        }
        Meta::Id(field, _) => *field == MetaField::Thread,
        // A hashtag or handle named by its field is named as well as by `#` and `@`.
        Meta::Listed(_, name) => !name.contains('*') || (!name.starts_with('*') && has_enough_letters(name)),
        _ => false,
    }
}

fn is_anchor(expr: &Expr) -> bool {
    match expr {
        Expr::Words(words) | Expr::Window { words, .. } => {
            words.patterns.iter().any(|pattern| !pattern.wild || has_enough_letters(&pattern.text))
        }
        Expr::Raw(text) => has_token(text),
        Expr::AnyOf(any) => any.iter().all(|one| is_anchor(one)),
        Expr::Near(near) => is_anchor(&near.left) || is_anchor(&near.right),
    }
}

/// Whether a wildcard names enough to be an anchor.
fn has_enough_letters(pattern: &str) -> bool {
    pattern.chars().filter(|c| !matches!(c, '*' | '?')).count() >= 4
}

/// Underlines the smallest branches that lack an anchor. Under NOT (not `positive`), AND and OR change places.
fn loose(node: &Node, positive: bool, found: &mut Vec<Diagnostic>) {
    match &node.kind {
        Kind::Not(inner) if matches!(inner.kind, Kind::And(_) | Kind::Or(_)) => loose(inner, !positive, found),
        Kind::Or(nodes) | Kind::And(nodes) if matches!(node.kind, Kind::Or(_)) == positive => {
            nodes.iter().filter(|node| !anchored(node, positive)).for_each(|node| loose(node, positive, found));
        }
        // One part has the anchor in some of its branches: those that lack it are the place to mend.
        Kind::And(nodes) | Kind::Or(nodes) if let Some(part) = nodes.iter().find(|node| is_partly_anchored(node, positive)) => {
            loose(part, positive, found);
        }
        _ => {
            let message = "this branch has no anchor: it would collect whatever a service has";
            let hint = "add a word, phrase, hashtag, handle, `author:`, `site:`, `url:`, `links:` or `thread:` to it with AND \
                        (a wildcard needs 4 letters to be one)";
            found.push(Diagnostic::new("E240", node.span.clone(), message).hint(hint));
        }
    }
}

fn is_partly_anchored(node: &Node, positive: bool) -> bool {
    match &node.kind {
        Kind::Not(inner) => is_partly_anchored(inner, !positive),
        Kind::And(branches) | Kind::Or(branches) if matches!(node.kind, Kind::Or(_)) == positive => {
            branches.iter().any(|branch| anchored(branch, positive))
        }
        _ => false,
    }
}
