//! Makes short texts from templates: an opening, what is meant, an ending, with names put in.

use std::collections::BTreeSet;

use fastrand::Rng;

/// Who is talked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brand {
    Lumio,
    Ostra,
    Pyrel,
}

/// What is talked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Theme {
    Camera,
    Battery,
    Screen,
    Price,
    Update,
    Repair,
    Support,
    Daily,
    Launch,
    Crisis,
    Repaired,
    Compare,
}

/// How it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
    Even,
}

/// The words of a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Language {
    pub(super) bodies: &'static [(Theme, Tone, &'static [&'static str])],
    pub(super) openers: &'static [&'static str],
    pub(super) closers: &'static [(Tone, &'static [&'static str])],
    pub(super) titles: &'static [(Theme, &'static [&'static str])],
    /// Title and text of what is about none of the brands.
    pub(super) aside: &'static [(&'static str, &'static str)],
    /// The same, with the brands' names in another meaning.
    pub(super) namesakes: &'static [(&'static str, &'static str)],
    pub(super) whiles: &'static [&'static str],
    pub(super) towns: &'static [&'static str],
    pub(super) prices: &'static [&'static str],
}

/// What one conversation is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub(super) brand: Brand,
    pub(super) product: &'static str,
    pub(super) rival: &'static str,
    pub(super) theme: Theme,
}

const EVERYDAY: [Theme; 9] = [
    Theme::Daily,
    Theme::Camera,
    Theme::Battery,
    Theme::Screen,
    Theme::Price,
    Theme::Update,
    Theme::Repair,
    Theme::Support,
    Theme::Compare,
];

impl Brand {
    fn name(self) -> &'static str {
        match self {
            Self::Lumio => "Lumio",
            Self::Ostra => "Ostra",
            Self::Pyrel => "Pyrel",
        }
    }

    fn products(self) -> &'static [&'static str] {
        match self {
            // Some leave the space out, as people do.
            Self::Lumio => &["Lumio 5", "Lumio 5", "Lumio 5 Mini", "Lumio5", "Lumio 5"],
            Self::Ostra => &["Ostra Nova", "Ostra Nova 2", "Ostra Lite"],
            Self::Pyrel => &["Pyrel P9", "Pyrel P9 Ultra", "Pyrel P8"],
        }
    }

    fn hashtags(self) -> &'static [&'static str] {
        match self {
            Self::Lumio => &["#Lumio", "#TeamLumio", "#Lumio5"],
            Self::Ostra => &["#Ostra", "#OstraNova"],
            Self::Pyrel => &["#Pyrel", "#PyrelP9"],
        }
    }
}

impl Subject {
    /// An everyday subject: Lumio in nine of twenty, the rivals share the rest.
    pub(super) fn everyday(rng: &mut Rng, day: f64) -> Self {
        let brand = match rng.u32(0..20) {
            0..9 => Brand::Lumio,
            9..15 => Brand::Ostra,
            _ => Brand::Pyrel,
        };
        let theme = match (brand, rng.u32(0..10)) {
            (Brand::Lumio, 0..5) if (15.0..26.0).contains(&day) => Theme::Launch,
            (Brand::Ostra, 0..5) if (33.0..38.0).contains(&day) => Theme::Price,
            (Brand::Pyrel, 0..5) if (50.0..54.0).contains(&day) => Theme::Camera,
            (Brand::Lumio, 0..3) if (47.0..58.0).contains(&day) || (63.0..66.0).contains(&day) => Theme::Repaired,
            _ => EVERYDAY[rng.usize(..EVERYDAY.len())],
        };
        Self::about(rng, brand, theme)
    }

    pub(super) fn about(rng: &mut Rng, brand: Brand, theme: Theme) -> Self {
        let others = [Brand::Lumio, Brand::Ostra, Brand::Pyrel].map(|other| if other == brand { Brand::Ostra } else { other });
        let rival = match (brand, others[rng.usize(..3)]) {
            (Brand::Ostra, Brand::Ostra) => Brand::Pyrel,
            (_, rival) => rival,
        };
        let pick = |rng: &mut Rng, brand: Brand| brand.products()[rng.usize(..brand.products().len())];
        Self { brand, product: pick(rng, brand), rival: pick(rng, rival), theme }
    }

    /// How people mean it on that day.
    pub(super) fn tone(&self, rng: &mut Rng, day: f64) -> Tone {
        let (good, bad) = match (self.theme, self.brand) {
            (Theme::Crisis, _) if day < 44.0 => (4, 80),
            (Theme::Crisis, _) => (8, 66),
            (Theme::Repaired, _) => (48, 27),
            (Theme::Launch, _) => (58, 12),
            (_, Brand::Lumio) if (41.3..50.0).contains(&day) => (18, 50),
            (_, Brand::Pyrel) => (42, 24),
            _ => (37, 29),
        };
        match rng.u32(0..100) {
            roll if roll < good => Tone::Good,
            roll if roll < good + bad => Tone::Bad,
            _ => Tone::Even,
        }
    }
}

/// Writes texts, none twice as far as the words allow.
pub(super) struct Writer {
    language: Language,
    seen: BTreeSet<String>,
}

impl Writer {
    pub(super) fn new(language: Language) -> Self {
        Self { language, seen: BTreeSet::new() }
    }

    /// A title of a conversation.
    pub(super) fn title(&self, rng: &mut Rng, subject: &Subject) -> String {
        let titles =
            self.language.titles.iter().find(|(theme, _)| *theme == subject.theme).map_or(&["{p}"][..], |(_, titles)| titles);
        let title = titles[rng.usize(..titles.len())];
        fill(rng, &self.language, title, subject, Tone::Even)
    }

