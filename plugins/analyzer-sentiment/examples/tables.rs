//! Makes `table/*.tsv` from the published word lists and says how well they do:
//! `cargo run --release -p analyzer-sentiment --example tables -- LEXICONS table [sentiment_en.dev.tsv]`

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::ExitCode;

use analyzer_sentiment::lexicon::Lexicon;
use analyzer_sentiment::score::polarity;

/// Emoji whose names say nothing of what people mean by them; valences set by us on the scale of the lists.
const OWN_EMOJI: [(&str, f32); 40] = [
    ("😡", -3.0),
    ("🤬", -3.5),
    ("😠", -2.5),
    ("😤", -1.5),
    ("😒", -1.5),
    ("🙄", -1.5),
    ("😞", -2.0),
    ("😔", -1.7),
    ("😩", -1.8),
    ("😫", -1.8),
    ("😖", -1.8),
    ("😣", -1.5),
    ("😭", -1.2),
    ("😢", -1.8),
    ("🤮", -3.0),
    ("🤢", -2.5),
    ("👎", -2.0),
    ("💩", -2.0),
    ("🤦", -1.5),
    ("😱", -1.0),
    ("💔", -2.5),
    ("🖕", -3.5),
    ("🔥", 1.0),
    ("👍", 1.8),
    ("👏", 1.8),
    ("🙌", 1.8),
    ("💯", 1.5),
    ("🎉", 2.0),
    ("😍", 3.0),
    ("🥰", 3.0),
    ("😘", 2.5),
    ("😊", 2.0),
    ("😁", 2.0),
    ("😄", 2.0),
    ("🤩", 2.8),
    ("😎", 1.5),
    ("😂", 1.0),
    ("🤣", 1.0),
    ("❤", 2.8),
    ("🙏", 1.2),
];

/// What people say of products that the lists lack or, made from English, rate oddly; valences set by us on their scale.
const OWN_ENGLISH: [(&str, f32); 18] = [
    ("overheating", -2.2),
    ("overheats", -2.2),
    ("overheated", -2.2),
    ("refund", -1.2),
    ("laggy", -1.8),
    ("lag", -1.2),
    ("bug", -1.2),
    ("bugs", -1.2),
    ("buggy", -2.0),
    ("bricked", -2.8),
    ("unusable", -2.6),
    ("overpriced", -1.8),
    ("recall", -1.2),
    ("smooth", 1.6),
    ("reliable", 2.0),
    ("unreliable", -2.0),
    ("affordable", 1.4),
    ("recommend", 1.8),
];
const OWN_FRENCH: [(&str, f32); 40] = [
    ("content", 2.0),
    ("contente", 2.0),
    ("contents", 2.0),
    ("mécontent", -2.0),
    ("mécontente", -2.0),
    ("mécontents", -2.0),
    ("déçu", -2.0),
    ("déçue", -2.0),
    ("déçus", -2.0),
    ("décevant", -2.0),
    ("décevante", -2.0),
    ("déception", -2.1),
    ("nul", -2.2),
    ("nulle", -2.2),
    ("génial", 3.0),
    ("géniale", 3.0),
    ("surchauffe", -2.2),
    ("surchauffent", -2.2),
    ("chauffe", -1.5),
    ("panne", -2.0),
    ("plante", -1.6),
    ("bug", -1.2),
    ("bugs", -1.2),
    ("lent", -1.4),
    ("lente", -1.4),
    ("rembourser", -1.0),
    ("remboursement", -1.0),
    ("inutilisable", -2.6),
    ("fiable", 2.0),
    ("fluide", 1.6),
    ("solide", 1.4),
    ("top", 2.2),
    ("recommande", 1.8),
    ("bof", -1.2),
    ("cher", -1.0),
    ("déconseille", -2.2),
    ("régale", 2.2),
    ("honteux", -2.8),
    ("scandaleux", -2.8),
    ("ravie", 2.6),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(lexicons), Some(out)) = (arguments.first(), arguments.get(1)) else {
        eprintln!("usage: tables LEXICONS OUT [DEV.tsv]");
        return ExitCode::from(2);
    };
    match make(Path::new(lexicons), Path::new(out)).and_then(|()| arguments.get(2).map_or(Ok(()), |dev| measure(Path::new(dev))))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed to make the tables: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make(lexicons: &Path, out: &Path) -> std::io::Result<()> {
    let read = |name: &str| std::fs::read_to_string(lexicons.join(name));
    let own = |rows: &[(&str, f32)]| rows.iter().map(|&(word, valence)| (word.to_owned(), valence)).collect::<Vec<_>>();
    let mut english = words(&read("vader_en.tsv")?);
    english.extend(own(&OWN_ENGLISH));
    write(&out.join("en.tsv"), &english)?;
    let mut french = words(&read("vader_fr.tsv")?);
    french.extend(own(&OWN_FRENCH));
    write(&out.join("fr.tsv"), &french)?;
    // An emoji means what the words of its name mean together, within the scale.
    let mut emoji = BTreeMap::new();
    for (drawn, name) in read("vader_emoji_en.tsv")?.lines().skip(1).filter_map(|line| line.split_once('\t')) {
        let valence: f32 = name.split([' ', '-', ':']).filter_map(|word| english.get(word)).sum();
        if let (Some(first), true) = (drawn.chars().next(), valence != 0.0) {
            emoji.entry(first.to_string()).or_insert(valence.clamp(-4.0, 4.0));
        }
    }
    emoji.extend(own(&OWN_EMOJI));
    write(&out.join("emoji.tsv"), &emoji)
}

