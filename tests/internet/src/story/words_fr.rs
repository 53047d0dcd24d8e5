//! What is said in French. Slots as in `words_en.rs`.

use super::writer::{Language, Theme, Theme::*, Tone, Tone::*};

pub(super) const FRENCH: Language = Language {
    bodies: BODIES,
    openers: OPENERS,
    closers: CLOSERS,
    titles: TITLES,
    aside: ASIDE,
    namesakes: NAMESAKES,
    whiles: &["deux semaines", "un mois", "trois mois", "six mois", "un an", "dix jours", "un long week-end", "deux ans"],
    towns: &["Lyon", "Nantes", "Lille", "Toulouse", "Genève", "Namur", "Rennes", "Montréal", "Strasbourg", "Leeds"],
    prices: &["349 €", "399 €", "449 €", "499 €", "549 €", "599 €", "649 €", "699 €"],
};

const OPENERS: &[&str] = &[
    "Je l'ai depuis {d}.",
    "Pareil ici, à {c}.",
    "Petit retour d'expérience :",
    "Je viens du {r}.",
    "Bonjour à tous,",
    "Après {d} d'utilisation :",
    "Message rapide depuis le train.",
    "Honnêtement,",
    "Merci pour le sujet.",
    "Je tiens une boutique de réparation à {c}.",
    "Mon fils a le {r}, moi le {p}.",
    "Je ne sais pas si je suis le seul :",
    "Pour info,",
];

const CLOSERS: &[(Tone, &[&str])] = &[
    (
        Good,
        &[
            "Je le rachèterais. {e}",
            "Vraiment ravi.",
            "Bravo {b}. {h}",
            "Je l'adore {e}",
            "Le meilleur que j'ai eu.",
            "Je recommande. {h}",
        ],
    ),
    (
        Bad,
        &[
            "Très déçu. {e}",
            "Je veux un remboursement.",
            "Plus jamais {b}. {h}",
            "Inacceptable à {m}.",
            "Je retourne à mon ancien téléphone {e}",
            "C'est nul. {h}",
        ],
    ),
    (
        Even,
        &["Et vous ?", "Vous utilisez quoi ?", "Je vous tiens au courant.", "Quelqu'un a une idée ?", "Merci d'avance.", "{h}"],
    ),
];

