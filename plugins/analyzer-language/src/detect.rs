//! From the scores of the table, and from scripts, to a language.

use crate::features::each_bucket;
use crate::table::{STRIDE, Table};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found<'a> {
    /// BCP 47 tag, `und` where it cannot be told.
    pub tag: &'a str,
    /// Probability that it is right; none for `und`.
    pub confidence: Option<f32>,
}

const UNKNOWN: Found<'static> = Found { tag: "und", confidence: None };

/// A language in the settings that the table does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLanguage {
    tag: String,
    known: Vec<String>,
}

impl std::fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "setting `languages`: `{}` is not known; known are {}", self.tag, self.known.join(", "))
    }
}

/// Scripts that decide a language, or leave it to the table to choose among some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    /// One language alone is written with it.
    Of(&'static str),
    /// Left to the table, among the languages written with it.
    Among(&'static [&'static str]),
    /// All other languages of the table.
    Latin,
}

const CYRILLIC: &[&str] = &["bg", "mk", "ru"];
const ARABIC: &[&str] = &["ar", "fa"];
const HAN: &[&str] = &["zh-Hans", "zh-Hant"];

/// Tells languages apart.
#[derive(Debug)]
pub struct Detector<'a> {
    table: &'a Table<'a>,
    margin: f32,
    /// Columns that may win; empty: all.
    among: Vec<usize>,
}

impl<'a> Detector<'a> {
    /// A detector over a table.
    ///
    /// # Errors
    /// [`UnknownLanguage`] names the first of `languages` the table does not know.
    pub fn new(table: &'a Table<'a>, margin: f32, languages: &[String]) -> Result<Self, UnknownLanguage> {
        let column = |tag: &String| {
            let place = table.tags.iter().position(|known| known == tag);
            place.ok_or_else(|| UnknownLanguage { tag: tag.clone(), known: table.tags.clone() })
        };
        Ok(Self { table, margin, among: languages.iter().map(column).collect::<Result<_, _>>()? })
    }

    /// The language of a text.
    #[must_use]
    pub fn detect(&self, text: &str) -> Found<'a> {
        let allowed: &[&str] = match script(text) {
            None => return UNKNOWN,
            Some(Script::Of(tag)) => return Found { tag, confidence: Some(0.99) },
            Some(Script::Among(tags)) => tags,
            Some(Script::Latin) => &[],
        };
        let mut sums = [0_i32; STRIDE];
        let count = each_bucket(text, |bucket| {
            let row = &self.table.weights[bucket * STRIDE..][..STRIDE];
            for (sum, &weight) in sums.iter_mut().zip(row) {
                *sum += i32::from(weight.cast_signed());
            }
        });
        if count == 0 {
            return UNKNOWN;
        }
        self.best(&sums, count, allowed)
    }

    /// Softmax over the languages in question.
    fn best(&self, sums: &[i32; STRIDE], count: usize, allowed: &[&str]) -> Found<'a> {
        let norm = (count as f32).sqrt();
        let in_question = |column: &usize| {
            let tag = self.table.tags[*column].as_str();
            let by_script = if allowed.is_empty() { !other_script(tag) } else { allowed.contains(&tag) };
            by_script && (self.among.is_empty() || self.among.contains(column))
        };
        let scores: Vec<(usize, f32)> = (0..self.table.tags.len())
            .filter(in_question)
            .map(|column| {
                let score = sums[column] as f32 * self.table.scales[column] / norm + self.table.biases[column];
                (column, score / self.table.temperature)
            })
            .collect();
        let Some(&(column, best)) = scores.iter().max_by(|a, b| a.1.total_cmp(&b.1)) else { return UNKNOWN };
        let total: f32 = scores.iter().map(|(_, score)| (score - best).exp()).sum();
        let probability = 1.0 / total;
        if probability < self.margin {
            return UNKNOWN;
        }
        Found { tag: &self.table.tags[column], confidence: Some(probability) }
    }
}

fn other_script(tag: &str) -> bool {
    matches!(tag, "el" | "he" | "th") || [CYRILLIC, ARABIC, HAN].concat().contains(&tag)
}

