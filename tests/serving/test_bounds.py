"""Over a bound there is a clear answer, and whoever stays within is not touched."""

import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace

import gradio as gr
import pytest
from starlette.testclient import TestClient

from app import build_app, launch_options
from model import Recogniser
from serving import Health
from serving.blobs import MAX_AGE_S, RecentBlobs, checked
from serving.bodies import check_json
from serving.limits import MAX_FILE_BYTES, MAX_JSON_BYTES
from serving.logs import JsonFormatter
from serving.rate import client_of
from serving.refusal import Refusal

RUN = "/gradio_api/run/answer"


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


@pytest.fixture(scope="module")
def blocks(recogniser) -> gr.Blocks:
    blocks = build_app(recogniser)
    blocks.max_file_size = MAX_FILE_BYTES  # as launch() sets it
    return blocks


def serve(blocks, recogniser, health: Health | None = None) -> TestClient:
    options = launch_options(recogniser, health)
    app = gr.routes.App.create_app(blocks, app_kwargs=options["app_kwargs"])
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def client(blocks, recogniser, monkeypatch, tmp_path) -> Iterator[TestClient]:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    with serve(blocks, recogniser) as client:
        yield client


def test_healthy_and_ready_until_told_to_stop(blocks, recogniser) -> None:
    """While the server drains it lives on, but is not ready."""
    health = Health()
    client = serve(blocks, recogniser, health)
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    assert health.drain(0, 0)
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)


def test_drain_waits_for_what_is_under_way() -> None:
    """A request that is not answered in time is told of."""
    health = Health()
    health.under_way = 1
    assert not health.drain(0, 0)


def test_metrics_count_requests_and_name_the_model(client, recogniser) -> None:
    """Prometheus sees kinds and statuses, refusals, and which model serves."""
    client.post(RUN, json={"data": ["nothing", False]})
    client.post(RUN, content=b"x" * (MAX_JSON_BYTES + 1), headers={"content-type": "application/json"})
    shown = client.get("/metrics").text
    assert 'digits_requests_total{kind="event",status="200"} 1.0' in shown
    assert 'digits_requests_total{kind="event",status="413"} 1.0' in shown
    assert 'digits_refusals_total{reason="size"} 1.0' in shown
    assert recogniser.sha256 in shown


