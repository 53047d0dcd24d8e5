//! Views: queries that may ask for what analyzers write.

use vigie_query::{DerivedField, Dialect, FieldType, Query, Schema};
use vigie_runtime::{Kind, ValueType};

use super::{Written, library, parse};
use crate::config::{Problems, Shape};
use crate::context::Context;
use crate::exit::Stop;
use crate::plugins::{Catalog, Installed};

/// What views can ask for: the topics of the file, and what every installed analyzer declares to write, whether it is switched on
/// or not, because the store remembers.
pub(crate) fn schema(shape: &Shape) -> Schema {
    let topics = shape.file.topics.iter().map(|table| table.id.value.to_string()).collect();
    let mut fields = vec![field("vigie", "topics", FieldType::Labels, topics)];
    // What is wrong with plugins is said by `vigie check`; a view only lacks their fields.
    let catalog = Catalog::open(&shape.file, &shape.folder, &mut Problems::new("", ""));
    for id in catalog.ids(Kind::Analyzer) {
        for write in catalog.manifest(id).into_iter().flat_map(|manifest| &manifest.writes) {
            let value = match write.value {
                ValueType::Text => FieldType::Text,
                ValueType::Number => FieldType::Number,
                ValueType::Flag => FieldType::Flag,
                ValueType::Labels => FieldType::Labels,
            };
            fields.push(field(id, &write.key, value, write.one_of.clone()));
        }
    }
    Schema::new(fields)
}

fn field(analyzer: &str, key: &str, value: FieldType, one_of: Vec<String>) -> DerivedField {
    DerivedField { analyzer: analyzer.to_owned(), key: key.to_owned(), value, one_of }
}

/// Reads a view, relative times counted from now; shows what is wrong with it, and stops if that forbids to go on.
pub(crate) fn read(context: &Context, shape: &Shape, name: &str, text: &str) -> Result<Query, Stop> {
    let library = library(context, shape)?;
    // A filter is written again and again: its notes are for who asks for them.
    let written = Written { name, text, notes: false };
    let parsed = parse(context, written, &library, Some(&schema(shape)), Dialect::Vigie)?;
    Ok(parsed.query.resolved_at(context.now()))
}
