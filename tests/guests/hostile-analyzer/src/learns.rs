//! Ways of learning: some break a limit, and one keeps all it was given.

use vigie_plugin::{Document, Failure};
use vigie_plugin_learning::Example;

use crate::{Settings, computes};

fn documents(examples: Vec<Example>) -> Vec<Document> {
    examples.into_iter().map(|example| example.document).collect()
}

/// Never returns.
pub(crate) fn spins(settings: &Settings, examples: Vec<Example>) -> Result<Vec<u8>, Failure> {
    computes::spins(settings, documents(examples)).map(|_| Vec::new())
}

/// Panics, on all examples or on those that hold the word of the settings.
pub(crate) fn traps(settings: &Settings, examples: Vec<Example>) -> Result<Vec<u8>, Failure> {
    computes::traps(settings, documents(examples)).map(|_| Vec::new())
}

/// Takes memory until there is none.
pub(crate) fn hoards(settings: &Settings, examples: Vec<Example>) -> Result<Vec<u8>, Failure> {
    computes::hoards(settings, documents(examples)).map(|_| Vec::new())
}

/// Cannot learn from the first example.
pub(crate) fn fails(_: &Settings, examples: Vec<Example>) -> Result<Vec<u8>, Failure> {
    let first = examples.first().map_or("nothing", |example| example.key.as_str());
    Err(Failure::settings(format!("example 1 of {}: `{first}` is not for learning", examples.len())))
}

/// A byte more than the contract allows.
pub(crate) fn huge_table(_: &Settings, _: Vec<Example>) -> Result<Vec<u8>, Failure> {
    Ok(vec![b'x'; (1 << 20) + 1])
}

/// Everything it was given, as text.
pub(crate) fn all_of_it(settings: &Settings, examples: Vec<Example>) -> Result<Vec<u8>, Failure> {
    let told = |example: &Example| {
        let Example { document, key, value, weight } = example;
        format!("{} {key}={value:?} x{weight}\n", document.text)
    };
    let before = settings.learned.table().len();
    Ok(format!("{before} bytes before\n{}", examples.iter().map(told).collect::<String>()).into_bytes())
}
