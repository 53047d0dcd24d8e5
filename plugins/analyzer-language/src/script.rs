//! What the letters alone say: scripts that one language is written with, and letters that only one of several has.

/// What the script of a text leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// One language, or one by far, is written with it.
    Of(&'static str),
    /// The model chooses among these.
    Among(&'static [&'static str]),
    /// The model chooses among all it knows that are written in Latin letters.
    Latin,
}

const CYRILLIC: &[&str] = &["bg", "mk", "ru"];
const ARABIC: &[&str] = &["ar", "fa"];
const HAN: &[&str] = &["zh-Hans", "zh-Hant"];
/// Languages of the model that are written with none of Latin's letters.
const OTHERS: [&str; 10] = ["bg", "mk", "ru", "ar", "fa", "zh-Hans", "zh-Hant", "el", "he", "th"];

impl Script {
    /// Whether the model may choose a language for a text in this script.
    #[must_use]
    pub fn admits(self, tag: &str) -> bool {
        match self {
            Self::Of(one) => one == tag,
            Self::Among(tags) => tags.contains(&tag),
            Self::Latin => !OTHERS.contains(&tag),
        }
    }
}

/// Letters of each script, and letters that tell languages of one script apart.
#[derive(Debug, Default)]
struct Counts {
    latin: u32,
    cyrillic: u32,
    arabic: u32,
    han: u32,
    kana: u32,
    /// Ukrainian, Belarusian, Serbian, Macedonian letters.
    cyrillic_of: [u32; 4],
    /// Persian and Urdu letters.
    arabic_of: [u32; 2],
    /// Of all scripts that one language is written with, the one that came first; a text in two of them is beyond us.
    alone: Option<(&'static str, u32)>,
}

/// The script most letters belong to; `None` without letters.
#[must_use]
pub fn script<'w>(words: impl Iterator<Item = &'w str>) -> Option<Script> {
    let mut counts = Counts::default();
    for word in words {
        if word.is_ascii() {
            counts.latin += word.bytes().filter(u8::is_ascii_lowercase).count() as u32;
        } else {
            word.chars().for_each(|char| counts.count(char));
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
                    'ї' | 'є' | 'ґ' | 'Ї' | 'Є' | 'Ґ' | 'і' | 'І' => 0,
                    'ў' | 'Ў' => 1,
                    'ђ' | 'ћ' | 'Ђ' | 'Ћ' => 2,
                    'ѓ' | 'ќ' | 'ѕ' | 'Ѓ' | 'Ќ' | 'Ѕ' => 3,
                    _ => return,
                };
                self.cyrillic_of[of] += 1;
            }
            0x0620..=0x064a | 0x066e..=0x06d3 | 0x0750..=0x077f | 0xfb50..=0xfdff | 0xfe70..=0xfefc => {
                self.arabic += 1;
                let of = match char {
                    'پ' | 'چ' | 'ژ' | 'گ' => 0,
                    'ٹ' | 'ڑ' | 'ں' | 'ے' | 'ہ' => 1,
                    _ => return,
                };
                self.arabic_of[of] += 1;
            }
            0x3041..=0x30ff => self.kana += 1,
            0x3400..=0x4dbf | 0x4e00..=0x9fff => self.han += 1,
            code => {
                if let Some(tag) = alone(code) {
                    let (_, count) = self.alone.get_or_insert((tag, 0));
                    *count += 1;
                }
            }
        }
    }

    fn verdict(self) -> Option<Script> {
        let mut candidates = [
            (Script::Latin, self.latin),
            (self.cyrillic(), self.cyrillic),
            (self.arabic(), self.arabic),
            // One Han character says about as much as two letters.
            (Script::Among(HAN), self.han * 2),
            self.alone.map_or((Script::Latin, 0), |(tag, count)| (Script::Of(tag), count)),
        ];
        // Japanese mixes kana with Han; a few kana among many Han decide.
        if self.kana > 0 && self.kana * 10 >= self.han {
            candidates[3] = (Script::Of("ja"), self.kana + self.han * 2);
        }
        candidates.into_iter().filter(|(_, count)| *count > 0).max_by_key(|(_, count)| *count).map(|(script, _)| script)
    }

    fn cyrillic(&self) -> Script {
        let [ukrainian, belarusian, serbian, macedonian] = self.cyrillic_of;
        match (ukrainian, belarusian, serbian, macedonian) {
            (_, 1.., ..) => Script::Of("be"),
            (1.., ..) => Script::Of("uk"),
            (_, _, 1.., _) => Script::Of("sr"),
            (.., 1..) => Script::Of("mk"),
            _ => Script::Among(CYRILLIC),
        }
    }

    fn arabic(&self) -> Script {
        match self.arabic_of {
            [_, urdu] if urdu > 1 => Script::Of("ur"),
            [persian, _] if persian > 1 => Script::Of("fa"),
            _ => Script::Among(ARABIC),
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
            ("привет", Some(Script::Among(CYRILLIC))),
            ("привіт, як справи", Some(Script::Of("uk"))),
            ("дзякуй, будзь ласкаў", Some(Script::Of("be"))),
            ("ноћ", Some(Script::Of("sr"))),
            ("سلام دوست من", Some(Script::Among(ARABIC))),
            ("چگونه می‌پرسید", Some(Script::Of("fa"))),
            ("漢字", Some(Script::Among(HAN))),
            ("漢字とかな", Some(Script::Of("ja"))),
            ("नमस्ते", Some(Script::Of("hi"))),
            ("한국어", Some(Script::Of("ko"))),
            ("acme ок? да, работает отлично", Some(Script::Among(CYRILLIC))),
            ("👍 123", None),
            ("×÷", None),
            ("", None),
        ] {
            assert_eq!(script(text.split(' ')), wanted, "{text}");
        }
        assert!(Script::Latin.admits("fr") && !Script::Latin.admits("ru") && Script::Among(ARABIC).admits("fa"));
    }
}
