//! Cuts a file into rows, one at a time, with the byte behind each: gigabytes pass through the memory of one row.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value};

use super::format::Cut;

/// Longest row that is read, in bytes.
const LONGEST_ROW: u64 = 16 << 20;
/// Lines before a table's heading that exports put there.
const PREAMBLE: usize = 20;

/// Where a row ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Place {
    /// The byte behind it, of the file as it would be uncompressed.
    pub(crate) byte: u64,
    /// How many rows there were up to it.
    pub(crate) row: u64,
}

/// One row, or why there is none; and where it ends.
pub(crate) type Row = (Place, Result<Value, String>);

/// A file's rows from a place on.
pub(crate) struct Rows {
    input: Input,
    cut: Cut,
    place: Place,
    heading: Vec<String>,
    delimiter: u8,
}

/// A file as a stream of bytes that knows how many passed.
struct Input {
    reader: Box<dyn BufRead + Send>,
    byte: u64,
}

impl Input {
    /// Opens a file at a byte. What is compressed is read up to there again.
    fn open(path: &Path, at: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut magic = [0; 2];
        let packed = file.read(&mut magic)? == 2 && magic == [0x1f, 0x8b];
        file.seek(SeekFrom::Start(if packed { 0 } else { at }))?;
        if !packed {
            return Ok(Self { reader: Box::new(BufReader::with_capacity(1 << 16, file)), byte: at });
        }
        let mut reader = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(BufReader::new(file)));
        io::copy(&mut Read::take(&mut reader, at), &mut io::sink())?;
        Ok(Self { reader: Box::new(reader), byte: at })
    }

    /// The next line with its end, at most so long; empty at the end of the file.
    fn line(&mut self, into: &mut Vec<u8>) -> io::Result<()> {
        into.clear();
        Read::take(&mut self.reader, LONGEST_ROW).read_until(b'\n', into)?;
        self.byte += into.len() as u64;
        Ok(())
    }
}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(into)?;
        self.byte += read as u64;
        Ok(read)
    }
}

/// The first bytes of a file, uncompressed.
pub(crate) fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    Read::take(Input::open(path, 0)?, 1 << 16).read_to_end(&mut head)?;
    Ok(head)
}

impl Rows {
    /// A file's rows behind `place`.
    pub(crate) fn open(path: &Path, cut: Cut, place: Place) -> io::Result<Self> {
        let mut rows = Self { input: Input::open(path, 0)?, cut, place, heading: Vec::new(), delimiter: b',' };
        let first = match cut {
            Cut::Table => rows.read_heading()?,
            Cut::List => rows.enter_list()?,
            Cut::Lines | Cut::Car => 0,
        };
        rows.place.byte = place.byte.max(first);
        if rows.place.byte != rows.input.byte {
            rows.input = Input::open(path, rows.place.byte)?;
        }
        Ok(rows)
    }

    /// Finds the heading: the first line, or one with more columns behind a blank line, where exports put words of their own above.
    /// Returns the byte behind it.
    fn read_heading(&mut self) -> io::Result<u64> {
        let mut line = Vec::new();
        let mut above: Vec<(u64, String)> = Vec::new();
        while above.len() < PREAMBLE {
            self.input.line(&mut line)?;
            if line.is_empty() {
                break;
            }
            above.push((self.input.byte, String::from_utf8_lossy(&line).trim_start_matches('\u{feff}').to_owned()));
        }
        let count = |delimiter: u8| above.iter().map(|(_, line)| line.bytes().filter(|byte| *byte == delimiter).count()).max();
        self.delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',');
        let columns = |line: &str| {
            split(line.as_bytes(), self.delimiter).map_or(0, |fields| fields.iter().filter(|field| !field.is_empty()).count())
        };
        let mut heading: Option<&(u64, String)> = None;
        let (mut quotes, mut after_blank) = (Quotes::default(), true);
        for line in &above {
            let begins = after_blank && !quotes.open;
            if begins && columns(&line.1) > heading.map_or(0, |(_, heading)| columns(heading)) {
                heading = Some(line);
            }
            quotes.pass(line.1.as_bytes(), self.delimiter);
            after_blank = line.1.trim().is_empty();
        }
        let Some((end, heading)) = heading else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it has no heading with the names of its columns"));
        };
        self.heading = split(heading.as_bytes(), self.delimiter).unwrap_or_default();
        Ok(*end)
    }

    /// Goes to the list; returns the byte behind its opening bracket.
    fn enter_list(&mut self) -> io::Result<u64> {
        let mut byte = [0];
        while self.input.read(&mut byte)? == 1 {
            if byte[0] == b'[' {
                return Ok(self.input.byte);
            }
        }
        Err(io::Error::new(io::ErrorKind::InvalidData, "it holds no list"))
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// Those of the disk, and a list that is broken in the middle: nothing behind it can be trusted.
    pub(crate) fn next(&mut self) -> io::Result<Option<Row>> {
        let read = match self.cut {
            Cut::Lines => self.next_line()?,
            Cut::Table => self.next_record()?,
            Cut::List => self.next_element()?,
            Cut::Car => None,
        };
        Ok(read.map(|row| {
            self.place = Place { byte: self.input.byte, row: self.place.row + 1 };
            (self.place, row)
        }))
    }

    fn next_line(&mut self) -> io::Result<Option<Result<Value, String>>> {
        let mut line = Vec::new();
        loop {
            self.input.line(&mut line)?;
            if line.is_empty() {
                return Ok(None);
            }
            let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
            if !text.is_empty() {
                return Ok(Some(serde_json::from_slice(text).map_err(|error| format!("is no JSON: {error}"))));
            }
        }
    }

    /// A record may span lines: lines are joined until its quotes are closed.
    fn next_record(&mut self) -> io::Result<Option<Result<Value, String>>> {
        let mut record = Vec::new();
        let mut line = Vec::new();
        let mut quotes = Quotes::default();
        loop {
            self.input.line(&mut line)?;
            if line.is_empty() && record.is_empty() {
                return Ok(None);
            }
            if record.is_empty() && line.trim_ascii().is_empty() {
                continue;
            }
            record.extend_from_slice(&line);
            quotes.pass(&line, self.delimiter);
            if !quotes.open || line.is_empty() {
                break;
            }
            if record.len() as u64 > LONGEST_ROW {
                return Ok(Some(Err(format!("is over {LONGEST_ROW} bytes long: a quote in it is not closed"))));
            }
        }
        let Some(fields) = split(&record, self.delimiter) else {
            return Ok(Some(Err("is no record: a quote in it is not closed, or it is no UTF-8".to_owned())));
        };
        let pairs = self.heading.iter().zip(fields).filter(|(_, field)| !field.is_empty());
        let row: Map<String, Value> = pairs.map(|(name, field)| (name.clone(), Value::String(field))).collect();
        Ok(Some(Ok(Value::Object(row))))
    }

    fn next_element(&mut self) -> io::Result<Option<Result<Value, String>>> {
        let mut byte = [0];
        loop {
            if self.input.read(&mut byte)? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "its list is not closed"));
            }
            match byte[0] {
                b']' => return Ok(None),
                b',' => {}
                other if other.is_ascii_whitespace() => {}
                _ => break,
            }
        }
        // The parser reads byte by byte and stops behind an object's last one.
        let element = io::Cursor::new(byte).chain(&mut self.input);
        match serde_json::Deserializer::from_reader(element).into_iter::<Value>().next() {
            Some(Ok(value)) => Ok(Some(Ok(value))),
            Some(Err(error)) => Err(io::Error::new(io::ErrorKind::InvalidData, format!("its list is broken: {error}"))),
            None => Ok(None),
        }
    }
}

