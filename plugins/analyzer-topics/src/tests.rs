//! Whole documents, as the host hands them over.

use vigie_plugin::{FailureClass, Value, settings};

use super::*;

fn labels(document: &Document, key: &str, settings: &Settings) -> Vec<String> {
    let annotations = annotate(settings, &mut Reader::default(), document);
    match annotations.iter().find(|annotation| annotation.key == key).map(|annotation| &annotation.value) {
        Some(Value::Labels(labels)) => {
            assert!(labels.iter().all(|label| label.score > 0.0 && label.score <= 1.0), "{labels:?}");
            labels.iter().map(|label| label.name.clone()).collect()
        }
        _ => Vec::new(),
    }
}

fn phrases(language: &str, text: &str) -> Vec<String> {
    labels(&Document::new(text).language(language), "keyphrases", &Settings::default())
}

#[test]
fn phrases_are_what_the_text_speaks_of() {
    let english = phrases(
        "en",
        "The battery life of the Acme phone is a joke. After the last software update the battery life went from two days to \
         ten hours, and customer support at Acme keeps telling me to reset the phone.",
    );
    for wanted in ["battery life", "software update", "customer support"] {
        assert!(english.iter().any(|phrase| phrase == wanted), "{wanted}: {english:?}");
    }
    assert_eq!(english[0], "battery life", "what comes back comes first");
    let french = phrases(
        "fr",
        "La gare de Lyon est fermée après l'incendie d'un transformateur électrique. Pour les voyageurs de la gare, il y a un \
         remboursement, selon la compagnie ferroviaire.",
    );
    for wanted in ["gare", "transformateur électrique", "compagnie ferroviaire"] {
        assert!(french.iter().any(|phrase| phrase == wanted), "{wanted}: {french:?}");
    }
    let german = phrases("de", "Die neue Kamera von Acme macht bei schlechtem Licht gute Bilder, aber die Kamera ist zu teuer.");
    assert!(german.contains(&"kamera".to_owned()) && !german.contains(&"teuer".to_owned()), "{german:?}");
}

#[test]
fn other_languages_have_phrases_too() {
    for (language, text, wanted) in [
        ("es", "El servicio técnico de la tienda no contesta desde hace una semana", "servicio técnico"),
        ("it", "La batteria del telefono dura meno di prima, e la batteria scalda", "batteria"),
        ("pt", "O atendimento ao cliente demora, e o atendimento por telefone não existe", "atendimento"),
        ("nl", "De klantenservice reageert niet op mijn klacht over de levering", "klantenservice"),
        ("ar", "البطارية في هذا الهاتف ضعيفة جدا", "البطارية"),
    ] {
        let found = phrases(language, text);
        assert!(found.iter().any(|phrase| phrase.contains(wanted)), "{language}: {found:?}");
    }
}

#[test]
fn what_cannot_be_known_is_not_said() {
    assert!(phrases("sv", "Batteriet i telefonen är dåligt").is_empty(), "no stop list, no phrases");
    assert!(phrases("en", "").is_empty());
    assert!(phrases("en", "it is what it is").is_empty());
    assert!(phrases("en", "@acme https://a.example 😍 !!! 2024").is_empty());
}

#[test]
fn part_of_a_phrase_is_not_said_again() {
    let found = phrases("en", "Wireless charging pads are slow. Wireless charging pads get hot.");
    assert!(found.contains(&"wireless charging pads".to_owned()), "{found:?}");
    assert!(!found.contains(&"charging pads".to_owned()) && !found.contains(&"wireless charging".to_owned()), "{found:?}");
}

#[test]
fn settings_limit_and_ignore() {
    let text = "Unboxing of the folding phone, folding screen, leather case, metal frame, glass back, fast charger, spare cable";
    let document = Document::new(text).language("en");
    assert_eq!(labels(&document, "keyphrases", &Settings { limit: 3, ..Settings::default() }).len(), 3);
    let ignoring = Settings { ignore: vec!["Unboxing".to_owned(), "case".to_owned()], ..Settings::default() };
    let found = labels(&document, "keyphrases", &ignoring);
    assert!(found.iter().all(|phrase| !phrase.contains("unboxing") && !phrase.contains("case")), "{found:?}");
    let refused = settings::read::<Settings>(r#"{"limit":-1}"#).expect_err("no such number");
    assert_eq!(refused.class, FailureClass::Settings);
}

#[test]
fn titles_count_and_hashtags_are_cut() {
    let document = Document::new("Look at this #BlackFriday #blackfriday #acme").title("Cheap headphones").language("en");
    assert!(labels(&document, "keyphrases", &Settings::default()).contains(&"cheap headphones".to_owned()));
    assert_eq!(labels(&document, "hashtag-words", &Settings::default()), ["black friday"]);
    // No language is needed for a hashtag with capitals.
    assert_eq!(labels(&Document::new("#ServiceClient"), "hashtag-words", &Settings::default()), ["service client"]);
}

#[test]
fn long_and_odd_texts_are_answered_quickly() {
    let long = "battery life phone screen ".repeat(20_000);
    assert!(phrases("en", &long).len() <= 10);
    for odd in ["-", "'", "a-", "#", "##", "#_", "\n\n", "İ İİ", "1 2 3", "&&&", "a\u{301}b", "\u{200d}"] {
        phrases("en", odd);
        phrases("fr", odd);
    }
}

#[test]
fn endless_words_and_endless_texts_are_no_topics() {
    let key = "x".repeat(1 << 20);
    let found = phrases("en", &format!("The battery life of {key} is a joke"));
    assert!(found.iter().any(|phrase| phrase == "battery life") && found.iter().all(|phrase| phrase.len() < 100));
    // More often than a candidate counts.
    assert_eq!(phrases("en", &"Battery life. ".repeat(70_000))[0], "battery life");
}
