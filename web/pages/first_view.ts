// The answers that the server has written into the page (`src/http/pages/first_view`): the program begins with them
// instead of asking, and takes over the elements that were drawn of them.
import type { Language } from "../shared/language";
import { storedValue } from "../shared/storage";
import type { FindCampaignQuery, FindNomineeQuery, ListNomineesQuery, NomineeOrder } from "./operations";

export interface FirstView {
  campaign: FindCampaignQuery;
  list?: {
    seed: string;
    category: string | null;
    order: NomineeOrder;
    nominees: NonNullable<ListNomineesQuery["campaign"]>["nominees"];
  };
  nominee?: FindNomineeQuery;
}

/** The answers of this page; none where the server could not have them, or a search is asked for. */
export function readFirstView(): FirstView | undefined {
  try {
    const text = document.getElementById("first-view")?.textContent;
    return text ? (JSON.parse(text) as FirstView) : undefined;
  } catch {
    return undefined;
  }
}

/** The answers are at most so old when they come, and a little newer than a clock that is a little late. */
const ageMaxMs = 5_000;
const aheadMaxMs = 1_500;
/** A program that comes this long after its page reads anew. */
const waitMaxMs = 20_000;

/**
 * Whether the answers are as good as if they were asked for now. A page out of the browser's cache may be days old, and
 * a device's clock wrong; both show when the time of the answers is not the time at which they came.
 */
export function isFresh({ campaign: { serverTime } }: FirstView): boolean {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const cameMs = performance.timeOrigin + (navigation?.responseStart ?? 0);
  const ageMs = cameMs - Date.parse(serverTime);
  return ageMs > -aheadMaxMs && ageMs < ageMaxMs && Date.now() - cameMs < waitMaxMs;
}

export const storedSeed = storedValue<string>("seed");
export const storedLayout = storedValue<"grid" | "list">("layout");
export const storedLanguage = storedValue<Language>("language");

const cookieSeconds = 365 * 86_400;

/**
 * Keeps in a cookie what this device has of its own, so that the server's next first view is the one that this device
 * would draw: the seed of its order, and the language and layout that were chosen.
 */
export function rememberDevice(): void {
  const kept = [storedSeed.read(), storedLanguage.read(), storedLayout.read()].map((part) => part ?? "");
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `acclaim_pages=${kept.join(".")}; Path=/c/; Max-Age=${cookieSeconds}; SameSite=Lax${secure}`;
}
