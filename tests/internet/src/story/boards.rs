//! The two forums: topics with their replies, quotes, edits, removals and system lines.

use fastrand::Rng;
use jiff::Timestamp;
use std::time::Duration;

use super::calendar::{COMING, Clock, Days, PAST, campaign, crisis};
use super::cast::Cast;
use super::items::{Board, Person, Post, Topic, Words};
use super::words_en::ENGLISH;
use super::words_fr::FRENCH;
use super::writer::{Brand, Subject, Theme, Tone, Writer};

/// What differs between the forums.
struct Plan {
    host: &'static str,
    title: &'static str,
    language: &'static str,
    old_paging: bool,
    clock: Clock,
    /// Everyday topics over all days, and topics of the crisis.
    topics: (u32, u32),
    people: usize,
    famous: &'static [(&'static str, &'static str)],
    statement: &'static [(f64, &'static str, &'static str)],
    edit: &'static str,
    thanks: &'static str,
}

const ENGLISH_PLAN: Plan = Plan {
    host: "forum.phones.example",
    title: "Phones Forum",
    language: "en",
    old_paging: false,
    clock: Clock { ahead: 0, weekend: 0.7 },
    topics: (255, 24),
    people: 190,
    famous: &[
        ("mira_tests", "Mira Tests Phones"),
        ("phonedoc", "The Phone Doctor"),
        ("old_nokian", "Harold"),
        ("lena_k", "Lena K."),
    ],
    statement: &[
        (
            43.45,
            "Statement on LumioOS 5.2",
            "We have stopped the update to LumioOS 5.2 and are sorry for the trouble.\n\nIf your phone gets hot, switch off fast charging and contact us. A corrected version is being tested and will follow within days.",
        ),
        (
            47.4,
            "LumioOS 5.2.1 is available",
            "LumioOS 5.2.1 corrects the charging fault. Please install it as soon as it is offered.\n\nBatteries that have suffered are replaced free of charge: https://lumio.example/battery",
        ),
        (
            63.4,
            "New batteries for everybody concerned",
            "Every phone that ran LumioOS 5.2 gets a new battery on request, without questions, until the end of March: https://lumio.example/battery",
        ),
    ],
    edit: "Edit: solved in the meantime, thanks all.",
    thanks: "Sorry to hear that @{name}, please send us your serial number by private message and we replace the phone at once.",
};

const FRENCH_PLAN: Plan = Plan {
    host: "forum.mobiles.example",
    title: "Forum Mobiles",
    language: "fr",
    old_paging: true,
    clock: Clock { ahead: 1, weekend: 0.75 },
    topics: (190, 21),
    people: 150,
    famous: &[
        ("TechaMarie", "Marie"),
        ("papybidouille", "Papy Bidouille"),
        ("mira_tests", "Mira Tests Phones"),
        ("le_reparateur", "Le Réparateur"),
    ],
    statement: &[
        (
            43.5,
            "Communiqué : LumioOS 5.2",
            "Nous avons suspendu la mise à jour LumioOS 5.2 et vous présentons nos excuses.\n\nSi votre téléphone chauffe, coupez la charge rapide et contactez-nous. Une version corrigée est en test et arrive sous quelques jours.",
        ),
        (
            47.45,
            "LumioOS 5.2.1 est disponible",
            "LumioOS 5.2.1 corrige le défaut de charge. Installez-la dès qu'elle vous est proposée.\n\nLes batteries abîmées sont remplacées gratuitement : https://lumio.example/battery",
        ),
        (
            63.45,
            "Une batterie neuve pour tous",
            "Chaque téléphone passé par LumioOS 5.2 reçoit une batterie neuve sur simple demande, jusqu'à fin mars : https://lumio.example/battery",
        ),
    ],
    edit: "Édit : résolu entre-temps, merci à tous.",
    thanks: "Désolés @{name}, envoyez-nous votre numéro de série en message privé et nous remplaçons le téléphone tout de suite.",
};

/// A post before it has its number.
struct Draft {
    at: Timestamp,
    author: Person,
    text: String,
    reply_to: Option<usize>,
    quotes: bool,
    likes: u32,
    action: Option<&'static str>,
}

/// A topic before its posts have their numbers.
struct Thread {
    title: String,
    tags: Vec<&'static str>,
    category: u64,
    pinned: bool,
    views: u32,
    drafts: Vec<Draft>,
}

pub(super) fn write(days: Days, seed: u64) -> Vec<Board> {
    let plans = [(ENGLISH_PLAN, ENGLISH), (FRENCH_PLAN, FRENCH)];
    let boards = plans.into_iter().enumerate().map(|(at, (plan, language))| {
        let rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9).wrapping_add(100 + at as u64));
        let cast = Cast::new(plan.famous, plan.people, 200 + 1_000 * at as u64, 3 + 40 * at);
        Narrator { days, plan, cast, rng, writer: Writer::new(language) }.board()
    });
    boards.collect()
}

