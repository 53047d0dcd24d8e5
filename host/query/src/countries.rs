//! The countries of ISO 3166-1 with their continents and names, and the names of continents.

/// `CODE CONTINENT name` of every country, the name in lower case with hyphens; some territories are given to the continent they lie in.
pub(crate) const COUNTRIES: &str = "AD EU andorra;AE AS united-arab-emirates;AF AS afghanistan;AG NA antigua-and-barbuda;AI NA anguilla;AL EU albania;\
AM AS armenia;AO AF angola;AQ AN antarctica;AR SA argentina;AS OC american-samoa;AT EU austria;AU OC australia;\
AW NA aruba;AX EU aland-islands;AZ AS azerbaijan;BA EU bosnia-and-herzegovina;BB NA barbados;BD AS bangladesh;\
BE EU belgium;BF AF burkina-faso;BG EU bulgaria;BH AS bahrain;BI AF burundi;BJ AF benin;BL NA saint-barthelemy;\
BM NA bermuda;BN AS brunei;BO SA bolivia;BQ NA bonaire;BR SA brazil;BS NA bahamas;BT AS bhutan;BV AN bouvet-island;\
BW AF botswana;BY EU belarus;BZ NA belize;CA NA canada;CC AS cocos-islands;CD AF democratic-republic-of-the-congo;\
CF AF central-african-republic;CG AF congo;CH EU switzerland;CI AF ivory-coast;CK OC cook-islands;CL SA chile;\
CM AF cameroon;CN AS china;CO SA colombia;CR NA costa-rica;CU NA cuba;CV AF cape-verde;CW NA curacao;\
CX AS christmas-island;CY EU cyprus;CZ EU czechia;DE EU germany;DJ AF djibouti;DK EU denmark;DM NA dominica;\
DO NA dominican-republic;DZ AF algeria;EC SA ecuador;EE EU estonia;EG AF egypt;EH AF western-sahara;ER AF eritrea;\
ES EU spain;ET AF ethiopia;FI EU finland;FJ OC fiji;FK SA falkland-islands;FM OC micronesia;FO EU faroe-islands;\
FR EU france;GA AF gabon;GB EU united-kingdom;GD NA grenada;GE AS georgia;GF SA french-guiana;GG EU guernsey;\
GH AF ghana;GI EU gibraltar;GL NA greenland;GM AF gambia;GN AF guinea;GP NA guadeloupe;GQ AF equatorial-guinea;\
GR EU greece;GS AN south-georgia;GT NA guatemala;GU OC guam;GW AF guinea-bissau;GY SA guyana;HK AS hong-kong;\
HM AN heard-island;HN NA honduras;HR EU croatia;HT NA haiti;HU EU hungary;ID AS indonesia;IE EU ireland;IL AS israel;\
IM EU isle-of-man;IN AS india;IO AS british-indian-ocean-territory;IQ AS iraq;IR AS iran;IS EU iceland;IT EU italy;\
JE EU jersey;JM NA jamaica;JO AS jordan;JP AS japan;KE AF kenya;KG AS kyrgyzstan;KH AS cambodia;KI OC kiribati;\
KM AF comoros;KN NA saint-kitts-and-nevis;KP AS north-korea;KR AS south-korea;KW AS kuwait;KY NA cayman-islands;\
KZ AS kazakhstan;LA AS laos;LB AS lebanon;LC NA saint-lucia;LI EU liechtenstein;LK AS sri-lanka;LR AF liberia;\
LS AF lesotho;LT EU lithuania;LU EU luxembourg;LV EU latvia;LY AF libya;MA AF morocco;MC EU monaco;MD EU moldova;\
ME EU montenegro;MF NA saint-martin;MG AF madagascar;MH OC marshall-islands;MK EU north-macedonia;ML AF mali;\
MM AS myanmar;MN AS mongolia;MO AS macao;MP OC northern-mariana-islands;MQ NA martinique;MR AF mauritania;\
MS NA montserrat;MT EU malta;MU AF mauritius;MV AS maldives;MW AF malawi;MX NA mexico;MY AS malaysia;\
MZ AF mozambique;NA AF namibia;NC OC new-caledonia;NE AF niger;NF OC norfolk-island;NG AF nigeria;NI NA nicaragua;\
NL EU netherlands;NO EU norway;NP AS nepal;NR OC nauru;NU OC niue;NZ OC new-zealand;OM AS oman;PA NA panama;\
PE SA peru;PF OC french-polynesia;PG OC papua-new-guinea;PH AS philippines;PK AS pakistan;PL EU poland;\
PM NA saint-pierre-and-miquelon;PN OC pitcairn;PR NA puerto-rico;PS AS palestine;PT EU portugal;PW OC palau;\
PY SA paraguay;QA AS qatar;RE AF reunion;RO EU romania;RS EU serbia;RU EU russia;RW AF rwanda;SA AS saudi-arabia;\
SB OC solomon-islands;SC AF seychelles;SD AF sudan;SE EU sweden;SG AS singapore;SH AF saint-helena;SI EU slovenia;\
SJ EU svalbard;SK EU slovakia;SL AF sierra-leone;SM EU san-marino;SN AF senegal;SO AF somalia;SR SA suriname;\
SS AF south-sudan;ST AF sao-tome-and-principe;SV NA el-salvador;SX NA sint-maarten;SY AS syria;SZ AF eswatini;\
TC NA turks-and-caicos-islands;TD AF chad;TF AN french-southern-territories;TG AF togo;TH AS thailand;\
TJ AS tajikistan;TK OC tokelau;TL AS timor-leste;TM AS turkmenistan;TN AF tunisia;TO OC tonga;TR AS turkey;\
TT NA trinidad-and-tobago;TV OC tuvalu;TW AS taiwan;TZ AF tanzania;UA EU ukraine;UG AF uganda;\
UM OC united-states-minor-outlying-islands;US NA united-states;UY SA uruguay;UZ AS uzbekistan;VA EU vatican-city;\
VC NA saint-vincent-and-the-grenadines;VE SA venezuela;VG NA british-virgin-islands;\
VI NA united-states-virgin-islands;VN AS vietnam;VU OC vanuatu;WF OC wallis-and-futuna;WS OC samoa;YE AS yemen;\
YT AF mayotte;ZA AF south-africa;ZM AF zambia;ZW AF zimbabwe";

