//! Phrases that turn around what their words say: wishes, praise of what is no more or of what nobody believes, thanks for nothing, praise
//! that could not be higher, and bad words that are denied.
//!
//! A linear model adds words up and reads "could be better" as "better". What is found here comes after it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use vigie_plugin::features::Words;
use vigie_plugin::linear::Hash;

/// Which phrase decides what a text says; an earlier one goes before a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Phrase {
    /// It could not be better: "couldn't be happier", "can't go wrong". Nothing else in the text is bad.
    Praised,
    /// Something good is wished for, gone, doubted or said in mockery: "could be better", "used to love it", "I don't think it is good",
    /// "thanks for nothing". Nothing else in the text is good.
    Missed,
    /// Something bad is denied: "not bad", "no issues". Nothing else in the text is bad.
    Denied,
    /// None does.
    #[default]
    None,
}

/// How many words a doubt reaches over.
const DOUBT: usize = 6;
/// Words over which it does not reach: "I don't think I ever had a better one", "I can't say enough good things".
const NO_DOUBT: [&str; 33] = [
    "ever", "anything", "anyone", "anybody", "anywhere", "another", "as", "such", "find", "found", "until", "but", "without",
    "enough", "how", "what", "wrong", "live", "jamais", "sans", "autre", "mieux", "ohne", "nie", "sin", "nunca", "mejor",
    "senza", "mai", "sem", "melhor", "zonder", "ooit",
];
/// Between a negation and what it denies these may stand; with others the negation means another word ("can't believe how bad").
const BETWEEN: [&str; 18] = [
    "a",
    "an",
    "any",
    "so",
    "that",
    "too",
    "very",
    "really",
    "all",
    "at",
    "real",
    "major",
    "particularly",
    "exactly",
    "the",
    "actually",
    "overly",
    "bit",
];

/// Patterns by the words they begin with.
struct ByFirst {
    /// One bit for each first word, by its hash: most words of a text begin nothing, and are passed over by looking here.
    filter: [u64; 1 << (FILTER_BITS - 6)],
    patterns: HashMap<&'static str, Vec<(Phrase, Vec<&'static str>)>>,
}

/// Of 4,096 bits some 200 are set.
const FILTER_BITS: u32 = 12;

static BY_FIRST: LazyLock<ByFirst> = LazyLock::new(|| {
    let mut made = ByFirst { filter: [0; 1 << (FILTER_BITS - 6)], patterns: HashMap::new() };
    for (phrase, line) in lines() {
        let pattern: Vec<&str> = line.split(' ').collect();
        for first in pattern[0].trim_start_matches('^').split('|') {
            let (cell, bit) = ByFirst::place(Hash::START.bytes(first.as_bytes()));
            made.filter[cell] |= bit;
            made.patterns.entry(first).or_default().push((phrase, pattern.clone()));
        }
    }
    made
});

/// The lines of the list, each with what it decides.
fn lines() -> impl Iterator<Item = (Phrase, &'static str)> {
    let mut phrase = Phrase::None;
    let lines = include_str!("phrases.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(move |line| {
        match line {
            "[praised]" => phrase = Phrase::Praised,
            "[missed]" => phrase = Phrase::Missed,
            "[denied]" => phrase = Phrase::Denied,
            line => return Some((phrase, line)),
        }
        None
    })
}

impl ByFirst {
    fn place(hash: Hash) -> (usize, u64) {
        let place = hash.feature() >> (32 - FILTER_BITS);
        ((place / 64) as usize, 1 << (place % 64))
    }

    fn patterns(&self, first: &str, hash: Hash) -> &[(Phrase, Vec<&'static str>)] {
        let (cell, bit) = Self::place(hash);
        if self.filter[cell] & bit == 0 { &[] } else { self.patterns.get(first).map_or(&[], Vec::as_slice) }
    }
}

/// The phrase that goes before the others, and which words belong to it. `hashes`: of the words, each by itself.
pub(crate) fn phrase(words: &Words, hashes: &[Hash]) -> Option<(Phrase, Range<usize>)> {
    let by_first = &*BY_FIRST;
    let found = (0..words.as_slice().len()).zip(hashes).flat_map(|(start, &hash)| {
        let patterns = by_first.patterns(words.nth(start), hash).iter();
        patterns.filter_map(move |(phrase, pattern)| end(words, start, start, pattern).map(|end| (*phrase, start..end)))
    });
    // Of equals the first.
    found.min_by_key(|(phrase, _)| *phrase)
}

/// Whether a word may stand between a negation and what it denies.
pub(crate) fn may_stand_between(word: &str) -> bool {
    BETWEEN.contains(&word)
}

/// Where a pattern that begins at a word ends.
fn end(words: &Words, start: usize, at: usize, pattern: &[&str]) -> Option<usize> {
    let Some((&first, rest)) = pattern.split_first() else { return Some(at) };
    let same_clause = |at: usize| words.as_slice().get(at).filter(|word| at == start || !word.starts_clause);
    match first {
        "~" => {
            let most = words.as_slice().len().min(at + 2);
            return (at..=most).find_map(|next| end(words, start, next, rest));
        }
        "…" => {
            let reached =
                |next: &usize| *next == at || same_clause(*next - 1).is_some_and(|word| !NO_DOUBT.contains(&words.text(word)));
            return (at..=at + DOUBT).take_while(reached).find_map(|next| end(words, start, next, rest));
        }
        _ => {}
    }
    let optional = first.strip_prefix('?');
    let (first, here) = match (first.strip_prefix('^'), first.strip_prefix(',')) {
        (Some(first), _) => (first, same_clause(at).filter(|word| word.starts_clause)),
        (_, Some(first)) => (first, words.as_slice().get(at)),
        _ => (first, same_clause(at)),
    };
    let is = here.is_some_and(|word| {
        let text = words.text(word);
        optional.unwrap_or(first).split('|').any(|other| other == text)
    });
    is.then(|| end(words, start, at + 1, rest)).flatten().or_else(|| optional.and_then(|_| end(words, start, at, rest)))
}

#[cfg(test)]
mod tests {
    use vigie_plugin::features::Apostrophes;

