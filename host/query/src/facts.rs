//! What a mention answers to questions about its facts.

use vigie_mention::MentionKind;

use crate::codes;
use crate::fields::MetaField;
use crate::match_text::Facts;
use crate::metadata::{Property, Truth};
use crate::text::Tokens;

impl Facts {
    pub(crate) fn id(&self, field: MetaField) -> Option<&str> {
        match field {
            MetaField::AuthorId => self.author_id.as_deref(),
            MetaField::Thread => self.thread.as_deref(),
            MetaField::ReplyTo => self.parent.as_deref(),
            MetaField::Source => Some(&self.source),
            MetaField::Country => self.country.as_deref(),
            MetaField::Continent => self.country.as_deref().and_then(codes::continent_of),
            _ => None,
        }
    }

    pub(crate) fn list(&self, field: MetaField) -> &[String] {
        if field == MetaField::AtMentions { &self.handles } else { &self.hashtags }
    }

    pub(crate) fn place(&self, field: MetaField) -> Option<&Tokens> {
        let stated = match field {
            MetaField::State => &self.state,
            MetaField::County => &self.county,
            _ => &self.city,
        };
        stated.as_ref().or(self.location.as_ref())
    }

    /// # Shape
    /// Counts are far below 2^53, where every integer is a number of its own.
    pub(crate) fn number(&self, field: MetaField, percent: bool) -> Option<f64> {
        let count = match field {
            MetaField::Followers => self.followers,
            MetaField::Likes => self.engagement.likes,
            MetaField::Shares => self.engagement.shares,
            MetaField::Comments => self.engagement.comments,
            MetaField::Views => self.engagement.views,
            MetaField::Engagement => self.engagement.total(),
            MetaField::Reach => return self.reach(),
            MetaField::Rating => {
                return self.rating.map(|rating| if percent { rating.normalised() * 100.0 } else { rating.value });
            }
            _ => None,
        };
        count.map(|count| count as f64)
    }

    /// Views where the service counts them, else the part of the followers that sees a post: 15 % of up to 100,000, falling to 6 % of
    /// 10 million and more.
    pub(crate) fn reach(&self) -> Option<f64> {
        if let Some(views) = self.engagement.views {
            return Some(views as f64);
        }
        let followers = self.followers? as f64;
        let part = 0.15 - 0.09 * ((followers - 1e5) / (1e7 - 1e5)).clamp(0.0, 1.0);
        Some(followers * part)
    }

    pub(crate) fn is(&self, property: Property) -> Truth {
        let answers = matches!(self.kind, MentionKind::Reply | MentionKind::Comment | MentionKind::Answer);
        match property {
            Property::Verified => self.verified,
            Property::Reply => Some(self.parent.is_some() || answers),
            Property::Share => Some(self.kind == MentionKind::Share),
            Property::Original => Some(self.kind != MentionKind::Share && self.parent.is_none() && !answers),
        }
    }
}
