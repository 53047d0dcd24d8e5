//! From a text to normalised words.

use std::ops::Range;

use super::signs::{address, emoji_length, face, is_emoji, is_name};

/// Words read of a text; what follows them changes no model's mind and would cost time.
pub const MOST_WORDS: usize = 1000;
/// Letters of one word; text without spaces is cut into words of this length.
const LONGEST_WORD: usize = 48;

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Letters and digits. Digits read `0`, one for any number of them.
    Word,
    /// A word behind `#`.
    Hashtag,
    /// A handle; reads `@`.
    Handle,
    /// An address; reads `http`.
    Address,
    /// `!`, `?` or `.`, doubled where there are several (a single `.` is no word).
    Mark,
    /// An emoji without its skin tone, or a face drawn with punctuation such as `:)`.
    Emoji,
}

/// One normalised word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What it is.
    pub sort: Sort,
    /// Where it stands in the text it was read from, in bytes.
    pub at: Range<usize>,
    /// Begins a sentence, line or clause: rules do not reach over it.
    pub starts_clause: bool,
    /// Two letters or more, all of them capitals.
    pub shouted: bool,
    /// Has a letter three times or more in a row, of which two are left.
    pub stretched: bool,
    /// Stands within reach of a negation; see [`Words::mark_negated`].
    pub negated: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What an apostrophe inside a word does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Apostrophes {
    /// It is dropped: `don't` reads `dont`.
    #[default]
    Join,
    /// It ends a word: `j'adore` reads `j`, `adore`.
    Split,
}

/// The normalised words of a text. Made once and filled again and again, so that reading a text allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// All words, with one space before the first and behind each.
    pub(super) buffer: String,
    pub(super) words: Vec<Word>,
}

/// What has been read of the text at one place.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    starts_clause: bool,
}

impl Words {
    /// Reads a text, forgetting the last one.
    ///
    /// # Shape
    /// Words are lower-cased; of a letter that stands three times or more in a row two are left; hyphens and all other signs separate
    /// words; digits fold to `0`; addresses (`http://`, `https://`, `www.`) to `http`, handles to `@`; emoji lose skin tone and what is
    /// joined to them. At most [`MOST_WORDS`] words are read.
    pub fn read(&mut self, text: &str, apostrophes: Apostrophes) {
        self.clear();
        self.append(text, apostrophes);
    }

    /// Forgets the text.
    pub fn clear(&mut self) {
        self.buffer.clear();
        self.words.clear();
        self.buffer.push(' ');
    }

    /// Reads a further text behind the first, such as a body behind its title. It starts a clause; `at` counts in its own bytes.
    pub fn append(&mut self, text: &str, apostrophes: Apostrophes) {
        if self.buffer.is_empty() {
            self.buffer.push(' ');
        }
        let mut reader = Reader { text, at: 0, starts_clause: true };
        while self.words.len() < MOST_WORDS && self.next(&mut reader, apostrophes) {}
    }

