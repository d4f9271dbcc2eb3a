/** A feed's state on this page, and by the browser's own clock whether it is still being renewed. */
import { patched } from "./patch.js";
import { Streams } from "./streams.js";

export const LOST_MS = 4500; // the server speaks at least every two seconds
const LOOK_MS = 250;

export class Live {
  /** `changed(state)` after every message; `connection(how)`: "waiting", "open", "lost" or "trouble", when it changes. */
  constructor(feed, changed, connection) {
    this.state = null;
    this.how = "waiting";
    this.changed = changed;
    this.connection = connection;
    this.heard = performance.now();
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.attach(feed);
    this.hide = () => this.detach();
    this.show = (event) => event.persisted && this.attach(feed);
    addEventListener("pagehide", this.hide);
    addEventListener("pageshow", this.show);
  }

  attach(feed) {
    const hear = (said) => this.hear(said);
    if (typeof SharedWorker === "undefined") {
      const streams = new Streams();
      streams.join(feed, hear, this);
      this.detach = () => streams.leave(this);
      return;
    }
    const { port } = new SharedWorker(new URL("./worker.js", import.meta.url), { type: "module" });
    port.onmessage = ({ data }) => hear(data);
    port.start();
    port.postMessage({ join: feed });
    this.detach = () => port.postMessage({ leave: true });
  }

  hear(said) {
    if (said.down) return this.turn("lost");
    this.heard = performance.now();
    if (said.trouble) return this.turn("trouble");
    this.state = said.snapshot ?? patched(this.state ?? {}, said.delta);
    this.turn("open");
    this.changed(this.state);
  }

  look() {
    if (performance.now() - this.heard > LOST_MS) this.turn("lost");
  }

  turn(how) {
    if (how === this.how) return;
    this.how = how;
    this.connection(how);
  }

  close() {
    clearInterval(this.timer);
    removeEventListener("pagehide", this.hide);
    removeEventListener("pageshow", this.show);
    this.detach();
  }
}
