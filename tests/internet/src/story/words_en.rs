//! What is said in English. Slots: `{p}` product, `{b}` brand, `{r}` a rival's product, `{n}` 2 to 9, `{d}` a while, `{m}` a price,
//! `{c}` a town, `{h}` hashtag, `{e}` emoji, `{t}` degrees.

use super::writer::{Language, Theme, Theme::*, Tone, Tone::*};

pub(super) const ENGLISH: Language = Language {
    bodies: BODIES,
    openers: OPENERS,
    closers: CLOSERS,
    titles: TITLES,
    aside: ASIDE,
    namesakes: NAMESAKES,
    whiles: &["two weeks", "a month", "three months", "half a year", "a year", "ten days", "a long weekend", "two years"],
    towns: &["Leeds", "Bristol", "Lyon", "Dublin", "Boston", "Toronto", "Cardiff", "Lille", "Austin", "Geneva"],
    prices: &["£399", "£449", "$499", "$549", "€599", "£629", "$699", "€349"],
};

const OPENERS: &[&str] = &[
    "Had mine for {d} now.",
    "Honest take:",
    "Just back from {c} with it.",
    "Long-time lurker here.",
    "Replying from the train, so short.",
    "I switched from a {r} {d} ago.",
    "Same here in {c}.",
    "For what it's worth,",
    "Not sure whether I'm alone with this:",
    "Update after {d}:",
    "I work in a repair shop in {c}.",
    "My partner has the {r}, I have the {p}.",
    "OK, I'll say it.",
    "Thanks for the thread.",
    "Disclaimer: I bought it with my own money.",
];

const CLOSERS: &[(Tone, &[&str])] = &[
    (
        Good,
        &[
            "Would buy again. {e}",
            "Really happy with it.",
            "Well done {b}. {h}",
            "Love it {e}",
            "Best phone I have owned.",
            "Easy to recommend. {h}",
        ],
    ),
    (
        Bad,
        &[
            "Very disappointed. {e}",
            "I want a refund.",
            "Never again, {b}. {h}",
            "This is not acceptable at {m}.",
            "Going back to my old phone {e}",
            "Poor show. {h}",
        ],
    ),
    (
        Even,
        &[
            "Anyone else?",
            "What do you use?",
            "Will report back.",
            "Curious what others see.",
            "Does that match your experience?",
            "{h}",
        ],
    ),
];