    /// The words in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Word> {
        self.words.iter()
    }

    /// The words as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[Word] {
        &self.words
    }

    /// A word as it was normalised.
    #[must_use]
    pub fn text(&self, word: &Word) -> &str {
        self.buffer.get(word.start..word.end).unwrap_or_default()
    }

    /// The n-th word as it was normalised; empty beyond the last.
    #[must_use]
    pub fn nth(&self, place: usize) -> &str {
        self.words.get(place).map_or("", |word| self.text(word))
    }

    /// Marks the words that follow a negation, up to `reach` of them within its clause.
    pub fn mark_negated(&mut self, reach: usize, is_negation: impl Fn(&str) -> bool) {
        let buffer = &self.buffer;
        let of = |word: &Word| word.sort == Sort::Word && buffer.get(word.start..word.end).is_some_and(&is_negation);
        mark_negated(&mut self.words, reach, of);
    }

    /// The same, for those who know which words negate: `is_negation` is asked once for each word, in order.
    pub fn mark_negated_at(&mut self, reach: usize, mut is_negation: impl FnMut() -> bool) {
        mark_negated(&mut self.words, reach, |_| is_negation());
    }

    /// Reads on from one place; false at the end of the text.
    fn next(&mut self, reader: &mut Reader<'_>, apostrophes: Apostrophes) -> bool {
        let rest = &reader.text[reader.at..];
        let Some(first) = rest.chars().next() else { return false };
        let length = if first == '\n' {
            reader.starts_clause = true;
            1
        } else if first.is_whitespace() {
            first.len_utf8()
        } else if first.is_alphanumeric() {
            match address(rest) {
                Some(length) => {
                    self.push(Sort::Address, "http", reader, length);
                    length
                }
                None => self.letters(rest, Sort::Word, reader, 0, apostrophes),
            }
        } else if first.is_ascii() {
            self.sign(rest, reader, apostrophes)
        } else if is_emoji(first) {
            let length = emoji_length(rest);
            self.push(Sort::Emoji, &rest[..first.len_utf8()], reader, length);
            length
        } else {
            reader.starts_clause |=
                matches!(first, '…' | '。' | '！' | '？' | '،' | '؛' | '؟' | '¡' | '¿' | '–' | '—' | '«' | '»');
            match first {
                '！' => self.push(Sort::Mark, "!", reader, first.len_utf8()),
                '？' | '؟' => self.push(Sort::Mark, "?", reader, first.len_utf8()),
                '…' => self.push(Sort::Mark, "..", reader, first.len_utf8()),
                _ => {}
            }
            first.len_utf8()
        };
        reader.at += length;
        true
    }

    /// A sign of ASCII at the start of `rest`; the length read.
    fn sign(&mut self, rest: &str, reader: &mut Reader<'_>, apostrophes: Apostrophes) -> usize {
        let bytes = rest.as_bytes();
        let begins_chunk = reader.at == 0 || reader.text.as_bytes()[reader.at - 1].is_ascii_whitespace();
        if let Some(length) = face(bytes) {
            self.push(Sort::Emoji, &rest[..length], reader, length);
            return length;
        }
        match bytes[0] {
            b'@' => {
                let length = 1 + bytes[1..].iter().take_while(|&&byte| is_name(byte)).count();
                // A sign in the middle of a word is an address of post, not a handle.
                if length > 1 && (begins_chunk || !reader.text.as_bytes()[reader.at - 1].is_ascii_alphanumeric()) {
                    // `@name@server.example` is one handle.
                    let server = bytes[length..].strip_prefix(b"@").map_or(0, |server| {
                        let name = server.iter().take_while(|&&byte| is_name(byte) || matches!(byte, b'.' | b'-')).count();
                        if name > 0 { name + 1 } else { 0 }
                    });
                    self.push(Sort::Handle, "@", reader, length + server);
                    length + server
                } else {
                    1
                }
            }
            b'#' if rest[1..].starts_with(char::is_alphanumeric) => {
                1 + self.letters(&rest[1..], Sort::Hashtag, reader, 1, apostrophes)
            }
            mark @ (b'!' | b'?' | b'.') => {
                let length = bytes.iter().take_while(|&&byte| matches!(byte, b'!' | b'?' | b'.')).count();
                let same = bytes[..length].iter().filter(|&&byte| byte == mark).count();
                if mark != b'.' || same > 1 {
                    let doubled = match (mark, same > 1) {
                        (b'!', false) => "!",
                        (b'!', true) => "!!",
                        (b'?', false) => "?",
                        (b'?', true) => "??",
                        _ => "..",
                    };
                    self.push(Sort::Mark, doubled, reader, length);
                }
                reader.starts_clause = true;
                length
            }
            b',' | b';' | b':' | b'(' | b')' | b'"' => {
                reader.starts_clause = true;
                1
            }
            _ => 1,
        }
    }

    /// A word of letters and digits at the start of `rest`, which stands `before` bytes behind the reader; the length read.
    fn letters(&mut self, rest: &str, sort: Sort, reader: &mut Reader<'_>, before: usize, apostrophes: Apostrophes) -> usize {
        let bytes = rest.as_bytes();
        let start = self.buffer.len();
        // Most words are wholly plain; what comes behind the plain letters is read one by one.
        let plain = plain_letters(bytes);
        self.buffer.push_str(&rest[..plain]);
        let (mut last, mut run) = match bytes[..plain] {
            [.., before, last] => (char::from(last), 1 + u32::from(before == last)),
            [last] => (char::from(last), 1),
            [] => ('\0', 0),
        };
        let (mut letters, mut capitals, mut stretched) = (plain as u32, 0_u32, false);
        let (mut length, mut kept) = (plain, plain);
        while let Some(&byte) = bytes.get(length) {
            let (lower, width) = if byte.is_ascii() {
                if byte == b'\'' && joins(apostrophes, kept, &rest[length + 1..]) {
                    length += 1;
                    continue;
                }
                if !byte.is_ascii_alphanumeric() || kept >= LONGEST_WORD {
                    break;
                }
                capitals += u32::from(byte.is_ascii_uppercase());
                letters += u32::from(byte.is_ascii_alphabetic());
                (if byte.is_ascii_digit() { '0' } else { char::from(byte.to_ascii_lowercase()) }, 1)
            } else {
                let Some(char) = rest[length..].chars().next() else { break };
                let width = char.len_utf8();
                // Accents on their own and the signs that stretch or vocalise Arabic are left out.
                if matches!(char, '\u{300}'..='\u{36f}' | '\u{640}' | '\u{64b}'..='\u{652}')
                    || (char == '’' && joins(apostrophes, kept, &rest[length + width..]))
                {
                    length += width;
                    continue;
                }
                if !char.is_alphanumeric() || kept >= LONGEST_WORD {
                    break;
                }
                let capital = char.is_uppercase();
                capitals += u32::from(capital);
                letters += u32::from(capital || char.is_alphabetic());
                (lower(char), width)
            };
            length += width;
            run = if lower == last { run + 1 } else { 1 };
            last = lower;
            if run > 2 || (lower == '0' && run > 1) {
                stretched |= lower != '0';
                continue;
            }
            self.buffer.push(lower);
            kept += 1;
        }
        // A word cut for its length goes on behind an apostrophe: at least one character is always read.
        let end = self.buffer.len();
        self.buffer.push(' ');
        self.words.push(Word {
            sort,
            at: reader.at..reader.at + before + length,
            starts_clause: std::mem::take(&mut reader.starts_clause),
            shouted: letters > 1 && capitals == letters,
            stretched,
            negated: false,
            start,
            end,
        });
        length
    }

    fn push(&mut self, sort: Sort, text: &str, reader: &mut Reader<'_>, length: usize) {
        let start = self.buffer.len();
        self.buffer.push_str(text);
        let end = self.buffer.len();
        self.buffer.push(' ');
        self.words.push(Word {
            sort,
            at: reader.at..reader.at + length,
            starts_clause: std::mem::take(&mut reader.starts_clause),
            shouted: false,
            stretched: false,
            negated: false,
            start,
            end,
        });
    }
}

