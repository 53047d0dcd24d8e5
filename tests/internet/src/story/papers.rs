//! The three sites with a feed: the English tech press, a French newspaper, a repairer's blog.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use super::boards::slug;
use super::calendar::{COMING, Clock, Days, PAST, campaign, crisis};
use super::items::{Entry, FeedFormat, Paper, Words};
use super::words_en::ENGLISH;
use super::words_fr::FRENCH;
use super::writer::{Brand, Language, Subject, Theme, Writer};

/// What differs between the sites.
struct Plan {
    host: &'static str,
    path: &'static str,
    title: &'static str,
    language: &'static str,
    words: Language,
    format: FeedFormat,
    clock: Clock,
    /// Everyday articles, and articles about the crisis.
    articles: (u32, u32),
    /// Days after the forums.
    delay: f64,
    writers: &'static [&'static str],
    /// Titles and texts that belong to a day.
    events: &'static [(f64, &'static str, &'static str)],
}

const PLANS: [Plan; 3] = [
    Plan {
        host: "pocketwire.example",
        path: "/feed/",
        title: "Pocketwire",
        language: "en-GB",
        words: ENGLISH,
        format: FeedFormat::Rss,
        clock: Clock { ahead: 0, weekend: 0.35 },
        articles: (150, 20),
        delay: 1.6,
        writers: &["Nora Whitfield", "Imran Kaya", "Tom Hughes"],
        events: &[
            (
                17.4,
                "Lumio unveils the Flex, a foldable you can open with a screwdriver",
                "Lumio today announced the Lumio Flex, its first foldable. It is beautiful, light and repairable, and it goes on sale next week. #LumioFlex\n\nThe maker promises seven years of updates.",
            ),
            (
                33.5,
                "Ostra cuts prices by a fifth",
                "Ostra lowers the price of the Ostra Nova and the Ostra Nova 2 from today. A great deal, and a hint that the next model is near.",
            ),
            (
                42.9,
                "Lumio phones overheat after update",
                "Owners of the Lumio 5 report dangerous heat after installing LumioOS 5.2. Photos of swollen batteries are spreading in forums.\n\nLumio has not answered our questions.",
            ),
            (
                43.6,
                "Lumio halts LumioOS 5.2 and apologises",
                "Lumio has stopped the faulty update and apologises to its customers. A corrected version is in testing.\n\nShops in London and Lyon report dozens of returned phones.",
            ),
            (
                47.5,
                "Lumio ships fix for overheating phones",
                "LumioOS 5.2.1 is out. Our test unit stays cool, and damaged batteries are replaced for free.",
            ),
            (
                50.5,
                "Camera shoot-out: Pyrel P9 Ultra wins",
                "The Pyrel P9 Ultra takes the best pictures of the year, ahead of the Lumio 5 and the Ostra Nova 2. Excellent in the dark.",
            ),
            (
                63.5,
                "Lumio offers a new battery to every owner concerned",
                "A generous answer, four weeks after the trouble: every phone that ran LumioOS 5.2 gets a new battery.",
            ),
        ],
    },
    Plan {
        host: "courrier-numerique.example",
        path: "/technologies/atom.xml",
        title: "Le Courrier numérique – Technologies",
        language: "fr",
        words: FRENCH,
        format: FeedFormat::Atom,
        clock: Clock { ahead: 1, weekend: 0.4 },
        articles: (120, 18),
        delay: 1.9,
        writers: &["Claire Ferrand", "Youssef Marchal", "Anne Duval"],
        events: &[
            (
                17.45,
                "Lumio dévoile le Flex, un pliable réparable",
                "Le fabricant franco-britannique Lumio présente le Lumio Flex, élégant et réparable. Une belle réussite. #LumioFlex",
            ),
            (
                43.1,
                "Des téléphones Lumio en surchauffe après une mise à jour",
                "Des clients de Lumio signalent une chaleur dangereuse depuis LumioOS 5.2. Des batteries gonflées circulent en photo.\n\nL'autorité de protection des consommateurs dit suivre l'affaire.",
            ),
            (
                43.7,
                "Lumio suspend sa mise à jour et s'excuse",
                "Le fabricant suspend LumioOS 5.2 et présente ses excuses. Une version corrigée est attendue cette semaine.",
            ),
            (
                47.6,
                "Lumio publie le correctif",
                "LumioOS 5.2.1 règle la surchauffe, selon nos essais. Les batteries abîmées seront remplacées.",
            ),
            (
                63.6,
                "Lumio remplace toutes les batteries concernées",
                "Un geste apprécié : chaque client concerné peut demander une batterie neuve.",
            ),
        ],
    },
    Plan {
        host: "bench-and-solder.example",
        path: "/feed.json",
        title: "Bench & Solder",
        language: "en",
        words: ENGLISH,
        format: FeedFormat::Json,
        clock: Clock { ahead: 0, weekend: 1.4 },
        articles: (62, 7),
        delay: 1.2,
        writers: &["The Phone Doctor"],
        events: &[(
            44.8,
            "Inside a swollen Lumio 5",
            "I opened {n} returned phones. The cell is fine, the charge limit in LumioOS 5.2 is not: far too high, and that is a terrible mistake.",
        )],
    },
];

