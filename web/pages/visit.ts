// The visit that a vote comes from: when the campaign was shown, and by whose shared link the voter first came. The
// server wants to know both of a crowd; they change nothing for one voter.
import { storedValue } from "../shared/storage";
import { parse } from "./route";

/** A visit lasts so long; whoever votes later has come again. */
const visitMaxMs = 30 * 60_000;
/** Campaigns whose arrivals are remembered. */
const arrivalsMax = 20;

/** The nominee whose link led to a campaign at first; null where none did. */
interface Arrival {
  slug: string;
  nomineeId: string | null;
}

const arrivals = storedValue<Arrival[]>("arrivals");
/** The route that the page was opened at. */
const entry = parse(location.pathname);

let ticket: { slug: string; text: string; sinceMs: number } | undefined;

/** Keeps the ticket with which a campaign was shown, the first of a visit. */
export function takeTicket(slug: string, text: string): void {
  if (ticket?.slug !== slug || Date.now() - ticket.sinceMs > visitMaxMs) ticket = { slug, text, sinceMs: Date.now() };
}

/** Remembers how this voter came to a campaign at first; with the nominee that is shown, where one is. */
export function noteArrival(slug: string, shown?: { id: string; number: number }): void {
  const known = arrivals.read() ?? [];
  if (known.some((arrival) => arrival.slug === slug)) return;
  const isByLink = entry?.view === "nominee" && entry.slug === slug;
  // Whom the link is about is known once the nominee is read.
  if (isByLink && entry.number !== shown?.number) return;
  arrivals.write([{ slug, nomineeId: isByLink ? shown!.id : null }, ...known].slice(0, arrivalsMax));
}

/** What a vote in a campaign says of its visit. */
export function visitIn(slug: string | undefined): { ticket: string | null; sharedBy: string | null } {
  const arrival = (arrivals.read() ?? []).find((arrival) => arrival.slug === slug);
  return { ticket: ticket && ticket.slug === slug ? ticket.text : null, sharedBy: arrival?.nomineeId ?? null };
}
