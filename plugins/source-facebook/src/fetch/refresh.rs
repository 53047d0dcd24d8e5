//! Reads posts and comments again by `?ids=`, whose answer is an object with an entry for each id.
//!
//! Posts and comments have ids of one form and fields of different names, and a name that one of them lacks spoils the whole answer.
//! So the fields both have are asked for first; the address of each object then tells which it is, and posts are asked for in full.
//! One id that is gone spoils the whole answer, too: such a batch is read in halves, until the id stands alone.

use std::collections::BTreeMap;

use serde_json::Value;
use vigie_plugin::graph::GraphError;
use vigie_plugin::{Change, Failure, log};

use super::ask;
use crate::parse::{COMMON_FIELDS, Comment, POST_FIELDS, Post};
use crate::{Settings, normalize};

/// Ids in one request.
const PER_REQUEST: usize = 50;
/// Requests of one call; the host allows 200.
const MOST_REQUESTS: usize = 150;

pub(crate) fn refresh(settings: &Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
    let good = |id: &&String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let ids: Vec<&str> = ids.iter().filter(good).map(String::as_str).collect();
    let mut changes = Vec::new();
    let mut left = MOST_REQUESTS;
    for batch in ids.chunks(PER_REQUEST) {
        let found = read(settings, batch, COMMON_FIELDS, &mut left)?;
        let mut posts = Vec::new();
        for (id, value) in &found.objects {
            let Ok(comment) = serde_json::from_value::<Comment>(value.clone()) else { continue };
            if comment.is_comment() {
                changes.extend(normalize::comment(&comment, None));
            } else {
                posts.push(id.as_str());
            }
        }
        // One answer is no proof: the object may be hidden from a token that lost a permission. Where the same token still reads a
        // sibling of the same page or post, it is the object that is gone.
        for id in &found.missing {
            let owner = id.split('_').next();
            if found.objects.keys().any(|known| known.split('_').next() == owner) {
                changes.push(Change::Remove((*id).to_owned()));
            } else {
                log::warn(format_args!("{id} is gone or hidden; Facebook does not say which, so it is kept"));
            }
        }
        for value in read(settings, &posts, POST_FIELDS, &mut left)?.objects.into_values() {
            changes.extend(serde_json::from_value::<Post>(value).ok().as_ref().and_then(normalize::post));
        }
    }
    Ok(changes)
}

#[derive(Default)]
struct Found<'a> {
    objects: BTreeMap<String, Value>,
    missing: Vec<&'a str>,
}

fn read<'a>(settings: &Settings, ids: &[&'a str], fields: &str, left: &mut usize) -> Result<Found<'a>, Failure> {
    let mut found = Found::default();
    let mut waiting: Vec<Vec<&'a str>> = if ids.is_empty() { Vec::new() } else { vec![ids.to_vec()] };
    while let Some(mut some) = waiting.pop() {
        if *left == 0 {
            log::warn("too many of the objects to be read again are gone or hidden; the rest is read another time");
            break;
        }
        *left -= 1;
        let answer = ask(settings, "").query("ids", some.join(",")).query("fields", fields).send()?;
        match GraphError::of(&answer) {
            Some(error) if error.is_missing() && some.len() > 1 => {
                let half = some.split_off(some.len() / 2);
                waiting.extend([some, half]);
            }
            Some(error) if error.is_missing() => found.missing.extend(some),
            Some(error) if error.is_too_heavy() && some.len() > 1 => {
                let half = some.split_off(some.len() / 2);
                waiting.extend([some, half]);
            }
            Some(error) => return Err(error.failure(&answer)),
            None => {
                let objects: BTreeMap<String, Value> = answer.json()?;
                found.objects.extend(objects.into_iter().filter(|(_, value)| value.get("id").is_some()));
            }
        }
    }
    Ok(found)
}
