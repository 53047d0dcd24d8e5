//! The features of a word: what the model is told of it.

use vigie_plugin::linear::Hash;

use crate::lists::{Lists, Sorts};
use crate::pieces::{each_part, each_piece};
use crate::read::Sort;
use crate::view::{Seen, View};

/// Letters at the beginning and the end of a handle among which a listed word is looked for.
const LONGEST_END: usize = 12;

impl View<'_> {
    /// Calls `emit` with the features of a word. `before`: class of the word before it, if it may go on.
    pub fn features(&self, place: usize, before: usize, mut emit: impl FnMut(u32)) {
        let before = before as u8;
        self.by_letters(place, before, &mut emit);
        self.by_neighbours(place, &mut emit);
        self.by_lists(place, &mut emit);
        if self.words[place].sort == Sort::Word {
            self.by_name_so_far(place, before, &mut emit);
            self.by_run(place, &mut emit);
        } else {
            self.by_parts(place, &mut emit);
        }
    }

    /// The word, its pieces and its shape.
    fn by_letters(&self, place: usize, before: u8, emit: &mut impl FnMut(u32)) {
        let word = &self.words[place];
        let of = of(word.sort);
        let at = place as isize;
        let (mine, left, right) = (self.seen(at), self.seen(at - 1), self.seen(at + 1));
        let (own, shape) = (mine.hash, mine.shape);
        let starts = u8::from(word.starts_sentence);
        emit(of(b'w').then(own).feature());
        emit(of(b'W').then(own).then(shape).feature());
        emit(of(b'c').then(left.hash).then(own).feature());
        emit(of(b'd').then(own).then(right.hash).feature());
        emit(of(b'v').byte(before).then(own).feature());
        emit(of(b's').then(shape).feature());
        emit(of(b'S').then(shape).byte(starts).byte(self.case as u8).feature());
        emit(of(b'e').then(left.shape).then(shape).feature());
        emit(of(b'f').then(shape).then(right.shape).feature());
        emit(of(b'k').byte(mine.known.level as u8).then(shape).byte(starts).feature());
        emit(of(b'n').byte(word.at.len().min(12) as u8).feature());
        emit(of(b'm').byte(place.min(3) as u8).byte(self.words.len().min(4) as u8).then(shape).feature());
        emit(of(b't').byte(before).byte(u8::from(word.breaks)).feature());
        emit(of(b'u').byte(before).byte(u8::from(word.breaks)).then(shape).feature());
        each_piece(self.small(place), |sort, piece| emit(of(sort).bytes(piece.as_bytes()).feature()));
    }

    /// Two words to either side, as they are and by their kin.
    fn by_neighbours(&self, place: usize, emit: &mut impl FnMut(u32)) {
        let of = of(self.words[place].sort);
        let at = place as isize;
        let [before_left, left, mine, right, after_right] = [-2, -1, 0, 1, 2].map(|offset| self.seen(at + offset));
        let shape = mine.shape;
        emit(of(b'a').then(left.hash).feature());
        emit(of(b'b').then(right.hash).feature());
        emit(of(b'A').then(before_left.hash).feature());
        emit(of(b'B').then(after_right.hash).feature());
        emit(of(b'l').then(left.hash).then(shape).feature());
        emit(of(b'r').then(right.hash).then(shape).feature());
        emit(of(b'L').then(before_left.hash).then(left.hash).feature());
        emit(of(b'R').then(right.hash).then(after_right.hash).feature());
        let kin = |seen: &Seen| seen.known.kin;
        emit(of(b'0').byte(kin(mine)).then(shape).feature());
        emit(of(b'1').byte(kin(left)).then(shape).feature());
        emit(of(b'5').byte(kin(right)).then(shape).feature());
        emit(of(b'6').byte(kin(before_left)).byte(kin(left)).feature());
        emit(of(b'D').byte(kin(right)).byte(kin(after_right)).feature());
        emit(of(b'V').byte(kin(left)).byte(kin(right)).then(shape).feature());
        emit(of(b'h').byte(self.handles).byte(place.min(2) as u8).then(left.hash).feature());
    }

    /// What the lists hold the word and its neighbours for, and what the text is about.
    fn by_lists(&self, place: usize, emit: &mut impl FnMut(u32)) {
        let of = of(self.words[place].sort);
        let at = place as isize;
        let [left, mine, right] = [-1, 0, 1].map(|offset| self.seen(at + offset).listed.names());
        let shape = self.seen(at).shape;
        emit(of(b'y').byte(mine).feature());
        emit(of(b'z').byte(mine).then(shape).feature());
        emit(of(b'Y').byte(left).byte(mine).then(shape).feature());
        emit(of(b'Z').byte(right).byte(mine).then(shape).feature());
        if self.topics > 0 {
            emit(of(b'T').byte(self.topics).byte(mine).feature());
            emit(of(b'U').byte(self.topics).then(shape).feature());
        }
    }

    /// Whether the name that the word before is part of goes on: "HMV" ends in "HMV Christmas sale", "Sky" does not in "Sky News".
    fn by_name_so_far(&self, place: usize, before: u8, emit: &mut impl FnMut(u32)) {
        if self.words[place].breaks {
            return;
        }
        let of = of(Sort::Word);
        let at = place as isize;
        let (mine, left) = (self.seen(at), self.seen(at - 1));
        emit(of(b'x').byte(before).byte(mine.known.level as u8).then(mine.shape).feature());
        emit(of(b'o').byte(before).byte(mine.known.level as u8).byte(left.listed.names()).feature());
        emit(of(b'p').byte(before).byte(mine.listed.names()).byte(left.known.level as u8).feature());
        emit(of(b'q').byte(before).then(left.shape).then(mine.shape).byte(self.case as u8).feature());
    }

    /// First and last word of the run of capitals the word stands in, and what is around that: "Canadian Medical Association".
    fn by_run(&self, place: usize, emit: &mut impl FnMut(u32)) {
        let at = place as isize;
        let (first, last) = (self.seen(at).run.0 as isize, self.seen(at).run.1 as isize);
        if first == last {
            return;
        }
        let of = of(Sort::Word);
        let (head, tail) = (self.seen(first), self.seen(last));
        let (from_head, to_tail) = ((at - first).min(2) as u8, (last - at).min(2) as u8);
        let length = (last - first).min(3) as u8;
        emit(of(b'E').byte(to_tail).then(tail.hash).feature());
        emit(of(b'F').byte(from_head).then(head.hash).feature());
        emit(of(b'G').byte(to_tail).byte(tail.listed.names()).feature());
        emit(of(b'H').byte(from_head).byte(head.listed.names()).feature());
        emit(of(b'I').byte(length).byte(head.listed.names()).byte(tail.listed.names()).feature());
        emit(of(b'J').then(self.seen(last + 1).hash).feature());
        emit(of(b'K').then(self.seen(first - 1).hash).feature());
        emit(of(b'M').byte(length).byte(self.case as u8).byte(to_tail).feature());
    }

    /// Words inside a handle or a hashtag: those its capitals show, and listed ones it begins or ends with.
    fn by_parts(&self, place: usize, emit: &mut impl FnMut(u32)) {
        let of = of(self.words[place].sort);
        let lists = Lists::shipped();
        let (mut all, mut last, mut count) = (0, 0, 0_u8);
        each_part(self.raw(place), |part| {
            let part = part.bytes().fold(Hash::START, |hash, byte| hash.byte(byte.to_ascii_lowercase()));
            last = lists.word(part).names();
            all |= last;
            count = (count + 1).min(4);
            emit(of(b'i').then(part).feature());
        });
        let (start, end) = listed_ends(self.small(place).as_bytes(), lists);
        emit(of(b'j').byte(all).feature());
        emit(of(b'N').byte(count).byte(last).feature());
        emit(of(b'O').byte(start).byte(end).feature());
        emit(of(b'P').byte(start).feature());
        emit(of(b'Q').byte(end).feature());
    }
}

