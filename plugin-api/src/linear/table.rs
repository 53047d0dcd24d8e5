//! The table of a model: its layout, reading and writing.

use std::borrow::Cow;
use std::fmt;

/// First bytes of a table; the last of them is the version of the layout.
const MAGIC: &[u8; 8] = b"VIGLIN\x00\x01";
/// More classes than this a table has none.
pub const MOST_CLASSES: usize = 64;
/// More bits a table has not: 2^22 rows of one byte are four megabytes.
pub const MOST_BITS: u32 = 22;
/// More dense features a table has not.
pub const MOST_DENSE: usize = 64;

/// What the classes of a model are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of them is right: probabilities sum to 1.
    OneOf,
    /// Each is right or not by itself.
    Each,
}

/// One class of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Its name, at most 255 bytes.
    pub label: String,
    /// What a weight of 1 stands for.
    pub scale: f32,
    /// Added to its score.
    pub bias: f32,
    /// Calibration: the score is multiplied by it (1 / temperature, or Platt's slope) …
    pub slope: f32,
    /// … and this is added, before scores become probabilities.
    pub offset: f32,
}

/// A trained model. Its weights are read in place, unless it was made to own them.
///
/// # Shape
/// On disk, all numbers little-endian, floats of 32 bits:
/// 1. `VIGLIN`, 0, version 1 (8 bytes); kind (0 one of, 1 each), bits, number of classes, number of dense features (a byte each);
/// 2. for each class: length of the label (a byte), label in UTF-8, scale, bias, slope, offset;
/// 3. for each dense feature, for each class: a float;
/// 4. `2^bits` rows of one signed byte a class. Rows of more than four classes are filled with zeros to a multiple of eight.
#[derive(Debug, Clone)]
pub struct Model<'a> {
    pub(super) kind: Kind,
    pub(super) bits: u32,
    pub(super) classes: Vec<Class>,
    pub(super) dense: Vec<f32>,
    pub(super) stride: usize,
    pub(super) weights: Cow<'a, [u8]>,
}

/// Why a table was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableError {
    /// The first bytes are not those of a table of this version.
    OtherLayout,
    /// It ends before, or goes on after, what its head announces.
    WrongLength,
    /// A number in its head is outside what the layout allows.
    OutOfRange,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherLayout => "the table does not begin with the mark of layout version 1; train it anew",
            Self::WrongLength => "the table is cut short or has bytes left over",
            Self::OutOfRange => "the head of the table holds a number outside its range",
        })
    }
}

impl std::error::Error for TableError {}

/// Bytes of a row.
pub(super) fn stride(classes: usize) -> usize {
    if classes <= 4 { classes } else { classes.next_multiple_of(8) }
}

impl<'a> Model<'a> {
    /// Reads a table.
    ///
    /// # Errors
    /// [`TableError`] for bytes that are no whole table; nothing in them makes this, or scoring, panic.
    pub fn read(bytes: &'a [u8]) -> Result<Self, TableError> {
        let (model, rest) = Self::read_first(bytes)?;
        if rest.is_empty() { Ok(model) } else { Err(TableError::WrongLength) }
    }

    /// Reads the table `bytes` begin with and hands back what follows it, for files that hold several.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_first(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), TableError> {
        let rest = bytes.strip_prefix(MAGIC.as_slice()).ok_or(TableError::OtherLayout)?;
        let (&[kind, bits, classes, dense], mut rest) = rest.split_first_chunk::<4>().ok_or(TableError::WrongLength)?;
        let kind = match kind {
            0 => Kind::OneOf,
            1 => Kind::Each,
            _ => return Err(TableError::OutOfRange),
        };
        let (bits, count) = (u32::from(bits), usize::from(classes));
        if bits == 0 || bits > MOST_BITS || count == 0 || count > MOST_CLASSES || usize::from(dense) > MOST_DENSE {
            return Err(TableError::OutOfRange);
        }
        let mut classes = Vec::with_capacity(count);
        for _ in 0..count {
            let (&length, after) = rest.split_first().ok_or(TableError::WrongLength)?;
            let (label, after) = after.split_at_checked(usize::from(length)).ok_or(TableError::WrongLength)?;
            let label = std::str::from_utf8(label).map_err(|_| TableError::OutOfRange)?.to_owned();
            rest = after;
            let mut next = || float(&mut rest);
            classes.push(Class { label, scale: next()?, bias: next()?, slope: next()?, offset: next()? });
        }
        let dense = (0..usize::from(dense) * count).map(|_| float(&mut rest)).collect::<Result<_, _>>()?;
        let stride = stride(count);
        let (weights, rest) = rest.split_at_checked(stride << bits).ok_or(TableError::WrongLength)?;
        Ok((Self { kind, bits, classes, dense, stride, weights: Cow::Borrowed(weights) }, rest))
    }

    /// The same with weights of its own, for a table that is not part of the program.
    #[must_use]
    pub fn into_owned(self) -> Model<'static> {
        let Self { kind, bits, classes, dense, stride, weights } = self;
        Model { kind, bits, classes, dense, stride, weights: Cow::Owned(weights.into_owned()) }
    }

    /// The classes, in the order of the scores.
    #[must_use]
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// What the classes are to each other.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The place of a class.
    #[must_use]
    pub fn place(&self, label: &str) -> Option<usize> {
        self.classes.iter().position(|class| class.label == label)
    }

    /// How many dense features [`Sums::finish`](super::Sums::finish) wants.
    #[must_use]
    pub fn dense(&self) -> usize {
        self.dense.len() / self.classes.len()
    }

    /// Whether the table says anything of a feature: its row holds a weight.
    #[must_use]
    pub fn knows(&self, feature: u32) -> bool {
        let start = self.row(feature) * self.stride;
        self.weights.get(start..start + self.stride).is_some_and(|row| row.iter().any(|&weight| weight != 0))
    }

    /// The row of a feature.
    #[must_use]
    #[inline]
    pub fn row(&self, feature: u32) -> usize {
        (feature >> (32 - self.bits)) as usize
    }
}

