//! Many topics at once: only queries of which something occurs in the mention are evaluated.

use std::collections::{HashMap, HashSet};

use vigie_mention::TopicId;

use crate::Query;
use crate::match_text::MatchText;
use crate::metadata::Meta;
use crate::syntax::{Expr, Kind, Node, Pattern, Scope};
use crate::text::{Tokens, stands_alone};

/// Topics with their queries, arranged so that a mention meets only those that it could match.
///
/// # Shape
/// For each query the index knows a set of words (or beginnings of words) of which at least one occurs in every mention that
/// matches; a query without such a set is evaluated for every mention. What it costs to ask grows with the mention and the
/// queries that share a word with it, not with the number of topics.
#[derive(Debug, Clone)]
pub struct Index {
    topics: Vec<(TopicId, Query)>,
    words: HashMap<String, Vec<u32>>,
    /// Beginnings of words by their number of characters.
    prefixes: Vec<(usize, HashMap<String, Vec<u32>>)>,
    always: Vec<u32>,
}

/// What has to occur.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Word(String),
    Prefix(String),
}

impl Index {
    /// Arranges topics.
    #[must_use]
    pub fn new(topics: Vec<(TopicId, Query)>) -> Self {
        let mut index = Self { topics: Vec::new(), words: HashMap::new(), prefixes: Vec::new(), always: Vec::new() };
        for (number, (_, query)) in (0_u32..).zip(&topics) {
            let Some(keys) = needed(&query.root) else {
                index.always.push(number);
                continue;
            };
            for key in keys.into_iter().collect::<HashSet<Key>>() {
                index.entry(key).push(number);
            }
        }
        index.topics = topics;
        index
    }

    fn entry(&mut self, key: Key) -> &mut Vec<u32> {
        match key {
            Key::Word(word) => self.words.entry(word).or_default(),
            Key::Prefix(prefix) => {
                let len = prefix.chars().count();
                let at = self.prefixes.partition_point(|(known, _)| *known < len);
                if self.prefixes.get(at).is_none_or(|(known, _)| *known != len) {
                    self.prefixes.insert(at, (len, HashMap::new()));
                }
                self.prefixes[at].1.entry(prefix).or_default()
            }
        }
    }

    /// The topics whose queries match, in the order given.
    #[must_use]
    pub fn matches(&self, text: &MatchText) -> Vec<TopicId> {
        let mut candidates = self.always.clone();
        for passage in text.passages(Scope::Any) {
            self.collect(&passage.tokens, &mut candidates);
        }
        candidates.sort_unstable();
        candidates.dedup();
        let topics = candidates.into_iter().filter_map(|number| self.topics.get(number as usize));
        topics.filter(|(_, query)| query.matches(text)).map(|(id, _)| id.clone()).collect()
    }

    fn collect(&self, tokens: &Tokens, candidates: &mut Vec<u32>) {
        for form in tokens.distinct() {
            if let Some(numbers) = self.words.get(form) {
                candidates.extend_from_slice(numbers);
            }
            for (len, prefixes) in &self.prefixes {
                let end = form.char_indices().nth(len - 1).map(|(at, c)| at + c.len_utf8());
                let Some(prefix) = end.and_then(|end| form.get(..end)) else { break };
                if let Some(numbers) = prefixes.get(prefix) {
                    candidates.extend_from_slice(numbers);
                }
            }
        }
    }
}

/// Words of which at least one occurs in every mention that `node` matches; `None` if there is no such set.
fn needed(node: &Node) -> Option<Vec<Key>> {
    match &node.kind {
        Kind::And(nodes) => nodes.iter().filter_map(needed).min_by_key(Vec::len),
        Kind::Or(nodes) => union(nodes.iter().map(needed)),
        Kind::Text(leaf) => needed_by(&leaf.expr),
        // Facts are not among the tokens.
        Kind::Meta(Meta::Author(_)) | Kind::Meta(_) | Kind::Not(_) | Kind::Derived { .. } => None,
    }
}

fn needed_by(expr: &Expr) -> Option<Vec<Key>> {
    match expr {
        Expr::Words(words) | Expr::Window { words, .. } => {
            words.patterns.iter().filter_map(key).max_by_key(weight).map(|key| vec![key])
        }
        // Exact characters can be a part of a token where a script writes no spaces; elsewhere their tokens are whole.
        Expr::Raw(text) if text.chars().any(stands_alone) => None,
        Expr::Raw(text) => {
            let tokens = Tokens::scan(text, false);
            (0..tokens.len()).map(|index| Key::Word(tokens.form(index).to_owned())).max_by_key(weight).map(|key| vec![key])
        }
        Expr::AnyOf(any) => union(any.iter().map(needed_by)),
        Expr::Near(near) => [needed_by(&near.left), needed_by(&near.right)].into_iter().flatten().min_by_key(Vec::len),
    }
}

fn key(pattern: &Pattern) -> Option<Key> {
    if pattern.wild {
        let prefix = pattern.prefix();
        (!prefix.is_empty()).then(|| Key::Prefix(prefix.to_owned()))
    } else {
        Some(Key::Word(pattern.text.clone()))
    }
}

/// Long words are rare words, and whole words rarer than beginnings.
fn weight(key: &Key) -> (bool, usize) {
    match key {
        Key::Word(word) => (true, word.len()),
        Key::Prefix(prefix) => (false, prefix.len()),
    }
}

fn union(sets: impl Iterator<Item = Option<Vec<Key>>>) -> Option<Vec<Key>> {
    sets.collect::<Option<Vec<_>>>().map(|sets| sets.into_iter().flatten().collect())
}
