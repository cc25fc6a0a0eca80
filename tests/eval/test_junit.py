"""JUnit XML: it parses, and its counts are those of the run."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from eval.junit import junit
from tests.runs import QUESTION, RUN


def test_each_question_is_a_case() -> None:
    """Three suites of questions, a case each; what was missed is skipped and says why."""
    root = etree.fromstring(junit(RUN, []))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["question", "unanswerable", "follow_up", "gate"]
    for name, suite in suites.items():
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
        assert int(suite.get("skipped", "0")) == len(suite.findall("testcase/skipped"))
        assert suite.findall(".//failure") == [], name
    messages = {
        case.get("name", "").split()[0]: skipped.get("message")
        for case in root.iter("testcase")
        for skipped in case.findall("skipped")
    }
    assert messages == {
        "q2": "evidence not quoted (answered)",
        "q3": "evidence not quoted (not_in_text)",
        "n1": "answered, but the book does not say",
        "k1.2": "evidence not quoted (answered)",
    }
    case = suites["question"][0]
    assert (case.get("name"), case.get("time")) == ("q1 ¿Qué ardía?", "0.024")


def test_the_gate_fails_as_a_suite() -> None:
    """Each line of a closed gate is a failure; an open one is a case that passed."""
    lines = ["Exactness.quotes: 0.99, at least 1.0 asked: promise", "Success@5: 2 questions lost"]
    gate = etree.fromstring(junit(RUN, lines)).find("testsuite[@name='gate']")
    assert gate is not None
    assert (gate.get("tests"), gate.get("failures")) == ("2", "2")
    assert [each.get("message") for each in gate.findall("testcase/failure")] == lines
    opened = etree.fromstring(junit(RUN, [])).find("testsuite[@name='gate']")
    assert opened is not None
    assert (opened.get("tests"), opened.get("failures")) == ("1", "0")


def test_any_words_make_good_xml() -> None:
    """Angle brackets are escaped, and what XML cannot hold is left out."""
    odd = replace(QUESTION, question="<a> & \x00\x1b\ud800\ufffe ]]>")
    root = etree.fromstring(junit(replace(RUN, asked=(odd,)), ["<b>: \x07"]))
    assert [case.get("name") for case in root.iter("testcase")] == ["q1 <a> &  ]]>", "<b>"]
