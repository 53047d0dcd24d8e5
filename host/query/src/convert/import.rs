//! Other products' queries in our language.
//!
//! Our grammar is close to all of theirs, so their text is rewritten token by token and then parsed. A part that we cannot say is
//! first replaced by a word nobody writes, and taken out of the tree after parsing, so that the query only gets wider. A part that
//! we can only say more widely is taken out where it excludes.

use std::ops::Range;

use super::{Conversion, Effect, Foreign, Loss};
use crate::diagnostic::Diagnostic;
use crate::fields::Field;
use crate::query::Query;
use crate::reading::Reading;
use crate::syntax::{Expr, Kind, Node, Quoted};

/// Stands for a part that cannot be said.
const LOST: &str = "vigielostpart";

/// Reads a query of another product and writes it in our language.
///
/// # Errors
/// What is wrong with the query: spans are of the text as rewritten for our parser, which stands beside the remarks.
///
/// # Examples
/// ```
/// use vigie_query::{Foreign, convert_from};
///
/// let there = convert_from(Foreign::X, "acme from:jane -is:retweet").expect("a query");
/// assert_eq!(there.text.as_deref(), Some("acme author:jane -kind:share"));
/// assert_eq!(there.losses[0].part, "from:jane");
/// ```
pub fn convert_from(from: Foreign, text: &str) -> Result<Conversion, (String, Vec<Diagnostic>)> {
    let mut import = Import { from, text, losses: Vec::new(), out: String::new(), lost: false, wider: Vec::new() };
    import.rewrite(&pieces(text));
    let Import { out, mut losses, lost, mut wider, .. } = import;
    let parsed = match Reading::new().parse(&out) {
        Ok(parsed) => parsed,
        Err(remarks) => return Err((out, remarks)),
    };
    let kept = without(&parsed.query.root, true, &mut wider);
    let changed = lost || wider.iter().any(|one| one.left_out);
    losses.extend(wider.into_iter().map(|one| {
        let instead = if one.left_out { "; the exclusion is left out" } else { "" };
        Loss { message: format!("{}{instead}", one.loss.message), ..one.loss }
    }));
    losses.sort_by_key(|loss| loss.span.start);
    let text = if changed { kept.map(|root| Query::of(root).to_string()) } else { Some(out) };
    Ok(Conversion { text, losses })
}

