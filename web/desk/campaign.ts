// The member and its rights, and the campaign that the desk is open for.
import { ApiError, execute } from "../shared/server";
import { Store } from "../shared/store";
import { claimDrafts } from "./parts/draft";
import { FindDeskCampaign, type DeskCampaignFragment, FindViewer, type FindViewerQuery, type StaffRight } from "./operations";
import { staff } from "./session";

export type Viewer = NonNullable<FindViewerQuery["viewer"]>;
export type Membership = Viewer["memberships"][number];
export type Campaign = DeskCampaignFragment & { desk: NonNullable<DeskCampaignFragment["desk"]> };

/** The member who is signed in. */
export const viewer = new Store<Viewer | undefined>(undefined);
/** The campaign; null where there is none that the member may see, an error when it could not be read. */
export const campaign = new Store<Campaign | null | Error | undefined>(undefined);

/** The ways in of voters that the server is set up for. */
export const signInWays = new Store<FindViewerQuery["signInWays"]>([]);

/** Reads who is signed in, at first or again: rights change while a page is open. Throws an `ApiError`. */
export async function loadViewer(): Promise<void> {
  const answer = await execute(FindViewer, {}, { as: staff, isBackground: viewer.value !== undefined });
  const { viewer: found, signInWays: ways } = answer;
  if (found) claimDrafts(found.id);
  // What is in memory is another member's.
  if (found && viewer.value && found.id !== viewer.value.id) return location.replace("/desk");
  if (JSON.stringify(ways) !== JSON.stringify(signInWays.value)) signInWays.set(ways);
  if (JSON.stringify(found) !== JSON.stringify(viewer.value)) viewer.set(found ?? undefined);
}

let currentSlug: string | undefined;
let asked = 0;
let taken = 0;

/** Reads the campaign at a slug, at first or again; what was read before stays when that fails. */
export async function loadCampaign(slug: string): Promise<void> {
  const isAgain = slug === currentSlug && campaign.value !== undefined && !(campaign.value instanceof Error);
  if (slug !== currentSlug) {
    currentSlug = slug;
    campaign.set(undefined);
  }
  const turn = ++asked;
  try {
    const { campaign: found } = await execute(FindDeskCampaign, { slug }, { as: staff, isBackground: isAgain });
    // A membership that has come since the member was read, by whose rights all is shown.
    if (found?.desk && !membershipIn(found.desk.organisation.id)) await loadViewer();
    // An answer that was overtaken by a later one must not bring back what was there before it.
    if (slug !== currentSlug || turn < taken) return;
    taken = turn;
    campaign.set(found?.desk ? (found as Campaign) : null);
  } catch (error) {
    if (slug === currentSlug && !isAgain) campaign.set(error as Error);
  }
}

/** Reads the campaign again, after a change of it. */
export const reloadCampaign = () => (currentSlug ? loadCampaign(currentSlug) : Promise.resolve());

/** The campaign that was read; a view of a campaign is drawn only once it is there. */
export function useCampaign(): Campaign {
  const value = campaign.use();
  if (!value || value instanceof Error) throw new ApiError("INTERNAL", "No campaign has been read.");
  return value;
}

/** The membership of the member in an organisation. */
export const membershipIn = (organisationId: string): Membership | undefined =>
  viewer.value?.memberships.find(({ organisation }) => organisation.id === organisationId);

/** Whether the member may do this in an organisation: what it may not do is not offered. */
export const may = (organisationId: string, right: StaffRight) =>
  membershipIn(organisationId)?.rights.includes(right) ?? false;

/** Whether the member may do this with the campaign that is open. */
export function mayHere(right: StaffRight): boolean {
  const open = campaign.value;
  return !!open && !(open instanceof Error) && may(open.desk.organisation.id, right);
}
