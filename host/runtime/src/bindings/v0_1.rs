//! Contract 0.1: generated bindings of its worlds. [`convert`] turns their types into the domain's and back.

pub(crate) mod analyze;
mod convert;

pub(crate) use convert::{batch, change, failure, feed, request, search};

use crate::manifest::Kind;

/// The track all of its versions share.
pub(crate) const TRACK: &str = "0.1";
/// The version these bindings were generated from.
pub(crate) const VERSION: &str = "0.1.0";

pub(crate) mod source {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "source-plugin",
        imports: { "vigie:plugin/http": async | trappable, default: trappable },
        exports: { default: async },
        include_component_type: true,
    });
}

// Only the worlds' types and the checks against them are used of these two: [`analyze`] lends documents to the guest with types of
// its own, because `ownership: Borrowing` does not generate code that compiles here (wasmtime 48: types of an interface that
// no function uses lose their lifetime).
pub(crate) mod analyzer {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "analyzer-plugin",
        imports: { default: trappable },
        exports: { default: async },
        with: {
            "vigie:plugin/types": super::source::vigie::plugin::types,
            "vigie:plugin/log": super::source::vigie::plugin::log,
            "vigie:plugin/clock": super::source::vigie::plugin::clock,
        },
        include_component_type: true,
    });
}

pub(crate) mod learning_analyzer {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "learning-analyzer-plugin",
        imports: { default: trappable },
        exports: { default: async },
        with: {
            "vigie:plugin/types": super::source::vigie::plugin::types,
            "vigie:plugin/log": super::source::vigie::plugin::log,
            "vigie:plugin/clock": super::source::vigie::plugin::clock,
        },
        include_component_type: true,
    });
}

/// The world of a kind as a component type, for checks without running.
pub(crate) const fn world_type(kind: Kind, learns: bool) -> &'static [u8] {
    match kind {
        Kind::Source => source::COMPONENT_TYPE,
        Kind::Analyzer if learns => learning_analyzer::COMPONENT_TYPE,
        Kind::Analyzer => analyzer::COMPONENT_TYPE,
    }
}
