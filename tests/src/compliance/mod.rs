//! What every source plugin promises, asked of each through the real host over the miniature internet.
//!
//! | promise | where |
//! |---|---|
//! | all that the service holds arrives, each field right, nothing else; a second look finds nothing new; what is new later arrives | [`store`] |
//! | a service that refuses every few requests loses nothing; nobody outside the plugin's hosts is asked | [`store`] |
//! | resumed at any checkpoint, the rest completes what came before | [`walks`] |
//! | an edit, a counter, a removal is seen by reading again | [`again`] |
//! | every failure has its class and its pause | [`failures`] |
//!
//! A service of the miniature internet takes part by saying how it is read ([`vigie_internet::truth`]); [`check`] does the rest and
//! returns complaints, so that one run shows all that is wrong.

pub mod again;
mod bench;
mod compare;
pub mod failures;
pub mod store;
pub mod walks;

pub use bench::Bench;

use crate::TestError;

/// A promise: what is asked of a plugin, and the complaints that follow.
pub type Promise = fn(&Bench) -> Result<Vec<String>, TestError>;

/// All promises, by name.
pub const PROMISES: [(&str, Promise); 6] = [
    ("everything arrives", store::everything_arrives),
    ("refusals lose nothing", store::refusals_lose_nothing),
    ("later things arrive", store::later_things_arrive),
    ("every checkpoint resumes", walks::every_checkpoint_resumes),
    ("reading again sees changes", again::changes_are_seen),
    ("every failure has its class", failures::every_failure_has_its_class),
];

/// The services that say how plugin `plugin` reads them.
///
/// # Errors
/// [`TestError`] when the miniature internet does not start.
pub fn services_of(plugin: &str) -> Result<Vec<String>, TestError> {
    let internet = bench::internet()?;
    let subjects = internet.subjects();
    Ok(subjects.into_iter().filter(|(_, _, subject)| subject.plugin == plugin).map(|(name, _, _)| name).collect())
}

/// Asks everything of one plugin; the complaints, each with the promise and the service.
///
/// # Errors
/// [`TestError`] when the test cannot even begin: the plugin was not built, no service tells how it is read.
pub fn check(plugin: &str) -> Result<Vec<String>, TestError> {
    let mut complaints = Vec::new();
    let services = services_of(plugin)?;
    if services.is_empty() {
        complaints.push(format!("no service of the miniature internet is read by `{plugin}`"));
    }
    for service in services {
        for (name, promise) in PROMISES {
            let bench = Bench::new(&service)?;
            let began = std::time::Instant::now();
            complaints.extend(promise(&bench)?.into_iter().map(|complaint| format!("{service}, {name}: {complaint}")));
            println!("{service}, {name}: {:.1} s, {} requests", began.elapsed().as_secs_f32(), bench.internet.requests().len());
        }
    }
    Ok(complaints)
}
