"""Patterns of questions about prohibited topics.

Nearly all tie a sensitive word to the person asked (“you”, “your”), because the same words are harmless
about products, code and customers: child processes, race conditions, the health of a service.
Every repetition is bounded: the time taken grows with the text only.
"""

import re
from collections.abc import Mapping, Sequence

from interviews.guard.topics import Topic


def _any(*expressions: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(expression, re.IGNORECASE) for expression in expressions)


# What may be asked although it stands close to a prohibited topic. It is taken out before the search.
ALLOWED = re.compile(
    r"\b(?:authori[sz]ed|eligible|entitled|permitted|allowed|legally able|the right|permission|a permit) to work\b"
    r"|\b(?:visa )?sponsorship\b|\bwith or without (?:a )?(?:reasonable )?(?:accommodations?|adjustments?)\b"
    r"|\b(?:at least|over|older than) (?:16|18|21)\b|\b(?:salary|pay|compensation) (?:expectations?|requirements?|range)\b"
    r"|\b(?:expected|desired|target|ideal) (?:salary|pay|compensation)\b",
    re.IGNORECASE,
)

SOME = r"(?:[\w'-]+,? ){0,3}?"  # up to three words in between
MANY = r"(?:[\w'-]+,? ){0,7}?"
# Whose things are meant when a word of the family is used in our trades.
TRADE = (
    r"(?! (?:tongue|process\w*|class\w*|component\w*|node\w*|element\w*|compan\w+|organi[sz]ation\w*|agenc\w+|team\w*|program\w*"
    r"|network\w*|account\w*|channel\w*|ticket\w*|issue\w*|directive\w*|widget\w*|theme\w*|tables?|records?|page\w*"
    r"|(?:app|site|product|brand|model|package|module|scope|elements?)s?\b|of (?:products|models|fonts|tools|services)))"
)
LANGUAGES = (
    r"(?:english|german|spanish|french|italian|portuguese|dutch|polish|turkish|russian|ukrainian|arabic|chinese|mandarin"
    r"|cantonese|hindi|urdu|japanese|korean|vietnamese)"
)
PEOPLES = (
    r"(?:hispanic|latin[oax]|african|african[- ]american|asian|arab\w*|indian|pakistani|mexican|chinese|japanese|korean"
    r"|vietnamese|turkish|kurdish|german|french|italian|spanish|polish|russian|ukrainian|romanian|greek|irish|british"
    r"|american|european|nigerian|black|white|caucasian|mixed[- ]race|biracial|roma|indigenous|native american)"
)
FAITHS = (
    r"(?:christian|catholic|protestant|evangelical|baptist|orthodox|mormon|muslim|jew|jewish|hindu|buddhist|sikh"
    r"|atheist|agnostic|religious|spiritual|observant|church ?goer|believer|born[- ]again)"
)
ILLNESS = (
    r"(?:illness\w*|ill\b|sick(?:ness)?\b|disease\w*|cancer|surger\w+|depress\w+|anxiety|panic attacks?|diabet\w+|epilep\w+"
    r"|asthma|stroke|heart (?:attack|condition|disease|problem)\w*|hospital\w*|migraines?|allerg\w+|burn ?out"
    r"|(?:drinking|drug|alcohol|back|health|medical|mental)(?: health)? (?:problem|issue|condition|trouble|concern)\w*"
    r"|addict\w*|injur\w+|hiv\b|aids\b|covid|therapy|rehab|chronic \w+|eating disorder|(?:nervous|mental) breakdown)"
)
DISABILITIES = (
    r"(?:disab(?:led|ilit\w+)|handicap\w*|impair\w+|special needs|adhd|autis\w+|dyslexi\w+|deaf\w*|blind\b|wheelchair(?!-)"
    r"|hearing aids?|learning difficult\w+|learning disorder|neurodiver\w+|ptsd|colou?r[- ]?blind\w*)"
)
MEMBER_OF_FAMILY = (
    r"(?:husband|wife|spouse|fianc[eé]+|boyfriend|girlfriend|significant other|kids?|child(?:ren)?|sons?|daughters?|bab(?:y|ies)"
    r"|toddlers?|family|parents?|mother|father|mom|mum|dad|siblings?|brothers?|sisters?|in-laws|grandchildren|grandparents?)"
)
PAY = r"(?:salary|salaries|pay|compensation|wages?|income|earnings|remuneration|bonus|base pay|comp|pay ?(?:slips?|stubs?|checks?))"

