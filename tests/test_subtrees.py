"""Pages of several articles are told from pages of one."""

import pytest

from firsthand import markup
from firsthand.subtrees import article_runs

FOG = (
    "The harbour stayed closed on Monday because of thick fog, the port authority said.",
    "Two ferries waited outside the breakwater until the evening, and one turned back.",
    "Pilots had asked for a new light on the northern pier after an accident last winter.",
    "Fishermen sold their catch on the quay at Marsh End instead, at half the usual price.",
    "A yacht ran aground near the sandbank and was towed off by the lifeboat at noon.",
)
MILL = (
    "The paper mill at Ostrey loses its owner at the end of summer, its director told staff.",
    "Papermaking began there a century ago, when the river was dammed and the weir built.",
    "A buyer for the machines has been found abroad, but nobody wants the buildings so far.",
    "The union demands a year of wages for each of the workers and a say in the sale of land.",
    "Engineers doubt that the old boilers would pass another inspection without new pipes.",
)
NAV = "<nav><a href=/>Home</a></nav>"


def n_articles(source):
    return len(article_runs(markup.blocks(markup.parse(NAV + source).root)))


def story(holder, title, sentences, more=""):
    tag, heading = holder.split()
    text = "".join(f"<p>{s}</p>" for s in sentences)
    return f"<{tag} class=item><{heading}>{title}</{heading}>{more}<div>{text}</div></{tag}>"


@pytest.mark.parametrize("holder", ["div h1", "article h2", "div h2", "section h3"])
def test_articles_in_elements_of_their_own_are_told_apart(holder):
    pages = story(holder, "Fog closes the harbour", FOG), story(holder, "Mill loses owner", MILL)
    assert n_articles("".join(pages)) == 2
    assert n_articles(f"<div><div>{''.join(pages)}</div></div>") == 2


def test_reports_on_one_thing_are_two_where_each_has_a_date():
    first, second = "Fog closes the harbour", "Harbour still closed"
    assert n_articles(story("div h2", first, FOG) + story("div h2", second, FOG)) < 2
    days = "<p>4 March 2025</p>", "<p>5 March 2025</p>"
    dated = story("div h2", first, FOG, days[0]) + story("div h2", second, FOG, days[1])
    assert n_articles(dated) == 2


@pytest.mark.parametrize("holder", ["section h2", "div h2", "article h2"])
def test_sections_below_one_headline_stay_together(holder):
    sections = story(holder, "What the pilots say", FOG), story(holder, "The mill now", MILL)
    assert n_articles(f"<h1>A day at the coast</h1>{''.join(sections)}") < 2


def test_teasers_beside_an_article_are_none():
    teaser = "<div class=item><h2>Ferry fares to rise soon</h2><p>Fares rise in spring.</p></div>"
    assert n_articles(story("div h2", "Fog closes the harbour", FOG) + 5 * teaser) < 2


def test_many_levels_and_many_headings_give_an_answer():
    deep = "<div>" * 2000 + story("div h2", "Fog closes the harbour", FOG)
    assert n_articles(deep) < 2
    assert n_articles("<div><h1>Fog at sea</h1></div>" * 3000) < 2
