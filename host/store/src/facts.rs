//! Facts: the fixed rows that the numbers are made of.
//!
//! One row for each mention and topic, in time order, so that a report is one scan: no row is decoded, allocated or looked up.
//! A fact is laid out by hand, because a row with field names would be five times as long and many times as slow. Its last two
//! bytes tell whose language and sentiment are. Any change of the layout needs a new format; the rows can be made again from `MENTIONS`.

use redb::{Range, ReadOnlyTable};
use vigie_mention::{Instant, Mention, MentionKind, Window};

use crate::analyses::AnalysisId;
use crate::error::{Fault, Site};
use crate::tables::{FACT_BYTES, PLACE_BYTES, Place, place, placed};
use crate::{Polarity, Signals, StoreError};

/// Stands for a source, a language or an author in facts; [`crate::Snapshot::name`] tells which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub(crate) u32);

/// What the numbers are made of: one mention in one topic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fact {
    /// When it was published, or else collected.
    pub at: Instant,
    /// Its source.
    pub source: NameId,
    /// Its language, as an analyzer found it or else the service stated it.
    pub language: Option<NameId>,
    /// Its author.
    pub author: Option<NameId>,
    /// -1 to 1.
    pub sentiment: Option<f32>,
    /// Which way it leans.
    pub polarity: Option<Polarity>,
    /// What it is.
    pub kind: MentionKind,
    /// Reactions, comments and shares together; counted up to 4,294,967,294.
    pub engagement: Option<u32>,
    /// The author's followers when it was collected.
    pub reach: Option<u64>,
    /// Whose `language`, `sentiment` and `polarity` are; [`crate::Snapshot::analyses`] tells.
    pub analysis: AnalysisId,
    /// Tells mentions apart within one store; leads to the mention by [`crate::Snapshot::mention_of`].
    pub mention: u64,
}

/// A fact without its place.
pub(crate) type FactBytes = [u8; FACT_BYTES];

/// Offsets in a fact: three name numbers, sentiment, engagement, reach, kind, polarity, analysis; little-endian.
mod offset {
    pub(super) const SOURCE: usize = 0;
    pub(super) const LANGUAGE: usize = 4;
    pub(super) const AUTHOR: usize = 8;
    pub(super) const SENTIMENT: usize = 12;
    pub(super) const ENGAGEMENT: usize = 16;
    pub(super) const REACH: usize = 20;
    pub(super) const KIND: usize = 28;
    pub(super) const POLARITY: usize = 29;
    pub(super) const ANALYSIS: usize = 30;
}

/// Numbers of a mention's names; 0 is none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Numbers {
    pub(crate) source: u32,
    pub(crate) language: u32,
    pub(crate) author: u32,
    pub(crate) analysis: AnalysisId,
}

/// The language that counts: what an analyzer found, or else what the service stated.
pub(crate) fn language<'a>(mention: &'a Mention, signals: &'a Signals) -> Option<&'a str> {
    signals.language.as_deref().or(mention.language.as_deref())
}

/// Writes the fact of a mention.
pub(crate) fn fact(mention: &Mention, signals: &Signals, numbers: Numbers) -> FactBytes {
    let mut bytes = [0; FACT_BYTES];
    let mut put = |offset: usize, part: &[u8]| bytes[offset..offset + part.len()].copy_from_slice(part);
    put(offset::SOURCE, &numbers.source.to_le_bytes());
    put(offset::LANGUAGE, &numbers.language.to_le_bytes());
    put(offset::AUTHOR, &numbers.author.to_le_bytes());
    put(offset::SENTIMENT, &signals.sentiment.unwrap_or(f32::NAN).to_le_bytes());
    let engagement =
        mention.engagement.total().map_or(u32::MAX, |total| u32::try_from(total).unwrap_or(u32::MAX).min(u32::MAX - 1));
    put(offset::ENGAGEMENT, &engagement.to_le_bytes());
    let reach = mention.author.as_ref().and_then(|author| author.followers).map_or(u64::MAX, |count| count.min(u64::MAX - 1));
    put(offset::REACH, &reach.to_le_bytes());
    put(offset::KIND, &[mention.kind as u8]);
    let polarity = match signals.label {
        None => 0,
        Some(Polarity::Negative) => 1,
        Some(Polarity::Neutral) => 2,
        Some(Polarity::Positive) => 3,
    };
    put(offset::POLARITY, &[polarity]);
    put(offset::ANALYSIS, &numbers.analysis.0.to_le_bytes());
    bytes
}

fn u32_at(bytes: &FactBytes, offset: usize) -> u32 {
    u32::from_le_bytes([bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]])
}

