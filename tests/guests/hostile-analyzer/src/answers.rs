//! Answers that break the contract, and one that keeps it.

use vigie_plugin::{Annotation, Document, Failure};

use crate::{Answer, Settings};

/// The same annotation for every document.
fn all(documents: &[Document], annotation: &Annotation) -> Answer {
    Ok(documents.iter().map(|_| Ok(vec![annotation.clone()])).collect())
}

/// Every document's own text.
pub(crate) fn echo(_: &Settings, documents: Vec<Document>) -> Answer {
    Ok(documents.into_iter().map(|document| Ok(vec![Annotation::new("echo", document.text).confidence(1.0)])).collect())
}

/// A number for every document, as most analyzers have one: all it costs is the way there and back.
pub(crate) fn scores(_: &Settings, documents: Vec<Document>) -> Answer {
    all(&documents, &Annotation::new("score", 0.0).confidence(1.0))
}

/// What was learned, for every document.
pub(crate) fn tells_learned(settings: &Settings, documents: Vec<Document>) -> Answer {
    all(&documents, &Annotation::new("echo", String::from_utf8_lossy(settings.learned.table()).into_owned()))
}

/// One entry too few.
pub(crate) fn wrong_count(settings: &Settings, mut documents: Vec<Document>) -> Answer {
    documents.pop();
    echo(settings, documents)
}

/// A key the manifest does not declare.
pub(crate) fn undeclared_key(_: &Settings, documents: Vec<Document>) -> Answer {
    all(&documents, &Annotation::new("undeclared", "nobody knows me"))
}

/// A declared key with a value of another type.
pub(crate) fn wrong_type(_: &Settings, documents: Vec<Document>) -> Answer {
    all(&documents, &Annotation::new("score", "high"))
}

/// A number and a confidence that are none.
pub(crate) fn nan(_: &Settings, documents: Vec<Document>) -> Answer {
    all(&documents, &Annotation::new("score", f64::NAN).confidence(f32::NAN))
}

/// A value of 1 MiB for every document.
pub(crate) fn huge_value(_: &Settings, documents: Vec<Document>) -> Answer {
    all(&documents, &Annotation::new("echo", "x".repeat(1 << 20)))
}

/// Fails on the documents that hold the word of the settings; the others are annotated.
pub(crate) fn fails_some(settings: &Settings, documents: Vec<Document>) -> Answer {
    let word = settings.word.as_deref().ok_or_else(|| Failure::settings("`fails_some` needs the setting `word`"))?;
    let annotate = |document: Document| {
        if document.text.contains(word) {
            return Err(Failure::unexpected_answer(format!("this text holds `{word}`")));
        }
        Ok(vec![Annotation::new("echo", document.text)])
    };
    Ok(documents.into_iter().map(annotate).collect())
}

/// Fails as a whole.
pub(crate) fn fails_all(_: &Settings, _: Vec<Document>) -> Answer {
    Err(Failure::transient("it fails on purpose"))
}
