"""The reliability diagram: where its bars, dots and lines stand."""

import re
from xml.etree import ElementTree

from rag.evaluation.reliability import reliability_bins
from rag.evaluation.report import reliability_diagram


def drawn(*answers):
    return ElementTree.fromstring(reliability_diagram(reliability_bins(answers)))


def shapes(drawing, kind):
    """The attributes of all shapes of a class, without the class itself."""
    found = [each.attrib for each in drawing.iter() if each.get("class") == kind]
    return [{name: value for name, value in each.items() if name != "class"} for each in found]


def test_a_bar_is_as_high_as_the_share_right_and_carries_its_count():
    drawing = drawn((0.62, True), (0.68, False), (1.0, True), (0.05, False))

    assert shapes(drawing, "bar") == [
        {"x": "41", "y": "258", "width": "22", "height": "0"},
        {"x": "185", "y": "138", "width": "22", "height": "120"},
        {"x": "257", "y": "18", "width": "22", "height": "240"},
    ]
    counts = {
        (each.get("x"), each.get("y")): each.text for each in drawing.iter("text") if each.get("dy")
    }
    assert (counts["52", "258"], counts["196", "138"], counts["268", "18"]) == ("1", "2", "1")


def test_a_dot_stands_at_mean_confidence_and_share_right():
    drawing = drawn((0.61, True), (0.64, False), (1.0, True))

    assert shapes(drawing, "dot") == [
        {"cx": "190", "cy": "138", "r": "3.5"},
        {"cx": "280", "cy": "18", "r": "3.5"},
    ]


def test_the_diagonal_runs_from_corner_to_corner():
    assert shapes(drawn(), "even") == [{"x1": "40", "y1": "258", "x2": "280", "y2": "18"}]
    assert shapes(drawn(), "bar") == shapes(drawn(), "dot") == []


def test_the_axes_are_named_and_numbered():
    labels = [each.text for each in drawn().iter("text")]

    assert labels == [
        "0.0", "0.0", "0.2", "0.2", "0.4", "0.4", "0.6", "0.6", "0.8", "0.8", "1.0", "1.0",
        "confidence", "share right",
    ]  # fmt: skip


def test_the_drawing_has_a_title_for_those_who_do_not_see_it():
    drawing = drawn((0.9, True))

    assert drawing.get("role") == "img"
    title = drawing.find("title")
    assert title.get("id") == drawing.get("aria-labelledby")
    assert title.text == "Reliability diagram: share of right answers over confidence"


def test_all_shapes_lie_within_the_drawing():
    drawing = drawn((0.0, True), (1.0, True), (0.5, False))
    width, height = map(float, drawing.get("viewBox").split()[2:])

    for each in drawing.iter():
        across = [float(each.get(name)) for name in ("x", "x1", "x2", "cx") if each.get(name)]
        down = [float(each.get(name)) for name in ("y", "y1", "y2", "cy") if each.get(name)]
        assert all(0 <= place <= width for place in across)
        assert all(0 <= place <= height for place in down)
    assert not re.search(r"https?:|url\(|<script", reliability_diagram(reliability_bins([])))
