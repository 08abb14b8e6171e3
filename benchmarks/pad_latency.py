"""How long the answer takes after the pen lifts, and what a stroke costs.

    python -m benchmarks.pad_latency --strokes pen_strokes.npz
    python -m benchmarks.pad_latency --strokes pen_strokes.npz --endure 500

draws real strokes at a pen's pace with the pointer in headless Chromium, in turn on this app and on the demo
as the notebook has it (Sketchpad, Submit, Keras; where TensorFlow is installed), and writes
benchmarks/results/pad_latency.json. The notebook's answer is counted from a click on Submit right after the
pen lifts. With --endure it then draws that many strokes and tells how the server's memory and its temporary
files have grown.
"""

import argparse
import importlib.util
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from playwright.sync_api import Page, Request, WebSocket, sync_playwright

from benchmarks.servers import CHROMIUM_ARGS, Server, served
from model.strokes import Strokes, fit_unit_box, load_pen_digits

RESULTS = Path(__file__).parent / "results" / "pad_latency.json"
SEED = 7
PLACE, SIDE = 0.25, 0.5  # of a digit on the pad, in shares of the pad
POINT_MS = 12  # between two points: the pointer of a usual screen
SETTLE_MS = 700  # after the last change, an answer changes no more
TIMEOUT_MS = 30_000
NOTEBOOK_LABEL = "[data-testid=label-output-value]"
SUBMIT, CLEAR, BRUSH = "button:has-text('Submit')", "button:has-text('Clear')", "button[aria-label=Brush]"
# Note when the pen was lifted and when the label's text was last another than before.
WATCH = """(label) => {
  const text = () => document.querySelector(label)?.innerText ?? "";
  const seen = { up: 0, changed: 0, text: text() };
  window.seen = seen;
  addEventListener("pointerup", () => (seen.up = performance.now()), true);
  new MutationObserver(() => {
    if (text() === seen.text) return;
    seen.text = text();
    seen.changed = performance.now();
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


@dataclass
class Traffic:
    """What the page has sent and received since the last reset."""

    requests: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    replies: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Count from now on."""
        page.on("request", self._request)
        page.on("websocket", self._socket)

    def reset(self) -> None:
        """Begin anew."""
        self.requests = self.sent_bytes = self.received_bytes = 0
        self.replies = []

    def _request(self, request: Request) -> None:
        if request.url.startswith(("data:", "blob:")):
            return
        self.requests += 1
        self.sent_bytes += len(request.post_data_buffer or b"")

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self._count("sent_bytes", payload))
        socket.on("framereceived", lambda payload: self._count("received_bytes", payload))

    def _count(self, name: str, payload: str | bytes) -> None:
        setattr(self, name, getattr(self, name) + len(payload))
        if name == "received_bytes":
            self.replies.append(str(payload))


@dataclass
class Pad:
    """A page with a pad, as a person uses it."""

    page: Page
    label: str
    submit: str | None
    clear: str
    traffic: Traffic

    def draw(self, strokes: Strokes) -> float:
        """Draw a digit; return for how many seconds the pen was down."""
        box = self.page.locator("canvas").first.bounding_box()
        if box is None:
            raise RuntimeError("The page shows no canvas to draw on.")
        mouse, down_s = self.page.mouse, 0.0
        for stroke in strokes:
            points = [
                (box["x"] + (PLACE + SIDE * x) * box["width"], box["y"] + (PLACE + SIDE * y) * box["height"])
                for x, y in stroke.tolist()
            ]
            mouse.move(*points[0])
            started = self.page.evaluate("performance.now()")
            mouse.down()
            began_s, at = monotonic(), 0
            while at < len(points) - 1:  # where the page is late, points are lost, as to a screen
                due = int((monotonic() - began_s) * 1000 / POINT_MS)
                at = min(max(at + 1, due), len(points) - 1)
                mouse.move(*points[at])
                self.page.wait_for_timeout(max(0, at * POINT_MS - (monotonic() - began_s) * 1000))
            mouse.up()
            down_s += (self.page.evaluate("seen.up") - started) / 1000
        return down_s

    def answer_ms(self) -> float:
        """Return the milliseconds from pen-up to the label's last change, once that has come.

        A label that named the answer while the pen still moved, and never changed again, counts 0.
        """
        if self.submit:
            self.page.locator(self.submit).click()
        self.page.wait_for_function(
            f"seen.text && performance.now() - Math.max(seen.up, seen.changed) > {SETTLE_MS}",
            timeout=TIMEOUT_MS,
        )
        return max(0.0, self.page.evaluate("seen.changed - seen.up"))

    def wipe(self) -> None:
        """Clear the pad and the answer, in front: a browser slows the page behind."""
        self.page.bring_to_front()
        self.page.locator(self.clear).first.click()
        if self.submit:  # the notebook's pad lays the brush down
            self.page.locator(BRUSH).click()
        self.page.wait_for_timeout(SETTLE_MS)
        self.page.evaluate("seen.text = ''")


