// The core: all that knows no browser, no Node and no mini-program.
export { Acclaim, type AcclaimOptions, type CallOptions, type Tally } from "./acclaim.js";
export {
  Api,
  type ApiOptions,
  type CallEvent,
  type ExecuteOptions,
  type Requester,
  backoff,
  backoffAfter,
  pause,
} from "./api.js";
export { solveChallenge } from "./challenge.js";
export type { Document, DocumentText, Operation, Typed } from "./document.js";
export { AcclaimError, SignInRefused, isRetryable } from "./error.js";
export { type ConnectionState, type Transport, type Watch, watch } from "./live.js";
export * as documents from "./operations.js";
export {
  type Platform,
  PlatformError,
  type PlatformSocket,
  type Reply,
  type RequestOptions,
  type SocketEvents,
  type Storage,
  type StreamEvents,
} from "./platform.js";
export { Reader, Session, type Tokens } from "./session.js";
export { type Signal, Ending } from "./signal.js";
export { type Observer, SharedSocket, socket } from "./socket.js";
export { type Stored, type Untaken, storedValue } from "./storage.js";
export { stream } from "./stream.js";
export { type PublicTally, tallyReader } from "./tally.js";
export { randomUuid } from "./uuid.js";
export { type CastVotePayload, type Challenge, type PendingVote, type Visit, Votes } from "./votes.js";