/// Reads a fact; `None` if the bytes are none.
pub(crate) fn read_fact(place: &Place, bytes: &FactBytes) -> Option<Fact> {
    let (at, mention) = placed(place);
    let name = |offset| Some(u32_at(bytes, offset)).filter(|number| *number != 0).map(NameId);
    let sentiment = f32::from_bits(u32_at(bytes, offset::SENTIMENT));
    let engagement = u32_at(bytes, offset::ENGAGEMENT);
    let reach = u64::from(u32_at(bytes, offset::REACH)) | u64::from(u32_at(bytes, offset::REACH + 4)) << 32;
    Some(Fact {
        at,
        source: name(offset::SOURCE)?,
        language: name(offset::LANGUAGE),
        author: name(offset::AUTHOR),
        sentiment: (!sentiment.is_nan()).then_some(sentiment),
        polarity: match bytes[offset::POLARITY] {
            0 => None,
            1 => Some(Polarity::Negative),
            2 => Some(Polarity::Neutral),
            3 => Some(Polarity::Positive),
            _ => return None,
        },
        kind: *MentionKind::ALL.get(usize::from(bytes[offset::KIND]))?,
        engagement: (engagement != u32::MAX).then_some(engagement),
        reach: (reach != u64::MAX).then_some(reach),
        analysis: AnalysisId(u16::from_le_bytes([bytes[offset::ANALYSIS], bytes[offset::ANALYSIS + 1]])),
        mention,
    })
}

pub(crate) fn unreadable() -> Fault {
    Fault::Damaged("a fact cannot be read".to_owned())
}

/// Facts of one topic in time order; each an error only if the file is damaged or the disk fails.
pub struct Facts {
    range: Option<Range<'static, &'static [u8; PLACE_BYTES], &'static [u8; FACT_BYTES]>>,
    site: Site,
}

impl Facts {
    pub(crate) fn none(site: Site) -> Self {
        Self { range: None, site }
    }

    pub(crate) fn within(
        table: &ReadOnlyTable<&'static [u8; PLACE_BYTES], &'static [u8; FACT_BYTES]>,
        group: u32,
        window: Window,
        site: Site,
    ) -> Result<Self, Fault> {
        let until = window.until.max(window.from);
        let range = table.range::<&Place>(&place(group, window.from, 0)..&place(group, until, 0))?;
        Ok(Self { range: Some(range), site })
    }
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts").finish_non_exhaustive()
    }
}

impl Iterator for Facts {
    type Item = Result<Fact, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.range.as_mut()?.next()? {
            Ok((place, bytes)) => match read_fact(place.value(), bytes.value()) {
                Some(fact) => Some(Ok(fact)),
                None => Some(Err(self.site.error(unreadable()))),
            },
            Err(error) => {
                self.range = None;
                Some(Err(self.site.error(error)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use vigie_mention::{Author, Engagement};

    use super::*;

    fn mention() -> Mention {
        Mention {
            source: "forum".into(),
            instance: "forum.example".into(),
            id: "1".into(),
            kind: MentionKind::Post,
            url: None,
            title: None,
            text: "a text".into(),
            quoted: vec![],
            language: None,
            author: None,
            published: None,
            edited: None,
            collected_at: Instant::from_millis(5),
            parent: None,
            thread: None,
            original: None,
            engagement: Engagement::default(),
            rating: None,
            country: None,
            links: vec![],
            hashtags: vec![],
            handles: vec![],
            media: vec![],
            attributes: vec![],
        }
    }

    #[test]
    fn a_fact_reads_back_and_unknown_is_never_zero() {
        let numbers = Numbers { source: 1, ..Numbers::default() };
        let bare =
            read_fact(&place(0, Instant::from_millis(5), 7), &fact(&mention(), &Signals::default(), numbers)).expect("a fact");
        assert_eq!((bare.at, bare.mention, bare.source), (Instant::from_millis(5), 7, NameId(1)));
        assert_eq!((bare.language, bare.author, bare.sentiment, bare.polarity), (None, None, None, None));
        assert_eq!((bare.engagement, bare.reach, bare.kind), (None, None, MentionKind::Post));

        let mut full = mention();
        full.kind = MentionKind::Photo;
        full.engagement = Engagement { likes: Some(0), ..Engagement::default() };
        full.author = Some(Author { id: "x".into(), followers: Some(u64::MAX), ..Author::default() });
        let signals = Signals { sentiment: Some(-0.5), label: Some(Polarity::Negative), ..Signals::default() };
        let bytes = fact(&full, &signals, Numbers { source: 1, language: 2, author: 3, analysis: AnalysisId(515) });
        let full = read_fact(&place(0, Instant::from_millis(5), 7), &bytes).expect("a fact");
        assert_eq!((full.language, full.author, full.kind), (Some(NameId(2)), Some(NameId(3)), MentionKind::Photo));
        assert_eq!((full.sentiment, full.polarity), (Some(-0.5), Some(Polarity::Negative)));
        assert_eq!((full.engagement, full.reach, full.analysis), (Some(0), Some(u64::MAX - 1), AnalysisId(515)));
    }

    #[test]
    fn bytes_that_are_no_fact_are_refused() {
        assert_eq!(read_fact(&place(0, Instant::from_millis(0), 1), &[0xff; FACT_BYTES]), None);
        assert_eq!(read_fact(&place(0, Instant::from_millis(0), 1), &[0; FACT_BYTES]), None);
    }
}
