//! The words and beginnings of words of all queries, numbered.

use std::collections::HashMap;

use crate::syntax::{Pattern, Scope};
use crate::text::Sigil;

/// Where and with which sign a form has to occur to be a certain term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sense {
    /// `None` for what exact characters need: any sign will do.
    sigil: Option<Sigil>,
    scope: Scope,
    term: u32,
}

/// Every term of some queries: a whole word or the beginning of one, with its sign, in title, body or anywhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    words: HashMap<Box<str>, Senses>,
    /// A tree over the bytes of beginnings; the first node is its root.
    beginnings: Vec<Branch>,
    /// What a term costs if a query waits for it: how common words of its length are.
    costs: Vec<u32>,
}

/// Almost every word has one sense.
#[derive(Debug, Clone)]
enum Senses {
    One(Sense),
    More(Vec<Sense>),
}

impl Senses {
    fn as_slice(&self) -> &[Sense] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(all) => all,
        }
    }

    fn push(&mut self, sense: Sense) {
        match self {
            Self::One(one) => *self = Self::More(vec![*one, sense]),
            Self::More(all) => all.push(sense),
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Branch {
    /// By byte.
    next: Vec<(u8, u32)>,
    senses: Vec<Sense>,
}

/// The terms a mention has, one bit each.
pub(super) struct Present(Vec<u64>);

impl Present {
    pub(super) fn none(terms: usize) -> Self {
        Self(vec![0; terms.div_ceil(64)])
    }

    /// Whether it is new.
    pub(super) fn insert(&mut self, term: u32) -> bool {
        let Some(word) = self.0.get_mut(term as usize / 64) else { return false };
        let bit = 1 << (term % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    pub(super) fn has(&self, term: u32) -> bool {
        self.0.get(term as usize / 64).is_some_and(|word| word >> (term % 64) & 1 == 1)
    }
}

impl Terms {
    pub(super) fn len(&self) -> usize {
        self.costs.len()
    }

    pub(super) fn cost(&self, term: u32) -> u32 {
        self.costs.get(term as usize).copied().unwrap_or(u32::MAX)
    }

    /// The term of a query's word, or of what stands before its first wildcard.
    pub(super) fn of(&mut self, pattern: &Pattern, scope: Scope) -> u32 {
        if pattern.wild {
            self.beginning(pattern.prefix(), Some(pattern.sigil), scope)
        } else {
            self.word(&pattern.text, Some(pattern.sigil), scope)
        }
    }

    /// The term of exact characters: a token, or a piece of one between `_`.
    pub(super) fn exact(&mut self, form: &str, scope: Scope) -> u32 {
        self.word(form, None, scope)
    }

    fn word(&mut self, form: &str, sigil: Option<Sigil>, scope: Scope) -> u32 {
        let term = self.costs.len() as u32;
        let sense = Sense { sigil, scope, term };
        match self.words.get_mut(form) {
            None => {
                self.words.insert(form.into(), Senses::One(sense));
            }
            Some(senses) => {
                if let Some(known) = senses.as_slice().iter().find(|sense| sense.sigil == sigil && sense.scope == scope) {
                    return known.term;
                }
                senses.push(sense);
            }
        }
        self.costs.push(match form.chars().count() {
            1 => 48,
            2 => 32,
            3 => 16,
            4 => 6,
            5 => 3,
            6 | 7 => 2,
            _ => 1,
        });
        term
    }

    fn beginning(&mut self, prefix: &str, sigil: Option<Sigil>, scope: Scope) -> u32 {
        if self.beginnings.is_empty() {
            self.beginnings.push(Branch::default());
        }
        let mut at = 0;
        for byte in prefix.bytes() {
            let new = self.beginnings.len() as u32;
            let next = &mut self.beginnings[at].next;
            at = match next.iter().find(|(known, _)| *known == byte) {
                Some((_, branch)) => *branch as usize,
                None => {
                    next.push((byte, new));
                    self.beginnings.push(Branch::default());
                    new as usize
                }
            };
        }
        let term = self.costs.len() as u32;
        let senses = &mut self.beginnings[at].senses;
        if let Some(known) = senses.iter().find(|sense| sense.sigil == sigil && sense.scope == scope) {
            return known.term;
        }
        senses.push(Sense { sigil, scope, term });
        self.costs.push(match prefix.chars().count() {
            0..=3 => 64,
            4 => 24,
            5 => 8,
            _ => 4,
        });
        term
    }

    /// Some terms as a query writes them, sorted.
    pub(super) fn written(&self, wanted: &[u32]) -> Vec<String> {
        let mut written = Vec::new();
        let mut tell = |senses: &[Sense], form: &str, star: &str| {
            for sense in senses.iter().filter(|sense| wanted.contains(&sense.term)) {
                let field = match sense.scope {
                    Scope::Any => "",
                    Scope::Title => "title:",
                    Scope::Body => "body:",
                };
                let sign = match sense.sigil {
                    Some(Sigil::Hash) => "#",
                    Some(Sigil::At) => "@",
                    Some(Sigil::None | Sigil::Tail | Sigil::Link) | None => "",
                };
                written.push(format!("{field}{sign}{form}{star}"));
            }
        };
        for (form, senses) in &self.words {
            tell(senses.as_slice(), form, "");
        }
        let mut branches = vec![(0, Vec::new())];
        while let Some((at, begun)) = branches.pop() {
            let Some(branch) = self.beginnings.get(at) else { continue };
            tell(&branch.senses, &String::from_utf8_lossy(&begun), "*");
            branches.extend(branch.next.iter().map(|(byte, next)| (*next as usize, [begun.as_slice(), &[*byte]].concat())));
        }
        written.sort_unstable();
        written.dedup();
        written
    }

    /// To be called when all terms are in: makes lookups quick.
    pub(super) fn settle(&mut self) {
        self.words.shrink_to_fit();
        self.beginnings.iter_mut().for_each(|branch| branch.next.sort_unstable());
        self.costs.shrink_to_fit();
    }

    /// Tells every term of exact characters that a piece of a token is, where the token holds `_`.
    pub(super) fn meet_pieces(&self, form: &str, scope: Scope, mut met: impl FnMut(u32)) {
        if !form.contains('_') {
            return;
        }
        for senses in form.split('_').filter_map(|piece| self.words.get(piece)) {
            let exact = senses.as_slice().iter().filter(|sense| sense.sigil.is_none());
            exact.filter(|sense| sense.scope == Scope::Any || sense.scope == scope).for_each(|sense| met(sense.term));
        }
    }

    /// Tells every term that a token is. `scope` is the passage it stands in, `Any` for one that is neither title nor body.
    pub(super) fn meet(&self, form: &str, sigil: Sigil, scope: Scope, mut met: impl FnMut(u32)) {
        let mut judge = |senses: &[Sense]| {
            for sense in senses {
                if sense.sigil.is_none_or(|wanted| wanted.finds(sigil)) && (sense.scope == Scope::Any || sense.scope == scope) {
                    met(sense.term);
                }
            }
        };
        if let Some(senses) = self.words.get(form) {
            judge(senses.as_slice());
        }
        let Some(mut branch) = self.beginnings.first() else { return };
        for byte in form.bytes() {
            let next = branch.next.binary_search_by_key(&byte, |(known, _)| *known).ok().and_then(|at| branch.next.get(at));
            match next.and_then(|(_, next)| self.beginnings.get(*next as usize)) {
                Some(next) => branch = next,
                None => return,
            }
            judge(&branch.senses);
        }
    }
}
