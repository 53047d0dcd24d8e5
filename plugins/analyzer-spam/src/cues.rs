//! What spam looks like: signs a person can check, each a reason.

use std::sync::OnceLock;

use vigie_plugin::features::{Sort, Words};

/// A sign of spam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// An address.
    Link,
    /// An address of a service that hides where it leads.
    ShortLink,
    /// Asks to follow, subscribe, like, share.
    AsksToFollow,
    /// Asks to click, check out, visit, open.
    AsksToClick,
    /// Somebody has won or may claim something.
    Prize,
    /// An amount of money.
    Money,
    /// Free, guaranteed, no obligation.
    FreeOffer,
    /// A number to call or to write to.
    PhoneNumber,
    /// Earn from home, crypto, followers for sale.
    EarnMoney,
    /// Adult offers.
    Adult,
    /// Now, last chance, expires.
    Urgent,
    /// How to stop such messages.
    OptOut,
    /// Mostly capitals.
    Capitals,
    /// The same words again and again.
    Repetition,
    /// More hashtags than a sentence needs.
    ManyHashtags,
    /// Speaks to many accounts at once.
    ManyHandles,
    /// Pieces of a page's source.
    Markup,
}

/// All signs in the order of the model's dense features, with the reason's name and the weight that stands without a model.
pub const SIGNS: [(Sign, &str, f32); 17] = [
    (Sign::Link, "link", 1.1),
    (Sign::ShortLink, "short-link", 1.2),
    (Sign::AsksToFollow, "asks-to-follow", 2.0),
    (Sign::AsksToClick, "asks-to-click", 1.6),
    (Sign::Prize, "prize", 2.0),
    (Sign::Money, "money", 1.0),
    (Sign::FreeOffer, "free-offer", 1.2),
    (Sign::PhoneNumber, "phone-number", 2.2),
    (Sign::EarnMoney, "earn-money", 2.2),
    (Sign::Adult, "adult", 2.4),
    (Sign::Urgent, "urgent", 0.9),
    (Sign::OptOut, "opt-out", 2.4),
    (Sign::Capitals, "capitals", 0.7),
    (Sign::Repetition, "repetition", 1.2),
    (Sign::ManyHashtags, "many-hashtags", 1.6),
    (Sign::ManyHandles, "many-handles", 1.4),
    (Sign::Markup, "markup", 1.6),
];

/// How strongly each sign shows, 0 to 1, in the order of [`SIGNS`].
pub type Signs = [f32; SIGNS.len()];

/// Services that shorten addresses or forward to where somebody is paid for it.
const SHORTENERS: [&str; 20] = [
    "bit.ly",
    "goo.gl",
    "tinyurl.",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "adf.ly",
    "j.mp",
    "tiny.cc",
    "shorte.st",
    "cutt.ly",
    "rb.gy",
    "rebrand.ly",
    "linktr.ee",
    "lnkd.in",
    "vur.me",
    "wa.me",
    "t.me/",
    "url?",
    "icep_",
];

/// Services whose addresses ask for money or followers by themselves.
const ASKING: [&str; 4] = ["gofundme", "kickstarter", "patreon.com", "sub_confirmation"];

/// Words beside a number that make it one to call or to write to.
const CALL: [&str; 20] = [
    "call",
    "txt",
    "text",
    "reply",
    "send",
    "sms",
    "whatsapp",
    "dial",
    "contact",
    "phone",
    "tel",
    "ring",
    "msg",
    "appelez",
    "envoyez",
    "contactez",
    "écrivez",
    "llama",
    "anrufen",
    "ligue",
];

