//! What is left of a text when everything is taken away that copies change.

/// The words of a text in lower case, without handles, addresses, punctuation and a leading `RT @name:`.
///
/// # Shape
/// `#` goes and its word stays. Letters of scripts written without spaces are words of their own. Apostrophes vanish inside a word
/// (`don’t` = `dont`), because copies differ in which of them they use.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut chunks = text.split_whitespace().peekable();
    // "RT @name:" says who is copied, not what.
    while chunks.peek().is_some_and(|chunk| chunk.eq_ignore_ascii_case("rt")) {
        chunks.next();
    }
    for chunk in chunks.filter(|chunk| !is_handle(chunk) && !is_address(chunk)) {
        push_words(chunk, &mut words);
    }
    words
}

fn is_handle(chunk: &str) -> bool {
    chunk.trim_start_matches(['.', '(', '"', '“', '«']).starts_with('@')
}

fn is_address(chunk: &str) -> bool {
    let chunk = chunk.trim_start_matches(['(', '"', '“', '«', '[', '<']);
    ["http://", "https://", "www."]
        .iter()
        .any(|start| chunk.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

fn push_words(chunk: &str, words: &mut Vec<String>) {
    let mut word = String::new();
    for char in chunk.chars() {
        if stands_alone(char) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            words.push(char.to_string());
        } else if char.is_alphanumeric() {
            word.extend(char.to_lowercase());
        } else if !matches!(char, '\'' | '’' | '\u{200d}' | '\u{ad}') && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    words.extend((!word.is_empty()).then_some(word));
}

/// Letters of scripts without spaces between words: Han, kana, Thai, Lao, Khmer, Burmese.
fn stands_alone(char: char) -> bool {
    matches!(char, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn what_copies_change_is_gone() {
        let cases: [(&str, &[&str]); 8] = [
            ("RT @acme: Don’t MISS our #Sale!!! https://a.example/x", &["dont", "miss", "our", "sale"]),
            ("rt RT don't miss", &["dont", "miss"]),
            (".@acme (@other) \"WWW.a.example\" well-made", &["well", "made"]),
            ("L’ÉTÉ arrive…", &["lété", "arrive"]),
            ("新手机 good", &["新", "手", "机", "good"]),
            ("😀 -- ' !", &[]),
            ("2 for 1", &["2", "for", "1"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