/// What the longest listed beginning and the longest listed end of a handle are listed as.
fn listed_ends(small: &[u8], lists: &Lists) -> (u8, u8) {
    let (mut start, mut end) = (0, 0);
    let mut hash = Hash::START;
    for (at, &byte) in small.iter().enumerate().take(LONGEST_END) {
        hash = hash.byte(byte);
        let listed = if at < 2 { 0 } else { lists.word(hash).names() };
        start = if listed > 0 { listed } else { start };
    }
    for length in 2..=small.len().min(LONGEST_END) {
        let listed = lists.word(Hash::START.bytes(&small[small.len() - length..]));
        // Of two letters only such as `fc` and `tv` say something.
        if listed.names() > 0 && (length > 2 || listed.any(Sorts::ORGANISATION_WORD)) {
            end = listed.names();
        }
    }
    (start, end)
}

/// Begins the features of one sort of word.
fn of(sort: Sort) -> impl Fn(u8) -> Hash {
    let sort = match sort {
        Sort::Word => b'w',
        Sort::Handle => b'@',
        Sort::Hashtag => b'#',
    };
    move |name| Hash::sort(name).byte(sort)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::Common;
    use crate::read::{lower_in_place, words};

    fn with<T>(text: &str, look: impl FnOnce(&View<'_>) -> T) -> T {
        let (mut lower, mut read) = (String::new(), Vec::new());
        lower_in_place(text, &mut lower);
        words(text, &mut read);
        look(&View::new(text, &lower, &read, Common::shipped()))
    }

    #[test]
    fn listed_words_are_found_at_both_ends_of_a_handle() {
        let lists = Lists::shipped();
        let (start, end) = listed_ends(b"bbcsportsnews", lists);
        assert!(start == lists.word(Hash::START.bytes(b"bbc")).names() && end == lists.word(Hash::START.bytes(b"news")).names());
        assert_eq!(listed_ends(b"zxqvw", lists), (0, 0));
        assert!(listed_ends(b"pnefc", lists).1 > 0);
        for odd in [&b""[..], b"a", b"ab", "été".as_bytes()] {
            listed_ends(odd, lists);
        }
    }

    #[test]
    fn features_are_the_same_every_time_and_bounded() {
        with(&"Acme @acme_news #AcmeDay 24 ".repeat(50), |view| {
            for place in (0..view.words.len()).filter(|place| view.may_be_a_name(*place)) {
                let mut features = Vec::new();
                view.features(place, 2, |feature| features.push(feature));
                let mut again = Vec::new();
                view.features(place, 2, |feature| again.push(feature));
                assert!(features == again && features.len() < 120, "{}", features.len());
            }
        });
    }
}
