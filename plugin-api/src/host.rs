//! The way to the host: the contract's imports in a component, the fake host of [`testing`](crate::testing) natively.

#[cfg(target_arch = "wasm32")]
pub(crate) use crate::bindings::source_plugin::vigie::plugin::{
    clock::now,
    http::{fetch, fetch_all},
    log::write,
};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use crate::testing::calls::{fetch, fetch_all, now, write};

/// Writes a panic's message and place to the operator's log before the trap that follows, which says neither. Natively, tests
/// print panics themselves.
pub fn report_panics() {
    #[cfg(target_arch = "wasm32")]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| std::panic::set_hook(Box::new(|panic| crate::log::warn(panic))));
    }
}
