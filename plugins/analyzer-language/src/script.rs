//! What the letters alone say: scripts that one language is written with, and letters and words that only one of several has.

use crate::han::{Han, Written};

/// What the script of a text leaves open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Script {
    /// The letters tell the language, with this probability.
    Of(&'static str, f32),
    /// Nothing decides, but most that is written in these letters is in this language; a declared one of the others wins.
    Mostly(&'static str, f32, &'static [&'static str]),
    /// The model chooses among the first; the others are written so too, and it does not know them.
    Among(&'static [&'static str], &'static [&'static str]),
    /// Letters that none of ours has: nobody but a declared one of these.
    Unnamed(&'static [&'static str]),
    /// The model chooses among all it knows that are written in Latin letters.
    Latin,
}

/// A script of one language, or one by far.
const ALONE: f32 = 0.99;
/// Letters or words that one language of a script has.
const DECIDED: f32 = 0.95;
/// About four in five of those who write Devanagari, Ethiopic or Han write this language with it.
const MOST_SPOKEN: f32 = 0.8;
/// One letter in so many decides; fewer may be a name or a word quoted.
const TELLING_SHARE: u32 = 30;

const ALL_CYRILLIC: &[&str] = &["bg", "mk", "ru", "sr"];
/// The languages with `й`, `щ`, `ъ`, `ь`, `ю`, `я`, which Serbian and Macedonian do without; and the two that have `ј`, `љ`, `њ`, `џ`.
const HARD_CYRILLIC: &[&str] = &["bg", "ru"];
const SOUTH_CYRILLIC: &[&str] = &["mk", "sr"];
const MORE_CYRILLIC: &[&str] = &["uk", "be", "kk", "ky", "mn", "tg", "tt", "ba", "uz", "cv", "os"];
const ARABIC: &[&str] = &["ar", "fa"];
const MORE_ARABIC: &[&str] = &["ur", "ps", "ckb", "ku", "ug", "sd", "pa"];
pub(crate) const HAN: &[&str] = &["zh-Hans", "zh-Hant"];
/// All that is written with Han characters alone, where nothing tells which.
const ALL_HAN: &[&str] = &["zh", "zh-Hans", "zh-Hant", "ja", "yue"];
/// Han characters below which those that all have say nothing.
const FEW_HAN: u32 = 4;
const MORE_HAN: &[&str] = &["ja", "yue"];
/// What else services declare that is written in Latin letters.
pub(crate) const MORE_LATIN: &[&str] = &[
    "af", "az", "bs", "ca", "cy", "eo", "eu", "fil", "ga", "gl", "ha", "ht", "ig", "jv", "ku", "la", "lb", "lt", "lv", "mg",
    "mt", "oc", "rw", "so", "sq", "su", "sw", "tk", "tl", "uz", "xh", "yo", "zu",
];
/// Languages of the model that are written with none of Latin's letters.
const OTHERS: [&str; 10] = ["bg", "mk", "ru", "ar", "fa", "zh-Hans", "zh-Hant", "el", "he", "th"];

/// Words of the languages in Devanagari, in the order Hindi, Marathi, Nepali: frequent in one and not in the others. They end before a
/// virama, where words are cut.
const DEVANAGARI: [(&str, &[&str]); 3] = [
    (
        "hi",
        &[
            "है",
            "हैं",
            "में",
            "की",
            "से",
            "और",
            "नहीं",
            "यह",
            "था",
            "थी",
            "थे",
            "हूं",
            "हूँ",
            "भी",
            "मैं",
            "हम",
            "बहुत",
            "रहा",
            "रही",
            "रहे",
            "गया",
        ],
    ),
    (
        "mr",
        &[
            "आहे",
            "आहेत",
            "आणि",
            "नाही",
            "नाहीत",
            "मला",
            "हा",
            "होते",
            "होता",
            "होती",
            "पण",
            "खूप",
            "झाले",
            "झाला",
            "माझा",
            "माझी",
            "आम",
            "काय",
        ],
    ),
    (
        "ne",
        &[
            "छ",
            "छन",
            "छैन",
            "यो",
            "पनि",
            "लागि",
            "मलाई",
            "हामी",
            "भएको",
            "भयो",
            "गरे",
            "गरेको",
            "थियो",
            "हुन",
            "हुन्छ",
            "तपाईं",
            "तपाई",
            "मेरो",
        ],
    ),
];

