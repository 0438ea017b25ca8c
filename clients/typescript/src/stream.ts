// Subscriptions over server-sent events: graphql-sse, a request for each.
import { errorOf } from "./api.js";
import { partsOf } from "./document.js";
import type { Transport } from "./live.js";
import { Ending, atEnd } from "./signal.js";

/** The server sends a comment every 15 s: a stream that is silent for longer than two of them is gone. */
const silenceMaxMs = 35_000;

/** The transport of one subscription by a stream. */
export const stream: Transport = async (api, { document, variables, as, onData }, end, onOpen) => {
  if (!api.platform.stream) throw new Error("there are no streams here");
  const token = await as?.token();
  const over = new Ending();
  const leave = atEnd(end, () => over.abort());
  let timer: number | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => over.abort(), silenceMaxMs) as unknown as number;
  };
  let rest = "";
  const take = (text: string) => {
    listen();
    const events = (rest + text).replace(/\r\n?/g, "\n").split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const value = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(event)?.[1];
      if (value("event") === "complete") return over.abort();
      if (value("event") !== "next" || over.aborted) continue;
      const { data, errors } = JSON.parse(value("data")!);
      if (!data) throw errorOf(errors[0]);
      onOpen();
      onData(data);
    }
  };
  const options = {
    url: `${api.origin}/graphql/stream`,
    method: "POST" as const,
    data: { query: partsOf(document).text, variables: variables as object },
    header: {
      "content-type": "application/json",
      accept: "text/event-stream",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    signal: over,
  };
  try {
    listen();
    await api.platform.stream(options, { open: onOpen, text: take });
  } finally {
    clearTimeout(timer);
    leave();
    over.abort();
  }
};
