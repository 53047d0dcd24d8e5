//! The word lists: published ones, ours, and the inflected forms of both.

use std::collections::BTreeMap;

use analyzer_sentiment::lexicon::{Builder, Entry, role};
use anyhow::{Context, Result};
use vigie_plugin::features::{Apostrophes, Words};
use vigie_plugin::linear::hash;

use crate::data::Data;

/// Lists of our own, by language.
const OWN: [(&str, &str); 8] = [
    ("en", include_str!("../words/en.txt")),
    ("fr", include_str!("../words/fr.txt")),
    ("es", include_str!("../words/es.txt")),
    ("de", include_str!("../words/de.txt")),
    ("it", include_str!("../words/it.txt")),
    ("pt", include_str!("../words/pt.txt")),
    ("nl", include_str!("../words/nl.txt")),
    ("ar", include_str!("../words/ar.txt")),
];

/// Emoji whose names say nothing of what people mean by them, or the wrong thing; on the scale of the lists, by us.
const EMOJI: [(&str, &str); 14] = [
    ("-3.2", "😡 🤬 🖕 🤮"),
    ("-2.4", "😠 👎 💔 🤢 💩 👿"),
    ("-1.8", "😞 😔 😩 😫 😖 😣 😢 😥 ☹ 🙁 😿 😓 😟 😧 😨 😰 🤒 🤕"),
    ("-1.4", "😤 😒 🙄 😑 😕 🤦 😱 😬 😭 😪 😐 🤥 🤨 🥺 🙍 🙎 😵 👺"),
    ("1.0", "🔥 😂 🤣 😆 😅 😏 😜 😝 😛 ☀ 🌞 🌸 🌹 🌺 🌈 🍀 ☕ 🎂 🍾 🥂 🍻 🎶 🎵 🎈"),
    ("1.8", "👍 👏 🙌 ✌ 👌 🤙 😋 😎 😀 😃 😄 😁 🙂 ☺ 😌 😇 🤗 😉 🤞 ✅ 🏆 🥇 🏅 🎖 🙏 🤝 💪 👊 💫 ⭐ 🌟 ✨ 💯"),
    ("2.2", "😊 🎉 🎊 🥳 🤩 😸 😺 🤘 💃 🎁"),
    ("3.0", "😍 🥰 😘 😻 ❤ ♥ 💕 💖 💗 💓 💞 💘 💝 💙 💚 💛 💜 🧡 🖤 🤍 😚 😗 💋 💟 ❣"),
    (
        "0",
        "🙈 🙉 🙊 👨 👩 🎲 🎴 🎩 🍠 🥩 🈶 ⛑ ⏯ ⏰ ⏹ ▶ 📪 📭 📵 🔈 🔕 🔡 🔶 🔷 🔸 🔹 🕹 🖐 🗯 🚏 🚒 🚭 🚯 🚳 🚷 🛑 🥟 🤽 🤾 🧯 🧷 💁 🙋 ✋ 🤚 👋 ✍ 😲 💤 💥 💣 🔆 💳 😈",
    ),
    ("1.9", ":) :-) =) ;) ;-) :D :-D =D :p :P ;p"),
    ("2.6", "<3 :* :-*"),
    ("-1.9", ":( :-( =( :'( ;( :[ :/ :-/ =/ :\\"),
    ("-0.8", ":| :-| :s :S"),
    ("0.5", ":o :O :3"),
];

/// Published words that mean something else in everyday posts than where they were rated or what they were translated of, and a few none of
/// the lists knows; valence by us, 0 for a word that says nothing by itself.
const AMENDED: [(&str, f32, &str); 9] = [
    ("en", -1.2, "expensive"),
    (
        "fr",
        0.0,
        "prix vol vols facture factures facturation part parts partie parties partage plan carte sort sortie entreprise entreprises application \
         applications disponible disponibles compte comptes charge charges prime intérêt intérêts grand grande grands grandes capital \
         sécurité accord accords majeur majeure marché garantie garanties commande commandes engagement service services plusieurs \
         énergie vision avance valeur valeurs droit droits offre offres coup coups arrêt tension déposer dépôt question questions \
         demande demandes fort résultat résultats tirer tire tir défense arme armes exposition effet effets crédit crédits",
    ),
    ("fr", -1.6, "excessif excessive excessifs excessives"),
    ("pt", 0.0, "banco bancos maior maiores cara caras parte partes conta contas interesse interesses"),
    ("pt", -1.8, "caro caros muito_caro"),
    ("es", 0.0, "mayor mayores parte partes banco bancos interés intereses cuenta"),
    ("it", 0.0, "parte parti banca conto interesse interessi prezzo prezzi"),
    ("de", 0.0, "teil anteil bank konto interesse interessen"),
    ("nl", 0.0, "bank deel rekening belang"),
];

