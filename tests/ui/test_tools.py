"""The tools that the app gives to other programs over MCP, used as those programs use them."""

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool
from PIL import Image, ImageDraw

from app import build_app, launch_options, parse_settings


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of the MCP server of a served app."""
    blocks = build_app()
    _, url, _ = blocks.launch(mcp_server=True, prevent_thread_lock=True, quiet=True, **launch_options())
    yield f"{url}gradio_api/mcp/"
    blocks.close()


def ask(url: str, question: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    """Open a session as an MCP client does, and ask."""

    async def session() -> Any:
        async with (
            streamable_http_client(url) as (read, write, _),
            ClientSession(read, write) as client,
        ):
            await client.initialize()
            return await question(client)

    with ThreadPoolExecutor(1) as thread:  # an event loop of its own, whatever tests ran before
        return thread.submit(asyncio.run, session()).result()


def uri(*lines: list[tuple[int, int]], mode: str = "RGB") -> str:
    """Return lines drawn with a pen, as the data URI of a PNG."""
    picture = Image.new(mode, (500, 280), "white" if mode == "RGB" else "#0000")
    for line in lines:
        ImageDraw.Draw(picture).line(line, fill="#111", width=22, joint="curve")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


SEVEN = [(80, 60), (200, 60), (130, 230)]
ONE = [(340, 60), (340, 230)]


def call(url: str, tool: str, picture: str) -> CallToolResult:
    result = ask(url, lambda client: client.call_tool(tool, {"picture": picture}))
    assert isinstance(result, CallToolResult)
    return result


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_the_tools_are_those_meant_for_others(url: str) -> None:
    """There are two tools; each says what it does, and takes one picture and nothing else."""
    tools: list[Tool] = ask(url, lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == {"recognise_digit", "recognise_number"}
    for tool in tools:
        assert "handwritten" in (tool.description or "")
        assert list(tool.inputSchema["properties"]) == ["picture"]
        assert tool.inputSchema["properties"]["picture"]["type"] == "string"


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_digit_is_read(url: str, mode: str) -> None:
    """A picture of a digit gives the three likeliest, as JSON."""
    answer = json.loads(text(call(url, "recognise_digit", uri(SEVEN, mode=mode))))
    assert answer["label"] == "7"
    assert len(answer["confidences"]) == 3


def test_a_number_is_read(url: str) -> None:
    """A picture of a number gives the number and its digits."""
    answer = json.loads(text(call(url, "recognise_number", uri(SEVEN, ONE))))
    assert answer["label"] == "71"
    assert len(answer["digits"]) == 2


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (uri(), "Nothing is drawn"),
        ("data:image/png;base64,AAAA", ""),
        ("/etc/passwd", "http"),
        ("http://127.0.0.1:1/seven.png", ""),
    ],
    ids=["blank", "no picture", "a file of the server", "an address inside"],
)
def test_what_cannot_be_read_is_an_error(url: str, picture: str, words: str) -> None:
    """A blank sheet, no picture, the server's own files and its inner network give an error, not a guess."""
    result = call(url, "recognise_digit", picture)
    assert result.isError
    assert words in text(result)


@pytest.mark.parametrize(
    ("argv", "variable", "expected"),
    [([], "", False), (["--mcp"], "", True), ([], "True", True), ([], "1", True), ([], "False", False)],
)
def test_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, argv, variable: str, expected: bool) -> None:
    """The tools are served with --mcp or GRADIO_MCP_SERVER, and not otherwise."""
    monkeypatch.setenv("GRADIO_MCP_SERVER", variable)
    assert parse_settings(argv).mcp is expected


def test_no_way_around_the_password(capsys: pytest.CaptureFixture[str]) -> None:
    """MCP, which asks for no password, is not served where one is wanted."""
    with pytest.raises(SystemExit):
        parse_settings(["--mcp", "--auth-file", "passwords.txt"])
    assert "password" in capsys.readouterr().err
