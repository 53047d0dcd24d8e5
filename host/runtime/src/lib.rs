//! The sandbox: plugins run here, and nothing of them reaches the machine but through what this room allows.
//!
//! The way of a plugin: [`Package::read`] judges a file without running it; [`Runtime::source`] and [`Runtime::analyzer`] compile it (or
//! take it from the compile cache), check its settings, and link it; [`SourcePlugin`] and [`AnalyzerPlugin`] call it, each call inside
//! its [`Limits`], each answer checked before anybody uses it.
//!
//! The way of a request: a source's `fetch` goes over its [`Road`] (what this use may: [`Grants`], [`Secrets`], an [`Exchange`] that records
//! or replays) to the [`Egress`] all uses share (what the host does: addresses, rates, retries, rerouting).
//!
//! | file | what it holds |
//! |---|---|
//! | `package`, `manifest`, `schema` | a `.wasm` and what it says of itself |
//! | `engine`, `cache`, `native`, `ticker` | wasmtime, compiled code on disk, the clock of deadlines |
//! | `live`, `limits`, `meter`, `logline` | a running guest and what bounds it |
//! | `plugin`, `analyzer`, `answers`, `bindings` | calls, and the way between the contract's types and the domain's |
//! | `wasi` | WASI 0.2 for other toolchains, empty and refused |
//! | `grants`, `secrets`, `derived`, `road`, `http`, `origin` | what one use may ask of the network |
//! | `egress` | how requests go out |
//! | `exchange` | record and replay |

mod analyzer;
mod answers;
mod bindings;
mod cache;
mod clock;
mod derived;
mod egress;
mod engine;
mod error;
mod exchange;
mod grants;
mod http;
mod limits;
mod live;
mod logline;
mod manifest;
mod meter;
mod native;
mod origin;
mod pack;
mod package;
mod plugin;
mod road;
mod schema;
mod secrets;
mod ticker;
mod wasi;

pub use analyzer::{AnalyzerPlugin, AnalyzerUse, Outcome};
pub use answers::mention_bytes;
pub use clock::Clock;
pub use egress::{Egress, Names, Network, NetworkPolicy, Pace, PrivateAllowance, Retries};
pub use engine::{Pooling, Runtime, RuntimeOptions};
pub use error::{CallError, PackageError, PackageFault, RuntimeError};
pub use exchange::{Exchange, ExchangeError};
pub use grants::{Grant, Grants, Standing};
pub use http::{HttpError, HttpErrorClass, HttpRequest, HttpResponse};
pub use limits::{LimitKind, Limits};
pub use manifest::*;
pub use origin::{HostPattern, InvalidOrigin, Origin, OriginPattern, Scheme};
pub use package::{MAX_PACKAGE_BYTES, Package};
pub use plugin::{SourcePlugin, SourceUse, instance};
pub use road::{CallBudget, Road, RoadUse};
pub use schema::{SettingsProblem, check_settings, with_defaults};
pub use secrets::{SecretError, SecretSource, Secrets, read_secret_file};
