//! How likely an account is automated, from what its service shows of it.
//!
//! No labelled accounts under a free licence exist to train on: the weights are set by hand, on the cautious side. What a service does not
//! state speaks neither for nor against.

use vigie_plugin::Author;
use vigie_plugin::linear::sigmoid;

/// Before anything is known: most accounts are people.
const BEFORE: f32 = -2.0;
/// Followers below which an account is hardly known, and above which it is watched by many.
const FEW: u64 = 100;
const MANY: u64 = 5_000;

/// Words an account says of itself when it is one.
const SAYS_SO: [&str; 14] = [
    "bot",
    "bots",
    "robot",
    "robots",
    "chatbot",
    "twitterbot",
    "automated",
    "automatic",
    "automatically",
    "algorithm",
    "markov",
    "script",
    "autotweet",
    "automatisé",
];
/// Phrases of accounts that write by the clock or by rule.
const MACHINE: [&str; 37] = [
    "every hour",
    "every minute",
    "every day",
    "every few",
    "every 5",
    "every 10",
    "every 15",
    "every 30",
    "every six",
    "every half",
    "hourly",
    "tweets every",
    "posts every",
    "i tweet",
    "i retweet",
    "i post",
    "retweets",
    "auto-post",
    "autopost",
    "rss",
    "feed",
    "generated",
    "random ",
    "made by @",
    "created by @",
    "by @",
    "botally",
    "i reply",
    "mention me",
    "tweeting every",
    "posting every",
    "per hour",
    "per day",
    "alle stunde",
    "cada hora",
    "ogni ora",
    "toutes les heures",
];

/// A reason with its weight.
pub type Reason = (&'static str, f32);

/// How likely the account is automated, with what speaks for it, strongest first. `None` where nothing is known of it.
#[must_use]
pub fn likelihood(author: &Author, spam: f32) -> Option<(f32, Vec<Reason>)> {
    let handle = author.handle.as_deref().unwrap_or_default();
    let name = author.name.as_deref().unwrap_or_default();
    let bio = author.bio.as_deref().unwrap_or_default();
    if handle.is_empty() && name.is_empty() && bio.is_empty() && author.followers.is_none() {
        return None;
    }
    let mut reasons: Vec<Reason> = Vec::new();
    let mut say = |reason: &'static str, weight: f32| {
        if weight > 0.0 {
            reasons.push((reason, weight));
        }
    };
    let lower = bio.to_lowercase();
    if names_itself(handle) || names_itself(name) || words(&lower).any(|word| SAYS_SO.contains(&word)) {
        say("says-so", 4.0);
    }
    say("made-for-machines", (MACHINE.iter().filter(|phrase| lower.contains(*phrase)).count() as f32 * 1.2).min(2.4));
    // Fediverse handles carry their server, which is nobody's choice of digits.
    let local = handle.trim_start_matches('@').split('@').next().unwrap_or_default();
    let digits = local.bytes().filter(u8::is_ascii_digit).count();
    say("digits-in-handle", if digits >= 6 { 1.5 } else { 0.3 * digits.saturating_sub(2) as f32 });
    say("random-handle", if is_random(local) { 1.0 } else { 0.0 });
    match author.followers {
        Some(0..=2) => say("no-followers", 1.4),
        Some(followers) if followers < FEW => say("few-followers", 0.9),
        _ => {}
    }
    // A missing field is only a sign where the service shows profiles at all.
    let profile = author.followers.is_some() || author.verified.is_some() || author.bio.is_some();
    if profile && author.verified != Some(true) {
        let missing = [bio, author.location.as_deref().unwrap_or_default(), author.url.as_deref().unwrap_or_default()];
        let missing = missing.iter().filter(|field| field.trim().is_empty()).count();
        say("empty-profile", [0.0, 0.3, 0.8, 1.4][missing]);
    }
    say("no-name", if name.is_empty() && profile { 0.3 } else { 0.0 });
    say("spam", 1.5 * (spam - 0.5).max(0.0));
    let against = against(author, &lower);
    let total = BEFORE + reasons.iter().map(|(_, weight)| weight).sum::<f32>() - against;
    reasons.sort_by(|a, b| b.1.total_cmp(&a.1));
    Some((sigmoid(total), reasons))
}

