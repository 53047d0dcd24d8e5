//! What the model sees of a text: its words, how common they are, whether a list knows them, and their letters.

use std::sync::OnceLock;

use vigie_plugin::linear::Hash;

use crate::read::{Sort, Word};

/// First bytes of the table of common words; the last is the version of its layout.
pub const MAGIC: &[u8; 8] = b"VIGCOM\x00\x01";
/// A text with more than this share of words in capitals shouts: capitals say nothing.
const SHOUTS: f32 = 0.6;

/// English words commonly written in small letters: a table made by training, read in place.
///
/// # Shape
/// `VIGCOM`, 0, version 1; then hashes (FNV-1a of the lower-case word, u32, little-endian) in ascending order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Common<'a>(&'a [[u8; 4]]);

impl<'a> Common<'a> {
    /// Reads a table; one of another layout holds nothing.
    #[must_use]
    pub fn read(table: &'a [u8]) -> Self {
        Self(table.strip_prefix(MAGIC).map_or(&[], |hashes| hashes.as_chunks().0))
    }

    /// The table that ships.
    #[must_use]
    pub fn shipped() -> Common<'static> {
        Common::read(include_bytes!("../table/common.bin"))
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a word, in small letters, is common.
    #[must_use]
    pub fn holds(&self, lower: &str) -> bool {
        let hash = Hash::START.bytes(lower.as_bytes()).raw();
        self.0.binary_search_by_key(&hash, |bytes| u32::from_le_bytes(*bytes)).is_ok()
    }
}

/// What the model sees of a text: its words with what is the same for all of them.
#[derive(Debug, Clone, Copy)]
pub struct View<'t> {
    /// The text as written.
    pub text: &'t str,
    /// With `lower_in_place`.
    pub lower: &'t str,
    /// Its words.
    pub words: &'t [Word],
    /// Words that are no names when written small.
    pub common: Common<'t>,
    /// How the text uses capitals.
    pub(crate) case: Case,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// Hardly any.
    Small,
    /// As people write.
    Mixed,
    /// At the beginning of nearly every word, or everywhere.
    Shouted,
}

impl<'t> View<'t> {
    /// Looks at a text.
    #[must_use]
    pub fn new(text: &'t str, lower: &'t str, words: &'t [Word], common: Common<'t>) -> Self {
        let plain = words.iter().filter(|word| word.sort == Sort::Word);
        let (mut capitals, mut all) = (0_u32, 0_u32);
        for word in plain {
            capitals += u32::from(text[word.at.clone()].starts_with(char::is_uppercase));
            all += 1;
        }
        let case = if capitals == 0 {
            Case::Small
        } else if capitals as f32 > SHOUTS * all as f32 && all > 3 {
            Case::Shouted
        } else {
            Case::Mixed
        };
        Self { text, lower, words, common, case }
    }

    /// A word as written; empty beyond the last.
    pub(crate) fn raw(&self, place: usize) -> &'t str {
        self.words.get(place).map_or("", |word| &self.text[word.at.clone()])
    }

    /// A word in small letters; empty beyond the last.
    pub(crate) fn small(&self, place: usize) -> &'t str {
        self.words.get(place).map_or("", |word| &self.lower[word.at.clone()])
    }

    /// Whether a word may be part of a name at all. The model is neither trained on others nor asked about them.
    #[must_use]
    pub fn may_be_a_name(&self, place: usize) -> bool {
        let Some(word) = self.words.get(place) else { return false };
        if word.sort != Sort::Word {
            return true;
        }
        let (raw, small) = (self.raw(place), self.small(place));
        if !raw.contains(char::is_alphabetic) || matches!(small, "i" | "i'm" | "i’m" | "i'll" | "i've" | "i'd") {
            return false;
        }
        let capital = raw.contains(char::is_uppercase);
        let next_capital =
            self.words.get(place + 1).is_some_and(|next| !next.breaks) && self.raw(place + 1).starts_with(char::is_uppercase);
        match (capital, self.common.holds(small)) {
            (true, true) => !word.starts_sentence || next_capital,
            (true, false) => true,
            (false, common) => (!common && small.len() > 2) || listed(small) & (1 | 4) > 0,
        }
    }

    /// Calls `emit` with the features of a word. `before`: class of the word before it, if it may go on.
    pub fn features(&self, place: usize, before: usize, mut emit: impl FnMut(u32)) {
        let (small, shape) = (self.small(place), self.shape(place));
        let word = &self.words[place];
        let sort = match word.sort {
            Sort::Word => b'w',
            Sort::Handle => b'@',
            Sort::Hashtag => b'#',
        };
        let of = |name: u8| Hash::sort(name).byte(sort);
        let text = |text: &str| Hash::START.bytes(text.as_bytes());
        let near = |offset: isize| place.checked_add_signed(offset).map_or("", |near| self.small(near));
        let (own, left, right) = (text(small), text(near(-1)), text(near(1)));
        emit(of(b'w').then(own).feature());
        emit(of(b'W').then(own).then(shape).feature());
        emit(of(b's').then(shape).feature());
        emit(of(b'S').then(shape).byte(u8::from(word.starts_sentence)).byte(self.case as u8).feature());
        emit(of(b'a').then(left).feature());
        emit(of(b'b').then(right).feature());
        emit(of(b'A').then(text(near(-2))).feature());
        emit(of(b'B').then(text(near(2))).feature());
        emit(of(b'c').then(left).then(own).feature());
        emit(of(b'd').then(own).then(right).feature());
        emit(of(b'l').then(left).then(shape).feature());
        emit(of(b'r').then(right).then(shape).feature());
        emit(of(b'L').then(text(near(-2))).then(left).feature());
        emit(of(b'R').then(right).then(text(near(2))).feature());
        let shapes = [place.checked_sub(1).map_or(Hash::START, |left| self.shape(left)), self.shape(place + 1)];
        emit(of(b'e').then(shapes[0]).then(shape).feature());
        emit(of(b'f').then(shape).then(shapes[1]).feature());
        let common = self.common.holds(small);
        emit(of(b'k').byte(u8::from(common)).then(shape).byte(u8::from(word.starts_sentence)).feature());
        let [mine, left_one, right_one] =
            [Some(place), place.checked_sub(1), Some(place + 1)].map(|near| near.map_or(0, |near| listed(self.small(near))));
        emit(of(b'y').byte(mine).feature());
        emit(of(b'z').byte(mine).then(shape).feature());
        emit(of(b'Y').byte(left_one).byte(mine).then(shape).feature());
        emit(of(b'Z').byte(right_one).byte(mine).then(shape).feature());
        emit(of(b't').byte(before as u8).byte(u8::from(word.breaks)).feature());
        emit(of(b'u').byte(before as u8).byte(u8::from(word.breaks)).then(shape).feature());
        emit(of(b'v').byte(before as u8).then(own).feature());
        emit(of(b'n').byte(word.at.len().min(12) as u8).feature());
        emit(of(b'm').byte(place.min(3) as u8).byte(self.words.len().min(4) as u8).then(shape).feature());
        each_piece(small, |sort, piece| emit(of(sort).bytes(piece.as_bytes()).feature()));
        // Words inside handles and hashtags, where capitals show them.
        if word.sort != Sort::Word {
            let mut sorts = 0;
            each_part(self.raw(place), |part| {
                let part = part.to_ascii_lowercase();
                sorts |= listed(&part);
                emit(of(b'i').bytes(part.as_bytes()).feature());
            });
            emit(of(b'j').byte(sorts).feature());
        }
    }

    /// The shape of a word: its letters as X, x, 0 or themselves, each run once, and the length of short ones.
    fn shape(&self, place: usize) -> Hash {
        let Some(word) = self.words.get(place) else { return Hash::START.byte(b'$') };
        let mut hash = Hash::START.byte(word.sort as u8).byte(u8::from(word.breaks));
        let mut last = '\0';
        let mut count = 0_u8;
        for char in self.raw(place).chars() {
            count = count.saturating_add(1);
            let class = if char.is_uppercase() {
                'X'
            } else if char.is_alphabetic() {
                'x'
            } else if char.is_numeric() {
                '0'
            } else {
                '-'
            };
            if class != last {
                hash = hash.byte(class as u8);
                last = class;
            }
        }
        hash.byte(count.min(4))
    }
}

