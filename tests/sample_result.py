"""
A finished result made by hand: five stories in fictional places, with all that views must stand.

``ferry``   one origin on three pages, repeated through an agency nobody captured; undated
``levy``    two newsrooms, one council statement; a denial, an article without lineage; dated
``barge``   the origin is an outlet nobody captured; titles, texts and ids try to break out
``kiln``    a page that was not read        ``orchard``  a single page with a presumed origin
"""

from firsthand.model import (
    Article,
    Attribution,
    Capture,
    Citation,
    Claim,
    ComparedWith,
    Derivation,
    Difference,
    DifferenceSide,
    Dispute,
    Evidence,
    Furniture,
    Lineage,
    Note,
    Origin,
    PrimarySource,
    Rejected,
    RestsOn,
    Result,
    Reuse,
    Run,
    Skipped,
    Source,
    Span,
    Statement,
    Story,
    Summary,
    When,
    digest,
)

POST = """The Lower Quay ferry will be withdrawn before winter, council sources revealed.

“The engineers told the council that both hulls are past repair,” a source told the Harbour Post.

The order affects 340 commuters who cross the Sound each morning, the source confirmed.

The ferry has run since the old bridge was closed to lorries."""
RIVER = """A small town learns what it is to be an island. On Sept. 4 the Northern Wire reported \
that the Lower Quay ferry will be withdrawn before winter.

The Harbour Post, it said, was told that “the engineers told the council that both hulls are past \
repair,” and the order affects 340 commuters who cross the Sound each morning.

Nobody on the Sound thinks this report is fake. [September 9] is when the timetable ends."""
QUAY = """According to a report by the Harbour Post newspaper, the crossing stops this autumn.

Some 430 commuters use it, a source allegedly close to the council said."""
EVENING = """The council said in a statement on Monday that the harbour levy will rise to 4 crowns.

“The levy pays for dredging,” council leader Ana Brandt told the Evening Ledger."""
MORNING = """“The levy pays for dredging,” the council said on Tuesday. The harbour levy will rise \
to 5 crowns."""
PAMPHLET = """The harbour levy will rise, and nobody asked the people of the quay."""
DENIAL = """The pilots' guild denied that any levy was agreed. “There is no such plan,” guild \
secretary Tor Lund told the Tide. It had been reported by the Evening Ledger."""
BARGE = """<script>alert(1)</script> A barge ran aground, the Delta Courier reported.\x1b[2J\u202e \
It carried salt & <b>lime</b>."""
BARGE_TWO = """The Delta Courier reported that a barge ran aground. " onmouseover="alert(2)"""
ORCHARD = """The orchard fair opens on Friday, the growers' union said in a public notice."""

_BROKEN = '"><img src=x onerror=alert(3)>'
_PAGES = {
    "post-1": ("in/000_harbour.txt", POST, "Lower Quay ferry to go before winter", "Harbour Post"),
    "post-2": ("in/001_harbour.txt", POST, "Lower Quay ferry to go before winter", "Harbour Post"),
    "post-3": ("in/002_harbour.txt", POST, "Lower Quay ferry to go before winter", "Harbour Post"),
    "river": ("in/003_river.txt", RIVER, "What it is to be an island", None),
    "quay": ("in/004_quay.txt", QUAY, "Ferry to stop", "Quay Daily"),
    "evening": ("in/evening.html", EVENING, "Harbour levy to rise", "Evening Ledger"),
    "morning": ("in/morning.html", MORNING, "Levy goes up", "Morning Tide Table"),
    "pamphlet": ("in/pamphlet.html", PAMPHLET, "Nobody asked us", None),
    "denial": ("in/denial.html", DENIAL, "Guild: no levy agreed", "The Tide"),
    "barge": ("in/<b>.html", BARGE, "Barge </title><script>alert(0)</script> aground", "A<i>B"),
    _BROKEN: ("in/javascript:alert(4).html", BARGE_TWO, "Barge \u202eaground\x1b]0;x\x07", None),
    "kiln": ("in/kiln.html", "Subscribe to read on.", "Kiln reopens", "Harbour Post"),
    "orchard": ("in/orchard.html", ORCHARD, "Orchard fair on Friday", "Evening Ledger"),
}
_COPIES = {"post-2": "post-1", "post-3": "post-1"}
_DATES = {
    "post-1": When(not_before="2030-09-01", basis="neighbour"),
    "evening": When(at="2031-03-03", precision="day", basis="json-ld"),
    "morning": When(at="2031-03-04T07:30:00+00:00", precision="minute", basis="json-ld"),
    "pamphlet": When(at="2031-03-09", precision="day", basis="meta"),
    "denial": When(at="2031-03-05", precision="day", basis="json-ld"),
}


