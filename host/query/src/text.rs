//! The text model, the same for queries and mentions: folding, tokens, sentences.
//!
//! A token is a maximal run of letters, marks, digits and `_`; everything else separates. Characters of scripts that write
//! no spaces (Han, Kana, Thai, Lao, Khmer, Myanmar) and emoji are tokens of their own. Tokens are folded: NFKC, full case
//! folding, and the accents taken off.
//!
//! Three places where the plain rule would be wrong, and what is done instead:
//! - Marks of combining class below 10 (vowel signs of Indic scripts, viramas, the voicing of Kana), and the vowels below Thai and
//!   Lao letters, make other letters, they are no accents, and stay.
//! - `™`, `℠`, `©` and `®` separate although NFKC turns the first two into letters: `Acme™` is the word `acme`. Other symbols are
//!   read as what they stand for: `5㎏` is the word `5kg`.
//! - Characters without a width of their own (soft hyphen, joiners, direction marks, variation selectors, skin tones) are
//!   dropped, they neither separate nor belong to a word.

mod characters;

use std::cmp::Ordering;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub(crate) use characters::{fold, has_emoji, is_ignorable, is_word, stands_alone};
use characters::{fold_chars, is_emoji, is_extender, is_flag_letter, unfolds_to_word};

/// What stood directly before a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sigil {
    /// Nothing of interest: a word.
    None,
    /// `#`: the token begins a hashtag.
    Hash,
    /// `@`: the token begins a handle.
    At,
    /// The token goes on with the hashtag before it, and nothing is between them: `京` of `#東京`.
    Link,
    /// The token goes on with the handle before it: `luc` of `@jean-luc`, `forum` of `@ana@forum.example`.
    Tail,
}

impl Sigil {
    /// Whether a query's word with this sign is a text's word with that one: a plain word finds the hashtag too, never the handle.
    pub(crate) fn finds(self, there: Self) -> bool {
        match self {
            Self::None => matches!(there, Self::None | Self::Hash | Self::Link),
            wanted => there == wanted,
        }
    }

    /// What it means where a handle is a word like others.
    pub(crate) fn without_handle(self) -> Self {
        if matches!(self, Self::Hash | Self::Link) { self } else { Self::None }
    }
}

#[derive(Debug, Clone, Copy)]
struct Token {
    /// Where its folded form stands in [`Tokens::folded`].
    start: u32,
    end: u32,
    /// Where it stands in the text.
    from: u32,
    until: u32,
    sentence: u32,
    sigil: Sigil,
    /// The hashtag or handle it belongs to goes on in the next token, and nothing is between them.
    goes_on: bool,
}

/// A text, tokenised.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    folded: String,
    tokens: Vec<Token>,
    /// Indexes of `tokens` ordered by folded form, then position, so that words and beginnings of words are found by bisection.
    order: Vec<u32>,
}

impl Tokens {
    /// Tokenises a text. Texts of more than 4 GiB are cut off there.
    pub(crate) fn of(text: &str) -> Self {
        let mut tokens = Self::scan(text, false);
        let (folded, list) = (&tokens.folded, &tokens.tokens);
        let form = |index: u32| list.get(index as usize).map_or("", |token| &folded[token.start as usize..token.end as usize]);
        let mut order: Vec<u32> = (0..list.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| form(a).cmp(form(b)).then(a.cmp(&b)));
        tokens.order = order;
        tokens
    }

    /// Tokens of a name, a place or what an account says of itself, where a handle is a word like others.
    pub(crate) fn of_facts(text: &str) -> Self {
        let mut tokens = Self::of(text);
        tokens.tokens.iter_mut().for_each(|token| token.sigil = token.sigil.without_handle());
        tokens
    }

    /// Tokens of a query's word or phrase; with `wild`, `*` and `?` are characters of words.
    pub(crate) fn scan(text: &str, wild: bool) -> Self {
        let mut scanner = Scanner {
            tokens: Self::default(),
            open: Open::Nothing,
            sentence: 0,
            sigil: Sigil::None,
            after_word: false,
            in_handle: false,
            in_hashtag: false,
        };
        scanner.run(text.get(..u32::MAX as usize).unwrap_or(text), wild);
        scanner.tokens
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The folded form of a token.
    pub(crate) fn form(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &self.folded[token.start as usize..token.end as usize])
    }