QUESTIONS: Mapping[Topic, Sequence[re.Pattern[str]]] = {
    Topic.AGE: _any(
        r"\bhow old (?:are|r|were|would|will) (?:you|your)\b(?! (?:app|code|team|product|system)\w*)",
        r"\byour (?:\w+ )?age\b(?! (?:field|group of|verification|check))|\bage (?:group|bracket|range) (?:are|do) you\b",
        r"\b(?:people|anyone|someone|managers?|colleagues) (?:half|twice) your age\b",
        rf"\b(?:when|what year|which year|what month)\b {SOME}(?:were|was|are) you born\b|\bwere you born (?:before|after|in the)\b",
        r"\b(?:date|year) of birth\b(?=[^.]{0,10}$)|\byour (?:date of birth|birth ?date|birthday|birth year|year of birth)\b"
        r"|\b(?:when's|when is) your birthday\b",
        rf"\b(?:when|what year|which year) (?:did|will) you {SOME}(?:graduate|finish|leave|complete)\b[^.?]{{0,25}}"
        r"\b(?:school|college|university|degree)\b",
        rf"\byou(?:'re| are|r)? {MANY}(?:retire(?:ment)?|pension(?:er)?)\b(?! (?:the|that|this|it|an?|old|your|legacy|our)\b)",
        rf"\b(?:are you|aren't you|you are|you're|you feel) {MANY}(?:too (?:old|young)|a bit (?:old|young)|young enough"
        r"|old enough|over-?aged?)\b",
        r"\bare you (?:over|under|above|below|older than|younger than|past) (?:the age of )?(?:thirty|forty|fifty|sixty|\d\d)\b",
        r"\b(?:younger|older) than (?:you|yourself)\b|\beveryone is (?:much |so )?(?:younger|older)\b",
        r"\b(?:younger|older) (?:boss|manager|supervisor|colleagues?|team|people|coworkers?)\b(?=.{0,40}\byou\b)"
        r"|\b(?:you|with|for|to) (?:an? )?(?:much )?(?:younger|older) (?:boss|manager|supervisor|colleagues?|coworkers?)\b",
        r"\b(?:are you|do you consider yourself|yourself) (?:an? )?(?:millennial|boomer|baby boomer|gen(?:eration)?[- ][xyz])\b",
        r"\bhow many more years\b[^.?]{0,20}\byou\b[^.?]{0,20}\bwork\b",
    ),
    Topic.FAMILY: _any(
        rf"\bare you {SOME}(?:married|single\b(?![- ](?:sign|threaded|page|handed|point))|divorced|separated from|widowed"
        r"|dating|seeing (?:someone|anyone)|in a (?:serious |steady )?relationship|living with (?:someone|a partner)"
        r"|a (?:single |working )?(?:mother|father|mom|mum|dad|parent)|engaged(?! (?:in|with|by)))\b",
        r"\b(?:marital|family|relationship) status\b(?! (?:field|column|enum))|\bmaiden name\b|\bmrs\.? or (?:miss|ms)\b"
        r"|\bmiss or mrs\b",
        r"\b(?:do|did|will|don't|have) you (?:currently |already |still )?(?:have|got|want|plan on|plan for)? ?(?:to have )?"
        r"(?:(?:any|a|an|some|young|small|little|more|other|elderly|someone|your own)\s){0,3}"
        rf"(?:{MEMBER_OF_FAMILY}|dependents|dependants)\b{TRADE}",
        rf"\byour (?:own |elderly |little |young |former |ex-?)?{MEMBER_OF_FAMILY}\b{TRADE}",
        r"\b(?:is|does|would|will|has|and|or) your partner\b(?!s| (?:compan|team|agenc|program|organi|network))"
        r"|\byou\b[^.?]{0,20}\bwith (?:a|your) partner\b(?! (?:compan|team|agenc|program|organi|network))",
        rf"\byou\b {MANY}(?:get|getting) married\b|\b(?:start|starting|raise|raising|having) a family\b",
        r"\bhow many (?:kids|children|dependents|siblings|brothers|sisters)\b[^.?]{0,20}\byou\b",
        r"\b(?:takes? care of|looks? after|watch(?:es)?|minds?|picks? up|caring for|care for)\b(?: \w+)? (?:kids|children|baby"
        r"|elderly|relatives|parents)\b",
        r"\b(?:having|have) (?:small|young|little) (?:kids|children)\b|\byour (?:own )?(?:child ?care|day ?care|baby ?sitter)\b",
        r"\bchild ?care (?:arrangements|plans|cover)\b(?=[^.?]{0,40}\byou)|\bfamily (?:obligations|commitments|duties"
        r"|responsibilities|plans|planning|situation)\b|\bcaring responsibilities\b",
        r"\bwho do you live with\b|\bdo you live (?:alone|with|by yourself)\b",
    ),
    Topic.PREGNANCY: _any(
        rf"\b(?:are|were|get|getting|become|becoming|be) {SOME}(?:pregnant|breast-?feeding)\b",
        r"\bare you (?:currently |now )?expecting(?: (?:a (?:baby|child)|twins)|\s*[?.,]|$)",
        r"\byour (?:\w+ )?(?:pregnanc(?:y|ies)|maternity leave|paternity leave|parental leave|baby due)\b",
        r"\b(?:a|another|any) pregnancy\b(?=.{0,40}\byou)|\bpregnancy\b.{0,20}\b(?:in the way|affect you)",
        r"\byou (?:ever |again |still |also )?(?:plan(?:ning)?|intend(?:ing)?|expect(?:ing)?|going|likely|taken?|take|want|been|need"
        r"|gone|have|be)(?: (?:to|on|soon))?(?: (?:take|go|use|taking|going|have|need|be|on)){0,2} ?(?:any |a )?"
        r"(?:maternity|paternity|parental|family) leave\b",
        rf"\byou {MANY}(?:have|having|for|want|conceive|try(?:ing)?) ?(?:a|another|more)? (?:baby|babies)\b|\bbaby (?:is )?due\b",
        rf"\byou {MANY}(?:birth control|contracept\w+|abortions?|miscarriages?|fertility|ivf|conceive)\b|\bafter giving birth\b",
    ),
    Topic.RELIGION: _any(
        r"\byour (?:own |personal )?(?:religions?|religious|denomination|church|mosque|synagogue|temple|god"
        r"|faith(?! in)|spiritual\w*)\b",
        r"\b(?:what|which) (?:religion|faith|church|denomination|god|parish|congregation)\b",
        r"\breligious (?:holidays?|reasons|beliefs?|practices?|background|upbringing|organi[sz]ations?|group|dress)\b"
        r"(?=.{0,60}\b(?:you|your)\b)|\byou\b.{0,60}\breligious (?:holidays?|reasons|beliefs?|practices|organi[sz]ation|group)\b",
        r"\b(?:do|did|will|would|can|does) you (?:\w+ )?(?:believe in (?:a )?god|pray\b|worship|go to (?:church|mass|mosque|temple"
        r"|synagogue)|attend (?:church|mass|religious|mosque|synagogue)|fast (?:during|in|on|for)|tithe|read the (?:bible|koran))",
        r"\byou (?:\w+ )?(?:celebrate|observe|keep|honou?r) (?:the )?(?:christmas|easter|ramadan|eid|sabbath|shabbat|lent|diwali"
        r"|hanukkah|passover|yom kippur|kosher|halal|religious)",
        r"\bduring (?:ramadan|lent)\b(?=.{0,30}\byou)|\byou\b[^.?]{0,20}\b(?:halal|kosher)\b",
        rf"\bare you (?:an? )?(?:\w+ )?{FAITHS}\b(?! about)",
        r"\b(?:head ?scarf|hijab|turban|kippah?|yarmulke|burk?a|niqab|rosary)\b(?=.{0,40})(?<=.)(?!.{0,40}\b(?:sell|shop|product))"
        r"|\bcross you(?:'re| are) wearing\b",
    ),
    Topic.ORIGIN: _any(
        r"\bwhere (?:are|r|do|were) you (?:\w+ ){0,2}?(?:from|born|come from|hail from|raised)\b(?! (?:in (?:the|your) (?:process"
        r"|project)))",
        r"\bwhere (?:is|are|was|were|does|do) your (?:family|parents?|ancestors|accent|(?:\w+ )?name|people)\b",
        r"\byour (?:\w+ )?(?:nationality|citizenship|ethnicity|ethnic|race(?! condition| detector)|national origin"
        r"|country of (?:origin|birth)|place of birth|birthplace|native (?:language|tongue|country)|mother tongue|first language"
        r"|(?<!that )accent|heritage|ancestry|home ?land|home country|immigration|green card|skin colou?r|roots"
        r"|racial|birth certificate|passport)\b",
        r"\b(?:what|which) (?:is |'s )?(?:your )?(?:nationality|race|ethnicity|citizenship|passport|caste)\b[^.?]{0,12}\b(?:you|your|are)\b",
        rf"\bare you (?:an? |the )?(?:{PEOPLES} )?(?:\w+ )?(?:citizen|national|native|immigrant|migrant|foreigner|refugee"
        r"|asylum seeker|alien|permanent resident)\b(?! (?:app|developer|cloud)\w*)",
        r"\b(?:country|nation|state)\b[^.?]{0,15}\byou\b[^.?]{0,12}\bcitizen\b|\bcitizen of\b",
        rf"\bare you (?:\w+ )?{PEOPLES}(?: or {PEOPLES})?(?: by (?:birth|descent|origin))?\s*(?:[?.,]|or\b|and\b|$)"
        rf"|\byou feel (?:more )?{PEOPLES}\b",
        r"\byour parents?\b[^.?]{0,12}\b(?:born|from|come|came|immigrate)\b|\bnationality (?:are|is) your\b",
        rf"\b(?:how|where|when) did you (?:come to )?(?:learn|pick up|master)(?: to speak)? (?:such (?:good )?)?{LANGUAGES}\b",
        rf"\bis {LANGUAGES} your (?:first|native|second|mother)\b|\byou {SOME}native {LANGUAGES}\b|\bnative {LANGUAGES} speaker\b",
        r"\blanguages? do you speak (?:at home|with your)\b|\byou speak {0,1}(?:\w+ )?at home\b",
        r"\bhow long have you (?:lived|been|stayed) in (?:this country|the (?:us|u\.s|usa|uk|states|eu|country)|america|germany"
        r"|england|canada|france|europe)\b",
        r"\bwhen did you (?:come|move|immigrate|arrive|emigrate)(?: here)? ?(?:to|in)? ?(?:this country|the (?:us|usa|uk|states|country)"
        r"|america|germany|england|canada|france|europe|here)\b",
        r"\bwere you born (?:here|abroad|in (?!the (?:19|20)?\d\ds))|\bwhere (?:did|have) you (?:grow|grown) up\b(?! from| to)",
        r"\b(?:what|which) (?:kind|sort|type) of (?:a )?name\b|\b(?:origin|meaning) of your (?:\w+ )?name\b|\byour (?:\w+ )?name"
        r" (?:come|derive|originate)s? from\b|\bis (?:that|your) (?:name )?an? \w+ name\b",
        r"\b(?:do|have) you (?:\w+ )?(?:a |hold a )?(?:green card|second passport|dual citizenship)\b|\bpassport do you\b",
        r"\brace (?:do you|are you)\b|\bethnic(?:ity| group| background)\b[^.?]{0,20}\byou\b",
    ),
    Topic.HEALTH: _any(
        r"\byour (?:own |general |current |overall |state of )?(?:mental |physical )?health\b(?! (?:checks?|endpoints?|prob\w+|monitor\w*"
        r"|dashboard|care|insurance|products?|apps?|tech\w*|metrics?|scores?|track\w*|data|systems?|platforms?|sector|clients?"
        r"|customers?|project))",
        r"\byour (?:\w+ )?(?:illness|medical (?:history|record|condition)|medication|doctor|therapist|psychiatrist|blood pressure"
        r"|weight(?! (?:of|matri|on|in|s))|height(?! of)|sick (?:days|leave)|eyesight|physical condition|injur(?:y|ies))\b"
        r"(?! (?:app|software|system|product|client|customer)\w*)",
        r"\b(?:sick|ill)(?:ness)? (?:days|leave)\b[^.?]{0,20}\byou\b|\byou\b[^.?]{0,35}\b(?:off sick|called in sick)\b"
        rf"|\byou\b[^.?]{{0,25}}\babsent\b[^.?]{{0,20}}\b(?:{ILLNESS}|health)",
        rf"\b(?:have|had|did|do|are|were|has) you (?!have experience|worked|built|have knowledge|(?:\w+ )?(?:prevent|handle|treat|deal|diagnos|design|support|test|sell|avoid|recogni|assess)){SOME}"
        rf"(?<!experience with )(?<!experience in )(?<!about ){ILLNESS}"
        r"(?! (?:app|software|device|product|tracker|record|system|client|customer|data|treatment)\w*)",
        r"\bare you (?:\w+ )?(?:healthy|in good health|physically fit|vaccinated|on (?:any )?medication|an alcoholic|suicidal"
        r"|overweight|hiv|in therapy|in good shape|(?:taking|on) (?:any )?(?:\w+ )?(?:medication|medicine|drugs?|pills))\b",
        r"\b(?:do|did|have) you (?:ever |currently |regularly )?(?:take|taken|use|used|need) (?:any |illegal |recreational )?(?:\w+ )?"
        r"(?:medications?|medicines?|(?<!your )drugs?|pills|antidepressants)\b",
        r"\b(?:do|did) you (?:\w+ )?(?:smoke|vape)\b(?! test)|\bare you a smoker\b|\balcohol do you drink\b|\bdo you drink(?: alcohol|"
        r" a lot| much)?\s*[?.,]|\bdo you drink(?: alcohol| a lot| much)?$",
        r"\b(?:seen?|seeing|visit(?:ed)?|consult(?:ed)?) (?:a|your|any) (?:doctor|therapist|psychiatrist|psychologist|physician)\b",
        r"\byou\b[^.?]{0,25}\bworkers?'?s? comp\w*|\bhave you (?:\w+ )?been (?:vaccinated|hospitali[sz]ed|treated for"
        r"|diagnosed)\b",
        r"\bhow (?:much do you weigh|tall are you)\b|\byou\b[^.?]{0,20}\blose weight\b",
    ),
    Topic.DISABILITY: _any(
        rf"\bare you (?!design|test|build|support|work)(?:\w+ )?{DISABILITIES}",
        rf"\b(?:do|did|have|would|will) you (?:\w+ )?(?:have|need|use|had|got|suffer|been diagnosed|ever been diagnosed|receive[d]?"
        rf"|ever received?|identify)\b(?! experience)[^.?]{{0,30}}\b{DISABILITIES}(?! (?:software|product|client|customer|user)\w*)",
        rf"\byour (?:\w+ )?{DISABILITIES}",
        r"\bwhat happened to your (?:\w+ )?(?:leg|arm|hand|foot|face|eye|back|finger|ear|voice)s?\b"
        r"|\bhow did you (?:lose|hurt|injure|break) your (?:\w+ )?(?:leg|arm|hand|foot|eye|hearing|sight|finger|back)\b",
        rf"\bdo you have {SOME}(?:(?:physical|medical|mental|health) )*conditions?\b(?= (?:that|which|we)\b)(?! (?:on|for))",
        r"\byou\b[^.?]{0,20}\b(?:with this condition|limp\b|walk like)|\byour eyesight\b|\bphysical or mental\b",
        rf"\bdiagnosed with {DISABILITIES}",
    ),
    Topic.SALARY_HISTORY: _any(
        rf"\b(?:current|currently|previous|last|past|present|former|existing|prior|old|starting|final|most recent)\b {SOME}{PAY}\b"
        r"(?<!budget)(?=[^.]*)(?! (?:system|software|structure|band|model|platform|product|run)\w*)",
        r"\b(?:salary|pay|compensation|wage|earnings) history\b",
        r"\bhow much (?:money )?(?:did|do|were|are|have|would) (?:you|they|your \w+(?: \w+)?) (?:currently |now |then |actually )?"
        r"(?:make|making|earn|earning|earned|paid|get paid|getting paid|being paid|been paid|pay you|take home)\b"
        r"(?! (?:for (?:the|your|a) (?:compan|firm|client)|the |it ))",
        r"\bwhat (?:did|do|does|were|are|was) (?:you|they|your (?:\w+ ){1,2}?)\s?(?:currently |now )?(?:make|making|earn|earning"
        r"|pay you|paying you|paid|being paid|getting paid|get paid)\b(?! (?:your|an?|of|with|from|the|that|it|a better|sure|to|different))",
        rf"\b(?:what|how (?:much|high|large|big)|what's|tell me|show|send|share)\b[^.?]{{0,30}}\byour (?:(?:\w+ ){{0,3}}?){PAY}\b"
        rf"(?! (?:system|software|plan|band|structure|model|scheme|team|for (?:the|your) team)\w*)",
        rf"\byour {PAY}\b[^.?]{{0,15}}\b(?:there|then|at the moment|today|now|last year|before|in your (?:last|previous|current))\b",
        r"\byour (?:\w+ ){0,3}pay ?(?:slips?|stubs?|checks?)\b|\bw-?2\b",
    ),
    Topic.ARRESTS: _any(
        r"\byou (?:ever |actually )?(?:been |be |got |gotten |get |were )?(?:arrested|convicted|indicted|incarcerated|imprisoned|jailed"
        r"|prosecuted|fingerprinted)\b",
        r"\byou (?:ever )?been (?:charged|accused|found guilty|sentenced|detained|locked up)\b(?! with (?:lead|run|manag|build|deliver"
        r"|organi|design|improv|the task|responsib|creat|writ))",
        r"\byou\b[^.?]{0,30}\b(?:prison|in jail|to jail|behind bars|served time|felony|felonies|misdemeano\w+|a crime|crimes|dui|dwi"
        r"|a criminal|drunk driving)\b(?! (?:reform|system|software|client|project)\w*)",
        r"\b(?:criminal|arrest|police|court) (?:record|history|past|background|offen[cs]es?)\b(?=[^.?]{0,40}(?:\byou|[?]))"
        r"|\byour (?:criminal|arrest|police)\b|\byou have a (?:criminal|police|rap|arrest)\b",
        r"\btrouble with the (?:law|police|authorities)\b|\brun-?ins? with the (?:law|police)\b|\bare you (?:\w+ )?on (?:probation|parole|bail)\b",
    ),
    Topic.GENETICS: _any(
        r"\byou\b[^.?]{0,30}\b(?:genetic (?:test\w*|condition|disorder|disease|predisposition|screening|risk|information|defect)"
        r"|dna test\w*|dna tested|a gene for|the gene for|brca)\b|\byour (?:\w+ )?(?:dna|genes|genetics?)\b(?! algorithm| sequenc| data)",
        r"\bin your family\b|\bruns? in the family\b|\bfamily (?:medical |health )?history\b(?=[^.?]{0,30}(?:[?]|\bof\b))|\bfamily medical\b",
        r"\b(?:hereditary|inherited) (?:disease|condition|illness|disorder|defect)s?\b",
    ),
    Topic.SEXUALITY: _any(
        r"\bare you (?:an? )?(?:\w+ )?(?:gay|lesbian|straight(?! to| after)|bisexual|queer|trans(?:gender|sexual)?|homosexual"
        r"|heterosexual|lgbt\w*|non-?binary|male or female|a (?:man|woman|boy|girl))\b",
        r"\byour (?:\w+ )?(?:sexual\w*|sex life|gender(?! (?:field|column|data|model))|sexual orientation|pronouns\b(?=.{0,20}\bborn))\b"
        r"|\bsexual (?:orientation|preference)\b(?=.{0,30}\byou)",
        r"\b(?:what|which) (?:sex|gender) (?:are|were|do|did) you\b|\bdo you (?:date|like|prefer|sleep with) (?:men|women|boys|girls)\b"
        r"|\byou born (?:male|female|a (?:boy|girl|man|woman))\b",
    ),
    Topic.POLITICS: _any(
        r"\b(?:who|whom|which party|what party)\b[^.?]{0,12}\byou (?:\w+ )?(?:vote|voted|voting|support)\b|\bdo you vote\b(?! on| in a)"
        r"|\byou vote for\b(?! (?:a|the|your) (?:design|feature|proposal))",
        r"\byour (?:\w+ )?(?:politics|political|party (?:affiliation|membership)|union membership)\b|\bpolitical (?:party|views|beliefs"
        r"|affiliation|opinions?|leanings?)\b(?=.{0,40}\byou)|\bpolitically\b.{0,20}\byou\b",
        r"\bare you (?:an? )?(?:\w+ )?(?:democrat|republican|liberal|conservative|socialist|communist|green voter|left-wing|right-wing"
        r"|union (?:member|supporter)|in (?:a|the) union|member of (?:a|any|the) (?:\w+ )?(?:union|party))\b",
        r"\byou (?:\w+ )?(?:belong to|join(?:ed)?|support(?:ed)?) (?:a|any|the) (?:\w+ )?(?:union|political|works council)\b",
    ),
    Topic.FINANCES: _any(
        r"\byour (?:personal )?(?:credit (?:score|rating|history|report)|debts?\b|finances|net worth|mortgage|savings)\b",
        r"\byou\b[^.?]{0,20}\b(?:bankrupt(?:cy)?|garnish\w+)\b(?! (?:software|client|law|case)\w*)",
        r"\bdo you (?:currently )?(?:have|owe|carry) (?:any |much |a lot of |personal |student |credit card )*(?:debts?|loans?|money)\b"
        r"|\byou (?:own or rent|rent or own|own (?:a|your) (?:own )?(?:home|house|flat|apartment|car))\b",
    ),
    Topic.MILITARY_RECORD: _any(
        r"\b(?:type|kind|sort) of discharge\b|\bdishono\w+\b|\bhono(?:u)?rabl[ey] discharg\w+|\byour (?:military (?:discharge|status"
        r"|record)|discharge)\b(?! (?:rate|summary|system))",
    ),
}