def span(text: str, words: str) -> Span:
    """Return where ``words`` stand in ``text``."""
    start = text.index(words)
    return Span(start=start, end=start + len(words))


def seen(article_id: str, words: str) -> Evidence:
    return Evidence(article_id=article_id, span=span(_PAGES[article_id][1], words))


def side(article_id: str, words: str, value: str) -> DifferenceSide:
    return DifferenceSide(article_id=article_id, span=seen(article_id, words).span, value=value)


def said(article_id: str, words: str) -> Statement:
    return Statement(article_id=article_id, span=seen(article_id, words).span)


def _capture(article_id: str, path: str) -> Capture:
    return Capture(
        capture_id=digest("capture", article_id),
        path=path,
        media_type="text/plain",
        encoding="utf-8",
        sha256=digest("sha", article_id) * 4,
    )


def _article(article_id: str, story_id: str, keep_text: bool) -> Article:
    path, text, title, outlet = _PAGES[article_id]
    return Article(
        article_id=article_id,
        capture_id=digest("capture", article_id),
        place=0,
        text_id=digest(text),
        path=path,
        title=title,
        outlet=outlet,
        published=_DATES.get(article_id),
        language="en",
        text=text if keep_text else "",
        copy_of=_COPIES.get(article_id),
        not_read="paywall" if article_id == "kiln" else None,
        story_id=story_id,
    )


def _attribution(
    article_id: str, cue: str, source: str, content: str, source_id: str, strength: float = 0.9
) -> Attribution:
    content_span = seen(article_id, content).span
    return Attribution(
        attribution_id=digest("attribution", article_id, cue),
        article_id=article_id,
        kind="statement",
        cue=seen(article_id, cue).span,
        source=seen(article_id, source).span,
        content=content_span,
        content_pieces=(content_span,),
        source_name=source,
        source_id=source_id,
        strength=strength,
        rule="sample",
    )


SOURCES = (
    Source(
        source_id="s-post",
        name="Harbour Post",
        kind="outlet",
        article_ids=("post-1", "post-2", "post-3"),
    ),
    Source(source_id="s-wire", name="Northern Wire", kind="agency"),
    Source(source_id="s-close", name="a source", kind="unnamed"),
    Source(source_id="s-ledger", name="Evening Ledger", kind="outlet", article_ids=("evening",)),
    Source(source_id="s-tide", name="Morning Tide Table", kind="outlet", article_ids=("morning",)),
    Source(source_id="s-council", name="the council", kind="government"),
    Source(source_id="s-guild", name="the pilots' guild", kind="organisation"),
    Source(source_id="s-delta", name="Delta <u>Courier", kind="outlet"),
    Source(source_id="s-union", name="the growers' union", kind="organisation"),
)
ATTRIBUTIONS = (
    _attribution(
        "post-1", "told the Harbour Post", "a source", "both hulls are past repair", "s-close"
    ),
    _attribution(
        "river", "reported that", "the Northern Wire", "the Lower Quay ferry will be", "s-wire"
    ),
    _attribution("river", "was told that", "The Harbour Post", "both hulls are past", "s-post"),
    _attribution(
        "quay", "According to a report by", "the Harbour Post", "the crossing stops", "s-post"
    ),
    _attribution("evening", "said in a statement", "The council", "the harbour levy", "s-council"),
    _attribution("barge", "reported", "the Delta Courier", "A barge ran aground", "s-delta"),
)


def _reuse(left: str, lwords: str, right: str, rwords: str, form: str, meaning: str) -> Reuse:
    return Reuse(
        left_id=left,
        left=seen(left, lwords).span,
        right_id=right,
        right=seen(right, rwords).span,
        form=form,  # type: ignore[arg-type]
        meaning=meaning,  # type: ignore[arg-type]
        similarity=0.9,
        strength=0.8,
        rule="sample",
    )


