//! Names no dictionary knows: in English by a linear model over each word and its neighbours, elsewhere by capitals alone.

use std::ops::Range;
use std::sync::OnceLock;

use vigie_plugin::linear::Model;

use crate::read::Sort;
use crate::view::{Case, View};

/// The classes of the model; the first is no name.
pub const CLASSES: [&str; 5] = ["none", "person", "organisation", "place", "product"];
const PERSON: usize = 1;
/// Words between two parts of one name.
const CONNECTORS: [&str; 9] = ["of", "de", "du", "des", "di", "del", "von", "van", "&"];
/// What French and Italian write before a name with an apostrophe.
const ELIDED: [&str; 21] = [
    "l", "d", "j", "qu", "s", "n", "c", "m", "t", "lorsqu", "puisqu", "jusqu", "quelqu", "un", "dell", "all", "nell", "sull",
    "dall", "quell", "com",
];
/// How likely a single word nobody knows must be a person: brands stand where people stand ("I called Acme").
pub const STRANGER: f32 = 0.8;
/// A name is written under a second kind from this likelihood on: of an unknown handle nobody can be sure.
pub const OR_ELSE: f32 = 0.22;
/// A name that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The likeliest class, a place in [`CLASSES`]; 0: of unknown kind.
    pub class: usize,
    /// How likely it is of each class.
    pub likely: [f32; CLASSES.len()],
    /// Where it stands in the text, with its `@` or `#`.
    pub at: Range<usize>,
    /// How sure it is a name, 0 to 1.
    pub sure: f32,
    /// A single word nobody knows, neither as a name nor otherwise.
    pub stranger: bool,
}

fn model() -> Option<&'static Model<'static>> {
    static MODEL: OnceLock<Option<Model<'static>>> = OnceLock::new();
    MODEL.get_or_init(|| Model::read(include_bytes!("../table/entities.bin")).ok()).as_ref()
}

impl Found {
    /// Whether it is named under a class: its likeliest, and any other that is likely enough to be asked for. A stranger is a person only if
    /// that is likely by itself.
    #[must_use]
    pub fn is_of(&self, class: usize) -> bool {
        if class == PERSON && self.stranger && self.likely[PERSON] < STRANGER {
            return false;
        }
        self.class == class || self.likely.get(class).is_some_and(|likely| *likely >= OR_ELSE)
    }
}

/// The names of an English text. `least`: how sure a word must be part of one.
#[must_use]
pub fn by_model(view: &View<'_>, least: f32) -> Vec<Found> {
    let Some(model) = model() else { return Vec::new() };
    decode(view, least, |place, before| {
        let mut sums = model.sums();
        view.features(place, before, |feature| sums.add(feature));
        let probabilities = sums.finish(&[]).probabilities();
        std::array::from_fn(|class| probabilities.get(class).copied().unwrap_or_default())
    })
}

/// Puts words together that are part of one name, left to right. `judge` gives the probabilities of the classes for a word, after the
/// class of the word before it.
pub fn decode(view: &View<'_>, least: f32, judge: impl Fn(usize, usize) -> [f32; CLASSES.len()]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut before = 0;
    // Place of the last word of the last name, if a name may go on.
    let mut open: Option<(usize, f32)> = None;
    for place in 0..view.words.len() {
        let word = &view.words[place];
        if !view.may_be_a_name(place) {
            let connects = !word.breaks && CONNECTORS.contains(&view.small(place));
            // "Bank of America": the name stays open over one connector.
            if !(connects && open.is_some_and(|(last, _)| last + 1 == place)) {
                open = None;
            }
            before = 0;
            continue;
        }
        let probabilities = judge(place, if word.breaks { 0 } else { before });
        let sure = 1.0 - probabilities[0];
        let class =
            (1..CLASSES.len()).fold(1, |best, class| if probabilities[class] > probabilities[best] { class } else { best });
        if sure < least {
            (before, open) = (0, None);
            continue;
        }
        before = class;
        let capital = view.raw(place).starts_with(char::is_uppercase);
        match (open, found.last_mut()) {
            (Some((last, words)), Some(name))
                if !word.breaks && name.class == class && word.sort == Sort::Word && (last + 1 == place || capital) =>
            {
                name.at.end = word.at.end;
                name.sure = (name.sure * words + sure) / (words + 1.0);
                name.stranger = false;
                for (likely, word) in name.likely.iter_mut().zip(probabilities) {
                    *likely = (*likely * words + word) / (words + 1.0);
                }
                open = Some((place, words + 1.0));
            }
            _ => {
                let stranger = view.is_stranger(place);
                found.push(Found { class, likely: probabilities, at: word.whole.clone(), sure, stranger });
                open = Some((place, 1.0));
            }
        }
    }
    found
}