@pytest.mark.parametrize(
    ("path", "size", "content_type"),
    [
        (RUN, MAX_JSON_BYTES, "application/json"),
        ("/gradio_api/queue/join", MAX_JSON_BYTES, "application/json"),
        ("/gradio_api/upload", MAX_FILE_BYTES, "multipart/form-data; boundary=x"),
        ("/login", MAX_JSON_BYTES, "application/x-www-form-urlencoded"),
    ],
)
@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "chunked"])
def test_too_large_a_body_is_413(client, path, size, content_type, is_declared) -> None:
    """Whether the length is told or not, no more is read than is allowed."""
    chunks = (b"x" * 100_000 for _ in range(size // 100_000 + 2))
    content = b"x" * (size + 1) if is_declared else chunks
    reply = client.post(path, content=content, headers={"content-type": content_type})
    assert reply.status_code == 413
    assert reply.json()["key"] == "error.too_large"


@pytest.mark.parametrize(("language", "word"), [("en-US", "large"), ("zh-TW", "太大")])
def test_a_refusal_speaks_the_clients_language(client, language, word) -> None:
    """The sentence is one of the translations."""
    headers = {"content-type": "application/json", "accept-language": language}
    assert word in client.post(RUN, content=b"x" * (MAX_JSON_BYTES + 1), headers=headers).json()["error"]


def test_too_many_requests_are_429(blocks, recogniser, monkeypatch) -> None:
    """One address is asked to wait; another, behind the same proxy, and reading are not."""
    monkeypatch.setenv("DIGITS_RATE", "3/minute")
    client = serve(blocks, recogniser)
    replies = [client.post(RUN, json={"data": ["x", False]}) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert int(replies[-1].headers["retry-after"]) >= 1
    assert replies[-1].json()["key"] == "error.busy"
    assert client.get("/healthz").status_code == 200
    other = TestClient(client.app, client=("198.51.100.7", 1))
    assert other.post(RUN, json={"data": ["x", False]}).status_code == 200


def test_a_full_disk_is_429(client, tmp_path, monkeypatch) -> None:
    """Uploads wait until old ones are swept; drawing goes on."""
    monkeypatch.setattr("serving.bodies.UPLOADS_BYTES", MAX_FILE_BYTES + 10)
    (tmp_path / "old.png").write_bytes(b"x" * 100)
    assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 429
    assert client.post(RUN, json={"data": ["x", False]}).status_code == 200


def test_an_ipv6_household_is_one_client() -> None:
    """Changing the lower half of an address makes nobody another client."""
    one, two, far = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    assert (
        client_of({"client": (one, 1)}) == client_of({"client": (two, 1)}) != client_of({"client": (far, 1)})
    )


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\xff", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1e999}', b'"\\ud800"',
        b"[" * 50 + b"]" * 50, b"[" * 100_000, b"9" * 30, b"9" * 10_000,
        b'{"data": [{"path": "http://169.254.169.254/latest"}]}',
        b'{"data": [{"path": "HTTPS:\\/\\/127.0.0.1\\/"}]}',
        b'{"data": [{"path": "file:///etc/passwd"}]}',
        b'{"data": [{"path": "x", "url": "http://127.0.0.1:1/"}]}',
    ],
)  # fmt: skip
def test_json_that_is_none_is_refused(content: bytes) -> None:
    """Half-valid JSON and addresses to fetch never reach Gradio."""
    with pytest.raises(Refusal):
        check_json(content)


@pytest.mark.parametrize(
    "value",
    [{"data": [None, 1.5, "七", {"path": "/tmp/x", "url": "http://a/gradio_api/file=/tmp/x"}]}, [], 2**60],
)
def test_json_as_the_page_sends_it_passes(value) -> None:
    """Drawings, text of any language and a file's own address are let through."""
    check_json(json.dumps(value).encode())


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/file=http://127.0.0.1/",
        "/gradio_api/process_recording",
        "/monitoring",
        "/gradio_api/run/%00",
        "/static/" + "a" * 256,
        "/gradio_api/vibe-code/",
        "/gradio_api/run-history/records",
    ],
)
def test_doors_without_use_are_closed(client, path) -> None:
    """What the app does not use, nobody can."""
    assert client.get(path).status_code == client.post(path).status_code == 404


def test_headers_guard_the_page(client) -> None:
    """The page may be framed by a Space, and by nobody else."""
    headers = client.get("/").headers
    assert "frame-ancestors 'self' https://huggingface.co" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def blob(size: int) -> SimpleNamespace:
    return SimpleNamespace(background=None, composite=b"x" * size, layers=[])


def test_pictures_nobody_asks_for_are_forgotten() -> None:
    """The oldest go when there are too many bytes, or when they are old."""
    now = 0.0
    blobs = RecentBlobs(10_000, lambda: now)
    for name in "abc":
        blobs[name] = blob(3_000)
    assert list(blobs) == ["b", "c"]
    now = MAX_AGE_S + 1.0
    blobs["d"] = blob(1)
    assert list(blobs) == ["d"]
    blobs["e"] = blob(20_000)
    assert list(blobs) == []


@pytest.mark.parametrize("index", ["-1", "8", "1000000000000", "x"])
def test_a_layer_that_no_page_has_is_refused(index) -> None:
    """No list is made as long as a stranger says."""
    data = SimpleNamespace(data={"index": index, "id": "a", "type": "layer"}, files=[("blob", b"x")])
    with pytest.raises(ValueError):
        checked(lambda data: pytest.fail("accepted"))(data)


def test_a_log_line_is_one_object() -> None:
    """With its traceback, where there is one."""
    try:
        raise ValueError("七")
    except ValueError as exc:
        info = (type(exc), exc, exc.__traceback__)
    record = logging.LogRecord("digits", logging.ERROR, "f", 1, "went %s", ("wrong",), info)
    entry = json.loads(JsonFormatter().format(record))
    assert (entry["level"], entry["message"]) == ("error", "went wrong")
    assert "ValueError: 七" in entry["traceback"]
