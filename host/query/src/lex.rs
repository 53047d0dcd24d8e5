//! From characters to the parser's tokens, one at a time, because what a character means depends on where the parser is.

mod operator;

use std::ops::Range;

use crate::diagnostic::{Diagnostic, line_and_column};
use crate::syntax::Reach;
use crate::text::Tokens;
use operator::{distance, operator};

/// How the next characters are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Words to search for: `field:` begins a field, punctuation alone is passed over.
    Text,
    /// Values of a field: everything up to a space, quote, bracket or comment belongs to the value.
    Value,
    /// Addresses, where `/*` is a part of the value.
    Address,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token<'a> {
    End,
    Open,
    Close,
    Minus,
    And,
    Or,
    Not,
    Near {
        reach: Reach,
        ordered: bool,
    },
    Word(&'a str),
    Phrase {
        text: String,
        window: Option<u32>,
    },
    /// A field's name; the colon is behind us.
    Field(&'a str),
    /// `@{name}`.
    Part(&'a str),
    /// `@list(name)`.
    List(&'a str),
}

pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Where the last comment ended.
    commented: Option<usize>,
}

/// Quotes that are read as straight ones.
pub(crate) fn is_curly(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, commented: None }
    }

    /// Goes to the end: there is nothing more to read.
    pub(crate) fn stop(&mut self) {
        self.at = self.text.len();
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or("")
    }

    /// The next token and its bytes.
    pub(crate) fn next(&mut self, mode: Mode, found: &mut Vec<Diagnostic>) -> (Token<'a>, Range<usize>) {
        loop {
            self.skip(found);
            let start = self.at;
            let Some(c) = self.rest().chars().next() else { return (Token::End, start..start) };
            let token = match c {
                '(' => self.single(Token::Open),
                ')' => self.single(Token::Close),
                '"' => self.phrase(c, found),
                c if is_curly(c) => self.phrase(c, found),
                '-' if self.negates(mode, found) => {
                    self.at += self.dashes();
                    Token::Minus
                }
                '[' | '{' if mode != Mode::Text => self.range(found),
                '@' if self.rest().starts_with("@{") => Token::Part(self.name("}", found)),
                '@' if self.rest().starts_with("@list(") => Token::List(self.name(")", found)),
                _ => match self.word(mode, found) {
                    Some(token) => token,
                    None => continue,
                },
            };
            return (token, start..self.at);
        }
    }

    fn single(&mut self, token: Token<'a>) -> Token<'a> {
        self.at += 1;
        token
    }

    /// Passes over space and comments.
    fn skip(&mut self, found: &mut Vec<Diagnostic>) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            let (open, close) = if trimmed.starts_with("/*") {
                ("/*", "*/")
            } else if trimmed.starts_with("<<<") {
                ("<<<", ">>>")
            } else {
                return;
            };
            let inside = trimmed.get(open.len()..).unwrap_or("");
            match inside.find(close) {
                Some(end) => {
                    self.at += open.len() + end + close.len();
                    self.commented = Some(self.at);
                }
                None => {
                    found.push(
                        self.unclosed("E103", "comment", self.at..self.at + open.len())
                            .hint(format!("write `{close}` where it ends")),
                    );
                    self.stop();
                }
            }
        }
    }

    fn unclosed(&self, code: &'static str, what: &str, span: Range<usize>) -> Diagnostic {
        let (line, column) = line_and_column(self.text, span.start);
        Diagnostic::new(code, span, format!("{what} at {line}:{column} is never closed"))
    }

    /// How many `-` stand here in a row.
    fn dashes(&self) -> usize {
        self.rest().bytes().take_while(|byte| *byte == b'-').count()
    }

    /// Whether the `-` here negates: it is glued to what follows, and a space, a bracket or nothing stands before it. Behind a field's
    /// colon it cannot, and the parser says so; but before a digit it is the sign of a number there.
    fn negates(&self, mode: Mode, found: &mut Vec<Diagnostic>) -> bool {
        let dashes = self.dashes();
        let next = self.rest().chars().nth(dashes);
        if next.is_none_or(|next| next.is_whitespace() || next == ')') {
            return false;
        }
        let before = self.text.get(..self.at).and_then(|before| before.chars().next_back());
        let number = self.rest().trim_start_matches('-').trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit());
        if dashes == 1 && number && (mode != Mode::Text || before == Some(':')) {
            return false;
        }
        let negates = match before {
            None | Some('(' | ':') => true,
            _ if self.commented == Some(self.at) => true,
            Some(before) if before.is_whitespace() => true,
            Some(')' | '"') => {
                let span = self.at..self.at + dashes;
                let message = "`-` after a bracket or quote is read as punctuation, it does not exclude what follows";
                let hint = "put a space before it to exclude, or write AND to require";
                found.push(Diagnostic::new("W307", span, message).hint(hint));
                false
            }
            Some(_) => false,
        };
        if negates && dashes > 1 && before != Some(':') {
            let row = self.slice(self.at..self.at + dashes);
            let message = format!("`{row}` excludes more than once: one `-` is enough");
            found.push(Diagnostic::new("E104", self.at..self.at + dashes, message).hint("write a single `-` to exclude"));
        }
        negates
    }

    fn phrase(&mut self, open: char, found: &mut Vec<Diagnostic>) -> Token<'a> {
        let start = self.at;
        self.at += open.len_utf8();
        let mut text = String::new();
        let mut closed = false;
        let mut escaped = false;
        let mut curly = open != '"';
        for c in self.rest().chars() {
            self.at += c.len_utf8();
            if escaped {
                // Any other escaped character stands for itself, with its backslash.
                if c != '"' && c != '\\' && !is_curly(c) {
                    text.push('\\');
                }
                text.push(c);
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == '"' || is_curly(c) {
                closed = true;
                curly |= c != '"';
                break;
            } else {
                text.push(c);
            }
        }
        if escaped {
            text.push('\\');
        }
        if !closed {
            found.push(self.unclosed("E103", "quote", start..start + open.len_utf8()).hint("write `\"` where the phrase ends"));
        }
        if curly {
            let note = Diagnostic::new("N104", start..self.at, "curly quotes are read as straight ones");
            found.push(note.hint("to be sure, write `\"`; to search for the quote itself, put `\\` before it"));
        }
        let window = if closed && self.rest().starts_with('~') { self.window(found) } else { None };
        Token::Phrase { text, window }
    }

    fn window(&mut self, found: &mut Vec<Diagnostic>) -> Option<u32> {
        let start = self.at;
        self.at += 1;
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"')).unwrap_or(rest.len());
        self.at += end;
        distance(rest.get(..end).unwrap_or(""), "~", start..self.at, found)
    }

    /// A range of values, from its opening to its closing bracket. What is inside is the value's own business.
    fn range(&mut self, found: &mut Vec<Diagnostic>) -> Token<'a> {
        let start = self.at;
        let bracket = self.slice(start..start + 1);
        match self.rest().find([']', '}']) {
            Some(end) => self.at += end + 1,
            None => {
                found.push(self.unclosed("E101", &format!("`{bracket}`"), start..start + 1).hint("write `]` behind the range"));
                self.stop();
            }
        }
        Token::Word(self.slice(start..self.at))
    }

    /// The name of something saved, up to `close`.
    fn name(&mut self, close: &str, found: &mut Vec<Diagnostic>) -> &'a str {
        let (rest, start) = (self.rest(), self.at);
        let open = rest.find(['{', '(']).map_or(0, |at| at + 1);
        let end = rest.find(close).unwrap_or_else(|| {
            found.push(
                self.unclosed("E101", &format!("`{}`", rest.get(..open).unwrap_or("")), start..start + open)
                    .hint(format!("write `{close}` behind the name")),
            );
            rest.len()
        });
        self.at += (end + close.len()).min(rest.len());
        rest.get(open..end).unwrap_or("").trim()
    }

    /// A word, an operator or a field; `None` for punctuation that is passed over.
    fn word(&mut self, mode: Mode, found: &mut Vec<Diagnostic>) -> Option<Token<'a>> {
        let start = self.at;
        let rest = self.rest();
        let mut end = rest.len();
        // Only what stands before the first colon can be a field's name.
        let mut colons = 0;
        for (at, c) in rest.char_indices() {
            if c.is_whitespace() || matches!(c, '(' | ')' | '"') || is_curly(c) {
                end = at;
                break;
            }
            let comment = match c {
                '/' if mode != Mode::Address => "/*",
                '<' => "<<<",
                _ => "",
            };
            if !comment.is_empty() && rest.get(at..).is_some_and(|here| here.starts_with(comment)) {
                end = at;
                break;
            }
            colons += usize::from(c == ':' && at > 0);
            if mode == Mode::Text && c == ':' && at > 0 && colons == 1 {
                let name = rest.get(..at).unwrap_or("");
                if name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/')) {
                    self.at += at + 1;
                    return Some(Token::Field(name));
                }
            }
        }
        self.at += end;
        let word = self.slice(start..self.at);
        if let Some(operator) = operator(word, start..self.at, found) {
            return Some(operator);
        }
        let no_minus =
            mode == Mode::Text && word.starts_with(['−', '–', '—']) && word.chars().nth(1).is_some_and(char::is_alphabetic);
        if no_minus {
            let message = "a long dash is read as punctuation, it does not exclude what follows";
            found.push(Diagnostic::new("W307", start..self.at, message).hint("write `-` to exclude, or a space behind the dash"));
        }
        if mode == Mode::Text && Tokens::scan(word, true).len() == 0 {
            let hint = match word {
                "&&" | "&" | "+" => "the operator is AND",
                "||" | "|" => "the operator is OR",
                "!" => "the operator is NOT",
                _ => "to search for exact characters, write them as in `raw:\"C++\"`",
            };
            let message = format!("`{word}` holds no letter, digit or emoji and is passed over");
            found.push(Diagnostic::new("W305", start..self.at, message).hint(hint));
            return None;
        }
        Some(Token::Word(word))
    }
}
