// The fetcher of GraphiQL, which speaks to the server it came from: over HTTP, subscriptions over
// graphql-transport-ws.
import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";

const endpoint = "/graphql";

export function fetcher(params, { headers = {} } = {}) {
  return isSubscription(params) ? subscribe(params, headers) : post(params, headers);
}

// GraphiQL has parsed the document, but some time after the last key: what it passes may be older than the text.
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === "subscription";
  } catch {
    // The server says what is wrong with it.
    return false;
  }
}

async function post(params, headers) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify(params),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    // A proxy before the server answers in its own way; GraphiQL shows the message of what is thrown.
    throw new Error(`${response.status} ${response.statusText}\n${text}`);
  }
}

// A client of its own for each subscription: the headers may have changed since the last one, and the socket closes
// with its only operation.
function subscribe(params, headers) {
  const url = new URL(`${endpoint}/ws`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const token = Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization");
  return createClient({
    url: url.href,
    // Browsers cannot send headers with a socket.
    connectionParams: token && { authorization: token[1] },
  }).iterate(params);
}
