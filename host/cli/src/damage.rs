//! A store's file that was altered. The database checks pages when it opens a file, not each page when it reads it, and panics on one that
//! makes no sense: to who uses the program that is an error like others, with what to do about it.

use std::panic::{set_hook, take_hook};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::Stop;

/// Whether the database has panicked, in whichever thread.
pub(crate) struct Broken(Arc<AtomicBool>);

/// Takes note of panics of the database from now on, without a word; all others are told as ever.
pub(crate) fn watch() -> Broken {
    let broken = Arc::new(AtomicBool::new(false));
    let (seen, others) = (Arc::clone(&broken), take_hook());
    set_hook(Box::new(move |panic| {
        if panic.location().is_some_and(|place| place.file().contains("redb-")) {
            seen.store(true, Ordering::Relaxed);
        } else if !seen.load(Ordering::Relaxed) {
            others(panic);
        }
    }));
    Broken(broken)
}

impl Broken {
    /// What to say if it has.
    pub(crate) fn found(&self) -> Option<Stop> {
        let words =
            "the store is damaged: its pages do not fit together; restore it from a copy, or move it away and collect anew";
        self.0.load(Ordering::Relaxed).then(|| Stop::message(words))
    }
}