    use super::*;

    fn decides(text: &str, apostrophes: Apostrophes) -> Phrase {
        let mut words = Words::default();
        words.read(text, apostrophes);
        let hashes: Vec<Hash> = words.iter().map(|word| Hash::START.bytes(words.text(word).as_bytes())).collect();
        phrase(&words, &hashes).map_or(Phrase::None, |(phrase, _)| phrase)
    }

    fn misses(text: &str, apostrophes: Apostrophes) -> bool {
        decides(text, apostrophes) == Phrase::Missed
    }

    #[test]
    fn every_line_is_read_as_it_is_written() {
        let mut count = 0;
        for (wanted, line) in lines() {
            let words = line.split(' ').filter(|element| !element.starts_with('?') && !matches!(*element, "~" | "…"));
            let text: Vec<&str> = words.filter_map(|element| element.trim_start_matches(['^', ',']).split('|').next()).collect();
            assert_eq!(decides(&text.join(" "), Apostrophes::Join), wanted, "{line}");
            count += 1;
        }
        assert!(count > 90 && lines().all(|(phrase, _)| phrase != Phrase::None), "{count}");
    }

    #[test]
    fn praise_that_is_doubted_is_missed() {
        for text in [
            "I don't believe this is a great product.",
            "I wouldn't call this a nice experience.",
            "I doubt it's any good.",
            "Not sure this is a good buy.",
            "I don't think this is a good phone.",
            "Ich glaube nicht, dass das ein gutes Handy ist.",
            "No creo que sea un buen móvil.",
            "Não acho que seja um bom celular.",
            "Ik denk niet dat dit een goede telefoon is.",
            "Thanks for nothing",
            "Danke für nichts.",
        ] {
            assert!(misses(text, Apostrophes::Join), "{text}");
        }
        for text in ["Je ne pense pas que ce soit un bon téléphone.", "Merci pour rien.", "Non credo che sia un buon telefono."]
        {
            assert!(misses(text, Apostrophes::Split), "{text}");
        }
        for text in [
            "No doubt this is a good phone",
            "I don't think I've ever had such a good phone",
            "I can't say enough good things",
            "I don't believe you'll find a better one",
            "I think this is a good phone",
            "I don't think so. It is great",
            "thanks for the good news, it was nothing",
        ] {
            assert!(!misses(text, Apostrophes::Join), "{text}");
        }
    }

    #[test]
    fn problems_that_there_are_none_of_are_denied() {
        for text in ["No issue here", "Never had a single crash.", "Zero complaints.", "Keine Probleme mit der Lieferung."] {
            assert_eq!(decides(text, Apostrophes::Join), Phrase::Denied, "{text}");
        }
        assert_eq!(decides("Nessun problema con la consegna.", Apostrophes::Split), Phrase::Denied);
        for text in ["Couldn't be better!", "Could not be more pleased", "Can't go wrong with this one."] {
            assert_eq!(decides(text, Apostrophes::Join), Phrase::Praised, "{text}");
        }
        for text in ["Couldn't be worse", "Could not be more disappointed", "I have a problem", "it went wrong"] {
            assert_eq!(decides(text, Apostrophes::Join), Phrase::None, "{text}");
        }
    }

    #[test]
    fn what_is_wished_for_or_gone_is_missed() {
        for text in [
            "It could be better",
            "could have been so much better",
            "Would be nice if it worked",
            "I used to love this app",
            "Used to love it",
            "Neither Acme nor Rival is any good",
            "Neither of them works well",
            "I expected better",
            "Hatte mir mehr erwartet",
            "Esperaba más",
            "Não recomendo",
            "Weder Acme noch Rival ist gut",
            "I wish it worked",
            "Könnte besser sein",
            "Podría ser mejor",
            "Potrebbe essere migliore",
            "Poderia ser melhor",
            "Het zou beter kunnen",
        ] {
            assert!(misses(text, Apostrophes::Join), "{text}");
        }
        for text in [
            "Ça pourrait être mieux",
            "J'adorais cette appli",
            "Je m'attendais à mieux",
            "Je recommande pas",
            "Ce serait bien si ça marchait",
        ] {
            assert!(misses(text, Apostrophes::Split), "{text}");
        }
        for text in [
            "could not be better",
            "couldn't be better",
            "I got used to good coffee",
            "It is better",
            "I am used to love",
            "I wish I had a dog",
            "As expected",
            "Better than expected",
            "I expect more great updates",
            "",
        ] {
            assert!(!misses(text, Apostrophes::Join), "{text}");
        }
    }
}