/// The signs of a text. `words`: read from `text` with joined apostrophes.
#[must_use]
pub fn signs(text: &str, words: &Words) -> Signs {
    let mut signs = Signs::default();
    let mut show = |sign: Sign, strength: f32| {
        let place = sign as usize;
        signs[place] = signs[place].max(strength.clamp(0.0, 1.0));
    };
    let (mut count, mut hashtags, mut handles, mut shouted, mut plain) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    let (mut calls, mut cheap) = (false, false);
    for (place, word) in words.iter().enumerate() {
        count += 1;
        let read = words.text(word);
        match word.sort {
            Sort::Address => {
                show(Sign::Link, 1.0);
                let raw = text.get(word.at.clone()).unwrap_or_default();
                if SHORTENERS.iter().any(|service| raw.contains(service)) {
                    show(Sign::ShortLink, 1.0);
                }
                if ASKING.iter().any(|service| raw.contains(service)) {
                    show(Sign::AsksToFollow, 1.0);
                }
            }
            Sort::Hashtag => hashtags += 1,
            Sort::Handle => handles += 1,
            Sort::Word => {
                plain += u32::from(read.len() > 1);
                shouted += u32::from(word.shouted);
                calls |= CALL.contains(&read);
                cheap |= read == "cheap";
                for sign in phrases_at(words, place) {
                    show(sign, 1.0);
                }
            }
            Sort::Mark | Sort::Emoji => {}
        }
    }
    // Many write them without `https://`.
    for service in &SHORTENERS[..12] {
        if text.contains('/') && text.contains(service) {
            show(Sign::ShortLink, 1.0);
            show(Sign::Link, 1.0);
        }
    }
    let numbers = numbers(text);
    if numbers.telephone || (calls && numbers.longest >= 5) {
        show(Sign::PhoneNumber, 1.0);
    }
    if numbers.money {
        show(Sign::Money, 1.0);
    }
    // A customer who says so speaks of what was bought; who sells names a price or where to go.
    if cheap && (numbers.money || words.iter().any(|word| word.sort == Sort::Address)) {
        show(Sign::FreeOffer, 1.0);
    }
    if plain >= 4 {
        show(Sign::Capitals, (shouted as f32 / plain as f32 - 0.3) * 2.5);
    }
    show(Sign::ManyHashtags, (hashtags as f32 - 4.0) / 4.0);
    show(Sign::ManyHandles, (handles as f32 - 3.0) / 4.0);
    show(Sign::Repetition, repetition(words, count));
    if ["</", "<a ", "href=", "<script", "&amp;", "[url"].iter().any(|piece| text.contains(piece)) {
        show(Sign::Markup, 1.0);
    }
    signs
}

/// The signs whose phrases begin at a word.
fn phrases_at(words: &Words, place: usize) -> impl Iterator<Item = Sign> + '_ {
    let first = words.nth(place);
    let known = index();
    let start = known.partition_point(|(word, ..)| word.as_str() < first);
    known[start..].iter().take_while(move |(word, ..)| word == first).filter_map(move |(_, rest, sign)| {
        let fits = rest.is_empty() || rest.split(' ').enumerate().all(|(offset, word)| words.nth(place + 1 + offset) == word);
        // Who asks to be subscribed to something asks for nothing else.
        let own = first == "subscribe" && matches!(words.nth(place + 1), "me" | "us") && words.nth(place + 2) == "to";
        (fits && !own).then_some(*sign)
    })
}

/// All phrases by their first word: first word, the rest, the sign.
fn index() -> &'static [(String, String, Sign)] {
    static INDEX: OnceLock<Vec<(String, String, Sign)>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut all = Vec::new();
        let mut sign = None;
        for line in include_str!("phrases.txt").lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[') {
                let name = name.trim_end_matches(']');
                sign = SIGNS.iter().find(|(_, known, _)| *known == name).map(|(sign, ..)| *sign);
            } else if let Some(sign) = sign {
                let phrases = line.split(',').map(str::trim).filter(|phrase| !phrase.is_empty());
                let both = phrases.flat_map(|phrase| [Some(phrase.to_owned()), without_accents(phrase)]).flatten();
                all.extend(both.map(|phrase| {
                    let (first, rest) = phrase.split_once(' ').unwrap_or((&phrase, ""));
                    (first.to_owned(), rest.to_owned(), sign)
                }));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    })
}

/// A phrase as those write it who leave the accents out; none where it has none.
fn without_accents(phrase: &str) -> Option<String> {
    let plain = |char| match char {
        'à' | 'â' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' => 'e',
        'î' => 'i',
        'ô' => 'o',
        'û' => 'u',
        other => other,
    };
    (!phrase.is_ascii()).then(|| phrase.chars().map(plain).collect())
}

/// What numbers a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Numbers {
    /// Digits of the longest one; single spaces, dots and hyphens inside are passed over.
    longest: u32,
    /// One is written as telephone numbers are.
    telephone: bool,
    /// One stands beside a sign of money.
    money: bool,
}

/// Digits of a telephone number at least.
const TELEPHONE: u32 = 9;

