//! What one clause says of the several brands it names: comparisons, "neither … nor", brands side by side.

use std::ops::Range;

/// What a comparison says of the brand it prefers, and, with the other sign, of the other.
const PREFERRED: f32 = 0.6;
/// What a denied comparison says of the brand it denies it of: "no better than" is less than "worse than".
const DENIED: f32 = 0.4;
/// Words between a comparison and its "than", or that and the brand.
const NEAR: usize = 4;

const BETTER: [&str; 30] = [
    "better",
    "superior",
    "nicer",
    "faster",
    "cheaper",
    "easier",
    "stronger",
    "cleaner",
    "mieux",
    "meilleur",
    "meilleure",
    "meilleurs",
    "meilleures",
    "supérieur",
    "besser",
    "bessere",
    "besserer",
    "schneller",
    "günstiger",
    "schöner",
    "mejor",
    "mejores",
    "meglio",
    "migliore",
    "migliori",
    "melhor",
    "melhores",
    "beter",
    "betere",
    "sneller",
];
const WORSE: [&str; 24] = [
    "worse",
    "inferior",
    "slower",
    "uglier",
    "pricier",
    "pire",
    "pires",
    "inférieur",
    "schlechter",
    "schlimmer",
    "langsamer",
    "teurer",
    "peor",
    "peores",
    "peggio",
    "peggiore",
    "peggiori",
    "pior",
    "piores",
    "slechter",
    "slechtere",
    "erger",
    "trager",
    "duurder",
];
const THAN: [&str; 14] = ["than", "que", "qu", "als", "di", "del", "della", "dello", "do", "da", "dan", "rispetto", "to", "à"];
const PREFER: [&str; 17] = [
    "prefer",
    "prefers",
    "preferred",
    "préfère",
    "préfèrent",
    "préférons",
    "bevorzuge",
    "prefiero",
    "prefieren",
    "prefiere",
    "preferisco",
    "preferiamo",
    "prefiro",
    "preferimos",
    "verkies",
    "lieber",
    "liever",
];
const OVER: [&str; 14] =
    ["to", "over", "than", "à", "au", "a", "al", "ao", "vor", "als", "boven", "dan", "rispetto", "gegenüber"];
const BEATS: [&str; 9] = ["beats", "outperforms", "surpasse", "schlägt", "übertrifft", "supera", "batte", "verslaat", "bat"];
const NOT: [&str; 23] = [
    "ne", "not", "no", "isn", "isnt", "wasn", "never", "aren", "don", "doesn", "pas", "jamais", "n", "nicht", "nie", "kein",
    "non", "não", "nunca", "niet", "nooit", "geen", "mai",
];
const NEITHER: [&str; 8] = ["neither", "ni", "weder", "né", "nem", "noch", "geen", "nor"];
const NOR: [&str; 6] = ["nor", "ni", "noch", "né", "nem", "or"];
/// What joins brands of which the same is said, and what stands there with it.
const JOINS: [&str; 30] = [
    "and", "or", "both", "the", "my", "et", "ou", "le", "la", "les", "und", "oder", "die", "der", "das", "y", "e", "o", "el",
    "los", "il", "i", "ed", "os", "as", "en", "of", "de", "het", "plus",
];
/// Joins of clauses.
pub(crate) const AND: [&str; 7] = ["and", "et", "und", "y", "e", "ed", "en"];
/// After a join, the beginning of a further clause: who does something, or what is felt.
pub(crate) const BEGINS: [&str; 70] = [
    "i",
    "we",
    "they",
    "he",
    "she",
    "it",
    "you",
    "love",
    "hate",
    "like",
    "dislike",
    "despise",
    "prefer",
    "je",
    "j",
    "nous",
    "on",
    "ils",
    "elles",
    "il",
    "elle",
    "adore",
    "déteste",
    "hais",
    "aime",
    "préfère",
    "ich",
    "wir",
    "sie",
    "er",
    "liebe",
    "hasse",
    "mag",
    "finde",
    "yo",
    "nosotros",
    "ellos",
    "me",
    "odio",
    "odia",
    "odiamos",
    "amo",
    "adoro",
    "detesto",
    "prefiero",
    "io",
    "noi",
    "loro",
    "mi",
    "preferisco",
    "eu",
    "nós",
    "eles",
    "odeio",
    "prefiro",
    "gosto",
    "ik",
    "wij",
    "we",
    "haat",
    "vind",
    "hou",
    "encanta",
    "amamos",
    "amiamo",
    "odiamo",
    "lieben",
    "hassen",
    "aimons",
    "détestons",
];
/// After a brand, what makes it the subject of a clause.
pub(crate) const IS: [&str; 40] = [
    "is",
    "was",
    "isn",
    "wasn",
    "has",
    "are",
    "were",
    "works",
    "sucks",
    "feels",
    "looks",
    "seems",
    "est",
    "était",
    "a",
    "n",
    "sont",
    "marche",
    "ist",
    "war",
    "hat",
    "sind",
    "funktioniert",
    "es",
    "era",
    "está",
    "son",
    "funciona",
    "è",
    "ha",
    "sono",
    "funziona",
    "é",
    "foi",
    "tem",
    "são",
    "was",
    "heeft",
    "werkt",
    "zijn",
];

/// What a clause says of the brands it names.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// The same of all.
    Alike,
    /// The first brand is put above the second or below it; nothing is said of the second where the comparison is denied.
    Compared(f32, Option<f32>),
    /// Of all, the opposite of what these parts say.
    Neither(Vec<Range<usize>>),
    /// It cannot be told.
    Unclear,
}

