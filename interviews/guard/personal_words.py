"""Words so personal that “you” in the same sentence is enough, unless the sentence is about work with them."""

import re
from collections.abc import Mapping

from interviews.guard.topics import Topic

# “Ever been in jail?” and “Any kids?” address somebody too.
ADDRESSED = re.compile(
    r"\b(?:you|your|yours|yourself|you're|you've|you'd|you'll)\b|^(?:and )?(?:ever|any|got|had)\b",
    re.IGNORECASE,
)

# A sentence with one of these speaks of products, code or other people, not of the person asked.
ABOUT_WORK = re.compile(
    r"\b(?:code\w*|apps?|application|product\w*|software|systems?|data\w*|features?|design\w*|component\w*|elements?|class(?:es)?"
    r"|process(?:es)?|platforms?|customers?|clients?|users?|audiences?|markets?|teams?|teammates?|colleagues?|projects?|apis?"
    r"|models?|algorithms?|pipelines?|test\w*|pages?|forms?|fields?|tables?|deploy\w*|releases?|launch\w*|bugs?|industry|sector"
    r"|people with|for people|somebody|someone who|schedules?|policy|policies|colou?rs?|fonts?|tickets?|sell|sold|selling|bank"
    r"|brands?|reports?|queries|query|servers?|services? (?:team|desk)|developers?|devices?|research|shops?|viewers?|hires?"
    r"|library|libraries|algorithm\w*|stakeholders?|contracts?|migration|outage|incidents?|discussion|pattern\w*)\b",
    re.IGNORECASE,
)


def _one_of(expression: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{expression})\b", re.IGNORECASE)


PERSONAL_WORDS: Mapping[Topic, re.Pattern[str]] = {
    Topic.AGE: _one_of(
        r"how old you(?:'re|'ll)?|birthdays?|birth ?date|your age|retirement|you retire|when you were born|you(?:'re)?"
        r" (?:going to )?turn(?:ing)? \d\d|(?:what|which) year (?:did )?you graduat\w+|what year did you (?:graduate|finish)"
        r"|year you (?:graduated|were born|finished)|a-levels|abitur|generation gap|your generation"
    ),
    Topic.FAMILY: _one_of(
        r"husbands?|wife|wives|spouses?|children|kids|married|marriage|marry|baby ?sitters?|child ?care|day ?care|nanny|girlfriends?"
        r"|boyfriends?|fianc\w+|divorced?|daughters?|maiden|your family|family life|family plans|mother of|father of|wedding"
        r"|bachelor(?!'?s)|widow\w*|custody|alimony|stay-at-home|better half|little ones|settled down|kindergarten|school run|woman with|as a (?:woman|mother)|caregiver|dependants?"
    ),
    Topic.PREGNANCY: _one_of(
        r"pregnan(?:t|cy|cies)(?! (?:pause|track\w*))|maternity|paternity|breast-?feed\w*|birth control|contracept\w+|fertility|miscarriages?|abortions?|bab(?:y|ies)"
        r"|conceive|your due date|parental leave"
    ),
    Topic.RELIGION: _one_of(
        r"religio\w+|church\w*|mosques?|synagogues?|pray(?:er|ers|ing|s)?|bible|koran|quran|gods?|sabbath|shabbat|ramadan|christmas"
        r"|easter|atheist|christian\w*|muslims?|islam\w*|jewish|hindu\w*|buddhis\w+|(?:what|which) holidays|hijab|headscarf|turban"
        r"|kosher|halal|faith (?:community|group)"
    ),
    Topic.ORIGIN: _one_of(
        r"nationalit\w+|citizen(?:s|ship)?|ethnic\w*|ancestry|ancestors|birthplace|immigrant|immigrate\w*|immigration|mother tongue"
        r"|native (?:language|tongue|country)|home country|accents?|green card|passports?|country (?:do|did|are|were) you|country of birth"
        r"|are you (?:really |originally )?from|where you(?:'re| are) (?:really |originally )?from|you (?:been )?liv(?:ed|ing) in (?:the|this)"
        r"|your (?:heritage|roots|people|tribe|caste|skin|surname|last name)|foreign-?born|refugee|your race(?! condition)"
        r"|your (?:english|german|spanish|french) is (?:so |very |really )?(?:excellent|good|great|perfect)"
    ),
    Topic.HEALTH: _one_of(
        r"medications?|prescriptions?(?: drugs)?|antidepressants?|hospitali[sz](?:ed|ation)|hospital|surger(?:y|ies)|illness(?:es)?"
        r"|diseases?|health (?:insurance|problems?|issues?|conditions?)|(?:drink|drinking) (?:alcohol|socially|habits?|problem)|hiv"
        r"|cancer|mentally ill|mental (?:health|illness)|diagnosed with|therapists?|psychiatr\w+|pre-?existing|vaccinated|sick days"
        r"|sick leave|you sick|your (?:hearing|vision|eyesight|back|blood|lungs?|heart)|depression|diabet\w+|epilep\w+|asthma|smoker"
        r"|cigarettes?|drugs|workers'? comp\w*|pills|allerg\w+|chronic|doctor|check-?ups?|health reasons?|medical conditions?"
    ),
    Topic.DISABILITY: _one_of(
        r"disabilit\w+|disabled|handicap\w*|wheelchair|impairments?|(?:physical|mental|medical|health) (?:limitations?|restrictions?"
        r"|conditions?|challenges?)|special needs|hearing aids?|crutches|prosthe\w+|autis\w+|adhd|dyslexi\w+|neurodiver\w+"
    ),
    Topic.SALARY_HISTORY: _one_of(
        r"(?:salary|wages?|compensation|earnings|paid|pay|income|earning|bonus) (?:\w+ ){0,4}?(?:now|currently|at the"
        r" moment|these days|right now|today|(?:in|at|from) (?:your|that|the) (?:\w+ )?(?:job|position|employer|role|work))"
        r"|(?:current|previous|last|present|former|old|prior) (?:\w+ ){0,2}?(?:salary|wages?|compensation|earnings|income|pay ?(?:check"
        r"|slip|stub)s?)|your last (?:job|employer|position) pay|salary history|you get paid|(?:employer|boss|company) (?:is )?pay(?:s|ing) you|you currently (?:make|earn)"
    ),
    Topic.ARRESTS: _one_of(
        r"arrested|convicted|convictions|prison|jail|criminal|felon(?:y|ies|s)?|misdemeano\w+|crimes?|offen[cs]es?|parole"
        r"|probation officer|drunk driving|police record|background of crime|dui"
    ),
    Topic.GENETICS: _one_of(
        r"hereditary|genetic\w*|in the family|family history|ancestry test|dna test\w*|your genes"
    ),
    Topic.SEXUALITY: _one_of(
        r"homosexual\w*|sexual (?:orientation|preferences?|identity)|sexuality|gay|lesbian|transgender|bisexual|gender identity"
        r"|sex change|your sex"
    ),
    Topic.POLITICS: _one_of(
        r"politic(?:al|ally|s)|you vote(?:d)?(?! (?:on|in a))|(?:trade|labou?r) unions?|union member\w*|a union(?! type)|(?:social|religious|political) clubs?"
        r"|lodges?|republicans?|democrats?|protest march"
    ),
    Topic.FINANCES: _one_of(
        r"bankrupt\w*|garnish\w*|credit (?:score|rating|history|card debts?)|mortgage|personal debts?|own (?:a|your) (?:house|home|car"
        r"|flat|apartment)|rent or own|your savings|you in debt|foreclos\w+"
    ),
    Topic.MILITARY_RECORD: _one_of(r"discharged|military discharge|dishono\w+"),
}
