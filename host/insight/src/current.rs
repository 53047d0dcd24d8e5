//! Whose results count: those of the analyzers at work now. What another edition found is unknown until it is analyzed again, so that
//! no figure mixes two of them.

use vigie_store::{Analysis, AnalysisId, Fact, NameId, Polarity, Snapshot, StoreError};

/// The analyses that do not count; they are few, and every fact is held against them.
#[derive(Debug, Default)]
pub(crate) struct Current {
    language: Vec<AnalysisId>,
    sentiment: Vec<AnalysisId>,
}

impl Current {
    /// Reads which analyzers are at work. In a store that no run has taken note in, all count.
    pub(crate) fn of(snapshot: &Snapshot) -> Result<Self, StoreError> {
        Ok(match snapshot.in_use()? {
            Some(in_use) => Self::among(&snapshot.analyses()?, &in_use.analysis),
            None => Self::default(),
        })
    }

    fn among(analyses: &[(AnalysisId, Analysis)], now: &Analysis) -> Self {
        // A language that nobody found is one the service states; it belongs to no edition.
        let language = analyses.iter().filter(|(_, found)| found.language.is_some() && found.language != now.language);
        let sentiment = analyses.iter().filter(|(_, found)| found.sentiment.is_none() || found.sentiment != now.sentiment);
        let ids = |found: &(AnalysisId, Analysis)| found.0;
        // A leaning that nobody found is one of a file from before editions were noted.
        let before = AnalysisId::default();
        Self { language: language.map(ids).collect(), sentiment: sentiment.map(ids).chain([before]).collect() }
    }

    pub(crate) fn language(&self, fact: &Fact) -> Option<NameId> {
        fact.language.filter(|_| !self.language.contains(&fact.analysis))
    }

    pub(crate) fn polarity(&self, fact: &Fact) -> Option<Polarity> {
        fact.polarity.filter(|_| !self.is_outdated(fact))
    }

    /// Whether another edition said which way it leans.
    pub(crate) fn is_outdated(&self, fact: &Fact) -> bool {
        fact.polarity.is_some() && self.sentiment.contains(&fact.analysis)
    }
}