/// Words as the tokens of this plugin are: lower case, no apostrophes, letters first; emoticons stay as they are.
fn words(table: &str) -> BTreeMap<String, f32> {
    let rows = table.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        Some((columns.next()?.to_lowercase().replace(['\'', '’'], ""), columns.next()?.parse().ok()?))
    });
    rows.filter(|(word, _): &(String, f32)| !word.contains(' ') && !word.is_empty()).collect()
}

fn write(path: &Path, rows: &BTreeMap<String, f32>) -> std::io::Result<()> {
    let text: String = rows.iter().map(|(word, valence)| format!("{word}\t{valence}\n")).collect();
    println!("{}: {} rows", path.display(), rows.len());
    std::fs::write(path, text)
}

fn measure(dev: &Path) -> std::io::Result<()> {
    let text = std::fs::read_to_string(dev)?;
    for neutral in [0.05_f32, 0.1, 0.2, 0.3] {
        let mut counts: HashMap<(String, &str), u32> = HashMap::new();
        for (label, text) in text.lines().skip(1).filter_map(|line| line.split_once('\t')) {
            let polarity = polarity(text, Lexicon::of(Some("en")), &HashMap::new()).unwrap_or_default();
            let found = if polarity > neutral {
                "positive"
            } else if polarity < -neutral {
                "negative"
            } else {
                "neutral"
            };
            *counts.entry((label.to_owned(), found)).or_default() += 1;
        }
        let labels = ["negative", "neutral", "positive"];
        let count =
            |wanted: &str, found: &'static str| f64::from(counts.get(&(wanted.to_owned(), found)).copied().unwrap_or_default());
        let f1 = |label: &'static str| {
            let right = count(label, label);
            let wanted: f64 = labels.iter().map(|found| count(label, found)).sum();
            let found: f64 = labels.iter().map(|wanted| count(wanted, label)).sum();
            2.0 * right / (wanted + found)
        };
        let total: f64 = counts.values().copied().map(f64::from).sum();
        let right: f64 = labels.iter().map(|label| count(label, label)).sum();
        let mean = labels.iter().map(|label| f1(label)).sum::<f64>() / 3.0;
        println!("neutral zone {neutral}: accuracy {:.3}, macro-F1 {mean:.3} ({})", right / total, dev.display());
    }
    Ok(())
}
