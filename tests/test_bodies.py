"""Points for blocks: the quick sums agree with slow ones, and every question has its points."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from firsthand import bodies, markup


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(0, 9))
def test_sums_around_a_block_agree_with_slow_ones(values, around):
    found = bodies._window(np.array(values, np.int64), around)
    slow = [sum(values[max(i - around, 0) : i + around + 1]) for i in range(len(values))]
    assert list(found) == slow


def test_every_question_has_points_and_every_points_a_question():
    seen = markup.blocks(markup.parse("<h1>Fog</h1><p>The harbour closed.</p>").root)
    names, answers = bodies.features(seen)
    assert {*names, "always"} == set(bodies.points())
    assert len(set(names)) == len(names) == answers.shape[1] and len(answers) == len(seen)


def test_no_blocks_have_no_body():
    assert bodies.body([]) == []


def test_what_holds_most_of_the_text_is_no_furniture_whatever_its_name():
    said = "<p>Ferry number {} waited outside the harbour in thick fog until the evening.</p>"
    text = "".join(said.format(n) for n in range(9))
    source = f"<a href=/>Home</a><form class='sidebar share'>{text}</form>"
    named = markup.blocks(markup.parse(source).root)
    names, answers = bodies.features(named)
    assert not any(answers[:, names.index(name)].any() for name in ("in side", "in <form>"))