/// Whether an English word, read with its apostrophe joined, turns around what follows.
#[must_use]
pub fn negates_in_english(word: &str) -> bool {
    matches!(
        word,
        "not"
            | "no"
            | "never"
            | "without"
            | "hardly"
            | "cannot"
            | "cant"
            | "dont"
            | "doesnt"
            | "didnt"
            | "isnt"
            | "arent"
            | "wasnt"
            | "werent"
            | "wont"
            | "wouldnt"
            | "couldnt"
            | "shouldnt"
            | "hasnt"
            | "havent"
            | "hadnt"
            | "aint"
    )
}

fn mark_negated(words: &mut [Word], reach: usize, mut is_negation: impl FnMut(&Word) -> bool) {
    let mut left = 0_usize;
    for word in words {
        if word.starts_clause {
            left = 0;
        }
        word.negated = left > 0;
        left = left.saturating_sub(1);
        if is_negation(word) {
            word.negated = false;
            left = reach;
        }
    }
}

/// How many letters of ASCII in lower case a word begins with; none if one of them stands three times in a row.
fn plain_letters(bytes: &[u8]) -> usize {
    let plain = bytes.iter().take(LONGEST_WORD).take_while(|byte| byte.is_ascii_lowercase()).count();
    let stretched = bytes[..plain].array_windows().any(|[a, b, c]| a == b && b == c);
    if stretched { 0 } else { plain }
}

/// Whether an apostrophe is dropped, so that the word goes on behind it.
fn joins(apostrophes: Apostrophes, kept: usize, behind: &str) -> bool {
    apostrophes == Apostrophes::Join && kept > 0 && behind.starts_with(char::is_alphabetic)
}