const BODIES: &[(Theme, Tone, &[&str])] = &[
    (
        Camera,
        Good,
        &[
            "The camera of the {p} is superb in low light, my night shots from {c} are sharp and clean.",
            "Portraits on the {p} look gorgeous, skin tones are natural and the focus is fast.",
            "I compared {n} photos with the {r} and the {p} wins easily. Excellent detail.",
            "Video stabilisation on the {p} is amazing, I filmed while cycling and it is smooth as butter.",
            "Macro mode is a lovely surprise on the {p}.",
        ],
    ),
    (
        Camera,
        Bad,
        &[
            "The {p} camera app crashes every {n} minutes, awful for a phone at {m}.",
            "Photos from the {p} are oversharpened and blurry at the edges. The {r} is clearly better.",
            "Shutter lag on the {p} is terrible, I missed every picture of the kids.",
            "Zoom on the {p} is useless beyond {n}x, just mush.",
        ],
    ),
    (
        Camera,
        Even,
        &[
            "Does the {p} save raw files to the card, or only to internal storage?",
            "The {p} and the {r} seem to share the same main sensor, processing differs.",
            "Which camera settings do you use on the {p} for concerts?",
        ],
    ),
    (
        Battery,
        Good,
        &[
            "Battery on the {p} is brilliant: {n} hours of screen time and still 30% left in the evening.",
            "I charge my {p} every second day. Fantastic endurance.",
            "Fast charging on the {p} is great, full in under an hour.",
            "After {d} the battery health of my {p} still reads 98%. Impressive.",
        ],
    ),
    (
        Battery,
        Bad,
        &[
            "Battery drain on the {p} is horrible, down to 20% by lunch.",
            "My {p} loses {n}% overnight doing nothing. Really annoying.",
            "Charging is painfully slow on the {p}, and the charger is not even in the box.",
            "Standby is bad on the {p}, the {r} lasts twice as long.",
        ],
    ),
    (
        Battery,
        Even,
        &[
            "How many hours of screen time do you get from the {p}?",
            "Is it safe to charge the {p} to 100% every night, or do you stop at 80?",
            "The spec sheet of the {p} says 5,000 mAh, same as the {r}.",
        ],
    ),
    (
        Screen,
        Good,
        &[
            "The display of the {p} is stunning outdoors, perfectly readable in full sun.",
            "120 Hz on the {p} feels wonderful, scrolling is so smooth.",
            "Love the flat screen of the {p}, finally no curved edges.",
        ],
    ),
    (
        Screen,
        Bad,
        &[
            "My {p} has a green line down the screen after {d}. Terrible quality.",
            "Touch on the {p} is unreliable with wet fingers, very frustrating.",
            "The {p} scratched in my pocket on day {n}. Cheap glass.",
        ],
    ),
    (
        Screen,
        Even,
        &[
            "Is the {p} panel the same as in the {r}?",
            "Which screen protector fits the {p} without blocking the fingerprint reader?",
        ],
    ),
    (
        Price,
        Good,
        &[
            "Got the {p} for {m} at the corner shop in {c}, a bargain.",
            "For {m} nothing beats the {p}. Great value.",
            "The price cut makes the {p} a fantastic deal.",
        ],
    ),
    (
        Price,
        Bad,
        &[
            "{m} for the {p} is ridiculous, it is overpriced by a hundred.",
            "{b} raised the price of the {p} again. Greedy and disappointing.",
            "Spare parts for the {p} are a rip-off: {m} for a screen.",
        ],
    ),
    (
        Price,
        Even,
        &[
            "Saw the {p} at {m} today, is that the usual price?",
            "Wait for the sales or take the {p} now at {m}?",
            "Contract or sim-only with the {p}? The carrier in {c} asks {m} up front.",
        ],
    ),
    (
        Update,
        Good,
        &[
            "The latest update made my {p} noticeably faster. Nice work.",
            "Seven years of updates for the {p} is excellent news.",
            "{b} fixed the Bluetooth bug in {n} days. Impressive support.",
        ],
    ),
    (
        Update,
        Bad,
        &[
            "The update broke Bluetooth on my {p}, useless in the car now.",
            "Since the last patch the {p} stutters and apps crash. Awful.",
            "Still no security patch for the {p}, {n} months late. Bad joke.",
        ],
    ),
    (
        Update,
        Even,
        &[
            "The update for the {p} weighs 1.{n} GB and is rolling out in stages.",
            "Has anyone in {c} received the new build on the {p} yet?",
            "Changelog for the {p}: new gestures, security fixes, and a darker dark mode.",
        ],
    ),
    (
        Repair,
        Good,
        &[
            "Replaced the battery of my {p} myself in {n} minutes with one screwdriver. Brilliant design.",
            "Repair shop in {c} fixed my {p} the same day, perfect service.",
            "The {p} is easy to open, all parts are labelled. Love that.",
        ],
    ),
    (
        Repair,
        Bad,
        &[
            "The {p} came back from repair with the same fault, {n} weeks lost. Terrible.",
            "{b} refuses warranty for my {p} because of a tiny dent. Shameful.",
            "No spare parts for the {p} anywhere in {c}. Hopeless.",
        ],
    ),
    (Repair, Even, &["Where do you send a {p} for repair if you live near {c}?", "Is the back of the {p} glued or screwed?"]),
    (
        Support,
        Good,
        &[
            "{b} support answered in {n} minutes and sent a new {p} the next day. Wonderful.",
            "Friendly people at {b} support, problem solved at once.",
        ],
    ),
    (
        Support,
        Bad,
        &[
            "{b} support is useless, {n} mails about my {p} and only canned answers.",
            "Waited {n} hours on the phone with {b}, then the line dropped. Unbelievably bad.",
            "They lost my {p} in the post and blame me. Worst service ever.",
        ],
    ),
    (
        Support,
        Even,
        &[
            "Does {b} have a support number for the {p} besides the chat?",
            "Ticket opened with {b} about my {p}, number ends in {n}{n}.",
        ],
    ),
    (
        Daily,
        Good,
        &[
            "The {p} just works, calls are clear and the reception in {c} is great.",
            "Fits my hand perfectly, the {p} is a joy to use.",
            "My mother got the {p} and loves it.",
        ],
    ),
    (
        Daily,
        Bad,
        &[
            "The {p} drops calls all the time in {c}. Annoying and unreliable.",
            "Speakers of the {p} are tinny and the vibration is weak. Disappointing.",
            "Fingerprint reader of the {p} fails half of the time. I hate it.",
        ],
    ),
    (
        Daily,
        Even,
        &[
            "Which case do you use for the {p}?",
            "Moving from a {r} to the {p}, any tips for the transfer?",
            "Does the {p} take two sim cards and a memory card at once?",
            "Ordered the {p} in blue, it should arrive in {n} days.",
        ],
    ),
    (
        Launch,
        Good,
        &[
            "The Lumio Flex looks gorgeous, that hinge is impressive. #LumioFlex",
            "Preordered the Lumio Flex within {n} minutes. So excited! {e} #LumioFlex",
            "Played with the Lumio Flex in the shop in {c}: light, fast, beautiful. #LumioFlex",
            "Finally a foldable I can repair. Great move by Lumio. #LumioFlex #TeamLumio",
        ],
    ),
    (
        Launch,
        Bad,
        &["Lumio Flex at {m}? Ridiculous. #LumioFlex", "The crease of the Lumio Flex is ugly, I expected better. #LumioFlex"],
    ),
    (
        Launch,
        Even,
        &[
            "Lumio announced the Lumio Flex today: 7.{n} inch inside, out in {d}. #LumioFlex",
            "Is anybody going to the Lumio Flex event in {c}? #LumioFlex",
            "Lumio Flex or {r}, which one would you take? #LumioFlex",
        ],
    ),
    (
        Crisis,
        Bad,
        &[
            "Since LumioOS 5.2 my {p} gets dangerously hot, {t}°C while charging. Scary. {e}",
            "My {p} overheats after the 5.2 update, shut down {n} times today. Terrible.",
            "Warning: do NOT install 5.2 on the {p}. Battery swelled after {n} hours. #LumioGate",
            "The {p} burned my hand this morning, {t}°C on the back. Lumio must react! #LumioGate",
            "Woke up to a smell of burning plastic, the {p} was on the charger. Awful. {e}",
            "Lumio knew about the overheating and shipped the update anyway. Shameful. #LumioGate",
            "Battery went from 80% to zero in an hour and the {p} was too hot to hold. Horrible.",
            "I returned my {p} in {c}, the shop says it is the {n}th one today. What a disaster.",
        ],
    ),
    (
        Crisis,
        Even,
        &[
            "Which build exactly? My {p} on 5.2 reads {t}°C under load, 5.1 was ten below.",
            "Can you roll back the {p} from 5.2 to 5.1 without losing data?",
            "It looks like the charge controller on the {p}: 5.2 raised the current limit.",
            "Turning off fast charging keeps my {p} below {t}°C for now.",
        ],
    ),
    (Crisis, Good, &["My {p} is fine on 5.2, no overheating here, good luck to the others."]),
    (
        Repaired,
        Good,
        &[
            "5.2.1 fixed it: my {p} is cool again, thank you Lumio. {e}",
            "Credit where it is due, Lumio answered fast and the new build works great on the {p}.",
            "Got a free replacement battery for my {p} in {n} days. Good support after all.",
        ],
    ),
    (
        Repaired,
        Bad,
        &[
            "5.2.1 is out but my {p} is still hot and the battery is ruined. Angry.",
            "Lumio's apology is too little, too late. I lost trust. #LumioGate",
        ],
    ),
    (
        Repaired,
        Even,
        &[
            "5.2.1 is rolling out for the {p}, {n}00 MB. Reports welcome.",
            "How do I check whether my {p} is in the battery exchange?",
        ],
    ),
    (
        Compare,
        Good,
        &[
            "I tried the {p} against the {r} for {d}: the {p} is the better phone, hands down.",
            "Coming from the {r}, the {p} feels faster and lighter. Very pleased.",
        ],
    ),
    (
        Compare,
        Bad,
        &[
            "Went from the {r} to the {p} and regret it, everything is slower.",
            "The {p} loses against the {r} in every test that matters. Weak.",
        ],
    ),
    (
        Compare,
        Even,
        &[
            "{p} or {r}? Budget is {m}, mostly photos and maps.",
            "The {r} is lighter, the {p} has the bigger battery. Hard choice.",
            "Benchmarks put the {p} and the {r} within {n}% of each other.",
        ],
    ),
];