/// The list of a language.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn of(data: &Data, language: &str) -> Result<Builder> {
    let mut words = BTreeMap::new();
    // The later comes before the earlier.
    match language {
        "en" => {
            add(&mut words, published(data, "afinn165_en", 0.8, 0.0)?);
            add(&mut words, published(data, "vader_en", 1.0, 0.0)?);
        }
        "fr" => {
            add(&mut words, published(data, "vader_fr", 1.0, 0.0)?);
        }
        "pt" => {
            add(&mut words, published(data, "afinn_mt_pt", 0.8, 0.0)?);
            add(&mut words, published(data, "leia_pt", 1.0, 0.0)?);
        }
        "nl" => {
            add(&mut words, published(data, "afinn_mt_nl", 0.8, 0.0)?);
            add(&mut words, published(data, "pattern_nl", 3.0, 0.3)?);
        }
        other => add(&mut words, published(data, &format!("afinn_mt_{other}"), 0.8, 0.0)?),
    }
    finish(data, words, language)
}

/// A list of English of the kind most other languages have, which knows fewer of the words people use: every fifth is left out.
pub(super) fn stand_in(data: &Data) -> Result<Builder> {
    let mut words = BTreeMap::new();
    add(&mut words, published(data, "afinn165_en", 0.8, 0.0)?);
    words.retain(|word, _| !hash(word.as_bytes()).is_multiple_of(5));
    finish(data, words, "en")
}

/// Emoji and drawn faces alone.
pub(super) fn emoji_alone(data: &Data) -> Result<Builder> {
    let mut builder = Builder::default();
    add_emoji(data, &mut builder)?;
    Ok(builder)
}

/// Adds inflected forms, our own words and what they do to others, and emoji.
fn finish(data: &Data, mut words: BTreeMap<String, f32>, language: &str) -> Result<Builder> {
    let own = OWN.iter().find(|(known, _)| *known == language).context("every language has a list of ours")?.1;
    let mut roles: BTreeMap<String, u8> = BTreeMap::new();
    let mut ours = BTreeMap::new();
    for line in own.lines().filter(|line| !line.starts_with('#')) {
        let (kind, list) = line.split_once(':').with_context(|| format!("words/{language}.txt: `{line}` has no colon"))?;
        let list = list.split_whitespace().map(|word| normalised(&word.replace('_', " "), language));
        let role = match kind {
            "forms" => continue,
            "negates" => role::NEGATES,
            "before" => role::NEGATES_BEFORE,
            "strengthens" => role::STRENGTHENS,
            "weakens" => role::WEAKENS,
            "contrasts" => role::CONTRASTS,
            number => {
                let valence: f32 = number.parse().with_context(|| format!("words/{language}.txt: `{number}` is no valence"))?;
                ours.extend(list.map(|word| (word, valence)));
                continue;
            }
        };
        list.for_each(|word| *roles.entry(word).or_default() |= role);
    }
    add(&mut words, ours);
    for (_, valence, list) in AMENDED.iter().filter(|(known, ..)| *known == language) {
        add(&mut words, list.split_whitespace().map(|word| (normalised(&word.replace('_', " "), language), *valence)));
    }
    for (word, valence) in words.clone() {
        for form in forms(&word, language) {
            // A form is a little less certain than the word it was made of, and never overrides a word of the lists.
            words.entry(form).or_insert(valence * 0.9);
        }
    }
    // A pair replaces what its second word says; one that says the same more weakly would only take away from it.
    let weaker = |(pair, valence): (&String, &f32)| {
        let second = pair.split_once(' ').and_then(|(_, second)| words.get(second)).copied().unwrap_or_default();
        second * valence > 0.0 && second.abs() > valence.abs()
    };
    let weaker: Vec<String> = words.iter().filter(|row| weaker(*row)).map(|(pair, _)| pair.clone()).collect();
    words.retain(|pair, _| !weaker.contains(pair));
    let mut builder = Builder::default();
    for (word, valence) in &words {
        if *valence != 0.0 || word.contains(' ') {
            builder.insert(word, Entry { valence: *valence, roles: roles.get(word).copied().unwrap_or_default() });
        }
    }
    for (word, role) in roles {
        builder.insert(&word, Entry { valence: words.get(&word).copied().unwrap_or_default(), roles: role });
    }
    add_emoji(data, &mut builder)?;
    Ok(builder)
}

