//! Trains `table/language.bin`: `cargo run --release -p analyzer-language --example train -- langid.train.tsv langid.dev.tsv table/language.bin`
//!
//! Multinomial logistic regression over the hashed n-grams of `features.rs`, by AdaGrad in a fixed order, class-balanced; weights are
//! rounded to eight bits with one scale a language, and the temperature is chosen on the dev lines. The same input gives the same bytes.

use std::collections::BTreeMap;
use std::process::ExitCode;

use analyzer_language::detect::Detector;
use analyzer_language::features::{BITS, each_bucket};
use analyzer_language::table::{STRIDE, Table};

const EPOCHS: usize = 6;
const RATE: f32 = 0.5;
const ROWS: usize = 1 << BITS;

struct Line {
    language: usize,
    text: String,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [train, dev, out] = arguments.as_slice() else {
        eprintln!("usage: train langid.train.tsv langid.dev.tsv OUT");
        return ExitCode::from(2);
    };
    match run(train, dev, out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed to train: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(train: &str, dev: &str, out: &str) -> Result<(), std::io::Error> {
    let train = read(train)?;
    let dev = read(dev)?;
    let tags: Vec<String> =
        train.iter().map(|(tag, _)| tag.clone()).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    let number: BTreeMap<&str, usize> = tags.iter().enumerate().map(|(index, tag)| (tag.as_str(), index)).collect();
    let lines = |rows: Vec<(String, String)>| -> Vec<Line> {
        rows.into_iter().filter_map(|(tag, text)| Some(Line { language: *number.get(tag.as_str())?, text })).collect()
    };
    let (mut train, mut dev) = (lines(train), lines(dev));
    // A fifth of the lines labelled English are Danish (a defect of the subtitle pairs). A first model, which the majority keeps
    // honest, finds them; the second is trained without.
    let (weights, biases) = fit(&train, tags.len());
    let mut bytes = Vec::new();
    let first = quantise(&weights, biases, tags.clone(), &mut bytes);
    let mislabelled = |line: &Line| {
        let detector = Detector::new(&first, 0.0, &[]).expect("no languages");
        first.tags[line.language] == "en" && ["da", "no", "sv"].contains(&detector.detect(&line.text).tag)
    };
    let before = (train.len(), dev.len());
    train.retain(|line| !mislabelled(line));
    dev.retain(|line| !mislabelled(line));
    println!("left out as mislabelled: {} train lines, {} dev lines", before.0 - train.len(), before.1 - dev.len());

    let (weights, biases) = fit(&train, tags.len());
    let mut bytes = Vec::new();
    let mut table = quantise(&weights, biases, tags, &mut bytes);
    table.temperature = calibrate(&table, &dev);
    println!("temperature {}", table.temperature);
    report(&table, &dev);
    std::fs::write(out, table.to_bytes())
}

/// Rounds weights to eight bits, one scale a language.
fn quantise<'a>(weights: &[f32], biases: Vec<f32>, tags: Vec<String>, bytes: &'a mut Vec<u8>) -> Table<'a> {
    let mut scales = vec![0.0_f32; tags.len()];
    bytes.resize(ROWS * STRIDE, 0);
    for (language, scale) in scales.iter_mut().enumerate() {
        let largest = (0..ROWS).map(|row| weights[row * STRIDE + language].abs()).fold(0.0, f32::max);
        *scale = largest / 127.0;
        for row in 0..ROWS {
            let place = row * STRIDE + language;
            bytes[place] = ((weights[place] / *scale).round() as i8).cast_unsigned();
        }
    }
    Table { tags, scales, biases, temperature: 1.0, weights: bytes }
}

fn read(path: &str) -> Result<Vec<(String, String)>, std::io::Error> {
    let text = std::fs::read_to_string(path)?;
    Ok(text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .map(|(tag, text)| (tag.to_owned(), text.to_owned()))
        .collect())
}

