// A network between a page and the server, which can fall silent without a word.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** Starts a proxy before a server. */
export async function startProxy(context, server) {
  const pairs = new Set();
  const proxy = createServer((inner) => {
    const outer = connect(server.port, "127.0.0.1");
    const pair = [inner, outer];
    pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        pairs.delete(pair);
        pair.forEach((other) => other.destroy());
      });
    }
    inner.pipe(outer);
    outer.pipe(inner);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  context.after(() => {
    pairs.forEach((pair) => pair.forEach((socket) => socket.destroy()));
    proxy.close();
  });
  return {
    origin: `http://127.0.0.1:${proxy.address().port}`,
    /** The connections that are open now are cut; new ones work. */
    cut: () => pairs.forEach((pair) => pair.forEach((socket) => socket.destroy())),
    /** The number of connections that are open. */
    count: () => pairs.size,
    /** The connections that are open now carry nothing more, and stay open; new ones work. */
    silence() {
      for (const [inner, outer] of pairs) {
        inner.unpipe(outer);
        outer.unpipe(inner);
        // What still comes is read and lost.
        inner.resume();
        outer.resume();
      }
    },
  };
}
