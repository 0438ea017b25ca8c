// Sharing of addresses of these pages: the phone's own way, a copied link, or a sheet with a nominee's poster.
import { Store } from "../shared/store";
import { notice } from "./campaign";
import { pathOf } from "./route";
import { t } from "./texts";

/** A nominee's page that is shared with its poster. */
export interface SharedPoster {
  name: string;
  path: string;
}

/** The poster that the sheet shows; it is closed without. The sheet's program is loaded when it is wanted. */
export const sharedPoster = new Store<SharedPoster | undefined>(undefined);

/** Opens the sheet with a nominee's poster. */
export const sharePoster = (slug: string, { number, name }: { number: number; name: string }) =>
  sharedPoster.set({ name, path: pathOf({ view: "nominee", slug, number }) });

/** The address of the poster of a nominee's page, which the server draws. */
export const posterPath = (path: string) => `${path}/poster.png`;

/** Copies the address of a path, or shows it where that is not allowed. */
export async function copyLink(path: string): Promise<void> {
  const url = location.origin + path;
  try {
    await navigator.clipboard.writeText(url);
    notice.set({ text: t().copied });
  } catch {
    notice.set({ text: `${t().copyThis} ${url}` });
  }
}

/** Shares a path the way the phone does it, else copies it. */
export async function shareOrCopy(title: string, path: string): Promise<void> {
  if (!navigator.share) return copyLink(path);
  try {
    await navigator.share({ title, url: location.origin + path });
  } catch (error) {
    // Closing the phone's own sheet is no failure.
    if (!(error instanceof DOMException && error.name === "AbortError")) await copyLink(path);
  }
}
