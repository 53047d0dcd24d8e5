//! From cues and tone to likelihoods.
//!
//! Each intent is a logistic sum of its cues, the tone, and a few counts; the weights are meant to be read. Those of English complaints and
//! purchases were fitted by logistic regression to the labelled posts of `xtask/train/own` (the tone of each by a model that had not seen
//! it), rounded, and moved by `SPOKEN_TO` and `READY_TO_BUY`. All others were set by hand, after what D. Preoţiuc-Pietro et al. report
//! to tell complaints from other posts ("Automatically Identifying Complaints in Social Media", ACL 2019, section 4: words of failure,
//! waiting, service and negation, questions, "my" and "you"; against them thanks, praise, exclamation, links).

use vigie_plugin::features::Sort;
use vigie_plugin::linear::sigmoid;

use crate::cues::Found;
use crate::stage::Tone;
use crate::text::Text;
use crate::things::is_thing;
use crate::{INTENTS, Intent};

/// How much of its weight each further cue of an intent keeps.
const FURTHER: f32 = 0.5;
/// Cues of one sign that count; the rest say nothing new.
const MOST_CUES: usize = 5;
/// Words of a text that tells what happened.
const LONG: usize = 9;
/// What praise has less to show in a language where no tone can speak for it.
const WITHOUT_TONE: f32 = 1.1;
/// What speaking to an account counts for a complaint beyond what was fitted: few of the posts fitted to speak to a company's account, and
/// half of those that do complain.
const SPOKEN_TO: f32 = 0.5;
/// What counts for a purchase beyond what was fitted: among posts that were collected for a product, more authors want to buy.
const READY_TO_BUY: f32 = 0.3;
/// What an article has to show beyond a post: it mostly tells of others, and its headlines sound like questions and complaints.
const TOLD_OF_OTHERS: f32 = 0.7;

/// By what means a text is understood, which depends on its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Means {
    /// Cues and a tone.
    Tone,
    /// Cues without a tone.
    Cues,
    /// Marks, links and stars: none of its words.
    #[default]
    Marks,
}

/// Counts of a text that stand beside cues.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    /// Speaks to an account.
    pub addressed: bool,
    /// Begins by speaking to it.
    pub addressed_first: bool,
    /// Has a link.
    pub links: bool,
    /// Has an exclamation mark.
    pub exclaims: bool,
    /// Has a question mark.
    pub asks: bool,
    /// Speaks of its author ("I", "my").
    pub own: bool,
    /// Speaks to a "you".
    pub you: bool,
    /// Negations, up to three.
    pub negations: u8,
    /// Is long enough to tell a story, and names a thing that comes with service.
    pub tells: bool,
    /// Stars of a review from 0 to 1, if it has any.
    pub rating: Option<f32>,
    /// By what means the text is understood.
    pub means: Means,
    /// Is an article.
    pub article: bool,
}

impl Counts {
    /// Counts a text. Words count where they are understood: `me`, `mes` and `i` are words of many languages.
    #[must_use]
    pub fn of(text: &Text, means: Means, rating: Option<f32>) -> Self {
        let mut counts = Self { means, rating, ..Self::default() };
        let (mut words, mut things) = (0, false);
        for (place, word) in text.words().iter().enumerate() {
            match word.sort {
                Sort::Handle => {
                    counts.addressed = true;
                    counts.addressed_first |= place == 0;
                }
                Sort::Address => counts.links = true,
                Sort::Mark => {
                    let mark = text.folded(place);
                    counts.exclaims |= mark.starts_with('!');
                    counts.asks |= mark.starts_with('?');
                }
                Sort::Word | Sort::Hashtag if means != Means::Marks => {
                    words += 1;
                    things |= is_thing(text.folded(place));
                    match text.folded(place) {
                        "i" | "my" | "im" | "ive" | "me" | "our" | "we" | "je" | "j" | "mon" | "ma" | "mes" | "nous"
                        | "notre" => {
                            counts.own = true;
                        }
                        "you" | "your" | "u" | "ur" | "yall" | "vous" | "votre" | "vos" => counts.you = true,
                        "pas" | "jamais" | "aucun" | "aucune" | "rien" => counts.negations += u8::from(counts.negations < 3),
                        // A text with the names taken out for its readers' sake still speaks to somebody.
                        "user" | "username" if place == 0 => counts.addressed = true,
                        word => counts.negations += u8::from(counts.negations < 3 && crate::stage::is_negation(word)),
                    }
                }
                Sort::Word | Sort::Hashtag | Sort::Emoji => {}
            }
        }
        counts.tells = things && words >= LONG;
        counts
    }
}

