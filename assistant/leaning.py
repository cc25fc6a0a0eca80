"""How far a question leans on what was said before it, told by its words alone.

It knows seven languages by their closed classes (words that open a follow-up, words that refer,
words that ask); what a question is about it does not know. Where its words do not decide, it says
so, and ``conversation.py`` lets retrieval decide.
"""

from __future__ import annotations

import re
from functools import cache

LEANS, DOUBT, STANDS = 1.0, 0.5, 0.0

# Content words of its own. Of 47 follow-ups and 309 questions that stand alone (the bundled and
# the development gold) no follow-up without an opening has more than 5; of those that stand alone
# few have less than 3, and those bear a name.
FEW, MANY = 2, 6
SHORT_WORD = 2  # letters; words as short carry nothing
SHORT_TERM = 3  # letters; words as short tell a reader nothing, unless they are names

# Words that open a question which goes on from another.
_OPENINGS = {
    "es": "y e pero entonces o u",
    "en": "and but so then or",
    "fr": "et mais alors ou puis",
    "de": "und aber dann oder",
    "it": "e ed ma allora poi o",
    "pt": "e mas então ou",
    "ru": "и а но или тогда потом",
}
# Words that refer: pronouns, possessives, demonstratives. Not those that are articles too.
_REFERRING = {
    "es": "él ella ellos ellas ello le les lo su sus suyo suya suyos suyas esto eso aquello éste "
    "ésta éstos éstas ése ésa ésos ésas aquél aquélla este esta estos estas ese esa esos esas "
    "aquel aquella aquellos aquellas allí ahí allá",
    "en": "he him his she her hers it its they them their theirs this that these those there",
    "fr": "il ils elle elles lui leur leurs son sa ses celui celle ceux celles cela ça ceci cet "
    "cette ces y",
    "de": "er ihn ihm sie ihr ihre ihren ihrem ihres ihnen sein seine seinen seinem seiner seines "
    "es dies diese dieser diesen diesem dieses jener jene jenen dort davon damit dazu daran "
    "darauf darin dafür dagegen darüber dabei",
    "it": "egli lui lei esso essa loro gli suo sua suoi sue questo questa questi queste quello "
    "quella quelli quelle ciò lì là ne ci",
    "pt": "ele ela eles elas lhe lhes seu sua seus suas este esta estes estas esse essa esses "
    "essas isto isso aquilo aquele aquela aqueles aquelas dele dela deles delas nele nela ali lá",
    "ru": "он она оно они его её ее их ему ей им него неё ней нему них ними нем нём этот эта это "
    "эти этого этой этих этому этим тот та те того той тех там туда оттуда",
}
# Pronouns that are written at the end of their verb: "verlo", "escribirle", "vederlo".
_ENCLITIC = {
    "es": re.compile(r"\w+(?:[aeiáéí]r|[áé]ndo)(?:se)?l[aeo]s?"),
    "it": re.compile(r"\w+[aei]r(?:l[aeio]|gli|ne)"),
}
# Words that ask, where the lists of bm25s lack them.
_ASKING = {
    "es": "cuál cuáles quién quiénes cuándo dónde cómo cuánto cuánta cuántos cuántas",
    "en": "many much",
    "fr": "quel quelle quels quelles quand où comment combien pourquoi",
    "de": "wer wen wem wessen wann warum wieviel viel viele",
    "it": "quali quando",
    "pt": "quais onde quanto quantos quantas quê",
    "ru": "какие сколько почему кого кому",
}
_STOPS = {
    "es": "SPANISH",
    "en": "EN_PLUS",
    "fr": "FRENCH",
    "de": "GERMAN",
    "it": "ITALIAN",
    "pt": "PORTUGUESE",
    "ru": "RUSSIAN",
}
_CAPITALISED_NOUNS = ("de",)  # languages in which a capital tells no name


def leaning(question: str, language: str) -> float:
    """Say how far ``question`` leans on others: ``LEANS``, ``DOUBT`` or ``STANDS``.

    What goes on from something said ("and …"), or has next to no content of its own, leans. What
    names somebody and refers to nobody stands alone, and so does a long question.
    """
    words = re.findall(r"\w+", question)
    if words and words[0].lower() in _listed(_OPENINGS, language):
        return LEANS
    own = [word for word in words if _is_content(word, language)]
    capitals = any(word[0].isupper() for word in words[1:])
    refers = any(_refers(word.lower(), language) for word in words)
    certain = language not in _CAPITALISED_NOUNS
    if capitals and certain and not refers:
        return STANDS
    if len(own) <= FEW and not capitals:
        return LEANS
    return STANDS if len(own) >= MANY else DOUBT


def terms(text: str, language: str) -> list[str]:
    """Return what a question is about: its content words, those that stand together as one."""
    found: list[str] = []
    end = -1
    for word in re.finditer(r"\w+", text):
        tells = len(word[0]) > SHORT_TERM or word[0][0].isupper()
        if not (tells and _is_content(word[0], language)):
            continue
        if found and text[end : word.start()] == " ":
            found[-1] += f" {word[0]}"
        else:
            found.append(word[0])
        end = word.end()
    return found


def _refers(word: str, language: str) -> bool:
    clitic = _ENCLITIC.get(language)
    return word in _listed(_REFERRING, language) or bool(clitic and clitic.fullmatch(word))


def _is_content(word: str, language: str) -> bool:
    return len(word) > SHORT_WORD and word.lower() not in _empty(language)


def _listed(words: dict[str, str], language: str) -> list[str]:
    return words.get(language, "").split()


@cache
def _empty(language: str) -> frozenset[str]:
    """Return the words that have no content: those of bm25s, and ours."""
    from bm25s import stopwords

    ours = (word for table in (_OPENINGS, _REFERRING, _ASKING) for word in _listed(table, language))
    theirs = vars(stopwords)[f"STOPWORDS_{_STOPS[language]}"] if language in _STOPS else ()
    return frozenset((*ours, *theirs))
