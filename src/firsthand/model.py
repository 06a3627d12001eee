"""
The nouns of firsthand: one record class is one table, an attribute is a column.

Records are frozen, keyword-only and hold plain values. They come in the order the data flows:
captures → pages → articles → attributions → sources → reuse → stories → derivations → lineage →
claims → citations → notes. ``Page``, ``Block``, ``Shingle`` and ``Pair`` are working tables that
stand between stages and are not part of the published result; everything else is the contract.

Two conventions hold for every record:

- Spans are half-open ranges of characters (code points) of the article's ``text``; where a span
  lies elsewhere, ``in_`` says so (``title``, or ``capture``: the capture's decoded source). The
  column is called ``in`` wherever it is written.
- What cannot be told is ``None``. No enumeration has a member for "unknown" unless it is a finding.

Ids are digests of what they name (:func:`digest`), never of where a file lies or when it was read,
so the same input has the same ids on a laptop and on a cluster, in any order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

SCHEMA_VERSION = "1"
ID_CHARS = 16

# Columns of tables with millions of rows: a name that repeats is stored once and pointed to, a
# number below two thousand millions takes half the room.
Repeated = Annotated[str, "repeated"]
Small = Annotated[int, "small"]
In = Literal["text", "title", "capture"]
Form = Literal["verbatim", "edited", "paraphrased"]
Meaning = Literal["copy", "quote", "furniture", "formula"]
Relation = Literal["derived", "common_wire", "shared_source", "furniture", "formula"]
NotRead = Literal["language", "consent", "paywall", "truncated"]
AttributionKind = Literal["statement", "credit", "dateline", "byline"]
SourceKind = Literal[
    "outlet", "agency", "person", "organisation", "government", "unnamed", "document", "statement",
    "event", "unseen",
]  # fmt: skip
Basis = Literal["reuse", "attribution", "both"]
Access = Literal["shown", "presumed"]
MembershipBasis = Literal["likeness", "copy", "recapture"]
Status = Literal["origin", "mixed", "echo", "unknown", "not read"]
Verdict = Literal[
    "one origin",
    "separate sources",
    "several newsrooms, one source",
    "several newsrooms, separateness not shown",
    "unattributed",
]
DifferenceKind = Literal[
    "number", "date", "name", "later figure", "claim and denial", "wording"
]  # fmt: skip
CitationVerdict = Literal["verbatim", "altered", "paraphrased", "not found", "not comparable"]
NoteKind = Literal[
    "impossible dates",
    "headline differs from body",
    "attribution dropped",
    "denial linked",
    "broken quotation",
    "correction",
    "edited later",
    "same address, different text",
]


def digest(*parts: str | bytes | int) -> str:
    """
    Return the id of what ``parts`` name: 16 hexadecimal characters of a SHA-256.

    Parts are length-prefixed, so that no two lists of parts run together.

    >>> digest("ab", "c") == digest("a", "bc")
    False
    >>> len(digest("x", 1))
    16
    """
    sha = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        sha.update(b"%d:" % len(data))
        sha.update(data)
    return sha.hexdigest()[:ID_CHARS]


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Span:
    """Characters ``start`` up to but not including ``end`` of one text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters the span names in ``text``."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Return whether the two spans share at least one character."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: Span) -> bool:
        """Return whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


def span(start: int, end: int) -> Span:
    """Return ``Span(start=start, end=end)``; the short form for the many places that make one."""
    return Span(start=start, end=end)


def hull(spans: Iterable[Span]) -> Span:
    """Return the smallest span that holds all of ``spans`` (at least one)."""
    found = list(spans)
    return Span(start=min(s.start for s in found), end=max(s.end for s in found))


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """
    A time and how it is known.

    ``at`` is ISO 8601, cut to what ``precision`` says (``2022-09-04``, ``2024-11``, or with time
    and zone); ``not_before`` and ``not_after`` bound it where only bounds are known. ``precision``
    is ``year | month | day | minute | second``, ``basis`` names what showed it: ``json-ld``,
    ``meta``, ``given``, ``url``, ``text``, ``neighbour`` (an article run on in the same capture),
    ``updated`` (the page dates itself by a change; ``not_before`` is when it first stood there).
    """

    at: str | None = None
    not_before: str | None = None
    not_after: str | None = None
    precision: str | None = None
    basis: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Words of one article that a conclusion rests on."""

    article_id: str
    span: Span
    in_: In = "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """
    One fetched page or file as it came in.

    ``record`` tells rows and records of one file apart (a WARC record id, a line number), or None
    where the file is the capture. ``content`` holds the bytes while a run needs them and is never
    exported; ``sha256`` is taken of them before anything is parsed. ``fetched_at`` comes from the
    capture itself, never from file times. ``given_id`` is the id that a row with a page of HTML had
    in its table; articles carry it.
    """

    capture_id: str
    path: str
    record: str | None = None
    url: str | None = None
    fetched_at: str | None = None
    given_id: str | None = None
    media_type: str
    encoding: str | None = None
    sha256: str
    content: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """An input that could not be read: where it lies (``offset`` in bytes), a stable code, why."""

    path: str
    record: str | None = None
    offset: int | None = None
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """What a stage left out by its own rules, counted, with an example."""

    stage: str
    kind: str
    count: int
    example: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """
    One piece of journalism inside a capture; ``place`` counts from 0 in reading order.

    ``text`` is the body without title, captions and furniture. ``pieces`` are the spans of the
    capture's decoded text it was made of, in order (plain text only, else None): ``text`` is the
    pieces joined by one line break wherever something was left out between them. ``copy_of`` names
    the article this one is a recapture of. ``captured_at`` is its capture's time of fetching;
    ``story_id`` is filled by the stories stage.
    """

    article_id: str
    given_id: str | None = None
    capture_id: str
    place: int
    text_id: str
    path: str
    pieces: tuple[Span, ...] | None = None
    title: str | None = None
    outlet: str | None = None
    outlet_id: str | None = None
    byline: str | None = None
    byline_span: Span | None = None
    url: str | None = None
    captured_at: str | None = None
    published: When | None = None
    language: str | None = None
    text: str
    copy_of: str | None = None
    not_read: NotRead | None = None
    story_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Furniture:
    """Text of the page or outlet, not of the article: a caption, a related link, a label."""

    capture_id: str
    article_id: str | None = None
    in_: In = "capture"
    span: Span | None = None
    kind: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribution:
    """
    A statement of source: who says so (``source``), by what words (``cue``), what (``content``).

    ``content`` is the hull of ``content_pieces``. ``addressee`` is who was told ("told the Harbour
    Post"). ``source_kind`` and ``source_id`` say whom the words mean; ``self_reference`` is true
    where the outlet named is the article's own. ``hedged`` and ``denied`` mark "allegedly" and
    "denied". ``rule`` names the rule that found it; tests/cases/attribution.json has examples.
    """

    attribution_id: str
    article_id: str
    kind: AttributionKind
    in_: In = "text"
    cue: Span | None = None
    source: Span | None = None
    content: Span | None = None
    content_pieces: tuple[Span, ...] = ()
    addressee: Span | None = None
    source_name: str | None = None
    source_kind: SourceKind | None = None
    source_id: str | None = None
    addressee_name: str | None = None
    addressee_id: str | None = None
    self_reference: bool = False
    hedged: bool = False
    denied: bool = False
    strength: float
    rule: str
    story_id: str | None = None

    @property
    def listed_only(self) -> bool:
        """Return whether no rule read it: it is shown, and nothing is concluded from it."""
        return self.rule in LISTED_RULES


# Found by the tagger alone, or an act of speech; and quotations nobody is said to speak.
LISTED_RULES = ("tagged", "act", "quoted")


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Who or what is named as a source; ``article_ids`` are captured articles of its own."""

    source_id: str
    name: str | None
    kind: SourceKind
    article_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reuse:
    """
    Two passages that say the same in (nearly) the same words; ``left_id < right_id``.

    ``similarity`` is equal words ÷ words of the longer passage (0–1). ``meaning`` is None until the
    meaning stage has decided it.
    """

    left_id: str
    left: Span
    right_id: str
    right: Span
    form: Form
    meaning: Meaning | None = None
    similarity: float
    strength: float
    rule: str
    story_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PairRelation:
    """What all overlaps of two articles together amount to, with the passages that decided it."""

    left_id: str
    right_id: str
    relation: Relation
    strength: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Derivation:
    """
    A directed edge: the child's text or facts come from the parent.

    Either end is an ``article_id``, or a ``source_id`` where no article of that source was
    captured. ``story_id`` is the story whose articles show the edge.
    """

    child_id: str
    parent_id: str
    basis: Basis
    strength: float
    evidence: tuple[Evidence, ...]
    story_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PrimarySource:
    """What an origin rests on at last: a person, institution, document or event, with its words."""

    name: str | None
    kind: SourceKind
    source_id: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """A newsroom with first-hand access to the main claim, and its captured articles."""

    source_id: str
    name: str | None
    access: Access
    article_ids: tuple[str, ...]
    primary_sources: tuple[PrimarySource, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispute:
    """A denial of the main claim obtained first-hand, with its words."""

    source_id: str | None
    name: str | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RestsOn:
    """One thing an article's account rests on directly, with the words that show it."""

    source_id: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lineage:
    """What one article's account of the main claim rests on; one row an article, recaptures too."""

    article_id: str
    status: Status
    rests_on: tuple[RestsOn, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """Articles about one event, and how many newsrooms have it firsthand."""

    story_id: str
    chain_id: str | None = None
    label: str
    main_claim: str | None
    article_ids: tuple[str, ...]
    n_pages: int
    n_articles: int
    n_outlets: int
    n_origins: int
    n_presumed: int
    n_primary_sources: int
    n_lineage_unknown: int
    n_not_read: int
    origins: tuple[Origin, ...]
    disputes: tuple[Dispute, ...]
    lineage: tuple[Lineage, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A clause or sentence of one article that states a claim."""

    article_id: str
    span: Span


@dataclass(frozen=True, kw_only=True, slots=True)
class DifferenceSide:
    """One side of a difference: the words (``span``) and what they come to (``value``)."""

    article_id: str
    span: Span
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Two aligned statements that do not say quite the same; most are no error."""

    kind: DifferenceKind
    left: DifferenceSide
    right: DifferenceSide


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """
    One thing several articles of a story say, whom it goes back to, and where they differ.

    ``place`` counts a story's claims from 0, those that most articles carry first.
    """

    claim_id: str
    story_id: str
    place: int = 0
    text: str
    verdict: Verdict
    n_origins: int
    statements: tuple[Statement, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedWith:
    """The captured text a citation was held against; it may be another version or a translation."""

    article_id: str
    language: str | None
    captured_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """What became of the words an article cites from another that is among the captures."""

    attribution_id: str
    cited_article_id: str
    verdict: CitationVerdict
    found: Statement | None
    compared_with: ComparedWith


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Something a careful reader would want to see; never a verdict on who is right."""

    kind: NoteKind
    capture_id: str
    article_id: str | None
    in_: In = "text"
    span: Span | None
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """
    A run of text on a page: a paragraph, heading or caption.

    ``span`` is its place in the page's ``text``. ``part`` numbers the article subtree it stands in
    (always 0 for plain text); ``kind`` is what the markup says (``title | heading | caption |
    list``; a title is an ``h1``), or None where nothing does.
    """

    span: Span
    part: int = 0
    kind: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What markup or the input's own fields say of one article subtree of a page."""

    part: int = 0
    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    byline_span: Span | None = None
    url: str | None = None
    published: When | None = None
    language: str | None = None
    not_read: NotRead | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """
    A capture as text, before it is cut into articles (working table).

    ``text`` is the decoded source for plain text (``traceable`` is true: its spans are spans of the
    capture), the given text for JSONL (``whole`` is true: never cut), the extracted text for HTML.
    Where markup told its articles apart (``settled``), layout and topic cut it no further unless
    another capture parts from it.
    """

    capture_id: str
    path: str
    url: str | None = None
    captured_at: str | None = None
    text: str
    traceable: bool
    whole: bool = False
    settled: bool = False
    given_id: str | None = None
    blocks: tuple[Block, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """
    How a page's text begins, or goes on where an article may begin: digests of lines (working).

    ``opening`` is the digest of the first of them, a long line: pages that begin with the same text
    share it. ``starts`` are the places of the lines in the page's ``text``, ``above`` digests of
    the long lines right above, none where the page's text begins.
    """

    capture_id: str
    opening: int
    lines: tuple[int, ...]
    starts: tuple[int, ...]
    above: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """Where other captures show that another article may begin on a page (working)."""

    capture_id: str
    starts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shingle:
    """A winnowed fingerprint (working): a 63-bit hash of a word n-gram and its first word."""

    hash: int
    article_id: Repeated
    word: Small


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """
    Two articles worth comparing, and how many fingerprints they share (working).

    ``n_rare`` of them stand in few articles and so weigh on their own. The places of the first and
    the last of them, by their words in the left article, say where to look.
    """

    left_id: Repeated
    right_id: Repeated
    n_shared: int
    n_rare: int = 0
    left_first: Small = 0
    right_first: Small = 0
    left_last: Small = 0
    right_last: Small = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """
    Which story an article belongs to, and what holds it there.

    ``chain_id`` is shared by stories about one running matter. ``nearest_id`` is the article of the
    story that is most like it, None for one alone; ``basis`` says how (a recapture is the same
    article captured again), ``similarity`` (0-1) how much, ``shared_terms`` by which words few
    articles have, as this article writes them. ``cited``: one of the two names the other's outlet
    as a source. ``days_apart`` is None where a date is missing.
    """

    article_id: str
    story_id: str
    chain_id: str | None = None
    nearest_id: str | None = None
    basis: MembershipBasis | None = None
    similarity: float | None = None
    cited: bool = False
    shared_terms: tuple[str, ...] = ()
    days_apart: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """The counts of a run; ``captures`` are the accepted ones."""

    captures: int
    rejected: int
    skipped: int
    articles: int
    distinct_articles: int
    stories: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What was run: version, settings, a digest over the inputs' digests, and when."""

    version: str
    settings: str
    manifest_sha256: str
    started_at: str


def now() -> str:
    """Return the current time in UTC, ISO 8601 to the second; only the run record may hold it."""
    return datetime.now(UTC).replace(microsecond=0).isoformat()


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """Everything one run found: the contract of ``result.json``, one attribute a table."""

    summary: Summary
    rejected: tuple[Rejected, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    captures: tuple[Capture, ...] = ()
    articles: tuple[Article, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    reuse: tuple[Reuse, ...] = ()
    pair_relations: tuple[PairRelation, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    sources: tuple[Source, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    stories: tuple[Story, ...] = ()
    memberships: tuple[Membership, ...] = ()
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    notes: tuple[Note, ...] = ()
    run: Run | None = None
    schema_version: str = SCHEMA_VERSION