/// How likely each intent is, in the order of [`INTENTS`].
#[must_use]
pub fn likelihoods(found: &[Found], tone: &Tone, counts: &Counts) -> [f32; INTENTS.len()] {
    // A negation that denies a complaint is no sign of one, but of the contrary.
    let denied = found.iter().filter(|found| found.denied && found.intent == Intent::Complaint).take(3).count() as u8;
    let by_tone = counts.means == Means::Tone;
    INTENTS.map(|intent| {
        let (cues, against) = (sum(found, intent, 1.0), sum(found, intent, -1.0));
        // Where no tone is heard, an intent is shown by a cue or by stars: to speak to an account, or of oneself, is none by itself.
        let starred = counts.rating.is_some() && matches!(intent, Intent::Complaint | Intent::Praise);
        if !by_tone && cues <= 0.0 && !starred {
            return 0.0;
        }
        let shown = match intent {
            Intent::Complaint if !by_tone => complaint_by_cues(cues, against, counts, denied),
            Intent::Complaint => complaint(cues, against, tone, counts, denied),
            Intent::Question => cues - against - 1.6 - 0.4 * yes(counts.links),
            Intent::Praise => praise(cues, against, tone, counts),
            Intent::Purchase if !by_tone => cues - against - 1.5 - 0.5 * yes(counts.links) + 0.2 * yes(counts.own),
            Intent::Purchase => purchase(cues, against, tone, counts),
            Intent::ChurnRisk => cues - against - 2.4 + 0.6 * tone.displeased - 0.6 * tone.pleased + 0.2 * yes(counts.own),
        };
        // Reviews are articles, too: their praise is their own.
        sigmoid(shown - TOLD_OF_OTHERS * yes(counts.article && intent != Intent::Praise))
    })
}

/// The cues of an intent for (`sign` 1) or against it (-1), strongest first and each further one less.
fn sum(found: &[Found], intent: Intent, sign: f32) -> f32 {
    let mut weights: Vec<f32> = found
        .iter()
        .filter(|one| one.intent == intent && one.weight * sign > 0.0 && !is_overruled(one, found))
        .map(|one| one.weight * sign)
        .collect();
    weights.sort_by(|a, b| b.total_cmp(a));
    weights
        .into_iter()
        .take(MOST_CUES)
        .enumerate()
        .map(|(place, weight)| if place == 0 { weight } else { weight * FURTHER })
        .sum()
}

/// Whether a cue is part of a longer one that says the contrary: "thanks" in "thanks for nothing".
fn is_overruled(cue: &Found, found: &[Found]) -> bool {
    found.iter().any(|other| {
        other.intent == cue.intent
            && other.weight * cue.weight < 0.0
            && other.words.len() > cue.words.len()
            && other.words.start <= cue.words.start
            && cue.words.end <= other.words.end
    })
}

fn complaint(cues: f32, against: f32, tone: &Tone, counts: &Counts, denied: u8) -> f32 {
    0.85 * cues - 0.55 * against - 0.55 + 0.62 * tone.complains + 0.85 * tone.displeased - 0.7 * tone.pleased
        + (0.4 + SPOKEN_TO) * yes(counts.addressed)
        + 0.5 * yes(counts.tells)
        - 0.8 * f32::from(denied)
        - 0.8 * yes(counts.links)
        + stars(counts)
}

/// The same for a language without a tone.
fn complaint_by_cues(cues: f32, against: f32, counts: &Counts, denied: u8) -> f32 {
    let addressed = (1.1 + 0.7 * yes(counts.tells)) * yes(counts.addressed)
        + 0.2 * yes(counts.addressed_first)
        + 0.3 * yes(counts.you && counts.addressed);
    cues - against - 1.5
        + addressed
        + 0.3 * yes(counts.own)
        + 0.4 * f32::from(counts.negations.saturating_sub(denied).min(2))
        + 0.3 * yes(counts.asks && cues > 0.0)
        - 0.8 * yes(counts.links)
        - 0.3 * yes(counts.exclaims)
        + stars(counts)
}

/// What stars say of a complaint: most, where there are any.
fn stars(counts: &Counts) -> f32 {
    counts.rating.map_or(0.0, |rating| 3.0 - 6.0 * rating)
}

fn purchase(cues: f32, against: f32, tone: &Tone, counts: &Counts) -> f32 {
    cues - 0.45 * against - 0.5 + READY_TO_BUY + 0.67 * tone.buys - 0.5 * tone.displeased - 0.35 * tone.pleased
        + 0.5 * yes(counts.asks)
        + 0.2 * yes(counts.own)
        - 0.4 * yes(counts.links)
}

fn praise(cues: f32, against: f32, tone: &Tone, counts: &Counts) -> f32 {
    let stars = counts.rating.map_or(0.0, |rating| 5.0 * rating - 3.0);
    cues - against - 2.6 + 1.8 * tone.pleased - 1.5 * tone.displeased - 1.0 * tone.problem + 0.3 * yes(counts.exclaims)
        - 0.3 * yes(counts.asks)
        - 0.3 * f32::from(counts.negations.min(2))
        + WITHOUT_TONE * yes(counts.means != Means::Tone)
        + stars
}

fn yes(condition: bool) -> f32 {
    f32::from(u8::from(condition))
}
