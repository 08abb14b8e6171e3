// Answers that follow the pen: one small picture a question, over a WebSocket; where there is none, to
// Gradio's event `answer`, past its queue and its uploads. A reply to an older picture than the one shown
// last is dropped.

const MOVING_INTERVAL_MS = 180; // at least five answers a second while the pen moves
const MOVING_SIDE_PX = 140; // five times the model's picture, and less than 1 kB
const SETTLED_SIDE_PX = 280; // ten times, enough for six digits: 2 kB a drawing

class Live {
  constructor(paper) {
    this.paper = paper;
    this.connection = new Connection();
    this.asked = 0; // number of the latest question
    this.settled = 0; // replies up to this number are late
    this.underway = 0;
    this.strokeLength = 0;
    this.explain = false;
  }

  /** Whatever is on its way belongs to a drawing of the past. */
  forget() {
    this.settled = this.asked;
  }

  /** The drawing has changed for good: a stroke ended, was undone, erased or cleared. */
  async drawingChanged() {
    this.strokeLength = 0;
    this.forget();
    if (this.paper.hasPhoto) return document.querySelector("#recognise").click();
    const box = this.paper.read(SETTLED_SIDE_PX);
    if (!box) return showEmpty();
    if (await this.ask(true)) animateIntoPicture(this.paper.ink, box, paperBounds(this.paper.editor));
  }

  /** The pen moves: ask now and then, and never twice at a time. */
  penMoves() {
    const { strokeLength } = this.paper;
    if (!strokeLength || strokeLength === this.strokeLength || this.underway) return;
    if (this.paper.hasPhoto || this.paper.brush.state.mode !== "draw") return;
    this.strokeLength = strokeLength;
    if (this.paper.read(MOVING_SIDE_PX)) this.ask(false);
  }

  /** Ask about what was read last. Return whether the reply was shown. */
  async ask(settled) {
    const number = (this.asked += 1);
    this.underway += 1;
    try {
      const reply = await this.reply(settled);
      if (number <= this.settled || reply.busy) return false;
      this.settled = number;
      showReply(reply, settled);
      return !reply.error;
    } catch (error) {
      console.warn("no answer:", error);
      if (number > this.settled) setMessage("error.connection");
      return false;
    } finally {
      this.underway -= 1;
    }
  }

  /** The server's reply to what was read last, by way of the connection where there is one. */
  async reply(settled) {
    const picture = await this.paper.picture();
    if (this.connection.isOpen) {
      try {
        return await this.connection.ask((this.explain ? EXPLAIN : 0) | (settled ? SETTLED : 0), picture);
      } catch (error) {
        console.warn("asking again by HTTP:", error);
      }
    }
    this.connection.connect();
    return post("answer", [await dataUri(picture), this.explain]);
  }
}

/** A Blob as a data URI. */
function dataUri(blob) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });
}

/** Call one of Gradio's events by name, past its queue. */
async function post(name, data) {
  const response = await fetch(new URL(`gradio_api/run/${name}`, document.baseURI), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ data }),
  });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  return (await response.json()).data[0];
}
