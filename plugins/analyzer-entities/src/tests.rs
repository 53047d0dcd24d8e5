//! Whole documents, as the host hands them over.

use vigie_plugin::{FailureClass, Value, settings};

use super::*;

fn read(text: &str) -> Settings {
    settings::read::<Settings>(text).expect("settings that fit")
}

fn names(settings: &Settings, language: Option<&str>, text: &str, key: &str) -> Vec<String> {
    let document = Document::new(text).language(language);
    let annotations = annotate(settings, &mut Scratch::default(), &document);
    match annotations.iter().find(|annotation| annotation.key == key).map(|annotation| &annotation.value) {
        Some(Value::Labels(labels)) => {
            assert!(labels.iter().all(|label| (0.0..=1.0).contains(&label.score)), "{labels:?}");
            labels.iter().map(|label| label.name.clone()).collect()
        }
        _ => Vec::new(),
    }
}

const DICTIONARY: &str = r#"{"entries":[
    {"name":"Acme Airlines","kind":"brand","aliases":["AcmeAir"],"handles":["@acmeair"]},
    {"name":"Falconeer 9","kind":"product"},
    {"name":"Jeanne Martin","kind":"person","handles":["jmartin"]},
    {"name":"Port-Louis","kind":"place"}]}"#;

#[test]
fn the_dictionary_comes_first() {
    let settings = read(DICTIONARY);
    let text = "@acmeair your acme airlines staff in Port-Louis lost my Falconeer 9, said @JMartin. Acme Airlnies again";
    assert_eq!(names(&settings, Some("en"), text, "brands"), ["Acme Airlines"]);
    assert_eq!(names(&settings, Some("en"), text, "products"), ["Falconeer 9"]);
    assert_eq!(names(&settings, Some("en"), text, "people"), ["Jeanne Martin"]);
    assert_eq!(names(&settings, Some("en"), text, "places"), ["Port-Louis"]);
    let only = read(&DICTIONARY.replacen('{', r#"{"unknown":false,"#, 1));
    assert!(names(&only, Some("en"), "I moved from Google to Apple in London", "brands").is_empty());
}

#[test]
fn others_are_found_by_their_shape() {
    let settings = read("{}");
    let brands = names(&settings, Some("en"), "I left Microsoft for Google and saw it on the BBC", "brands");
    assert!(brands.iter().any(|name| name == "Google") && brands.iter().any(|name| name == "BBC"), "{brands:?}");
    let places = names(&settings, Some("en"), "flying from London to New York tomorrow", "places");
    assert!(places.iter().any(|name| name == "London") && places.iter().any(|name| name == "New York"), "{places:?}");
    assert_eq!(names(&settings, Some("fr"), "Hier j'ai vu Marie Durand à la gare", "names"), ["Marie Durand"]);
}

/// Brands were people, since both are called and both hang up.
#[test]
fn a_single_word_nobody_knows_is_hardly_a_person() {
    let settings = read("{}");
    for (text, name) in [("I called Acme yesterday and they hung up.", "Acme"), ("Nova is way better than Acme.", "Acme")] {
        let people = names(&settings, Some("en"), text, "people");
        assert!(people.is_empty(), "{text}: {people:?}");
        assert!(names(&settings, Some("en"), text, "names").iter().any(|found| found == name), "{text}");
    }
    for (text, name) in [
        ("Julia from Acme support was great", "Julia"),
        ("Thanks Kevin for your help", "Kevin"),
        ("Emma Watson was great in that movie", "Emma Watson"),
    ] {
        assert_eq!(names(&settings, Some("en"), text, "people"), [name], "{text}");
    }
    assert_eq!(names(&settings, Some("fr"), "L'iPhone 15 de Marie", "names"), ["iPhone", "Marie"]);
}

#[test]
fn what_names_nobody_has_no_names() {
    let settings = read("{}");
    for (language, text) in [
        (Some("en"), "i am so tired of this weather"),
        (Some("en"), "Good morning, how are you today?"),
        (Some("fr"), "Bonjour, comment allez-vous ?"),
        (Some("ar"), "صباح الخير"),
        (None, ""),
    ] {
        for key in KEYS {
            assert!(
                names(&settings, language, text, key).is_empty(),
                "{text}: {key} {:?}",
                names(&settings, language, text, key)
            );
        }
    }
}

#[test]
fn wrong_settings_name_the_entry() {
    for (wrong, named) in [
        (r#"{"entries":[{"name":"Acme"}]}"#, "entries[0]"),
        (r#"{"entries":[{"name":"Acme","kind":"animal"}]}"#, "entries[0].kind"),
        (r#"{"entries":[{"name":"Acme","kind":"brand","handles":["a b"]}]}"#, "entry `Acme` has the handle `a b`"),
    ] {
        let failure = settings::read::<Settings>(wrong).expect_err(wrong);
        assert_eq!(failure.class, FailureClass::Settings);
        assert!(failure.message.contains(named), "{}", failure.message);
    }
}

#[test]
fn any_text_is_read_in_bounded_time() {
    let settings = read(DICTIONARY);
    for odd in ["@", "#", "É", "İstanbul İ", "A", "AA AA", "'s", "\u{200d}", "&", "@@", "a\u{301}A"] {
        for language in [None, Some("en"), Some("de"), Some("tr")] {
            names(&settings, language, odd, "names");
        }
    }
    names(&settings, Some("en"), &"Acme Airlnies Of The ".repeat(30_000), "brands");
    names(&settings, Some("fr"), &"@a #b C ".repeat(50_000), "names");
    names(&settings, Some("en"), &"É".repeat(100_000), "names");
}
