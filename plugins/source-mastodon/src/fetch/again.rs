//! Reads statuses again, for counters, edits and removals.

use std::collections::HashSet;

use vigie_plugin::{Change, Failure, FailureClass, http};

use super::{get, send};
use crate::normalize::{self, Known};
use crate::parse::{Status, Timeline};
use crate::{Settings, refusal};

/// Most statuses the server gives at once.
const PER_REQUEST: usize = 20;

/// Statuses of this server in batches (since 4.3), or one by one. What other servers hold is only known here by ids that a uri does
/// not tell, so it is left as it is; threads and timelines bring its counters.
pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let base = settings.base()?;
    let own: Vec<(&String, &str)> = ids.iter().filter_map(|uri| Some((uri, id_on(&base, uri)?))).collect();
    let mut changes = Vec::new();
    for chunk in own.chunks(PER_REQUEST) {
        changes.extend(read(settings, chunk)?);
    }
    Ok(changes)
}

/// The id a server gave to a status of its own: the last part of the uri.
fn id_on<'a>(base: &str, uri: &'a str) -> Option<&'a str> {
    let path = uri.strip_prefix(base)?.strip_prefix('/')?;
    // A boost is a status, too; its uri names what it does.
    let path = path.strip_suffix("/activity").unwrap_or(path);
    let (front, id) = path.rsplit_once('/')?;
    (front.ends_with("/statuses") && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

fn read(settings: &Settings, wanted: &[(&String, &str)]) -> Result<Vec<Change>, Failure> {
    let asked = wanted.iter().fold(get(settings, "/api/v1/statuses")?, |asked, (_, id)| asked.query("id[]", id));
    let statuses = match send(settings, asked) {
        Ok(answer) => answer.json::<Timeline>()?.statuses,
        // Older servers know no batches.
        Err(failure) if matches!(failure.class, FailureClass::Gone | FailureClass::UnexpectedAnswer) => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let mut changes = changes(settings, &statuses);
    let known: HashSet<&str> = statuses.iter().filter_map(|status| status.id.as_deref()).collect();
    // Not to be in a batch is no proof, a refusal of its own is.
    let missing: Vec<&(&String, &str)> = wanted.iter().filter(|(_, id)| !known.contains(id)).collect();
    let mut alone = Vec::new();
    for (_, id) in &missing {
        alone.push(get(settings, &format!("/api/v1/statuses/{}", http::escape(id)))?);
    }
    for ((uri, _), answer) in missing.into_iter().zip(http::send_all(alone)) {
        let answer = answer?;
        match refusal::check(&answer, settings.token) {
            Ok(()) => changes.extend(self::changes(settings, &[answer.json::<Status>()?])),
            Err(failure) if failure.class == FailureClass::Gone => changes.push(Change::Remove((*uri).clone())),
            Err(failure) if failure.class == FailureClass::Forbidden => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(changes)
}

fn changes(settings: &Settings, statuses: &[Status]) -> Vec<Change> {
    let known = Known::of(statuses);
    statuses.iter().flat_map(|status| normalize::mentions(status, &known, settings.skip_noindex)).map(Change::Upsert).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_uris_of_the_server_itself_tell_an_id() {
        let id = |uri: &'static str| id_on("https://s.example", uri);
        assert_eq!(id("https://s.example/users/ada/statuses/19"), Some("19"));
        assert_eq!(id("https://s.example/ap/users/7/statuses/19"), Some("19"));
        assert_eq!(id("https://s.example/users/ada/statuses/19/activity"), Some("19"));
        for uri in [
            "https://s.example.evil/users/ada/statuses/19",
            "https://o.example/users/ada/statuses/19",
            "https://s.example/users/ada/statuses/19/replies",
            "https://s.example/@ada/19",
        ] {
            assert_eq!(id(uri), None, "{uri}");
        }
    }
}