impl Script {
    /// Whether the model may choose a language for a text in this script.
    #[must_use]
    pub fn admits(self, tag: &str) -> bool {
        match self {
            Self::Of(one, _) | Self::Mostly(one, ..) => one == tag,
            Self::Among(tags, _) => tags.contains(&tag),
            Self::Unnamed(_) => false,
            Self::Latin => !OTHERS.contains(&tag),
        }
    }

    /// Languages the model does not know that a text in this script may be in, if somebody says so.
    #[must_use]
    pub fn more(self) -> &'static [&'static str] {
        match self {
            Self::Of(..) => &[],
            Self::Mostly(.., more) | Self::Among(_, more) | Self::Unnamed(more) => more,
            Self::Latin => MORE_LATIN,
        }
    }
}

/// Languages that letters or words tell, or a service alone, which the model does not know.
pub(crate) fn beside_the_model() -> impl Iterator<Item = &'static str> {
    let lists = [MORE_CYRILLIC, MORE_ARABIC, ALL_HAN, MORE_LATIN, &["as", "yi"]];
    let by_words = DEVANAGARI.iter().map(|(tag, _)| *tag);
    let by_letters = (0..0x1_0000).filter_map(alone);
    lists.into_iter().flatten().copied().chain(by_words).chain(by_letters)
}

/// Letters of each script, and letters that tell languages of one script apart.
#[derive(Debug, Default)]
struct Counts {
    latin: u32,
    cyrillic: u32,
    arabic: u32,
    han: u32,
    kana: u32,
    cyrillic_of: [u32; CYRILLIC_SORTS],
    arabic_of: [u32; ARABIC_LETTERS.len()],
    /// Simplified, traditional or Japanese.
    written: Han,
    /// Hindi, Marathi, Nepali words.
    devanagari_of: [u32; 3],
    /// Letters of one of several languages of a script that is else one language's.
    rare: Option<&'static str>,
    /// Of all scripts that one language is written with, the one that came first; a text in two of them is beyond us.
    alone: Option<(&'static str, u32)>,
}

/// Sorts of Cyrillic letters, as places in the counts.
mod sort {
    pub(super) const UKRAINIAN: usize = 0;
    pub(super) const I: usize = 1;
    pub(super) const BELARUSIAN: usize = 2;
    pub(super) const SERBIAN: usize = 3;
    pub(super) const MACEDONIAN: usize = 4;
    pub(super) const SOUTH: usize = 5;
    /// Not in Serbian and Macedonian; the second not in Ukrainian and Bulgarian either.
    pub(super) const HARD: usize = 6;
    pub(super) const EAST: usize = 7;
    pub(super) const KAZAKH: usize = 8;
    /// `қ`, `ғ`, which Kazakh shares with Tajik and Uzbek.
    pub(super) const DEEP: usize = 9;
    /// Letters that several languages of Central Asia have.
    pub(super) const CENTRAL: usize = 10;
    pub(super) const TAJIK: usize = 11;
    pub(super) const TATAR: usize = 12;
    pub(super) const BASHKIR: usize = 13;
}
const CYRILLIC_SORTS: usize = 14;

/// Letters that Arabic does not have, by the language that has them; two of them decide.
const ARABIC_LETTERS: [(&str, &str); 6] =
    [("ps", "ټډړږښځڅۍ"), ("sd", "ٻڄڃڇڀٺٽڌڏڊڦڳڱڻ"), ("ug", "ۈۇۋڭې"), ("ckb", "ێۆڕڵە"), ("ur", "ٹڈڑںےہھ"), ("fa", "پچژگ")];

/// The script most letters belong to; `None` without letters.
#[must_use]
pub fn script<'w>(words: impl Iterator<Item = &'w str>) -> Option<Script> {
    let mut counts = Counts::default();
    for word in words {
        if word.is_ascii() {
            counts.latin += word.bytes().filter(u8::is_ascii_lowercase).count() as u32;
        } else {
            word.chars().for_each(|char| counts.count(char));
            counts.count_word(word);
        }
    }
    counts.verdict()
}