fn add(words: &mut BTreeMap<String, f32>, more: impl IntoIterator<Item = (String, f32)>) {
    words.extend(more);
}

/// A published list, its valences times `scale`, without those nearer to 0 than `least` before that; senses of one word are averaged.
fn published(data: &Data, name: &str, scale: f32, least: f32) -> Result<Vec<(String, f32)>> {
    let language = &name[name.len() - 2..];
    let mut senses: BTreeMap<String, (f32, f32)> = BTreeMap::new();
    for row in data.rows(&format!("lexicons/{name}"))? {
        let Ok(valence) = row.column(1).parse::<f32>() else { continue };
        let word = normalised(row.column(0), language);
        // What is left of a drawn face is a letter, and would be the article of "l'entreprise".
        if word.chars().count() < 2 || word.split(' ').count() > 2 || !word.chars().any(char::is_alphabetic) {
            continue;
        }
        let sum = senses.entry(word).or_default();
        sum.0 += valence;
        sum.1 += 1.0;
    }
    let means = senses.into_iter().map(|(word, (sum, count))| (word, sum / count));
    Ok(means
        .filter(|(_, valence)| valence.abs() >= least)
        .map(|(word, valence)| (word, (valence * scale).clamp(-4.0, 4.0)))
        .collect())
}

/// A word as the plugin will read it.
fn normalised(word: &str, language: &str) -> String {
    let mut words = Words::default();
    // A list's word is one word: its apostrophes join, except in the languages that split them everywhere.
    let apostrophes = analyzer_sentiment::tongue::apostrophes(Some(language));
    words.read(word, if word.contains(' ') { apostrophes } else { Apostrophes::Join });
    words.iter().map(|word| words.text(word)).collect::<Vec<_>>().join(" ")
}

/// Forms a word takes, made by rule; some of them do not exist and hurt nobody.
fn forms(word: &str, language: &str) -> Vec<String> {
    if word.contains(' ') || word.chars().count() < 4 {
        return Vec::new();
    }
    let mut forms = Vec::new();
    let mut swap = |ending: &str, others: &[&str]| {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.chars().count() >= 3) {
            forms.extend(others.iter().map(|other| format!("{stem}{other}")));
        }
    };
    match language {
        "fr" => {
            swap("eux", &["euse", "euses"]);
            swap("er", &["e", "es", "ent", "é", "ée", "és", "ées", "ait", "ant"]);
            if !word.ends_with(['s', 'x', 'z', 'r']) {
                swap("", &["s"]);
            }
        }
        "es" => {
            swap("o", &["a", "os", "as", "ísimo", "ísima"]);
            swap("a", &["as"]);
            swap("e", &["es"]);
            swap("ar", &["a", "o", "an", "as", "ado", "ada", "ados", "ando", "é", "ó", "aron", "aba"]);
            swap("er", &["e", "o", "en", "ido", "ida", "iendo", "ió"]);
            swap("ir", &["e", "o", "en", "ido", "ida", "iendo", "ió"]);
            swap("ción", &["ciones"]);
            swap("or", &["ora", "ores", "oras"]);
            swap("al", &["ales"]);
        }
        "pt" => {
            swap("o", &["a", "os", "as"]);
            swap("a", &["as"]);
            swap("e", &["es"]);
            swap("ar", &["a", "o", "am", "as", "ado", "ada", "ados", "ando", "ei", "ou", "ava"]);
            swap("er", &["e", "o", "em", "ido", "ida", "endo", "eu", "i"]);
            swap("ir", &["e", "o", "em", "ido", "ida", "indo", "iu", "i"]);
            swap("ção", &["ções"]);
            swap("or", &["ora", "ores", "oras"]);
            swap("al", &["ais"]);
            swap("vel", &["veis"]);
        }
        "it" => {
            swap("o", &["a", "i", "e", "issimo", "issima"]);
            swap("a", &["e"]);
            swap("e", &["i"]);
            swap("are", &["a", "o", "ano", "ato", "ata", "ati", "ando", "i"]);
            swap("ere", &["e", "o", "ono", "uto", "uta", "endo", "i"]);
            swap("ire", &["e", "o", "ono", "ito", "ita", "endo", "isce"]);
        }
        "de" => {
            swap("en", &["e", "t", "st", "te", "end"]);
            if !word.ends_with('e') {
                swap("", &["e", "en", "er", "es", "em"]);
            } else {
                swap("e", &["en", "er", "es", "em"]);
            }
        }
        "nl" => {
            swap("en", &["", "t"]);
            if !word.ends_with(['e', 's']) {
                swap("", &["e", "s"]);
            }
        }
        "ar" => {
            forms.push(format!("ال{word}"));
            forms.push(format!("و{word}"));
            if let Some(bare) = word.strip_prefix("ال") {
                forms.push(bare.to_owned());
            }
            // Hamza, final ya and the two forms of final ha are written as the hand falls.
            let all: Vec<String> = forms.iter().cloned().chain([word.to_owned()]).collect();
            forms.extend(all.iter().map(|form| plain_arabic(form)));
            return forms;
        }
        _ => {}
    }
    let accents: Vec<String> =
        forms.iter().cloned().chain([word.to_owned()]).map(|form| crate::language::without_accents(&form)).collect();
    if language != "en" {
        forms.extend(accents);
    }
    forms
}