    pub(crate) fn sigil(&self, index: usize) -> Sigil {
        self.tokens.get(index).map_or(Sigil::None, |token| token.sigil)
    }

    /// Whether its hashtag or handle goes on in the next token, and nothing is between them.
    pub(crate) fn goes_on(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.goes_on)
    }

    pub(crate) fn sentence(&self, index: usize) -> u32 {
        self.tokens.get(index).or(self.tokens.last()).map_or(0, |token| token.sentence)
    }

    /// All folded forms with spaces between them.
    pub(crate) fn joined(&self) -> String {
        (0..self.len()).map(|index| self.form(index)).collect::<Vec<_>>().join(" ")
    }

    /// Bytes of the text that tokens `first..last` cover.
    pub(crate) fn bytes(&self, first: usize, last: usize) -> Range<usize> {
        let Some(start) = self.tokens.get(first) else { return 0..0 };
        let end = self.tokens.get(last.saturating_sub(1)).map_or(start.until, |token| token.until.max(start.until));
        start.from as usize..end as usize
    }

    /// The tokens that bytes of the text touch, half-open.
    pub(crate) fn touched(&self, bytes: &Range<usize>) -> (u32, u32) {
        let first = self.tokens.partition_point(|token| token.until as usize <= bytes.start);
        let last = self.tokens.partition_point(|token| (token.from as usize) < bytes.end);
        (first as u32, last.max(first) as u32)
    }

    /// Positions of the tokens whose folded form `order` calls equal; it has to be monotonous over sorted forms.
    pub(crate) fn range(&self, order: impl Fn(&str) -> Ordering) -> &[u32] {
        let start = self.order.partition_point(|&index| order(self.form(index as usize)) == Ordering::Less);
        let rest = self.order.get(start..).unwrap_or_default();
        let len = rest.partition_point(|&index| order(self.form(index as usize)) == Ordering::Equal);
        rest.get(..len).unwrap_or_default()
    }
}

/// What the next character of a word can do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// Begin a token.
    Nothing,
    /// Go on with the token.
    Run,
    /// Begin a token; but a mark goes on with the one before.
    Single,
}

struct Scanner {
    tokens: Tokens,
    open: Open,
    sentence: u32,
    sigil: Sigil,
    after_word: bool,
    /// Since an `@` nothing but letters, digits, `_`, and single `.`, `-` and `@`: ingestion takes all that as one handle.
    in_handle: bool,
    /// Whether the last token belongs to a hashtag.
    in_hashtag: bool,
}