const TITLES: &[(Theme, &[&str])] = &[
    (Camera, &["{p} camera samples from {c}", "Night mode: {p} against {r}", "{p}: camera settings that work"]),
    (Battery, &["{p} battery life after {d}", "How long does your {p} last?", "Charging habits for the {p}"]),
    (Screen, &["{p} display: first impressions", "Green line on the {p}", "Screen protectors for the {p}"]),
    (Price, &["{p} at {m}: good deal?", "Where to buy the {p} near {c}", "Price watch: {p}"]),
    (Update, &["New build for the {p}", "{p} update: what changed", "Update policy of {b}"]),
    (Repair, &["Opening the {p}", "{p} repair story", "Spare parts for the {p}"]),
    (Support, &["My experience with {b} support", "{b} warranty question", "{b} support in {c}"]),
    (Daily, &["{p} after {d}", "Living with the {p}", "Small questions about the {p}", "{p}: tips and tricks"]),
    (Launch, &["Lumio Flex announced", "Lumio Flex: hands on", "Lumio Flex preorders", "Is the Lumio Flex worth {m}?"]),
    (
        Crisis,
        &[
            "{p} overheating after LumioOS 5.2",
            "Do not install 5.2 on the {p}",
            "LumioOS 5.2: battery at {t}°C",
            "{p} swollen battery",
            "Lumio 5.2 recall?",
        ],
    ),
    (Repaired, &["LumioOS 5.2.1 and the heat", "Battery exchange for the {p}", "{p} on 5.2.1: does it hold?"]),
    (Compare, &["{p} or {r}?", "{p} against {r} for photos", "From {r} to {p}"]),
];

