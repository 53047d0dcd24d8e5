//! Cuts hashtags into words: by their capitals and digits, and where they have none by the words a language has. Capitals inside a hashtag
//! are its author's own cut, which no table knows better.

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
/// What a word of two or three letters costs more unless it is common, so that no rest is passed off as a word.
const SHORT: f32 = 4.0;
/// What common words of two letters cost at most, and of three.
const COMMON: (f32, f32) = (7.5, 9.5);
/// What a `d` or `l` of French costs more than its share of all words says, and how much less an unknown word behind it costs.
const ELIDED: f32 = 2.0;
const BEHIND_ELISION: f32 = 7.0;
/// By how much a cut must be better than none.
const MARGIN: f32 = 1.5;
/// How likely a cut is right at most that leaves a piece which is no known word.
const WITH_UNKNOWN: f32 = 0.5;
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
    for part in hashtag.split(|char: char| !char.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let (pieces, by_capitals) = pieces(part);
        for piece in pieces {
            let piece = piece.to_lowercase();
            if by_capitals {
                words.push(piece);
                continue;
            }
            let (cut, sure) = by_words(&piece, tag, seen);
            likely = likely.min(sure);
            words.extend(cut);
        }
    }
    if tag == "fr" {
        join_elisions(&mut words);
    }
    (words, likely)
}

/// Cuts a part without signs before a capital that follows a small letter, before the last of several capitals, and around digits; and
/// says whether a capital was among the reasons.
fn pieces(part: &str) -> (Vec<&str>, bool) {
    let (mut pieces, mut by_capitals, mut start) = (Vec::new(), false, 0);
    let chars: Vec<(usize, char)> = part.char_indices().collect();
    for place in 1..chars.len() {
        let (before, (at, this)) = (chars[place - 1].1, chars[place]);
        let next_is_small = chars.get(place + 1).is_some_and(|(_, next)| next.is_lowercase());
        let capital =
            (before.is_lowercase() && this.is_uppercase()) || (before.is_uppercase() && this.is_uppercase() && next_is_small);
        let border = capital || before.is_numeric() != this.is_numeric();
        // `iPhone` and `eBay` are one word.
        if border && !(at - start == 1 && before.is_lowercase() && next_is_small) {
            pieces.push(&part[start..at]);
            start = at;
            by_capitals |= capital;
        }
    }
    pieces.push(&part[start..]);
    (pieces, by_capitals)
}

/// Whether a French word drops its vowel before the word that follows: `d`, `l`, `qu`.
fn is_elided(word: &str) -> bool {
    matches!(word, "d" | "l" | "j" | "qu")
}

/// Whether an elided word can stand before a word. Some words with an h take it and some do not.
fn takes_elision(word: &str) -> bool {
    word.starts_with(['a', 'e', 'i', 'o', 'u', 'y', 'h', 'â', 'à', 'é', 'è', 'ê', 'î', 'ô', 'œ'])
}

/// `d`, `achat` is one word, `d'achat`.
fn join_elisions(words: &mut Vec<String>) {
    let mut place = 1;
    while place < words.len() {
        if is_elided(&words[place - 1]) && takes_elision(&words[place]) {
            let word = words.remove(place);
            let elided = &mut words[place - 1];
            elided.push('\'');
            elided.push_str(&word);
        } else {
            place += 1;
        }
    }
}

/// Words of one letter, which languages have few of; the tables hold many, from misspelt words.
fn is_letter_word(word: &str, tag: &str) -> bool {
    match tag {
        "en" => matches!(word, "a" | "i"),
        "fr" => matches!(word, "a" | "à" | "y"),
        "es" => matches!(word, "a" | "y" | "o" | "e"),
        "it" => matches!(word, "a" | "e" | "o" | "è"),
        "pt" => matches!(word, "a" | "e" | "o" | "à" | "é"),
        _ => false,
    }
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
        let (length, is_last) = (until - from, until == letters);
        if tag == "fr" && !is_last && is_elided(word) && takes_elision(&piece[ends[until]..]) {
            return known.map_or(SEEN, |cost| cost.min(SEEN)) + ELIDED;
        }
        // At the beginning a letter is more often just the first of a word.
        let is_behind_elision = tag == "fr" && from > 1 && is_elided(&piece[ends[from - 1]..ends[from]]) && takes_elision(word);
        let unknown = if is_behind_elision { unknown - BEHIND_ELISION } else { unknown };
        match known {
            _ if length == 1 && (is_last || !is_letter_word(word, tag)) => f32::INFINITY,
            // `d'achat` is no `d'a chat`.
            _ if length == 1 && word == "a" && is_behind_elision => f32::INFINITY,
            Some(cost) if (length == 2 && cost > COMMON.0) || (length == 3 && cost > COMMON.1) => cost + SHORT,
            Some(cost) => cost.min(unknown),
            None => unknown,
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
    let mut likely = sigmoid(gain / 2.0).min(BY_CAPITALS);
    let (mut until, mut unknown) = (letters, 0);
    while until > 0 {
        let from = best[until].1;
        if cost(from, until) >= UNKNOWN.0 {
            if until - from <= 2 {
                return whole;
            }
            unknown += until - from;
            likely = likely.min(WITH_UNKNOWN);
        }
        words.push(piece[ends[from]..ends[until]].to_owned());
        until = from;
    }
    // Where most is unknown, the whole is a name, not its rest.
    if unknown * 2 > letters {
        return whole;
    }
    words.reverse();
    (words, likely)
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
            ("Top10Phones", "Top 10 Phones"),
            ("ÉtéIndien", "Été Indien"),
            ("WWDC", "WWDC"),
            ("", ""),
        ] {
            assert_eq!(pieces(hashtag).0.join(" "), wanted, "{hashtag}");
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
            ("summer_sale", "en", "summer sale"),
            ("pouvoirdachat", "fr", "pouvoir d'achat"),
            ("PouvoirDAchat", "fr", "pouvoir d'achat"),
            ("GreveGenerale", "fr", "greve generale"),
            ("générale", "fr", "générale"),
            ("elearning", "en", "elearning"),
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
