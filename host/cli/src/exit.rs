//! How the program ends: every way out has its code, documented in `vigie --help`.

use std::io;

use vigie_mention::FailureClass;
use vigie_runtime::CallError;

/// Something else went wrong.
pub(crate) const OTHER: u8 = 1;
/// The command line or the configuration has a mistake.
pub(crate) const USAGE: u8 = 2;
/// A plugin broke, reached a limit, or answered outside the contract.
pub(crate) const PLUGIN: u8 = 20;

/// A command that did not get to its end.
#[derive(Debug)]
pub(crate) struct Stop {
    /// The exit code.
    pub(crate) code: u8,
    /// What to tell; nothing if it has been told.
    pub(crate) error: Option<anyhow::Error>,
}

impl Stop {
    /// Ends with a code and no further word.
    pub(crate) fn quietly(code: u8) -> Self {
        Self { code, error: None }
    }

    /// A mistake in the command line or the configuration.
    pub(crate) fn usage(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { code: USAGE, error: Some(error.into()) }
    }

    /// A mistake in the command line or the configuration, in words.
    pub(crate) fn usage_message(message: impl Into<String>) -> Self {
        Self { code: USAGE, error: Some(anyhow::Error::msg(message.into())) }
    }

    /// Anything else, in words.
    pub(crate) fn message(message: impl Into<String>) -> Self {
        Self { code: OTHER, error: Some(anyhow::Error::msg(message.into())) }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        let error = error.into();
        // Whoever reads our output has seen enough: `vigie mentions | head`.
        let closed = error
            .chain()
            .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe));
        if closed { Self::quietly(0) } else { Self { code: OTHER, error: Some(error) } }
    }
}

/// The exit code of a class of failure.
pub(crate) const fn class_code(class: FailureClass) -> u8 {
    match class {
        FailureClass::Settings => 10,
        FailureClass::Unauthorized => 11,
        FailureClass::Forbidden => 12,
        FailureClass::RateLimited => 13,
        FailureClass::QuotaExhausted => 14,
        FailureClass::Transient => 15,
        FailureClass::UnexpectedAnswer => 16,
        FailureClass::StaleCursor => 17,
        FailureClass::Gone => 18,
    }
}

/// The exit code of a call that gave no answer.
pub(crate) const fn call_code(error: &CallError) -> u8 {
    match error {
        CallError::Failure(failure) => class_code(failure.class),
        CallError::Limit { .. } | CallError::Trap { .. } | CallError::Invalid { .. } => PLUGIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_of_failure_has_its_own_code() {
        let codes: std::collections::BTreeSet<u8> = FailureClass::ALL.into_iter().map(class_code).collect();
        assert_eq!(codes.into_iter().collect::<Vec<_>>(), [10, 11, 12, 13, 14, 15, 16, 17, 18]);
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let stop = Stop::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((stop.code, stop.error.is_none()), (0, true));
        assert_eq!(Stop::from(io::Error::other("x")).code, OTHER);
    }
}
