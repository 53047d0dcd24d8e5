//! Who writes: one account a service for everybody, and a few who write much.

use fastrand::Rng;

use super::items::Person;

const FIRST: [&str; 32] = [
    "ada", "bruno", "celine", "dario", "elena", "farid", "greta", "hugo", "ines", "jonas", "karim", "lea", "marta", "nils",
    "odile", "pavel", "quentin", "rosa", "samir", "theo", "ursula", "victor", "wanda", "xavier", "yasmine", "zoe", "amelie",
    "boris", "clement", "delphine", "edgar", "fanny",
];
const TAILS: [&str; 9] = ["_k", "42", "dev", "_photo", "75", "_from_leeds", "x", "le_grand", "_b"];
const FAMILY: [&str; 12] =
    ["Marchal", "Okafor", "Lindqvist", "Perrin", "Baker", "Nowak", "Duval", "Hughes", "Ferrand", "Kaya", "Moreau", "Whitfield"];

/// The accounts of one service, those who write most first.
pub(super) struct Cast {
    people: Vec<Person>,
    /// Speaks for Lumio.
    pub(super) company: Person,
}

impl Cast {
    /// `size` people; `famous` come first and write most. Numbers begin at `first_id`.
    pub(super) fn new(famous: &[(&str, &str)], size: usize, first_id: u64, offset: usize) -> Self {
        let mut people: Vec<_> = famous.iter().map(|(handle, name)| ((*handle).to_owned(), (*name).to_owned())).collect();
        for turn in 0..size.saturating_sub(famous.len()) {
            let turn = turn * 7 + offset;
            let first = FIRST[turn % FIRST.len()];
            let tail = TAILS[turn / FIRST.len() % TAILS.len()];
            let mut letters = first.chars();
            let capital: String = letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().chain(letters).collect();
            people.push((format!("{first}{tail}"), format!("{capital} {}", FAMILY[turn * 5 % FAMILY.len()])));
        }
        let person = |(at, (handle, name)): (usize, (String, String))| Person { id: first_id + 3 * at as u64, handle, name };
        let people: Vec<_> = people.into_iter().enumerate().map(person).collect();
        let company = Person { id: 1, handle: "lumio_support".to_owned(), name: "Lumio Support".to_owned() };
        Self { people, company }
    }

    /// Somebody: the first ones often, the last ones seldom.
    pub(super) fn somebody(&self, rng: &mut Rng) -> &Person {
        let at = rng.f64().powf(2.1) * self.people.len() as f64;
        // The product is below the length and not negative, so the cast is exact enough.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index below the length")]
        let at = at as usize;
        &self.people[at.min(self.people.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn accounts_are_distinct() {
        let cast = Cast::new(&[("mira_tests", "Mira"), ("phonedoc", "Doc")], 200, 100, 5);
        let handles: BTreeSet<_> = cast.people.iter().map(|person| &person.handle).collect();
        let ids: BTreeSet<_> = cast.people.iter().map(|person| person.id).collect();
        assert_eq!((handles.len(), ids.len()), (200, 200));
    }
}
