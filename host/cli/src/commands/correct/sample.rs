//! Drawing mentions at random.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vigie_mention::MentionKey;
use vigie_store::{StoreError, Stored};

use super::found;
use crate::corrections::Correction;
use crate::corrections::keys::Key;

/// One line of a sheet. Only what tells the mention, the key and the truth is read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) source: String,
    #[serde(default)]
    pub(super) instance: String,
    pub(super) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) text: String,
    pub(super) key: String,
    #[serde(default)]
    pub(super) found: String,
    #[serde(default)]
    pub(super) truth: String,
}

/// A seed nobody chose: the standard library draws its own for every hash table.
pub(super) fn any_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Draws `size` of the mentions that have the annotation and no correction, each with the same chance; in random order.
///
/// Every mention is given a number by hashing it with the seed, and the lowest are drawn: the order in which they are read makes no
/// difference, and no more of them are kept than are drawn.
pub(super) fn draw(
    mentions: impl Iterator<Item = Result<Stored, StoreError>>,
    key: &Key,
    corrected: &BTreeMap<&MentionKey, &Correction>,
    size: usize,
    seed: u64,
) -> Result<Vec<Row>, StoreError> {
    let mut drawn = BTreeMap::new();
    for stored in mentions {
        let stored = stored?;
        let mention = stored.mention.key();
        let Some(found) = found(&stored, key).filter(|_| !corrected.contains_key(&mention)) else { continue };
        let place = lot(seed, &mention);
        if drawn.len() == size && drawn.last_key_value().is_some_and(|(last, _)| *last < place) {
            continue;
        }
        let row = Row {
            source: mention.source,
            instance: mention.instance,
            id: mention.id,
            url: stored.mention.url,
            title: stored.mention.title,
            text: stored.mention.text,
            key: key.name.clone(),
            found: found.value,
            truth: String::new(),
        };
        drawn.insert(place, row);
        if drawn.len() > size {
            drawn.pop_last();
        }
    }
    Ok(drawn.into_values().collect())
}

fn lot(seed: u64, mention: &MentionKey) -> [u8; 32] {
    let MentionKey { source, instance, id } = mention;
    Sha256::digest([&seed.to_le_bytes(), format!("{source}\0{instance}\0{id}").as_bytes()].concat()).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corrections::keys::Learning;

    fn key() -> Key {
        Key {
            name: "mood".into(),
            analyzer: "mood".into(),
            version: "1.0.0".into(),
            coming: None,
            learned: None,
            values: vec!["good".into(), "bad".into()],
            learning: Learning::Cannot,
        }
    }

    fn stored(number: usize, annotated: bool) -> Result<Stored, StoreError> {
        let found = json!([{ "analyzer": "mood", "version": "0.9.0", "key": "mood", "value": { "text": "good" } }]);
        let stored = json!({
            "mention": { "source": "a", "id": number.to_string(), "kind": "post", "text": format!("text {number}"), "collected_at": "2026-01-03T00:00:00Z" },
            "topics": [], "annotations": if annotated { found } else { json!([]) }, "signals": {},
            "updated_at": "2026-01-03T00:00:00Z", "revision": 0,
        });
        Ok(serde_json::from_value(stored).expect("a stored mention"))
    }

    fn ids(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.id.as_str()).collect()
    }

    #[test]
    fn only_what_was_annotated_and_not_corrected_is_drawn_each_once() {
        let correction: Correction = serde_json::from_value(json!({
            "at": "2026-01-03T00:00:00Z", "mention": { "source": "a", "instance": "", "id": "4" }, "key": "mood", "value": "bad",
        }))
        .expect("a correction");
        let corrected = BTreeMap::from([(&correction.mention, &correction)]);
        let rows = draw((0..10).map(|number| stored(number, number % 2 == 0)), &key(), &corrected, 50, 7).expect("drawn");
        let mut found = ids(&rows);
        found.sort_unstable();
        assert_eq!(found, ["0", "2", "6", "8"]);
        let row = &rows[0];
        assert_eq!((row.key.as_str(), row.found.as_str(), row.truth.as_str()), ("mood", "good", ""));
    }

    #[test]
    fn the_same_seed_draws_the_same_whatever_the_order() {
        let draw = |numbers: Vec<usize>, seed| {
            draw(numbers.into_iter().map(|number| stored(number, true)), &key(), &BTreeMap::new(), 5, seed).expect("drawn")
        };
        let rows = draw((0..100).collect(), 1);
        assert_eq!(rows.len(), 5);
        assert_eq!(rows, draw((0..100).rev().collect(), 1));
        assert_ne!(rows, draw((0..100).collect(), 2));
    }

    #[test]
    fn every_mention_has_the_same_chance() {
        let mut drawn = [0_u32; 10];
        for seed in 0..2_000 {
            let rows = draw((0..10).map(|number| stored(number, true)), &key(), &BTreeMap::new(), 3, seed).expect("drawn");
            rows.iter().for_each(|row| drawn[row.id.parse::<usize>().expect("a number")] += 1);
        }
        // 2,000 draws of 3 in 10: 600 each, with a standard deviation of sqrt(2000 · 0.3 · 0.7) = 20.5; four of those.
        assert!(drawn.iter().all(|count| (518..=682).contains(count)), "{drawn:?}");
    }
}