const BODIES: &[(Theme, Tone, &[&str])] = &[
    (
        Camera,
        Good,
        &[
            "L'appareil photo du {p} est superbe de nuit, mes photos de {c} sont magnifiques.",
            "Les portraits du {p} sont excellents, couleurs naturelles et mise au point rapide.",
            "Comparé au {r} sur {n} photos, le {p} gagne sans problème. Bluffant.",
            "La stabilisation vidéo du {p} est géniale, même à vélo.",
        ],
    ),
    (
        Camera,
        Bad,
        &[
            "L'appli photo du {p} plante toutes les {n} minutes, insupportable à {m}.",
            "Photos floues et baveuses sur le {p}, le {r} fait bien mieux. Décevant.",
            "Le zoom du {p} est inutilisable, c'est de la bouillie.",
        ],
    ),
    (
        Camera,
        Even,
        &[
            "Le {p} enregistre-t-il le format brut sur la carte mémoire ?",
            "Quels réglages photo utilisez-vous sur le {p} en concert ?",
            "Le {p} et le {r} ont le même capteur principal.",
        ],
    ),
    (
        Battery,
        Good,
        &[
            "L'autonomie du {p} est excellente, {n} heures d'écran et il reste 30 %.",
            "Je charge mon {p} un jour sur deux, génial.",
            "La charge rapide du {p} est top, pleine en moins d'une heure.",
        ],
    ),
    (
        Battery,
        Bad,
        &[
            "La batterie du {p} fond à vue d'œil, 20 % à midi. Horrible.",
            "Mon {p} perd {n} % par nuit sans rien faire. Pénible.",
            "Charge affreusement lente sur le {p}, et pas de chargeur dans la boîte. Honteux.",
        ],
    ),
    (
        Battery,
        Even,
        &[
            "Combien d'heures d'écran faites-vous avec le {p} ?",
            "Faut-il charger le {p} à 100 % ou s'arrêter à 80 ?",
            "La fiche du {p} annonce 5 000 mAh, comme le {r}.",
        ],
    ),
    (
        Screen,
        Good,
        &["L'écran du {p} est magnifique, lisible en plein soleil.", "Le 120 Hz du {p} est un vrai plaisir, tout est fluide."],
    ),
    (
        Screen,
        Bad,
        &[
            "Une ligne verte sur l'écran de mon {p} après {d}. Qualité lamentable.",
            "Le tactile du {p} est capricieux dès qu'il pleut, très frustrant.",
            "Le {p} s'est rayé dans ma poche le {n}e jour. Verre bas de gamme.",
        ],
    ),
    (
        Screen,
        Even,
        &[
            "Quelle protection d'écran pour le {p} sans gêner le lecteur d'empreintes ?",
            "La dalle du {p} est-elle la même que celle du {r} ?",
        ],
    ),
    (
        Price,
        Good,
        &[
            "Trouvé le {p} à {m} dans une boutique de {c}, une super affaire.",
            "À {m}, rien ne bat le {p}. Excellent rapport qualité-prix.",
        ],
    ),
    (
        Price,
        Bad,
        &[
            "{m} pour le {p}, c'est du vol, beaucoup trop cher.",
            "{b} augmente encore le prix du {p}. Décevant.",
            "Les pièces du {p} sont hors de prix : {m} pour un écran. Scandaleux.",
        ],
    ),
    (
        Price,
        Even,
        &["Le {p} est à {m} aujourd'hui, c'est le prix habituel ?", "J'attends les soldes ou je prends le {p} à {m} ?"],
    ),
    (
        Update,
        Good,
        &[
            "Depuis la mise à jour mon {p} est plus rapide, très bon travail.",
            "Sept ans de mises à jour pour le {p}, excellente nouvelle.",
        ],
    ),
    (
        Update,
        Bad,
        &[
            "La mise à jour a cassé le Bluetooth de mon {p}, inutilisable en voiture.",
            "Depuis le dernier correctif le {p} rame et les applis plantent. Nul.",
            "Toujours pas de correctif de sécurité pour le {p}, {n} mois de retard. Lamentable.",
        ],
    ),
    (
        Update,
        Even,
        &["La mise à jour du {p} pèse 1,{n} Go et arrive par vagues.", "Quelqu'un à {c} a reçu la nouvelle version sur le {p} ?"],
    ),
    (
        Repair,
        Good,
        &[
            "J'ai changé la batterie du {p} moi-même en {n} minutes, conception géniale.",
            "La boutique de {c} a réparé mon {p} dans la journée, service parfait.",
        ],
    ),
    (
        Repair,
        Bad,
        &[
            "Mon {p} revient de réparation avec la même panne, {n} semaines perdues. Catastrophe.",
            "{b} refuse la garantie de mon {p} pour une petite bosse. Honteux.",
        ],
    ),
    (Repair, Even, &["Où faire réparer un {p} du côté de {c} ?", "Le dos du {p} est-il collé ou vissé ?"]),
    (
        Support,
        Good,
        &[
            "Le service client de {b} a répondu en {n} minutes, nouveau {p} le lendemain. Merci !",
            "Équipe sympa chez {b}, problème résolu tout de suite. Parfait.",
        ],
    ),
    (
        Support,
        Bad,
        &[
            "Le service client de {b} est nul, {n} mails sur mon {p} et que des réponses toutes faites.",
            "{n} heures au téléphone avec {b} puis coupé. Inadmissible.",
            "Ils ont perdu mon {p} dans la poste. Le pire service du monde.",
        ],
    ),
    (
        Support,
        Even,
        &[
            "{b} a-t-il un numéro de téléphone pour le {p}, à part le chat ?",
            "Dossier ouvert chez {b} pour mon {p}, j'attends la suite.",
        ],
    ),
    (
        Daily,
        Good,
        &[
            "Le {p} marche, tout simplement, et la réception à {c} est excellente.",
            "Le {p} tient bien en main, un plaisir au quotidien.",
            "Ma mère a pris le {p} et elle l'adore.",
        ],
    ),
    (
        Daily,
        Bad,
        &[
            "Le {p} coupe les appels sans arrêt à {c}. Agaçant.",
            "Le son du {p} est mauvais et les vibrations sont faibles. Déçu.",
            "Le lecteur d'empreintes du {p} rate une fois sur deux. Je déteste.",
        ],
    ),
    (
        Daily,
        Even,
        &[
            "Quelle coque pour le {p} ?",
            "Je passe du {r} au {p}, des conseils pour le transfert ?",
            "Le {p} accepte-t-il deux cartes sim et une carte mémoire ?",
            "Commandé le {p} en bleu, livraison dans {n} jours.",
        ],
    ),
    (
        Launch,
        Good,
        &[
            "Le Lumio Flex est magnifique, quelle charnière ! #LumioFlex",
            "Précommandé le Lumio Flex en {n} minutes, trop hâte {e} #LumioFlex",
            "Essayé le Lumio Flex en boutique à {c} : léger, rapide, superbe. #LumioFlex",
            "Enfin un pliable réparable, bravo Lumio. #LumioFlex #TeamLumio",
        ],
    ),
    (Launch, Bad, &["Le Lumio Flex à {m} ? Ridicule. #LumioFlex", "Le pli de l'écran du Lumio Flex est moche, déçu. #LumioFlex"]),
    (
        Launch,
        Even,
        &[
            "Lumio annonce le Lumio Flex : 7,{n} pouces ouvert, disponible dans {d}. #LumioFlex",
            "Quelqu'un va à la soirée Lumio Flex à {c} ? #LumioFlex",
            "Lumio Flex ou {r}, vous prendriez lequel ? #LumioFlex",
        ],
    ),
    (
        Crisis,
        Bad,
        &[
            "Depuis LumioOS 5.2 mon {p} chauffe dangereusement, {t} °C en charge. Ça fait peur. {e}",
            "Surchauffe du {p} après la 5.2, il s'est éteint {n} fois aujourd'hui. Catastrophe.",
            "Attention, n'installez PAS la 5.2 sur le {p} ! Batterie gonflée en {n} heures. #LumioGate",
            "Le {p} m'a brûlé la main ce matin, {t} °C au dos. Lumio doit réagir ! #LumioGate",
            "Réveillé par une odeur de plastique brûlé, le {p} était en charge. Horrible. {e}",
            "Lumio savait pour la surchauffe et a publié quand même. Honteux. #LumioGate",
            "Rendu mon {p} à la boutique de {c}, c'est le {n}e de la journée. Scandaleux.",
        ],
    ),
    (
        Crisis,
        Even,
        &[
            "Quelle version exactement ? Mon {p} en 5.2 monte à {t} °C en charge.",
            "Peut-on revenir de la 5.2 à la 5.1 sur le {p} sans tout perdre ?",
            "En coupant la charge rapide, mon {p} reste sous {t} °C.",
        ],
    ),
    (Crisis, Good, &["Aucun souci sur mon {p} en 5.2, courage aux autres."]),
    (
        Repaired,
        Good,
        &[
            "La 5.2.1 a tout réglé, mon {p} est froid, merci Lumio. {e}",
            "Il faut le dire, Lumio a réagi vite et la nouvelle version marche très bien sur le {p}.",
            "Batterie du {p} échangée gratuitement en {n} jours. Bon service finalement.",
        ],
    ),
    (
        Repaired,
        Bad,
        &[
            "La 5.2.1 est là mais mon {p} chauffe encore et la batterie est morte. En colère.",
            "Les excuses de Lumio arrivent trop tard, confiance perdue. #LumioGate",
        ],
    ),
    (
        Repaired,
        Even,
        &[
            "La 5.2.1 arrive sur le {p}, {n}00 Mo. Dites-nous.",
            "Comment savoir si mon {p} est concerné par l'échange de batterie ?",
        ],
    ),
    (
        Compare,
        Good,
        &[
            "Essayé le {p} contre le {r} pendant {d} : le {p} est meilleur, sans hésiter.",
            "Je viens du {r}, le {p} est plus rapide et plus léger. Très content.",
        ],
    ),
    (Compare, Bad, &["Passé du {r} au {p} et je le regrette, tout est plus lent.", "Le {p} perd contre le {r} partout. Faible."]),
    (
        Compare,
        Even,
        &[
            "{p} ou {r} ? Budget {m}, surtout photos et cartes.",
            "Le {r} est plus léger, le {p} a la plus grosse batterie. Choix difficile.",
        ],
    ),
];

