// Random ids.
declare const crypto: { getRandomValues<Bytes extends Uint8Array>(bytes: Bytes): Bytes } | undefined;

/**
 * A random UUID; `crypto.randomUUID` is there over HTTPS only, and a demo in a local network is not. Mini-programs have
 * no `crypto` at all: their ids must be unique, not secret, so the usual random numbers will do.
 */
export function randomUuid(): string {
  const bytes = new Uint8Array(16);
  if (typeof crypto === "undefined") bytes.forEach((_, i) => (bytes[i] = Math.random() * 256));
  else crypto.getRandomValues(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
