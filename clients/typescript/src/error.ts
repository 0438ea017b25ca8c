// The errors of calls. What a voter can act on is no error but data: `userErrors` in the payload of a mutation.

/** The codes of errors that may be over soon; the others stay however often one asks. NETWORK: no answer came. */
const retryable = ["NETWORK", "UNAVAILABLE", "OVERLOADED", "RATE_LIMITED", "INTERNAL"];

/**
 * The reason why a call failed: a top-level code of the API (docs/errors.md), or one of the client's own: NETWORK where
 * no answer came, ABORTED, LOGIN_CANCELLED, and of a challenge CAPTCHA_UNSOLVED and CHALLENGE_UNKNOWN.
 */
export class AcclaimError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }

  /** True when the same call may work soon; whether it was executed is not known. */
  get isRetryable(): boolean {
    return retryable.includes(this.code);
  }
}

/** The refusal of a sign-in; the message says why, in the user's language, and `code` is the one of its user error. */
export class SignInRefused extends AcclaimError {}

/** True for an error that may be over soon; its operation may or may not have been executed. */
export const isRetryable = (error: unknown): boolean => error instanceof AcclaimError && error.isRetryable;
