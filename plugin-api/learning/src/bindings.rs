//! The code wit-bindgen makes of the world `learning-analyzer-plugin`, and the part of it that is used.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, reason = "generated")]

pub mod generated {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "learning-analyzer-plugin",
        default_bindings_module: "vigie_plugin_learning::bindings::generated",
        export_macro_name: "export_learning_analyzer_plugin",
        pub_export_macro: true,
        runtime_path: "wit_bindgen::rt",
        with: {
            "vigie:plugin/types@0.1.0": vigie_plugin::bindings::source_plugin::vigie::plugin::types,
            "vigie:plugin/log@0.1.0": vigie_plugin::bindings::source_plugin::vigie::plugin::log,
            "vigie:plugin/clock@0.1.0": vigie_plugin::bindings::source_plugin::vigie::plugin::clock,
        },
    });
}

/// Where the export macro finds what it exports. `analyze` is that of `vigie-plugin`, so that an analyzer that learns meets the same
/// documents as one that does not.
pub mod exported {
    pub mod exports {
        pub mod vigie {
            pub mod plugin {
                pub use crate::bindings::generated::exports::vigie::plugin::learning;
                pub use vigie_plugin::bindings::analyzer_plugin::exports::vigie::plugin::analyzer;
            }
        }
    }
}
