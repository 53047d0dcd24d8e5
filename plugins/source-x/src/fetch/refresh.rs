//! Reads posts again, a hundred in a request.

use vigie_plugin::{Change, Failure};

use super::ask;
use crate::parse::{self, Page, is_number};
use crate::{Settings, normalize};

const PER_REQUEST: usize = 100;

/// Posts with their counters, in their last version; what is deleted, protected or suspended is removed, as X's terms demand.
pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).filter(|id| is_number(id)).collect();
    let mut changes = Vec::new();
    for some in ids.chunks(PER_REQUEST) {
        let page = read(settings, some)?;
        // Asked for by its first number, a post comes in its first version.
        let last = |post: &parse::Post| post.versions.last().filter(|last| **last != post.id).cloned();
        let edited: Vec<String> = page.posts.iter().filter_map(last).collect();
        let newer: Page = match edited.iter().map(String::as_str).collect::<Vec<_>>() {
            none if none.is_empty() => Page::default(),
            some => read(settings, &some)?,
        };
        for post in &page.posts {
            let version = last(post).and_then(|last| newer.posts.iter().find(|newer| newer.id == last));
            changes.push(Change::Upsert(normalize::post(version.unwrap_or(post))));
        }
        // A number in question and nothing else: other posts are told as missing because these refer to them.
        changes.extend(page.gone.into_iter().filter(|gone| some.contains(&gone.as_str())).map(Change::Remove));
    }
    Ok(changes)
}

fn read(settings: &Settings, ids: &[&str]) -> Result<Page, Failure> {
    parse::page(&ask::posts(settings, "/2/tweets").query("ids", ids.join(",")).send()?)
}
