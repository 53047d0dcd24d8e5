//! How well a model does on rows it was not trained on.

/// What was found for what was wanted, where one class is right.
#[derive(Debug, Clone)]
pub(crate) struct Confusion<'a> {
    labels: &'a [&'a str],
    /// `[wanted][found]`; what is found may be no class at all, in the last column.
    counts: Vec<Vec<u32>>,
}

impl<'a> Confusion<'a> {
    pub(crate) fn new(labels: &'a [&'a str]) -> Self {
        Self { labels, counts: vec![vec![0; labels.len() + 1]; labels.len()] }
    }

    /// Counts one text; `found` is `None` where nothing was said.
    pub(crate) fn add(&mut self, wanted: usize, found: Option<usize>) {
        self.counts[wanted][found.unwrap_or(self.labels.len())] += 1;
    }

    fn total(&self) -> f64 {
        f64::from(self.counts.iter().flatten().sum::<u32>())
    }

    /// Share of texts that were found right.
    pub(crate) fn accuracy(&self) -> f64 {
        let right: u32 = (0..self.labels.len()).map(|label| self.counts[label][label]).sum();
        f64::from(right) / self.total().max(1.0)
    }

    /// F1 of one class.
    pub(crate) fn f1(&self, label: usize) -> f64 {
        let right = f64::from(self.counts[label][label]);
        let wanted = f64::from(self.counts[label].iter().sum::<u32>());
        let found = f64::from(self.counts.iter().map(|row| row[label]).sum::<u32>());
        2.0 * right / (wanted + found).max(1.0)
    }

    /// Mean F1 of the classes that occur.
    pub(crate) fn macro_f1(&self) -> f64 {
        let occur: Vec<usize> =
            (0..self.labels.len()).filter(|&label| self.counts[label].iter().any(|&count| count > 0)).collect();
        occur.iter().map(|&label| self.f1(label)).sum::<f64>() / occur.len().max(1) as f64
    }

    /// One line, and one a class.
    pub(crate) fn print(&self, what: &str) {
        println!("  {what}: {} rows, accuracy {:.4}, macro-F1 {:.4}", self.total(), self.accuracy(), self.macro_f1());
        for (label, name) in self.labels.iter().enumerate() {
            let wanted: u32 = self.counts[label].iter().sum();
            if wanted > 0 {
                let recall = f64::from(self.counts[label][label]) / f64::from(wanted);
                println!("    {name:10} {wanted:6}  recall {recall:.3}  F1 {:.3}", self.f1(label));
            }
        }
    }
}

/// How often something was found, was there, and both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hits {
    both: u32,
    wanted: u32,
    found: u32,
}

impl Hits {
    pub(crate) fn add(&mut self, wanted: bool, found: bool) {
        self.both += u32::from(wanted && found);
        self.wanted += u32::from(wanted);
        self.found += u32::from(found);
    }

    /// With those of another set.
    pub(crate) fn join(&mut self, other: Self) {
        self.both += other.both;
        self.wanted += other.wanted;
        self.found += other.found;
    }

    /// Share of what was found that was there.
    pub(crate) fn precision(self) -> f64 {
        f64::from(self.both) / f64::from(self.found.max(1))
    }

    /// Share of what was there that was found.
    pub(crate) fn recall(self) -> f64 {
        f64::from(self.both) / f64::from(self.wanted.max(1))
    }

    pub(crate) fn f1(self) -> f64 {
        2.0 * f64::from(self.both) / f64::from((self.wanted + self.found).max(1))
    }
}

/// Expected calibration error in ten bins: how far stated confidence is from the share that was right, on average.
pub(crate) fn calibration_error(pairs: impl IntoIterator<Item = (f32, bool)>) -> f64 {
    let mut bins = [(0.0_f64, 0.0_f64, 0.0_f64); 10];
    for (confidence, right) in pairs {
        let bin = &mut bins[((confidence * 10.0) as usize).min(9)];
        bin.0 += 1.0;
        bin.1 += f64::from(confidence);
        bin.2 += f64::from(u8::from(right));
    }
    let total: f64 = bins.iter().map(|bin| bin.0).sum();
    bins.iter().map(|(_, confidence, right)| (confidence - right).abs()).sum::<f64>() / total.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_what_their_names_say() {
        let mut confusion = Confusion::new(&["a", "b"]);
        for (wanted, found) in [(0, Some(0)), (0, Some(0)), (0, Some(1)), (1, Some(1)), (1, None)] {
            confusion.add(wanted, found);
        }
        assert!((confusion.accuracy() - 0.6).abs() < 1e-9);
        assert!((confusion.f1(0) - 0.8).abs() < 1e-9 && (confusion.f1(1) - 0.5).abs() < 1e-9);
        assert!((confusion.macro_f1() - 0.65).abs() < 1e-9);
        let mut hits = Hits::default();
        [(true, true), (true, false), (false, true)].into_iter().for_each(|(wanted, found)| hits.add(wanted, found));
        assert!((hits.f1() - 0.5).abs() < 1e-9);
        let error = calibration_error([(0.75, true), (0.75, true), (0.75, true), (0.75, false)]);
        assert!(error < 1e-9, "{error}");
    }
}