/// What speaks for a person or an office.
fn against(author: &Author, bio: &str) -> f32 {
    let mut against = 0.0;
    if author.verified == Some(true) {
        against += 3.5;
    }
    if let Some(followers) = author.followers {
        against += match followers {
            0..FEW => 0.0,
            FEW..500 => 0.2,
            500..MANY => 0.7,
            MANY.. => 1.4,
        };
    }
    if words(bio).any(|word| {
        matches!(
            word,
            "my" | "mom"
                | "dad"
                | "husband"
                | "wife"
                | "father"
                | "mother"
                | "opinions"
                | "views"
                | "mes"
                | "maman"
                | "papa"
                | "student"
                | "étudiant"
                | "étudiante"
        )
    }) {
        against += 0.8;
    }
    against
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether a handle or a name ends or begins with "bot" as a word of its own: `newsbot`, `news_bot`, `BotOfNews`, not `botany`, `Abbot`.
fn names_itself(name: &str) -> bool {
    let parts = words(name);
    let mut any = false;
    for part in parts.flat_map(|part| part.split('_')) {
        let lower = part.to_lowercase();
        let by_capitals = part.contains("Bot") && !part.contains("Both") && !part.contains("Bott") && !part.contains("Bota");
        let ends = lower.trim_end_matches(|char: char| char.is_ascii_digit()).strip_suffix("bot");
        // Surnames that end so are short: Abbot, Talbot.
        let joined = ends.is_some_and(|before| !matches!(before, "ab" | "tal" | "cor" | "sa" | "rab" | "gar"));
        any |= lower == "bot" || lower == "robot" || by_capitals || joined || lower.starts_with("bot_") || lower == "ebooks";
    }
    any
}

/// Whether a handle looks drawn by lot: long, without vowels or with letters and digits in turns.
fn is_random(handle: &str) -> bool {
    let letters: Vec<char> = handle.chars().filter(|char| char.is_alphabetic()).collect();
    let vowels = letters.iter().filter(|char| "aeiouyàâéèêëîïôöùûüAEIOUY".contains(**char)).count();
    let bytes = handle.as_bytes();
    let turns = bytes.windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    (letters.len() >= 8 && handle.is_ascii() && vowels * 6 < letters.len()) || turns >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(handle: &str, name: &str, bio: &str, followers: Option<u64>) -> Author {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Author {
            id: "1".to_owned(),
            handle: text(handle),
            name: text(name),
            url: None,
            bio: text(bio),
            location: None,
            followers,
            verified: followers.map(|_| false),
        }
    }

    fn of(author: &Author) -> f32 {
        likelihood(author, 0.0).expect("known").0
    }

    #[test]
    fn accounts_that_say_so_are_likely() {
        for (handle, name, bio) in [
            ("news_bot", "News", ""),
            ("weather", "WeatherBot", "I tweet the weather every hour"),
            ("everyword", "Every word", "A bot that posts a word every hour"),
            ("x", "y", "Automated feed, made by @someone"),
        ] {
            let (likely, reasons) = likelihood(&author(handle, name, bio, Some(800)), 0.0).expect("known");
            assert!(likely > 0.6 && reasons[0].0 == "says-so", "{handle}: {likely} {reasons:?}");
        }
    }

    #[test]
    fn people_are_not() {
        let mut person = author("marie_dupont", "Marie Dupont", "Journalist in Lyon. My opinions are my own.", Some(900));
        person.location = Some("Lyon".to_owned());
        assert!(of(&person) < 0.15, "{}", of(&person));
        for name in ["Abbot", "botany_fan", "Talbot", "bothwell", "Sabotage"] {
            assert!(of(&author(name, name, "gardener", None)) < 0.5, "{name}");
        }
        let mut office = author("acme", "Acme", "", Some(2));
        office.verified = Some(true);
        assert!(of(&office) < 0.1);
    }

    #[test]
    fn made_up_accounts_lean_to_it_and_unknown_ones_do_not() {
        assert!(of(&author("jsmith83729104", "", "", Some(1))) > 0.6);
        assert!(of(&author("a", "", "", None)) < 0.2);
        assert_eq!(likelihood(&author("", "", "", None), 1.0), None);
        assert!(is_random("xkqzrtplm") && is_random("a1b2c3") && !is_random("bookworm") && !is_random("hans1984"));
    }

    #[test]
    fn reasons_only_speak_for_it_and_more_of_them_say_more() {
        let plain = author("person", "A person", "hello", Some(100));
        let (less, _) = likelihood(&plain, 0.0).expect("known");
        let (more, reasons) = likelihood(&author("person84029384", "A person", "hello", Some(1)), 1.0).expect("known");
        assert!(more > less && reasons.iter().all(|(_, weight)| *weight > 0.0));
    }
}
