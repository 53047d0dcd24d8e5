//! Hacker News: stories and the comments below them.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use super::boards::slug;
use super::calendar::{COMING, Clock, Days, PAST, campaign, crisis};
use super::cast::Cast;
use super::items::{NewsItem, Words};
use super::words_en::ENGLISH;
use super::writer::{Brand, Subject, Theme, Tone, Writer};

/// Most readers live five hours behind London.
const CLOCK: Clock = Clock { ahead: -4, weekend: 0.6 };

/// An item before it has its number.
struct Draft {
    at: Timestamp,
    author: String,
    /// Positions among the drafts.
    parent: Option<usize>,
    story: usize,
    title: Option<String>,
    url: Option<String>,
    text: String,
    points: u32,
}

struct Narrator {
    days: Days,
    cast: Cast,
    rng: Rng,
    writer: Writer,
    drafts: Vec<Draft>,
}

pub(super) fn write(days: Days, seed: u64) -> Vec<NewsItem> {
    let famous = [("phonedoc", ""), ("hinge_theory", ""), ("mira_tests", ""), ("ex_baseband", "")];
    let cast = Cast::new(&famous, 230, 1, 11);
    let rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9).wrapping_add(7));
    let mut narrator = Narrator { days, cast, rng, writer: Writer::new(ENGLISH), drafts: Vec::new() };
    let end = f64::from(PAST + COMING);
    for at in days.sample(&mut narrator.rng, 262, (0.0, end), CLOCK, campaign) {
        narrator.everyday(at);
    }
    // The first story comes a day after the forum burst.
    for at in days.sample(&mut narrator.rng, 11, (42.0, 54.0), CLOCK, |day| crisis(day, 1.0)) {
        narrator.crisis(at);
    }
    narrator.statement();
    narrator.number(days.at(end))
}

impl Narrator {
    fn everyday(&mut self, at: Timestamp) {
        let roll = self.rng.u32(0..100);
        if roll < 22 {
            let (title, text) = self.writer.aside(&mut self.rng, roll < 5);
            let url = Some(format!("https://elsewhere.example/{}", slug(&title)));
            let story = self.story(at, title, url, String::new());
            let later = self.days.later(&mut self.rng, at, 4.0, CLOCK);
            self.comment(later, story, story, text);
            return;
        }
        let subject = Subject::everyday(&mut self.rng, self.days.of(at));
        self.thread(at, subject, 4.8);
    }

    fn crisis(&mut self, at: Timestamp) {
        let theme = if self.days.of(at) > 47.8 { Theme::Repaired } else { Theme::Crisis };
        let subject = Subject::about(&mut self.rng, Brand::Lumio, theme);
        let story = self.thread(at, subject, 19.0);
        self.drafts[story].points = self.rng.u32(90..480);
    }

    /// The company speaks in the thread that has most readers when it has something to say.
    fn statement(&mut self) {
        let at = self.days.at(43.7);
        let crisis =
            |draft: &&Draft| draft.parent.is_none() && draft.at < at && self.days.of(draft.at) > 42.0 && draft.points > 80;
        let Some(loudest) = self.drafts.iter().filter(crisis).max_by_key(|draft| draft.points).map(|draft| draft.story) else {
            return;
        };
        let text = "Clara from Lumio here. We have stopped LumioOS 5.2 and we are sorry.\n\nThe charge controller's limit was wrong on \
                    phones with the second battery supplier. 5.2.1 is in testing. Until then please turn off fast charging; \
                    details: https://lumio.example/battery";
        self.comment(at, loudest, loudest, text.to_owned());
        if let Some(answer) = self.drafts.last_mut() {
            answer.author = "clara_lumio".to_owned();
        }
    }

    fn thread(&mut self, at: Timestamp, subject: Subject, replies: f64) -> usize {
        let tone = subject.tone(&mut self.rng, self.days.of(at));
        let title = self.writer.title(&mut self.rng, &subject);
        let (title, url, text) = match self.rng.u32(0..10) {
            0..2 => (format!("Ask HN: {title}"), None, self.writer.text(&mut self.rng, &subject, Tone::Even)),
            2..6 => (title.clone(), Some(format!("https://pocketwire.example/2026/{}", slug(&title))), String::new()),
            6 => (title.clone(), Some(format!("https://bench-and-solder.example/{}", slug(&title))), String::new()),
            _ => (title.clone(), Some(format!("https://reviews.example/{}", slug(&title))), String::new()),
        };
        let story = self.story(at, title, url, text);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count, not negative")]
        let count = (-(1.0 - self.rng.f64()).ln() * replies).min(70.0) as usize;
        let mut below = vec![story];
        let mut last = at;
        for turn in 0..count {
            last = self.days.later(&mut self.rng, last, 1.4 * (1.0 + turn as f64 / 9.0), CLOCK);
            let tone = if self.rng.u32(0..100) < 35 { tone } else { subject.tone(&mut self.rng, self.days.of(last)) };
            let text = self.writer.text(&mut self.rng, &subject, tone);
            let parent = if self.rng.u32(0..100) < 40 { story } else { below[self.rng.usize(..below.len())] };
            let comment = self.comment(last, parent, story, text);
            below.push(comment);
        }
        story
    }

    fn story(&mut self, at: Timestamp, title: String, url: Option<String>, text: String) -> usize {
        let author = self.cast.somebody(&mut self.rng).handle.clone();
        let points = 1 + self.rng.u32(0..14) * self.rng.u32(0..14);
        let story = self.drafts.len();
        self.drafts.push(Draft { at, author, parent: None, story, title: Some(title), url, text, points });
        story
    }

    fn comment(&mut self, at: Timestamp, parent: usize, story: usize, text: String) -> usize {
        let author = self.cast.somebody(&mut self.rng).handle.clone();
        self.drafts.push(Draft { at, author, parent: Some(parent), story, title: None, url: None, text, points: 1 });
        self.drafts.len() - 1
    }

    /// Numbers in the order of time, with the gaps all the other items leave; a few are edited, removed or flagged.
    fn number(mut self, end: Timestamp) -> Vec<NewsItem> {
        let mut order: Vec<usize> = (0..self.drafts.len()).filter(|at| self.drafts[*at].at < end).collect();
        order.sort_by_key(|at| (self.drafts[*at].at, *at));
        let mut ids = vec![0; self.drafts.len()];
        let mut id = 45_400_000;
        for at in &order {
            id += self.rng.u64(3..900);
            ids[*at] = id;
        }
        let mut items = Vec::new();
        for at in order {
            let draft = &self.drafts[at];
            let mut words = Words::new(draft.text.clone());
            let minutes = Duration::from_secs(60);
            let roll = self.rng.u32(0..1_000);
            match roll {
                // Comments can be edited for two hours.
                0..18 if draft.parent.is_some() => {
                    words.change(draft.at + minutes * self.rng.u32(2..118), Some(format!("{}\n\nEdit: typo.", draft.text)));
                }
                18..30 if draft.parent.is_some() => words.change(draft.at + minutes * self.rng.u32(5..1_400), None),
                _ => {}
            }
            items.push(NewsItem {
                id: ids[at],
                at: draft.at,
                author: draft.author.clone(),
                parent: draft.parent.map(|parent| ids[parent]),
                story: ids[draft.story],
                title: draft.title.clone(),
                url: draft.url.clone(),
                words,
                points: draft.points,
                dead: (30..36).contains(&roll) && draft.parent.is_some(),
            });
        }
        items
    }
}
