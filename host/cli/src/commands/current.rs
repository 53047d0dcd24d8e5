//! Whose results count where a query asks for them: those of the analyzers at work, as in every figure. What another edition found, or an
//! analyzer that is switched off, is unknown until it is analyzed again.

use vigie_query::{MatchText, Query};
use vigie_store::{InUse, Snapshot, StoreError, Stored};

/// The analyzers at work.
pub(crate) struct Current(Option<InUse>);

impl Current {
    /// Those of the last run; in a store that no run has taken note in, whatever was found counts.
    pub(crate) fn of(snapshot: &Snapshot) -> Result<Self, StoreError> {
        Ok(Self(snapshot.in_use()?))
    }

    /// Whether the query matches what counts of a mention.
    pub(crate) fn matches(&self, query: &Query, stored: &Stored) -> bool {
        let Some(in_use) = &self.0 else {
            return query.matches(&MatchText::analysed(&stored.mention, &stored.annotations, &stored.topics));
        };
        // Of the results that facts carry the whole edition is known, of others the version.
        let outdated = |by: &Option<String>, now: &Option<String>| by.is_some() && by != now;
        let sentiment = outdated(&stored.signals.sentiment_by, &in_use.analysis.sentiment);
        let language = outdated(&stored.signals.language_by, &in_use.analysis.language);
        let mut annotations = stored.annotations.clone();
        annotations.retain(|one| {
            let other = match one.key.as_str() {
                "sentiment" | "sentiment-label" => sentiment,
                "language" => language,
                _ => false,
            };
            !other && in_use.versions.get(&one.analyzer) == Some(&one.version)
        });
        query.matches(&MatchText::analysed(&stored.mention, &annotations, &stored.topics))
    }

    /// Whether the leaning of a mention counts.
    pub(crate) fn leans(&self, stored: &Stored) -> bool {
        self.0.as_ref().is_none_or(|in_use| {
            let by = &stored.signals.sentiment_by;
            by.is_some() && *by == in_use.analysis.sentiment
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use vigie_query::{DerivedField, FieldType, Reading, Schema};
    use vigie_store::Analysis;

    use super::*;

    /// Mentions were found by what an analyzer had said that was switched off since.
    #[test]
    fn what_another_edition_found_is_unknown() {
        let field = DerivedField {
            analyzer: "sentiment".to_owned(),
            key: "sentiment-label".to_owned(),
            value: FieldType::Text,
            one_of: vec!["positive".to_owned(), "negative".to_owned()],
        };
        let schema = Schema::new(vec![field]);
        let query = Reading::new().schema(&schema).parse("sentiment:positive").expect("a view").query;
        let stored: Stored = serde_json::from_value(json!({
            "mention": { "source": "forum", "instance": "", "id": "1", "kind": "post", "text": "good", "collected_at": "2026-11-21T09:00:00Z" },
            "topics": [], "updated_at": "2026-11-21T09:00:00Z", "revision": 0,
            "annotations": [{ "analyzer": "sentiment", "version": "1.0.0", "key": "sentiment-label", "value": { "text": "positive" } }],
            "signals": { "label": "positive", "sentiment_by": "sentiment 1.0.0 a" }
        }))
        .expect("a stored mention");
        let found = |version: Option<&str>, edition: Option<&str>| {
            let versions: BTreeMap<_, _> =
                version.map(|version| ("sentiment".to_owned(), version.to_owned())).into_iter().collect();
            let analysis = Analysis { language: None, sentiment: edition.map(str::to_owned) };
            let current = Current(Some(InUse { analysis, versions }));
            (current.matches(&query, &stored), current.leans(&stored))
        };
        assert_eq!(found(Some("1.0.0"), Some("sentiment 1.0.0 a")), (true, true));
        assert_eq!(found(Some("1.0.0"), Some("sentiment 1.0.0 b")), (false, false), "other settings");
        assert_eq!(found(Some("2.0.0"), Some("sentiment 2.0.0 a")), (false, false));
        assert_eq!(found(None, None), (false, false), "it is switched off");
        assert!(Current(None).matches(&query, &stored) && Current(None).leans(&stored));
    }
}
