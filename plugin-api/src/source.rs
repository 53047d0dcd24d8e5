//! What a source plugin implements.

use serde::de::DeserializeOwned;

use crate::bindings::source_plugin::exports::vigie::plugin::source;
use crate::{Batch, Change, Failure, Feed, Poll, Search, host, settings};

/// A plugin that reads one service. Every call may run in a fresh instance: nothing is remembered between calls.
///
/// Export it with [`export_source!`](crate::export_source).
pub trait Source {
    /// The settings the manifest's schema describes. The host has checked that schema before; what this type refuses beyond
    /// it becomes a failure of class `settings` that names the field. [`NoSettings`](crate::NoSettings) where there are none.
    type Settings: DeserializeOwned;

    /// Names the feeds of a connector from its settings and its topics' searches.
    ///
    /// # Shape
    /// A feed's id is stable as long as it reads the same thing; a changed search is another feed.
    ///
    /// # Errors
    /// Class `settings` where the settings are well-formed and wrong.
    fn plan(settings: Self::Settings, searches: Vec<Search>) -> Result<Vec<Feed>, Failure>;

    /// Reads one feed, from a cursor on. May deliver again what it delivered before: the host knows ids.
    ///
    /// # Errors
    /// By class; see [`FailureClass`](crate::FailureClass). The cursor stays where it was.
    fn poll(settings: Self::Settings, request: Poll) -> Result<Batch, Failure>;

    /// Reads known mentions again in the service's batch form, for counters, edits and removals. An id that is not answered is
    /// left as it is, so a service without such a form needs no method here.
    ///
    /// # Errors
    /// As [`poll`](Self::poll). Where the answer for one id is a failure that is not of that one alone
    /// ([`Failure::is_of_one`]), the call fails: an id that is passed over counts as read, and is not asked for again before it is of
    /// the next age. The host asks again, and if need be in halves.
    fn refresh(settings: Self::Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        let _ = (settings, ids);
        Ok(Vec::new())
    }
}

/// Turns a [`Source`] into what the contract exports. Used by [`export_source!`](crate::export_source).
#[doc(hidden)]
#[derive(Debug)]
pub struct Exported<S>(std::marker::PhantomData<S>);

impl<S: Source> source::Guest for Exported<S> {
    fn plan(text: String, searches: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        host::report_panics();
        S::plan(settings::read(&text)?, searches)
    }

    fn poll(text: String, request: Poll) -> Result<Batch, Failure> {
        host::report_panics();
        S::poll(settings::read(&text)?, request)
    }

    fn refresh(text: String, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        host::report_panics();
        S::refresh(settings::read(&text)?, ids)
    }
}

/// Exports a [`Source`] as a component of world `source-plugin`. Does nothing in native builds, so that tests and other crates
/// can link the plugin as a library.
///
/// # Examples
/// ```ignore
/// vigie_plugin::export_source!(Notes);
/// ```
#[macro_export]
macro_rules! export_source {
    ($plugin:ty) => {
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "generated exports")]
        const _: () = {
            type Plugin = $crate::source::Exported<$plugin>;
    $crate::bindings::source_plugin::export_source_plugin!(Plugin with_types_in $crate::bindings::source_plugin);
        };
    };
}
