"""A run as JUnit XML, for the machines that read test results: one case a question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from eval.record import Asked, Run

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(run: Run, failures: Sequence[str]) -> bytes:
    """Return the run as JUnit XML; the gate is a suite of its own, whose cases are its failures.

    A question whose evidence was not quoted, or that was answered and should not have been, is
    "skipped" with what happened: a measure of quality is not a broken build; only the gate is.
    """
    root = etree.Element("testsuites", name=_plain(f"apostilla eval: {run.gold}"))
    for group in ("question", "unanswerable", "follow_up"):
        asked = [each for each in run.asked if each.group == group]
        if asked:
            suite = etree.SubElement(root, "testsuite", name=group, tests=str(len(asked)))
            suite.set("skipped", str(sum(_missed(each) is not None for each in asked)))
            for each in asked:
                _case(suite, each)
    suite = etree.SubElement(root, "testsuite", name="gate", tests=str(max(1, len(failures))))
    suite.set("failures", str(len(failures)))
    for failure in failures:
        case = etree.SubElement(suite, "testcase", name=_plain(failure.partition(":")[0]))
        etree.SubElement(case, "failure", message=_plain(failure))
    if not failures:
        etree.SubElement(suite, "testcase", name="gate")
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _case(suite: etree._Element, each: Asked) -> None:
    seconds = (each.retrieve_ms + each.answer_ms) / 1000
    case = etree.SubElement(
        suite, "testcase", classname=each.group, name=_plain(f"{each.id} {each.question}".strip())
    )
    case.set("time", f"{seconds:.3f}")
    missed = _missed(each)
    if missed:
        etree.SubElement(case, "skipped", message=missed)


def _missed(each: Asked) -> str | None:
    """Say what was not as it should be."""
    if not each.answerable:
        return "answered, but the book does not say" if each.confidence == "answered" else None
    return None if each.evidence_quoted else f"evidence not quoted ({each.confidence})"


def _plain(text: str) -> str:
    """Leave out what XML cannot hold."""
    return _NOT_XML.sub("", text)
