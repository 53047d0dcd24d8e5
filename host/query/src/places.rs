//! Where words, phrases and what stands near each other occur in one passage.
//!
//! A place is a half-open range of token positions. `A NEAR B` has as many places as pairs that are close enough; in a text
//! built to have millions of them only the first are looked at: for each operator as many as the text has tokens, or
//! [`MOST_PLACES`] in a shorter one. So what is kept is bounded by the text's length.

use crate::match_text::Passage;
use crate::syntax::{Expr, Near, Pattern, Reach, Words};
use crate::text::{Sigil, Tokens};
use crate::words::raw_places;

/// From the first to behind the last token.
pub(crate) type Place = (u32, u32);

/// Most places that are followed up for one operator in one passage of fewer tokens.
pub(crate) const MOST_PLACES: usize = 65_536;

/// Most places of one operator in a passage.
fn most_places(tokens: &Tokens) -> usize {
    tokens.len().max(MOST_PLACES)
}

impl Pattern {
    /// Tokens that begin as this pattern does.
    fn candidates<'a>(&self, tokens: &'a Tokens) -> &'a [u32] {
        if self.wild {
            let prefix = self.prefix();
            tokens.range(|form| if form.starts_with(prefix) { std::cmp::Ordering::Equal } else { form.cmp(prefix) })
        } else {
            tokens.range(|form| form.cmp(&self.text))
        }
    }

    /// Whether a token is what this pattern means.
    pub(crate) fn fits(&self, tokens: &Tokens, index: usize) -> bool {
        // A hashtag or handle is meant whole: `#東` is none that goes on as `#東京`.
        let whole = self.sigil == Sigil::None || (self.wild && self.text.ends_with('*')) || self.goes_on == tokens.goes_on(index);
        whole
            && self.sigil.finds(tokens.sigil(index))
            && index < tokens.len()
            && if self.wild { wild(&self.text, tokens.form(index)) } else { self.text == tokens.form(index) }
    }
}

/// `?` is one character, `*` at the end any number.
pub(crate) fn wild(pattern: &str, form: &str) -> bool {
    let mut letters = form.chars();
    for wanted in pattern.chars() {
        match (wanted, letters.next()) {
            ('*', _) => return true,
            ('?', Some(_)) => {}
            (wanted, Some(letter)) if wanted == letter => {}
            _ => return false,
        }
    }
    letters.next().is_none()
}

impl Words {
    fn starts<'a>(&'a self, tokens: &'a Tokens) -> impl Iterator<Item = u32> + 'a {
        let rarest = self.patterns.iter().enumerate().map(|(offset, pattern)| (offset, pattern.candidates(tokens)));
        // No pattern, no place.
        let (offset, candidates) = rarest.min_by_key(|(_, candidates)| candidates.len()).unwrap_or_default();
        candidates.iter().filter_map(move |&position| {
            let start = position.checked_sub(offset as u32)?;
            self.stand_at(tokens, start as usize).then_some(start)
        })
    }

    /// Whether the words stand in a row from that token on.
    pub(crate) fn stand_at(&self, tokens: &Tokens, start: usize) -> bool {
        self.patterns.iter().enumerate().all(|(at, pattern)| pattern.fits(tokens, start + at))
    }

    /// Whether the words stand in a row somewhere.
    pub(crate) fn occur_in(&self, tokens: &Tokens) -> bool {
        self.starts(tokens).next().is_some()
    }

    fn places(&self, tokens: &Tokens) -> Vec<Place> {
        let len = self.patterns.len() as u32;
        settled(self.starts(tokens).map(|start| (start, start + len)).collect(), tokens)
    }

    /// The narrowest windows with all words that are not wider than allowed: from each first word to the nearest last, and
    /// from each last to the nearest first. A word written twice has to occur twice.
    fn windows(&self, extra: u32, tokens: &Tokens) -> Vec<Place> {
        let mut kinds: Vec<(&Pattern, usize)> = Vec::new();
        for pattern in &self.patterns {
            match kinds.iter_mut().find(|(known, _)| *known == pattern) {
                Some((_, needed)) => *needed += 1,
                None => kinds.push((pattern, 1)),
            }
        }
        let mut events: Vec<(u32, usize)> = Vec::new();
        for (kind, (pattern, _)) in kinds.iter().enumerate() {
            let fitting = pattern.candidates(tokens).iter().filter(|&&position| pattern.fits(tokens, position as usize));
            events.extend(fitting.map(|&position| (position, kind)));
        }
        events.sort_unstable();
        let needed: Vec<usize> = kinds.iter().map(|(_, needed)| *needed).collect();
        let mut places = narrowest(&events, &needed);
        events.reverse();
        places.extend(narrowest(&events, &needed));
        let widest = self.patterns.len() as u32 + extra;
        let places = places.into_iter().map(|(a, b)| (a.min(b), a.max(b) + 1));
        settled(places.filter(|(start, end)| end - start <= widest).collect(), tokens)
    }
}

