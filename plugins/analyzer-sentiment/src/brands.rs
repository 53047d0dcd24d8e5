//! Who is meant: a polarity for each brand where a text names several.
//!
//! A text is cut into clauses at marks, lines and words such as "but". A clause speaks of the brands it names; one that names none goes on
//! about those of the clause before. What stands before the first name speaks of the first brand. A clause that names several is read as
//! [`compare`](crate::compare) does; where it cannot be told of whom it speaks, it speaks of none.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::compare::{AND, BEGINS, IS, Said, said, words};

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

/// What a text says of one brand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Told<'b> {
    /// The brand.
    pub brand: &'b str,
    /// Parts that speak of it.
    pub parts: Vec<Range<usize>>,
    /// Parts of which the opposite is said of it: "neither … nor".
    pub denied: Vec<Range<usize>>,
    /// How comparisons with other brands end for it, -1 to 1.
    pub compared: Vec<f32>,
}

/// What a text says of each brand named in it, in the order of the names; empty unless two or more are named.
#[must_use]
pub fn told<'b>(text: &str, brands: &'b Brands) -> Vec<Told<'b>> {
    let lower = lower(text);
    let mut told: Vec<Told<'_>> = Vec::new();
    let mut names: Vec<(Range<usize>, usize)> = Vec::new();
    for (brand, aliases) in brands {
        let before = names.len();
        for name in aliases.iter().chain([brand]) {
            let length = name.to_lowercase().len();
            names.extend(places(&lower, name).into_iter().map(|at| (at..at + length, told.len())));
        }
        if names.len() > before {
            told.push(Told { brand, ..Told::default() });
        }
    }
    if told.len() < 2 || told.len() > MOST_BRANDS {
        return Vec::new();
    }
    names.sort_unstable_by_key(|(at, brand)| (at.start, at.end, *brand));
    let mut meant = vec![names[0].1];
    for clause in clauses(&lower).into_iter().flat_map(|clause| joined(&lower, clause, &names)) {
        let mut named: Vec<(Range<usize>, usize)> = Vec::new();
        for (at, brand) in names.iter().filter(|(at, _)| clause.contains(&at.start)) {
            match named.last_mut() {
                // A name inside a longer one, or one said again, is one name.
                Some((last, same)) if same == brand => last.end = last.end.max(at.end),
                _ => named.push((at.clone(), *brand)),
            }
        }
        let mut several: Vec<usize> = named.iter().map(|(_, brand)| *brand).collect();
        several.sort_unstable();
        several.dedup();
        if several.len() > 1 {
            let at: Vec<Range<usize>> = named.iter().map(|(at, _)| at.clone()).collect();
            match said(&lower, clause.clone(), &at) {
                Said::Alike => {}
                Said::Compared(first, second) => {
                    told[named[0].1].compared.push(first);
                    told[named[1].1].compared.extend(second);
                    several.clear();
                }
                Said::Neither(parts) => {
                    several.iter().for_each(|&brand| told[brand].denied.extend(parts.iter().cloned()));
                    several.clear();
                }
                Said::Unclear => several.clear(),
            }
            meant = several;
        } else if !several.is_empty() {
            meant = several;
        }
        meant.iter().for_each(|&brand| told[brand].parts.push(clause.clone()));
    }
    told
}

/// The clauses that "and" joins in one, where each has a brand and a verb of its own: "I love Acme and I hate Rival".
fn joined(lower: &str, clause: Range<usize>, names: &[(Range<usize>, usize)]) -> Vec<Range<usize>> {
    let mut clauses = Vec::new();
    let mut start = clause.start;
    let inside: Vec<&Range<usize>> = names.iter().map(|(at, _)| at).filter(|at| clause.contains(&at.start)).collect();
    for pair in inside.windows(2) {
        let (first, second) = (pair[0], pair[1]);
        let gap = lower.get(first.end..second.start).unwrap_or_default();
        let Some((at, and)) = gap
            .split_inclusive(char::is_whitespace)
            .scan(first.end, |at, word| {
                let here = *at;
                *at += word.len();
                Some((here, word.trim()))
            })
            .find(|(_, word)| AND.contains(word))
        else {
            continue;
        };
        let between = words(lower, at + and.len()..second.start);
        let said_first = !words(lower, first.end..at).is_empty();
        let begins = match between.first() {
            Some(word) => BEGINS.contains(word) && (said_first || !words(lower, start..first.start).is_empty()),
            None => said_first && words(lower, second.end..clause.end).first().is_some_and(|word| IS.contains(word)),
        };
        if begins {
            clauses.push(start..at);
            start = at;
        }
    }
    clauses.push(start..clause.end);
    clauses
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
        told(text, &brands).into_iter().map(|told| (told.brand.to_owned(), join(told.parts))).collect()
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
    fn a_verb_after_and_begins_a_clause() {
        assert_eq!(read("I love Acme and I hate Rival"), pairs(&[("acme", "I love Acme"), ("rival", "and I hate Rival")]));
        assert_eq!(
            read("J'adore Acme et je déteste Rival"),
            pairs(&[("acme", "J'adore Acme"), ("rival", "et je déteste Rival")])
        );
        assert_eq!(
            read("Acme is great and Rival is awful"),
            pairs(&[("acme", "Acme is great"), ("rival", "and Rival is awful")])
        );
        assert_eq!(
            read("I think Acme and Rival are awful"),
            pairs(&[("acme", "I think Acme and Rival are awful"), ("rival", "I think Acme and Rival are awful")])
        );
        assert_eq!(read("I left Acme for Rival, great day"), pairs(&[("acme", ""), ("rival", "")]));
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
            for told in told(text, &brands()) {
                assert!(told.parts.iter().chain(&told.denied).all(|range| text.get(range.clone()).is_some()), "{text}");
            }
            assert_eq!(without_names(text, &brands()).len(), text.len(), "{text}");
        }
    }
}
