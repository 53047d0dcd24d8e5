//! Cuts hashtags into words: by their capitals and digits, and where they have none by the words a language has.

use vigie_plugin::Label;
use vigie_plugin::features::Sort;
use vigie_plugin::linear::sigmoid;

use crate::read::Reader;
use crate::words::{Words, hash};

/// Hashtags of a mention that are cut; a wall of them says nothing more.
const MOST: usize = 20;
/// Letters of a piece that is cut by words; longer ones stay whole.
const LONGEST_PIECE: usize = 40;
/// Letters of a word inside a hashtag.
const LONGEST_WORD: usize = 16;
/// What a word costs that stands in the same mention, in nats.
const SEEN: f32 = 10.0;
/// What an unknown word costs by its first letter and by each further one.
const UNKNOWN: (f32, f32) = (14.0, 2.3);
/// What each further word of a cut costs, so that a long word is not cut into short common ones.
const CUT: f32 = 1.0;
/// What a word of English costs more than its own language's.
const FOREIGN: f32 = 2.0;
/// By how much a cut must be better than none.
const MARGIN: f32 = 1.5;
/// How likely a cut by capitals is right.
const BY_CAPITALS: f32 = 0.97;

/// The hashtags of a mention that have several words, with how likely the cut is right.
#[must_use]
pub fn cut(reader: &Reader, parts: &[&str], tag: &str) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    let mut seen: Option<Vec<u32>> = None;
    for word in reader.words().iter().filter(|word| word.sort == Sort::Hashtag).take(MOST) {
        let raw = parts.get(usize::from(word.part)).and_then(|part| part.get(word.at.clone())).unwrap_or_default();
        let seen = seen.get_or_insert_with(|| {
            let words = reader.words().iter().filter(|word| word.sort == Sort::Word && word.length > 1 && word.letters);
            words.map(|word| word.hash).collect()
        });
        let (words, likely) = words_of(raw.trim_start_matches('#'), tag, seen);
        let name = words.join(" ");
        if words.len() > 1 && !labels.iter().any(|label| label.name == name) {
            labels.push(Label::new(name, likely));
        }
    }
    labels
}

/// The words of a hashtag without its sign, in lower case, and how likely they are right.
///
/// # Shape
/// `seen`: hashes of words that stand in the same mention, so that a brand nobody else knows is found in its hashtag.
#[must_use]
pub fn words_of(hashtag: &str, tag: &str, seen: &[u32]) -> (Vec<String>, f32) {
    let mut words = Vec::new();
    let mut likely = BY_CAPITALS;
    for piece in pieces(hashtag) {
        let (cut, sure) = by_words(&piece.to_lowercase(), tag, seen);
        likely = likely.min(sure);
        words.extend(cut);
    }
    (words, likely)
}

/// Cuts at signs, before a capital that follows a small letter, before the last of several capitals, and around digits.
fn pieces(hashtag: &str) -> Vec<&str> {
    let mut pieces: Vec<&str> = Vec::new();
    for part in hashtag.split(|char: char| !char.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let chars: Vec<(usize, char)> = part.char_indices().collect();
        let mut start = 0;
        for place in 1..chars.len() {
            let (before, (at, this)) = (chars[place - 1].1, chars[place]);
            let next_is_small = chars.get(place + 1).is_some_and(|(_, next)| next.is_lowercase());
            let border = (before.is_lowercase() && this.is_uppercase())
                || (before.is_uppercase() && this.is_uppercase() && next_is_small)
                || (before.is_numeric() != this.is_numeric());
            // `iPhone` and `eBay` are one word.
            if border && !(at - start == 1 && before.is_lowercase() && next_is_small) {
                pieces.push(&part[start..at]);
                start = at;
            }
        }
        pieces.push(&part[start..]);
    }
    pieces
}

/// Cuts a piece without capitals into the words that cost least together.
fn by_words(piece: &str, tag: &str, seen: &[u32]) -> (Vec<String>, f32) {
    // Places between letters, in bytes.
    let ends: Vec<usize> = piece.char_indices().map(|(at, _)| at).chain([piece.len()]).collect();
    let letters = ends.len() - 1;
    let whole = (vec![piece.to_owned()], 1.0);
    if !(5..=LONGEST_PIECE).contains(&letters) {
        return whole;
    }
    let (own, english) = (Words::shipped(tag), Words::shipped("en"));
    let cost = |from: usize, until: usize| {
        let word = &piece[ends[from]..ends[until]];
        let hash = hash(word);
        let known = own.cost(hash).or_else(|| english.cost(hash).map(|cost| cost + FOREIGN));
        let known = if seen.contains(&hash) { Some(known.map_or(SEEN, |cost| cost.min(SEEN))) } else { known };
        let unknown = UNKNOWN.0 + UNKNOWN.1 * (until - from - 1) as f32;
        match known {
            // Of single letters a language has few; the tables hold many, from misspelt words.
            Some(cost) if until - from > 1 || matches!(word, "a" | "i" | "y" | "à" | "o" | "e") => cost.min(unknown),
            _ => unknown,
        }
    };
    let uncut = cost(0, letters);
    // The least a beginning of each length costs, and where its last word begins.
    let mut best = vec![(0.0_f32, 0_usize)];
    for until in 1..=letters {
        let least = (until.saturating_sub(LONGEST_WORD)..until).map(|from| (best[from].0 + cost(from, until) + CUT, from));
        best.push(least.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f32::INFINITY, 0)));
    }
    let gain = uncut + CUT - best[letters].0;
    if gain < MARGIN {
        return whole;
    }
    let mut words = Vec::new();
    let mut until = letters;
    while until > 0 {
        let from = best[until].1;
        words.push(piece[ends[from]..ends[until]].to_owned());
        until = from;
    }
    words.reverse();
    (words, sigmoid(gain / 2.0).min(BY_CAPITALS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_and_digits_cut() {
        for (hashtag, wanted) in [
            ("BlackFriday", "Black Friday"),
            ("NYCMarathon", "NYC Marathon"),
            ("iPhoneLaunch", "iPhone Launch"),
            ("summer_sale", "summer sale"),
            ("Top10Phones", "Top 10 Phones"),
            ("ÉtéIndien", "Été Indien"),
            ("WWDC", "WWDC"),
            ("", ""),
        ] {
            assert_eq!(pieces(hashtag).join(" "), wanted, "{hashtag}");
        }
    }

    #[test]
    fn words_cut_where_capitals_do_not() {
        for (hashtag, tag, wanted) in [
            ("blackfriday", "en", "black friday"),
            ("customerservice", "en", "customer service"),
            ("nevergiveup", "en", "never give up"),
            ("throwbackthursday", "en", "throwback thursday"),
            ("JAMAISCONTENT", "fr", "jamais content"),
            ("bonneannée", "fr", "bonne année"),
            ("buenosdias", "es", "buenos dias"),
            ("everything", "en", "everything"),
            ("understanding", "en", "understanding"),
            ("battery", "en", "battery"),
            ("zxqvw", "en", "zxqvw"),
        ] {
            assert_eq!(words_of(hashtag, tag, &[]).0.join(" "), wanted, "{hashtag}");
        }
        assert_eq!(words_of("lovevigie", "en", &[hash("Vigie")]).0, ["love", "vigie"]);
    }

    #[test]
    fn a_hashtag_without_end_is_left_whole() {
        let long = "a".repeat(10_000);
        assert_eq!(words_of(&long, "en", &[]).0.concat(), long);
        assert_eq!(words_of(&long, "en", &[]).0.len(), 1);
        assert!((0.5..=1.0).contains(&words_of("blackfriday", "en", &[]).1));
    }
}
