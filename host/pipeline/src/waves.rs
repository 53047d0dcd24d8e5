//! In which order analyzers run, from what they declare to read and write.

use std::collections::BTreeMap;

use vigie_runtime::Read;

/// Annotations the host writes itself, before any analyzer.
pub const KNOWN_TO_THE_HOST: [&str; 2] = ["topics", "hashtags"];

/// What one analyzer's manifest declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Id of the analyzer.
    pub id: String,
    /// Annotation keys it cannot do without (`reads = ["annotation:key"]`).
    pub requires: Vec<String>,
    /// Annotation keys it uses if somebody writes them; `language` for those that read the language, which the service may state.
    pub prefers: Vec<String>,
    /// Annotation keys it writes.
    pub writes: Vec<String>,
}

impl Needs {
    /// What a manifest declares: `annotation:KEY` is required, a language is welcome whoever states it.
    #[must_use]
    pub fn declared(id: &str, reads: &[Read], writes: Vec<String>) -> Self {
        let mut needs = Self { id: id.to_owned(), requires: Vec::new(), prefers: Vec::new(), writes };
        for read in reads {
            match read {
                Read::Annotation(key) => needs.requires.push(key.clone()),
                Read::Language => needs.prefers.push("language".to_owned()),
                Read::Text | Read::Title | Read::Author | Read::Rating => {}
            }
        }
        needs
    }
}

/// Why there is no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WaveError {
    /// Nobody writes what an analyzer reads.
    #[error(
        "analyzer `{analyzer}` reads annotation `{key}`, which no enabled analyzer writes; enable one that does, or disable `{analyzer}`"
    )]
    MissingInput {
        /// The analyzer that reads.
        analyzer: String,
        /// What it reads.
        key: String,
    },
    /// Analyzers wait for each other.
    #[error("analyzers {} read what the others write, in a circle; disable one of them", .analyzers.join(", "))]
    Cycle {
        /// The analyzers of the circle.
        analyzers: Vec<String>,
    },
}

/// Orders analyzers into waves: those of one wave need nothing of each other and run side by side.
///
/// # Shape
/// Returns indices into `analyzers`, in the order given within a wave.
///
/// # Errors
/// [`WaveError`] names the analyzer whose input nobody writes, or those that form a circle.
pub fn order(analyzers: &[Needs]) -> Result<Vec<Vec<usize>>, WaveError> {
    let mut writers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, analyzer) in analyzers.iter().enumerate() {
        for key in &analyzer.writes {
            writers.entry(key).or_default().push(index);
        }
    }
    let mut waits_for: Vec<Vec<usize>> = Vec::with_capacity(analyzers.len());
    for (index, analyzer) in analyzers.iter().enumerate() {
        let mut before = Vec::new();
        for key in &analyzer.requires {
            match writers.get(key.as_str()) {
                Some(indices) => before.extend(indices),
                None if KNOWN_TO_THE_HOST.contains(&key.as_str()) => {}
                None => return Err(WaveError::MissingInput { analyzer: analyzer.id.clone(), key: key.clone() }),
            }
        }
        // Who finds the language may well read the one the service states.
        let preferred = analyzer.prefers.iter().filter_map(|key| writers.get(key.as_str())).flatten();
        before.extend(preferred.filter(|&&other| other != index));
        // Reading what one writes oneself would be a circle of one only if another could not supply it.
        let others = before.iter().any(|&other| other != index);
        before.retain(|&other| other != index || !others);
        waits_for.push(before);
    }
    let mut waves: Vec<Vec<usize>> = Vec::new();
    let mut done = vec![false; analyzers.len()];
    while done.iter().any(|done| !done) {
        let ready = |index: &usize| !done[*index] && waits_for[*index].iter().all(|&before| done[before]);
        let wave: Vec<usize> = (0..analyzers.len()).filter(ready).collect();
        if wave.is_empty() {
            let stuck = (0..analyzers.len()).filter(|&index| !done[index]);
            return Err(WaveError::Cycle { analyzers: stuck.map(|index| format!("`{}`", analyzers[index].id)).collect() });
        }
        for &index in &wave {
            done[index] = true;
        }
        waves.push(wave);
    }
    Ok(waves)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(id: &str, requires: &[&str], prefers: &[&str], writes: &[&str]) -> Needs {
        let own = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect();
        Needs { id: id.to_owned(), requires: own(requires), prefers: own(prefers), writes: own(writes) }
    }

    #[test]
    fn readers_come_after_writers() {
        let analyzers = [
            needs("intent", &["sentiment"], &["language"], &["intent"]),
            needs("sentiment", &[], &["language"], &["sentiment"]),
            needs("language", &[], &[], &["language"]),
            needs("spam", &["hashtags"], &[], &["spam"]),
        ];
        assert_eq!(order(&analyzers), Ok(vec![vec![2, 3], vec![1], vec![0]]));
        assert_eq!(order(&[]), Ok(vec![]));
    }

    #[test]
    fn who_finds_the_language_may_read_the_one_that_is_stated() {
        let analyzers = [needs("mood", &[], &["language"], &[]), needs("tongue", &[], &["language"], &["language"])];
        assert_eq!(order(&analyzers), Ok(vec![vec![1], vec![0]]));
    }

    #[test]
    fn a_preference_nobody_serves_is_no_obstacle() {
        assert_eq!(order(&[needs("sentiment", &[], &["language"], &[])]), Ok(vec![vec![0]]));
    }

    #[test]
    fn missing_inputs_and_circles_are_named() {
        let missing = order(&[needs("intent", &["sentiment"], &[], &[])]);
        assert_eq!(missing, Err(WaveError::MissingInput { analyzer: "intent".into(), key: "sentiment".into() }));
        let circle = order(&[needs("a", &["y"], &[], &["x"]), needs("b", &["x"], &[], &["y"]), needs("c", &[], &[], &[])]);
        assert_eq!(circle, Err(WaveError::Cycle { analyzers: vec!["`a`".into(), "`b`".into()] }));
        assert!(order(&[needs("self", &["x"], &[], &["x"])]).is_err(), "nothing can start from its own result");
    }
}
