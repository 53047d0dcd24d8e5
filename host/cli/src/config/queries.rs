//! What a topic's query means, and what is wrong with it, shown inside its string.

use std::ops::Range;

use vigie_mention::TopicId;
use vigie_query::{Diagnostic, Query};

use super::inside;
use super::problem::{Problem, Problems, Severity};
use super::resolve::Topic;
use super::schema::TopicTable;
use super::tree::At;

/// Reads a topic's query; nothing if there is none or it cannot be used.
pub(crate) fn topic(table: &TopicTable, problems: &mut Problems) -> Option<Topic> {
    let text = table.query.as_ref()?;
    let query = match Query::parse(&text.value) {
        Ok(parsed) => {
            let mut remarks = parsed.remarks;
            remarks.extend(
                parsed.query.check_collection().into_iter().filter(|remark| !remarks.contains(remark)).collect::<Vec<_>>(),
            );
            query_problems(&remarks, text, &table.id.value, problems);
            Some(parsed.query)
        }
        Err(diagnostics) => {
            query_problems(&diagnostics, text, &table.id.value, problems);
            None
        }
    }?;
    let id = table.id.value.clone();
    Some(Topic { title: table.title.clone().unwrap_or_else(|| id.to_string()), id, group: table.group.clone(), query })
}

/// Shows what the query room found inside the string of the file.
fn query_problems(diagnostics: &[Diagnostic], text: &At<String>, topic: &TopicId, problems: &mut Problems) {
    let raw = problems.text.get(text.span.clone()).unwrap_or_default().to_owned();
    for diagnostic in diagnostics {
        let span = inside::place(&raw, &text.value, text.span.start, &diagnostic.span);
        problems.push(query_problem(diagnostic, span, format!("topic `{topic}`: {}", diagnostic.message)));
    }
}

/// Shows what the query room found in a query that stands alone, its text being the whole of `problems`.
pub(crate) fn show_query(diagnostics: &[Diagnostic], problems: &mut Problems) {
    for diagnostic in diagnostics {
        problems.push(query_problem(diagnostic, diagnostic.span.clone(), diagnostic.message.clone()));
    }
}

fn query_problem(diagnostic: &Diagnostic, span: Range<usize>, message: String) -> Problem {
    let severity = match diagnostic.severity {
        vigie_query::Severity::Error => Severity::Error,
        vigie_query::Severity::Warning => Severity::Warning,
        vigie_query::Severity::Note => Severity::Note,
    };
    Problem { severity, help: diagnostic.hint.clone(), ..Problem::error(format!("query::{}", diagnostic.code), span, message) }
}
