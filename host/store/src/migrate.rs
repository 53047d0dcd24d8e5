//! The format of a file: made, checked, and brought up to date.
//!
//! A file of an older format is migrated when it is opened for writing: all steps and the new format number in one transaction,
//! so that a file is never between two formats. A file of a newer format is left as it is.
//!
//! To change the layout: raise [`FORMAT`], add a [`Migration`] from the number before, describe the change in `tables.rs`
//! ("Version changes"), and keep a store of the old format in `tests/compat/`.

use redb::{Database, ReadTransaction, ReadableDatabase, TableHandle, WriteTransaction};

use crate::error::Fault;
use crate::tables::{
    ANNOTATIONS, AUTHOR_IDS, AUTHORS, DEAD_LETTERS, EXPIRY, FACTS, FEEDS, FORMAT_KEY, KEYS, LEDGER, MENTION_COUNTER, MENTIONS,
    META, NAME_COUNTER, NAME_IDS, NAMES, PLACES_BY_AUTHOR, TOMBSTONES, TOPIC_COUNTER, TOPICS,
};

/// The format this program writes.
pub(crate) const FORMAT: u64 = 1;

/// Every step this program knows; each leads to the next number.
pub(crate) const MIGRATIONS: &[Migration] = &[];

/// One step from a format to the next.
pub(crate) struct Migration {
    /// The format it starts from.
    pub(crate) from: u64,
    /// Rewrites what differs.
    pub(crate) run: fn(&WriteTransaction) -> Result<(), Fault>,
}

/// What a file needs before it can be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Nothing,
    Tables,
    Migration { from: u64 },
}

/// Looks which format a file has.
pub(crate) fn need(transaction: &ReadTransaction, known: u64) -> Result<Need, Fault> {
    let mut tables = transaction.list_tables()?.peekable();
    if tables.peek().is_none() {
        return Ok(Need::Tables);
    }
    if !tables.any(|table| table.name() == META.name()) {
        return Err(Fault::Damaged("it is a database of another program".to_owned()));
    }
    let found = transaction.open_table(META)?.get(FORMAT_KEY)?.map(|format| format.value());
    match found {
        None => Err(Fault::Damaged("it does not say which format it has".to_owned())),
        Some(found) if found > known => Err(Fault::Newer { found, known }),
        Some(found) if found < known => Ok(Need::Migration { from: found }),
        Some(_) => Ok(Need::Nothing),
    }
}

/// Makes the tables of a new file, or brings an older one up to date.
pub(crate) fn prepare(database: &Database, known: u64, migrations: &[Migration]) -> Result<(), Fault> {
    let need = need(&database.begin_read()?, known)?;
    if need == Need::Nothing {
        return Ok(());
    }
    let transaction = database.begin_write()?;
    match need {
        Need::Nothing => {}
        Need::Tables => make_tables(&transaction)?,
        Need::Migration { from } => {
            for format in from..known {
                let step = migrations.iter().find(|step| step.from == format).ok_or_else(|| {
                    Fault::Damaged(format!("it has format {from}, which no vigie of this line can bring up to format {known}"))
                })?;
                (step.run)(&transaction)?;
            }
            tracing::info!(from, to = known, "the store was brought up to date");
        }
    }
    transaction.open_table(META)?.insert(FORMAT_KEY, known)?;
    transaction.commit()?;
    Ok(())
}

