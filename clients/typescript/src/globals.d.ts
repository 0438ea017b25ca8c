// What every place has that the client runs in; the rest is the platform's.
declare function setTimeout(callback: () => void, ms?: number): number;
declare function clearTimeout(timer: number | undefined): void;
declare function setInterval(callback: () => void, ms?: number): number;
declare function clearInterval(timer: number | undefined): void;

// Node's own, for the adapter of Node alone.
declare module "node:fs" {
  export function readFileSync(path: string, encoding: "utf8"): string;
  export function writeFileSync(path: string, text: string, options: { mode: number }): void;
  export function renameSync(from: string, to: string): void;
}