/// A token of a foreign query; what stands between two is kept as it is.
#[derive(Debug, Clone, PartialEq)]
enum Piece<'a> {
    /// Space, brackets, comments: anything that stays.
    Other(&'a str),
    /// `"…"`, with `~n` behind it if there is.
    Phrase(&'a str),
    /// A word or operator.
    Word(&'a str),
    /// A field's name; its value follows.
    Field(&'a str),
    /// `^n`.
    Weight(&'a str),
}

fn pieces(text: &str) -> Vec<(Piece<'_>, Range<usize>)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (piece, len) = piece(rest);
        pieces.push((piece, at..at + len));
        at += len;
    }
    pieces
}

fn piece(rest: &str) -> (Piece<'_>, usize) {
    let until = |end: Option<usize>| end.unwrap_or(rest.len());
    let part = |len: usize| rest.get(..len).unwrap_or(rest);
    let first = rest.chars().next().unwrap_or(' ');
    let is_quote = |c: char| matches!(c, '"' | '“' | '”' | '„');
    if let Some((open, close)) = [("/*", "*/"), ("<<<", ">>>")].into_iter().find(|(open, _)| rest.starts_with(open)) {
        let len = until(rest.get(open.len()..).and_then(|inner| inner.find(close)).map(|end| open.len() + end + close.len()));
        return (Piece::Other(part(len)), len);
    }
    if is_quote(first) {
        let start = first.len_utf8();
        let mut len = until(rest.get(start..).and_then(|inner| inner.find(is_quote)).map(|end| start + end));
        len += rest.get(len..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let window = rest.get(len..).unwrap_or("");
        if let Some(digits) = window.strip_prefix('~') {
            len += 1 + digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        }
        return (Piece::Phrase(part(len)), len);
    }
    if first == '^' {
        let len = 1 + rest.get(1..).map_or(0, |digits| digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()));
        return (Piece::Weight(part(len)), len);
    }
    if first.is_whitespace() || matches!(first, '(' | ')' | '-') {
        return (Piece::Other(part(first.len_utf8())), first.len_utf8());
    }
    // A range is one word, whatever stands in it.
    if matches!(first, '[' | '{') {
        let len = until(rest.find([']', '}']).map(|end| end + 1));
        return (Piece::Word(part(len)), len);
    }
    let len = until(rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '^') || is_quote(c)));
    let word = part(len);
    match word.find(':').filter(|at| *at > 0 && word.get(..*at).is_some_and(is_field_name)) {
        Some(at) => (Piece::Field(part(at)), at + 1),
        None => (Piece::Word(word), len),
    }
}

fn is_field_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// What one of their fields is with us.
enum Ours {
    /// The same or another field, with the value as it stands.
    Field(&'static str),
    /// A field that finds more than theirs, for this reason.
    Wider(&'static str, &'static str),
    /// A whole text, which takes the value's place too.
    Text(String),
    /// The same, which finds more than theirs, for this reason.
    WiderText(String, &'static str),
    /// Nothing, for this reason.
    Lost(&'static str),
    /// A field we know by the same name, or an unknown one, which our parser reports.
    Kept,
}

/// What is said more widely than there.
struct Wider {
    /// Its bytes in the rewritten text.
    place: Range<usize>,
    loss: Loss,
    /// Whether it excluded, and is gone.
    left_out: bool,
}

struct Import<'a> {
    from: Foreign,
    text: &'a str,
    losses: Vec<Loss>,
    out: String,
    lost: bool,
    wider: Vec<Wider>,
}

impl Import<'_> {
    fn note(&mut self, part: &str, span: Range<usize>, effect: Effect, message: impl Into<String>) {
        self.losses.push(Loss { part: part.to_owned(), span, effect, message: message.into() });
    }

    fn rewrite(&mut self, pieces: &[(Piece<'_>, Range<usize>)]) {
        let mut at = 0;
        while let Some((piece, span)) = pieces.get(at) {
            at += 1;
            match piece {
                Piece::Other(text) | Piece::Phrase(text) => self.out.push_str(text),
                Piece::Weight(text) => {
                    self.note(text, span.clone(), Effect::Same, "what is shown first is not said in a query; left out");
                }
                Piece::Word(word) => self.word(word, span),
                Piece::Field(name) => at = self.field(name, span, pieces, at),
            }
        }
    }

    fn word(&mut self, word: &str, span: &Range<usize>) {
        let upper = word.to_ascii_uppercase();
        let operator = upper.split('/').next().is_some_and(|name| matches!(name, "AND" | "OR" | "NOT" | "NEAR" | "ONEAR"));
        match self.from {
            Foreign::Meltwater if operator => {
                // The sign for "in this order" is small with us.
                let ours = upper.strip_suffix('F').map_or_else(|| upper.clone(), |distance| format!("{distance}f"));
                if word != ours {
                    let message = format!("an operator there in small letters too; written `{ours}`");
                    self.note(word, span.clone(), Effect::Same, message);
                }
                self.out.push_str(&ours);
            }
            // X has no such operators: there they are words.
            Foreign::X if operator && upper != "OR" && word == upper => {
                self.note(word, span.clone(), Effect::Same, "a word in X, not an operator; put in quotes");
                self.out.push_str(&Quoted(word).to_string());
            }
            Foreign::X if word.starts_with('$') && word.len() > 1 => {
                let start = self.out.len();
                self.out.push_str(word.trim_start_matches('$'));
                self.widened(start, span.clone(), "we know no cashtags; looked for as a word");
            }
            _ => self.out.push_str(word),
        }
    }

    /// What was written from `start` on finds more than their text at `span`.
    fn widened(&mut self, start: usize, span: Range<usize>, message: &str) {
        let part = self.text.get(span.clone()).unwrap_or("").to_owned();
        let loss = Loss { part, span, effect: Effect::Wider, message: message.to_owned() };
        self.wider.push(Wider { place: start..self.out.len(), loss, left_out: false });
    }

    /// Rewrites a field whose value begins at `pieces[at]` or behind the space there; where to go on.
    fn field(&mut self, name: &str, span: &Range<usize>, pieces: &[(Piece<'_>, Range<usize>)], at: usize) -> usize {
        let at = behind_space(pieces, at);
        let value = match pieces.get(at) {
            Some((Piece::Word(value) | Piece::Phrase(value), _)) => Some(*value),
            _ => None,
        };
        let ours = match self.from {
            Foreign::Brandwatch => brandwatch(name, value),
            Foreign::Talkwalker => talkwalker(name, value),
            Foreign::Meltwater => meltwater(name),
            Foreign::X => x(name, value),
        };
        let ours = match ours {
            Ours::Kept => unless_unknown(name),
            ours => ours,
        };
        let until = |end: usize| {
            end.checked_sub(1).and_then(|last| pieces.get(last)).map_or(span.end, |(_, last)| last.end.max(span.end))
        };
        match ours {
            Ours::Kept => {
                self.out.push_str(name);
                self.out.push(':');
                at
            }
            Ours::Field(field) if self.from == Foreign::Talkwalker && field == "site" => self.sites(pieces, at),
            Ours::Field(field) => {
                self.out.push_str(field);
                self.out.push(':');
                at
            }
            Ours::Wider(field, why) => {
                let (start, end) = (self.out.len(), value_end(pieces, at));
                self.out.push_str(field);
                self.out.push(':');
                self.rewrite(pieces.get(at..end).unwrap_or_default());
                self.widened(start, span.start..until(end), why);
                end
            }
            Ours::Text(text) => {
                self.out.push_str(&text);
                at + 1
            }
            Ours::WiderText(text, why) => {
                let start = self.out.len();
                self.out.push_str(&text);
                self.widened(start, span.start..until(at + 1), why);
                at + 1
            }
            Ours::Lost(why) => {
                let end = value_end(pieces, at);
                let place = span.start..until(end);
                let part = self.text.get(place.clone()).unwrap_or(name).to_owned();
                self.note(&part, place, Effect::Wider, why);
                // What touches it would be part of its word.
                if self.out.ends_with(char::is_alphanumeric) {
                    self.out.push(' ');
                }
                self.out.push_str(LOST);
                self.out.push(' ');
                self.lost = true;
                end
            }
        }
    }

    /// Several `site:` side by side are alternatives in Talkwalker.
    fn sites(&mut self, pieces: &[(Piece<'_>, Range<usize>)], mut at: usize) -> usize {
        let mut sites = Vec::new();
        let mut begin = at;
        while let Some((Piece::Word(value) | Piece::Phrase(value), span)) = pieces.get(at) {
            sites.push((value.trim_matches('"').to_owned(), span.clone()));
            at += 1;
            begin = at;
            while matches!(pieces.get(at), Some((Piece::Other(space), _)) if space.trim().is_empty()) {
                at += 1;
            }
            match pieces.get(at) {
                Some((Piece::Field("site"), _)) => at += 1,
                _ => break,
            }
        }
        let names: Vec<String> = sites.iter().map(|(site, _)| Quoted(site).to_string()).collect();
        match (sites.as_slice(), names.as_slice()) {
            ([], _) => self.out.push_str("site:"),
            (_, [one]) => self.out.push_str(&format!("site:{one}")),
            ([(first, span), ..], _) => {
                self.note(
                    first,
                    span.clone(),
                    Effect::Same,
                    "several `site:` side by side are alternatives there; joined with OR",
                );
                self.out.push_str(&format!("site:({})", names.join(" OR ")));
            }
        }
        begin
    }
}

fn behind_space(pieces: &[(Piece<'_>, Range<usize>)], at: usize) -> usize {
    let space = |(piece, _): &&(Piece<'_>, Range<usize>)| matches!(piece, Piece::Other(text) if text.trim().is_empty());
    at + pieces.get(at..).unwrap_or_default().iter().take_while(space).count()
}

/// Behind a value: a word with its sign or comparison, a phrase, or everything up to the bracket that closes it. Where there
/// is none, `at`.
fn value_end(pieces: &[(Piece<'_>, Range<usize>)], at: usize) -> usize {
    match pieces.get(at) {
        Some((Piece::Other("("), _)) => {}
        Some((Piece::Other("-"), _)) if !matches!(pieces.get(at + 1), Some((Piece::Other(_), _)) | None) => {
            return value_end(pieces, at + 1);
        }
        Some((Piece::Word(sign), _)) if sign.chars().all(|c| matches!(c, '<' | '>' | '=')) => {
            return value_end(pieces, behind_space(pieces, at + 1)).max(at + 1);
        }
        Some((Piece::Word("AND" | "OR" | "NOT"), _)) => return at,
        // A colon inside the value.
        Some((Piece::Field(_), _)) => return value_end(pieces, at + 1),
        Some((Piece::Word(_) | Piece::Phrase(_), _)) => return at + 1,
        _ => return at,
    }
    let mut depth = 0_usize;
    for (offset, (piece, _)) in pieces.get(at..).unwrap_or_default().iter().enumerate() {
        match piece {
            Piece::Other("(") => depth += 1,
            Piece::Other(")") => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + offset + 1;
        }
    }
    pieces.len()
}

fn brandwatch(name: &str, value: Option<&str>) -> Ours {
    match name.to_ascii_lowercase().as_str() {
        "authorverified" if value.is_some_and(|value| value.eq_ignore_ascii_case("true")) => Ours::Text("is:verified".to_owned()),
        "authorverified" if value.is_some_and(|value| value.eq_ignore_ascii_case("false")) => {
            Ours::Text("NOT is:verified".to_owned())
        }
        // `usa.ca`: from the country down, by codes and short names.
        field @ ("continent" | "country" | "state" | "county" | "city") if let Some((_, last)) = path(value) => Ours::WiderText(
            format!("{field}:{}", Quoted(last)),
            "a code of one place there, here a name in what is said of the place; read by its last part",
        ),
        "authorfollowers" => Ours::Field("followers"),
        "authorgender" | "authorlocation" | "authoraccounttype" | "authorverifiedtype" | "monthlyvisitors" | "impact"
        | "minuteofday" | "imagetext" | "pagetype" | "subreddit" | "blogname" => {
            Ours::Lost("no mention carries this here; left out")
        }
        _ => Ours::Kept,
    }
}

/// What stands before the last point of a place's code, and behind it.
fn path(value: Option<&str>) -> Option<(&str, &str)> {
    value?.trim_matches('"').rsplit_once('.').filter(|(above, last)| !above.is_empty() && !last.is_empty())
}

fn talkwalker(name: &str, _: Option<&str>) -> Ours {
    match name.to_ascii_lowercase().as_str() {
        "content" => Ours::Field("body"),
        "sourcecountry" => Ours::Field("country"),
        "domainurl" | "host" | "site" => Ours::Field("site"),
        "sourcetype" | "sentiment" | "fluency_level" | "cluster" | "demographic" => {
            Ours::Lost("known here only after collection, or not at all; left out, use it in a view")
        }
        _ => Ours::Kept,
    }
}

fn meltwater(name: &str) -> Ours {
    match name.to_ascii_lowercase().as_str() {
        "ingress" => Ours::Wider("body", "the opening lines there; looked for in the whole text"),
        _ => Ours::Kept,
    }
}

fn x(name: &str, value: Option<&str>) -> Ours {
    let plain = value.unwrap_or("").trim_matches('"');
    match (name, plain) {
        ("from", _) => Ours::Wider("author", "the handle alone there, here the display name too"),
        ("to", _) if value.is_some() => Ours::WiderText(
            format!("(at_mentions:{} AND is:reply)", Quoted(plain)),
            "replies to that account there, here replies that name it",
        ),
        // X looks for words of the address.
        ("url", _) if plain.contains('.') && !plain.contains('*') => Ours::Field("links"),
        ("url", _) if value.is_some() => Ours::WiderText(
            format!("links:{}", Quoted(&format!("*{}*", plain.trim_matches('*')))),
            "a word of the address there, here any part of it",
        ),
        ("conversation_id", _) => Ours::Field("thread"),
        ("in_reply_to_tweet_id", _) => Ours::Field("replyto"),
        ("place_country", _) => Ours::Field("country"),
        ("place", _) => Ours::Wider("city", "the place of the post there, here what the author says of it too"),
        ("bio_location", _) => {
            Ours::Wider("city", "what the author says of the place there, here what the service says of it goes before that")
        }
        ("followers_count", _) if value.is_some() && !plain.contains("..") && !plain.starts_with(['<', '>']) => {
            Ours::Text(format!("followers:>={plain}"))
        }
        ("followers_count", _) => Ours::Field("followers"),
        ("is", "retweet") => Ours::Text("kind:share".to_owned()),
        ("is", "quote") => Ours::Text("kind:quote".to_owned()),
        ("has", "links") => Ours::Text("has:link".to_owned()),
        ("has", "images") => Ours::Text("has:image".to_owned()),
        ("has", "videos" | "video_link") => Ours::Text("has:video".to_owned()),
        ("has", "media") => Ours::Text("(has:image OR has:video)".to_owned()),
        ("has", "hashtags") => Ours::Text("has:hashtag".to_owned()),
        ("has", "mentions") => Ours::Text("exists:at_mentions".to_owned()),
        ("lang" | "bio", _) | ("is", "reply" | "verified") | ("has", "geo") => Ours::Kept,
        _ if Field::named(name).is_none() || matches!(name, "is" | "has" | "list") => Ours::Lost("X alone knows this; left out"),
        _ => Ours::Kept,
    }
}

/// A field kept under its name, unless no mention can answer it.
fn unless_unknown(name: &str) -> Ours {
    match Field::named(name) {
        Some(Field::Absent) => Ours::Lost("no mention carries this here; left out"),
        // What is more likely text, an address or a time, is reported by our parser, which says how to write it.
        None if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.starts_with("http") => {
            Ours::Lost("we know no such operator; left out")
        }
        _ => Ours::Kept,
    }
}

/// The tree without the parts that were lost, or that are wider where they exclude; `None` if nothing narrows it any more. Where
/// `positive` the result finds more, elsewhere less.
fn without(node: &Node, positive: bool, wider: &mut [Wider]) -> Option<Node> {
    let kind = match &node.kind {
        Kind::And(nodes) => return rest(node, nodes, positive, !positive, wider, Kind::And),
        Kind::Or(nodes) => return rest(node, nodes, positive, positive, wider, Kind::Or),
        Kind::Not(inner) => Kind::Not(Box::new(without(inner, !positive, wider)?)),
        Kind::Text(leaf) if is_lost(&leaf.expr) => return None,
        Kind::Meta(_) | Kind::Derived(_) if node.to_string().contains(LOST) => return None,
        _ if !positive && leave_out(&node.span, wider) => return None,
        Kind::Text(_) | Kind::Meta(_) | Kind::Derived(_) => node.kind.clone(),
    };
    Some(Node { kind, span: node.span.clone() })
}

/// Marks what is said more widely in a leaf; whether there is any.
fn leave_out(leaf: &Range<usize>, wider: &mut [Wider]) -> bool {
    let touched = wider.iter_mut().filter(|one| one.place.start < leaf.end && leaf.start < one.place.end);
    touched.map(|one| one.left_out = true).count() > 0
}

fn rest(
    node: &Node,
    nodes: &[Node],
    positive: bool,
    all_or_none: bool,
    wider: &mut [Wider],
    join: impl Fn(Vec<Node>) -> Kind,
) -> Option<Node> {
    let mut kept: Vec<Node> = nodes.iter().filter_map(|node| without(node, positive, wider)).collect();
    if all_or_none && kept.len() < nodes.len() {
        return None;
    }
    match kept.pop() {
        Some(only) if kept.is_empty() => Some(only),
        Some(last) => {
            kept.push(last);
            Some(Node { kind: join(kept), span: node.span.clone() })
        }
        None => None,
    }
}

fn is_lost(expr: &Expr) -> bool {
    match expr {
        Expr::Words(words) | Expr::Window { words, .. } => words.patterns.iter().any(|pattern| pattern.text == LOST),
        Expr::Raw(text) => text.contains(LOST),
        Expr::AnyOf(any) => any.iter().any(|one| is_lost(one)),
        Expr::Near(near) => is_lost(&near.left) || is_lost(&near.right),
    }
}
