//! What can go wrong with a plan or a run as a whole. What goes wrong with one feed is an event, not an error.

use vigie_mention::{ConnectorId, TopicId};
use vigie_store::StoreError;

use crate::waves::WaveError;

/// Why a plan cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The analyzers cannot be put in order.
    #[error(transparent)]
    Waves(#[from] WaveError),
    /// A connector names a topic the plan does not have.
    #[error("connector `{connector}` collects for topic `{topic}`, which the plan does not have")]
    UnknownTopic {
        /// The connector.
        connector: ConnectorId,
        /// The topic it names.
        topic: TopicId,
    },
}

/// Why a run ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The store refused a commit or a read; nothing of the batch in question is stored.
    #[error("failed to store what connector `{connector}` read")]
    Store {
        /// The connector whose batch it was.
        connector: ConnectorId,
        /// What the store says.
        #[source]
        source: StoreError,
    },
    /// The store refused what analyzers made of stored mentions, or could not read them.
    #[error("failed to store what the analyzers say of stored mentions")]
    Reanalysis {
        /// What the store says.
        #[source]
        source: StoreError,
    },
    /// A task of the pipeline broke: a bug in Vigie.
    #[error("connector `{connector}` broke: {message}; this is a bug in Vigie, please report it")]
    Broken {
        /// The connector.
        connector: ConnectorId,
        /// What the task says.
        message: String,
    },
}
