"""Parquet as it is found: odd types, damage, bombs; no column takes the file with it."""

import random
import tracemalloc
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from firsthand import pipeline
from firsthand.errors import InputError
from firsthand.ingest import read
from firsthand.intake import Reading
from firsthand.model import Capture, Rejected

CRAWL = {
    "text": ["Fog closed the harbour on Monday.", "Rain filled the mill pond."],
    "id": ["<urn:uuid:1>", "<urn:uuid:2>"],
    "dump": ["CC-MAIN-2025-10"] * 2,
    "url": ["https://post.example/fog", "https://post.example/rain"],
    "date": ["2025-03-04T05:06:07Z"] * 2,
    "language": ["en", "en"],
    "token_count": [7, 6],
}


def write(path, columns, **how):
    pq.write_table(pa.table(columns), path, **how)
    return path


def codes(path, **how):
    return [x.code for x in read([path], **how) if isinstance(x, Rejected)]


def test_a_table_cut_from_a_crawl(tmp_path):
    articles = pipeline.trace([write(tmp_path / "part.parquet", CRAWL)]).articles
    first = next(a for a in articles if a.given_id == "<urn:uuid:1>")
    assert (first.text, first.url) == (CRAWL["text"][0], CRAWL["url"][0])
    assert (first.published, first.captured_at) == (None, "2025-03-04T05:06:07Z")


def test_metadata_below_a_column_and_times_that_are_times(tmp_path):
    moment = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)
    columns = {
        "text": ["Fog."],
        "metadata": [{"url": "https://post.example", "published": moment, "authors": ["A. Quill"]}],
    }
    (article,) = pipeline.trace([write(tmp_path / "rows.parquet", columns)]).articles
    assert (article.url, article.byline) == ("https://post.example", "A. Quill")
    assert article.published.at == "2025-03-04T05:06:07+00:00"


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["Fog."]).dictionary_encode(),
        pa.array(["Fog."], pa.large_string()),
        pa.array(["Fog."], pa.string_view()),
    ],
)
def test_text_in_any_dress(tmp_path, column):
    (found,) = read([write(tmp_path / "rows.parquet", {"text": column})])
    assert found.content == b'{"text":"Fog."}'


def test_pages_in_a_binary_column(tmp_path):
    columns = {
        "html": pa.array([b"<html><p>M\xf6we"], pa.binary()),
        "url": ["https://post.example"],
    }
    (found,) = read([write(tmp_path / "rows.parquet", columns)])
    assert (found.media_type, found.encoding) == ("text/html", "windows-1252")


def test_values_no_python_object_can_hold_cost_their_row(tmp_path):
    texts = pa.StringArray.from_buffers(
        2, pa.py_buffer(bytes([0, 0, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0])), pa.py_buffer(b"M\xf6weFog.")
    )
    path = write(tmp_path / "rows.parquet", {"text": texts})
    assert codes(path) == ["encoding"]
    assert [x.record for x in read([path]) if isinstance(x, Capture)] == ["2"]
    far = pa.array([10**15, 0], pa.timestamp("s"))
    path = write(tmp_path / "far.parquet", {"text": ["a b", "c d"], "date": far})
    assert sum(isinstance(x, Capture | Rejected) for x in read([path])) == 2


def test_columns_nothing_is_looked_for_in_are_never_read(tmp_path):
    columns = {"text": ["Fog."], "vector": [[0.5] * 9], "length": pa.array([9], pa.duration("ns"))}
    assert codes(write(tmp_path / "rows.parquet", columns)) == []


def test_a_table_without_text_says_what_it_has(tmp_path):
    path = write(tmp_path / "rows.parquet", {"article": ["Fog."], "nr": [1]})
    (bad,) = read([path])
    assert bad.code == "columns" and "article, nr" in bad.reason
    assert codes(path, reading=Reading(columns=(("text", "article"),))) == []


def test_a_column_that_is_not_there_is_told_with_those_that_are(tmp_path):
    path = write(tmp_path / "rows.parquet", {"text": ["Fog."], "head_line": ["F"]})
    with pytest.raises(InputError, match="head_line") as caught:
        list(read([path], reading=Reading(columns=(("title", "hedline"),))))
    assert caught.value.slug == "map-column"


def test_rows_are_kept_up_to_the_damage(tmp_path):
    texts = [f"Fog {n} " * 40 for n in range(4000)]
    how = {"row_group_size": 1000, "compression": "zstd", "write_page_checksum": True}
    path = write(tmp_path / "rows.parquet", {"text": texts}, **how)
    content = bytearray(path.read_bytes())
    third = pq.ParquetFile(path).metadata.row_group(2).column(0)
    at = third.data_page_offset + third.total_compressed_size // 2
    content[at : at + 64] = b"\xff" * 64
    path.write_bytes(content)
    *kept, last = read([path])
    assert isinstance(last, Rejected) and last.code == "parquet"
    assert 2000 <= len(kept) < 4000 and f"the {len(kept)} rows before" in last.reason


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(40) + b"PAR1", b"noise" * 99])
def test_what_is_no_parquet_is_rejected(tmp_path, content):
    (tmp_path / "rows.parquet").write_bytes(content)
    assert codes(tmp_path / "rows.parquet") == ["parquet"]


def test_random_damage_is_rejected_or_read(tmp_path):
    whole = write(tmp_path / "whole.parquet", CRAWL).read_bytes()
    rng = random.Random(5)
    for trial in range(120):
        torn = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            torn[rng.randrange(len(torn))] = rng.randrange(256)
        path = tmp_path / f"{trial}.parquet"
        path.write_bytes(torn)
        assert any(isinstance(x, Capture | Rejected) for x in read([path]))


def test_a_bomb_is_not_read(tmp_path):
    columns = {"text": ["fog " * 25_000] * 400}
    path = write(tmp_path / "bomb.parquet", columns, compression="zstd")
    assert path.stat().st_size < 10_000
    *kept, last = read([path], reading=Reading(record_bytes=1 << 20))
    assert last.code == "expansion" and len(kept) < 100


def test_a_long_table_is_never_held(tmp_path):
    rng = random.Random(1)
    texts = [rng.randbytes(4000).hex() for _ in range(4000)]
    path = write(tmp_path / "rows.parquet", {"text": texts}, row_group_size=4000)
    del texts
    pool = pa.default_memory_pool()
    before = pool.bytes_allocated()
    tracemalloc.start()
    n_rows, most = 0, 0
    for _ in read([path]):
        n_rows += 1
        most = max(most, pool.bytes_allocated() - before)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_rows == 4000 and path.stat().st_size > 30_000_000
    assert peak < 8_000_000 and most < 24_000_000