/// Whether a record's line break is inside of quotes. A quote opens only where a field begins; doubled, it is a character.
struct Quotes {
    open: bool,
    at_start: bool,
    just_closed: bool,
}

impl Default for Quotes {
    fn default() -> Self {
        Self { open: false, at_start: true, just_closed: false }
    }
}

impl Quotes {
    fn pass(&mut self, bytes: &[u8], delimiter: u8) {
        for &byte in bytes {
            let was_just_closed = std::mem::take(&mut self.just_closed);
            if self.open {
                self.open = byte != b'"';
                self.just_closed = !self.open;
            } else {
                self.open = byte == b'"' && (self.at_start || was_just_closed);
            }
            self.at_start = !self.open && (byte == delimiter || byte == b'\n');
        }
    }
}

/// The fields of one record.
fn split(record: &[u8], delimiter: u8) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(record);
    let mut fields = csv::StringRecord::new();
    let read = reader.read_record(&mut fields).ok()?;
    read.then(|| fields.iter().map(|field| field.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes).expect("written");
        file
    }

    fn read(file: &Path, cut: Cut, place: Place) -> Vec<Row> {
        let mut rows = Rows::open(file, cut, place).expect("a file");
        std::iter::from_fn(|| rows.next().expect("readable")).collect()
    }

    const TABLE: &str =
        "\u{feff}Report:;Bulk\n\nId;Text;Likes\n1;\"two\nlines; \"\"quoted\"\"\";3\n\n2;;\n3;open \"quote;1\n4;x;1\n";

    #[test]
    fn every_cut_resumes_behind_every_row() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"{\"a\":1}\n{\"a\":2}\n{\"a\":3}").expect("written");
        let packed = packed.finish().expect("packed");
        for (bytes, cut, count) in [
            (&b"{\"a\":1}\n\n not json\n{\"a\":2}"[..], Cut::Lines, 3),
            (&packed, Cut::Lines, 3),
            (b"window.YTD.tweets.part0 = [ {\"a\":[1,2]} ,\n{\"b\":\"]\"}, {} ]", Cut::List, 3),
            (TABLE.as_bytes(), Cut::Table, 4),
        ] {
            let file = file(bytes);
            let whole = read(file.path(), cut, Place::default());
            assert_eq!(whole.len(), count, "{cut:?}: {whole:?}");
            for (at, (place, _)) in whole.iter().enumerate() {
                assert_eq!(read(file.path(), cut, *place), whole[at + 1..], "{cut:?} behind row {}", at + 1);
            }
        }
    }

    #[test]
    fn a_table_is_read_below_its_heading() {
        let file = file(TABLE.as_bytes());
        let rows = read(file.path(), Cut::Table, Place::default());
        assert_eq!(rows[0].1, Ok(serde_json::json!({ "Id": "1", "Text": "two\nlines; \"quoted\"", "Likes": "3" })));
        assert_eq!(rows[1].1, Ok(serde_json::json!({ "Id": "2" })));
    }

    #[test]
    fn a_broken_list_is_an_error_and_a_broken_line_a_skipped_row() {
        let list = file(b"[{\"a\":1}, {\"b\"]");
        let mut rows = Rows::open(list.path(), Cut::List, Place::default()).expect("a file");
        assert!(rows.next().expect("readable").is_some());
        assert!(rows.next().is_err());
        let lines = file(b"{]\n{\"a\":1}\n");
        let rows = read(lines.path(), Cut::Lines, Place::default());
        assert!(rows[0].1.is_err() && rows[1].1.is_ok());
        assert!(Rows::open(file(b"").path(), Cut::Table, Place::default()).is_err());
    }
}