/// The names of a text in another language: runs of capitals inside its sentences. Where nouns have capitals, as in German, only
/// words that have one further in. An elided article before a name is no part of it.
#[must_use]
pub fn by_capitals(view: &View<'_>, nouns_have_capitals: bool) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    if view.case == Case::Shouted {
        return found;
    }
    let mut open = None;
    for (place, word) in view.words.iter().enumerate() {
        let elided = elided(view.raw(place), word.starts_sentence);
        let raw = &view.raw(place)[elided..];
        let inner = raw.chars().skip(1).any(char::is_uppercase);
        let capital = if nouns_have_capitals { inner } else { inner || raw.starts_with(char::is_uppercase) };
        if word.sort != Sort::Word || !capital || raw.chars().count() < 2 {
            open = None;
            continue;
        }
        // A name goes on over a `d'`, as `Jeanne d'Arc`, and over no other article.
        let joins = !word.breaks && (elided == 0 || view.small(place).starts_with('d'));
        match found.last_mut() {
            Some(name) if joins && open == place.checked_sub(1) && open.is_some() => name.at.end = word.at.end,
            // A capital at the beginning of a sentence says nothing by itself.
            _ if word.starts_sentence && !inner && elided == 0 => {
                open = None;
                continue;
            }
            _ => found.push(Found {
                class: 0,
                likely: [0.0; CLASSES.len()],
                at: word.whole.start + elided..word.whole.end,
                sure: if inner { 0.6 } else { 0.5 },
                stranger: false,
            }),
        }
        open = Some(place);
    }
    found
}

/// Bytes of the elided article, pronoun or conjunction a word begins with: `l'` of `l'iPhone`. With a capital inside a sentence it belongs to
/// the name: `L'Oréal`.
fn elided(raw: &str, starts_sentence: bool) -> usize {
    let Some((at, sign)) = raw.char_indices().find(|(_, char)| matches!(char, '\'' | '’')) else { return 0 };
    let (article, length) = (&raw[..at], at + sign.len_utf8());
    let small = starts_sentence || article.starts_with(char::is_lowercase);
    if small && ELIDED.iter().any(|known| article.eq_ignore_ascii_case(known)) { length } else { 0 }
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
    fn the_shipped_model_is_whole() {
        let model = model().expect("whole");
        assert_eq!(model.classes().iter().map(|class| class.label.as_str()).collect::<Vec<_>>(), CLASSES);
    }

    #[test]
    fn words_are_put_together() {
        let names = with("Bank of Acme said Tom Miller, Acme News of today", |view| {
            decode(view, 0.5, |place, _| match view.raw(place) {
                "Bank" | "Acme" | "News" => [0.1, 0.0, 0.9, 0.0, 0.0],
                "Tom" | "Miller" => [0.2, 0.8, 0.0, 0.0, 0.0],
                _ => [1.0, 0.0, 0.0, 0.0, 0.0],
            })
            .into_iter()
            .map(|found| (found.class, view.text[found.at].to_owned()))
            .collect::<Vec<_>>()
        });
        let wanted = [(2, "Bank of Acme"), (1, "Tom Miller"), (2, "Acme News")];
        assert_eq!(names, wanted.map(|(class, name)| (class, name.to_owned())));
    }

    #[test]
    fn capitals_show_names_where_no_model_does() {
        let names = |text: &str, nouns: bool| {
            with(text, |view| by_capitals(view, nouns).into_iter().map(|found| text[found.at].to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(names("Hier Marie Durand a quitté Acme. Elle va à Lyon", false), ["Marie Durand", "Acme", "Lyon"]);
        assert_eq!(names("Der Akku vom iPhone ist bei BMW gut", true), ["iPhone", "BMW"]);
        assert!(names("TOUT EST EN CAPITALES ICI", false).is_empty());
        assert_eq!(names("L'iPhone 15 de Marie", false), ["iPhone", "Marie"]);
        assert_eq!(names("J'adore l’Apple Watch, qu'Amazon livre chez L'Oréal", false), ["Apple Watch", "Amazon", "L'Oréal"]);
        assert_eq!(names("C'est Jeanne d'Arc, dit l'équipe d'Emma", false), ["Jeanne d'Arc", "Emma"]);
        assert_eq!(names("Aujourd'hui l'Alfa dell'azienda", false), ["Alfa"]);
    }
}
