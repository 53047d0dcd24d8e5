//! Phrases that turn around what their words say: wishes, praise of what is no more, and bad words that are denied.
//!
//! A linear model adds words up and reads "could be better" as "better". What is found here comes after it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use vigie_plugin::features::Words;
use vigie_plugin::linear::Hash;

/// Which phrase decides what a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phrase {
    /// None does.
    #[default]
    None,
    /// Something good is wished for or gone: "could be better", "used to love it". Nothing else in the text is good.
    Missed,
    /// Something bad is denied: "not bad". Nothing else in the text is bad.
    Denied,
}

/// Wishes and lost praise, in all languages: words with a space between, `|` between alternatives, `?` before one that may be missing,
/// `~` for up to two words of any kind, `^` before the first that begins a clause.
const MISSED: [&str; 39] = [
    "could|should|might ?have ?still be|been ?so ?much ?a ?lot ?bit better|nicer|easier|faster|clearer|improved",
    "would|itd ?have be|been ?so ?really nice|great|good|lovely|cool|better|helpful ?to ~ if",
    "would|itd ?have be|been ?so ?really nice|great|good|better if",
    "i|we|you|they|he|she|it|this|that|and|just used to ?really ?absolutely love|like|enjoy|recommend|trust",
    "i|we|you|they|he|she|it|this|that|app|service|brand|product|which used to be ?so ?really ?very ?a good|great|amazing|awesome|better|nice|excellent|reliable|best|fun",
    "^used to ?really ?absolutely love|like|enjoy|recommend|trust",
    "expected|expecting ?so ?much ?a ?lot ?something more|better",
    "expect|expects better",
    "wish it|this|they ?just ?was|were|would|could|had ?be ?been ?a ?bit better|nicer|easier|faster|cheaper|work|worked",
    "neither ~ nor ~ is|are|was|were|works|worked ?really ?very ?any ?so ?that good|great|better|useful|helpful|reliable|worth|nice|well|impressive|worthwhile",
    "neither ~ is|are|was|were|works|worked ?really ?very ?any ?so ?that good|great|better|useful|helpful|reliable|worth|nice|well|impressive|worthwhile",
    "weder ~ noch ~ ist|sind|war|waren|funktioniert ?wirklich ?besonders gut|toll|besser|brauchbar|zuverlässig|empfehlenswert",
    "ni ~ ni ~ es|son|vale|valen|funciona|funcionan|sirve|sirven ?muy bueno|buenos|buena|buenas|bien|mejor|fiable|recomendable",
    "pourrait|pourraient|pourrai|devrait|peut|peuvent ?largement ?bien être|etre|faire ?beaucoup ?bien mieux|meilleur|meilleure|meilleurs",
    "aurait|auraient pu être|etre|faire ?beaucoup ?bien mieux|meilleur|meilleure",
    "m|s attendais|attendait ?vraiment à|a ?beaucoup mieux|plus|autre",
    "recommande|recommanderai|recommanderais|recommandons|conseille|conseillerais|conseillerai ?absolument ?vraiment pas",
    "ce serait|serait ?vraiment bien|mieux|cool|super|top|génial|chouette|sympa si|s",
    "serait ?vraiment ?plus bien|mieux|cool|super|top|génial|chouette|sympa si|s",
    "j|on|nous adorais|aimais|adorait|aimait|adorions|aimions",
    "était|etait ?bien ?beaucoup mieux|meilleur|meilleure avant",
    "könnte|könnten|koennte|dürfte ?viel ?etwas ?deutlich ?noch besser|schöner|schneller|einfacher ?sein ?funktionieren",
    "wäre|waere ?echt ?wirklich ?so schön|gut|toll|nett|super|besser wenn",
    "hätte ?viel ?deutlich besser|schöner sein|werden können|sollen",
    "hatte|hatten|habe|haben ?mir ?uns ?deutlich ?etwas mehr|besseres ?davon erwartet|versprochen|erhofft",
    "war früher ?mal ?viel ?so besser|gut|toll|super|schöner",
    "podría|podrían|podria|debería ?ser|estar|funcionar|haber ?sido ?mucho ?bastante mejor|mejorar|mejores",
    "sería|seria ?muy bueno|genial|bonito|ideal|mejor|bom|ótimo|legal|melhor si|se|que",
    "esperaba|esperábamos|esperava|esperávamos ?mucho ?muito ?algo más|mas|mais|mejor|melhor",
    "antes me|era encantaba|gustaba|mejor|bueno|buena|melhor|bom|boa",
    "potrebbe|potrebbero|dovrebbe ?essere|funzionare|andare|fare ?molto migliore|meglio|migliorare|migliori",
    "aspettavo|aspettavamo ?molto di|qualcosa ?di più|piu|meglio",
    "sarebbe ?molto ?più bello|bene|meglio|carino|ottimo|fantastico se",
    "una|prima volta|era ?lo ?la ?mi amavo|adoravo|piaceva|meglio|migliore",
    "poderia|poderiam|podia|deveria ?ser|estar|funcionar|ter ?sido ?muito ?bem melhor|melhorar|melhores",
    "não|nao recomendo|indico|aconselho",
    "eu adorava|amava|gostava",
    "had|hadden ?er ?hier ?veel meer|beters ?van verwacht",
    "zou|zouden|kan|kon|kunnen ~ beter|mooier|fijn|leuk|makkelijker|sneller ?zijn|kunnen|als|worden",
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
    patterns: HashMap<&'static str, Vec<Vec<&'static str>>>,
}

