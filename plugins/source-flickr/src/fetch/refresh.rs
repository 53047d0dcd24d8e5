//! Reads photos again one by one, and comments by the list of their photo: Flickr has no other form.

use std::collections::BTreeMap;

use vigie_plugin::{Change, Failure, FailureClass, http};

use super::{ask, comments, is_number};
use crate::normalize;
use crate::parse::{self, Info};

/// Photos and lists of one call; the host allows 200 requests.
const MOST: usize = 180;

/// What is gone is removed: a photo that is not found or not public any more, a comment that is not in the whole list.
pub(crate) fn refresh(ids: &[String]) -> Result<Vec<Change>, Failure> {
    let mut photos: Vec<&str> = Vec::new();
    let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for id in ids {
        // `{author}-{photo}-{comment}`
        match id.rsplitn(3, '-').collect::<Vec<_>>()[..] {
            [photo] if is_number(photo) => photos.push(photo),
            [_, photo, _] if is_number(photo) => lists.entry(photo).or_default().push(id),
            _ => {}
        }
    }
    photos.truncate(MOST);
    let left = MOST - photos.len();
    let mut changes = Vec::new();
    let requests = photos.iter().map(|id| ask("flickr.photos.getInfo").query("photo_id", id)).collect();
    for (id, answer) in photos.iter().zip(http::send_all(requests)) {
        match answer.and_then(|answer| parse::read::<Info>(&answer, "photo")) {
            Ok(info) => changes.extend(normalize::photo(&info.into()).map(Change::Upsert)),
            Err(failure) if failure.class == FailureClass::Gone => changes.push(Change::Remove((*id).to_owned())),
            Err(failure) => ends_it(failure)?,
        }
    }
    for (photo, ids) in lists.into_iter().take(left) {
        match comments::read(photo, None) {
            Ok(all) => {
                for id in ids {
                    let found = all.iter().find(|comment| comment.id.as_deref() == Some(id));
                    match found {
                        Some(comment) => changes.extend(normalize::comment(comment, photo).map(Change::Upsert)),
                        None => changes.push(Change::Remove(id.to_owned())),
                    }
                }
            }
            Err(failure) if failure.class == FailureClass::Gone => {
                changes.extend(ids.into_iter().map(|id| Change::Remove(id.to_owned())));
            }
            Err(failure) => ends_it(failure)?,
        }
    }
    Ok(changes)
}

/// What concerns one object alone costs that one; what concerns the key or the limits ends the call.
fn ends_it(failure: Failure) -> Result<(), Failure> {
    match failure.class {
        FailureClass::Forbidden | FailureClass::UnexpectedAnswer => Ok(()),
        _ => Err(failure),
    }
}