/// Other names that people write.
pub(crate) const OTHER_NAMES: &str = "usa=US viet-nam=VN uk=GB great-britain=GB england=GB britain=GB america=US korea=KR czech-republic=CZ holland=NL burma=MM swaziland=SZ \
cote-d'ivoire=CI côte-d'ivoire=CI macedonia=MK türkiye=TR east-timor=TL vatican=VA drc=CD macau=MO uae=AE \
allemagne=DE algérie=DZ algerie=DZ angleterre=GB arabie-saoudite=SA argentine=AR australie=AU autriche=AT belgique=BE brésil=BR bresil=BR bulgarie=BG \
cameroun=CM chili=CL chine=CN colombie=CO corée-du-sud=KR coree-du-sud=KR croatie=HR danemark=DK égypte=EG egypte=EG espagne=ES estonie=EE \
états-unis=US etats-unis=US finlande=FI grèce=GR grece=GR hongrie=HU inde=IN indonésie=ID indonesie=ID irlande=IE islande=IS israël=IL \
italie=IT japon=JP lettonie=LV liban=LB lituanie=LT malaisie=MY maroc=MA mexique=MX norvège=NO norvege=NO nouvelle-zélande=NZ pays-bas=NL pérou=PE \
perou=PE pologne=PL roumanie=RO royaume-uni=GB russie=RU sénégal=SN serbie=RS singapour=SG slovaquie=SK slovénie=SI suède=SE suede=SE \
suisse=CH tchéquie=CZ tchequie=CZ thaïlande=TH thailande=TH tunisie=TN turquie=TR viêt-nam=VN deutschland=DE schweiz=CH österreich=AT españa=ES italia=IT";

/// Continents by name.
pub(crate) const CONTINENTS: &str = "africa=AF antarctica=AN asia=AS europe=EU north-america=NA oceania=OC south-america=SA afrique=AF antarctique=AN asie=AS \
amérique-du-nord=NA amerique-du-nord=NA océanie=OC oceanie=OC amérique-du-sud=SA amerique-du-sud=SA";

