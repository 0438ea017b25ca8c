// Where votes are looked at, and who may withhold them.
import { type Campaign, mayHere } from "../campaign";

/** The last part of the address while the votes are looked at. */
export const votesId = "votes";

/** Whether votes can be withheld in the phase that the campaign is in, by this member. */
export function mayWithhold({ phase }: Campaign): boolean {
  return mayHere("WITHHOLD_VOTES") && !["DRAFT", "UPCOMING", "ARCHIVED"].includes(phase);
}
