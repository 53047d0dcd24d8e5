//! Codes of languages (ISO 639) and countries (ISO 3166-1), and the names people write instead.

use std::borrow::Cow;

use isolang::Language;

use crate::countries::{CONTINENTS, COUNTRIES, LONG_CODES, OTHER_NAMES};
use crate::fields::nearest;
use crate::text::fold;

/// All two-letter codes of ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz \
ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki \
kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj \
om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt \
tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

const LANGUAGE_NAMES: &str = "arabic=ar basque=eu bengali=bn breton=br bulgarian=bg catalan=ca chinese=zh croatian=hr czech=cs \
danish=da dutch=nl english=en estonian=et finnish=fi french=fr galician=gl german=de greek=el hebrew=he hindi=hi hungarian=hu \
indonesian=id irish=ga italian=it japanese=ja korean=ko latvian=lv lithuanian=lt malay=ms norwegian=no persian=fa polish=pl \
portuguese=pt romanian=ro russian=ru serbian=sr slovak=sk slovenian=sl spanish=es swedish=sv thai=th turkish=tr ukrainian=uk \
urdu=ur vietnamese=vi welsh=cy allemand=de anglais=en arabe=ar chinois=zh espagnol=es français=fr francais=fr grec=el italien=it \
japonais=ja néerlandais=nl polonais=pl portugais=pt russe=ru turc=tr deutsch=de español=es italiano=it português=pt jp=ja cn=zh \
dk=da cz=cs gr=el se=sv ua=uk";

/// Codes that stand for a language although ISO 639-1 or 639-3 does not list them: those that were withdrawn, and those of ISO 639-2
/// that libraries use.
const OTHER_CODES: &str = "iw=he in=id ji=yi jw=jv mo=ro alb=sq arm=hy baq=eu bur=my chi=zh cze=cs dut=nl fre=fr geo=ka ger=de \
gre=el ice=is mac=mk mao=mi may=ms per=fa rum=ro slo=sk tib=bo wel=cy";

/// The first subtag of a tag as BCP 47 wants it: two letters for a language that has them. `None` if no language has that code.
fn shortest(primary: &str) -> Option<&'static str> {
    if let Some((_, code)) = pairs(OTHER_CODES).find(|(other, _)| *other == primary) {
        return Some(code);
    }
    match primary.len() {
        2 => LANGUAGES.split(' ').find(|code| *code == primary),
        3 if primary == "und" => Some("und"),
        3 => Language::from_639_3(primary).map(|language| language.to_639_1().unwrap_or(language.to_639_3())),
        _ => None,
    }
}

/// A tag that a service or an analyzer states, with the code that queries use: `eng-GB` is `en-GB`.
pub(crate) fn stated_language(tag: &str) -> Cow<'_, str> {
    let (primary, rest) = tag.split_at(tag.find('-').unwrap_or(tag.len()));
    match shortest(&primary.to_ascii_lowercase()) {
        Some(code) if !code.eq_ignore_ascii_case(primary) => Cow::Owned(format!("{code}{rest}")),
        _ => Cow::Borrowed(tag),
    }
}

/// A language tag in lower case, with two letters for a language that has them: `fra` is `fr`.
///
/// # Errors
/// The code that was probably meant, if there is one: its first subtag has to be a code of ISO 639, or `und`.
pub(crate) fn language(tag: &str) -> Result<String, Option<&'static str>> {
    let lower = tag.trim().to_lowercase().replace('_', "-");
    let mut subtags = lower.split('-');
    let primary = subtags.next().unwrap_or("");
    let plain = subtags.all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    match shortest(primary) {
        Some(code) if plain => Ok(format!("{code}{}", lower.get(primary.len()..).unwrap_or(""))),
        _ => Err(meant(&lower, LANGUAGE_NAMES)),
    }
}

/// A country as its two capitals: from a code, or from a name in English or French.
///
/// # Errors
/// The code that was probably meant, if there is one.
pub(crate) fn country(name: &str) -> Result<String, Option<&'static str>> {
    let upper = name.trim().to_uppercase();
    if countries().any(|(code, ..)| code == upper) {
        return Ok(upper);
    }
    if let Some((_, code)) = pairs(LONG_CODES).find(|(long, _)| *long == upper) {
        return Ok(code.to_owned());
    }
    let lower = hyphened(name);
    let named = countries().find(|(.., known)| *known == lower).map(|(code, ..)| code);
    match named.or_else(|| pairs(OTHER_NAMES).find(|(known, _)| fold(known) == lower).map(|(_, code)| code)) {
        Some(code) => Ok(code.to_owned()),
        None => {
            let near = nearest(&lower, countries().map(|(.., known)| known));
            Err(near.and_then(|near| countries().find(|(.., known)| *known == near)).map(|(code, ..)| code))
        }
    }
}

