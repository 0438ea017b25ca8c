// The server's clock: a phone's own may be wrong by hours, and rules follow the server's.
import { api } from "./api";

/** The time now by the server's clock, in milliseconds. */
export const now = () => api.now();
