//! The story is always the same, and it is the one the tour tells.

use std::collections::BTreeSet;

use super::*;
use crate::story::calendar::Days;

/// Every text with its instant and whether it is about Lumio.
fn all(story: &Story) -> Vec<(Timestamp, String)> {
    let news = story.news.iter().map(|item| (item.at, format!("{} {}", item.title.as_deref().unwrap_or(""), item.words.first())));
    let posts = story.boards.iter().flat_map(|board| &board.posts).filter(|post| post.action.is_none());
    let entries = story.papers.iter().flat_map(|paper| &paper.entries);
    news.chain(posts.map(|post| (post.at, post.words.first().to_owned())))
        .chain(entries.map(|entry| (entry.at, format!("{} {}", entry.title, entry.words.first()))))
        .collect()
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let first = Story::new(default_now(), 1);
    assert_eq!(first, Story::new(default_now(), 1));
    assert_ne!(first.news, Story::new(default_now(), 2).news);
}

#[test]
fn some_three_and_a_half_thousand_items_lie_before_the_present() {
    for seed in 1..4 {
        let story = Story::new(default_now(), seed);
        let all = all(&story);
        let past = all.iter().filter(|(at, _)| *at <= story.now).count();
        assert!((3_100..4_100).contains(&past), "{past} with seed {seed}");
        let coming = all.len() - past;
        assert!((350..1_100).contains(&coming), "{coming} after the present with seed {seed}");
        let distinct: BTreeSet<_> = all.iter().map(|(_, text)| text).collect();
        assert!(distinct.len() * 100 > all.len() * 93, "{} texts, {} of them distinct", all.len(), distinct.len());
    }
}

#[test]
fn the_crisis_bursts_in_the_forums_first_then_on_hacker_news_then_in_the_press() {
    let story = Story::new(default_now(), 1);
    let days = Days::around(story.now);
    let hot = |text: &str| ["overheat", "Surchauffe", "surchauffe", "5.2", "#LumioGate"].iter().any(|word| text.contains(word));
    let first = |texts: Vec<(Timestamp, &str)>| {
        let instants = texts.into_iter().filter(|(_, text)| hot(text)).map(|(at, _)| days.of(at));
        instants.fold(f64::MAX, f64::min)
    };
    let forum = first(story.boards[0].posts.iter().map(|post| (post.at, post.words.first())).collect());
    let news = first(story.news.iter().map(|item| (item.at, item.words.first())).collect());
    let press = first(story.papers[0].entries.iter().map(|entry| (entry.at, entry.words.first())).collect());
    assert!(41.0 < forum && forum < 42.0, "forum on day {forum}");
    assert!(forum + 0.5 < news && news < 43.5, "Hacker News on day {news}");
    assert!(42.5 < press && press < 43.5, "press on day {press}");

    let all = all(&story);
    let on = |from: f64, to: f64| all.iter().filter(|(at, _)| (from..to).contains(&days.of(*at))).count();
    let (before, burst, after) = (on(34.0, 41.0), on(41.5, 48.5), on(56.0, 60.0) * 7 / 4);
    assert!(burst > before * 3 / 2, "{burst} in the week of the crisis, {before} in the week before");
    assert!(after < before * 3 / 2, "{after} a week at the end, {before} before");
}

#[test]
fn numbers_rise_with_time_and_answers_point_backwards() {
    let story = Story::new(default_now(), 1);
    assert!(story.news.windows(2).all(|pair| pair[0].id < pair[1].id && pair[0].at <= pair[1].at));
    assert!(story.news.iter().all(|item| item.parent.is_none_or(|parent| parent < item.id)));
    for board in &story.boards {
        assert!(board.posts.windows(2).all(|pair| pair[0].id < pair[1].id && pair[0].at <= pair[1].at));
        assert!(board.posts.iter().all(|post| post.reply_to.is_none_or(|to| to < post.number)));
        assert!(board.posts.windows(2).any(|pair| pair[1].id > pair[0].id + 100), "a gap wider than a page");
        let removed = board.posts.iter().filter(|post| post.words.at(Timestamp::MAX).text.is_none()).count();
        let edited = board.posts.iter().filter(|post| post.words.at(Timestamp::MAX).version > 1).count();
        assert!(removed > 0 && edited > removed, "{removed} removed, {edited} changed");
    }
}

#[test]
fn influencers_write_much_and_accounts_are_one_a_service() {
    let story = Story::new(default_now(), 1);
    for board in &story.boards {
        let mut ids = std::collections::BTreeMap::new();
        for post in &board.posts {
            assert_eq!(ids.entry(&post.author.handle).or_insert(post.author.id), &post.author.id);
        }
        let of = |handle: &str| board.posts.iter().filter(|post| post.author.handle == handle).count();
        let famous = if board.language == "fr" { "TechaMarie" } else { "mira_tests" };
        assert!(of(famous) * ids.len() > board.posts.len() * 3, "{famous} writes {} of {}", of(famous), board.posts.len());
    }
}

#[test]
fn the_operators_file_names_every_origin_it_reads() {
    let addr = "127.0.0.1:4080".parse().expect("a valid address");
    let file = vigie_toml(addr, std::path::Path::new("/tmp/data"));
    for part in [
        "[topics.lumio]",
        "[connectors.press]",
        "history = \"60d\"",
        "\"https://forum.phones.example\" = \"http://127.0.0.1:4080/forum.phones.example\"",
    ] {
        assert!(file.contains(part), "{part} is missing");
    }
    for url in FEED_URLS {
        let origin: String = url.split('/').take(3).collect::<Vec<_>>().join("/");
        assert!(file.contains(&format!("\"{origin}\" = ")), "{origin} is not rerouted");
    }
}
