//! Codes of languages (ISO 639) and countries (ISO 3166-1), and the names people write instead.

use crate::fields::nearest;

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

/// All two-letter codes of ISO 3166-1.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY \
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF \
GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY \
KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP \
NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY \
SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

const COUNTRY_NAMES: &str = "algeria=DZ argentina=AR australia=AU austria=AT belgium=BE brazil=BR bulgaria=BG cameroon=CM canada=CA \
chile=CL china=CN colombia=CO croatia=HR czechia=CZ denmark=DK egypt=EG estonia=EE finland=FI france=FR germany=DE greece=GR \
hungary=HU iceland=IS india=IN indonesia=ID iran=IR iraq=IQ ireland=IE israel=IL italy=IT japan=JP kenya=KE latvia=LV lebanon=LB \
lithuania=LT luxembourg=LU malaysia=MY mexico=MX morocco=MA netherlands=NL new-zealand=NZ nigeria=NG norway=NO pakistan=PK peru=PE \
philippines=PH poland=PL portugal=PT romania=RO russia=RU saudi-arabia=SA senegal=SN serbia=RS singapore=SG slovakia=SK slovenia=SI \
south-africa=ZA south-korea=KR spain=ES sweden=SE switzerland=CH taiwan=TW thailand=TH tunisia=TN turkey=TR türkiye=TR ukraine=UA \
united-kingdom=GB great-britain=GB united-states=US usa=US uk=GB vietnam=VN allemagne=DE angleterre=GB belgique=BE brésil=BR \
chine=CN danemark=DK espagne=ES états-unis=US etats-unis=US grèce=GR inde=IN irlande=IE italie=IT japon=JP maroc=MA norvège=NO \
pays-bas=NL pologne=PL roumanie=RO royaume-uni=GB russie=RU sénégal=SN suède=SE suisse=CH tunisie=TN turquie=TR deutschland=DE \
españa=ES italia=IT";

/// A language tag in lower case.
///
/// # Errors
/// The code that was probably meant, if there is one: its first subtag has to be a two-letter code of ISO 639-1, `und`, or
/// three letters (of which ISO 639-3 has thousands).
pub(crate) fn language(tag: &str) -> Result<String, Option<&'static str>> {
    let lower = tag.trim().to_lowercase().replace('_', "-");
    let mut subtags = lower.split('-');
    let primary = subtags.next().unwrap_or("");
    let plain = subtags.all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let known = match primary.len() {
        2 => LANGUAGES.split(' ').any(|code| code == primary),
        3 => primary.bytes().all(|byte| byte.is_ascii_lowercase()),
        _ => false,
    };
    if known && plain { Ok(lower) } else { Err(meant(&lower, LANGUAGE_NAMES)) }
}

/// A country as its two capitals: from a code, or from a name in English or French.
///
/// # Errors
/// The code that was probably meant, if there is one.
pub(crate) fn country(name: &str) -> Result<String, Option<&'static str>> {
    let upper = name.trim().to_uppercase();
    if COUNTRIES.split(' ').any(|code| code == upper) {
        return Ok(upper);
    }
    let lower = name.trim().to_lowercase().replace([' ', '_'], "-");
    match pairs(COUNTRY_NAMES).find(|(known, _)| *known == lower) {
        Some((_, code)) => Ok(code.to_owned()),
        None => Err(meant(&lower, COUNTRY_NAMES)),
    }
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
        assert_eq!(language("fr-"), Err(None));
        assert_eq!(language(""), Err(None));
    }

    #[test]
    fn countries_by_code_and_by_name() {
        assert_eq!(country("fr"), Ok("FR".to_owned()));
        assert_eq!(country("United Kingdom"), Ok("GB".to_owned()));
        assert_eq!(country("États-Unis"), Ok("US".to_owned()));
        assert_eq!(country("Frence"), Err(Some("FR")));
        assert_eq!(country("Atlantis"), Err(None));
    }

    #[test]
    fn lists_are_complete() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
        assert!(LANGUAGES.split(' ').all(|code| code.len() == 2));
        assert!(pairs(COUNTRY_NAMES).all(|(_, code)| COUNTRIES.contains(code)));
        assert!(pairs(LANGUAGE_NAMES).all(|(_, code)| LANGUAGES.contains(code)));
    }
}
