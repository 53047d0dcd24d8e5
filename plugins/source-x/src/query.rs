//! Topics' searches in X's syntax, within its length. Pure.

use vigie_plugin::{Clause, Search};

/// Languages X knows by the same code as everybody.
const LANGUAGES: &str = " am ar bg bn bo bs ca ckb cs cy da de dv el en es et eu fa fi fr gu hi hr ht hu hy is it ja ka km kn ko lo lt \
lv ml mr my ne nl no or pa pl ps pt ro ru sd si sk sl sr sv ta te th tl tr ug uk ur vi ";

/// The queries of a search: as many alternatives in each as fit into `longest` characters.
///
/// What a clause excludes is sent where it is plain words, because each post found costs money. A clause that is too long by itself
/// loses its last words, which finds more. Clauses without anything to find are left out.
#[must_use]
pub fn queries(search: &Search, longest: usize) -> Vec<String> {
    let languages = languages(&search.languages);
    let room = longest.saturating_sub(languages.chars().count());
    let mut packs: Vec<Vec<String>> = Vec::new();
    for clause in search.any.iter().filter_map(|clause| written(clause, room)) {
        if packs.iter().flatten().any(|known| *known == clause) {
            continue;
        }
        match packs.last_mut() {
            Some(pack) if joined(pack, Some(&clause)).chars().count() <= room => pack.push(clause),
            _ => packs.push(vec![clause]),
        }
    }
    packs
        .iter()
        .map(|pack| format!("{}{languages}", if languages.is_empty() { joined(pack, None) } else { grouped(pack) }))
        .collect()
}

fn joined(pack: &[String], another: Option<&String>) -> String {
    let all: Vec<&String> = pack.iter().chain(another).collect();
    match all[..] {
        [alone] => alone.clone(),
        // AND binds closer than OR, but it is kept visible.
        _ => all.into_iter().map(|clause| bracketed(clause)).collect::<Vec<_>>().join(" OR "),
    }
}

/// Alternatives stand in brackets where something follows that holds for all of them.
fn grouped(pack: &[String]) -> String {
    let joined = joined(pack, None);
    if pack.len() > 1 { format!("({joined})") } else { joined }
}

fn bracketed(clause: &str) -> String {
    let mut quoted = false;
    let many = clause.chars().any(|char| {
        quoted ^= char == '"';
        char == ' ' && !quoted
    });
    if many { format!("({clause})") } else { clause.to_owned() }
}

/// A clause as words, phrases, hashtags and handles; `None` where nothing is left of it.
fn written(clause: &Clause, room: usize) -> Option<String> {
    let mut query = String::new();
    let mut length = 0;
    let wanted = clause.all.iter().filter_map(|term| term_of(term));
    let excluded = clause.none.iter().filter(|term| is_plain(term)).filter_map(|term| Some(format!("-{}", term_of(term)?)));
    // Brackets of the clause and of all clauses.
    let room = room.saturating_sub(4);
    for term in wanted.chain(excluded) {
        // X wants something to find before something to leave out.
        if query.is_empty() && term.starts_with('-') {
            return None;
        }
        let chars = term.chars().count() + usize::from(!query.is_empty());
        if length + chars > room {
            continue;
        }
        if !query.is_empty() {
            query.push(' ');
        }
        query.push_str(&term);
        length += chars;
    }
    (!query.is_empty()).then_some(query)
}