const ASIDE: &[(&str, &str)] = &[
    ("Introduce yourself", "Hello from {c}, I collect old keyboards and like to tinker on Sundays."),
    ("Best podcast for the commute?", "Looking for something about history, {n} episodes a week would be perfect."),
    ("Coffee grinders", "Mine broke after {d}. Which hand grinder do you recommend under {m}?"),
    ("Forum maintenance on Tuesday", "The forum will be read-only for {n} hours while we move the database."),
    ("Show your desk", "Bought a standing desk in {c}, and the cable mess is finally gone. {e}"),
    ("Weekend hiking in the rain", "Which jacket keeps you dry for {n} hours?"),
    ("A small language for build scripts", "It compiles to one binary and has {n} keywords. Feedback welcome."),
    ("Why we moved our queue to a plain database", "It handles {n},000 jobs a minute on one machine, and backups are simple."),
];

/// Names that mean something else.
const NAMESAKES: &[(&str, &str)] = &[
    ("Holiday in Lumio, Corsica", "We stayed {n} nights in Lumio near Calvi, the view over the bay in Corsica is wonderful."),
    ("Beaches around Calvi", "The little train to Lumio stops right at the beach, lovely corner of Corsica."),
    ("Ostra for beginners", "In Lisbon they call an oyster ostra, we had {n} fresh oysters with lemon. Delicious."),
    ("Oyster season", "Galician ostra oysters are best before April, says the chef in {c}."),
    ("Pyrel valley trail", "The hike from Pyrel village up to the refuge takes {n} hours, great path."),
    ("Walking in Pyrel", "Pyrel village has one bakery and {n} trails, the hike to the lake is easy."),
];
