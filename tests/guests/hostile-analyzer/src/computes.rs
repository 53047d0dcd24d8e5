//! Computing without end, or nearly.

use std::hint::black_box;

use vigie_plugin::Document;

use crate::{Answer, Settings, answers};

/// Never returns.
pub(crate) fn spins(_: &Settings, _: Vec<Document>) -> Answer {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Panics, which is a trap in a component: on every batch, or on those that hold the word of the settings.
pub(crate) fn traps(settings: &Settings, documents: Vec<Document>) -> Answer {
    let meets = |word: &String| documents.iter().any(|document| document.text.contains(word.as_str()));
    assert!(!settings.word.as_ref().is_none_or(meets), "this plugin traps on purpose");
    answers::echo(settings, documents)
}

/// Takes memory until there is none.
pub(crate) fn hoards(_: &Settings, _: Vec<Document>) -> Answer {
    let mut hoard = Vec::new();
    loop {
        // Ones, because untouched zeros would cost nothing.
        hoard.push(vec![1_u8; 4 << 20]);
        black_box(&hoard);
    }
}

/// Computes for a while over each document, then answers as it should.
pub(crate) fn slow_but_fine(settings: &Settings, documents: Vec<Document>) -> Answer {
    for document in &documents {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for _ in 0..settings.rounds.unwrap_or(100_000) {
            for byte in document.text.bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        black_box(hash);
    }
    answers::echo(settings, documents)
}
