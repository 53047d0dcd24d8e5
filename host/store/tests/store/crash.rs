//! What a crash leaves: whole commits, from the first to some one, and every cursor with its mentions.

use vigie_store::{Commit, Store, StoreError};

use crate::disk::Disk;
use crate::material::{brings, by, dump, key, look, mention, poll, record, removes, scored, store};

/// A dozen polls of two feeds: new mentions, edits, removals, children.
fn road() -> Vec<Commit> {
    let mut road = Vec::new();
    for step in 0..12_i64 {
        let mut records: Vec<_> = (0..20)
            .map(|number| {
                let id = format!("{}", step * 13 + number);
                let mut mention = by(mention(&id, step * 13 + number), &format!("author {}", number % 5));
                mention.text = format!("{} as of step {step}", "words ".repeat(40));
                scored(record(mention, &["acme"]), 0.5)
            })
            .collect();
        records.truncate(if step % 3 == 0 { 20 } else { 7 });
        let mut commit = brings(step * 10, records);
        if step % 2 == 1 {
            commit.removals = vec![key(&format!("{}", (step - 1) * 13))];
            commit.children = vec![crate::material::feed(&format!("child {step}"))];
        }
        if step % 4 == 3 {
            commit.feed.feed = "second".into();
        }
        road.push(commit);
    }
    road.push(removes(500, &["26", "39"]));
    road
}

/// The dump after each number of commits.
fn milestones(road: &[Commit]) -> Vec<String> {
    let store = store();
    let mut dumps = vec![dump(&store)];
    for commit in road {
        let _ = store.commit(vec![commit.clone()]).expect("commits");
        dumps.push(dump(&store));
    }
    dumps
}

/// Commits in groups of one to three until the end or the first error; how many were confirmed.
fn walk(disk: &Disk, road: &[Commit], random: &mut fastrand::Rng) -> usize {
    let Ok(store) = Store::open_backend(disk.clone()) else { return 0 };
    let mut done = 0;
    while done < road.len() {
        let group = road[done..].iter().take(random.usize(1..=3)).cloned().collect::<Vec<_>>();
        let size = group.len();
        if store.commit(group).is_err() {
            break;
        }
        done += size;
    }
    done
}

#[test]
fn after_a_crash_at_any_of_200_points_there_are_whole_commits_and_the_road_goes_on() {
    let road = road();
    let milestones = milestones(&road);
    let whole = Disk::default();
    assert_eq!(walk(&whole, &road, &mut fastrand::Rng::with_seed(0)), road.len());
    let most = whole.steps();
    // Making the file is a matter of its name, see `files.rs`.
    let fresh = Disk::default();
    drop(Store::open_backend(fresh.clone()).expect("opens"));
    let least = fresh.steps();

    let mut between = 0;
    for seed in 0..200 {
        let mut random = fastrand::Rng::with_seed(seed);
        let disk = Disk::default();
        disk.dies_after(random.usize(least..most));
        let confirmed = walk(&disk, &road, &mut random);

        let store = Store::open_backend(Disk::holding(disk.after_power_cut(&mut random)))
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        look(&store).verify().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let kept = dump(&store);
        let reached = milestones.iter().rposition(|milestone| *milestone == kept);
        let reached = reached.unwrap_or_else(|| panic!("seed {seed}: no whole number of commits is left"));
        assert!(reached >= confirmed, "seed {seed}: {confirmed} commits were confirmed and {reached} are left");
        between += usize::from(reached > 0 && reached < road.len());

        // From where the cursors stand.
        let _ = store.commit(road[reached..].to_vec()).expect("commits");
        assert_eq!(dump(&store), milestones[road.len()], "seed {seed}");
    }
    assert!(between > 100, "the crashes are spread over the road: {between}");
}

#[test]
fn a_full_disk_is_told_apart_and_loses_nothing() {
    let road = road();
    let disk = Disk::default();
    let store = Store::open_backend(disk.clone()).expect("opens");
    let _ = store.commit(road[..2].to_vec()).expect("commits");
    let before = dump(&store);

    disk.room(Some(disk.image().len()));
    let big = brings(300, (0..4_000).map(|number| record(mention(&format!("big {number}"), number), &["acme"])).collect());
    let error = store.commit(vec![big.clone()]).expect_err("does not fit");
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
    let error = store.commit(vec![poll("latest", 301, "c")]).expect_err("needs a new start");
    assert!(matches!(error, StoreError::DiskFull { .. }), "still says why: {error:?}");
    drop(store);

    // Still full: everything that was confirmed can be read.
    let full = Disk::holding(disk.image());
    let store = Store::open_backend(full.clone()).expect("opens on a full disk");
    look(&store).verify().expect("every invariant holds");
    assert_eq!(dump(&store), before, "nothing partial is visible");
    full.room(None);
    let receipts = store.commit(vec![big]).expect("there is room again");
    assert_eq!(receipts[0].new, 4_000);
}
