// Windows of one browser share a session: what one does to it, the others hear of.
import { viewer } from "../campaign";
import { forgetDrafts } from "../parts/draft";
import { followSignOut, resume, sessionState } from "../session";

/** The member who is signed in; null for nobody. */
interface Message {
  member: string | null;
}

let told: string | null | undefined;

/** Begins the page anew, for another member, who must not find what this one was typing. */
export function beginAnew(): void {
  forgetDrafts();
  location.reload();
}

function hear({ member }: Message): void {
  const here = viewer.value?.id;
  if (member && here && member !== here) beginAnew();
  // The server knows whether the session that the windows share is open.
  else if (member === null) followSignOut().catch(() => undefined);
  else if (sessionState.value !== "open") resume().catch(() => undefined);
}

/** Tells the other windows who signs in and out here, and follows them. */
export function followTabs(): void {
  const channel = new BroadcastChannel("acclaim.desk");
  const tell = (member: string | null) => {
    if (member === told) return;
    told = member;
    channel.postMessage({ member } satisfies Message);
  };
  viewer.watch(() => viewer.value && tell(viewer.value.id));
  sessionState.watch(() => {
    if (sessionState.value === "none" && told) tell(null);
    // Whoever signs in again is told of again.
    if (sessionState.value === "ended") told = undefined;
  });
  channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data);
}