fn make_tables(transaction: &WriteTransaction) -> Result<(), Fault> {
    let mut meta = transaction.open_table(META)?;
    for counter in [MENTION_COUNTER, NAME_COUNTER, TOPIC_COUNTER] {
        meta.insert(counter, 1)?;
    }
    transaction.open_table(KEYS)?;
    transaction.open_table(MENTIONS)?;
    transaction.open_table(ANNOTATIONS)?;
    transaction.open_table(TOMBSTONES)?;
    transaction.open_table(FACTS)?;
    transaction.open_table(PLACES_BY_AUTHOR)?;
    transaction.open_table(NAME_IDS)?;
    transaction.open_table(NAMES)?;
    transaction.open_table(AUTHOR_IDS)?;
    transaction.open_table(AUTHORS)?;
    transaction.open_table(TOPICS)?;
    transaction.open_table(FEEDS)?;
    transaction.open_table(EXPIRY)?;
    transaction.open_table(LEDGER)?;
    transaction.open_table(DEAD_LETTERS)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;
    use redb::{ReadableTable, TableDefinition};

    use super::*;

    /// The layout of an imagined format 0: topics had no numbers, and a list of them was kept.
    const OLD_TOPICS: TableDefinition<u32, &str> = TableDefinition::new("topic_list");

    fn number_topics(transaction: &WriteTransaction) -> Result<(), Fault> {
        {
            let old = transaction.open_table(OLD_TOPICS)?;
            let mut new = transaction.open_table(TOPICS)?;
            let mut meta = transaction.open_table(META)?;
            let mut next = 1;
            for row in old.iter()? {
                new.insert(row?.1.value(), next)?;
                next += 1;
            }
            meta.insert(TOPIC_COUNTER, u64::from(next))?;
        }
        transaction.delete_table(OLD_TOPICS)?;
        Ok(())
    }

    fn fail(_: &WriteTransaction) -> Result<(), Fault> {
        Err(Fault::Damaged("a step that fails".to_owned()))
    }

    fn old_file(format: u64) -> Database {
        let database = Database::builder().create_with_backend(InMemoryBackend::new()).expect("a database in memory");
        let transaction = database.begin_write().expect("a transaction");
        {
            let mut meta = transaction.open_table(META).expect("meta");
            meta.insert(FORMAT_KEY, format).expect("format");
            let mut topics = transaction.open_table(OLD_TOPICS).expect("topics");
            topics.insert(0, "acme").expect("topic");
            topics.insert(1, "rival").expect("topic");
        }
        transaction.commit().expect("commits");
        database
    }

    fn tables(database: &Database) -> Vec<String> {
        let transaction = database.begin_read().expect("a look");
        let mut tables: Vec<_> = transaction.list_tables().expect("tables").map(|table| table.name().to_owned()).collect();
        tables.sort();
        tables
    }

    #[test]
    fn an_older_file_is_brought_up_to_date() {
        let database = old_file(0);
        prepare(&database, 1, &[Migration { from: 0, run: number_topics }]).expect("migrates");
        assert_eq!(need(&database.begin_read().expect("a look"), 1).expect("known"), Need::Nothing);
        assert_eq!(tables(&database), ["meta", "topics"]);
        let look = database.begin_read().expect("a look");
        let topics = look.open_table(TOPICS).expect("topics");
        assert_eq!(topics.get("rival").expect("read").map(|number| number.value()), Some(2));
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let database = old_file(0);
        let steps = [Migration { from: 0, run: number_topics }, Migration { from: 1, run: fail }];
        prepare(&database, 2, &steps).expect_err("the second step fails");
        assert_eq!(need(&database.begin_read().expect("a look"), 2).expect("known"), Need::Migration { from: 0 });
        assert_eq!(tables(&database), ["meta", "topic_list"]);
    }

    #[test]
    fn a_file_too_old_or_too_new_is_left_alone() {
        let database = old_file(0);
        let fault = prepare(&database, 1, &[]).expect_err("no step leads there");
        assert!(matches!(fault, Fault::Damaged(message) if message.contains("format 0")));
        let database = old_file(9);
        let fault = prepare(&database, 1, &[]).expect_err("too new");
        assert!(matches!(fault, Fault::Newer { found: 9, known: 1 }));
        assert_eq!(tables(&database), ["meta", "topic_list"]);
    }

    #[test]
    fn a_database_of_another_program_is_no_store() {
        let database = Database::builder().create_with_backend(InMemoryBackend::new()).expect("a database in memory");
        let transaction = database.begin_write().expect("a transaction");
        transaction.open_table(OLD_TOPICS).expect("a table");
        transaction.commit().expect("commits");
        let fault = prepare(&database, 1, &[]).expect_err("not ours");
        assert!(matches!(fault, Fault::Damaged(message) if message.contains("another program")));
    }

    #[test]
    fn every_step_to_the_present_format_is_there() {
        for (index, step) in MIGRATIONS.iter().enumerate() {
            assert_eq!(step.from + (MIGRATIONS.len() - index) as u64, FORMAT);
        }
    }
}