impl Scanner {
    fn run(&mut self, text: &str, wild: bool) {
        let mut piece = String::new();
        let mut folded: Vec<char> = Vec::new();
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|&(_, next)| next);
            if is_ignorable(c) {
                continue;
            }
            if c.is_ascii() && next.is_none_or(|next| next.is_ascii()) {
                if c.is_ascii_alphanumeric() || c == '_' || (wild && (c == '*' || c == '?')) {
                    self.letter(c.to_ascii_lowercase(), at..at + 1);
                } else {
                    self.separate(c, next);
                }
                continue;
            }
            // A piece is a character with the marks on it: the smallest part that can be normalised by itself.
            piece.clear();
            piece.push(c);
            let mut until = at + c.len_utf8();
            while let Some(&(mark_at, mark)) = chars.peek() {
                // A mark after something that separates begins a word.
                if !is_word(c) || !is_extender(mark) {
                    break;
                }
                piece.push(mark);
                until = mark_at + mark.len_utf8();
                chars.next();
            }
            if wild && (c == '*' || c == '?') {
                self.letter(c, at..until);
            } else if is_word(c) || (!is_emoji(c) && unfolds_to_word(c)) {
                folded.clear();
                folded.extend(fold_chars(&piece));
                for &letter in &folded {
                    if is_word(letter) {
                        self.letter(letter, at..until);
                    } else {
                        self.open = Open::Nothing;
                    }
                }
                self.after_word = true;
            } else if is_emoji(c) {
                self.in_handle = false;
                self.open = Open::Nothing;
                let pair = chars.next_if(|&(_, next)| is_flag_letter(c) && is_flag_letter(next));
                self.begin(c, at..pair.map_or(until, |(at, letter)| at + letter.len_utf8()), Open::Nothing);
                if pair.is_none() {
                    self.end_sentence(c, visible(&chars));
                }
                if let (Some((_, letter)), Some(token)) = (pair, self.tokens.tokens.last_mut()) {
                    self.tokens.folded.push(letter);
                    token.end = self.tokens.folded.len() as u32;
                }
                self.in_handle = false;
                self.after_word = false;
            } else {
                self.separate(c, visible(&chars));
            }
        }
    }

    fn letter(&mut self, letter: char, origin: Range<usize>) {
        let mark = is_combining_mark(letter);
        if mark && self.open != Open::Nothing || self.open == Open::Run && !stands_alone(letter) {
            self.tokens.folded.push(letter);
            if let Some(token) = self.tokens.tokens.last_mut() {
                token.end = self.tokens.folded.len() as u32;
                token.until = origin.end as u32;
            }
        } else {
            let open = if stands_alone(letter) { Open::Single } else { Open::Run };
            self.begin(letter, origin, open);
        }
        self.after_word = true;
    }

    fn begin(&mut self, letter: char, origin: Range<usize>, open: Open) {
        let start = self.tokens.folded.len() as u32;
        self.tokens.folded.push(letter);
        let before = std::mem::replace(&mut self.sigil, Sigil::None);
        let glued = self.open != Open::Nothing;
        let sigil = match before {
            _ if self.in_handle => Sigil::Tail,
            _ if glued && self.in_hashtag => Sigil::Link,
            before => before,
        };
        // Handles have letters of one kind: `@acmeさん` ends where Japanese begins.
        let goes_on = sigil == Sigil::Link || sigil == Sigil::Tail && self.open == Open::Single;
        if let (true, Some(last)) = (goes_on, self.tokens.tokens.last_mut()) {
            last.goes_on = true;
        }
        self.in_handle |= sigil == Sigil::At;
        self.in_hashtag = matches!(sigil, Sigil::Hash | Sigil::Link);
        self.tokens.tokens.push(Token {
            start,
            end: self.tokens.folded.len() as u32,
            from: origin.start as u32,
            until: origin.end as u32,
            sentence: self.sentence,
            sigil,
            goes_on: false,
        });
        self.open = open;
    }

    fn separate(&mut self, c: char, next: Option<char>) {
        // A single sign joins the parts of a handle, several end it: `@acme...great`.
        self.in_handle &= matches!(c, '.' | '-' | '@') && self.open != Open::Nothing;
        self.open = Open::Nothing;
        self.sigil = match c {
            '#' | '＃' if !self.after_word => Sigil::Hash,
            '@' | '＠' if !self.after_word => Sigil::At,
            _ => Sigil::None,
        };
        self.after_word = false;
        self.end_sentence(c, next);
    }

    fn end_sentence(&mut self, c: char, next: Option<char>) {
        let ends = match c {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '。' | '｡' | '！' | '？' => true,
            // In any of the forms they are written in: `…` is three dots, `⁉` is `!?`.
            c if c.is_ascii() => matches!(c, '.' | '!' | '?') && next.is_none_or(char::is_whitespace),
            c => next.is_none_or(char::is_whitespace) && matches!(std::iter::once(c).nfkc().last(), Some('.' | '!' | '?')),
        };
        if ends {
            self.sentence = self.sentence.saturating_add(1);
        }
    }
}