impl Counts {
    fn count(&mut self, char: char) {
        match char as u32 {
            0x41..=0x5a | 0x61..=0x7a | 0xc0..=0xd6 | 0xd8..=0xf6 | 0xf8..=0x24f | 0x1e00..=0x1eff => self.latin += 1,
            0x0400..=0x052f => {
                self.cyrillic += 1;
                let of = match char {
                    'ї' | 'є' | 'ґ' => sort::UKRAINIAN,
                    'і' => sort::I,
                    'ў' => sort::BELARUSIAN,
                    'ђ' | 'ћ' => sort::SERBIAN,
                    'ѓ' | 'ќ' | 'ѕ' => sort::MACEDONIAN,
                    'ј' | 'љ' | 'њ' | 'џ' => sort::SOUTH,
                    'й' | 'щ' | 'ъ' | 'ь' | 'ю' | 'я' => sort::HARD,
                    'ы' | 'э' | 'ё' => sort::EAST,
                    'ұ' => sort::KAZAKH,
                    'қ' | 'ғ' => sort::DEEP,
                    'ә' | 'ң' | 'ө' | 'ү' | 'һ' => sort::CENTRAL,
                    'ҳ' | 'ҷ' | 'ӣ' | 'ӯ' => sort::TAJIK,
                    'җ' => sort::TATAR,
                    'ҙ' | 'ҫ' | 'ҡ' => sort::BASHKIR,
                    _ => return,
                };
                self.cyrillic_of[of] += 1;
            }
            0x0620..=0x064a | 0x066e..=0x06d5 | 0x0750..=0x077f | 0xfb50..=0xfdff | 0xfe70..=0xfefc => {
                self.arabic += 1;
                if char > 'ي'
                    && let Some(of) = ARABIC_LETTERS.iter().position(|(_, letters)| letters.contains(char))
                {
                    self.arabic_of[of] += 1;
                }
            }
            0x3041..=0x30ff => self.kana += 1,
            0x3400..=0x4dbf | 0x4e00..=0x9fff => {
                self.han += 1;
                self.written.count(char);
            }
            code => {
                match char {
                    'ळ' => self.rare = Some("mr"),
                    'ৰ' | 'ৱ' => self.rare = Some("as"),
                    'ײ' | 'װ' | 'ױ' => self.rare = Some("yi"),
                    _ => {}
                }
                if let Some(tag) = alone(code) {
                    let (_, count) = self.alone.get_or_insert((tag, 0));
                    *count += 1;
                }
            }
        }
    }

    fn count_word(&mut self, word: &str) {
        if matches!(self.alone, Some(("hi", _))) {
            for (count, (_, words)) in self.devanagari_of.iter_mut().zip(DEVANAGARI) {
                *count += u32::from(words.contains(&word));
            }
        }
    }

    fn verdict(self) -> Option<Script> {
        let mut candidates = [
            (Script::Latin, self.latin),
            (self.cyrillic(), self.cyrillic),
            (self.arabic(), self.arabic),
            // One Han character says about as much as two letters.
            (self.han(), self.han * 2),
            self.alone.map_or((Script::Latin, 0), |(tag, count)| (self.shared(tag), count)),
        ];
        // Japanese mixes kana with Han; a few kana among many Han decide.
        if self.kana > 0 && self.kana * 10 >= self.han {
            candidates[3] = (Script::Of("ja", ALONE), self.kana + self.han * 2);
        }
        candidates.into_iter().filter(|(_, count)| *count > 0).max_by_key(|(_, count)| *count).map(|(script, _)| script)
    }