/// The script most letters belong to; `None` without letters.
fn script(text: &str) -> Option<Script> {
    if text.is_ascii() {
        return text.bytes().any(|byte| byte.is_ascii_alphabetic()).then_some(Script::Latin);
    }
    let (mut latin, mut cyrillic, mut arabic, mut han, mut kana) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    let mut alone: Vec<(&'static str, u32)> = Vec::new();
    for char in text.chars().filter(|char| char.is_alphabetic()).take(crate::features::MOST_LETTERS) {
        let tag = match char as u32 {
            0x0041..=0x024f | 0x1e00..=0x1eff => {
                latin += 1;
                continue;
            }
            0x0400..=0x052f => {
                cyrillic += 1;
                continue;
            }
            0x0600..=0x06ff | 0x0750..=0x077f | 0xfb50..=0xfdff | 0xfe70..=0xfeff => {
                arabic += 1;
                continue;
            }
            0x3040..=0x30ff => {
                kana += 1;
                continue;
            }
            0x3400..=0x4dbf | 0x4e00..=0x9fff => {
                han += 1;
                continue;
            }
            0x0370..=0x03ff | 0x1f00..=0x1fff => "el",
            0x0530..=0x058f => "hy",
            0x0590..=0x05ff => "he",
            0x0980..=0x09ff => "bn",
            0x0a80..=0x0aff => "gu",
            0x0b80..=0x0bff => "ta",
            0x0c00..=0x0c7f => "te",
            0x0c80..=0x0cff => "kn",
            0x0d00..=0x0d7f => "ml",
            0x0e00..=0x0e7f => "th",
            0x0e80..=0x0eff => "lo",
            0x1000..=0x109f => "my",
            0x10a0..=0x10ff => "ka",
            0x1780..=0x17ff => "km",
            0xac00..=0xd7af | 0x1100..=0x11ff => "ko",
            _ => continue,
        };
        match alone.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, count)) => *count += 1,
            None => alone.push((tag, 1)),
        }
    }
    // Japanese mixes kana with Han; a few kana among many Han decide.
    if kana > 0 && kana * 10 >= han {
        alone.push(("ja", kana + han));
        han = 0;
    }
    let shared = [
        (Script::Latin, latin),
        (Script::Among(CYRILLIC), cyrillic),
        (Script::Among(ARABIC), arabic),
        // One Han character says about as much as two letters.
        (Script::Among(HAN), han * 2),
    ];
    let alone = alone.into_iter().map(|(tag, count)| (Script::Of(tag), count));
    shared.into_iter().chain(alone).filter(|(_, count)| *count > 0).max_by_key(|(_, count)| *count).map(|(script, _)| script)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(text: &str) -> Found<'static> {
        Detector::new(Table::shipped(), 0.5, &[]).expect("no languages").detect(text)
    }

    #[test]
    fn ordinary_sentences_are_told_apart() {
        for (text, tag) in [
            ("The battery of my new phone is already dead after two hours", "en"),
            ("La batterie de mon nouveau téléphone est déjà morte après deux heures", "fr"),
            ("Der Akku meines neuen Handys ist schon nach zwei Stunden leer", "de"),
            ("La batería de mi teléfono nuevo ya se ha muerto después de dos horas", "es"),
            ("La batteria del mio nuovo telefono è già morta dopo due ore", "it"),
            ("A bateria do meu novo telefone já morreu depois de duas horas", "pt"),
            ("De batterij van mijn nieuwe telefoon is na twee uur al leeg", "nl"),
            ("بطارية هاتفي الجديد نفدت بعد ساعتين", "ar"),
            ("Я купил новый телефон, и он уже не работает, что мне делать?", "ru"),
            ("η μπαταρία του νέου μου τηλεφώνου", "el"),
            ("新しい携帯の電池がもう切れた", "ja"),
            ("새 휴대폰 배터리가 벌써 다 됐어요", "ko"),
        ] {
            assert_eq!(detect(text).tag, tag, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        for text in ["", "123 !?", "@acme https://acme.example #acme", "👍👍👍", "ok"] {
            assert_eq!(detect(text).tag, "und", "{text}");
        }
    }

    #[test]
    fn a_choice_of_languages_is_kept_and_a_wrong_one_is_named() {
        let among = ["en".to_owned(), "fr".to_owned()];
        let detector = Detector::new(Table::shipped(), 0.0, &among).expect("known");
        assert!(["en", "fr"].contains(&detector.detect("Der Akku meines Handys").tag));
        let unknown = Detector::new(Table::shipped(), 0.0, &["klingon".to_owned()]).expect_err("unknown");
        assert!(unknown.to_string().contains("`klingon` is not known; known are ar,"), "{unknown}");
    }
}