/// Reads a float that is a number; an infinite one would make every score meaningless.
fn float(bytes: &mut &[u8]) -> Result<f32, TableError> {
    let (head, rest) = bytes.split_first_chunk::<4>().ok_or(TableError::WrongLength)?;
    *bytes = rest;
    let value = f32::from_le_bytes(*head);
    if value.is_finite() { Ok(value) } else { Err(TableError::OutOfRange) }
}

/// What a table is made of, for those who write one.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// What the classes are to each other.
    pub kind: Kind,
    /// The table has `2^bits` rows.
    pub bits: u32,
    /// The classes, 1 to [`MOST_CLASSES`].
    pub classes: Vec<Class>,
    /// A weight for each dense feature and class: all classes of the first feature, then of the second.
    pub dense: Vec<f32>,
    /// `2^bits` rows of one weight a class.
    pub weights: Vec<i8>,
}

impl Parts {
    /// The bytes [`Model::read`] reads.
    ///
    /// # Panics
    /// When the numbers do not fit each other; a trainer's bug.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let count = self.classes.len();
        assert!((1..=MOST_BITS).contains(&self.bits), "1 to {MOST_BITS} bits");
        assert!((1..=MOST_CLASSES).contains(&count), "1 to {MOST_CLASSES} classes");
        assert_eq!(self.weights.len(), count << self.bits, "one weight for each row and class");
        assert!(self.dense.len().is_multiple_of(count) && self.dense.len() / count <= MOST_DENSE, "dense weights for each class");
        let byte = |number: usize| u8::try_from(number).expect("checked above to be small");
        let mut bytes = MAGIC.to_vec();
        bytes.extend([u8::from(self.kind == Kind::Each), byte(self.bits as usize), byte(count), byte(self.dense.len() / count)]);
        for class in &self.classes {
            bytes.push(u8::try_from(class.label.len()).expect("a label has at most 255 bytes"));
            bytes.extend(class.label.as_bytes());
            bytes.extend([class.scale, class.bias, class.slope, class.offset].iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes.extend(self.dense.iter().flat_map(|value| value.to_le_bytes()));
        for row in self.weights.chunks_exact(count) {
            bytes.extend(row.iter().map(|weight| weight.cast_unsigned()));
            bytes.resize(bytes.len() + stride(count) - count, 0);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(classes: usize) -> Parts {
        let class = |number| Class { label: format!("c{number}"), scale: 0.5, bias: 0.0, slope: 1.0, offset: 0.0 };
        Parts {
            kind: Kind::Each,
            bits: 3,
            classes: (0..classes).map(class).collect(),
            dense: vec![0.25; classes * 2],
            weights: (0..8 * classes).map(|number| number as i8).collect(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for count in [1, 3, 4, 5, 8, 9, 35] {
            let bytes = parts(count).to_bytes();
            let model = Model::read(&bytes).expect("whole");
            assert_eq!((model.classes().len(), model.dense(), model.kind()), (count, 2, Kind::Each));
            assert_eq!(model.classes(), parts(count).classes);
            assert_eq!(model.place("c0"), Some(0));
            assert_eq!(model.weights.len(), model.stride * 8);
            let owned = model.clone().into_owned();
            let score = |model: &Model<'_>| {
                let mut sums = model.sums();
                sums.add(5 << 29);
                sums.finish(&[1.0]).raw().to_vec()
            };
            assert_eq!(score(&owned), score(&model));
            // The first weight is 0, the second 1.
            assert_eq!([model.knows(0), model.knows(1 << 29)], [count > 1, true]);
        }
    }

    #[test]
    fn a_damaged_table_is_refused_or_read_but_never_panics() {
        let whole = parts(5).to_bytes();
        for length in 0..whole.len() {
            assert!(Model::read(&whole[..length]).is_err(), "{length}");
        }
        for at in 0..120 {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                if let Ok(model) = Model::read(&damaged) {
                    let mut sums = model.sums();
                    (0..1000_u32).for_each(|number| sums.add(number.wrapping_mul(0x9e37_79b1)));
                    assert_eq!(sums.finish(&[1.0, 2.0]).probabilities().len(), model.classes().len());
                }
            }
        }
        let mut longer = whole.clone();
        longer.push(0);
        assert_eq!(Model::read(&longer).expect_err("too long"), TableError::WrongLength);
        assert_eq!(Model::read_first(&longer).expect("whole").1, [0]);
        assert_eq!(Model::read(b"VIGLIN\x00\x02").expect_err("of tomorrow"), TableError::OtherLayout);
    }
}