REUSE = (
    *(
        Reuse(
            left_id="post-1",
            left=Span(start=0, end=len(POST)),
            right_id=copy,
            right=Span(start=0, end=len(POST)),
            form="verbatim",
            meaning="copy",
            similarity=1.0,
            strength=1.0,
            rule="recapture",
        )
        for copy in _COPIES
    ),
    _reuse(
        "post-1",
        "The Lower Quay ferry will be withdrawn before winter",
        "river",
        "the Lower Quay ferry will be withdrawn before winter",
        "verbatim",
        "copy",
    ),
    _reuse(
        "post-1",
        "The engineers told the council that both hulls are past repair",
        "river",
        "the engineers told the council that both hulls are past repair",
        "verbatim",
        "quote",
    ),
    _reuse(
        "post-1",
        "The order affects 340 commuters who cross the Sound each morning",
        "river",
        "the order affects 340 commuters who cross the Sound each morning",
        "verbatim",
        "copy",
    ),
    _reuse("evening", "The levy pays", "morning", "The levy pays", "verbatim", "quote"),
    _reuse("evening", "levy will rise to 4", "morning", "levy will rise", "edited", "furniture"),
)

_UNNAMED = PrimarySource(
    name="a source",
    kind="unnamed",
    source_id="s-close",
    evidence=(seen("post-1", "a source told the Harbour Post"),),
)


def _ferry() -> Story:
    origin_rests = (RestsOn(source_id="s-close", evidence=_UNNAMED.evidence),)
    via_wire = RestsOn(
        source_id="s-wire", evidence=(seen("river", "the Northern Wire reported that"),)
    )
    return Story(
        story_id="story-ferry",
        label="Lower Quay ferry to go before winter",
        main_claim="The Lower Quay ferry will be withdrawn before winter",
        article_ids=("post-1", "post-2", "post-3", "river", "quay"),
        n_pages=5,
        n_articles=3,
        n_outlets=2,
        n_origins=1,
        n_presumed=0,
        n_primary_sources=1,
        n_lineage_unknown=0,
        n_not_read=0,
        origins=(
            Origin(
                source_id="s-post",
                name="Harbour Post",
                access="shown",
                article_ids=("post-1", "post-2", "post-3"),
                primary_sources=(_UNNAMED,),
            ),
        ),
        disputes=(),
        lineage=(
            *(Lineage(article_id=f"post-{n}", status="origin", rests_on=origin_rests)
              for n in (1, 2, 3)),
            Lineage(article_id="river", status="echo", rests_on=(via_wire,)),
            Lineage(
                article_id="quay",
                status="echo",
                rests_on=(
                    RestsOn(
                        source_id="s-post",
                        evidence=(seen("quay", "According to a report by the Harbour Post"),),
                    ),
                ),
            ),
        ),
    )  # fmt: skip


def _levy() -> Story:
    def council(words: Evidence) -> tuple[PrimarySource, ...]:
        return (
            PrimarySource(
                name="the council", kind="government", source_id="s-council", evidence=(words,)
            ),
        )

    ledger = council(seen("evening", "The council said in a statement on Monday"))
    tide = council(seen("morning", "the council said on Tuesday"))
    return Story(
        story_id="story-levy",
        label="Harbour levy to rise",
        main_claim="the harbour levy will rise",
        article_ids=("evening", "morning", "pamphlet", "denial"),
        n_pages=4,
        n_articles=4,
        n_outlets=3,
        n_origins=2,
        n_presumed=1,
        n_primary_sources=1,
        n_lineage_unknown=1,
        n_not_read=0,
        origins=(
            Origin(
                source_id="s-ledger",
                name="Evening Ledger",
                access="shown",
                article_ids=("evening",),
                primary_sources=ledger,
            ),
            Origin(
                source_id="s-tide",
                name="Morning Tide Table",
                access="presumed",
                article_ids=("morning",),
                primary_sources=tide,
            ),
        ),
        disputes=(
            Dispute(
                source_id="s-guild",
                name="the pilots' guild",
                evidence=(seen("denial", "The pilots' guild denied that any levy was agreed"),),
            ),
        ),
        lineage=(
            Lineage(
                article_id="evening",
                status="origin",
                rests_on=(RestsOn(source_id="s-council", evidence=ledger[0].evidence),),
            ),
            Lineage(
                article_id="morning",
                status="origin",
                rests_on=(RestsOn(source_id="s-council", evidence=tide[0].evidence),),
            ),
            Lineage(article_id="pamphlet", status="unknown", rests_on=()),
            Lineage(
                article_id="denial",
                status="echo",
                rests_on=(
                    RestsOn(
                        source_id="s-ledger",
                        evidence=(seen("denial", "reported by the Evening Ledger"),),
                    ),
                ),
            ),
        ),
    )


