// Waiting for what must happen, with a deadline.

const deadlineMs = 15_000;

/** The value of `promise`, or an error when that takes longer than `ms`. */
export async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms in vain for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The next value of `iterator`. */
export async function next(iterator, what) {
  const { value, done } = await within(deadlineMs, iterator.next(), what);
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
  return within(deadlineMs, search(), what);
}

/** A promise for an event, and the function that makes it happen. */
export function event(what) {
  let happen;
  const happened = new Promise((resolve) => (happen = resolve));
  return { happen, happened: () => within(deadlineMs, happened, what) };
}
