//! Pieces of a word: its beginnings and ends, and the words inside a handle.

/// Letters of a word that are cut into pieces.
const LETTERS: usize = 24;

/// The beginnings, ends and triples of a word.
pub(crate) fn each_piece(word: &str, mut emit: impl FnMut(u8, &str)) {
    let mut ends = [0; LETTERS + 1];
    let mut letters = 0;
    for (at, char) in word.char_indices().take(LETTERS) {
        letters += 1;
        ends[letters] = at + char.len_utf8();
    }
    for length in 2..=4.min(letters) {
        emit(b'0' + length as u8, &word[..ends[length]]);
        emit(b'5' + length as u8, &word[ends[letters - length]..ends[letters]]);
    }
    for start in 0..letters.saturating_sub(2) {
        emit(b'g', &word[ends[start]..ends[start + 3]]);
    }
}

/// The parts of a name such as `AcmeNews_FR`, as its capitals and `_` show them.
pub(crate) fn each_part(name: &str, mut emit: impl FnMut(&str)) {
    let mut start = 0;
    let mut before = '_';
    for (at, char) in name.char_indices() {
        let border = (char.is_uppercase() && !before.is_uppercase()) || (char.is_numeric() != before.is_numeric());
        if char == '_' || border {
            if at > start {
                emit(&name[start..at]);
            }
            start = if char == '_' { at + 1 } else { at };
        }
        before = char;
    }
    if start < name.len() {
        emit(&name[start..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_parts_are_cut_at_letters() {
        let mut pieces = Vec::new();
        each_piece("été", |sort, piece| pieces.push(format!("{}{piece}", sort as char)));
        assert_eq!(pieces, ["2ét", "7té", "3été", "8été", "gété"]);
        let mut parts = Vec::new();
        each_part("AcmeNews_FR24", |part| parts.push(part.to_owned()));
        assert_eq!(parts, ["Acme", "News", "FR", "24"]);
        for odd in ["", "_", "a", "é", "ÉÉ_", &"é".repeat(100)] {
            each_piece(odd, |_, _| {});
            each_part(odd, |_| {});
        }
    }
}