/// A continent as its two capitals: from them, or from a name in English or French.
///
/// # Errors
/// The code that was probably meant, if there is one.
pub(crate) fn continent(name: &str) -> Result<&'static str, Option<&'static str>> {
    let upper = name.trim().to_uppercase();
    if let Some((_, code)) = pairs(CONTINENTS).find(|(_, code)| *code == upper) {
        return Ok(code);
    }
    let lower = hyphened(name);
    match pairs(CONTINENTS).find(|(known, _)| fold(known) == lower) {
        Some((_, code)) => Ok(code),
        None => Err(meant(&lower, CONTINENTS)),
    }
}

/// The continent of a country's code.
pub(crate) fn continent_of(country: &str) -> Option<&'static str> {
    countries().find(|(code, ..)| *code == country).map(|(_, continent, _)| continent)
}

/// Code, continent and name of every country.
fn countries() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    COUNTRIES.split(';').filter_map(|row| {
        let (code, rest) = row.split_once(' ')?;
        let (continent, name) = rest.split_once(' ')?;
        Some((code, continent, name))
    })
}

fn hyphened(name: &str) -> String {
    fold(name.trim()).replace([' ', '_'], "-")
}

fn pairs(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    list.split(' ').filter_map(|pair| pair.split_once('='))
}

fn meant(lower: &str, list: &'static str) -> Option<&'static str> {
    let name = nearest(lower, pairs(list).map(|(name, _)| name))?;
    pairs(list).find(|(known, _)| *known == name).map(|(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_and_the_names_for_them() {
        assert_eq!(language("FR-ca"), Ok("fr-ca".to_owned()));
        assert_eq!(language("und"), Ok("und".to_owned()));
        assert_eq!(language("french"), Err(Some("fr")));
        assert_eq!(language("frensh"), Err(Some("fr")));
        assert_eq!(language("xx"), Err(None));
        for (tag, code) in [("fra", "fr"), ("eng-GB", "en-gb"), ("ger", "de"), ("chi", "zh"), ("iw", "he"), ("gsw", "gsw")] {
            assert_eq!(language(tag), Ok(code.to_owned()), "{tag}");
        }
        assert_eq!((language("zzz"), language("qqq")), (Err(None), Err(None)));
        assert_eq!(
            (stated_language("ENG-GB"), stated_language("pt-BR"), stated_language("x-y")),
            ("en-GB".into(), "pt-BR".into(), "x-y".into())
        );
        assert_eq!(language("fr-"), Err(None));
        assert_eq!(language(""), Err(None));
    }

    #[test]
    fn countries_by_code_and_by_name() {
        assert_eq!(country("fr"), Ok("FR".to_owned()));
        assert_eq!(country("United Kingdom"), Ok("GB".to_owned()));
        assert_eq!(country("États-Unis"), Ok("US".to_owned()));
        assert_eq!(country("Frence"), Err(Some("FR")));
        assert_eq!(country("burkina faso"), Ok("BF".to_owned()));
        for (name, code) in
            [("FRA", "FR"), ("gbr", "GB"), ("Réunion", "RE"), ("Curaçao", "CW"), ("Viet Nam", "VN"), ("Espana", "ES")]
        {
            assert_eq!(country(name), Ok(code.to_owned()), "{name}");
        }
        assert_eq!(country("Atlantis"), Err(None));
        assert_eq!((continent("Europe"), continent("na"), continent("Erope")), (Ok("EU"), Ok("NA"), Err(Some("EU"))));
        assert_eq!((continent_of("BR"), continent_of("XX")), (Some("SA"), None));
    }

    #[test]
    fn lists_are_complete() {
        assert_eq!(countries().count(), 249);
        assert!(
            countries().all(|(code, continent, _)| code.len() == 2 && pairs(CONTINENTS).any(|(_, known)| known == continent))
        );
        assert!(LANGUAGES.split(' ').all(|code| code.len() == 2));
        assert_eq!(pairs(LONG_CODES).count(), 249);
        assert!(pairs(OTHER_NAMES).chain(pairs(LONG_CODES)).all(|(_, code)| countries().any(|(known, ..)| known == code)));
        assert!(pairs(LANGUAGE_NAMES).all(|(_, code)| LANGUAGES.contains(code)));
    }
}
