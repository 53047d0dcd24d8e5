//! The forms files come in.

use clap::ValueEnum;
use serde_json::Value;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// JSON lines: what `vigie mentions --json` prints, or any objects whose fields are columns
    Jsonl,
    /// A table with a heading; commas, semicolons or tabs
    Csv,
    /// Posts of X as twarc keeps them, versions 1 and 2
    Twarc,
    /// A dataset of 4CAT, CSV or NDJSON
    #[value(name = "4cat")]
    FourCat,
    /// A repository of Bluesky (.car), or its records as JSON lines
    Bluesky,
    /// `data/tweets.js` of the archive X sends its users
    XArchive,
    /// A CSV export of Brandwatch
    Brandwatch,
    /// A CSV export of Talkwalker
    Talkwalker,
}

/// How a form is cut into rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// One JSON object a line.
    Lines,
    /// Records below a heading.
    Table,
    /// The elements of the one list in the file.
    List,
    /// Blocks of a repository.
    Car,
}

impl Format {
    /// What the form is called on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Twarc => "twarc",
            Self::FourCat => "4cat",
            Self::Bluesky => "bluesky",
            Self::XArchive => "x-archive",
            Self::Brandwatch => "brandwatch",
            Self::Talkwalker => "talkwalker",
        }
    }

    /// The source whose mentions these are, where the form says so: the same post collected later is then the same mention.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::Twarc | Self::XArchive => "x",
            Self::Bluesky => "bluesky",
            _ => "import",
        }
    }

    /// Guesses from a file's beginning; the form and how it is cut. `None` where it is like nothing known.
    pub(crate) fn guess(head: &[u8]) -> Option<(Self, Cut)> {
        let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
        let text = text.trim_start();
        // A repository begins with the length of its heading, a map that names its roots.
        if head.windows(5).take(16).any(|window| window == b"roots") {
            return Some((Self::Bluesky, Cut::Car));
        }
        if text.starts_with("window.YTD.") {
            return Some((Self::XArchive, Cut::List));
        }
        if text.starts_with('{') {
            let first = text.lines().next().unwrap_or_default();
            return Some((Self::guess_row(&serde_json::from_str(first).unwrap_or(Value::Null)), Cut::Lines));
        }
        if text.starts_with('[') {
            return Some((Self::Jsonl, Cut::List));
        }
        let heading = text.lines().take(20).find(|line| line.contains([',', ';', '\t']))?.to_lowercase();
        let lines = || text.lines().take(20).map(str::to_lowercase);
        if lines().any(|line| line.contains("query id") && line.contains("page type")) {
            return Some((Self::Brandwatch, Cut::Table));
        }
        if heading.contains("title_snippet") || heading.contains("content_snippet") || heading.contains("domain_url") {
            return Some((Self::Talkwalker, Cut::Table));
        }
        if heading.contains("thread_id") && heading.contains("body") {
            return Some((Self::FourCat, Cut::Table));
        }
        Some((Self::Csv, Cut::Table))
    }

    fn guess_row(row: &Value) -> Self {
        let has = |name: &str| row.get(name).is_some();
        if has("__import_meta") {
            Self::FourCat
        } else if row
            .pointer("/value/$type")
            .or_else(|| row.pointer("/record/$type"))
            .is_some_and(|kind| kind == "app.bsky.feed.post")
        {
            Self::Bluesky
        } else if (has("id_str") && (has("full_text") || has("user")))
            || has("public_metrics")
            || (has("data") && (has("includes") || has("meta") || has("__twarc")))
        {
            Self::Twarc
        } else {
            Self::Jsonl
        }
    }

    /// How this form is cut, given what the file looks like.
    pub(crate) fn cut(self, guessed: Option<Cut>) -> Cut {
        match (self, guessed) {
            (Self::Csv | Self::Brandwatch | Self::Talkwalker, _) => Cut::Table,
            (Self::XArchive, _) => Cut::List,
            (_, Some(cut)) => cut,
            (Self::Jsonl | Self::Twarc | Self::FourCat | Self::Bluesky, None) => Cut::Lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_by_its_beginning() {
        for (head, wanted) in [
            (&b"{\"text\":\"x\"}\n"[..], Some((Format::Jsonl, Cut::Lines))),
            (b"\xef\xbb\xbf{\"id_str\":\"1\",\"full_text\":\"x\"}", Some((Format::Twarc, Cut::Lines))),
            (b"{\"data\":[],\"includes\":{}}", Some((Format::Twarc, Cut::Lines))),
            (b"{\"__import_meta\":{},\"id\":1}", Some((Format::FourCat, Cut::Lines))),
            (b"{\"uri\":\"at://x\",\"value\":{\"$type\":\"app.bsky.feed.post\"}}", Some((Format::Bluesky, Cut::Lines))),
            (b"\x3a\xa2eroots\x81\xd8", Some((Format::Bluesky, Cut::Car))),
            (b"window.YTD.tweets.part0 = [\n", Some((Format::XArchive, Cut::List))),
            (b"[{\"text\":\"x\"}]", Some((Format::Jsonl, Cut::List))),
            (b"Report:,Bulk\nBrand:,acme\n\nQuery Id,Query Name,Date,Page Type\n", Some((Format::Brandwatch, Cut::Table))),
            (b"url;title_snippet;published\n", Some((Format::Talkwalker, Cut::Table))),
            (b"thread_id,id,timestamp,body\n", Some((Format::FourCat, Cut::Table))),
            (b"id,text\n", Some((Format::Csv, Cut::Table))),
            (b"words without any mark", None),
        ] {
            assert_eq!(Format::guess(head), wanted, "{}", String::from_utf8_lossy(head));
        }
    }
}
