// Waiting for what must happen, with a deadline.
import { pbkdf2Sync } from "node:crypto";
import { availableParallelism, loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** A deadline is reached only where a test fails, so it is generous even on a machine with nothing else to do. */
const deadlineIdleMs = 30_000;
const workIdleMs = 60;

/** The factor by which this machine is slower than the one that the deadlines were made for. */
const slowness = (() => {
  const start = performance.now();
  pbkdf2Sync("work", "of a known size", 60_000, 32, "sha256");
  return Math.max(1, (performance.now() - start) / workIdleMs);
})();

/** The deadline of a wait that begins now, in milliseconds: longer on a slow machine, and on one that is busy. */
export function deadlineMs() {
  const load = loadavg()[0] / availableParallelism();
  return deadlineIdleMs * Math.min(8, slowness * Math.max(1, load));
}

/** The value of `promise`, or an error when that takes longer than `ms`. */
export async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${Math.round(ms)} ms in vain for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The first truthy value of `check`, which is called again and again. */
export async function eventually(check, what) {
  const endMs = Date.now() + deadlineMs();
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > endMs) throw new Error(`waited in vain for ${what}`);
    await delay(20);
  }
}

/** The next value of `iterator`. */
export async function next(iterator, what) {
  const { value, done } = await within(deadlineMs(), iterator.next(), what);
  if (done) throw new Error(`the stream ended before ${what}`);
  return value;
}

/** The first value of `iterator` that is `wanted`. */
export async function until(iterator, wanted, what) {
  const search = async () => {
    for (;;) {
      const value = await next(iterator, what);
      if (wanted(value)) return value;
    }
  };
  return within(deadlineMs(), search(), what);
}

/** A promise for an event, and the function that makes it happen. */
export function event(what) {
  let happen;
  const happened = new Promise((resolve) => (happen = resolve));
  return { happen, happened: () => within(deadlineMs(), happened, what) };
}
