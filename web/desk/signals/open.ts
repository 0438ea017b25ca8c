// The number of cases that wait for somebody, for the side bar and the overview.
import { useEffect } from "preact/hooks";
import { execute } from "../../shared/server";
import { Store, useLookAgain } from "../../shared/store";
import { type Campaign, mayHere } from "../campaign";
import type { CampaignView } from "../route";
import { CountOpenCases } from "../operations";
import { staff } from "../session";
import type { ListCasesQuery } from "./operations";

/** Votes are examined every few minutes. */
const lookAgainMs = 60_000;

type Case = Pick<
  NonNullable<NonNullable<ListCasesQuery["campaign"]>["desk"]>["cases"][number],
  "state" | "isCurrent" | "rules"
>;

/** Where a case stands, for people. */
export type CaseStanding = "open" | "proposed" | "held" | "gone" | "dismissed";

/** A rule that was proposed from a case is a decision, too; one that was reverted is none any more. */
export function standingOf({ state, isCurrent, rules }: Case): CaseStanding {
  if (state === "DISMISSED") return "dismissed";
  if (!isCurrent) return "gone";
  if (rules.some((rule) => rule.state === "APPLIED")) return "held";
  return rules.some((rule) => rule.state === "DRAFT") ? "proposed" : "open";
}

const counted = new Store<{ slug: string; open: number }>({ slug: "", open: 0 });

/** Takes over the cases of a campaign that were read. */
export const takeCases = (slug: string, cases: readonly Case[]): void =>
  takeCount(slug, cases.filter((found) => standingOf(found) === "open").length);

function takeCount(slug: string, open: number): void {
  if (counted.value.slug !== slug || counted.value.open !== open) counted.set({ slug, open });
}

/** Counts the open cases of a campaign anew. */
async function countCases(slug: string): Promise<void> {
  const { campaign } = await execute(CountOpenCases, { slug }, { as: staff, isBackground: true });
  takeCount(slug, campaign?.desk?.openCases ?? 0);
}

/**
 * The number of open cases of a campaign, read with each view of it, and again now and then; none for members who may
 * not read records.
 */
export function useOpenCases({ slug, phase }: Campaign, view: CampaignView): number {
  const isWanted = mayHere("READ_RECORDS") && phase !== "DRAFT" && phase !== "UPCOMING";
  // What was counted stays when it cannot be read; the next time comes soon.
  const look = () => void (isWanted && countCases(slug).catch(() => undefined));
  useEffect(look, [slug, isWanted, view]);
  useLookAgain(lookAgainMs, look);
  const { slug: of, open } = counted.use();
  return isWanted && of === slug ? open : 0;
}

/** The same without reading: the side bar does. */
export function useCountedCases({ slug }: Campaign): number {
  const { slug: of, open } = counted.use();
  return of === slug ? open : 0;
}
