//! A topic's search in the service's syntax. Pure.

use vigie_plugin::{Clause, Search};

use crate::Settings;
use crate::places::name_of_language;

/// The service refuses longer queries; where exactly is not documented.
const MAX_CHARS: usize = 220;
/// It refuses shorter words.
const MIN_CHARS: usize = 3;

/// The queries for some searches under these settings, each with everything that narrows it.
///
/// Alternatives of one term each are joined by OR as far as they fit; those of several terms are queries of their own. `#x` and `@x` are
/// searched as `x`. What a clause excludes is not sent: the service matches a translation.
#[must_use]
pub fn queries(settings: &Settings, searches: &[Search]) -> Vec<String> {
    let mut queries: Vec<String> = Vec::new();
    for search in searches {
        let limits = limits(settings, &search.languages);
        let mut single: Vec<String> = Vec::new();
        for clause in &search.any {
            let terms = terms(clause);
            match terms.len() {
                0 => {}
                1 if !single.contains(&terms[0]) => single.extend(terms),
                1 => {}
                _ => push(&mut queries, fitting(&terms, MAX_CHARS.saturating_sub(limits.len())).join(" ") + &limits),
            }
        }
        for group in groups(single, MAX_CHARS.saturating_sub(limits.len())) {
            push(&mut queries, any_of(&group) + &limits);
        }
    }
    queries
}

fn push(queries: &mut Vec<String>, query: String) {
    if !queries.contains(&query) {
        queries.push(query);
    }
}

/// Words and phrases long enough to be searched, phrases and everything with a sign in quotes.
fn terms(clause: &Clause) -> Vec<String> {
    let mut terms = Vec::new();
    for term in &clause.all {
        let words: Vec<&str> = term
            .split(|char: char| char.is_whitespace() || matches!(char, '"' | '(' | ')' | '#' | '@' | ':' | '<' | '>'))
            .filter(|word| !word.is_empty())
            .collect();
        let phrase = words.join(" ").to_lowercase();
        let enough = phrase.chars().count() >= if phrase.is_ascii() { MIN_CHARS } else { 2 };
        if enough && phrase.chars().count() < MAX_CHARS / 2 {
            // `or` alone joins, and a sign in front would command.
            let plain = phrase.chars().all(char::is_alphanumeric) && phrase != "or";
            terms.push(if plain { phrase } else { format!("\"{phrase}\"") });
        }
    }
    terms
}

/// As many terms as fit; leaving one out only widens a query.
fn fitting(terms: &[String], most: usize) -> Vec<&str> {
    let mut left = most;
    let mut fitting = Vec::new();
    for term in terms {
        let length = term.chars().count() + 1;
        if length <= left {
            left -= length;
            fitting.push(term.as_str());
        }
    }
    fitting
}

fn groups(terms: Vec<String>, most: usize) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut length = 0;
    for term in terms {
        let more = term.chars().count() + " OR ".len();
        match groups.last_mut() {
            Some(group) if length + more <= most => {
                length += more;
                group.push(term);
            }
            _ => {
                length = more + 2;
                groups.push(vec![term]);
            }
        }
    }
    groups
}

/// OR may stand between brackets alone, and brackets around OR alone.
fn any_of(terms: &[String]) -> String {
    match terms {
        [one] => one.clone(),
        several => format!("({})", several.join(" OR ")),
    }
}

/// What narrows every query: countries, languages, outlets.
fn limits(settings: &Settings, wanted: &[String]) -> String {
    let languages = if settings.languages.is_empty() { wanted } else { &settings.languages };
    let names: Vec<Option<&str>> = languages.iter().map(|tag| name_of_language(tag)).collect();
    // A language without a name here cannot be asked for, so none is.
    let names: Vec<String> =
        names.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default().into_iter().map(squeezed).collect();
    let countries: Vec<String> = settings.countries.iter().map(|country| squeezed(country)).collect();
    let domains: Vec<String> = settings.domains.iter().map(|domain| squeezed(domain)).collect();
    let mut limits = String::new();
    for (operator, values) in [("sourcelang", names), ("sourcecountry", countries), ("domain", domains)] {
        let written: Vec<String> =
            values.iter().filter(|value| !value.is_empty()).map(|value| format!("{operator}:{value}")).collect();
        if !written.is_empty() {
            limits.push(' ');
            limits.push_str(&any_of(&written));
        }
    }
    limits
}

/// A value of an operator: nothing that could end it.
fn squeezed(value: &str) -> String {
    value.chars().filter(|char| char.is_alphanumeric() || matches!(char, '.' | '-')).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(clauses: &[&[&str]], languages: &[&str]) -> Search {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        Search { any: clauses.iter().map(|all| Clause { all: own(all), none: own(&["x"]) }).collect(), languages: own(languages) }
    }

    #[test]
    fn single_terms_are_joined_and_others_stand_alone() {
        let searched = |clauses: &[&[&str]], languages: &[&str]| queries(&Settings::default(), &[search(clauses, languages)]);
        assert_eq!(searched(&[&["acme"], &["#Acme"], &["acme phone"], &["hp"]], &[]), ["(acme OR \"acme phone\")"]);
        assert_eq!(searched(&[&["acme", "c++11", "or "], &["lumio"]], &[]), ["acme \"c++11\"", "lumio"]);
        assert_eq!(searched(&[&["acme"]], &["fr", "en-GB"]), ["acme (sourcelang:french OR sourcelang:english)"]);
        assert_eq!(searched(&[&["acme"]], &["fr", "tlh"]), ["acme"], "nothing is lost for a language without a name");
        assert_eq!(searched(&[&["near10:x"]], &[]), ["\"near10 x\""]);
        assert_eq!(searched(&[&["hp"], &[]], &[]), Vec::<String>::new());
    }

    #[test]
    fn settings_narrow_and_long_lists_are_split() {
        let settings = Settings {
            countries: vec!["UK".into()],
            languages: vec!["fr".into()],
            domains: vec!["a.example".into(), "b.example) x".into()],
        };
        assert_eq!(
            queries(&settings, &[search(&[&["acme"]], &["en"])]),
            ["acme sourcelang:french sourcecountry:uk (domain:a.example OR domain:b.examplex)"]
        );
        let many: Vec<String> = (0..60).map(|n| format!("brand{n}")).collect();
        let clauses: Vec<Vec<&str>> = many.iter().map(|brand| vec![brand.as_str()]).collect();
        let clauses: Vec<&[&str]> = clauses.iter().map(Vec::as_slice).collect();
        let queries = queries(&Settings::default(), &[search(&clauses, &[])]);
        assert!(queries.len() > 1 && queries.iter().all(|query| query.len() <= MAX_CHARS), "{queries:?}");
        assert!(many.iter().all(|brand| queries.iter().any(|query| query.contains(brand.as_str()))));
    }
}
