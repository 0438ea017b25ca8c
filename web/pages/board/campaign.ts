// The campaign of a board and the nominees in it, as the public sees them, or the member of staff who has signed in.
import { execute } from "../../shared/server";
import { staff } from "../../shared/session";
import { FindBoard, type FindBoardQuery, ListRoster, type ListRosterQuery } from "../operations";

export type Campaign = NonNullable<FindBoardQuery["campaign"]>;
export type Category = Campaign["categories"][number];
type RosterNode = NonNullable<ListRosterQuery["campaign"]>["nominees"]["nodes"][number];

export interface Nominee extends Omit<RosterNode, "category"> {
  categoryId: string;
}

const rosterPageSize = 100;

export async function readBoard(slug: string): Promise<Campaign | null> {
  return (await execute(FindBoard, { slug }, { as: staff })).campaign;
}

async function readRoster(slug: string): Promise<Nominee[]> {
  const nominees: Nominee[] = [];
  let after: string | null = null;
  do {
    const answer: Awaited<ReturnType<typeof readRosterPage>> = await readRosterPage(slug, after);
    nominees.push(...(answer?.nodes ?? []).map(({ category, ...nominee }) => ({ ...nominee, categoryId: category.id })));
    after = answer?.pageInfo.hasNextPage ? answer.pageInfo.endCursor : null;
  } while (after !== null);
  return nominees;
}

/** A campaign with its nominees, as far as its figures are shown. */
export async function loadBoard(slug: string): Promise<{ campaign: Campaign | null; roster: Nominee[] }> {
  const campaign = await readBoard(slug);
  return { campaign, roster: campaign?.tally ? await readRoster(slug) : [] };
}

const readRosterPage = async (slug: string, after: string | null) =>
  (await execute(ListRoster, { slug, first: rosterPageSize, after }, { as: staff })).campaign?.nominees;

/** Whether the result is out: from then on it changes no more. */
export const isPublished = ({ phase }: Campaign) => phase === "PUBLISHED" || phase === "ARCHIVED";