    /// One to four sentences.
    pub(super) fn text(&mut self, rng: &mut Rng, subject: &Subject, tone: Tone) -> String {
        for _ in 0..8 {
            let text = self.draft(rng, subject, tone);
            if self.seen.insert(text.clone()) {
                return text;
            }
        }
        self.draft(rng, subject, tone)
    }

    /// Paragraphs of an article.
    pub(super) fn article(&mut self, rng: &mut Rng, subject: &Subject, tone: Tone, paragraphs: u32) -> String {
        let parts: Vec<_> = (0..paragraphs).map(|_| self.text(rng, subject, tone)).collect();
        parts.join("\n\n")
    }

    /// Title and text of something that is about none of the brands, or about a namesake of one.
    pub(super) fn aside(&self, rng: &mut Rng, namesake: bool) -> (String, String) {
        let pool = if namesake { self.language.namesakes } else { self.language.aside };
        let (title, text) = pool[rng.usize(..pool.len())];
        let nobody = Subject { brand: Brand::Lumio, product: "", rival: "", theme: Theme::Daily };
        (fill(rng, &self.language, title, &nobody, Tone::Even), fill(rng, &self.language, text, &nobody, Tone::Even))
    }

    fn draft(&self, rng: &mut Rng, subject: &Subject, tone: Tone) -> String {
        let mut parts: Vec<&str> = Vec::new();
        if rng.u32(0..100) < 45 {
            parts.push(self.language.openers[rng.usize(..self.language.openers.len())]);
        }
        parts.push(self.body(rng, subject.theme, tone));
        if rng.u32(0..100) < 30 {
            parts.push(self.body(rng, subject.theme, tone));
        }
        if let Some((_, closers)) = self.language.closers.iter().find(|(of, _)| *of == tone).filter(|_| rng.u32(0..100) < 55) {
            parts.push(closers[rng.usize(..closers.len())]);
        }
        parts.dedup();
        let filled: Vec<_> = parts.iter().map(|part| fill(rng, &self.language, part, subject, tone)).collect();
        let joint = if filled.len() > 2 && rng.u32(0..100) < 25 { "\n\n" } else { " " };
        filled.join(joint)
    }

    fn body(&self, rng: &mut Rng, theme: Theme, tone: Tone) -> &'static str {
        let pool = self.language.bodies.iter().find(|(of, how, _)| *of == theme && *how == tone);
        let (_, _, lines) = pool.unwrap_or(&self.language.bodies[0]);
        lines[rng.usize(..lines.len())]
    }
}

/// Puts names and numbers into a template.
fn fill(rng: &mut Rng, language: &Language, template: &str, subject: &Subject, tone: Tone) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let (slot, after) = rest[open + 1..].split_once('}').unwrap_or(("", ""));
        let mut pick = |pool: &[&str]| pool[rng.usize(..pool.len())].to_owned();
        let value = match slot {
            "p" => subject.product.to_owned(),
            "r" => subject.rival.to_owned(),
            "b" => subject.brand.name().to_owned(),
            "n" => rng.u32(2..10).to_string(),
            "t" => rng.u32(44..72).to_string(),
            "d" => pick(language.whiles),
            "c" => pick(language.towns),
            "m" => pick(language.prices),
            "h" => pick(subject.brand.hashtags()),
            "e" => pick(match tone {
                Tone::Good => &["😍", "👍", "🎉", "🚀", "❤️"],
                Tone::Bad => &["😡", "👎", "🔥", "😢"],
                Tone::Even => &["🤔", "📷", "🔋", "🙏"],
            }),
            other => other.to_owned(),
        };
        out.push_str(&value);
        rest = after;
    }
    out.push_str(rest);
    // French articles lose their vowel before one; English has none of these words before a name.
    let elided = [("le Ostra", "l'Ostra"), ("Le Ostra", "L'Ostra"), ("du Ostra", "de l'Ostra"), ("Du Ostra", "De l'Ostra")];
    let elided = elided.into_iter().chain([("au Ostra", "à l'Ostra"), (" de Ostra", " d'Ostra")]);
    elided.fold(out, |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{words_en::ENGLISH, words_fr::FRENCH};

    #[test]
    fn every_subject_has_words_in_both_languages() {
        let themes = EVERYDAY.into_iter().chain([Theme::Launch, Theme::Crisis, Theme::Repaired]);
        for (theme, language) in themes.flat_map(|theme| [(theme, ENGLISH), (theme, FRENCH)]) {
            assert!(language.titles.iter().any(|(of, _)| *of == theme), "no title for {theme:?}");
            for tone in [Tone::Good, Tone::Bad, Tone::Even] {
                assert!(
                    language.bodies.iter().any(|(of, how, _)| (*of, *how) == (theme, tone)),
                    "no words for {theme:?} {tone:?}"
                );
            }
        }
    }

    #[test]
    fn no_slot_is_left_open_and_no_rival_is_oneself() {
        let mut rng = Rng::with_seed(9);
        for language in [ENGLISH, FRENCH] {
            let mut writer = Writer::new(language);
            for day in 0..600 {
                let day = f64::from(day) / 10.0;
                let subject = Subject::everyday(&mut rng, day);
                assert!(!subject.rival.starts_with(subject.brand.name()), "{subject:?}");
                let tone = subject.tone(&mut rng, day);
                let text = writer.text(&mut rng, &subject, tone);
                assert!(!text.contains(['{', '}']), "{text}");
                assert!(!writer.title(&mut rng, &subject).contains('{'));
            }
        }
    }
}