/// The sorts of names a word is listed as, a bit each.
fn listed(lower: &str) -> u8 {
    static LISTS: OnceLock<Vec<(u32, u8)>> = OnceLock::new();
    let lists = LISTS.get_or_init(|| {
        let mut all: Vec<(u32, u8)> = Vec::new();
        let mut bit = 0;
        for line in include_str!("lists.txt").lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with('[') {
                bit = if bit == 0 { 1 } else { bit << 1 };
            } else {
                all.extend(line.split_whitespace().map(|word| (Hash::START.bytes(word.as_bytes()).raw(), bit)));
            }
        }
        all.sort_unstable();
        all.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 |= later.1;
            }
            same
        });
        all
    });
    if lower.is_empty() {
        return 0;
    }
    let hash = Hash::START.bytes(lower.as_bytes()).raw();
    lists.binary_search_by_key(&hash, |(known, _)| *known).map_or(0, |place| lists[place].1)
}

/// The beginnings, ends and triples of a word.
fn each_piece(word: &str, mut emit: impl FnMut(u8, &str)) {
    let mut ends: Vec<usize> = Vec::with_capacity(24);
    ends.extend(word.char_indices().map(|(at, _)| at).take(24));
    ends.push(if ends.len() < 24 { word.len() } else { *ends.last().unwrap_or(&0) });
    let letters = ends.len() - 1;
    for length in 2..=4.min(letters) {
        emit(b'0' + length as u8, &word[..ends[length]]);
        emit(b'5' + length as u8, &word[ends[letters - length]..ends[letters]]);
    }
    for start in 0..letters.saturating_sub(2) {
        emit(b'g', &word[ends[start]..ends[start + 3]]);
    }
}

/// The parts of a name such as `AcmeNews_FR`, as its capitals and `_` show them.
fn each_part(name: &str, mut emit: impl FnMut(&str)) {
    let mut start = 0;
    let mut before = '_';
    for (at, char) in name.char_indices() {
        let border = (char.is_uppercase() && !before.is_uppercase()) || (char.is_numeric() != before.is_numeric());
        if char == '_' || border {
            if at > start {
                emit(&name[start..at]);
            }
            start = if char == '_' { at + 1 } else { at };
        }
        before = char;
    }
    if start < name.len() {
        emit(&name[start..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_parts_are_cut_at_letters() {
        let mut pieces = Vec::new();
        each_piece("été", |sort, piece| pieces.push(format!("{}{piece}", sort as char)));
        assert_eq!(pieces, ["2ét", "7té", "3été", "8été", "gété"]);
        let mut parts = Vec::new();
        each_part("AcmeNews_FR24", |part| parts.push(part.to_owned()));
        assert_eq!(parts, ["Acme", "News", "FR", "24"]);
        for odd in ["", "_", "a", "é", "ÉÉ_", &"é".repeat(100)] {
            each_piece(odd, |_, _| {});
            each_part(odd, |_| {});
        }
    }
}
