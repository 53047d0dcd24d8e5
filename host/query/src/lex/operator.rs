//! Operators, and the distances some of them take.

use std::ops::Range;

use super::Token;
use crate::diagnostic::Diagnostic;
use crate::syntax::Reach;

/// The largest distance of NEAR and of `~`.
const FARTHEST: u32 = 100;

/// The operator that a word in capitals is.
pub(super) fn operator(word: &str, span: Range<usize>, found: &mut Vec<Diagnostic>) -> Option<Token<'static>> {
    let (name, number) = word.split_once('/').map_or((word, None), |(name, number)| (name, Some(number)));
    let ordered = name.starts_with('O');
    match (name, number) {
        ("AND", None) => Some(Token::And),
        ("OR", None) => Some(Token::Or),
        ("NOT", None) => Some(Token::Not),
        ("SENTENCE" | "OSENTENCE", None) => Some(Token::Near { reach: Reach::Sentence, ordered }),
        ("SENTENCE" | "OSENTENCE", Some(number)) => {
            let message = format!("{name} takes no distance: a sentence is as long as it is");
            let hint = format!("write `a {name} b`, or for a distance `a NEAR/{number} b`");
            found.push(Diagnostic::new("E120", span, message).hint(hint));
            Some(Token::Near { reach: Reach::Sentence, ordered })
        }
        ("NEAR" | "ONEAR", None) => Some(Token::Near { reach: Reach::Tokens(4), ordered }),
        ("NEAR" | "ONEAR", Some(number)) => {
            let forward = name == "NEAR" && number.ends_with('f');
            let digits = if forward { number.strip_suffix('f').unwrap_or(number) } else { number };
            let n = distance(digits, name, span, found).unwrap_or(4);
            Some(Token::Near { reach: Reach::Tokens(n), ordered: ordered || forward })
        }
        _ => None,
    }
}

/// The distance of NEAR or `~`.
pub(super) fn distance(digits: &str, operator: &str, span: Range<usize>, found: &mut Vec<Diagnostic>) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let example = if operator == "~" { "\"a b\"~5" } else { "a NEAR/5 b" };
        found.push(
            Diagnostic::new("E120", span, format!("the distance `{digits}` of {operator} is not a number"))
                .hint(format!("write it as in `{example}`")),
        );
        return None;
    }
    match digits.parse::<u32>() {
        Ok(n) if n <= FARTHEST => {
            if n > 10 && operator != "~" {
                let message = format!("{operator}/{n} is usually the same as AND");
                found.push(Diagnostic::new("W302", span, message).hint("distances up to 10 say that words belong together"));
            }
            Some(n)
        }
        _ => {
            let message = format!("the distance {digits} of {operator} is over the maximum of {FARTHEST}");
            found.push(Diagnostic::new("E121", span, message).hint("use AND"));
            None
        }
    }
}
