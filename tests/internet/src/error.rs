//! What the control interface refuses.

/// Why a change to the miniature internet was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// An item's id starts with the name of its service.
    #[error("no service is called `{name}`; there are {known}")]
    NoService {
        /// What was asked for.
        name: String,
        /// The services there are.
        known: String,
    },
    /// The service has no such item.
    #[error("`{service}` has no item `{id}`")]
    NoItem {
        /// The service that was asked.
        service: String,
        /// The id within that service.
        id: String,
    },
    /// Ids look like `hackernews/41000123`.
    #[error("`{0}` is no item: write the service, a slash and its own id, such as `hackernews/41000123`")]
    NoPath(String),
}
