//! Whole documents, as the host hands them over.

use vigie_plugin::{FailureClass, Rating, Value, settings};

use super::*;

fn labels(annotations: &[Annotation], key: &str) -> Vec<Label> {
    match annotations.iter().find(|annotation| annotation.key == key).map(|annotation| &annotation.value) {
        Some(Value::Labels(labels)) => labels.clone(),
        _ => Vec::new(),
    }
}

fn intents(language: &str, text: &str) -> Vec<String> {
    let annotations = annotate(&Settings::default(), &mut Text::default(), &Document::new(text).language(language));
    labels(&annotations, "intent").into_iter().map(|label| label.name).collect()
}

#[test]
fn intents_are_seen() {
    let mut missed = Vec::new();
    for (language, intent, texts) in [
        (
            "en",
            "complaint",
            &[
                "@acme my router has been down since Monday and nobody answers",
                "Still waiting for my refund, three weeks now",
                "why does the app keep crashing after the update?",
                "@acme_help i was charged twice for the same order",
                "Worst customer service I have ever seen",
                "This phone is broken and you don't even reply",
                "@acme 3rd time this week my parcel says delivered and it never came",
                "@acme_air four hours on the tarmac at the gate and not one person has told us anything",
                "thanks for nothing @acme",
                "never flying with @acme again",
                "@acme_help the lid came off after one week",
                "<user> I ordered the blue one and got the red one",
                "@acme step count is way off since I changed phones",
                "this site won't let me upload my picture",
                "Waste of money",
                "I have never been so disappointed in a product.",
                "I wouldn't recommend this to anyone.",
                "Thanks for nothing.",
                "thank you so much for nothing",
                "they never fixed my issue",
                "I waited three weeks and they still haven't fixed the problem",
            ][..],
        ),
        (
            "en",
            "purchase",
            &[
                "I want to buy the new Acme phone so bad",
                "my next phone will be an Acme 5",
                "anyone know where I can get a cheap one?",
                "whats the best laptop for under 500",
                "should I get the Acme 5 or wait for the 6?",
                "where can I buy these shoes?",
                "Thinking of getting one for my birthday",
                "How much is the blue one?",
                "can't wait to get my hands on this phone",
                "Just ordered the new Acme 4, can't wait!",
            ],
        ),
        (
            "en",
            "praise",
            &[
                "Love my new headphones, amazing sound",
                "Great service from @acme today, thank you so much!",
                "I highly recommend this place",
                "Shout out to Acme support, Julia solved my problem in five minutes.",
                "good customer service and a great team",
            ],
        ),
        (
            "en",
            "churn-risk",
            &[
                "I am cancelling my subscription",
                "never shopping there again",
                "That's it, switching to a competitor",
                "You just lost a customer",
                "switching to Globex",
                "cancelled my subscription",
                "I'm done with Acme",
                "moving to another provider",
            ],
        ),
        ("en", "question", &["Does it work with a Mac?", "anyone know how to reset this", "what is the difference"]),
        (
            "fr",
            "complaint",
            &[
                "Toujours pas reçu mon colis, honteux",
                "@acme votre appli ne marche plus depuis hier",
                "J'attends mon remboursement depuis trois semaines",
                "Service client injoignable, je suis très déçue",
                "C'est du vol, 20 euros pour ça",
                "Je ne recommande pas ce produit.",
                "Je déconseille cette marque",
                "Merci pour rien.",
            ],
        ),
        (
            "fr",
            "purchase",
            &[
                "Je veux acheter ce téléphone",
                "Où peut-on commander cette montre ?",
                "J'hésite entre les deux modèles",
                "Quel est le prix de ce modèle ?",
                "Le prix ?",
                "Pouvez-vous me donner le tarif",
            ],
        ),
        ("fr", "praise", &["Merci beaucoup pour votre accueil, équipe géniale", "J'adore mon nouveau vélo, très bonne qualité"]),
        (
            "fr",
            "complaint",
            &["Votre appli plante sans arrêt", "ça ne marche plus", "toujours pas remboursé", "J'en ai marre de vos retards"],
        ),
        ("fr", "praise", &["Bravo pour le service", "super appli", "service au top", "équipe très sympa"]),
        (
            "fr",
            "question",
            &[
                "comment faire pour le changer",
                "est-ce que vous livrez",
                "quelqu'un sait quand ça ouvre",
                "savez-vous s'il y en a",
            ],
        ),
        ("fr", "churn-risk", &["Je résilie mon forfait", "Plus jamais chez eux", "Je vais changer d'opérateur"]),
        ("fr", "question", &["Est-ce que la batterie tient la journée", "Comment faire pour le réinitialiser ?"]),
        ("de", "question", &["Wann kommt das neue Modell?"]),
    ] {
        for text in texts {
            let found = intents(language, text);
            if !found.iter().any(|name| name == intent) {
                missed.push(format!("{intent}: {text}: {found:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_is_not_meant_is_not_said() {
    let mut wrong = Vec::new();
    for (language, intent, text) in [
        ("en", "complaint", "Good morning everyone, what a lovely day"),
        ("en", "complaint", "thanks for the quick help, it works now"),
        ("en", "complaint", "no problem, happy to help"),
        ("en", "complaint", "@acme_help do you have a shop in Leeds?"),
        ("en", "complaint", "@jo are you coming to the party or not"),
        ("en", "complaint", "@acme got it working now, cheers"),
        ("en", "purchase", "I don't want to buy this phone"),
        ("en", "purchase", "I want to go home and sleep"),
        ("en", "purchase", "already bought mine last week"),
        ("en", "praise", "not happy with the service"),
        ("en", "churn-risk", "I will never leave you"),
        ("en", "question", "it arrived yesterday"),
        ("fr", "complaint", "Merci, tout est parfait"),
        ("fr", "purchase", "Je ne veux plus acheter chez vous"),
        ("fr", "praise", "pas content du tout"),
        ("de", "complaint", "Der Akku ist kaputt"),
        ("fr", "purchase", "c'est inadmissible"),
        ("fr", "praise", "Je recommande pas"),
        ("fr", "complaint", "Mon vol est à 10h"),
        ("fr", "complaint", "Le vol pour Nice part à l'heure"),
        ("fr", "purchase", "je vais me coucher"),
        ("fr", "churn-risk", "Je résilie pas"),
        ("fr", "churn-risk", "je ne change pas d'opérateur"),
        ("fr", "churn-risk", "je vais chez le médecin"),
        ("fr", "churn-risk", "On a perdu un ami"),
        ("fr", "churn-risk", "La concurrence est rude"),
        ("en", "complaint", "not disappointed"),
        ("en", "complaint", "I can't complain, it just works."),
        ("en", "complaint", "They fixed the issue right away."),
        ("en", "complaint", "Shout out to Acme support, Julia solved my problem in five minutes."),
        ("en", "complaint", "I can't recommend it enough"),
        ("en", "complaint", "I wouldn't recommend anything else"),
        ("en", "praise", "Good morning @acme team!"),
        ("en", "praise", "Thanks for nothing"),
        ("fr", "praise", "Merci pour rien."),
        ("fr", "praise", "Je ne recommande pas ce produit."),
        ("fr", "purchase", "Le prix est trop élevé"),
        ("fr", "purchase", "Le prix est correct"),
        ("en", "complaint", "it is not broken"),
        ("en", "complaint", "it never crashed"),
        ("en", "churn-risk", "I'm not going to cancel my subscription"),
        ("en", "churn-risk", "I am done with my homework"),
    ] {
        let found = intents(language, text);
        if found.iter().any(|name| name == intent) {
            wrong.push(format!("{intent}: {text}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for text in ["", " ", "😍", "https://a.example", "The meeting is on Tuesday"] {
        assert!(intents("en", text).is_empty(), "{text}");
    }
}

/// Every question of a language without cues was a purchase, every text with `me` or `i` in it, too, and every text that names an account a
/// complaint: what a model adds up for want of words. There a mark, a cue of the operator's or stars must speak.
#[test]
fn words_nobody_understands_show_nothing() {
    for (language, text, wanted) in [
        ("de", "Wie spät ist es?", &["question"][..]),
        ("es", "¿Qué hora es?", &["question"]),
        ("es", "Me gusta mucho este café.", &[]),
        ("pt", "Este mês não i", &[]),
        ("es", "@acme gracias por la ayuda", &[]),
        ("de", "@acme das ist super, danke!", &[]),
        ("de", "@acme wann öffnet ihr?", &["question"]),
        ("und", "@acme not my order", &[]),
        ("fr", "@acme vous avez une belle boutique", &[]),
        ("fr", "@acme bonjour, quels sont vos horaires ?", &["question"]),
    ] {
        assert_eq!(intents(language, text), wanted, "{text}");
    }
    let own = settings::read::<Settings>(r#"{"cues":{"complaint":["kaputt"],"praise":["danke"],"purchase":["bestellen"]}}"#);
    let own = own.expect("fits");
    let judged = |text: &str, stars: Option<f64>| {
        let mut document = Document::new(text).language("de");
        document.rating = stars.map(|value| Rating { value, worst: 1.0, best: 5.0 });
        let annotations = annotate(&own, &mut Text::default(), &document);
        labels(&annotations, "intent").into_iter().map(|label| label.name).collect::<Vec<_>>()
    };
    assert_eq!(judged("Der Akku ist kaputt", None), ["complaint"]);
    assert_eq!(judged("Danke euch", None), ["praise"]);
    assert_eq!(judged("Ich will es bestellen", None), ["purchase"]);
    assert_eq!(judged("Kam am Dienstag", Some(1.0)), ["complaint"]);
    assert_eq!(judged("Kam am Dienstag", Some(5.0)), ["praise"]);
    assert!(judged("Kam am Dienstag", Some(3.0)).is_empty());
}

/// Headlines were taken for what their authors want.
#[test]
fn articles_tell_of_others() {
    let article = |text: &str| {
        let mut document = Document::new(text).language("en");
        document.kind = MentionKind::Article;
        let annotations = annotate(&Settings::default(), &mut Text::default(), &document);
        labels(&annotations, "intent").into_iter().map(|label| label.name).collect::<Vec<_>>()
    };
    for headline in [
        "Lumio shares fall after battery problems",
        "How to set up your new router",
        "Battery fixed. The update is out, says the maker, \"at last\".",
    ] {
        assert!(!intents("en", headline).is_empty(), "a post may mean it: {headline}");
        assert_eq!(article(headline), [""; 0], "{headline}");
    }
    let own = "My router has been down since Monday, nobody answers and I want a refund";
    assert_eq!(article(own), ["complaint"]);
    assert_eq!(article("Lumio 5 review: great phone"), ["praise"]);
}

#[test]
fn each_intent_shows_its_cue() {
    let document = Document::new("@acme I was charged twice, so I am cancelling my plan").language("en");
    let annotations = annotate(&Settings::default(), &mut Text::default(), &document);
    let (intents, cues) = (labels(&annotations, "intent"), labels(&annotations, "intent-cues"));
    assert_eq!(intents.len(), cues.len());
    for (intent, cue) in intents.iter().zip(&cues) {
        let words = cue.name.strip_prefix(&format!("{}: ", intent.name)).expect("named after its intent");
        assert!(words == "tone" || document.text.contains(words), "{cue:?}");
        assert!((0.5..=1.0).contains(&intent.score) && cue.score > 0.0);
    }
    assert!(cues.iter().any(|cue| cue.name == "churn-risk: cancelling my plan"), "{cues:?}");
}

#[test]
fn stars_count() {
    let rated = |value: f64| {
        let mut document = Document::new("The delivery came on Tuesday.").language("en");
        document.rating = Some(Rating { value, worst: 1.0, best: 5.0 });
        let annotations = annotate(&Settings::default(), &mut Text::default(), &document);
        labels(&annotations, "intent").into_iter().map(|label| label.name).collect::<Vec<_>>()
    };
    assert_eq!(rated(1.0), ["complaint"]);
    assert!(!rated(3.0).contains(&"complaint".to_owned()));
    assert!(!rated(5.0).contains(&"complaint".to_owned()));
}

#[test]
fn settings_change_what_is_seen() {
    let document = Document::new("the dial tone is gone").language("en");
    let read = |text: &str| settings::read::<Settings>(text);
    let own = read(r#"{"cues":{"complaint":["dial tone _ gone"]}}"#).expect("fits");
    let seen = |settings: &Settings| labels(&annotate(settings, &mut Text::default(), &document), "intent").len();
    assert_eq!((seen(&Settings::default()), seen(&own)), (0, 1));
    assert_eq!(seen(&read(r#"{"cues":{"complaint":["dial tone"]},"threshold":0.95}"#).expect("fits")), 0);
    for wrong in [r#"{"cues":{"anger":["x"]}}"#, r#"{"cues":{"praise":["_ _"]}}"#, r#"{"threshold":"x"}"#] {
        let failure = read(wrong).expect_err(wrong);
        assert_eq!(failure.class, FailureClass::Settings, "{wrong}: {}", failure.message);
    }
}

#[test]
fn any_text_is_judged_in_bounded_time() {
    for odd in ["?", "!!", "@", "#", "'", "never never never", "İ", "\u{200d}", "a\u{301}"] {
        for language in ["en", "fr", "xx"] {
            intents(language, odd);
        }
    }
    intents("en", &"I want to not buy never again why is my ".repeat(20_000));
    intents("fr", &"je ne veux plus jamais acheter ".repeat(20_000));
}