fn numbers(text: &str) -> Numbers {
    let mut numbers = Numbers::default();
    let (mut digits, mut gap, mut before) = (0_u32, 0_u32, ' ');
    // Of the number being read: with `+`, with a leading zero, how often it is parted, and how often by more than a space.
    let (mut plus, mut zero, mut parts, mut marks) = (false, false, 0_u32, 0_u32);
    let mut last_gap = ' ';
    for char in text.chars() {
        if char.is_ascii_digit() {
            // A single space inside joins, as people write telephone numbers.
            if digits > 0 && gap <= 1 {
                digits += 1;
                parts += gap;
                marks += u32::from(gap == 1 && last_gap != ' ');
            } else {
                (plus, zero, parts, marks) = (before == '+', char == '0', 0, 0);
                digits = 1;
            }
            gap = 0;
            numbers.longest = numbers.longest.max(digits);
            // Orders, parcels and accounts have long numbers, too.
            numbers.telephone |= digits >= TELEPHONE && (plus || (zero && parts >= 2) || marks >= 2);
            numbers.money |= matches!(before, '$' | '£' | '€' | '₹');
        } else {
            numbers.money |= before.is_ascii_digit() && matches!(char, '$' | '£' | '€' | '₹');
            gap = if matches!(char, ' ' | '-' | '.' | '+' | '(' | ')') { gap + 1 } else { 2 };
            last_gap = char;
        }
        if char != ' ' {
            before = char;
        }
    }
    numbers
}

/// How much of a text is words that stood there before, 0 to 1; short texts have none.
fn repetition(words: &Words, count: u32) -> f32 {
    if count < 8 {
        return 0.0;
    }
    let mut all: Vec<&str> = words.iter().map(|word| words.text(word)).filter(|word| word.len() > 3).collect();
    let total = all.len();
    all.sort_unstable();
    all.dedup();
    if total < 6 { 0.0 } else { (1.0 - all.len() as f32 / total as f32 - 0.35) * 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::features::Apostrophes;

    fn shown(text: &str) -> Vec<&'static str> {
        let mut words = Words::default();
        words.read(text, Apostrophes::Join);
        signs(text, &words).iter().zip(SIGNS).filter(|(strength, _)| **strength > 0.0).map(|(_, (_, name, _))| name).collect()
    }

    #[test]
    fn signs_stand_in_their_order() {
        for (place, (sign, ..)) in SIGNS.iter().enumerate() {
            assert_eq!(*sign as usize, place);
        }
    }

    #[test]
    fn every_block_of_phrases_is_a_sign() {
        let blocks = include_str!("phrases.txt").lines().filter_map(|line| line.strip_prefix('['));
        for block in blocks {
            assert!(SIGNS.iter().any(|(_, name, _)| block == format!("{name}]")), "{block}");
        }
        assert!(index().len() > 200 && index().iter().all(|(first, ..)| !first.is_empty()));
    }

    #[test]
    fn every_phrase_is_read_as_it_is_written() {
        for (first, rest, sign) in index() {
            let phrase = format!("{first} {rest}");
            let (_, name, _) = SIGNS[*sign as usize];
            assert!(shown(&phrase).contains(&name), "{phrase}");
        }
        assert!(shown("Dépêchez-vous").contains(&"urgent") && shown("depechez-vous").contains(&"urgent"));
    }

    #[test]
    fn signs_are_seen() {
        for (text, wanted) in [
            ("see https://bit.ly/x", &["link", "short-link"][..]),
            ("Subscribe to my channel", &["asks-to-follow"]),
            ("You WON a prize, call 0900 123 456 to claim your £500", &["prize", "money", "phone-number"]),
            ("make money from home", &["earn-money"]),
            ("BUY THE BEST PHONE TODAY", &["capitals"]),
            ("sale now sale now sale now phones phones phones phones phones", &["free-offer", "repetition"]),
            ("#a #b #c #d #e #f", &["many-hashtags"]),
            ("<a href=x>", &["markup"]),
            ("please like this video", &["asks-to-follow"]),
            ("Call 09061234567 now to win", &["prize", "phone-number"]),
            ("+33 6 00 00 00 00", &["phone-number"]),
            ("06 12 34 56 78", &["phone-number"]),
            ("555-123-4567 or 020.7946.0018", &["phone-number"]),
            ("12345 67890", &[]),
            ("my order 1234567890123 and the parcel 3345 2211 9987", &[]),
            ("cheap watches for $5", &["money", "free-offer"]),
            ("cheap watches https://a.example", &["link", "free-offer"]),
            ("feels cheap and plasticky", &[]),
            ("Please subscribe me to the newsletter", &[]),
            ("I had lunch at 12 with 3 friends, it was good", &[]),
            ("", &[]),
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }
}
