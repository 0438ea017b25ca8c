// Giving a story its time. The API plans lists of stories; one story at one time of the day from one moment on is a
// list with one place, and another place than the wanted one means that this is taken.
import { now } from "../../shared/clock";
import { execute } from "../../shared/server";
import { zonedToUtc } from "../../shared/zoned";
import type { Campaign } from "../campaign";
import { explain } from "../parts/states";
import { staff } from "../session";
import { ScheduleStories } from "./operations";
import { s } from "./texts";

/** The outcome: its time, or the next day on which this time is free, or a refusal. */
export type Placed = { at: string; revision: number } | { free: string } | { refusal: string };

/** Gives an approved story a time, as a field of the kind `datetime-local` has it, in the campaign's zone. */
export async function place(campaign: Campaign, storyId: string, local: string): Promise<Placed> {
  const wanted = zonedToUtc(local, campaign.timeZone);
  if (!wanted) return { refusal: s().timeEmpty };
  if (Date.parse(wanted) < now()) return { refusal: s().timePast };
  const plan = { campaignId: campaign.id, storyIds: [storyId], times: [local.slice(11, 16)], from: wanted };
  try {
    for (const apply of [false, true]) {
      const input = { ...plan, apply };
      const { scheduleStories } = await execute(ScheduleStories, { input }, { as: staff });
      const refusal = scheduleStories.userErrors[0];
      const entry = scheduleStories.plan[0];
      if (!entry) return { refusal: refusal?.message ?? s().slotTaken };
      if (!apply && Date.parse(entry.at) !== Date.parse(wanted)) return { free: entry.at };
      if (apply) return { at: entry.at, revision: entry.story.desk?.editRevision ?? 0 };
    }
  } catch (error) {
    return { refusal: explain(error) };
  }
  return { refusal: s().slotTaken };
}
