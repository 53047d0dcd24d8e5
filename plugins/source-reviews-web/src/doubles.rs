//! The same review told twice becomes one: in two syntaxes, below two objects, or simply listed twice. Pure.

use std::collections::HashMap;

use vigie_plugin::{Moment, Precision};

use crate::collect::Kind;
use crate::draft::Draft;

/// Texts are put side by side by so many characters of their beginning.
const BEGINNING: usize = 40;
/// So many with the same beginning are compared with each other.
const MAX_ALIKE: usize = 50;
/// Two statements of one instant differ by no more: a date alone, or a time of day whose zone was not stated.
const SAME_DAY_MS: u64 = 36 * 3_600_000;

/// Two statements of one rating differ by no more thousandths: four of five and eight of ten do not lie at the same place of their scales.
const SAME_SHARE: u64 = 60;

/// Drafts, each once, in the order of their first telling. What only a later one says is added to the first.
pub(crate) fn merge(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
    let mut alike: HashMap<(Kind, String), Vec<usize>> = HashMap::new();
    // Where each draft went. What something hangs below always comes before it.
    let mut places: Vec<usize> = Vec::with_capacity(drafts.len());
    let mut texts: Vec<String> = Vec::with_capacity(drafts.len());
    for mut draft in drafts {
        draft.parent = draft.parent.and_then(|parent| places.get(parent).copied());
        let text = folded(&draft);
        let group = alike.entry((draft.kind, text.chars().take(BEGINNING).collect())).or_default();
        let known = group.iter().take(MAX_ALIKE).copied().find(|at| same((&kept[*at], &texts[*at]), (&draft, &text)));
        match known {
            Some(at) => {
                if text.len() > texts[at].len() {
                    kept[at].text = std::mem::take(&mut draft.text);
                    kept[at].html = draft.html;
                    texts[at] = text;
                }
                add(&mut kept[at], draft);
                places.push(at);
            }
            None => {
                group.push(kept.len());
                places.push(kept.len());
                kept.push(draft);
                texts.push(text);
            }
        }
    }
    kept
}

/// A text as it is compared: letters and digits alone, so that layout, case and typography do not matter.
fn folded(draft: &Draft) -> String {
    let text = if draft.html { crate::extract::plain(&draft.text) } else { draft.text.clone() };
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn writer(draft: &Draft) -> Option<String> {
    let writer = draft.writer.as_ref()?;
    writer.name.as_ref().or(writer.url.as_ref()).map(|name| name.trim().to_lowercase())
}

/// Whether two drafts, each with its folded text, tell the same.
fn same((one, text): (&Draft, &str), (other, other_text): (&Draft, &str)) -> bool {
    let agree = |differs: Option<bool>| differs != Some(true);
    let said = if text.is_empty() && other_text.is_empty() {
        // Without words only everything else can tell: somebody gives the same stars on the same day.
        let told = one.writer.is_some() && one.published.is_some() && one.rating.is_some();
        told && one.rating == other.rating
            && writer(one) == writer(other)
            && one.title == other.title
            && other.published.is_some()
    } else {
        // A summary for machines is cut short, often with dots that are no letters.
        let (short, long) = if text.len() <= other_text.len() { (text, other_text) } else { (other_text, text) };
        // In one syntax that is another review which happens to begin like it, unless the dots are there.
        let cut = one.syntax != other.syntax
            || [one, other].iter().any(|draft| draft.text.trim_end().ends_with('…') || draft.text.trim_end().ends_with("..."));
        short == long || (cut && short.chars().count() >= BEGINNING && long.starts_with(short))
    };
    let own = |draft: &Draft| draft.addresses.clone();
    let twins = one.syntax == other.syntax && !one.addresses.is_empty() && !other.addresses.is_empty();
    said && agree(writer(one).zip(writer(other)).map(|(one, other)| one != other))
        && agree(
            one.rating.as_ref().zip(other.rating.as_ref()).map(|(one, other)| share(one).abs_diff(share(other)) > SAME_SHARE),
        )
        && agree(one.published.zip(other.published).map(|(one, other)| one.at.abs_diff(other.at) > SAME_DAY_MS))
        && agree(one.parent.zip(other.parent).map(|(one, other)| one != other))
        && !(twins && own(one) != own(other))
}

/// Where on its scale a rating lies, in thousandths: two syntaxes may use two scales.
fn share(rating: &vigie_plugin::Rating) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a rating lies on its scale, so this is a number from 0 to 1000")]
    let share = ((rating.value - rating.worst) / (rating.best - rating.worst) * 1000.0).round() as i64;
    share
}

/// Adds what `more` says beyond `draft`, but for its text.
fn add(draft: &mut Draft, more: Draft) {
    let vague = |moment: Option<Moment>| moment.is_none_or(|moment| moment.precision != Precision::Second);
    if vague(draft.published) && !vague(more.published) || draft.published.is_none() {
        draft.published = more.published;
    }
    for address in more.addresses {
        if !draft.addresses.contains(&address) {
            draft.addresses.push(address);
        }
    }
    draft.title = draft.title.take().or(more.title);
    draft.writer = match (draft.writer.take(), more.writer) {
        (Some(writer), Some(other)) => Some(crate::draft::Writer {
            name: writer.name.or(other.name),
            handle: writer.handle.or(other.handle),
            url: writer.url.or(other.url),
        }),
        (one, other) => one.or(other),
    };
    draft.edited = draft.edited.or(more.edited);
    draft.rating = draft.rating.take().or(more.rating);
    draft.language = draft.language.take().or(more.language);
    draft.parent = draft.parent.or(more.parent);
    draft.answers = draft.answers.take().or(more.answers);
    draft.item = draft.item.take().or(more.item);
    draft.item_type = draft.item_type.take().or(more.item_type);
    draft.item_url = draft.item_url.take().or(more.item_url);
    draft.downvotes = draft.downvotes.or(more.downvotes);
    let (counts, other) = (&mut draft.engagement, more.engagement);
    counts.likes = counts.likes.or(other.likes);
    counts.comments = counts.comments.or(other.comments);
    counts.shares = counts.shares.or(other.shares);
    counts.views = counts.views.or(other.views);
    draft.deleted |= more.deleted;
    if draft.media.is_empty() {
        draft.media = more.media;
    }
    if draft.links.is_empty() {
        draft.links = more.links;
    }
}
