// All nominees of a campaign in memory, read page by page, so that search, filters and order answer a key at once.
import { locale } from "../../shared/format";
import { PagedList } from "../../shared/paged";
import { ApiError, execute } from "../../shared/server";
import { staff } from "../session";
import { FindRoster, type NomineeDetailsFragment, type RosterNomineeFragment } from "./operations";

export type Nominee = RosterNomineeFragment;
export type NomineeDetails = NomineeDetailsFragment;

/** A text as it is searched: full-width and half-width, upper and lower case are the same, spaces are none. */
export const folded = (text: string) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

/** The revision of a nominee as an edit needs it. */
export const revisionOf = ({ desk }: Nominee) => desk?.editRevision ?? 0;

/** The nominees of one campaign. */
export class Roster extends PagedList<Nominee> {
  readonly #texts = new WeakMap<Nominee, string>();
  /** What was taken over from edits: a page that was on its way meanwhile may be older. */
  readonly #edited = new Map<string, Nominee>();

  constructor(readonly campaignId: string) {
    super(async (after) => {
      const { campaign } = await execute(FindRoster, { campaignId, after }, { as: staff });
      if (!campaign?.desk) throw new ApiError("FORBIDDEN", "The campaign cannot be seen.");
      const { nodes, pageInfo, totalCount } = campaign.desk.nominees;
      return { nodes, total: totalCount, ...pageInfo };
    });
  }

  /** Reads all that has not been read yet; it stops at a failure, which `error` tells. */
  async readAll(): Promise<void> {
    do await this.loadMore();
    while (!this.isComplete && this.error === undefined);
  }

  /** Reads all as it stands now; what was read before is shown meanwhile. */
  readNow = () => (this.isComplete ? this.reread() : this.readAll());

  /** The nominee with this id, if it was read. */
  find = (id: string) => this.nodes.find((nominee) => nominee.id === id);

  override async reread(): Promise<void> {
    await super.reread();
    const newest = (read: Nominee) => {
      const edited = this.#edited.get(read.id);
      return edited && revisionOf(edited) > revisionOf(read) ? edited : read;
    };
    this.nodes = this.nodes.map(newest);
    this.changed.set({});
  }

  /** Takes over a nominee as it stands now, new or changed. */
  put(read: Nominee): void {
    // One that is back on the list has no votes in the answer until the tally has been made again.
    const nominee = { ...read, votes: read.votes ?? this.find(read.id)?.votes ?? null };
    this.#edited.set(nominee.id, nominee);
    const isKnown = this.nodes.some(({ id }) => id === nominee.id);
    if (!isKnown && this.isComplete && this.total !== undefined) this.total++;
    this.nodes = isKnown ? this.nodes.map((one) => (one.id === nominee.id ? nominee : one)) : [...this.nodes, nominee];
    this.changed.set({});
  }

  /** The text that a nominee is searched in. */
  textOf(nominee: Nominee): string {
    let text = this.#texts.get(nominee);
    if (text === undefined) {
      const { name, employer, title, city } = nominee;
      text = [name, employer, title, city].map((part) => folded(part ?? "")).join("\n");
      this.#texts.set(nominee, text);
    }
    return text;
  }
}

let current: Roster | undefined;

/** The roster of a campaign; it is kept while the desk is open, so that coming back finds it. */
export function rosterOf(campaignId: string): Roster {
  if (current?.campaignId !== campaignId) current = new Roster(campaignId);
  return current;
}

export const sortKeys = ["number", "name", "employer", "title", "city", "category", "status", "votes"] as const;
export type SortKey = (typeof sortKeys)[number];

/** What is looked for, and in which order. */
export interface Wish {
  search: string;
  categoryId: string;
  status: string;
  withoutPortrait: boolean;
  sort: SortKey;
  isDescending: boolean;
}

const statusOrder = { ACTIVE: 0, FROZEN: 1, WITHDRAWN: 2 };

/** Compares two nominees by a column. */
function comparison(key: SortKey): (one: Nominee, other: Nominee) => number {
  const { compare } = new Intl.Collator(locale(), { numeric: true });
  switch (key) {
    case "number":
      return (one, other) => one.number - other.number;
    case "votes":
      return (one, other) => (one.votes ?? 0) - (other.votes ?? 0);
    case "status":
      return (one, other) => statusOrder[one.status] - statusOrder[other.status];
    case "category":
      return (one, other) => compare(one.category.name, other.category.name);
    default:
      return (one, other) => compare(one[key] ?? "", other[key] ?? "");
  }
}

/** All nominees in an order; those that are equal in it stand by their numbers. */
export function ordered(nominees: readonly Nominee[], key: SortKey, isDescending: boolean): Nominee[] {
  const compare = comparison(key);
  const sign = isDescending ? -1 : 1;
  return [...nominees].sort((one, other) => sign * compare(one, other) || one.number - other.number);
}

/** The nominees of those in order that are looked for; a search for digits finds numbers, too. */
export function matching(roster: Roster, inOrder: readonly Nominee[], wish: Wish): Nominee[] {
  const words = wish.search.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  const isFound = (nominee: Nominee, word: string) =>
    roster.textOf(nominee).includes(word) || (/^\d+$/.test(word) && nominee.number === Number(word));
  return inOrder.filter(
    (nominee) =>
      (!wish.categoryId || nominee.category.id === wish.categoryId) &&
      (!wish.status || nominee.status === wish.status) &&
      (!wish.withoutPortrait || nominee.portraitUrl === null) &&
      words.every((word) => isFound(nominee, word)),
  );
}