/// For each event the nearest earlier one so that all kinds lie between the two often enough.
fn narrowest(events: &[(u32, usize)], needed: &[usize]) -> Vec<(u32, u32)> {
    let mut counts = vec![0; needed.len()];
    let mut missing = needed.len();
    let mut found = Vec::new();
    let mut first = 0;
    let mut events_left = events.iter().peekable();
    while let Some(&(position, kind)) = events_left.next() {
        let (Some(count), Some(&enough)) = (counts.get_mut(kind), needed.get(kind)) else { continue };
        *count += 1;
        if *count == enough {
            missing -= 1;
        }
        // A token that fits several words counts for all of them before it is judged.
        let same = events_left.peek().is_some_and(|(next, _)| *next == position);
        if missing > 0 || same {
            continue;
        }
        // Leaves behind what is there often enough later on.
        while let Some(&(start, start_kind)) = events.get(first) {
            match (counts.get_mut(start_kind), needed.get(start_kind)) {
                (Some(count), Some(enough)) if *count > *enough => *count -= 1,
                _ => {
                    found.push((start, position));
                    break;
                }
            }
            first += 1;
        }
    }
    found
}

/// In order, each once, not too many.
fn settled(mut places: Vec<Place>, tokens: &Tokens) -> Vec<Place> {
    places.sort_unstable();
    places.dedup();
    places.truncate(most_places(tokens));
    places
}

impl Expr {
    pub(crate) fn occurs_in(&self, passage: &Passage) -> bool {
        match self {
            Self::Words(words) => words.occur_in(&passage.tokens),
            Self::Raw(text) => raw_places(text, &passage.text).next().is_some(),
            Self::AnyOf(any) => any.iter().any(|expr| expr.occurs_in(passage)),
            Self::Window { .. } | Self::Near(_) => !self.places(passage).is_empty(),
        }
    }

    /// How often it occurs; what `OR` joins counts once where it is in the same place.
    pub(crate) fn count_in(&self, passage: &Passage) -> usize {
        match self {
            Self::Raw(text) => raw_places(text, &passage.text).count(),
            _ => self.places(passage).len(),
        }
    }

    pub(crate) fn places(&self, passage: &Passage) -> Vec<Place> {
        let tokens = &passage.tokens;
        match self {
            Self::Words(words) => words.places(tokens),
            Self::Window { words, extra } => words.windows(*extra, tokens),
            Self::Raw(text) => settled(raw_places(text, &passage.text).map(|bytes| tokens.touched(&bytes)).collect(), tokens),
            Self::AnyOf(any) => settled(any.iter().flat_map(|expr| expr.places(passage)).collect(), tokens),
            Self::Near(near) => near.places(passage),
        }
    }
}

impl Near {
    fn places(&self, passage: &Passage) -> Vec<Place> {
        let left = self.left.places(passage);
        if left.is_empty() {
            return left;
        }
        let right = self.right.places(passage);
        let mut places = in_order(&left, &right, self.reach, &passage.tokens);
        if !self.ordered {
            places.extend(in_order(&right, &left, self.reach, &passage.tokens));
        }
        settled(places, &passage.tokens)
    }
}

/// From the start of the first to the end of the second, where the second begins behind the first and within reach.
fn in_order(first: &[Place], second: &[Place], reach: Reach, tokens: &Tokens) -> Vec<Place> {
    // Places that are looked at and are not near count too, so that no text can make it many times its length.
    let most = most_places(tokens);
    let mut looks = 4 * most;
    let last = |place: Place| tokens.sentence(place.0.max(place.1.saturating_sub(1)) as usize);
    let mut places = Vec::new();
    for &(start, end) in first {
        if looks == 0 {
            break;
        }
        let sentence = tokens.sentence(start as usize);
        let behind = second.get(second.partition_point(|place| place.0 < end)..).unwrap_or_default();
        for &place in behind {
            let near = match reach {
                Reach::Tokens(n) => place.0 - end <= n,
                Reach::Sentence => tokens.sentence(place.0 as usize) == sentence,
            };
            looks -= 1;
            if !near || places.len() == most || looks == 0 {
                break;
            }
            if reach != Reach::Sentence || last(place) == sentence {
                places.push((start, place.1));
            }
        }
    }
    places
}
