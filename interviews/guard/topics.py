"""What an interview must not be about, and what may be asked in its place."""

from enum import StrEnum


class Topic(StrEnum):
    AGE = "age"
    FAMILY = "family"
    PREGNANCY = "pregnancy"
    RELIGION = "religion"
    ORIGIN = "origin"
    HEALTH = "health"
    DISABILITY = "disability"
    SALARY_HISTORY = "salary"
    ARRESTS = "arrests"
    GENETICS = "genetics"
    SEXUALITY = "sexuality"
    POLITICS = "politics"
    FINANCES = "finances"
    MILITARY_RECORD = "military"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def ask_instead(self) -> str:
        return ASK_INSTEAD[self]


LABELS = {
    Topic.AGE: "Age",
    Topic.FAMILY: "Family and marital status",
    Topic.PREGNANCY: "Pregnancy",
    Topic.RELIGION: "Religion",
    Topic.ORIGIN: "Origin and citizenship",
    Topic.HEALTH: "Health",
    Topic.DISABILITY: "Disability",
    Topic.SALARY_HISTORY: "Salary history",
    Topic.ARRESTS: "Arrests and convictions",
    Topic.GENETICS: "Genetic information",
    Topic.SEXUALITY: "Sexual orientation and gender",
    Topic.POLITICS: "Politics and union membership",
    Topic.FINANCES: "Private finances",
    Topic.MILITARY_RECORD: "Military record",
}

ASK_INSTEAD = {
    Topic.AGE: "If the law sets a minimum age for this job: “Are you at least 18 years old?” Otherwise ask about experience.",
    Topic.FAMILY: "“This job has these hours and this travel. Can you meet that?” Ask everyone the same.",
    Topic.PREGNANCY: "“This job has these hours and this travel. Can you meet that?” Leave and its dates are for after the offer.",
    Topic.RELIGION: "“Can you work the days this job requires?”",
    Topic.ORIGIN: "“Are you authorised to work in this country?” If the job needs a language: “How well do you speak it?”",
    Topic.HEALTH: "“Can you do the essential tasks of this job, with or without accommodation?”",
    Topic.DISABILITY: "“Can you do the essential tasks of this job, with or without accommodation?” You may offer everyone help with the interview itself.",
    Topic.SALARY_HISTORY: "“What salary do you expect?” or name the range for this position.",
    Topic.ARRESTS: "Leave it to the background check that the law allows after an offer.",
    Topic.GENETICS: "Nothing about this may be asked. “Can you do the essential tasks of this job?”",
    Topic.SEXUALITY: "Nothing about this is needed. You may ask everyone: “How would you like to be addressed?”",
    Topic.POLITICS: "“Which professional bodies relevant to this job do you belong to?”",
    Topic.FINANCES: "If the job needs it: “Do you have a reliable way to get to work?” Credit checks, where lawful, come after an offer.",
    Topic.MILITARY_RECORD: "“Which skills from your service, if you served, are relevant to this job?”",
}
