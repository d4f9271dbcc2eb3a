/** Feeds' streams and who listens; a listener that comes later is first told the last whole state. */
import { patched } from "./patch.js";

const AGAIN_MS = [1000, 3000]; // after an answer that ends an EventSource for good, such as a proxy's 502

export class Streams {
  constructor() {
    this.feeds = new Map();
  }

  join(feed, tell, who) {
    const stream = this.feeds.get(feed) ?? this.open(feed);
    stream.listeners.set(who, tell);
    if (stream.state) tell({ snapshot: stream.state });
    if (stream.down) tell({ down: true });
  }

  leave(who) {
    for (const [feed, stream] of this.feeds) {
      stream.listeners.delete(who);
      if (stream.listeners.size) continue;
      clearTimeout(stream.timer);
      stream.source.close();
      this.feeds.delete(feed);
    }
  }

  open(feed) {
    const stream = { listeners: new Map(), state: null, down: false, source: null, timer: 0 };
    this.feeds.set(feed, stream);
    this.connect(feed, stream);
    return stream;
  }

  connect(feed, stream) {
    const source = (stream.source = new EventSource(`/api/${encodeURIComponent(feed)}/stream`));
    const say = (said) => stream.listeners.forEach((tell) => tell(said));
    source.addEventListener("snapshot", (event) => {
      stream.state = JSON.parse(event.data);
      stream.down = false;
      say({ snapshot: stream.state });
    });
    source.addEventListener("delta", (event) => {
      const delta = JSON.parse(event.data);
      stream.state = patched(stream.state ?? {}, delta);
      say({ delta });
    });
    source.addEventListener("trouble", (event) => say({ trouble: JSON.parse(event.data).reason }));
    source.onerror = () => {
      stream.down = true;
      say({ down: true });
      if (source.readyState !== EventSource.CLOSED) return;
      const [least, most] = AGAIN_MS;
      stream.timer = setTimeout(() => this.connect(feed, stream), least + Math.random() * (most - least));
    };
  }
}
