// Solves a challenge (`Challenge` in the server's schema; the protocol is ALTCHA's): looks for the number whose SHA-256
// hash begins as the challenge says.
//
// SHA-256 is written out: mini-programs have nothing that hashes, and a call of a browser's own takes longer than such
// a hash, since its answer is a promise. No worker is needed: it works in slices, between which taps and timers come
// to their turn.

/** The milliseconds of a slice: short beside what a finger notices. */
const sliceDefaultMs = 24;
/** Numbers between two looks at the clock: some milliseconds where the program is interpreted, as on iPhones. */
const numbersALook = 128;
/** The right number is below 300,000: a challenge that has none of these is no challenge. */
const numbersMax = 10_000_000;

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Made with the first challenge: most programs never meet one.
const constants = () => {
  const primes = Array.from({ length: 311 }, (_, n) => n + 2)
    .filter((n, _, all) => all.every((m) => m >= n || n % m > 0))
    .slice(0, 64);
  const fraction = (root: number) => ((root % 1) * 4294967296) | 0;
  return {
    initial: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
    rounds: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  };
};
type Constants = ReturnType<typeof constants>;
type Eight = [number, number, number, number, number, number, number, number];

/** The SHA-256 hash of a message in `words` (room for 64), of so many of them, at most 13, into `state`. */
function hash(words: Int32Array, length: number, state: Int32Array, { initial, rounds }: Constants): void {
  words[length] = 1 << 31;
  words.fill(0, length + 1, 15);
  words[15] = length * 32;
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15]!;
    const y = words[i - 2]!;
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = words[i - 16]! + low + words[i - 7]! + high;
  }
  let [a, b, c, d, e, f, g, h] = initial as unknown as Eight;
  for (let i = 0; i < 64; i++) {
    const high = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + high + ((e & f) ^ (~e & g)) + rounds[i]! + words[i]!) | 0;
    const low = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = low + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state.set(initial);
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i]! += word));
}

const hexOf = (words: Int32Array) => Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");

/** The Base64 of a text of ASCII; mini-programs have no `btoa`. */
function base64Of(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((n) => text.charCodeAt(i + n)) as [number, number, number];
    out += base64[a >> 2]! + base64[((a & 3) << 4) | (b >> 4)]!;
    out += i + 1 < text.length ? base64[((b & 15) << 2) | (c >> 6)]! : "=";
    out += i + 2 < text.length ? base64[c & 63]! : "=";
  }
  return out;
}

/**
 * The solution of a challenge, to be sent with the same vote again. `text` is its `parameters`. In a worker nothing
 * waits for its turn: there a slice may be `Infinity`.
 */
export async function solveChallenge(text: string, sliceMs = sliceDefaultMs): Promise<string> {
  const challenge = JSON.parse(text) as {
    parameters: { salt: string; nonce: string; cost: number; keyPrefix: string };
  };
  const { salt, nonce, cost, keyPrefix } = challenge.parameters;
  const head = Int32Array.from((salt + nonce).match(/.{8}/g)!.map((word) => parseInt(word, 16)));
  const first = parseInt(keyPrefix.slice(0, 8), 16) | 0;
  const words = new Int32Array(64);
  const state = new Int32Array(8);
  const known = constants();
  let sliceEndMs = Date.now() + sliceMs;
  for (let counter = 0; counter < numbersMax; counter++) {
    words.set(head);
    words[head.length] = counter;
    hash(words, head.length + 1, state, known);
    for (let n = 1; n < cost; n++) {
      words.set(state);
      hash(words, 8, state, known);
    }
    if (state[0] === first && hexOf(state).startsWith(keyPrefix)) {
      return base64Of(JSON.stringify({ challenge, solution: { counter, derivedKey: hexOf(state) } }));
    }
    if (counter % numbersALook === 0 && Date.now() >= sliceEndMs) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      sliceEndMs = Date.now() + sliceMs;
    }
  }
  throw new Error("no number fits the challenge");
}