def _barge() -> Story:
    words = {
        "barge": (seen("barge", "the Delta Courier reported"),),
        _BROKEN: (seen(_BROKEN, "The Delta Courier reported that"),),
    }
    return Story(
        story_id="story-barge",
        label=_PAGES["barge"][2],
        main_claim="A barge ran aground",
        article_ids=("barge", _BROKEN),
        n_pages=2,
        n_articles=2,
        n_outlets=1,
        n_origins=1,
        n_presumed=0,
        n_primary_sources=0,
        n_lineage_unknown=0,
        n_not_read=0,
        origins=(
            Origin(
                source_id="s-delta",
                name="Delta <u>Courier",
                access="shown",
                article_ids=(),
                primary_sources=(),
            ),
        ),
        disputes=(),
        lineage=tuple(
            Lineage(
                article_id=article_id,
                status="echo",
                rests_on=(RestsOn(source_id="s-delta", evidence=evidence),),
            )
            for article_id, evidence in words.items()
        ),
    )


def _single(story_id: str, article_id: str, **counts: int) -> Story:
    fixed = dict.fromkeys(
        ("n_origins", "n_presumed", "n_primary_sources", "n_lineage_unknown", "n_not_read"), 0
    )
    origins: tuple[Origin, ...] = ()
    if counts.get("n_origins"):
        union = PrimarySource(
            name="the growers' union",
            kind="organisation",
            source_id="s-union",
            evidence=(seen("orchard", "the growers' union said in a public notice"),),
        )
        origins = (
            Origin(
                source_id="s-ledger",
                name="Evening Ledger",
                access="presumed",
                article_ids=(article_id,),
                primary_sources=(union,),
            ),
        )
    return Story(
        story_id=story_id,
        label=_PAGES[article_id][2],
        main_claim=None,
        article_ids=(article_id,),
        n_pages=1,
        n_articles=1,
        n_outlets=1,
        **{**fixed, **counts},
        origins=origins,
        disputes=(),
        lineage=(
            Lineage(article_id=article_id, status="origin" if origins else "not read", rests_on=()),
        ),
    )


def _derivation(
    child: str, parent: str, words: Evidence | None, story: str, basis: str = "attribution"
) -> Derivation:
    return Derivation(
        child_id=child,
        parent_id=parent,
        basis=basis,  # type: ignore[arg-type]
        strength=0.9,
        evidence=(words,) if words else (),
        story_id=story,
    )