/// What a clause in lower case says of brands named at `names`, in order and each another than the one before; two or more.
#[must_use]
pub fn said(lower: &str, clause: Range<usize>, names: &[Range<usize>]) -> Said {
    let gaps: Vec<Vec<&str>> = names.windows(2).map(|pair| words(lower, pair[0].end..pair[1].start)).collect();
    let before = words(lower, clause.start..names[0].start);
    let after = words(lower, names[names.len() - 1].end..clause.end);
    let has = |list: &[&str], words: &[&str]| words.iter().any(|word| list.contains(word));
    if let [gap] = gaps.as_slice() {
        if before.last().is_some_and(|word| NEITHER.contains(word)) && matches!(gap.as_slice(), [word] if NOR.contains(word)) {
            // French denies a second time: "ni … ni … ne sont bons" is read as it stands.
            if has(&NOT, &after) || has(&NOT, &before[..before.len() - 1]) {
                return Said::Alike;
            }
            let at = lower[clause.start..names[0].start]
                .rfind(before[before.len() - 1])
                .map_or(names[0].start, |at| clause.start + at);
            return Said::Neither(vec![clause.start..at, names[1].end..clause.end]);
        }
        if let Some(said) = compared(&before, gap, &after) {
            let asked = lower[clause].trim_end().ends_with(['?', '؟']);
            return if asked { Said::Unclear } else { said };
        }
    }
    let joined = gaps.iter().all(|gap| gap.iter().all(|word| JOINS.contains(word)));
    if joined && !has(&PREFER, &before) { Said::Alike } else { Said::Unclear }
}

fn compared(before: &[&str], gap: &[&str], after: &[&str]) -> Option<Said> {
    let place = |list: &[&str], words: &[&str]| words.iter().position(|word| list.contains(word));
    let denied = |words: &[&str]| place(&NOT, words).is_some();
    let put = |sign: f32, words: &[&str]| {
        if denied(words) {
            Said::Compared(-sign * DENIED, None)
        } else {
            Said::Compared(sign * PREFERRED, Some(-sign * PREFERRED))
        }
    };
    // "Ich ziehe Acme Rival vor".
    let drawn_before = before.last().is_some_and(|word| word.starts_with("zieh")) && gap.is_empty() && after.contains(&"vor");
    let preferred = place(&PREFER, before).is_some() && gap.len() <= NEAR && place(&OVER, gap).is_some();
    if drawn_before || preferred {
        return Some(if denied(before) { Said::Unclear } else { put(1.0, &[]) });
    }
    if let Some(at) = place(&BEATS, gap).filter(|_| gap.len() <= NEAR) {
        return Some(put(1.0, &gap[..at]));
    }
    let sign = |word: &str| {
        if BETTER.contains(&word) { Some(1.0) } else { WORSE.contains(&word).then_some(-1.0) }
    };
    // "Acme is better than Rival".
    if let Some(at) = gap.iter().position(|word| sign(word).is_some()) {
        let than = place(&THAN, &gap[at + 1..])?;
        let near = than < NEAR && gap.len() - at - 2 - than < NEAR;
        return near.then(|| put(sign(gap[at]).unwrap_or_default(), &gap[..at]));
    }
    // "Better Acme than Rival".
    let first = before.last().and_then(|word| sign(word))?;
    gap.first().is_some_and(|word| THAN.contains(word)).then(|| put(first, before))
}

/// The words of a part of a text in lower case.
pub(crate) fn words(lower: &str, part: Range<usize>) -> Vec<&str> {
    let part = lower.get(part).unwrap_or_default();
    part.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Said {
        let lower = text.to_lowercase();
        let mut names: Vec<Range<usize>> =
            ["acme", "rival"].iter().filter_map(|name| lower.find(name).map(|at| at..at + name.len())).collect();
        names.sort_by_key(|name| name.start);
        said(&lower, 0..lower.len(), &names)
    }

    #[test]
    fn a_comparison_puts_one_above_the_other() {
        let (up, down) = (Said::Compared(PREFERRED, Some(-PREFERRED)), Said::Compared(-PREFERRED, Some(PREFERRED)));
        for text in [
            "Acme is so much better than Rival",
            "I prefer Acme to Rival",
            "Acme est bien mieux que Rival",
            "Je préfère Acme à Rival",
            "Acme ist besser als Rival",
            "Ich ziehe Acme Rival vor",
            "Acme es mejor que Rival",
            "Prefiero Acme a Rival",
            "Preferisco Acme a Rival",
            "Acme is beter dan Rival",
            "Acme beats Rival",
        ] {
            assert_eq!(read(text), up, "{text}");
        }
        for text in
            ["Acme is worse than Rival", "Acme est pire que Rival", "Acme ist schlechter als Rival", "Acme es peor que Rival"]
        {
            assert_eq!(read(text), down, "{text}");
        }
        assert_eq!(read("Acme is no better than Rival"), Said::Compared(-DENIED, None));
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        for text in ["Is Acme better than Rival?", "I left Acme for Rival and am happy", "I don't prefer Acme to Rival"] {
            assert_eq!(read(text), Said::Unclear, "{text}");
        }
        assert_eq!(read("Acme and Rival are awful"), Said::Alike);
        assert_eq!(read("Neither Acme nor Rival is any good"), Said::Neither(vec![0..0, 22..34]));
    }
}
