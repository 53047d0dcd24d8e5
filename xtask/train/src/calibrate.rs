//! Makes scores probabilities: of texts given 0.8, eight in ten should be right.

use vigie_plugin::linear::{Kind, Model, Parts, exp, sigmoid};
use vigie_plugin_learning::fit::Example;

/// The raw scores of examples under a model.
pub(crate) fn scores(parts: &Parts, examples: &[Example]) -> Vec<Vec<f32>> {
    let bytes = parts.to_bytes();
    let model = Model::read(&bytes).expect("just written");
    let score = |example: &Example| {
        let mut sums = model.sums();
        example.features.iter().for_each(|&feature| sums.add(feature));
        sums.finish(&example.dense).raw().to_vec()
    };
    examples.iter().map(score).collect()
}

/// Sets slopes and offsets so that the held-out examples are most likely: one temperature where one class is right, Platt's slope and
/// offset a class where each stands by itself.
pub(crate) fn calibrate(parts: &mut Parts, held_out: &[Example]) {
    let scores = scores(parts, held_out);
    match parts.kind {
        Kind::OneOf => {
            let slope = temperature(&scores, held_out);
            parts.classes.iter_mut().for_each(|class| class.slope = slope);
        }
        Kind::Each => {
            for (place, class) in parts.classes.iter_mut().enumerate() {
                let pairs: Vec<(f64, bool)> =
                    scores.iter().zip(held_out).map(|(scores, example)| (f64::from(scores[place]), example.has(place))).collect();
                (class.slope, class.offset) = platt(&pairs);
            }
        }
    }
}

/// The slope, of a fixed row of them, under which the true classes are most likely.
fn temperature(scores: &[Vec<f32>], examples: &[Example]) -> f32 {
    let loss = |slope: f32| -> f64 {
        let one = |(scores, example): (&Vec<f32>, &Example)| {
            let best = scores.iter().copied().fold(f32::MIN, f32::max);
            let total: f32 = scores.iter().map(|score| exp((score - best) * slope)).sum();
            let right = scores.get(example.classes.trailing_zeros() as usize).copied().unwrap_or(best);
            // The logarithm alone may differ in its last bit between machines; the candidates are too far apart for that to matter.
            f64::from(total).ln() - f64::from((right - best) * slope)
        };
        scores.iter().zip(examples).map(one).sum()
    };
    let candidates = (4..=80).map(|step| step as f32 * 0.05);
    candidates.min_by(|a, b| loss(*a).total_cmp(&loss(*b))).expect("some candidates")
}

/// Platt's slope and offset by Newton's method.
///
/// # Source
/// J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999; the smoothed targets of its section 2.
pub(crate) fn platt(pairs: &[(f64, bool)]) -> (f32, f32) {
    let yes = pairs.iter().filter(|(_, yes)| *yes).count() as f64;
    let no = pairs.len() as f64 - yes;
    if yes == 0.0 || no == 0.0 {
        return (1.0, 0.0);
    }
    let targets = [1.0 / (no + 2.0), (yes + 1.0) / (yes + 2.0)];
    let (mut a, mut b) = (1.0_f64, 0.0_f64);
    for _ in 0..50 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-6, 0.0, 1e-6);
        for &(score, yes) in pairs {
            let p = f64::from(sigmoid((a * score + b) as f32));
            let error = p - targets[usize::from(yes)];
            let w = (p * (1.0 - p)).max(1e-9);
            ga += error * score;
            gb += error;
            haa += w * score * score;
            hab += w * score;
            hbb += w;
        }
        let determinant = haa * hbb - hab * hab;
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        a -= da.clamp(-1.0, 1.0);
        b -= db.clamp(-1.0, 1.0);
        if da.abs() + db.abs() < 1e-7 {
            break;
        }
    }
    // Rounded coarsely, so that the last bits of a long sum are nobody's business.
    ((a.max(0.05) * 1e4).round() as f32 / 1e4, (b * 1e4).round() as f32 / 1e4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platt_finds_the_slope_the_data_were_made_with() {
        // At every score, as many are true as a slope of 2 and an offset of -1 say.
        let pairs: Vec<(f64, bool)> = (-20..=20)
            .flat_map(|step| {
                let score = f64::from(step) / 10.0;
                let share = f64::from(sigmoid((2.0 * score - 1.0) as f32));
                (0..200).map(move |number| (score, f64::from(number) < share * 200.0))
            })
            .collect();
        let (slope, offset) = platt(&pairs);
        assert!((slope - 2.0).abs() < 0.1 && (offset + 1.0).abs() < 0.1, "{slope} {offset}");
        assert_eq!(platt(&[(1.0, true)]), (1.0, 0.0));
    }
}
