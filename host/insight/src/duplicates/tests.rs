//! What holds of clusters, by cases and by properties.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Instant {
    Instant::from_millis(second * 1_000)
}

fn of(texts: &[&str]) -> Vec<Cluster<usize>> {
    clusters(texts.iter().enumerate().map(|(place, text)| (place, at(place as i64), *text)), Likeness::default())
}

const PRESS: &str = "Acme recalls forty thousand chargers after three of them caught fire in a warehouse near Lyon";

#[test]
fn copies_join_their_original() {
    let shared = format!("RT @desk: {PRESS} https://a.example/1");
    let shouted = PRESS.to_uppercase();
    let changed = PRESS.replace("near Lyon", "close to Lyon");
    let texts = [PRESS, "a morning without coffee is no morning", &shared, &shouted, "nothing new here today", &changed];
    assert_eq!(of(&texts), [Cluster { original: 0, copies: vec![2, 3, 5] }]);
    assert_eq!(of(&texts)[0].size(), 4);
}

#[test]
fn the_first_published_is_the_original_however_mentions_come() {
    let mentions = [("b", at(5), PRESS), ("a", at(9), PRESS), ("d", at(1), PRESS), ("c", at(1), PRESS)];
    let found = clusters(mentions, Likeness::default());
    assert_eq!(found, [Cluster { original: "c", copies: vec!["d", "b", "a"] }]);
}

#[test]
fn short_words_of_thanks_are_nobodys_copy() {
    assert!(of(&["thank you", "Thank you!", "thank you @acme", "", "@acme https://a.example"]).is_empty());
    assert_eq!(of(&["thank you all", "thank you all"]).len(), 1);
}

#[test]
fn a_chain_of_small_changes_does_not_join_its_ends() {
    let words: Vec<String> = (0..60).map(|word| format!("word{word}")).collect();
    // Each link keeps 18 of 20 words, so neighbours are alike and the ends have nothing in common.
    let links: Vec<String> = (0..20).map(|link| words[link * 2..link * 2 + 20].join(" ")).collect();
    let likeness = Likeness::default();
    assert!(similarity(&links[0], &links[1], likeness) > likeness.similarity);
    for cluster in clusters(links.iter().enumerate().map(|(place, text)| (place, at(place as i64), text)), likeness) {
        for copy in cluster.copies {
            assert!(similarity(&links[cluster.original], &links[copy], likeness) >= likeness.similarity);
        }
    }
}

#[test]
fn texts_made_to_meet_each_other_do_not_take_quadratic_time() {
    // One phrase that all share, and a tail each has alone: below the similarity asked for, and in each other's buckets all the same.
    let texts: Vec<String> =
        (0..20_000).map(|n| format!("win a free phone today only on our site {n}a {n}b {n}c {n}d {n}e {n}f {n}g")).collect();
    let found = clusters(texts.iter().enumerate().map(|(place, text)| (place, at(place as i64), text)), Likeness::default());
    assert!(found.is_empty(), "{} clusters", found.len());
}

#[test]
fn the_index_finds_nearly_every_pair_that_is_alike() {
    // Posts of 20 words and copies of them with two words changed: similarity 0.65 to 0.75, where bands are at their weakest.
    let mut missed = 0;
    for post in 0..1_000_u32 {
        let words: Vec<String> = (0..20).map(|word| format!("w{}", (post * 20 + word).wrapping_mul(2_654_435_761))).collect();
        let mut changed = words.clone();
        changed[(post % 9) as usize] = "other".to_owned();
        changed[(10 + post % 7) as usize] = "again".to_owned();
        let (original, copy) = (words.join(" "), changed.join(" "));
        assert!(similarity(&original, &copy, Likeness::default()) >= 0.6);
        missed += u32::from(of(&[&original, &copy]).is_empty());
    }
    assert!(missed <= 10, "{missed} of 1,000 pairs were missed");
}

/// Texts out of few words, so that many are alike.
fn texts() -> impl Strategy<Value = Vec<(i64, String)>> {
    let word = prop::sample::select(vec!["acme", "phone", "sale", "broken", "again", "Lyon", "RT", "@x", "été", "…", "手机"]);
    let text = prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "));
    prop::collection::vec((0_i64..5, text), 0..40)
}

proptest! {
    #[test]
    fn the_order_of_mentions_changes_nothing(texts in texts(), turn in 0_usize..40) {
        let mentions: Vec<(usize, Instant, &str)> =
            texts.iter().enumerate().map(|(key, (second, text))| (key, at(*second), text.as_str())).collect();
        let mut turned = mentions.clone();
        turned.rotate_left(turn % mentions.len().max(1));
        turned.reverse();
        prop_assert_eq!(clusters(mentions, Likeness::default()), clusters(turned, Likeness::default()));
    }

    #[test]
    fn every_copy_is_alike_to_its_original_and_no_older(texts in texts(), percent in 60_u32..=100) {
        let likeness = Likeness { similarity: f64::from(percent) / 100.0, ..Likeness::default() };
        let mentions = texts.iter().enumerate().map(|(key, (second, text))| (key, at(*second), text.as_str()));
        let mut seen = BTreeSet::new();
        for cluster in clusters(mentions, likeness) {
            prop_assert!(!cluster.copies.is_empty());
            prop_assert!(seen.insert(cluster.original));
            for copy in &cluster.copies {
                prop_assert!(seen.insert(*copy), "a mention stands in one cluster");
                prop_assert!((texts[cluster.original].0, cluster.original) < (texts[*copy].0, *copy));
                prop_assert!(similarity(&texts[cluster.original].1, &texts[*copy].1, likeness) >= likeness.similarity);
            }
        }
    }

    #[test]
    fn equal_texts_always_meet(text in "[a-z]{2,8}( [a-z]{2,8}){2,30}", copies in 1_usize..5) {
        let mentions = (0..=copies).map(|key| (key, at(key as i64), text.as_str()));
        prop_assert_eq!(
            clusters(mentions, Likeness::default()),
            vec![Cluster { original: 0, copies: (1..=copies).collect() }]
        );
    }

    #[test]
    fn no_text_panics_and_likeness_is_symmetric(a in "\\PC{0,80}", b in "\\PC{0,80}") {
        let likeness = Likeness { words: 1, ..Likeness::default() };
        let (there, back) = (similarity(&a, &b, likeness), similarity(&b, &a, likeness));
        prop_assert_eq!(there, back);
        prop_assert!((0.0..=1.0).contains(&there));
    }
}
