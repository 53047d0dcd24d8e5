//! Many topics at once: only queries of which something occurs in the mention are evaluated.
//!
//! [`terms`] numbers the words and beginnings of words of all queries; one walk over a mention's tokens says which of them it
//! has. [`plan`] turns each query into code over those numbers, so that most of it is answered without looking at the text.

mod plan;
mod terms;

use vigie_mention::TopicId;

use crate::Query;
use crate::match_text::MatchText;
use crate::syntax::{Node, Scope};
use plan::Plans;
use terms::{Present, Terms};

/// Topics with their queries, arranged so that a mention meets only those that it could match.
///
/// # Shape
/// For each query the index knows a set of words (or beginnings of words) of which at least one occurs in every mention that
/// matches; a query without such a set is evaluated for every mention. What it costs to ask grows with the mention and the
/// queries that share a word with it, not with the number of topics.
#[derive(Debug, Clone)]
pub struct Index {
    topics: Vec<TopicId>,
    plans: Plans,
    terms: Terms,
    /// For each term, from `ends[term - 1]` to `ends[term]` in `watchers`: the queries that wait for it.
    ends: Vec<u32>,
    watchers: Vec<u32>,
    /// Queries that wait for nothing, one bit each.
    always: Vec<u64>,
}

impl Index {
    /// Arranges topics.
    #[must_use]
    pub fn new(topics: Vec<(TopicId, Query)>) -> Self {
        let mut terms = Terms::default();
        let mut always = vec![0_u64; topics.len().div_ceil(64)];
        let mut waits: Vec<(u32, u32)> = Vec::new();
        let mut plans = Plans::default();
        for (number, (_, query)) in (0_u32..).zip(&topics) {
            plans.push(&query.root, &mut terms);
            match plan::watched(&query.root, &mut terms) {
                Some(watched) => waits.extend(watched.terms.into_iter().map(|term| (term, number))),
                None => set(&mut always, number),
            }
        }
        waits.sort_unstable();
        waits.dedup();
        let mut ends = vec![0_u32; terms.len()];
        for (term, _) in &waits {
            ends[*term as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            total += *end;
            *end = total;
        }
        terms.settle();
        plans.settle();
        let topics = topics.into_iter().map(|(id, _)| id).collect();
        Self { topics, plans, terms, ends, watchers: waits.into_iter().map(|(_, number)| number).collect(), always }
    }

    /// The topics whose queries match, in the order given.
    #[must_use]
    pub fn matches(&self, text: &MatchText) -> Vec<TopicId> {
        let (present, candidates) = self.candidates(text);
        let mut matching = Vec::new();
        for_each(&candidates, |number| {
            if self.plans.truth(number, text, &present) == Some(true)
                && let Some(id) = self.topics.get(number)
            {
                matching.push(id.clone());
            }
        });
        matching
    }

    /// How many queries [`Index::matches`] evaluates for a mention; the others cannot match it.
    #[must_use]
    pub fn candidate_count(&self, text: &MatchText) -> usize {
        self.candidates(text).1.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Which terms the mention has, and which queries wait for one of them.
    fn candidates(&self, text: &MatchText) -> (Present, Vec<u64>) {
        let mut present = Present::none(self.terms.len());
        let mut candidates = self.always.clone();
        let passages = [(Scope::Title, &text.title), (Scope::Body, &text.body)];
        for (scope, passage) in passages.into_iter().chain(text.tags.iter().map(|tag| (Scope::Any, tag))) {
            let tokens = &passage.tokens;
            for index in 0..tokens.len() {
                let mut met = |term| {
                    if present.insert(term) {
                        self.watchers_of(term).iter().for_each(|number| set(&mut candidates, *number));
                    }
                };
                self.terms.meet(tokens.form(index), tokens.sigil(index), scope, &mut met);
                self.terms.meet_pieces(tokens.form(index), scope, &mut met);
            }
        }
        (present, candidates)
    }

    fn watchers_of(&self, term: u32) -> &[u32] {
        let end = |term: u32| self.ends.get(term as usize).map_or(0, |end| *end as usize);
        let start = term.checked_sub(1).map_or(0, end);
        self.watchers.get(start..end(term)).unwrap_or_default()
    }
}

/// What a query waits for in an index, as a query writes it, sorted.
pub(crate) fn rarest(root: &Node) -> Option<Vec<String>> {
    let mut terms = Terms::default();
    let watched = plan::watched(root, &mut terms)?;
    Some(terms.written(&watched.terms))
}

fn set(bits: &mut [u64], number: u32) {
    if let Some(word) = bits.get_mut(number as usize / 64) {
        *word |= 1 << (number % 64);
    }
}

/// The numbers whose bits are set, in order.
fn for_each(bits: &[u64], mut each: impl FnMut(usize)) {
    for (place, word) in bits.iter().enumerate() {
        let mut rest = *word;
        while rest != 0 {
            each(place * 64 + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}
