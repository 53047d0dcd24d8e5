//! Reads known items again: many with one request, and those that are missing there one by one, because only the answer to one alone
//! says whether it was removed.

use vigie_plugin::{Change, Failure, http};

use super::ask::Door;
use crate::parse::{self, Refusal, What, page, refusal};
use crate::{Api, Settings, normalize};

/// Items in one request.
const PER_REQUEST: usize = 100;
/// Items asked one by one in one call.
const MAX_ALONE: usize = 40;

pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let mut door = Door::of(settings, false)?;
    let mut changes = Vec::new();
    let mut alone: Vec<(What, u64)> = Vec::new();
    for what in [What::Posts, What::Pages, What::Comments] {
        let mut numbers: Vec<u64> = ids.iter().filter_map(|id| id.strip_prefix(what.prefix())?.parse().ok()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for chunk in numbers.chunks(PER_REQUEST) {
            let found = if settings.api == Api::Site { many(&mut door, what, chunk)? } else { Vec::new() };
            alone.extend(chunk.iter().filter(|id| !found.iter().any(|item| item.id == **id)).map(|id| (what, *id)));
            changes.extend(found.iter().filter_map(|item| normalize::change(item, what, &door.base)));
        }
    }
    alone.truncate(MAX_ALONE);
    changes.extend(one_by_one(&door, &alone)?);
    Ok(changes)
}

fn many(door: &mut Door, what: What, ids: &[u64]) -> Result<Vec<parse::Item>, Failure> {
    let list = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    let (answer, refused) = door.ask(what, |door| {
        let request = door.at(what.path()).query("include", &list).query("per_page", ids.len());
        door.embedding(request, what)
    })?;
    match refused {
        None => Ok(page(&answer, door.api, what, u32::try_from(PER_REQUEST).unwrap_or(u32::MAX))?.items),
        Some(refused) => Err(refused.into_failure(&answer)),
    }
}

/// Those the site says it does not have, or shows to nobody any more, are removed; those it answers oddly are left as they are.
fn one_by_one(door: &Door, items: &[(What, u64)]) -> Result<Vec<Change>, Failure> {
    let request = |(what, id): &(What, u64)| {
        // WordPress.com has pages and posts under one address.
        let path = if *what == What::Pages && door.api == Api::WordPressCom { What::Posts.path() } else { what.path() };
        door.embedding(door.at(&format!("{path}/{id}")), *what)
    };
    let answers = http::send_all(items.iter().map(request).collect());
    let mut changes = Vec::new();
    let mut failed = None;
    for ((what, id), answer) in items.iter().zip(answers) {
        let removed = || Change::Remove(format!("{}{id}", what.prefix()));
        let outcome = answer.and_then(|answer| match refusal(&answer) {
            None => Ok(normalize::change(&parse::single(&answer, door.api, *what)?, *what, &door.base)),
            Some(Refusal::NoSuchItem) => Ok(Some(removed())),
            // The list was answered a moment ago, so it is this one that is closed: a draft again, private, or in the bin.
            Some(Refusal::Failure(_)) if closed(&answer) && door.api == Api::Site => Ok(Some(removed())),
            Some(refused) => Err(refused.into_failure(&answer)),
        });
        match outcome {
            Ok(change) => changes.extend(change),
            Err(failure) if failure.is_of_one() => failed = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    match failed {
        Some(failure) if changes.is_empty() => Err(failure),
        _ => Ok(changes),
    }
}

/// Whether WordPress itself (and no wall before it) says that the public may not read this.
fn closed(answer: &http::Response) -> bool {
    matches!(answer.status, 401 | 403)
        && serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok_and(|said| said["code"] == "rest_forbidden")
}
