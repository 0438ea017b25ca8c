// Many portraits at once: the plan of which file is whose, and the sending of them, which goes on while other views of
// the desk are looked at.
import { Store } from "../../shared/store";
import { type Finding, NameIndex } from "./matching";
import { faultOf, sendPortrait } from "./picture";
import type { Roster } from "./roster";

/** So many files are on their way at the same time. */
const lanes = 3;

export type ItemState = "planned" | "waiting" | "sending" | "sent" | "refused";

/** One file with its nominee. */
export interface Item {
  key: number;
  file: File;
  /** None where nobody was found, or it is left out. */
  nomineeId: string | undefined;
  finding: Finding | "chosen" | "left";
  state: ItemState;
  /** The part that is sent, 0 to 1. */
  part: number;
  /** Why it cannot be sent, or was refused. */
  refusal?: string | undefined;
  uploadId?: string | undefined;
  /** Set for a file that no server takes: it is not sent. */
  isFaulty: boolean;
}

interface Job {
  campaignId: string;
  items: Item[];
}

/** The portraits that are planned, on their way, or sent since the plan was opened. */
export const job = new Store<Job | undefined>(undefined);

let lastKey = 0;

/** Puts files in the plan. */
export function plan(roster: Roster, files: readonly File[]): void {
  const index = new NameIndex(roster.nodes);
  const added = files.map((file): Item => {
    const refusal = faultOf(file);
    const { nominee, finding } = index.match(file.name);
    return {
      key: ++lastKey,
      file,
      nomineeId: nominee?.id,
      finding,
      state: "planned",
      part: 0,
      refusal,
      isFaulty: refusal !== undefined,
    };
  });
  const kept = job.value?.campaignId === roster.campaignId ? job.value.items : [];
  job.set({ campaignId: roster.campaignId, items: [...kept, ...added] });
}

/** Changes a file of the plan. */
export function change(key: number, changes: Partial<Item>): void {
  const { value } = job;
  if (!value) return;
  job.set({ ...value, items: value.items.map((item) => (item.key === key ? { ...item, ...changes } : item)) });
}

/** Forgets the plan, and what was sent. */
export const forget = () => job.set(undefined);

/** The nominees for whom more than one file is planned. */
export function doubled(items: readonly Item[]): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { nomineeId, isFaulty, state } of items) {
    if (!nomineeId || isFaulty || state !== "planned") continue;
    if (seen.has(nomineeId)) twice.add(nomineeId);
    seen.add(nomineeId);
  }
  return twice;
}

/** The files that will be sent as the plan stands. */
export function ready(items: readonly Item[]): Item[] {
  const twice = doubled(items);
  return items.filter(({ state, isFaulty, nomineeId }) => state === "planned" && !isFaulty && nomineeId && !twice.has(nomineeId));
}

const isBusy = () => job.value?.items.some(({ state }) => state === "waiting" || state === "sending") ?? false;

/** Keeps somebody from closing the page while files are on their way. */
const warn = (event: BeforeUnloadEvent) => event.preventDefault();

/** Sends files, a few at a time; gives how many were sent and refused. */
export async function send(
  roster: Roster,
  organisationId: string,
  items: readonly Item[],
): Promise<{ sent: number; refused: number }> {
  const keys = new Set(items.map(({ key }) => key));
  const isMine = ({ key }: Item) => keys.has(key);
  for (const { key } of items) change(key, { state: "waiting", part: 0, refusal: undefined });
  addEventListener("beforeunload", warn);
  const lane = async () => {
    for (;;) {
      const next = job.value?.items.find((item) => isMine(item) && item.state === "waiting");
      if (!next) return;
      await sendOne(roster, organisationId, next);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (!isBusy()) removeEventListener("beforeunload", warn);
  const done = job.value?.items.filter(isMine) ?? [];
  const sent = done.filter(({ state }) => state === "sent").length;
  return { sent, refused: done.length - sent };
}

async function sendOne(roster: Roster, organisationId: string, { key, file, nomineeId, uploadId }: Item): Promise<void> {
  change(key, { state: "sending" });
  const onProgress = (part: number) => change(key, { part });
  const { refusal, uploadId: kept } = await sendPortrait({
    organisationId,
    roster,
    nomineeId: nomineeId!,
    file,
    uploadId,
    onProgress,
  });
  change(key, { state: refusal === undefined ? "sent" : "refused", refusal, uploadId: kept, part: 1 });
}