const TITLES: &[(Theme, &[&str])] = &[
    (Camera, &["Photos du {p} à {c}", "Mode nuit : {p} contre {r}", "{p} : réglages photo"]),
    (Battery, &["Autonomie du {p} après {d}", "Votre {p} tient combien de temps ?", "Charger le {p}"]),
    (Screen, &["Écran du {p} : premières impressions", "Ligne verte sur le {p}", "Protection d'écran pour {p}"]),
    (Price, &["{p} à {m} : bonne affaire ?", "Où acheter le {p} vers {c}", "Le prix du {p}"]),
    (Update, &["Nouvelle version pour le {p}", "Mise à jour du {p}", "{b} et les mises à jour"]),
    (Repair, &["Démonter le {p}", "Réparation du {p}", "Pièces détachées {p}"]),
    (Support, &["Le service client de {b}", "Garantie {b}", "{b} à {c}, votre avis"]),
    (Daily, &["Le {p} après {d}", "Vivre avec le {p}", "Petites questions sur le {p}", "{p} : trucs et astuces"]),
    (Launch, &["Lumio Flex annoncé", "Lumio Flex : prise en main", "Précommandes du Lumio Flex", "Le Lumio Flex vaut-il {m} ?"]),
    (
        Crisis,
        &[
            "Surchauffe du {p} avec la 5.2",
            "N'installez pas la 5.2 sur le {p}",
            "5.2 : batterie à {t} °C",
            "Batterie gonflée {p}",
        ],
    ),
    (Repaired, &["La 5.2.1 et la chauffe", "Échange de batterie du {p}", "{p} en 5.2.1 : ça tient ?"]),
    (Compare, &["{p} ou {r} ?", "{p} contre {r} pour la photo", "Du {r} au {p}"]),
];

