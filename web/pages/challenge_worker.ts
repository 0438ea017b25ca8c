// Solves a challenge beside the page, which stays alive: looks for the number whose key begins as the challenge says
// (`Challenge` in schema.graphql, ALTCHA's protocol). A classic worker, which Safari 14 has, too.
//
// SHA-256 is written out: a call of the browser's own takes longer than such a hash, since its answer is a promise.

export interface Parameters {
  salt: string;
  nonce: string;
  cost: number;
  keyPrefix: string;
}

/** The numbers are below 300,000: a challenge that has none of these is no challenge. */
const numbersMax = 10_000_000;

const primes = Array.from({ length: 311 }, (_, n) => n + 2)
  .filter((n, _, all) => all.every((m) => m >= n || n % m > 0))
  .slice(0, 64);
const fraction = (root: number) => ((root % 1) * 2 ** 32) | 0;
const initial = Int32Array.from(primes.slice(0, 8), (prime) => fraction(prime ** (1 / 2)));
const rounds = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));

const words = new Int32Array(64);
const state = new Int32Array(8);

/** The hash of the message in `words`, of so many of them, into `state`. */
function hash(length: number): void {
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
  let [a, b, c, d, e, f, g, h] = initial as unknown as [number, number, number, number, number, number, number, number];
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

const hexOf = (some: Int32Array) => Array.from(some, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");

onmessage = ({ data }: MessageEvent<string>) => {
  const challenge = JSON.parse(data) as { parameters: Parameters };
  const { salt, nonce, cost, keyPrefix } = challenge.parameters;
  const head = Int32Array.from((salt + nonce).match(/.{8}/g)!.map((word) => parseInt(word, 16)));
  const first = parseInt(keyPrefix.slice(0, 8), 16) | 0;
  for (let counter = 0; counter < numbersMax; counter++) {
    words.set(head);
    words[head.length] = counter;
    hash(head.length + 1);
    for (let n = 1; n < cost; n++) {
      words.set(state);
      hash(8);
    }
    if (state[0] === first && hexOf(state).startsWith(keyPrefix)) {
      postMessage(btoa(JSON.stringify({ challenge, solution: { counter, derivedKey: hexOf(state) } })));
      close();
      return;
    }
  }
  throw new Error("no number fits");
};
