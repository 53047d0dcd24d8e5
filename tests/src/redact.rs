//! Takes out of an output what differs between two runs that are the same: folders, ports, durations, digests.

/// Replaces each of `known` by its name, then durations by `[TIME]`, SHA-256 digests by `[SHA256]` and what tells one table learned in place
/// from another by `[TABLE]`.
pub(crate) fn redact(text: &str, known: &[(String, &str)]) -> String {
    let named = known.iter().fold(text.to_owned(), |text, (value, name)| text.replace(value, name));
    tables(&named.split_inclusive('\n').map(words).collect::<String>())
}

/// `0.1.0+site.9f86d081` becomes `0.1.0+site.[TABLE]`, within words, too: there are few spaces in JSON.
fn tables(text: &str) -> String {
    const MARK: &str = "+site.";
    let mut parts = text.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        out += MARK;
        out += if digits == 8 { "[TABLE]" } else { &part[..digits] };
        out += &part[digits..];
    }
    out
}

/// Works word by word, so that spaces, and with them the columns of a table, stay as they are.
fn words(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let space = rest.find(|character: char| !character.is_whitespace()).unwrap_or(rest.len());
        let (spaces, from_word) = rest.split_at(space);
        let end = from_word.find(char::is_whitespace).unwrap_or(from_word.len());
        let (word, after) = from_word.split_at(end);
        out.push_str(spaces);
        let core = word.trim_matches(|character: char| matches!(character, '(' | ')' | ',' | ';' | '.'));
        let unit = after.trim_start_matches(' ').split(|character: char| !character.is_alphanumeric()).next().unwrap_or("");
        if core.len() == 64 && core.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            out.push_str(&word.replace(core, "[SHA256]"));
        } else if number(core) && out.ends_with("\"took_ms\": ") {
            out.push_str(&word.replace(core, "[TIME]"));
        } else if count(core) && after.starts_with(" a second") {
            out.push_str(&word.replace(core, "[RATE]"));
        } else if duration(core) || (number(core) && (unit == "ms" || (unit == "s" && core.contains('.')))) {
            out.push_str(&word.replace(core, "[TIME]"));
        } else {
            out.push_str(word);
        }
        // A second more or less decides the unit, too.
        let timed = out.ends_with("[TIME]") && matches!(unit, "ms" | "s");
        rest = if timed { after.trim_start_matches(' ').trim_start_matches(unit) } else { after };
    }
    out
}

fn number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A count with its thousands apart.
fn count(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
}

/// `1.2s`, `13ms`, `0.4s`: measured, as against `15m` and `60d`, which are written in the configuration.
fn duration(word: &str) -> bool {
    let measured = word.strip_suffix("ms").or_else(|| word.strip_suffix('s').filter(|digits| digits.contains('.')));
    measured.is_some_and(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_goes_and_what_is_meant_stays() {
        let known = [("/tmp/abc".to_owned(), "[DIR]"), ("127.0.0.1:4080".to_owned(), "[ADDR]")];
        let text = "read http://127.0.0.1:4080/x in 1.25s (12ms)\n  /tmp/abc/vigie.toml  took 0.4 s or 98 ms, every 15m\n";
        assert_eq!(
            redact(text, &known),
            "read http://[ADDR]/x in [TIME] ([TIME])\n  [DIR]/vigie.toml  took [TIME] or [TIME], every 15m\n"
        );
        assert_eq!(redact(&format!("digest {}", "a1".repeat(32)), &[]), "digest [SHA256]");
        assert_eq!(
            redact("3 rows in 8 ms, 1,204 a second\n\"took_ms\": 34", &[]),
            "3 rows in [TIME], [RATE] a second\n\"took_ms\": [TIME]"
        );
        assert_eq!(redact("12 mentions, 0.87 positive, v0.1.0", &[]), "12 mentions, 0.87 positive, v0.1.0");
        assert_eq!(
            redact("{\"a\":\"0.1.0+site.9f86d081\"} +site.tables 1.0+site.9f86d081, x", &[]),
            "{\"a\":\"0.1.0+site.[TABLE]\"} +site.tables 1.0+site.[TABLE], x"
        );
    }
}