/// Lower case, one character for one: the few that become two keep their first.
fn lower(char: char) -> char {
    char.to_lowercase().next().unwrap_or(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, apostrophes: Apostrophes) -> Vec<String> {
        let mut words = Words::default();
        words.read(text, apostrophes);
        words.iter().map(|word| words.text(word).to_owned()).collect()
    }

    #[test]
    fn words_are_normalised() {
        for (text, wanted) in [
            ("Don't WAIT, well-made", "dont wait well made"),
            ("noooo waaaay", "noo waay"),
            ("@acme_fr see https://a.example/x?y=1 www.b.example", "@ see http http"),
            ("@ana@mastodon.example hi", "@ hi"),
            ("mail a@b.example", "mail a b example"),
            ("2 phones, 1999 or iPhone15", "0 phones 0 or iphone0"),
            ("wow!!! really?! ok. hm...", "wow !! really ? ok hm .."),
            ("👍🏽 ❤️ 👩‍💻 :-) :D <3 ;)", "👍 ❤ 👩 :-) :D <3 ;)"),
            ("see: the #BestPhone", "see the bestphone"),
            ("Été ÇA", "été ça"),
            ("جمييييل جدًا", "جميل جدا"),
            ("' - '' ", ""),
            ("", ""),
        ] {
            let wanted: Vec<&str> = wanted.split_whitespace().collect();
            // Arabic letters are cut to two like all others.
            let wanted: Vec<String> = wanted.iter().map(|word| word.replace("جميل", "جمييل")).collect();
            assert_eq!(read(text, Apostrophes::Join), wanted, "{text}");
        }
        assert_eq!(
            read("J'adore l’écran, n'est-ce pas ?", Apostrophes::Split),
            ["j", "adore", "l", "écran", "n", "est", "ce", "pas", "?"]
        );
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "Été: #Top 👍🏽 soooo @a";
        let mut words = Words::default();
        words.read(text, Apostrophes::Join);
        let places: Vec<&str> = words.iter().map(|word| &text[word.at.clone()]).collect();
        assert_eq!(places, ["Été", "#Top", "👍🏽", "soooo", "@a"]);
        assert!(words.as_slice()[1].starts_clause && words.as_slice()[3].stretched);
        assert_eq!((words.nth(1), words.nth(9)), ("top", ""));
    }

    #[test]
    fn negation_reaches_to_the_end_of_its_clause() {
        let mut words = Words::default();
        words.read("I do not like this big phone, sorry", Apostrophes::Join);
        words.mark_negated(3, |word| word == "not");
        let negated: Vec<&str> = words.iter().filter(|word| word.negated).map(|word| words.text(word)).collect();
        assert_eq!(negated, ["like", "this", "big"]);
        words.read("not, good", Apostrophes::Join);
        words.mark_negated(3, |word| word == "not");
        assert!(words.iter().all(|word| !word.negated));
    }

    #[test]
    fn plain_letters_are_read_as_all_others() {
        let long = "abcde".repeat(30);
        for word in
            ["a", "aa", "aaa", "baa", "baaa", "baa\u{301}d", "see", "seee", "don't", "noooo3d", "caf\u{e9}s", "aab_c", &long]
        {
            let read = |text: &str| read(text, Apostrophes::Join);
            // Capitals take the other way.
            assert_eq!(read(word), read(&word.to_uppercase()), "{word}");
        }
    }

    #[test]
    fn any_text_is_read_in_bounded_words() {
        let long = "é".repeat(10_000);
        assert!(read(&long, Apostrophes::Join).iter().all(|word| word.chars().count() <= 2), "one letter stretched");
        let long: String = (0..10_000).map(|number| if number % 2 == 0 { 'a' } else { 'b' }).collect();
        let words = read(&long, Apostrophes::Join);
        assert!(words.len() > 100 && words.iter().all(|word| word.len() <= LONGEST_WORD));
        assert_eq!(read(&"a ".repeat(5000), Apostrophes::Join).len(), MOST_WORDS);
        for odd in [
            "\u{200d}",
            "a\u{301}\u{301}",
            "\u{640}",
            "x'",
            "'x'",
            "@",
            "#",
            "#!",
            ":",
            "👩\u{200d}",
            "\u{fe0f}",
            ":-",
            "=",
            "İ",
            "a’",
        ] {
            read(odd, Apostrophes::Split);
            read(odd, Apostrophes::Join);
        }
    }
}
