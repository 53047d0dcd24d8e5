//! Whole documents, as the host hands them over.

use vigie_plugin::{Author, Value};

use super::*;

fn number(annotations: &[Annotation], key: &str) -> Option<f64> {
    annotations.iter().find(|annotation| annotation.key == key).map(|annotation| match annotation.value {
        Value::Number(number) => number,
        _ => panic!("{key} is a number"),
    })
}

fn reasons(annotations: &[Annotation], key: &str) -> Vec<String> {
    match annotations.iter().find(|annotation| annotation.key == key).map(|annotation| &annotation.value) {
        Some(Value::Labels(labels)) => labels.iter().map(|label| label.name.clone()).collect(),
        _ => Vec::new(),
    }
}

fn of(language: &str, text: &str) -> (f64, Vec<String>) {
    let annotations = annotate(&Settings::default(), &mut Words::default(), &Document::new(text).language(language));
    (number(&annotations, "spam").expect("a text"), reasons(&annotations, "spam-reasons"))
}

fn author(handle: &str) -> Author {
    Author {
        id: handle.to_owned(),
        handle: Some(handle.to_owned()),
        name: None,
        url: None,
        bio: None,
        location: None,
        followers: Some(0),
        verified: Some(false),
    }
}

#[test]
fn spam_is_likely_and_says_why() {
    for (language, text, reason) in [
        ("en", "Hey guys check out my channel and subscribe please!!", "asks-to-follow"),
        ("en", "CONGRATULATIONS you have won a £1000 prize! Call 09061234567 now to claim", "prize"),
        ("en", "Earn money from home, click here https://bit.ly/abc", "earn-money"),
        ("en", "free followers, visit https://spam.example now", "link"),
        ("fr", "Abonnez-vous à ma chaîne et cliquez ici https://a.example", "asks-to-follow"),
        ("fr", "Gagnez un téléphone gratuit en cliquant ici", "prize"),
        ("fr", "Prêt sans justificatif, écrivez-moi sur WhatsApp +33 6 00 00 00 00", "phone-number"),
        ("fr", "Gagner de l'argent facilement avec la crypto, contactez-moi", "earn-money"),
        ("es", "Suscribete a mi canal, haz clic aquí https://a.example", "asks-to-follow"),
    ] {
        let (likely, reasons) = of(language, text);
        assert!(likely > 0.5, "{text}: {likely}");
        assert!(reasons.iter().any(|name| name == reason), "{text}: {reasons:?}");
    }
}

#[test]
fn what_people_write_is_not() {
    for (language, text) in [
        ("en", "The battery of my phone died again after two hours"),
        ("en", "this song is so good I listen to it every day"),
        ("en", "Call me later, I am still at work"),
        ("en", "Has anyone tried the new update? It is slow on mine"),
        ("en", "lol"),
        ("fr", "Le service client ne répond pas depuis lundi"),
        ("fr", "J'adore cette chanson, vraiment belle"),
        ("de", "Der Akku hält nur zwei Stunden"),
    ] {
        let (likely, reasons) = of(language, text);
        assert!(likely < 0.4, "{text}: {likely} {reasons:?}");
    }
}

#[test]
fn a_link_or_few_words_are_no_reason() {
    for text in [
        "Source: https://a.example/wiki/Acme",
        "My notes on the outage are here https://a.example/notes",
        "Please check my ticket https://a.example/t/1",
        "https://a.example",
        "👍",
        "thanks!",
    ] {
        let (likely, reasons) = of("en", text);
        assert!(likely < 0.5, "{text}: {likely} {reasons:?}");
    }
}

/// Whoever wrote "please" was a spammer, as below the videos the model learned from.
#[test]
fn polite_customers_are_no_spammers() {
    for text in [
        "Please help me with my order",
        "Please add dark mode",
        "Please follow up on my ticket 4412, nobody answers.",
        "Please subscribe me to the newsletter",
        "feels cheap and plasticky",
        "It fell apart after two days, very cheap.",
        "12345 67890",
        "Order 12345 67890 has not arrived",
        "My order number is 1234567890123",
    ] {
        let (likely, reasons) = of("en", text);
        assert!(likely < 0.4, "{text}: {likely} {reasons:?}");
    }
}

#[test]
fn nothing_known_nothing_said() {
    let annotations = annotate(&Settings::default(), &mut Words::default(), &Document::new(" "));
    assert!(annotations.is_empty(), "{annotations:?}");
    let mut document = Document::new("");
    document.author = Some(author("sales_bot"));
    let annotations = annotate(&Settings::default(), &mut Words::default(), &document);
    assert_eq!(number(&annotations, "spam"), None);
    assert!(number(&annotations, "bot").expect("an author") > 0.6);
    assert_eq!(reasons(&annotations, "bot-reasons")[0], "says-so");
}

#[test]
fn trusted_accounts_are_neither() {
    let mut document = Document::new("Subscribe to my channel https://bit.ly/x");
    document.author = Some(author("@Acme_Bot"));
    let settings = Settings { trusted: vec!["acme_bot".to_owned()] };
    let annotations = annotate(&settings, &mut Words::default(), &document);
    assert_eq!((number(&annotations, "spam"), number(&annotations, "bot")), (Some(0.0), Some(0.0)));
}

#[test]
fn every_reason_is_declared() {
    let manifest = include_str!("../plugin.toml");
    for (_, name, _) in SIGNS {
        assert!(manifest.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn any_text_is_judged_in_bounded_time() {
    for odd in ["<", "£", "1 1 1 1 1", "#", "@", "\u{200d}", "٣٤٥", "http://", "www."] {
        assert!(annotate(&Settings::default(), &mut Words::default(), &Document::new(odd)).len() <= 2, "{odd}");
    }
    of("en", &"call 09 free win £5 ".repeat(30_000));
    of("en", &"1 ".repeat(100_000));
}