def main() -> None:
    """Measure as the command line says, print a table and write the results."""
    arguments = _parse_arguments()
    digits = load_pen_digits(arguments.strokes)
    chosen = np.random.default_rng(SEED).permutation(len(digits))[: arguments.digits]
    drawings = [fit_unit_box(digits[index].strokes) for index in chosen]
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS)
        with served([sys.executable, "app.py"], {"GRADIO_TEMP_DIR": folder}) as server:
            app = _open(browser.new_page(), server, "#answer-label", None, "#clear")
            pads = {"app": app}
            if importlib.util.find_spec("tensorflow"):
                with served([sys.executable, "-m", "benchmarks.notebook_app"]) as other:
                    page = browser.new_page()
                    pads["notebook"] = _open(page, other, NOTEBOOK_LABEL, SUBMIT, CLEAR)
                    results = _measure(pads, drawings)
            else:
                results = _measure(pads, drawings)
            if arguments.endure:
                results["endurance"] = _endure(app, server, Path(folder), drawings, arguments.endure)
    if "notebook" in results:
        results["times_faster"] = round(
            results["notebook"]["answer_ms_median"] / max(results["app"]["answer_ms_median"], 1), 1
        )
    print(json.dumps(results, indent=1))
    arguments.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strokes", type=Path, required=True, help="pen digits, see model/README.md")
    parser.add_argument("--digits", type=int, default=20, help="that are drawn on each pad")
    parser.add_argument("--endure", type=int, default=0, help="strokes to draw after that")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


def _open(page: Page, server: Server, label: str, submit: str | None, clear: str) -> Pad:
    traffic = Traffic()
    traffic.watch(page)
    page.goto(server.url)
    page.locator("canvas").first.wait_for()
    page.wait_for_timeout(3000)
    page.evaluate(WATCH, label)
    return Pad(page, label, submit, clear, traffic)


def _measure(pads: dict[str, Pad], drawings: list[Strokes]) -> dict[str, Any]:
    """Draw every digit on every pad, in turn; the first on each only warms it up."""
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in pads}
    for strokes in drawings:
        for name, pad in pads.items():
            pad.wipe()
            pad.traffic.reset()
            down_s = pad.draw(strokes)
            moving = len(pad.traffic.replies)
            milliseconds = pad.answer_ms()
            rows[name].append(
                {
                    "answer_ms": milliseconds,
                    "strokes": len(strokes),
                    "down_s": down_s,
                    "moving_answers": moving,
                    "requests": pad.traffic.requests,
                    "bytes": pad.traffic.sent_bytes + pad.traffic.received_bytes,
                }
            )
    return {name: _summary(each[1:]) for name, each in rows.items()}


def _summary(rows: list[dict[str, float]]) -> dict[str, float]:
    total = {name: sum(row[name] for row in rows) for name in rows[0]}
    answers = [row["answer_ms"] for row in rows]
    return {
        "digits": len(rows),
        "answer_ms_median": round(float(np.median(answers)), 1),
        "answer_ms_p95": round(float(np.percentile(answers, 95)), 1),
        "requests_a_stroke": round(total["requests"] / total["strokes"], 2),
        "bytes_a_stroke": round(total["bytes"] / total["strokes"]),
        "seconds_a_stroke": round(total["down_s"] / total["strokes"], 2),
        "answers_a_second_while_moving": round(total["moving_answers"] / total["down_s"], 2),
    }


def _endure(pad: Pad, server: Server, folder: Path, drawings: list[Strokes], strokes: int) -> dict[str, Any]:
    """Draw on and on, clearing now and then; return what grew."""
    before_mb, before_files = server.memory_mb(), _files(folder)
    drawn = 0
    while drawn < strokes:
        pad.wipe()
        for drawing in drawings:
            pad.draw(drawing)
            drawn += len(drawing)
            pad.page.wait_for_timeout(200)
            pad.wipe()
    return {
        "strokes": drawn,
        "memory_growth_mb": round(server.memory_mb() - before_mb, 1),
        "new_temporary_files": _files(folder) - before_files,
    }


def _files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


if __name__ == "__main__":
    main()
