//! What a topic's query means, and what is wrong with it, shown inside its string.

use std::ops::Range;
use std::path::Path;

use vigie_query::{Diagnostic, Library, Reading};

use super::inside;
use super::problem::{Problem, Problems, Severity};
use super::resolve::Topic;
use super::schema::{File, ListPlace, TopicTable};
use super::tree::At;

/// What the file's queries share: `[queries.parts]` and `[queries.lists]`. A list in a file that cannot be read is reported and
/// left out.
pub(crate) fn library(file: &File, folder: &Path, problems: &mut Problems) -> Library {
    let mut library = Library::new();
    for (name, text) in &file.queries.parts {
        library.add_part(&name.value, &text.value);
    }
    for (name, place) in &file.queries.lists {
        let values = match place {
            ListPlace::Values(values) => values.clone(),
            ListPlace::File(path) => match std::fs::read_to_string(folder.join(&path.value)) {
                Ok(text) => lines(&text),
                Err(error) => {
                    let problem = Problem::error(
                        "query::list",
                        path.span.clone(),
                        format!("list `{}`: {}: {error}", name.value, folder.join(&path.value).display()),
                    );
                    problems.push(problem.label("this file cannot be read").help("write one value a line into it"));
                    continue;
                }
            },
        };
        library.add_list(&name.value, values);
    }
    library
}

/// One value a line; empty lines and those that begin with `#` and a space are passed over.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# ")).map(str::to_owned).collect()
}

/// Shows what is wrong with the saved parts themselves; what only matters where one stands is shown there.
pub(crate) fn check_parts(file: &File, library: &Library, problems: &mut Problems) {
    for (name, text) in &file.queries.parts {
        let remarks = match Reading::new().library(library).inside_part(&name.value).parse(&text.value) {
            Ok(parsed) => parsed.remarks,
            Err(diagnostics) => diagnostics,
        };
        query_problems(&remarks, text, &format!("saved part `{}`", name.value), problems);
    }
}

/// Reads a topic's query; nothing if there is none or it cannot be used.
pub(crate) fn topic(table: &TopicTable, library: &Library, problems: &mut Problems) -> Option<Topic> {
    let text = table.query.as_ref()?;
    let query = match Reading::new().library(library).collecting().parse(&text.value) {
        Ok(parsed) => {
            query_problems(&parsed.remarks, text, &format!("topic `{}`", table.id.value), problems);
            Some(parsed.query)
        }
        Err(diagnostics) => {
            query_problems(&diagnostics, text, &format!("topic `{}`", table.id.value), problems);
            None
        }
    }?;
    let id = table.id.value.clone();
    Some(Topic { title: table.title.clone().unwrap_or_else(|| id.to_string()), id, group: table.group.clone(), query })
}

/// Shows what the query room found inside the string of the file.
fn query_problems(diagnostics: &[Diagnostic], text: &At<String>, what: &str, problems: &mut Problems) {
    let raw = problems.text.get(text.span.clone()).unwrap_or_default().to_owned();
    for diagnostic in diagnostics {
        let span = inside::place(&raw, &text.value, text.span.start, &diagnostic.span);
        problems.push(query_problem(diagnostic, span, format!("{what}: {}", diagnostic.message)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema_of;

    fn found(text: &str) -> Vec<(String, String)> {
        let mut problems = Problems::new("vigie.toml", text);
        let file = schema_of(&mut problems);
        let library = library(&file, Path::new("."), &mut problems);
        check_parts(&file, &library, &mut problems);
        for table in &file.topics {
            let _ = topic(table, &library, &mut problems);
        }
        problems.sort();
        let place = |problem: &Problem| problem.places.first().map(|(span, _)| text[span.clone()].to_owned()).unwrap_or_default();
        let severe = problems.list.iter().filter(|problem| problem.severity == Severity::Error);
        severe.map(|problem| (problem.code.to_string(), place(problem))).collect()
    }

    #[test]
    fn saved_parts_and_lists_serve_every_topic() {
        let text = r#"
[topics.acme]
query = "@{brand} AND site:@list(press)"
[queries.parts]
brand = 'acme OR "acme phone"'
[queries.lists]
press = ["news.example"]
"#;
        assert_eq!(found(text), []);
    }

    #[test]
    fn a_cycle_begins_with_the_part_that_is_looked_at() {
        let mut problems = Problems::new("vigie.toml", "[queries.parts]\na = 'x OR @{b}'\nb = 'y OR @{a}'\n");
        let file = schema_of(&mut problems);
        let library = library(&file, Path::new("."), &mut problems);
        check_parts(&file, &library, &mut problems);
        let messages: Vec<&str> = problems.list.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "saved part `a`: saved parts insert themselves: cycle a -> b -> a",
                "saved part `b`: saved parts insert themselves: cycle b -> a -> b",
            ]
        );
    }

    #[test]
    fn mistakes_are_shown_where_they_are_written() {
        let text = r#"
[topics.acme]
query = 'red @{brnd}'
[queries]
part = 1
[queries.parts]
loop = 'red OR @{loop}'
open = '(red'
"no name" = 'red'
number = 3
[queries.lists]
press = { file = "no/such/file.txt" }
words = "red"
"#;
        let pair = |code: &str, place: &str| (code.to_owned(), place.to_owned());
        assert_eq!(
            found(text),
            [
                pair("query::E231", "@{brnd}"),
                pair("config::unknown_key", "part"),
                pair("query::E230", "@{loop}"),
                pair("query::E101", "("),
                pair("config::name", "\"no name\""),
                pair("config::wrong_type", "3"),
                pair("query::list", "\"no/such/file.txt\""),
                pair("config::wrong_type", "\"red\""),
            ]
        );
    }
}
