//! The names of fields.

use crate::syntax::Scope;

/// What stands before a `:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Text(Scope),
    Raw,
    Meta(MetaField),
    /// Filled in later by analyzers.
    Derived,
    /// Filled in later by people; no such state is kept yet.
    Workflow,
    /// A name of the language that no mention carries a value for.
    Absent,
}

/// Facts fixed when a mention is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MetaField {
    Author,
    AuthorId,
    Bio,
    AtMentions,
    Hashtags,
    Links,
    Site,
    Url,
    Source,
    Kind,
    EngagementType,
    Language,
    Country,
    Continent,
    State,
    County,
    City,
    Published,
    Fetched,
    Followers,
    Likes,
    Shares,
    Comments,
    Views,
    Engagement,
    Reach,
    Rating,
    Thread,
    ReplyTo,
    Is,
    Has,
    Missing,
    Exists,
}

const NAMES: [(&str, Field); 60] = {
    use Field::{Absent, Derived, Meta, Raw, Text, Workflow};
    use MetaField as M;
    [
        ("text", Text(Scope::Any)),
        ("title", Text(Scope::Title)),
        ("body", Text(Scope::Body)),
        ("raw", Raw),
        ("author", Meta(M::Author)),
        ("authorid", Meta(M::AuthorId)),
        ("bio", Meta(M::Bio)),
        ("at_mentions", Meta(M::AtMentions)),
        ("hashtags", Meta(M::Hashtags)),
        ("links", Meta(M::Links)),
        ("site", Meta(M::Site)),
        ("url", Meta(M::Url)),
        ("source", Meta(M::Source)),
        ("kind", Meta(M::Kind)),
        ("lang", Meta(M::Language)),
        ("language", Meta(M::Language)),
        ("country", Meta(M::Country)),
        ("continent", Meta(M::Continent)),
        ("state", Meta(M::State)),
        ("county", Meta(M::County)),
        ("city", Meta(M::City)),
        ("published", Meta(M::Published)),
        ("fetched", Meta(M::Fetched)),
        ("followers", Meta(M::Followers)),
        ("likes", Meta(M::Likes)),
        ("shares", Meta(M::Shares)),
        ("comments", Meta(M::Comments)),
        ("views", Meta(M::Views)),
        ("engagement", Meta(M::Engagement)),
        ("reach", Meta(M::Reach)),
        ("rating", Meta(M::Rating)),
        ("thread", Meta(M::Thread)),
        ("replyto", Meta(M::ReplyTo)),
        ("is", Meta(M::Is)),
        ("has", Meta(M::Has)),
        ("missing", Meta(M::Missing)),
        ("exists", Meta(M::Exists)),
        // As Brandwatch spells them.
        ("engagementtype", Meta(M::EngagementType)),
        ("engagingwithguid", Meta(M::ReplyTo)),
        ("tag", Workflow),
        ("category", Workflow),
        ("status", Workflow),
        ("assigned", Workflow),
        ("priority", Workflow),
        ("sentiment", Derived),
        ("emotion", Derived),
        ("topic", Derived),
        ("brand", Derived),
        ("risk", Derived),
        ("region", Absent),
        ("latitude", Absent),
        ("longitude", Absent),
        ("impressions", Absent),
        ("impact", Absent),
        ("gender", Absent),
        ("authorgender", Absent),
        ("accounttype", Absent),
        ("authorverifiedtype", Absent),
        ("blogname", Absent),
        ("subreddit", Absent),
    ]
};

impl Field {
    /// The field of that name; capitals do not matter.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        if lower.starts_with("an.") && lower.len() > 3 {
            return Some(Self::Derived);
        }
        NAMES.iter().find(|(known, _)| *known == lower).map(|(_, field)| *field)
    }

    /// A known name that `name` was probably meant to be.
    pub(crate) fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, NAMES.iter().filter(|(_, field)| *field != Self::Absent).map(|(known, _)| *known))
    }
}

impl MetaField {
    pub(crate) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, field)| *field == Field::Meta(self)).map_or("", |(name, _)| name)
    }
}

/// The candidate with the fewest changed letters, if those are few.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.to_lowercase().chars().take(40).collect();
    let allowed = (name.len() / 3).clamp(1, 3);
    candidates
        .map(|candidate| (distance(&name, candidate), candidate))
        .filter(|(changes, _)| *changes <= allowed)
        .min_by_key(|(changes, _)| *changes)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, over characters.
pub(crate) fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (line, c) in b.chars().enumerate() {
        let mut diagonal = line;
        for (column, &other) in a.iter().enumerate() {
            let Some(above) = row.get(column + 1).copied() else { break };
            let left = if column == 0 { line + 1 } else { row.get(column).copied().unwrap_or(0) };
            let best = (diagonal + usize::from(c != other)).min(above + 1).min(left + 1);
            if let Some(cell) = row.get_mut(column) {
                *cell = left;
            }
            if let Some(cell) = row.get_mut(column + 1) {
                *cell = best;
            }
            diagonal = above;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_field() {
        assert_eq!(Field::named("engagementType"), Some(Field::Meta(MetaField::EngagementType)));
        assert_eq!(Field::nearest("autor"), Some("author"));
        assert_eq!(Field::nearest("folowers"), Some("followers"));
        assert_eq!(Field::nearest("https"), None);
        assert_eq!(Field::named("an."), None);
    }

    #[test]
    fn distances() {
        let count = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!(count("kitten", "sitting"), 3);
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("abc", ""), 3);
        assert_eq!(count("site", "site"), 0);
    }
}