    fn cyrillic(&self) -> Script {
        use sort::{
            BASHKIR, BELARUSIAN, CENTRAL, DEEP, EAST, HARD, I, KAZAKH, MACEDONIAN, SERBIAN, SOUTH, TAJIK, TATAR, UKRAINIAN,
        };
        let of = |sort: usize| self.cyrillic_of[sort];
        let has = |sort: usize| of(sort) > 0;
        let central = of(KAZAKH) + of(DEEP) + of(CENTRAL) + of(TAJIK) + of(TATAR) + of(BASHKIR);
        if central * TELLING_SHARE > self.cyrillic {
            return match () {
                () if has(TAJIK) && !has(BELARUSIAN) => Script::Of("tg", DECIDED),
                () if has(BELARUSIAN) => Script::Of("uz", DECIDED),
                () if has(BASHKIR) => Script::Of("ba", DECIDED),
                () if has(TATAR) => Script::Of("tt", DECIDED),
                () if has(KAZAKH) || has(I) || (has(DEEP) && has(CENTRAL)) => Script::Of("kk", DECIDED),
                () => Script::Unnamed(MORE_CYRILLIC),
            };
        }
        match () {
            () if has(BELARUSIAN) => Script::Of("be", DECIDED),
            () if has(UKRAINIAN) => Script::Of("uk", ALONE),
            // Ukrainian has no `ы`, `э`, `ё`: Belarusian has all of them.
            () if has(I) && has(EAST) => Script::Of("be", DECIDED),
            () if has(I) => Script::Of("uk", DECIDED),
            () if has(SERBIAN) => Script::Of("sr", ALONE),
            () if has(MACEDONIAN) => Script::Of("mk", DECIDED),
            () if has(HARD) || has(EAST) => Script::Among(HARD_CYRILLIC, MORE_CYRILLIC),
            () if has(SOUTH) => Script::Among(SOUTH_CYRILLIC, MORE_CYRILLIC),
            () => Script::Among(ALL_CYRILLIC, MORE_CYRILLIC),
        }
    }

    fn arabic(&self) -> Script {
        let two = self.arabic_of.iter().position(|count| *count > 1);
        two.map_or(Script::Among(ARABIC, MORE_ARABIC), |place| Script::Of(ARABIC_LETTERS[place].0, DECIDED))
    }

    fn han(&self) -> Script {
        match self.written.written() {
            Written::Like(tag) => Script::Of(tag, DECIDED),
            Written::Perhaps(tag) => Script::Mostly(tag, MOST_SPOKEN, MORE_HAN),
            Written::Anyhow if self.han < FEW_HAN => Script::Unnamed(ALL_HAN),
            Written::Chinese => Script::Among(HAN, &["yue"]),
            Written::Anyhow => Script::Among(HAN, MORE_HAN),
        }
    }

    /// The language of a script that more than one may be written with.
    fn shared(&self, tag: &'static str) -> Script {
        if let Some(rare) = self.rare {
            return Script::Of(rare, DECIDED);
        }
        match tag {
            "hi" => {
                let most = self.devanagari_of.into_iter().max().unwrap_or(0);
                let mut best = DEVANAGARI.iter().zip(self.devanagari_of).filter(|(_, count)| *count == most);
                match (most, best.next(), best.next()) {
                    (1.., Some(((tag, _), _)), None) => Script::Of(tag, DECIDED),
                    _ => Script::Mostly("hi", MOST_SPOKEN, &["mr", "ne", "bho", "mai", "sa", "kok"]),
                }
            }
            "am" => Script::Mostly("am", MOST_SPOKEN, &["ti"]),
            "bn" => Script::Mostly("bn", DECIDED, &["as"]),
            "he" => Script::Mostly("he", DECIDED, &["yi"]),
            tag => Script::Of(tag, ALONE),
        }
    }
}

