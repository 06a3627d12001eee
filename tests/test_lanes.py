"""Who rests on whom: nothing drawn that the result does not say, nothing said twice."""

from dataclasses import replace

from firsthand.lanes import Graph, graph_of
from firsthand.lookup import Lookup
from firsthand.model import Derivation, Lineage, RestsOn, Result, Source
from sample_result import DERIVATIONS, sample, seen


def graph(result: Result, story_id: str = "story-ferry") -> Graph:
    lookup = Lookup(result)
    return graph_of(lookup, lookup.stories[story_id])


def edges(made: Graph) -> set[tuple[str, str]]:
    return {(e.child, e.parent) for e in made.edges}


def derivation(child: str, parent: str, story_id: str) -> Derivation:
    return replace(DERIVATIONS[0], child_id=child, parent_id=parent, evidence=(), story_id=story_id)


def with_lineage(result: Result, story_id: str, row: Lineage) -> Result:
    """Return the result with one article's lineage row put in another's place."""
    stories = tuple(
        s
        if s.story_id != story_id
        else replace(s, lineage=tuple(row if x.article_id == row.article_id else x
                                      for x in s.lineage))
        for s in result.stories
    )  # fmt: skip
    return replace(result, stories=stories)


def test_an_edge_that_a_longer_way_shows_is_left_out() -> None:
    assert edges(graph(sample())) == {
        ("post-1", "primary:s-close"),
        ("s-wire", "post-1"),
        ("river", "s-wire"),
        ("quay", "post-1"),
    }


def test_an_edge_to_a_source_is_one_to_its_captured_article() -> None:
    turned = tuple(replace(d, parent_id="s-post") if d.child_id == "quay" else d
                   for d in DERIVATIONS)  # fmt: skip
    assert ("quay", "post-1") in edges(graph(replace(sample(), derivations=turned)))


def test_an_edge_of_a_recapture_is_one_of_the_article() -> None:
    turned = tuple(replace(d, parent_id="post-3") if d.parent_id == "post-1" else d
                   for d in DERIVATIONS)  # fmt: skip
    assert edges(graph(replace(sample(), derivations=turned))) == edges(graph(sample()))


def test_an_origin_that_also_repeats_another_heads_its_own_lane() -> None:
    more = derivation("morning", "evening", "story-levy")
    made = graph(replace(sample(), derivations=(*DERIVATIONS, more)), "story-levy")
    assert [lane.roots for lane in made.lanes if lane.kind == "origin"] == [
        ("evening",),
        ("morning",),
    ]
    assert ("morning", "evening") in edges(made)
    # That both rest on the council is not hidden by the one repeating the other.
    assert {("evening", "primary:s-council"), ("morning", "primary:s-council")} <= edges(made)


def test_other_sources_of_an_origin_are_its_own_reporting_and_not_drawn() -> None:
    guild = RestsOn(source_id="s-guild", evidence=())
    row = Lineage(article_id="evening", status="origin", rests_on=(guild,))
    made = graph(with_lineage(sample(), "story-levy", row), "story-levy")
    assert "s-guild" not in made.nodes


def test_another_outlet_an_origin_names_is_drawn() -> None:
    wire = RestsOn(source_id="s-wire", evidence=())
    row = Lineage(article_id="evening", status="mixed", rests_on=(wire,))
    made = graph(with_lineage(sample(), "story-levy", row), "story-levy")
    assert ("evening", "s-wire") in edges(made)


def test_common_text_that_nobody_credits_is_an_end_of_its_own() -> None:
    unseen = Source(source_id="s-unseen", name=None, kind="unseen")
    more = derivation("pamphlet", "s-unseen", "story-levy")
    result = replace(
        sample(), sources=(*sample().sources, unseen), derivations=(*DERIVATIONS, more)
    )
    made = graph(result, "story-levy")
    assert [lane.kind for lane in made.lanes] == ["origin", "origin", "unseen"]
    assert made.nodes["s-unseen"].name == "text that nobody credits"


def test_two_unnamed_sources_without_an_id_are_never_one_node() -> None:
    result = sample()
    stories = tuple(
        s
        if s.story_id != "story-levy"
        else replace(
            s,
            origins=tuple(
                replace(
                    o,
                    primary_sources=tuple(
                        replace(p, source_id=None, kind="unnamed", name="an official")
                        for p in o.primary_sources
                    ),
                )
                for o in s.origins
            ),
        )
        for s in result.stories
    )
    made = graph(replace(result, stories=stories), "story-levy")
    assert len([n for n in made.nodes.values() if n.kind == "primary"]) == 2


def test_chains_stop_where_they_would_go_round() -> None:
    back = (
        derivation("post-1", "river", "story-ferry"),
        derivation("s-wire", "quay", "story-ferry"),
        derivation("quay", "river", "story-ferry"),
    )
    made = graph(replace(sample(), derivations=(*DERIVATIONS, *back)))
    for node_id in ("river", "quay", "post-1"):
        for way in made.chains(node_id):
            ids = [n.node_id for n in way]
            assert len(ids) == len(set(ids))


def test_the_cue_is_what_stands_on_an_edge() -> None:
    words = {e.child: e.words for e in graph(sample()).edges}
    assert words["river"] == "reported that"
    long = seen("river", "the order affects 340 commuters who cross the Sound each morning")
    turned = replace(DERIVATIONS[0], evidence=(long,))
    made = graph(replace(sample(), derivations=(turned,), attributions=()))
    assert {e.words for e in made.edges if e.child == "river"} == {""}
