//! What can go wrong, for the operator and for the plugin's author.

use vigie_mention::Failure;

use crate::limits::LimitKind;
use crate::manifest::{Kind, ManifestProblem};
use crate::schema::SettingsProblem;

/// A file that is no plugin this host runs. Found by reading it; nothing of it was run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{origin}: {fault}")]
pub struct PackageError {
    /// Where the bytes came from.
    pub origin: String,
    /// What is wrong with them.
    pub fault: PackageFault,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what the case is")]
pub enum PackageFault {
    #[error("not a WebAssembly file{found}; a plugin is a component such as `cargo xtask plugins` builds")]
    NotWasm { found: &'static str },
    #[error("a core WebAssembly module; plugins are components: `vigie plugins pack` makes one of it and its plugin.toml")]
    CoreModule,
    #[error("no component can be made of this module ({message}); build it for a world of `wit/`, as wit-bindgen does")]
    NoComponent { message: String },
    #[error("a WebAssembly file of an encoding this host does not know; build it again with this version's tools")]
    UnknownEncoding,
    #[error("cut short after {bytes} bytes; copy or download it again")]
    Truncated { bytes: usize },
    #[error("{bytes} bytes are more than the {limit} a plugin may have")]
    TooLarge { bytes: usize, limit: usize },
    #[error("not a valid component: {message}")]
    Malformed { message: String },
    #[error("no manifest inside; write a `plugin.toml` and put it in with `vigie plugins pack`")]
    NoManifest,
    #[error("two manifests inside; pack it again from the component without one")]
    TwoManifests,
    #[error("its manifest has {} mistake{}: {}", problems.len(), if problems.len() == 1 { "" } else { "s" }, crate::error::joined(problems))]
    Manifest { problems: Vec<ManifestProblem> },
    #[error(
        "built for contract {found}, and this host serves {served}; get a release of the plugin for {served} or another version of vigie"
    )]
    UnsupportedContract { found: String, served: &'static str },
    #[error("exports no `vigie:plugin/{kind}`, which its manifest's `kind = \"{kind}\"` promises")]
    MissingExport { kind: Kind },
    #[error("its manifest says `kind = \"{said}\"`, and it exports `vigie:plugin/{found}`")]
    KindLies { said: Kind, found: Kind },
    #[error(
        "its manifest's `learns` promises to learn {}, and it exports no `vigie:plugin/learning`; export it or take `learns` away",
        learns.join(", ")
    )]
    DoesNotLearn { learns: Vec<String> },
    #[error("imports `{import}`, {why}")]
    ForbiddenImport { import: String, why: &'static str },
    #[error("does not fit the contract {contract}: {message}")]
    DoesNotFit { contract: &'static str, message: String },
}

/// A runtime that cannot start, or a plugin that cannot be used as configured.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// Wasmtime refuses this machine.
    #[error("failed to start the WebAssembly engine: {message}")]
    Engine {
        /// Wasmtime's words.
        message: String,
    },
    /// The thread that counts time cannot be started.
    #[error("failed to start the thread that keeps plugins' deadlines")]
    Ticker(#[source] std::io::Error),
    /// A valid component that does not compile.
    #[error("plugin `{plugin}` {version} does not compile: {message}")]
    Compile {
        /// Its id.
        plugin: String,
        /// Its version.
        version: String,
        /// Wasmtime's words.
        message: String,
    },
    /// A component whose imports or exports have other types than the contract's.
    #[error("plugin `{plugin}` {version} does not fit the contract: {message}")]
    Link {
        /// Its id.
        plugin: String,
        /// Its version.
        version: String,
        /// Wasmtime's words.
        message: String,
    },
    /// A source used as an analyzer, or the other way round.
    #[error("plugin `{plugin}` is {found}, not {wanted}", found = article(*found), wanted = article(*wanted))]
    WrongKind {
        /// Its id.
        plugin: String,
        /// What it is.
        found: Kind,
        /// What it was used as.
        wanted: Kind,
    },
    /// Settings that do not fit the manifest's schema.
    #[error("settings of `{plugin}` do not fit: {}", joined(problems))]
    Settings {
        /// Its id.
        plugin: String,
        /// All of them.
        problems: Vec<SettingsProblem>,
    },
    /// A secret that is missing or cannot be read.
    #[error("connector `{connector}` with plugin `{plugin}`: {error}")]
    Secrets {
        /// Its id.
        plugin: String,
        /// The connector.
        connector: String,
        /// What and what to do.
        #[source]
        error: crate::SecretError,
    },
}

/// A call that gave no usable answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CallError {
    /// The plugin says why; its class decides what the host does.
    #[error(transparent)]
    Failure(Failure),
    /// A limit was reached. The instance is gone, nothing of its answer is kept.
    #[error("{message}")]
    Limit {
        /// Which.
        limit: LimitKind,
        /// Which limit, its value, and the setting that raises it.
        message: String,
    },
    /// The plugin broke down.
    #[error("{message}")]
    Trap {
        /// What and where.
        message: String,
    },
    /// The answer breaks the contract; nothing of it is kept.
    #[error("{message}")]
    Invalid {
        /// What is wrong with it.
        message: String,
    },
}

fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Source => "a source",
        Kind::Analyzer => "an analyzer",
    }
}

/// Several mistakes in one line.
pub(crate) fn joined<T: ToString>(problems: &[T]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
