//! What people write, as the miniature internet's story has it.

use vigie_mention::{Engagement, Instant, Mention, MentionKind};

/// When all of it was written.
const AT: Instant = Instant::from_millis(1_795_334_400_000);

const SENTENCES: [&str; 12] = [
    "The battery of my new acme phone lasts two days, I really love it",
    "Acme support answered within an hour, thanks a lot!",
    "Honestly the camera is great but the battery gets terribly hot after the update",
    "Mon acme chauffe énormément depuis la mise à jour, c'est inadmissible",
    "Très content de mon nouveau téléphone acme, l'écran est magnifique 😍",
    "Has anybody tried the acme with two SIM cards? I cannot find the setting",
    "La livraison a pris trois semaines et personne ne répond, quelle déception",
    "Acme announced a price cut, the rival will not be happy about that",
    "I'm not sure it is worth the price, the old one was not bad at all",
    "Je ne regrette pas mon achat, la batterie tient deux jours sans problème",
    "WORST UPDATE EVER!!! my acme restarts every ten minutes 😡",
    "Quelqu'un sait si la coque du modèle précédent va sur le nouveau acme ?",
];

/// The n-th of an endless row of texts of about 200 characters, each different.
pub(crate) fn text(number: usize) -> String {
    let sentence = |step: usize| SENTENCES[(number * 7 + step * 5 + number / 11) % SENTENCES.len()];
    format!("{}. {}. {}. #{number}", sentence(0), sentence(1), sentence(2))
}

/// A text as an admitted mention, every other one said to be French.
pub(crate) fn mention(number: usize, text: String) -> Mention {
    Mention {
        source: "bench".to_owned(),
        instance: String::new(),
        id: number.to_string(),
        kind: MentionKind::Post,
        url: None,
        title: None,
        text,
        quoted: Vec::new(),
        language: Some(if number.is_multiple_of(2) { "en" } else { "fr" }.to_owned()),
        author: None,
        published: None,
        edited: None,
        collected_at: AT,
        parent: None,
        thread: None,
        original: None,
        engagement: Engagement::default(),
        rating: None,
        country: None,
        links: Vec::new(),
        hashtags: Vec::new(),
        handles: Vec::new(),
        media: Vec::new(),
        attributes: Vec::new(),
    }
}
