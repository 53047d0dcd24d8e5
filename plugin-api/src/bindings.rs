//! The code wit-bindgen makes of `wit/`. Both worlds share one set of types; which world a plugin belongs to is decided by the
//! export macro it calls, because only that macro embeds a world with exports.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, reason = "generated")]

pub mod source_plugin {
    wit_bindgen::generate!({
        path: "../wit",
        world: "source-plugin",
        additional_derives: [PartialEq],
        default_bindings_module: "vigie_plugin::bindings::source_plugin",
        export_macro_name: "export_source_plugin",
        pub_export_macro: true,
        runtime_path: "wit_bindgen::rt",
    });
}

pub mod analyzer_plugin {
    wit_bindgen::generate!({
        path: "../wit",
        world: "analyzer-plugin",
        additional_derives: [PartialEq],
        default_bindings_module: "vigie_plugin::bindings::analyzer_plugin",
        export_macro_name: "export_analyzer_plugin",
        pub_export_macro: true,
        runtime_path: "wit_bindgen::rt",
        with: {
            "vigie:plugin/types@0.1.0": crate::bindings::source_plugin::vigie::plugin::types,
            "vigie:plugin/log@0.1.0": crate::bindings::source_plugin::vigie::plugin::log,
            "vigie:plugin/clock@0.1.0": crate::bindings::source_plugin::vigie::plugin::clock,
        },
    });
}
