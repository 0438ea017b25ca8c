// Changes of the campaign that is open: sent, and what it is afterwards taken over, whether they worked or not.
import { moment } from "../../shared/format";
import { type Operation, execute } from "../../shared/server";
import { type Campaign, campaign as currentCampaign } from "../campaign";
import type { UserError } from "../parts/form";
import { explain } from "../parts/states";
import { staff } from "../session";
import type { CampaignStateFragment } from "./operations";

/** The answer of a change. */
export interface Changed {
  answer: { campaign: CampaignStateFragment | null; userErrors: readonly UserError[] };
}

/**
 * Sends a change of the campaign, and takes over how it stands then; gives the refusals, none where it worked. A change
 * whose answer was lost is refused when it is sent again: `isDone` says whether that is what has happened.
 */
export async function change<Variables>(
  operation: Operation<Changed, Variables>,
  variables: Variables,
  isDone: (campaign: Campaign) => boolean = () => false,
): Promise<readonly UserError[]> {
  try {
    const { campaign: found, userErrors } = (await execute(operation, variables, { as: staff })).answer;
    if (!found?.desk) return userErrors;
    const campaign = { ...found, desk: found.desk };
    const shown = currentCampaign.value;
    if (shown && !(shown instanceof Error) && shown.id === campaign.id) currentCampaign.set(campaign);
    return userErrors.length > 0 && isDone(campaign) ? [] : userErrors;
  } catch (error) {
    return [{ code: "FAILED", message: explain(error) }];
  }
}

/** A moment of a campaign for people, in its time zone, with its day. */
export const timeOf = (time: string, { timeZone }: { timeZone: string }) => moment(Date.parse(time), timeZone, 0);