const ASIDE: &[(&str, &str)] = &[
    ("Présentez-vous", "Bonjour de {c}, je collectionne les vieux claviers et je bricole le dimanche."),
    ("Un bon podcast pour le métro ?", "Plutôt histoire, {n} épisodes par semaine ce serait parfait."),
    ("Moulin à café", "Le mien a lâché après {d}. Vous conseillez quoi sous {m} ?"),
    ("Maintenance du forum mardi", "Le forum sera en lecture seule pendant {n} heures, on déplace la base."),
    ("Montrez votre bureau", "Bureau assis-debout trouvé à {c}, et plus un câble qui traîne. {e}"),
    ("Randonner sous la pluie", "Quelle veste tient {n} heures sous l'averse ?"),
];

/// Names that mean something else.
const NAMESAKES: &[(&str, &str)] = &[
    ("Vacances à Lumio", "Nous avons passé {n} nuits à Lumio près de Calvi, la vue sur la baie en Corse est superbe."),
    ("La Balagne en train", "Le petit train de Calvi s'arrête à Lumio, au bord de l'eau, en pleine Corse."),
    ("Recette d'ostra", "L'ostra, l'huître portugaise, se mange avec du citron : une recette pour {n} personnes."),
    ("Le sentier de Pyrel", "Randonnée au départ du village de Pyrel, {n} heures jusqu'au refuge."),
    ("Week-end à Pyrel", "Le village de Pyrel a une boulangerie et {n} sentiers, belle randonnée vers le lac."),
];
