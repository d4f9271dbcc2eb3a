/** One EventSource per feed for all tabs of a browser: plain Server-Sent Events die at the seventh tab. */
import { Streams } from "./streams.js";

const streams = new Streams();
addEventListener("connect", (event) => {
  const port = event.ports[0];
  port.onmessage = ({ data }) => (data.join ? streams.join(data.join, (said) => port.postMessage(said), port) : streams.leave(port));
  port.start();
});