struct Narrator {
    days: Days,
    plan: Plan,
    cast: Cast,
    rng: Rng,
    writer: Writer,
}

impl Narrator {
    fn board(mut self) -> Board {
        let end = f64::from(PAST + COMING);
        let mut threads = vec![self.welcome()];
        let everyday = self.days.sample(&mut self.rng, self.plan.topics.0, (0.0, end), self.plan.clock, campaign);
        threads.extend(everyday.into_iter().map(|at| self.everyday(at)).collect::<Vec<_>>());
        // The French forum hears of it some hours later.
        let delay = if self.plan.language == "fr" { 0.35 } else { 0.0 };
        let bad = self.days.sample(&mut self.rng, self.plan.topics.1, (41.0, 57.0), self.plan.clock, |day| crisis(day, delay));
        threads.extend(bad.into_iter().map(|at| self.crisis(at)).collect::<Vec<_>>());
        for (day, title, text) in self.plan.statement {
            let thread = self.statement(*day, title, text);
            threads.push(thread);
        }
        let last = self.days.at(end);
        for thread in &mut threads {
            thread.drafts.retain(|draft| draft.at < last);
        }
        threads.retain(|thread| !thread.drafts.is_empty());
        self.number(threads)
    }

    fn welcome(&mut self) -> Thread {
        let text = if self.plan.language == "fr" {
            "Bienvenue ! Merci de rester courtois."
        } else {
            "Welcome! Please be kind to each other."
        };
        let author = Person { id: 2, handle: "system".to_owned(), name: "system".to_owned() };
        let first = Draft {
            at: self.days.at(0.01),
            author,
            text: text.to_owned(),
            reply_to: None,
            quotes: false,
            likes: 3,
            action: None,
        };
        let title = if self.plan.language == "fr" { "Bienvenue sur le forum" } else { "Welcome to the forum" };
        Thread { title: title.to_owned(), tags: Vec::new(), category: 1, pinned: true, views: 9_000, drafts: vec![first] }
    }

    fn draft(&mut self, at: Timestamp, text: String) -> Draft {
        let author = self.cast.somebody(&mut self.rng).clone();
        let likes = (-(1.0 - self.rng.f64()).ln() * 3.0).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count, not negative")]
        Draft { at, author, text, reply_to: None, quotes: false, likes: likes as u32, action: None }
    }

    fn everyday(&mut self, at: Timestamp) -> Thread {
        let roll = self.rng.u32(0..100);
        if roll < 14 {
            let (title, text) = self.writer.aside(&mut self.rng, roll < 5);
            let mut drafts = vec![self.draft(at, text)];
            for _ in 0..self.rng.u32(0..3) {
                let (_, text) = self.writer.aside(&mut self.rng, roll < 5);
                let later = self.days.later(&mut self.rng, at, 9.0, self.plan.clock);
                let reply = self.draft(later, text);
                drafts.push(reply);
            }
            drafts.sort_by_key(|draft| draft.at);
            return Thread { title, tags: vec!["off-topic"], category: 1, pinned: false, views: 80, drafts };
        }
        let subject = Subject::everyday(&mut self.rng, self.days.of(at));
        let mut thread = self.thread(at, subject, 4.1, 6.0);
        if self.rng.u32(0..100) < 6 {
            let at = thread.drafts.last().map_or(at, |draft| draft.at) + Duration::from_secs(3_600);
            let mut line = self.draft(at, String::new());
            (line.author, line.action, line.likes) = (self.cast.company.clone(), Some("closed.enabled"), 0);
            line.author = Person { id: 2, handle: "system".to_owned(), name: "system".to_owned() };
            thread.drafts.push(line);
        }
        thread
    }

    fn crisis(&mut self, at: Timestamp) -> Thread {
        let theme = if self.days.of(at) > 47.6 { Theme::Repaired } else { Theme::Crisis };
        let subject = Subject::about(&mut self.rng, Brand::Lumio, theme);
        let mut thread = self.thread(at, subject, 10.0, 3.5);
        thread.views *= 4;
        // From the third day on the company answers where people complain.
        let company = self.days.at(43.45);
        if let Some(last) = thread.drafts.last().filter(|draft| draft.at > company) {
            let (after, name) = (last.at, last.author.handle.clone());
            let at = self.days.later(&mut self.rng, after, 3.0, self.plan.clock);
            let mut answer = self.draft(at, self.plan.thanks.replace("{name}", &name));
            (answer.author, answer.reply_to) = (self.cast.company.clone(), Some(thread.drafts.len() - 1));
            thread.drafts.push(answer);
        }
        thread
    }

