// A WebSocket to the server, opened when there is something to ask. Replies come in the order of the questions.

const EXPLAIN = 1; // flags of a question, as in ui/socket.py
const SETTLED = 2;
const MAX_PAUSE_MS = 30_000; // between two attempts to connect

class Connection {
  constructor() {
    this.waiting = []; // who asked, and has no reply yet
    this.failures = 0;
    this.notBefore = 0;
    this.connect();
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Connect, unless that is under way, or has failed a moment ago. */
  connect() {
    if (this.socket || performance.now() < this.notBefore) return;
    const address = new URL("live", document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.addEventListener("open", () => (this.failures = 0));
    socket.addEventListener("message", ({ data }) => this.waiting.shift()?.resolve(JSON.parse(data)));
    socket.addEventListener("close", () => this.#lost());
  }

  /** Ask about a picture, a Blob. Return the reply; an Error where the connection goes meanwhile. */
  ask(flags, picture) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.socket.send(new Blob([new Uint8Array([flags]), picture]));
    });
  }

  #lost() {
    this.socket = null;
    this.failures += 1;
    this.notBefore = performance.now() + Math.min(MAX_PAUSE_MS, 250 * 2 ** this.failures);
    for (const { reject } of this.waiting.splice(0)) reject(new Error("the connection is lost"));
  }
}
