//! Patterns of paths.

use std::collections::BTreeMap;

/// What the named segments of a pattern are in a path. A slash at the end says nothing.
pub(super) fn segments(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let plain = |path: &'_ str| path.strip_suffix('/').unwrap_or(path).to_owned();
    let (pattern, path) = (plain(pattern), plain(path));
    let before = pattern.strip_prefix('{').and_then(|rest| rest.split_once("*}/"));
    let Some((name, pattern)) = before else { return within(&pattern, &path) };
    // The folder a service is installed in, the shortest first.
    path.match_indices('/').find_map(|(at, _)| {
        let mut caught = within(pattern, &path[at + 1..])?;
        caught.insert(name.to_owned(), path[..at].to_owned());
        Some(caught)
    })
}

fn within(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut caught = BTreeMap::new();
    let mut rest = path;
    let mut parts = pattern.split('/').peekable();
    while let Some(part) = parts.next() {
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix("*}")) {
            caught.insert(name.to_owned(), rest.to_owned());
            return Some(caught);
        }
        let (segment, behind) = rest.split_once('/').unwrap_or((rest, ""));
        let is_last = !rest.contains('/');
        match part.split_once('{').and_then(|(before, name)| Some((before, name.split_once('}')?))) {
            Some((before, (name, after))) => {
                let inside = segment.strip_prefix(before)?.strip_suffix(after)?;
                if inside.is_empty() {
                    return None;
                }
                caught.insert(name.to_owned(), inside.to_owned());
            }
            None if part == segment => {}
            None => return None,
        }
        if parts.peek().is_some() && is_last {
            return None;
        }
        if parts.peek().is_none() && !is_last {
            return None;
        }
        rest = behind;
    }
    Some(caught)
}