fn term_of(term: &str) -> Option<String> {
    let sign = term.chars().next().filter(|char| matches!(char, '#' | '@'));
    let words: Vec<&str> = term
        .trim_start_matches(['#', '@'])
        .split(|char: char| char.is_whitespace() || matches!(char, '"' | '\\') || char.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let phrase = words.join(" ");
    let plain = phrase.chars().all(|char| char.is_alphanumeric() || char == '_');
    match sign {
        _ if !phrase.chars().any(char::is_alphanumeric) => None,
        Some(sign) if plain => Some(format!("{sign}{phrase}")),
        // `OR` and `AND` alone are operators, whatever their case was.
        None if plain && !phrase.eq_ignore_ascii_case("or") && !phrase.eq_ignore_ascii_case("and") => Some(phrase),
        _ => Some(format!("\"{phrase}\"")),
    }
}

/// Words X and the host are sure to understand alike.
fn is_plain(term: &str) -> bool {
    term.chars().all(|char| char.is_ascii_alphanumeric() || char == ' ')
}

/// ` (lang:en OR lang:und)`; nothing where any language is wanted, or one that X does not know. What X could not tell is asked for as
/// well: the host may.
fn languages(tags: &[String]) -> String {
    let mut codes: Vec<&str> = Vec::new();
    for tag in tags {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match primary.as_str() {
            "id" | "in" => codes.push("in"),
            "he" | "iw" => codes.push("iw"),
            "nb" | "nn" => codes.push("no"),
            "zh" => codes.extend(["zh-CN", "zh-TW"]),
            "" => return String::new(),
            other => match LANGUAGES.find(&format!(" {other} ")) {
                Some(at) => codes.push(&LANGUAGES[at + 1..=at + other.len()]),
                None => return String::new(),
            },
        }
    }
    if codes.is_empty() {
        return String::new();
    }
    codes.push("und");
    let mut different: Vec<String> = Vec::new();
    for code in codes {
        let code = format!("lang:{code}");
        if !different.contains(&code) {
            different.push(code);
        }
    }
    format!(" ({})", different.join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(any: &[(&[&str], &[&str])], languages: &[&str]) -> Search {
        let texts = |terms: &[&str]| terms.iter().map(|term| (*term).to_owned()).collect::<Vec<String>>();
        let any = any.iter().map(|(all, none)| Clause { all: texts(all), none: texts(none) }).collect();
        Search { any, languages: texts(languages) }
    }

    #[test]
    fn words_phrases_signs_and_exclusions() {
        let one = |all: &[&str], none: &[&str]| queries(&search(&[(all, none)], &[]), 512);
        assert_eq!(
            one(&["acme", "acme phone", "#acme", "@acme_uk", "c++", "or"], &[]),
            [r#"acme "acme phone" #acme @acme_uk "c++" "or""#]
        );
        assert_eq!(one(&["acme"], &["looney", "looney tunes", "café", "#x"]), [r#"acme -looney -"looney tunes""#]);
        assert_eq!(one(&["a\"b -is:retweet"], &[]), [r#""a b -is:retweet""#]);
        assert_eq!(one(&["téléphone", "電話"], &[]), ["téléphone 電話"]);
        assert!(one(&[], &["looney"]).is_empty() && one(&["#", "\""], &[]).is_empty());
    }

    #[test]
    fn alternatives_share_a_query_as_far_as_it_goes() {
        let any: [(&[&str], &[&str]); 3] = [(&["acme"], &[]), (&["acme phone", "new"], &[]), (&["acme"], &[])];
        assert_eq!(queries(&search(&any, &[]), 512), [r#"acme OR ("acme phone" new)"#]);
        assert_eq!(
            queries(&search(&any, &["fr", "en-GB"]), 512),
            [r#"(acme OR ("acme phone" new)) (lang:fr OR lang:en OR lang:und)"#]
        );
        assert_eq!(queries(&search(&any, &["tlh"]), 512), [r#"acme OR ("acme phone" new)"#], "a language X does not know");
        assert_eq!(
            queries(&search(&[(&["acme"], &[])], &["he", "zh-Hant"]), 512),
            ["acme (lang:iw OR lang:zh-CN OR lang:zh-TW OR lang:und)"]
        );
        let many: Vec<String> = (0..200).map(|number| format!("word{number:03} other{number:03}")).collect();
        let any = many.iter().map(|words| Clause { all: words.split(' ').map(str::to_owned).collect(), none: vec![] }).collect();
        let split = queries(&Search { any, languages: vec!["en".to_owned()] }, 512);
        assert!(split.len() > 8 && split.iter().all(|query| query.chars().count() <= 512), "{}", split.len());
        assert!(many.iter().all(|words| split.iter().any(|query| query.contains(&format!("({words})")))));
    }

    #[test]
    fn a_clause_that_is_too_long_loses_words() {
        let long = "x".repeat(100);
        let query = queries(&search(&[(&["acme", &long, "phone"], &["looney"])], &[]), 64);
        assert_eq!(query, ["acme phone -looney"]);
        assert!(queries(&search(&[(&[&long], &[])], &[]), 64).is_empty());
    }
}
