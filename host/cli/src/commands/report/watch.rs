//! What the configuration asks to be read: only against that is it known what was not.

use std::time::Duration;

use vigie_insight::{Reach, Watch};

use crate::config::{Problems, Shape};
use crate::plugins::{Catalog, Installed};

/// The connectors of a file.
pub(super) fn watches(shape: &Shape) -> Vec<Watch> {
    // What is wrong with plugins is said by `vigie check`; of one that cannot be used it is not known how far it lists.
    let catalog = Catalog::open(&shape.file, &shape.folder, &mut Problems::new("", ""));
    let reach_of =
        |source: &str| catalog.manifest(source).and_then(|manifest| manifest.history.as_deref()).map_or(Reach::Unknown, reach);
    let watch = |table: &crate::config::ConnectorTable| Watch {
        connector: table.id.value.clone(),
        every: table.every,
        history: table.history,
        reach: table.source.as_ref().map_or(Reach::Unknown, |source| reach_of(&source.value)),
    };
    shape.file.connectors.iter().map(watch).collect()
}

/// What a manifest's `history` says, as far as it says it in one of the forms its documentation names.
fn reach(history: &str) -> Reach {
    const DAY: u64 = 24 * 3_600;
    let first = history.split([',', ';']).next().unwrap_or_default().trim();
    if matches!(first, "whole" | "what the server knows") {
        return Reach::Whole;
    }
    let Some((number, unit)) = first.split_once(' ') else { return Reach::Unknown };
    let unit = match unit.strip_suffix('s').unwrap_or(unit) {
        "hour" => 3_600,
        "day" => DAY,
        "week" => 7 * DAY,
        "month" => 30 * DAY,
        "year" => 365 * DAY,
        _ => return Reach::Unknown,
    };
    number.parse().map_or(Reach::Unknown, |number: u32| Reach::Back(Duration::from_secs(u64::from(number) * unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_in_one_of_its_forms_is_understood() {
        let days = |days: u64| Reach::Back(Duration::from_secs(days * 24 * 3_600));
        for (history, expected) in [
            ("whole", Reach::Whole),
            ("whole, of forums named", Reach::Whole),
            ("what the server knows", Reach::Whole),
            ("7 days", days(7)),
            ("7 days; whole with full search", days(7)),
            ("3 months", days(90)),
            ("1 week", days(7)),
            ("24 hours", days(1)),
            ("500 a country", Reach::Unknown),
            ("200 topics; whole, of categories named", Reach::Unknown),
            ("what the feed holds", Reach::Unknown),
            ("own media whole, hashtags 24 hours", Reach::Unknown),
            ("", Reach::Unknown),
        ] {
            assert_eq!(reach(history), expected, "{history}");
        }
    }
}
