//! Who is meant: a polarity for each brand where a text names several.
//!
//! A text is cut into clauses at marks, lines and words such as "but". A clause speaks of the brands it names; one that names none goes on
//! about those of the clause before. What stands before the first name speaks of the first brand.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// A brand and how it is written, in lower case.
pub type Brands = BTreeMap<String, Vec<String>>;

/// More brands than this in one text are a list, not opinions.
const MOST_BRANDS: usize = 12;
/// More bytes of a text are not looked through for brands.
const MOST_BYTES: usize = 8_000;
/// Words that begin a clause without a mark before them, in the languages we know.
const TURNS: [&str; 22] = [
    "but",
    "however",
    "although",
    "while",
    "whereas",
    "unlike",
    "mais",
    "cependant",
    "pourtant",
    "tandis",
    "pero",
    "mientras",
    "aber",
    "während",
    "doch",
    "ma",
    "invece",
    "mentre",
    "mas",
    "porém",
    "maar",
    "terwijl",
];

/// The parts of a text that speak of each brand named in it, in the order of the names; empty unless two or more are named.
#[must_use]
pub fn parts<'b>(text: &str, brands: &'b Brands) -> Vec<(&'b str, Vec<Range<usize>>)> {
    let lower = lower(text);
    let mut found: Vec<(&str, Vec<usize>)> = Vec::new();
    for (brand, names) in brands {
        let mut places: Vec<usize> = names.iter().chain([brand]).flat_map(|name| places(&lower, name)).collect();
        places.sort_unstable();
        if !places.is_empty() {
            found.push((brand, places));
        }
    }
    if found.len() < 2 || found.len() > MOST_BRANDS {
        return Vec::new();
    }
    let clauses = clauses(&lower);
    let mut parts: Vec<(&str, Vec<Range<usize>>)> = found.iter().map(|(brand, _)| (*brand, Vec::new())).collect();
    let first = (0..found.len()).min_by_key(|&at| found[at].1[0]).expect("two or more were found");
    let mut meant: Vec<usize> = vec![first];
    for clause in clauses {
        let named: Vec<usize> = (0..found.len()).filter(|&at| found[at].1.iter().any(|place| clause.contains(place))).collect();
        if !named.is_empty() {
            meant = named;
        }
        meant.iter().for_each(|&at| parts[at].1.push(clause.clone()));
    }
    parts
}

/// A text with spaces where it names brands.
#[must_use]
pub fn without_names<'t>(text: &'t str, brands: &Brands) -> Cow<'t, str> {
    let lower = lower(text);
    let names = brands.iter().flat_map(|(brand, names)| names.iter().chain([brand]));
    let mut bare = Cow::Borrowed(text);
    for name in names {
        let length = name.to_lowercase().len();
        for place in places(&lower, name) {
            bare.to_mut().replace_range(place..place + length, &" ".repeat(length));
        }
    }
    bare
}

/// What of a text is looked through for brands, in lower case.
fn lower(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(MOST_BYTES)];
    // Lower case may be longer than what it was made of; names are looked for where both are alike.
    text.chars().map(|char| char.to_lowercase().next().filter(|l| l.len_utf8() == char.len_utf8()).unwrap_or(char)).collect()
}

/// Where a name stands as a word of its own; `name` may be a handle or a hashtag.
fn places(lower: &str, name: &str) -> Vec<usize> {
    let name = name.to_lowercase();
    if name.is_empty() {
        return Vec::new();
    }
    let alone = |at: usize| {
        let before = lower[..at].chars().next_back();
        let after = lower[at + name.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    };
    lower.match_indices(&name).map(|(at, _)| at).filter(|&at| alone(at)).collect()
}

/// The clauses of a text.
fn clauses(lower: &str) -> Vec<Range<usize>> {
    let mut clauses = Vec::new();
    let mut start = 0;
    let mut word = 0;
    let mut end_at = |start: &mut usize, at: usize| {
        if lower[*start..at].chars().any(char::is_alphanumeric) {
            clauses.push(*start..at);
            *start = at;
        }
    };
    for (at, char) in lower.char_indices() {
        if char.is_alphanumeric() || matches!(char, '\'' | '’' | '-' | '@' | '#' | '_') {
            continue;
        }
        if TURNS.contains(&&lower[word..at]) {
            end_at(&mut start, word);
        }
        let after = at + char.len_utf8();
        // A mark inside a number or an address is none.
        let ends = matches!(char, '!' | '?' | ';' | '\n' | '…' | '。' | '؟')
            || (matches!(char, '.' | ',') && lower[after..].chars().next().is_none_or(char::is_whitespace));
        if ends {
            end_at(&mut start, after);
        }
        word = after;
    }
    end_at(&mut start, lower.len());
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brands() -> Brands {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Brands::from([("acme".to_owned(), names(&["@acmecare", "acme phone"])), ("rival".to_owned(), names(&["rivl"]))])
    }

    fn read(text: &str) -> Vec<(String, String)> {
        let brands = brands();
        let join = |ranges: Vec<Range<usize>>| ranges.into_iter().map(|range| text[range].trim()).collect::<Vec<_>>().join(" | ");
        parts(text, &brands).into_iter().map(|(brand, ranges)| (brand.to_owned(), join(ranges))).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(brand, part)| ((*brand).to_owned(), (*part).to_owned())).collect()
    }

    #[test]
    fn clauses_speak_of_the_brands_they_name() {
        assert_eq!(read("I love acme but Rival is awful"), pairs(&[("acme", "I love acme"), ("rival", "but Rival is awful")]));
        assert_eq!(
            read("Acme is great. It lasts two days! My RIVL broke, no refund."),
            pairs(&[("acme", "Acme is great. | It lasts two days!"), ("rival", "My RIVL broke, | no refund.")])
        );
        assert_eq!(
            read("Great day. Acme and rival both lost"),
            pairs(&[("acme", "Great day. | Acme and rival both lost"), ("rival", "Acme and rival both lost"),])
        );
    }

    #[test]
    fn one_brand_is_no_comparison_and_a_part_of_a_word_no_brand() {
        assert!(read("acme acme @acmecare").is_empty());
        assert!(read("acmeology and rival").is_empty());
        assert!(read("").is_empty());
        assert_eq!(read("@AcmeCare ok, #rival no").len(), 2);
    }

    #[test]
    fn names_are_blanked_and_nothing_else() {
        assert_eq!(
            without_names("Acme phone or RIVL? @AcmeCare, acmeology", &brands()),
            "           or     ?          , acmeology"
        );
        assert!(matches!(without_names("no name at all", &brands()), Cow::Borrowed("no name at all")));
    }

    #[test]
    fn odd_texts_are_cut_without_harm() {
        for text in ["acme İİİ rival ẞ", "acme.rival,1.5€…rival", "but acme but rival but", &"acme, rival. ".repeat(2000)]
        {
            for (_, ranges) in parts(text, &brands()) {
                assert!(ranges.iter().all(|range| text.get(range.clone()).is_some()), "{text}");
            }
            assert_eq!(without_names(text, &brands()).len(), text.len(), "{text}");
        }
    }
}