    fn statement(&mut self, day: f64, title: &str, text: &str) -> Thread {
        let at = self.days.at(day);
        let subject = Subject::about(&mut self.rng, Brand::Lumio, Theme::Repaired);
        let mut thread = self.thread(at, subject, 16.0, 4.0);
        thread.title = title.to_owned();
        thread.views = 6_000;
        thread.tags = vec!["lumio", "official"];
        let first = &mut thread.drafts[0];
        (first.author, first.text, first.likes) = (self.cast.company.clone(), text.to_owned(), 41);
        thread
    }

    /// A topic and its replies, about `replies` of them, `gap` hours apart at first.
    fn thread(&mut self, at: Timestamp, subject: Subject, replies: f64, gap: f64) -> Thread {
        let day = self.days.of(at);
        let tone = subject.tone(&mut self.rng, day);
        let title = self.writer.title(&mut self.rng, &subject);
        let text = self.writer.text(&mut self.rng, &subject, tone);
        let mut drafts = vec![self.draft(at, text)];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count, not negative")]
        let count = (-(1.0 - self.rng.f64()).ln() * replies).min(48.0) as usize;
        let mut last = at;
        for turn in 0..count {
            last = self.days.later(&mut self.rng, last, gap * (1.0 + turn as f64 / 6.0), self.plan.clock);
            let tone = if self.rng.u32(0..100) < 45 { tone } else { subject.tone(&mut self.rng, self.days.of(last)) };
            // Some replies wander off to the rival.
            let about = if self.rng.u32(0..100) < 12 { Subject { product: subject.rival, ..subject } } else { subject };
            let text = self.writer.text(&mut self.rng, &about, tone);
            let mut reply = self.draft(last, text);
            if self.rng.u32(0..100) < 55 {
                reply.reply_to = Some(self.rng.usize(..drafts.len()));
                reply.quotes = self.rng.u32(0..100) < 22;
            }
            drafts.push(reply);
        }
        let tag = match subject.brand {
            Brand::Lumio => "lumio",
            Brand::Ostra => "ostra",
            Brand::Pyrel => "pyrel",
        };
        let category = if tone == Tone::Even { 3 } else { 2 };
        let views = self.rng.u32(60..900) + 40 * count as u32;
        Thread { title, tags: vec![tag], category, pinned: false, views, drafts }
    }

    /// Gives topics and posts their numbers in the order of time, and lets a few posts be edited or removed later.
    fn number(mut self, mut threads: Vec<Thread>) -> Board {
        threads.sort_by_key(|thread| thread.drafts[0].at);
        let mut order: Vec<(Timestamp, usize, usize)> = Vec::new();
        let mut topics = Vec::new();
        for (number, thread) in threads.iter().enumerate() {
            order.extend(thread.drafts.iter().enumerate().map(|(place, draft)| (draft.at, number, place)));
            let (title, tags) = (thread.title.clone(), thread.tags.clone());
            let Thread { category, pinned, views, .. } = *thread;
            let slug = slug(&title);
            topics.push(Topic { id: 500 + number as u64, title, slug, tags, category, pinned, views });
        }
        order.sort();
        let mut posts = Vec::new();
        let mut id = 4_100;
        for (turn, (at, topic, place)) in order.into_iter().enumerate() {
            // Private messages take numbers, too; once a whole import of them did.
            id += if turn == 300 { 171 } else { 1 + self.rng.u64(0..24) / 20 };
            let thread = &threads[topic].drafts;
            let draft = &thread[place];
            let mut words = Words::new(draft.text.clone());
            let age = || Duration::from_secs(3_600);
            match self.rng.u32(0..1_000) {
                _ if draft.action.is_some() => {}
                0..16 => words.change(at + age() * self.rng.u32(1..30), Some(format!("{}\n\n{}", draft.text, self.plan.edit))),
                16..28 if place > 0 => words.change(at + age() * self.rng.u32(1..60), None),
                _ => {}
            }
            let answered = draft.reply_to.map(|to| (to as u32 + 1, &thread[to]));
            let quote =
                answered.filter(|_| draft.quotes).map(|(number, to)| (number, to.author.handle.clone(), first_words(&to.text)));
            posts.push(Post {
                id,
                topic: 500 + topic as u64,
                number: place as u32 + 1,
                at,
                author: draft.author.clone(),
                reply_to: answered.map(|(number, _)| number),
                quote,
                words,
                likes: draft.likes,
                action: draft.action,
            });
        }
        let Plan { host, title, language, old_paging, .. } = self.plan;
        Board { host, title, language, old_paging, topics, posts }
    }
}

/// The words of a title as an address has them.
pub(super) fn slug(title: &str) -> String {
    let folded: String = title
        .chars()
        .map(|character| match character {
            'é' | 'è' | 'ê' | 'É' => 'e',
            'à' | 'â' | 'À' => 'a',
            'ô' => 'o',
            'ç' => 'c',
            'î' => 'i',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    let words: Vec<_> =
        folded.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// What a quote takes over: the first paragraph.
fn first_words(text: &str) -> String {
    text.split("\n\n").next().unwrap_or("").to_owned()
}