/// The three letters of ISO 3166-1 for each country, with its two.
pub(crate) const LONG_CODES: &str = "ABW=AW AFG=AF AGO=AO AIA=AI ALA=AX ALB=AL AND=AD ARE=AE ARG=AR ARM=AM ASM=AS ATA=AQ ATF=TF ATG=AG AUS=AU AUT=AT AZE=AZ \
BDI=BI BEL=BE BEN=BJ BES=BQ BFA=BF BGD=BD BGR=BG BHR=BH BHS=BS BIH=BA BLM=BL BLR=BY BLZ=BZ BMU=BM BOL=BO BRA=BR BRB=BB \
BRN=BN BTN=BT BVT=BV BWA=BW CAF=CF CAN=CA CCK=CC CHE=CH CHL=CL CHN=CN CIV=CI CMR=CM COD=CD COG=CG COK=CK COL=CO COM=KM \
CPV=CV CRI=CR CUB=CU CUW=CW CXR=CX CYM=KY CYP=CY CZE=CZ DEU=DE DJI=DJ DMA=DM DNK=DK DOM=DO DZA=DZ ECU=EC EGY=EG ERI=ER \
ESH=EH ESP=ES EST=EE ETH=ET FIN=FI FJI=FJ FLK=FK FRA=FR FRO=FO FSM=FM GAB=GA GBR=GB GEO=GE GGY=GG GHA=GH GIB=GI GIN=GN \
GLP=GP GMB=GM GNB=GW GNQ=GQ GRC=GR GRD=GD GRL=GL GTM=GT GUF=GF GUM=GU GUY=GY HKG=HK HMD=HM HND=HN HRV=HR HTI=HT HUN=HU \
IDN=ID IMN=IM IND=IN IOT=IO IRL=IE IRN=IR IRQ=IQ ISL=IS ISR=IL ITA=IT JAM=JM JEY=JE JOR=JO JPN=JP KAZ=KZ KEN=KE KGZ=KG \
KHM=KH KIR=KI KNA=KN KOR=KR KWT=KW LAO=LA LBN=LB LBR=LR LBY=LY LCA=LC LIE=LI LKA=LK LSO=LS LTU=LT LUX=LU LVA=LV MAC=MO \
MAF=MF MAR=MA MCO=MC MDA=MD MDG=MG MDV=MV MEX=MX MHL=MH MKD=MK MLI=ML MLT=MT MMR=MM MNE=ME MNG=MN MNP=MP MOZ=MZ MRT=MR \
MSR=MS MTQ=MQ MUS=MU MWI=MW MYS=MY MYT=YT NAM=NA NCL=NC NER=NE NFK=NF NGA=NG NIC=NI NIU=NU NLD=NL NOR=NO NPL=NP NRU=NR \
NZL=NZ OMN=OM PAK=PK PAN=PA PCN=PN PER=PE PHL=PH PLW=PW PNG=PG POL=PL PRI=PR PRK=KP PRT=PT PRY=PY PSE=PS PYF=PF QAT=QA \
REU=RE ROU=RO RUS=RU RWA=RW SAU=SA SDN=SD SEN=SN SGP=SG SGS=GS SHN=SH SJM=SJ SLB=SB SLE=SL SLV=SV SMR=SM SOM=SO SPM=PM \
SRB=RS SSD=SS STP=ST SUR=SR SVK=SK SVN=SI SWE=SE SWZ=SZ SXM=SX SYC=SC SYR=SY TCA=TC TCD=TD TGO=TG THA=TH TJK=TJ TKL=TK \
TKM=TM TLS=TL TON=TO TTO=TT TUN=TN TUR=TR TUV=TV TWN=TW TZA=TZ UGA=UG UKR=UA UMI=UM URY=UY USA=US UZB=UZ VAT=VA VCT=VC \
VEN=VE VGB=VG VIR=VI VNM=VN VUT=VU WLF=WF WSM=WS YEM=YE ZAF=ZA ZMB=ZM ZWE=ZW";
