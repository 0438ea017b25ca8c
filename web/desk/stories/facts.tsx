// What is said of a story wherever it stands: its state, the word of the content check, its time.
import { moment } from "../../shared/format";
import { now } from "../../shared/clock";
import type { Campaign } from "../campaign";
import type { ContentCheck, StoryRowFragment, StoryState, StoryTextFragment } from "./operations";
import { s } from "./texts";

export type StoryRow = StoryRowFragment & { desk: NonNullable<StoryRowFragment["desk"]> };
export type Story = StoryTextFragment & { desk: NonNullable<StoryTextFragment["desk"]> };

/** The states of stories in the order of their life. */
export const states = ["DRAFT", "IN_REVIEW", "APPROVED", "SCHEDULED", "PUBLISHED", "RETRACTED"] as const;

const stateTones: Record<StoryState, string> = {
  DRAFT: "",
  IN_REVIEW: "warning",
  APPROVED: "ready",
  SCHEDULED: "ready",
  PUBLISHED: "good",
  RETRACTED: "bad",
};

/** The state of a story, by a word and a colour. */
export const State = ({ state }: { state: StoryState }) => <span class={`tag ${stateTones[state]}`}>{s().states[state]}</span>;

const checkTones: Record<ContentCheck, string> = { PASSED: "good", REVIEW: "warning", RISKY: "bad", NOT_CHECKED: "open" };

/** The word of the content check; what was not checked never looks as if it had passed. */
export const Check = ({ check }: { check: ContentCheck }) => (
  <span class={`tag ${checkTones[check]}`} title={s().checkNotes[check]}>
    {s().checks[check]}
  </span>
);

/** The number of stories in a state; all of them without one. */
export function countOf({ desk: { storyCounts } }: Campaign, state?: StoryState): number {
  const { draft, inReview, approved, scheduled, published, retracted } = storyCounts;
  const counts = {
    DRAFT: draft,
    IN_REVIEW: inReview,
    APPROVED: approved,
    SCHEDULED: scheduled,
    PUBLISHED: published,
    RETRACTED: retracted,
  };
  return state ? counts[state] : Object.values(counts).reduce((sum, n) => sum + n, 0);
}

/** A moment in the campaign's zone. */
export function when(time: string, { timeZone }: Campaign): string {
  const words = moment(Date.parse(time), timeZone, now());
  return words.length > 5 ? words : s().todayAt(words);
}

/** Whether the text may still be changed. */
export const isOpen = (state: StoryState) => state !== "RETRACTED";

/** Whether a change of it sends it back to review. */
export const isApproved = (state: StoryState): state is "APPROVED" | "SCHEDULED" | "PUBLISHED" =>
  state === "APPROVED" || state === "SCHEDULED" || state === "PUBLISHED";
