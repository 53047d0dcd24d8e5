//! What stands around a word and changes its valence, per language.

/// The rules of one language. All words are lower-case and without apostrophes.
#[derive(Debug)]
pub struct Rules {
    /// Turn around what follows within three words.
    pub negations: &'static [&'static str],
    /// Turn around what stands within two words before them (French "pas", as in "j'aime pas").
    pub negations_after: &'static [&'static str],
    /// Strengthen the word that follows.
    pub boosters: &'static [&'static str],
    /// Weaken the word that follows.
    pub dampeners: &'static [&'static str],
    /// What follows counts more than what came before.
    pub contrasts: &'static [&'static str],
    /// Two words that mean something else together than apart, with the valence of the second.
    pub pairs: &'static [(&'static str, &'static str, f32)],
}

/// For languages without a word list.
pub static NONE: Rules =
    Rules { negations: &[], negations_after: &[], boosters: &[], dampeners: &[], contrasts: &[], pairs: &[] };

/// English, after VADER's lists.
pub static ENGLISH: Rules = Rules {
    negations: &[
        "not", "no", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "hardly", "rarely", "seldom",
        "cannot", "cant", "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "wont", "wouldnt", "couldnt",
        "shouldnt", "hasnt", "havent", "hadnt", "aint", "neednt", "lacks", "lacking",
    ],
    negations_after: &[],
    boosters: &[
        "very",
        "really",
        "so",
        "too",
        "extremely",
        "absolutely",
        "totally",
        "completely",
        "incredibly",
        "insanely",
        "super",
        "truly",
        "deeply",
        "highly",
        "particularly",
        "especially",
        "exceptionally",
        "hugely",
        "remarkably",
        "utterly",
        "fucking",
        "damn",
        "freaking",
        "most",
        "such",
        "way",
        "even",
        "quite",
    ],
    dampeners: &[
        "almost",
        "barely",
        "kinda",
        "kindof",
        "less",
        "little",
        "marginally",
        "occasionally",
        "partly",
        "scarcely",
        "slightly",
        "somewhat",
        "sorta",
        "fairly",
        "rather",
        "bit",
    ],
    contrasts: &["but", "however", "although", "though", "yet", "except"],
    pairs: &[
        ("the", "shit", 3.0),
        ("the", "bomb", 3.0),
        ("bad", "ass", 1.5),
        ("yeah", "right", -2.0),
        ("hand", "to", 0.0),
        ("no", "problem", 1.5),
        ("no", "issues", 1.5),
        ("no", "worries", 1.5),
    ],
};

/// French.
pub static FRENCH: Rules = Rules {
    negations: &["ne", "n", "pas", "jamais", "aucun", "aucune", "rien", "sans", "ni", "guère", "personne", "nulle"],
    negations_after: &["pas", "jamais", "guère", "point"],
    boosters: &[
        "très",
        "tres",
        "trop",
        "vraiment",
        "tellement",
        "super",
        "hyper",
        "ultra",
        "extrêmement",
        "totalement",
        "complètement",
        "absolument",
        "carrément",
        "tout",
        "si",
        "méga",
        "incroyablement",
        "énormément",
        "beaucoup",
        "bien",
        "franchement",
        "grave",
    ],
    dampeners: &["peu", "assez", "plutôt", "presque", "légèrement", "moins", "parfois", "relativement", "moyennement"],
    contrasts: &["mais", "cependant", "pourtant", "néanmoins", "toutefois", "sauf", "malgré"],
    pairs: &[
        ("pas", "mal", 1.5),
        ("sans", "problème", 1.5),
        ("sans", "souci", 1.5),
        ("aucun", "problème", 1.5),
        ("aucun", "souci", 1.5),
        ("bon", "marché", 1.0),
        ("bon", "courage", 0.3),
        ("au", "secours", -2.0),
        ("ras", "bol", -2.5),
    ],
};