/// The next character that takes room; a space of no width does not.
fn visible(chars: &std::iter::Peekable<std::str::CharIndices<'_>>) -> Option<char> {
    chars.clone().map(|(_, c)| c).find(|&c| c != '\u{200B}' && !is_ignorable(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<String> {
        let tokens = Tokens::of(text);
        (0..tokens.len())
            .map(|index| {
                let sigil = match tokens.sigil(index) {
                    Sigil::None => "",
                    Sigil::Hash => "#",
                    Sigil::At => "@",
                    Sigil::Tail => "@-",
                    Sigil::Link => "#-",
                };
                format!("{sigil}{}", tokens.form(index))
            })
            .collect()
    }

    #[test]
    fn texts_fall_into_tokens() {
        for (text, expected) in [
            ("L’Oréal Paris", vec!["l", "oreal", "paris"]),
            ("P.C. rock-n-roll AT&T C++ a_b", vec!["p", "c", "rock", "n", "roll", "at", "t", "c", "a_b"]),
            ("Acme™ und STRASSE Straße ẞ", vec!["acme", "und", "strasse", "strasse", "ss"]),
            ("e\u{301}te\u{301} ﬁn ｆｕｌｌ", vec!["ete", "fin", "full"]),
            ("#BMW @bmw_usa x#y me@example.org", vec!["#bmw", "@bmw_usa", "x", "y", "me", "example", "org"]),
            ("#東京 #bmw最高 #bmw🚗x #a-b", vec!["#東", "#-京", "#bmw", "#-最", "#-高", "#bmw", "🚗", "x", "#a", "b"]),
            ("東京と大阪", vec!["東", "京", "と", "大", "阪"]),
            ("カ\u{3099}ガｶﾞ", vec!["ガ", "ガ", "ガ"]),
            ("हिन्दी की", vec!["हिन्दी", "की"]),
            ("so\u{AD}lo 👍🏽❤\u{FE0F}x", vec!["solo", "👍", "❤", "x"]),
            ("ΣΊΣΥΦΟΣ σίσυφος", vec!["σισυφοσ", "σισυφοσ"]),
            ("ㄱ\u{FFCA} ㄱㅏ", vec!["겨", "가"]),
            ("5㎏x №5 ㍿ ℃ ㈱", vec!["5kgx", "no5", "株", "式", "会", "社", "c", "株"]),
            ("a🅰🅱b\u{1F17E}\u{FE0F} ℠ x℠", vec!["a", "🅰", "🅱", "b", "🅾", "x"]),
            ("กุ กู กุ้ง ຄຸ ຄູ", vec!["กุ", "กู", "กุ", "ง", "ຄຸ", "ຄູ"]),
            ("①½ 2\u{FE0F}\u{20E3}", vec!["11", "2", "2"]),
            ("hi @bob@threads.net, @jean-luc. Luc", vec!["hi", "@bob", "@-threads", "@-net", "@jean", "@-luc", "luc"]),
            ("@a_b.-c (@d) x@y.z @e/f", vec!["@a_b", "c", "@d", "x", "y", "z", "@e", "f"]),
            ("@acme...great @acme--no @a.b-c@d", vec!["@acme", "great", "@acme", "no", "@a", "@-b", "@-c", "@-d"]),
            ("a▶b© ⌨\u{FE0F}↔\u{FE0F}‼\u{FE0F} ®", vec!["a", "▶", "b", "©", "⌨", "↔", "‼"]),
            ("🇦🇷🇺🇸 🇷🇺🇷", vec!["🇦🇷", "🇺🇸", "🇷🇺", "🇷"]),
            ("", vec![]),
        ] {
            assert_eq!(forms(text), expected, "{text}");
        }
    }

    #[test]
    fn folding_every_character_twice_changes_nothing() {
        for c in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let once: String = fold_chars(&c.to_string()).collect();
            let twice: String = fold_chars(&once).collect();
            assert_eq!(once, twice, "{c:?} U+{:04X}", c as u32);
        }
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let tokens = Tokens::of("Battery 3.5 fine. It exploded!Now\nlast。次");
        let sentences: Vec<u32> = (0..tokens.len()).map(|index| tokens.sentence(index)).collect();
        assert_eq!(sentences, [0, 0, 0, 0, 1, 1, 1, 2, 3]);
        for end in ["．", "⁇", "‼", "⁉\u{FE0F}", "‥", "﹖", "﹗", ".\u{200B}", "\u{2024}", "…", "?\u{200D}"] {
            let tokens = Tokens::of(&format!("battery{end} exploded"));
            assert_eq!(tokens.sentence(tokens.len() - 1), 1, "{end}");
            let tokens = Tokens::of(&format!("battery{end}exploded"));
            assert_eq!(tokens.sentence(tokens.len() - 1), 0, "{end}");
        }
    }

    #[test]
    fn tokens_know_their_bytes() {
        let text = "5㎏x №5";
        let tokens = Tokens::of(text);
        assert_eq!((&text[tokens.bytes(0, 1)], &text[tokens.bytes(1, 2)]), ("5㎏x", "№5"));
        let text = "An Éte\u{301}™ here";
        let tokens = Tokens::of(text);
        assert_eq!(&text[tokens.bytes(1, 2)], "Éte\u{301}");
        assert_eq!(&text[tokens.bytes(0, 3)], text);
        assert_eq!(tokens.touched(&(4..5)), (1, 2));
    }
}
