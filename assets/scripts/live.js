// Answers that follow the pen: one small picture a question, over a WebSocket; where there is none, to
// Gradio's event `answer`, past its queue and its uploads. A reply to an older picture than the one shown
// last is dropped.

const MOVING_INTERVAL_MS = 170; // at least five answers a second while the pen moves
const LOOK_INTERVAL_MS = 20; // how often the pen is looked at
const REPLY_TIMEOUT_MS = 8_000;
const MAX_RETRY_MS = 15_000; // between two attempts to have a drawing answered

class Live {
  constructor(paper) {
    this.paper = paper;
    this.connection = new Connection();
    this.asked = 0; // number of the latest question
    this.settled = 0; // replies up to this number are late
    this.isAsking = { moving: false, settled: false }; // one question of each kind at a time
    this.isChanged = false; // since the settled question that is under way
    this.movedAt = 0;
    this.strokeLength = 0;
    this.failures = 0;
    this.explain = false;
  }

  /** Whatever is on its way belongs to a drawing of the past. */
  forget() {
    clearTimeout(this.retry);
    this.settled = this.asked;
  }

  /** The drawing has changed for good: a stroke ended, was undone, erased or cleared. The newest waits. */
  async drawingChanged() {
    this.forget();
    this.strokeLength = 0;
    this.isChanged = false;
    if (this.paper.isForGradio) return document.querySelector("#recognise").click();
    const box = this.paper.read();
    this.isChanged = Boolean(box) && this.isAsking.settled;
    if (!box) return showEmpty();
    if (this.isChanged) return;
    const bounds = paperBounds(this.paper.editor);
    const isShown = await this.ask("settled", this.paper.picture);
    if (isShown && !this.paper.stroke.length) animateIntoPicture(this.paper.ink, box, bounds);
    if (this.isChanged) this.drawingChanged();
  }

  /** The pen moves: ask now and then. */
  penMoves() {
    const strokeLength = this.paper.stroke.length;
    if (!strokeLength || strokeLength === this.strokeLength) return;
    if (performance.now() - this.movedAt < MOVING_INTERVAL_MS || this.isAsking.moving) return;
    if (this.failures || this.paper.isForGradio || this.paper.brush.state.mode !== "draw") return;
    this.movedAt = performance.now();
    this.strokeLength = strokeLength;
    const box = this.paper.read();
    if (box) this.ask("moving", this.paper.closeUp(box), box);
  }

  /**
   * Ask about the picture of a moving pen, a part of the paper in a box, or of a settled drawing, all of it.
   * Return whether the reply was shown.
   */
  async ask(kind, picture, part = null) {
    const number = (this.asked += 1);
    this.isAsking[kind] = true;
    try {
      const reply = await this.reply(kind === "settled", picture);
      this.failures = 0;
      if (number <= this.settled || reply.busy) return false;
      this.settled = number;
      if (part) placeOnPaper(reply.number, part);
      showReply(reply, kind === "settled");
      return !reply.error;
    } catch (error) {
      console.warn("no answer:", error);
      if (number > this.settled) this.#noAnswer(error.key);
      return false;
    } finally {
      this.isAsking[kind] = false;
    }
  }

  /** Say so, and ask about the drawing again in a while. */
  #noAnswer(key) {
    showLost(key);
    this.failures += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.drawingChanged(), Math.min(MAX_RETRY_MS, 500 * 2 ** this.failures));
  }

  /** The server's reply to a picture, a data URI, by way of the connection where there is one. */
  async reply(settled, picture) {
    if (this.connection.isOpen) {
      try {
        return await this.connection.ask((this.explain ? EXPLAIN : 0) | (settled ? SETTLED : 0), picture);
      } catch (error) {
        console.warn("asking again by HTTP:", error);
      }
    }
    this.connection.connect();
    return post("answer", [picture, this.explain]);
  }
}

/** Where the server has something, also behind a proxy that serves the page in a folder. */
function serverUrl(path) {
  return new URL(location.pathname.replace(/\/?$/, "/") + path, location.origin);
}

/** Call one of Gradio's events by name, past its queue. */
async function post(name, data) {
  const response = await fetch(serverUrl(`gradio_api/run/${name}`), {
    method: "POST",
    signal: AbortSignal.timeout(REPLY_TIMEOUT_MS),
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ data }),
  });
  if (!response.ok) {
    const refusal = await response.json().catch(() => ({})); // its key names a sentence: too large, busy
    throw Object.assign(new Error(`${name}: ${response.status} ${response.statusText}`), { key: refusal.key });
  }
  return (await response.json()).data[0];
}
