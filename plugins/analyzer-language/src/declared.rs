//! The language a service declared, or an operator named: a tag as people write it.

use vigie_plugin::linear::Model;

/// Codes that are out of use, or name a variety, and what the model and the scripts call them.
const SAME: [(&str, &str); 8] =
    [("iw", "he"), ("in", "id"), ("nb", "no"), ("nn", "no"), ("ji", "yi"), ("jw", "jv"), ("mo", "ro"), ("cmn", "zh")];
/// Scripts and regions in which Chinese is written in one way.
const TRADITIONAL: [&str; 4] = ["hant", "tw", "hk", "mo"];
const SIMPLIFIED: [&str; 4] = ["hans", "cn", "sg", "my"];

/// A tag by its base language: `fr` of `fr-FR`, `FR`, `fr_fr`. What is no tag is the tag of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared<'t> {
    base: &'t str,
    /// Of Chinese: which, where region or script say it.
    chinese: Option<&'static str>,
}

impl<'t> Declared<'t> {
    /// Reads a tag.
    #[must_use]
    pub fn new(tag: &'t str) -> Self {
        let mut parts = tag.trim().split(['-', '_']);
        let base = parts.next().unwrap_or_default();
        let base = SAME.iter().find(|(old, _)| old.eq_ignore_ascii_case(base)).map_or(base, |(_, new)| new);
        let chinese = if base.eq_ignore_ascii_case("zh") {
            let of = |list: [&str; 4], part: &str| list.iter().any(|one| one.eq_ignore_ascii_case(part));
            parts.find_map(|part| match part {
                part if of(TRADITIONAL, part) => Some("zh-Hant"),
                part if of(SIMPLIFIED, part) => Some("zh-Hans"),
                _ => None,
            })
        } else {
            None
        };
        Self { base, chinese }
    }

    /// Whether a language is the one declared, or one of them where `zh` leaves the script open.
    #[must_use]
    pub fn is(self, tag: &str) -> bool {
        match tag.strip_prefix("zh-") {
            Some(_) => self.base.eq_ignore_ascii_case("zh") && self.chinese.is_none_or(|chinese| chinese == tag),
            None => self.chinese.is_none() && self.base.eq_ignore_ascii_case(tag),
        }
    }

    /// The classes of a model that are this language.
    pub fn places<'m>(self, model: &'m Model<'_>) -> impl Iterator<Item = usize> + use<'m, 't> {
        let classes = model.classes().iter().enumerate();
        classes.filter(move |(_, class)| self.is(&class.label)).map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_by_their_base() {
        for tag in ["fr", "FR", " fr-FR", "fr_FR", "fr-Latn-CA"] {
            assert!(Declared::new(tag).is("fr"), "{tag}");
        }
        for tag in ["", "-", "french", "f", "zxx", "frr", "en"] {
            assert!(!Declared::new(tag).is("fr"), "{tag}");
        }
        assert!(Declared::new("iw-IL").is("he") && Declared::new("nb").is("no"));
        let chinese = |tag| ["zh-Hans", "zh-Hant"].map(|one| Declared::new(tag).is(one));
        assert_eq!(chinese("zh"), [true, true]);
        assert_eq!(chinese("zh_Hant_HK"), [false, true]);
        assert_eq!(chinese("zh-CN"), [true, false]);
        assert_eq!(chinese("de-CN"), [false, false]);
    }
}