fn fit(lines: &[Line], languages: usize) -> (Vec<f32>, Vec<f32>) {
    let mut weights = vec![0.0_f32; ROWS * STRIDE];
    let mut squares = vec![1e-2_f32; ROWS * STRIDE];
    let mut biases = vec![0.0_f32; languages];
    let mut per_language = vec![0_usize; languages];
    for line in lines {
        per_language[line.language] += 1;
    }
    let mean = lines.len() as f32 / languages as f32;
    let mut order: Vec<usize> = (0..lines.len()).collect();
    let mut buckets: Vec<usize> = Vec::new();
    for epoch in 0..EPOCHS {
        shuffle(&mut order, epoch as u64 + 1);
        for &index in &order {
            let line = &lines[index];
            buckets.clear();
            each_bucket(&line.text, |bucket| buckets.push(bucket));
            if buckets.is_empty() {
                continue;
            }
            let norm = (buckets.len() as f32).sqrt();
            let mut scores = biases.clone();
            for &bucket in &buckets {
                for (score, weight) in scores.iter_mut().zip(&weights[bucket * STRIDE..]) {
                    *score += weight / norm;
                }
            }
            let best = scores.iter().copied().fold(f32::MIN, f32::max);
            let total: f32 = scores.iter().map(|score| (score - best).exp()).sum();
            let balance = (mean / per_language[line.language] as f32).sqrt();
            let errors: Vec<f32> = scores
                .iter()
                .enumerate()
                .map(|(language, score)| {
                    balance * ((score - best).exp() / total - f32::from(u8::from(language == line.language)))
                })
                .collect();
            for &bucket in &buckets {
                let row = bucket * STRIDE;
                for (language, error) in errors.iter().enumerate() {
                    let gradient = error / norm;
                    squares[row + language] += gradient * gradient;
                    weights[row + language] -= RATE * gradient / squares[row + language].sqrt();
                }
            }
            for (bias, error) in biases.iter_mut().zip(&errors) {
                *bias -= 0.01 * error;
            }
        }
    }
    (weights, biases)
}

/// Fisher and Yates with SplitMix64: fixed by its seed, whatever library versions do.
fn shuffle(order: &mut [usize], seed: u64) {
    let mut state = seed;
    for last in (1..order.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        order.swap(last, ((mixed ^ (mixed >> 31)) % (last as u64 + 1)) as usize);
    }
}

/// The temperature under which the dev lines are most likely.
fn calibrate(table: &Table<'_>, dev: &[Line]) -> f32 {
    let loss = |temperature: f32| -> f32 {
        let table = Table { temperature, ..table.clone() };
        let detector = Detector::new(&table, 0.0, &[]).expect("no languages");
        dev.iter()
            .map(|line| {
                let found = detector.detect(&line.text);
                let probability = found.confidence.unwrap_or(0.01);
                let right = found.tag == table.tags[line.language];
                if right { -probability.ln() } else { -(1.0 - probability).max(1e-4).ln() }
            })
            .sum()
    };
    let candidates = (2..=40).map(|tenth| tenth as f32 / 10.0);
    candidates.min_by(|a, b| loss(*a).total_cmp(&loss(*b))).expect("some candidates")
}

fn report(table: &Table<'_>, dev: &[Line]) {
    for margin in [0.0, 0.5] {
        let detector = Detector::new(table, margin, &[]).expect("no languages");
        let mut counts: BTreeMap<&str, (u32, u32, u32)> = BTreeMap::new();
        for line in dev {
            let wanted = table.tags[line.language].as_str();
            let found = detector.detect(&line.text).tag;
            let count = counts.entry(wanted).or_default();
            count.0 += 1;
            count.1 += u32::from(found == wanted);
            count.2 += u32::from(found == "und");
        }
        let (lines, right, unknown) = counts.values().fold((0, 0, 0), |sum, c| (sum.0 + c.0, sum.1 + c.1, sum.2 + c.2));
        let accuracy = f64::from(right) / f64::from(lines);
        println!(
            "margin {margin}: {lines} dev lines, accuracy {accuracy:.4}, `und` {:.4}",
            f64::from(unknown) / f64::from(lines)
        );
        if margin == 0.0 {
            for (tag, (lines, right, _)) in &counts {
                println!("  {tag:8} {lines:5} {:.3}", f64::from(*right) / f64::from(*lines));
            }
        }
    }
}
