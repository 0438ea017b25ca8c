// The figures that a board has seen since it was opened.
import { now } from "../../shared/clock";
import type { Figures } from "./figures";

/** The time for which a change of rank is listed. */
const rankChangeMs = 30_000;

/** The figures that have been seen: for votes a minute, and for changes of rank. */
export class History {
  static readonly binMs = 10_000;
  static readonly binsMax = 61;
  /** Votes at the end of each bin of time, oldest first. */
  #bins: { bin: number; votes: number }[] = [];
  #ranks = new Map<number, number>();
  #moves = new Map<number, { up: boolean; atMs: number }>();
  #version = -1;

  /** Takes notice of figures; the same ones again only move time. */
  note(figures: Figures): void {
    const bin = Math.floor(now() / History.binMs);
    // What was there when the board was opened is where counting begins.
    if (this.#bins.length === 0) this.#bins = [{ bin: bin - 1, votes: figures.counted }];
    const last = this.#bins.at(-1);
    if (last?.bin === bin) last.votes = figures.counted;
    else this.#bins = [...this.#bins, { bin, votes: figures.counted }].slice(-History.binsMax);
  }

  /** Takes notice of the ranks that are shown. */
  noteRanks(figures: Figures): void {
    if (figures.version === this.#version) return;
    for (const [number, { rank }] of figures.standings) {
      const before = this.#ranks.get(number);
      if (before !== undefined && before !== rank) this.#moves.set(number, { up: rank < before, atMs: now() });
      this.#ranks.set(number, rank);
    }
    this.#version = figures.version;
  }

  /** The direction in which a nominee has moved lately. */
  move(number: number): "up" | "down" | undefined {
    const move = this.#moves.get(number);
    return move && now() - move.atMs < rankChangeMs ? (move.up ? "up" : "down") : undefined;
  }

  /** The rate in votes a minute in each bin of the last ten minutes, oldest first. */
  rates(): number[] {
    const perMinute = 60_000 / History.binMs;
    return this.#bins.slice(1).map(({ bin, votes }, i) => {
      const before = this.#bins[i]!;
      return ((votes - before.votes) * perMinute) / (bin - before.bin);
    });
  }

  /** The votes of the last minute. */
  lastMinute(): number {
    const last = this.#bins.at(-1);
    const since = this.#bins.find(({ bin }) => last && bin >= last.bin - 60_000 / History.binMs);
    return last && since ? last.votes - since.votes : 0;
  }
}
