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
    const address = serverUrl("live");
    address.protocol = address.protocol.replace("http", "ws");
    try {
      this.socket = new WebSocket(address);
    } catch (error) {
      console.warn("no WebSocket:", error);
      this.notBefore = Infinity;
      return;
    }
    const { socket } = this;
    socket.addEventListener("message", ({ data }) => {
      this.failures = 0; // an open connection may yet be refused
      this.waiting.shift()?.resolve(JSON.parse(data));
    });
    socket.addEventListener("close", () => this.#lost(socket));
  }

  /** Ask about a picture, a data URI. Return the reply; an Error where the connection goes meanwhile. */
  async ask(flags, picture) {
    const { socket } = this;
    const timeout = setTimeout(() => this.#lost(socket), REPLY_TIMEOUT_MS);
    try {
      return await new Promise((resolve, reject) => {
        this.waiting.push({ resolve, reject });
        socket.send(Uint8Array.from(String.fromCharCode(flags) + atob(picture.split(",")[1]), (c) => c.charCodeAt(0)));
      });
    } finally {
      clearTimeout(timeout);
    }
  }

  #lost(socket) {
    if (socket !== this.socket) return;
    this.socket = null;
    socket.close();
    this.failures += 1;
    this.notBefore = performance.now() + Math.min(MAX_PAUSE_MS, 250 * 2 ** this.failures);
    for (const { reject } of this.waiting.splice(0)) reject(new Error("the connection is lost"));
  }
}
