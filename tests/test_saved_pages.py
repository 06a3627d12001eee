"""Pages people saved: by a browser as one file or as HTML, and from the Wayback Machine."""

import base64
import quopri

import pytest

from firsthand import pipeline, wayback
from firsthand.ingest import read
from firsthand.model import Capture, Rejected, Skipped

STORY = "The harbour stayed closed on Monday because of thick fog, the harbour master said. " * 6
PAGE = f"<html><head><title>Möwe</title></head><body><h1>Fog</h1><p>{STORY}</p></body></html>"

BYTES = PAGE.encode()


def mhtml(body=BYTES, encoding="quoted-printable", head="", frames=""):
    packed = quopri.encodestring(body) if encoding[0] == "q" else base64.encodebytes(body)
    return (
        "From: <Saved by Blink>\r\n"
        f"Snapshot-Content-Location: https://post.example/fog\r\n{head}Subject: Fog\r\n"
        "Date: Tue, 4 Mar 2025 05:06:07 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----B"\r\n\r\n\r\n'
        f"------B\r\nContent-Type: text/html; charset=utf-8\r\nContent-ID: <f@mhtml.blink>\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\nContent-Location: https://post.example/x\r\n\r\n"
    ).encode() + packed + (
        "\r\n------B\r\nContent-Type: image/png\r\n\r\niVBO\r\n"
        f"{frames}------B--\r\n"
    ).encode()  # fmt: skip


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("name", ["fog.mhtml", "FOG.MHT", "fog"])
def test_a_page_saved_as_one_file(tmp_path, encoding, name):
    (tmp_path / name).write_bytes(mhtml(encoding=encoding))
    (found,) = read([tmp_path])
    assert (found.content.decode(), found.url, found.fetched_at, found.encoding) == (
        PAGE, "https://post.example/fog", "2025-03-04T05:06:07+00:00", "utf-8",
    )  # fmt: skip
    (article,) = pipeline.trace([tmp_path]).articles
    assert "thick fog" in article.text and article.url == "https://post.example/fog"


def test_frames_are_counted(tmp_path):
    frame = "------B\r\nContent-Type: text/html\r\n\r\n<p>Buy boots.</p>\r\n"
    (tmp_path / "fog.mhtml").write_bytes(mhtml(frames=frame))
    found = list(read([tmp_path]))
    assert [x.count for x in found if isinstance(x, Skipped)] == [1]
    assert [x.content.decode() for x in found if isinstance(x, Capture)] == [PAGE]


@pytest.mark.parametrize(
    "content",
    [
        b"MIME-Version: 1.0\r\nContent-Type: image/png\r\n\r\nx",
        b"no mail at all",
        mhtml(b" "),
        mhtml(head="".join(f'X{n}: ; boundary="{n}"\r\n' for n in range(999))),
    ],
)
def test_no_page_in_a_saved_page(tmp_path, content):
    (tmp_path / "fog.mhtml").write_bytes(content)
    (bad,) = read([tmp_path])
    assert isinstance(bad, Rejected) and bad.code == "mhtml"


def test_deep_parts_are_no_way_to_the_end_of_the_stack(tmp_path):
    deep = b"MIME-Version: 1.0\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(5000)
    )
    (tmp_path / "fog.mhtml").write_bytes(deep)
    assert [x.code for x in read([tmp_path])] == ["mhtml"]


BANNER = (
    "<!-- BEGIN WAYBACK TOOLBAR INSERT -->\n<div id='wm-ipp-base'>The Wayback Machine counts 42 "
    "captures between the first and the last.</div>\n<!-- END WAYBACK TOOLBAR INSERT -->"
)
ARCHIVED = (
    "<html><head><link rel='canonical' href='https://web.archive.org/web/20220904101112/"
    "http://post.example/fog'><script>__wm.init('x');\n"
    '__wm.wombat("http://post.example/fog","20220904101112","https://web.archive.org/","web",'
    f'"/_static/","1662286272");</script></head><body>{BANNER}<h1>Fog</h1><p>{STORY}</p></body></html>\n'
    "<!--\n     FILE ARCHIVED ON 10:11:12 Sep 04, 2022 AND RETRIEVED FROM THE\n"
    "     INTERNET ARCHIVE ON 09:00:00 Mar 04, 2025.\n-->"
)


def test_a_page_saved_from_the_wayback_machine(tmp_path):
    (tmp_path / "fog.html").write_text(ARCHIVED)
    (found,) = read([tmp_path])
    assert (found.url, found.fetched_at) == ("http://post.example/fog", "2022-09-04T10:11:12Z")
    assert found.content.decode() == ARCHIVED
    (article,) = pipeline.trace([tmp_path]).articles
    assert "thick fog" in article.text and "captures between" not in article.text
    assert article.url == "http://post.example/fog"


@pytest.mark.parametrize(
    ("head", "url", "at"),
    [
        ("saved from url=(0024)https://post.example/fog", "https://post.example/fog", None),
        (
            "saved from url=(0060)https://web.archive.org/web/20220904101112/http://post.example/fog",
            "http://post.example/fog",
            "2022-09-04T10:11:12Z",
        ),
        (
            "\n Page saved with SingleFile \n url: https://post.example/fog \n saved date: "
            "Tue Mar 04 2025 05:06:07 GMT+0100 (Central European Standard Time)\n",
            "https://post.example/fog",
            "2025-03-04T05:06:07+01:00",
        ),
        ("saved by hand", None, None),
    ],
)
def test_what_browsers_write_on_saving(tmp_path, head, url, at):
    (tmp_path / "fog.html").write_text(f"<!DOCTYPE html>\n<!-- {head} -->\n{PAGE}")
    (found,) = read([tmp_path])
    assert (found.url, found.fetched_at) == (url, at)


def test_an_archived_address_in_a_table_is_taken_apart(tmp_path):
    url = "https://web.archive.org/web/20220904101112/http://post.example/fog"
    (tmp_path / "rows.jsonl").write_text(f'{{"text": "Fog.", "url": "{url}"}}\n')
    (article,) = pipeline.trace([tmp_path]).articles
    assert (article.url, article.captured_at) == ("http://post.example/fog", "2022-09-04T10:11:12Z")


def test_a_banner_that_never_closes_hides_nothing():
    open_ended = ARCHIVED.replace("<!-- END WAYBACK TOOLBAR INSERT -->", "")
    assert wayback.without_banner(open_ended) == open_ended
    far = ARCHIVED.replace("<h1>", "<!-- BEGIN WAYBACK TOOLBAR INSERT -->" + "x" * 300_000 + "<h1>")
    assert "thick fog" in wayback.without_banner(far)