fn plain_arabic(word: &str) -> String {
    word.chars()
        .map(|char| match char {
            'أ' | 'إ' | 'آ' => 'ا',
            'ة' => 'ه',
            'ى' => 'ي',
            other => other,
        })
        .collect()
}

/// An emoji means what the words of its name mean together, within the scale, unless we rated it.
fn add_emoji(data: &Data, builder: &mut Builder) -> Result<()> {
    let english: BTreeMap<String, f32> = published(data, "vader_en", 1.0, 0.0)?.into_iter().collect();
    let mut emoji: BTreeMap<String, f32> = BTreeMap::new();
    let mut words = Words::default();
    let mut as_read = |drawn: &str| {
        words.read(drawn, Apostrophes::Join);
        words.nth(0).to_owned()
    };
    for row in data.rows("lexicons/vader_emoji_en")? {
        let valence: f32 = row.column(1).split([' ', '-', ':']).filter_map(|word| english.get(word)).sum();
        if valence != 0.0 {
            emoji.entry(as_read(row.column(0))).or_insert(valence.clamp(-3.0, 3.0));
        }
    }
    for (valence, list) in EMOJI {
        let valence: f32 = valence.parse().expect("numbers of our own");
        emoji.extend(list.split_whitespace().map(|drawn| (as_read(drawn), valence)));
    }
    for (drawn, valence) in emoji {
        if valence != 0.0 && !drawn.is_empty() && !drawn.chars().any(char::is_alphabetic) || drawn.starts_with([':', ';', '=']) {
            builder.insert(&drawn, Entry { valence, roles: 0 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_lists_can_be_read() {
        for (language, own) in OWN {
            for line in own.lines() {
                let (kind, list) = line.split_once(':').unwrap_or_else(|| panic!("{language}: `{line}` has no colon"));
                let known = ["negates", "before", "strengthens", "weakens", "contrasts"].contains(&kind);
                assert!(known || kind.parse::<f32>().is_ok_and(|valence| valence.abs() <= 4.0), "{language}: {kind}");
                for words in list.split_whitespace() {
                    let words = normalised(&words.replace('_', " "), language);
                    assert!((1..=2).contains(&words.split(' ').count()), "{language}: `{words}` is no word and no pair");
                }
            }
        }
    }

    #[test]
    fn forms_are_made_of_words_alone() {
        assert!(forms("bonito", "es").iter().any(|form| form == "bonitas"));
        assert!(forms("schlecht", "de").iter().any(|form| form == "schlechter"));
        assert!(forms("déçu", "fr").iter().any(|form| form == "decus"));
        assert!(forms("أحب", "ar").is_empty() && forms("أفضل", "ar").iter().any(|form| form == "افضل"));
        assert!(forms("muy bien", "es").is_empty());
    }
}
