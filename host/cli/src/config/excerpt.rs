//! What is drawn of a file: its lines, long ones cut down to what lies around the places that are pointed at.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, NamedSource, SourceCode, SourceSpan, SpanContents};

/// Lines up to so many bytes are drawn whole.
const LONG: usize = 400;
/// So much is left before and behind either end of a place.
const AROUND: usize = 60;
/// Most characters of a sentence about a mistake: it may quote what is wrong.
const SENTENCE: usize = 1_000;

/// A text with long lines cut, where places have moved.
pub(super) struct Excerpt {
    source: NamedSource<String>,
    name: String,
    /// The parts that were kept: where each begins, and where it stands in the whole text.
    kept: Vec<(usize, Range<usize>)>,
    /// For the beginning of each place: its column in the whole text, counted from nought.
    columns: Vec<(usize, usize)>,
}

impl Excerpt {
    /// Cuts what lies far from all `places`.
    pub(super) fn of(name: &str, text: &str, places: &[Range<usize>]) -> Self {
        let (mut cut, mut kept) = (String::new(), Vec::new());
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            for part in parts(text, start..end, places) {
                if kept.last().map_or(0, |(_, last): &(usize, Range<usize>)| last.end) < part.start {
                    cut.push('…');
                }
                kept.push((cut.len(), part.clone()));
                cut.push_str(&text[part]);
            }
            start = end;
        }
        let mut excerpt = Self { source: NamedSource::new(name, cut), name: name.to_owned(), kept, columns: Vec::new() };
        let column = |place: &Range<usize>| {
            let before = text.get(..place.start).unwrap_or(text);
            (excerpt.place(place).start, before[before.rfind('\n').map_or(0, |at| at + 1)..].len())
        };
        excerpt.columns = places.iter().map(column).collect();
        excerpt
    }

    /// Where a place of the whole text stands in it.
    pub(super) fn place(&self, place: &Range<usize>) -> Range<usize> {
        let at = |offset: usize| {
            let behind = self.kept.partition_point(|(_, part)| part.start <= offset);
            let Some((begins, part)) = behind.checked_sub(1).and_then(|last| self.kept.get(last)) else { return 0 };
            begins + offset.min(part.end) - part.start
        };
        at(place.start)..at(place.end).max(at(place.start))
    }
}

/// What is kept of a line.
fn parts(text: &str, line: Range<usize>, places: &[Range<usize>]) -> Vec<Range<usize>> {
    if line.len() <= LONG {
        return vec![line];
    }
    let ends = places.iter().flat_map(|place| [place.start, place.end]).filter(|end| (line.start..=line.end).contains(end));
    let mut wanted: Vec<Range<usize>> = ends.map(|end| end.saturating_sub(AROUND)..end.saturating_add(AROUND)).collect();
    // Its beginning says which key it is, and its end is the end of a line.
    wanted.extend([line.start..line.start + AROUND, line.end - 1..line.end]);
    wanted.sort_by_key(|part| part.start);
    let mut parts: Vec<Range<usize>> = Vec::new();
    for part in wanted {
        let part = whole_characters(text, part.start.max(line.start)..part.end.min(line.end));
        match parts.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => parts.push(part),
        }
    }
    parts
}

fn whole_characters(text: &str, part: Range<usize>) -> Range<usize> {
    let start = (0..=part.start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let end = (part.end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    start..end
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.source.inner().read_span(span, before, after)?;
        let column = self.columns.iter().find(|(start, _)| before == 0 && *start == span.offset());
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            contents.data(),
            *contents.span(),
            contents.line(),
            column.map_or(contents.column(), |(_, column)| *column),
            contents.line_count(),
        )))
    }
}

/// A sentence that does not fill the screen.
pub(super) fn sentence(text: &str) -> String {
    if text.chars().nth(SENTENCE).is_none() {
        return text.to_owned();
    }
    let (begins, ends): (String, String) = (
        text.chars().take(SENTENCE * 3 / 4).collect(),
        text.chars().rev().take(SENTENCE / 4).collect::<Vec<_>>().into_iter().rev().collect(),
    );
    format!("{begins} … {ends}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lines_are_whole_and_places_stay() {
        let text = "a = 1\n\nb = \"é\"";
        let excerpt = Excerpt::of("vigie.toml", text, std::slice::from_ref(&(11..15)));
        assert_eq!(excerpt.source.inner(), text);
        assert_eq!((excerpt.place(&(11..15)), excerpt.place(&(90..99))), (11..15, text.len()..text.len()));
    }

    #[test]
    fn long_lines_are_cut_around_the_places() {
        let text = format!("a = 1\nquery = '{} wrong {}'\nz = 2\n", "é ".repeat(3_000), "ö ".repeat(3_000));
        let at = text.find("wrong").expect("is there");
        let place = at..at + 5;
        let excerpt = Excerpt::of("vigie.toml", &text, std::slice::from_ref(&place));
        let shown = excerpt.source.inner();
        assert!(shown.len() < 500, "{shown}");
        assert!(shown.starts_with("a = 1\nquery = 'é") && shown.ends_with("\nz = 2\n"), "{shown}");
        assert_eq!(&shown[excerpt.place(&place)], "wrong");
        let column = text[6..at].len();
        let contents = excerpt.read_span(&SourceSpan::from(excerpt.place(&place)), 0, 0).expect("a span");
        assert_eq!((contents.line(), contents.column()), (1, column), "where it stands in the file");
        // A place as long as its line is drawn by both its ends.
        let whole = 14..text.len() - 7;
        let excerpt = Excerpt::of("vigie.toml", &text, std::slice::from_ref(&whole));
        assert!(excerpt.source.inner()[excerpt.place(&whole)].len() < 300);
    }

    #[test]
    fn a_sentence_ends() {
        assert_eq!(sentence("short"), "short");
        assert!(sentence(&"long ".repeat(1_000_000)).len() < 1_100);
    }
}
