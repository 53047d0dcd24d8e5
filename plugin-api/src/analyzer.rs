//! What an analyzer plugin implements.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use serde::de::DeserializeOwned;

use crate::bindings::analyzer_plugin::exports::vigie::plugin::analyzer;
#[doc(hidden)]
pub use crate::host::report_panics;
use crate::{Annotation, Document, Failure, settings};

/// A plugin that annotates mentions. It has no network: the same documents and settings give the same annotations.
///
/// Export it with [`export_analyzer!`](crate::export_analyzer). One that also learns in place takes `vigie-plugin-learning` for that.
pub trait Analyzer {
    /// The settings the manifest's schema describes; what this type refuses beyond it becomes a failure of class `settings` that
    /// names the field. They are read once for all batches of an instance, so costly preparation belongs here (for instance with
    /// `#[serde(try_from = "…")]`). [`NoSettings`](crate::NoSettings) where there are none.
    type Settings: DeserializeOwned + 'static;

    /// Annotates a batch of 1 to 512 documents.
    ///
    /// # Shape
    /// One entry a document, in order. Only keys the manifest declares.
    ///
    /// # Errors
    /// The outer failure fails the whole batch; an inner one its document alone, which is kept with the failure.
    fn analyze(settings: &Self::Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure>;
}

/// Turns an [`Analyzer`] into what the contract exports. Used by [`export_analyzer!`](crate::export_analyzer).
#[doc(hidden)]
#[derive(Debug)]
pub struct Exported<A>(std::marker::PhantomData<A>);

thread_local! {
    /// The settings of the last call and what they were read from. The host keeps instances warm and sends the same text again.
    static LAST: RefCell<Option<(String, Rc<dyn Any>)>> = const { RefCell::new(None) };
}

/// Whether two texts are the same. What was learned makes settings long, and a guest's own comparison goes byte by byte.
fn same(one: &str, other: &str) -> bool {
    let ((one, one_end), (other, other_end)) = (one.as_bytes().as_chunks::<16>(), other.as_bytes().as_chunks::<16>());
    let equal = |(one, other): (&[u8; 16], &[u8; 16])| u128::from_ne_bytes(*one) == u128::from_ne_bytes(*other);
    one.len() == other.len() && one_end == other_end && one.iter().zip(other).all(equal)
}

/// The settings in `text`, taken from the last call where they are the same.
fn settings_of<T: DeserializeOwned + 'static>(text: &str) -> Result<Rc<T>, Failure> {
    let kept = LAST.with_borrow(|last| last.as_ref().filter(|(known, _)| same(known, text)).map(|(_, read)| Rc::clone(read)));
    // Another type under the same text happens natively, where several analyzers share a thread.
    if let Some(Ok(settings)) = kept.map(Rc::downcast::<T>) {
        return Ok(settings);
    }
    let settings: Rc<T> = Rc::new(settings::read(text)?);
    let kept: Rc<dyn Any> = settings.clone();
    LAST.set(Some((text.to_owned(), kept)));
    Ok(settings)
}

impl<A: Analyzer> analyzer::Guest for Exported<A> {
    fn analyze(text: String, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        report_panics();
        A::analyze(&*settings_of::<A::Settings>(&text)?, documents)
    }
}

/// Exports an [`Analyzer`] as a component of world `analyzer-plugin`. Does nothing in native builds, so that tests and other
/// crates can link the plugin as a library.
///
/// # Examples
/// ```ignore
/// vigie_plugin::export_analyzer!(Sentiment);
/// ```
#[macro_export]
macro_rules! export_analyzer {
    ($plugin:ty) => {
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "generated exports")]
        const _: () = {
            type Plugin = $crate::analyzer::Exported<$plugin>;
    $crate::bindings::analyzer_plugin::export_analyzer_plugin!(Plugin with_types_in $crate::bindings::analyzer_plugin);
        };
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_or_not() {
        let text: String = ('a'..='z').cycle().take(100).collect();
        for length in 0..text.len() {
            assert!(same(&text[..length], &text.clone()[..length]));
            assert!(!same(&text[..length], &text[..length + 1]) && !same(&text[..length + 1], &text[..length]));
            let other = format!("{}-{}", &text[..length], &text[length + 1..]);
            assert!(!same(&text, &other), "{length}");
        }
    }
}