DERIVATIONS = (
    _derivation("river", "s-wire", seen("river", "the Northern Wire reported that"), "story-ferry"),
    _derivation(
        "s-wire", "post-1", seen("river", "The Harbour Post, it said, was told that"), "story-ferry"
    ),
    # The longer way by the agency shows this one already.
    _derivation(
        "river",
        "post-1",
        seen("river", "the order affects 340 commuters who cross the Sound each morning"),
        "story-ferry",
        "both",
    ),
    _derivation("quay", "post-1", seen("quay", "According to a report by"), "story-ferry"),
    _derivation("denial", "evening", seen("denial", "reported by the Evening"), "story-levy"),
    _derivation("barge", "s-delta", seen("barge", "reported"), "story-barge"),
    _derivation(_BROKEN, "s-delta", seen(_BROKEN, "reported that"), "story-barge"),
)
CLAIMS = (
    Claim(
        claim_id="claim-ferry",
        story_id="story-ferry",
        text="The Lower Quay ferry will be withdrawn before winter",
        verdict="one origin",
        n_origins=1,
        statements=(
            said("post-1", "The Lower Quay ferry will be withdrawn before winter"),
            said("river", "the Lower Quay ferry will be withdrawn before winter"),
            said("quay", "the crossing stops this autumn"),
        ),
        differences=(
            Difference(
                kind="wording",
                left=side("post-1", "before winter", "before winter"),
                right=side("quay", "this autumn", "this autumn"),
            ),
        ),
    ),
    Claim(
        claim_id="claim-commuters",
        story_id="story-ferry",
        text="The order affects 340 commuters",
        verdict="one origin",
        n_origins=1,
        statements=(
            said("post-1", "The order affects 340 commuters"),
            said("river", "the order affects 340 commuters"),
            said("quay", "Some 430 commuters use it"),
        ),
        differences=(
            Difference(
                kind="number",
                left=side("post-1", "340 commuters", "340"),
                right=side("quay", "430 commuters", "430"),
            ),
        ),
    ),
    Claim(
        claim_id="claim-levy",
        story_id="story-levy",
        text="the harbour levy will rise",
        verdict="several newsrooms, one source",
        n_origins=2,
        statements=(
            said("evening", "the harbour levy will rise to 4 crowns"),
            said("morning", "The harbour levy will rise to 5 crowns"),
            said("pamphlet", "The harbour levy will rise"),
        ),
        differences=(
            Difference(
                kind="number",
                left=side("evening", "4 crowns", "4 crowns"),
                right=side("morning", "5 crowns", "5 crowns"),
            ),
        ),
    ),
)
CITATIONS = (
    Citation(
        attribution_id=ATTRIBUTIONS[3].attribution_id,
        cited_article_id="post-1",
        verdict="not found",
        found=None,
        compared_with=ComparedWith(article_id="post-1", language="en", captured_at=None),
    ),
)
NOTES = (
    Note(
        kind="impossible dates",
        capture_id=digest("capture", "river"),
        article_id="river",
        span=seen("river", "[September 9]").span,
        message="September 9 falls after September 4",
    ),
    Note(
        kind="denial linked",
        capture_id=digest("capture", "evening"),
        article_id=None,
        in_="capture",
        span=Span(start=3, end=12),
        message="a linked headline tells of a denial",
    ),
)
REJECTED = (
    Rejected(path="in/empty.txt", code="empty", reason="the file is empty"),
    Rejected(
        path="in/all.warc.gz",
        record="<urn:uuid:1>",
        offset=4096,
        code="truncated",
        reason="the record ends before its length\x1b[31m",
    ),
)
SKIPPED = (Skipped(stage="ingest", kind="request records", count=7, example="all.warc.gz"),)


def sample(*, keep_text: bool = True) -> Result:
    """Return the made-up result; without text, as a run with --no-text gives it."""
    singles = (
        _single("story-kiln", "kiln", n_not_read=1),
        _single("story-orchard", "orchard", n_origins=1, n_presumed=1, n_primary_sources=1),
    )
    stories = (*singles, _barge(), _levy(), _ferry())
    of = {i: s.story_id for s in stories for i in s.article_ids}
    return Result(
        summary=Summary(
            captures=13, rejected=2, skipped=7, articles=13, distinct_articles=11, stories=5
        ),
        rejected=REJECTED,
        skipped=SKIPPED,
        captures=tuple(_capture(i, page[0]) for i, page in _PAGES.items()),
        articles=tuple(_article(i, of[i], keep_text) for i in _PAGES),
        furniture=(
            Furniture(
                capture_id=digest("capture", "evening"),
                article_id="evening",
                in_="capture",
                span=Span(start=3, end=12),
                kind="related",
                text="READ: Guild rejects 'false' levy report",
            ),
        ),
        reuse=REUSE,
        attributions=ATTRIBUTIONS,
        sources=SOURCES,
        derivations=DERIVATIONS,
        stories=stories,
        claims=CLAIMS,
        citations=CITATIONS,
        notes=NOTES,
        run=Run(
            version="0.1.0",
            settings="{}",
            manifest_sha256="0" * 64,
            started_at="2031-04-01T09:00:00+00:00",
        ),
    )