pub(super) fn write(days: Days, seed: u64) -> Vec<Paper> {
    let papers = PLANS.into_iter().enumerate().map(|(at, plan)| {
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9).wrapping_add(500 + at as u64));
        paper(days, &plan, &mut rng)
    });
    papers.collect()
}

fn paper(days: Days, plan: &Plan, rng: &mut Rng) -> Paper {
    let mut writer = Writer::new(plan.words);
    let end = f64::from(PAST + COMING);
    let mut entries = Vec::new();
    for at in days.sample(rng, plan.articles.0, (0.0, end), plan.clock, campaign) {
        let roll = rng.u32(0..100);
        if roll < 20 {
            let (title, text) = writer.aside(rng, roll < 6);
            entries.push(entry(rng, plan, at, title, text, vec!["society"]));
            continue;
        }
        let subject = Subject::everyday(rng, days.of(at));
        entries.push(article(rng, &mut writer, days, plan, at, subject));
    }
    for at in days.sample(rng, plan.articles.1, (42.5, 57.0), plan.clock, |day| crisis(day, plan.delay)) {
        let theme = if days.of(at) > 47.5 { Theme::Repaired } else { Theme::Crisis };
        let subject = Subject::about(rng, Brand::Lumio, theme);
        entries.push(article(rng, &mut writer, days, plan, at, subject));
    }
    for (day, title, text) in plan.events {
        entries.push(entry(rng, plan, days.at(*day), (*title).to_owned(), text.replace("{n}", "five"), vec!["phones", "news"]));
    }
    entries.sort_by_key(|entry| entry.at);
    // An address is unique although titles come back.
    for (at, entry) in entries.iter_mut().enumerate() {
        entry.slug = format!("{}-{}", slug(&entry.title), 1_200 + at);
    }
    let Plan { host, path, title, language, format, .. } = *plan;
    Paper { host, path, title, language, format, entries }
}

fn article(rng: &mut Rng, writer: &mut Writer, days: Days, plan: &Plan, at: Timestamp, subject: Subject) -> Entry {
    let tone = subject.tone(rng, days.of(at));
    let title = writer.title(rng, &subject);
    let paragraphs = rng.u32(1..4);
    let text = writer.article(rng, &subject, tone, paragraphs);
    entry(rng, plan, at, title, text, vec!["phones"])
}

fn entry(rng: &mut Rng, plan: &Plan, at: Timestamp, title: String, text: String, tags: Vec<&'static str>) -> Entry {
    let mut words = Words::new(text.clone());
    match rng.u32(0..100) {
        0..3 => {
            let note = if plan.language == "fr" {
                "Mise à jour : précisions du fabricant."
            } else {
                "Update: clarified by the maker."
            };
            words.change(at + Duration::from_secs(3_600) * rng.u32(1..20), Some(format!("{text}\n\n{note}")));
        }
        3 => words.change(at + Duration::from_secs(3_600) * rng.u32(1..40), None),
        _ => {}
    }
    let author = plan.writers[rng.usize(..plan.writers.len())].to_owned();
    Entry { slug: String::new(), at, title, author, words, tags, comments: rng.u32(0..40) }
}