/// The language of a script that one alone, or one by far, is written with.
///
/// # Source
/// The Unicode Standard, block names and ranges.
fn alone(code: u32) -> Option<&'static str> {
    Some(match code {
        0x0370..=0x03ff | 0x1f00..=0x1fff => "el",
        0x0530..=0x058f => "hy",
        0x0590..=0x05ff => "he",
        0x0900..=0x097f => "hi",
        0x0980..=0x09ff => "bn",
        0x0a00..=0x0a7f => "pa",
        0x0a80..=0x0aff => "gu",
        0x0b80..=0x0bff => "ta",
        0x0c00..=0x0c7f => "te",
        0x0c80..=0x0cff => "kn",
        0x0d00..=0x0d7f => "ml",
        0x0d80..=0x0dff => "si",
        0x0e00..=0x0e7f => "th",
        0x0e80..=0x0eff => "lo",
        0x1000..=0x109f => "my",
        0x10a0..=0x10ff => "ka",
        0x1200..=0x137f => "am",
        0x1780..=0x17ff => "km",
        0xac00..=0xd7af | 0x1100..=0x11ff => "ko",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_telling_letters() {
        for (text, wanted) in [
            ("hello", Some(Script::Latin)),
            ("déjà", Some(Script::Latin)),
            ("привет", Some(Script::Among(ALL_CYRILLIC, MORE_CYRILLIC))),
            ("здраво свима", Some(Script::Among(ALL_CYRILLIC, MORE_CYRILLIC))),
            ("њих", Some(Script::Among(SOUTH_CYRILLIC, MORE_CYRILLIC))),
            ("привіт, як справи", Some(Script::Of("uk", DECIDED))),
            ("дзякуй, будзь ласкаў", Some(Script::Of("be", DECIDED))),
            ("ноћ", Some(Script::Of("sr", ALONE))),
            ("қазақ тілі", Some(Script::Of("kk", DECIDED))),
            ("өте жақсы", Some(Script::Of("kk", DECIDED))),
            ("сүү", Some(Script::Unnamed(MORE_CYRILLIC))),
            ("سلام دوست من", Some(Script::Among(ARABIC, MORE_ARABIC))),
            ("چگونه می‌پرسید", Some(Script::Of("fa", DECIDED))),
            ("日本", Some(Script::Unnamed(ALL_HAN))),
            ("你好", Some(Script::Among(HAN, &["yue"]))),
            ("東京", Some(Script::Mostly("zh-Hant", MOST_SPOKEN, MORE_HAN))),
            ("漢字とかな", Some(Script::Of("ja", ALONE))),
            ("東京駅", Some(Script::Of("ja", DECIDED))),
            ("這個時候", Some(Script::Of("zh-Hant", DECIDED))),
            ("नमस", Some(Script::Mostly("hi", MOST_SPOKEN, &["mr", "ne", "bho", "mai", "sa", "kok"]))),
            ("यह अच छा है", Some(Script::Of("hi", DECIDED))),
            ("हे खूप छान आहे", Some(Script::Of("mr", DECIDED))),
            ("यो राम रो छ", Some(Script::Of("ne", DECIDED))),
            ("한국어", Some(Script::Of("ko", ALONE))),
            ("acme ок? да, работает отлично", Some(Script::Among(ALL_CYRILLIC, MORE_CYRILLIC))),
            ("👍 123", None),
            ("×÷", None),
            ("", None),
        ] {
            assert_eq!(script(text.split(' ')), wanted, "{text}");
        }
        assert!(Script::Latin.admits("fr") && !Script::Latin.admits("ru") && Script::Among(ARABIC, &[]).admits("fa"));
    }
}
