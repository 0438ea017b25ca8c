// The route of an address of the desk, and going from one to the other without loading the page again.

/** The views of a campaign, by their part of the address. */
export const campaignViews = [
  "overview",
  "nominees",
  "stories",
  "schedule",
  "rules",
  "signals",
  "withholding",
  "result",
  "imports",
  "exports",
  "log",
] as const;
export type CampaignView = (typeof campaignViews)[number];

/** The views of an organisation. */
export const organisationViews = ["campaigns", "new", "members", "log"] as const;
export type OrganisationView = (typeof organisationViews)[number];

export type Route =
  | { view: "home" }
  | { view: "account" }
  | { view: "invitation" }
  | { view: "organisation"; slug: string; part: OrganisationView }
  | { view: "campaign"; slug: string; part: CampaignView; id?: string };

/** Reads a path; none when it is not of the desk. */
export function parse(path: string): Route | undefined {
  const [root, kind, slug, part, id, ...rest] = path.split("/").slice(1).map(decode);
  if (root !== "desk" || rest.length > 0) return undefined;
  if (!kind) return { view: "home" };
  if ((kind === "account" || kind === "invitation") && slug === undefined) return { view: kind };
  if (kind === "o" && slug && id === undefined) {
    const found = part ? organisationViews.find((view) => view === part) : "campaigns";
    return found && { view: "organisation", slug, part: found };
  }
  if (kind === "c" && slug) {
    const found = part ? campaignViews.find((view) => view === part) : "overview";
    return found && { view: "campaign", slug, part: found, ...(id && { id }) };
  }
  return undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The path of a route. */
export function pathOf(route: Route): string {
  switch (route.view) {
    case "home":
      return "/desk";
    case "organisation":
      return `/desk/o/${encodeURIComponent(route.slug)}${route.part === "campaigns" ? "" : `/${route.part}`}`;
    case "campaign": {
      const part = route.part === "overview" && !route.id ? "" : `/${route.part}`;
      return `/desk/c/${encodeURIComponent(route.slug)}${part}${route.id ? `/${encodeURIComponent(route.id)}` : ""}`;
    }
    default:
      return `/desk/${route.view}`;
  }
}

/** The path of a view of a campaign. */
export const campaignPath = (slug: string, part: CampaignView, id?: string) =>
  pathOf({ view: "campaign", slug, part, ...(id && { id }) });

const listeners = new Set<() => void>();

/** Calls `listener` whenever the address has changed. */
export function watchRoute(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell = () => listeners.forEach((listener) => listener());

/** Goes to a path of the desk. */
export function go(path: string): void {
  history.pushState({}, "", path);
  tell();
  scrollTo(0, 0);
}

/** Goes to a path of the desk in place of the one that is open: there is no step back to it. */
export function goInstead(path: string): void {
  history.replaceState({}, "", path);
  tell();
}

/** The parameter of the address; empty where there is none. */
export const parameter = (name: string) => new URLSearchParams(location.search).get(name) ?? "";

/** Changes parameters of the address, such as filters, without a step back; an empty text takes one away. */
export function setParameters(change: Record<string, string>): void {
  const parameters = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  const search = parameters.toString();
  history.replaceState(history.state, "", location.pathname + (search && `?${search}`) + location.hash);
  tell();
}

/** Takes over clicks on links within the desk, and the browser's back and forward. */
export function start(): void {
  addEventListener("popstate", tell);
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.download || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname) return;
    if (!parse(link.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}