/// Of 4,096 bits some 130 are set.
const FILTER_BITS: u32 = 12;

static MISSED_BY_FIRST: LazyLock<ByFirst> = LazyLock::new(|| {
    let mut made = ByFirst { filter: [0; 1 << (FILTER_BITS - 6)], patterns: HashMap::new() };
    for pattern in MISSED {
        let pattern: Vec<&str> = pattern.split(' ').collect();
        for first in pattern[0].trim_start_matches('^').split('|') {
            let (cell, bit) = ByFirst::place(Hash::START.bytes(first.as_bytes()));
            made.filter[cell] |= bit;
            made.patterns.entry(first).or_default().push(pattern.clone());
        }
    }
    made
});

impl ByFirst {
    fn place(hash: Hash) -> (usize, u64) {
        let place = hash.feature() >> (32 - FILTER_BITS);
        ((place / 64) as usize, 1 << (place % 64))
    }

    fn patterns(&self, first: &str, hash: Hash) -> &[Vec<&'static str>] {
        let (cell, bit) = Self::place(hash);
        if self.filter[cell] & bit == 0 { &[] } else { self.patterns.get(first).map_or(&[], Vec::as_slice) }
    }
}

/// Which words belong to a phrase that misses something. `hashes`: of the words, each by itself.
pub(crate) fn missed(words: &Words, hashes: &[Hash]) -> Option<Range<usize>> {
    let by_first = &*MISSED_BY_FIRST;
    (0..words.as_slice().len()).zip(hashes).find_map(|(start, &hash)| {
        let mut patterns = by_first.patterns(words.nth(start), hash).iter();
        patterns.find_map(|pattern| end(words, start, start, pattern)).map(|end| start..end)
    })
}

/// Whether a word may stand between a negation and what it denies.
pub(crate) fn may_stand_between(word: &str) -> bool {
    BETWEEN.contains(&word)
}

/// Where a pattern that begins at a word ends.
fn end(words: &Words, start: usize, at: usize, pattern: &[&str]) -> Option<usize> {
    let Some((&first, rest)) = pattern.split_first() else { return Some(at) };
    let here = words.as_slice().get(at).filter(|word| at == start || !word.starts_clause);
    if first == "~" {
        let most = words.as_slice().len().min(at + 2);
        return (at..=most).find_map(|next| end(words, start, next, rest));
    }
    let optional = first.strip_prefix('?');
    let (first, here) = match first.strip_prefix('^') {
        Some(first) => (first, here.filter(|word| word.starts_clause)),
        None => (first, here),
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

    fn misses(text: &str, apostrophes: Apostrophes) -> bool {
        let mut words = Words::default();
        words.read(text, apostrophes);
        let hashes: Vec<Hash> = words.iter().map(|word| Hash::START.bytes(words.text(word).as_bytes())).collect();
        missed(&words, &hashes).is_some()
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
