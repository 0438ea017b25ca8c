// The frame that all modes of a board share: its title, the rail, the corner, the controls, and the look.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Campaign, isPublished } from "./campaign";
import { Controls } from "./controls";
import { useIdle } from "./keys";
import { ServerClock } from "./rail";
import type { ChangeStage, Look, Mode, Stage } from "./stage";
import { b } from "./texts";

/** The properties of every board. */
export interface BoardProps {
  slug: string;
  campaign: Campaign;
  stage: Stage;
  change: ChangeStage;
  account: JSX.Element;
  languageButton: JSX.Element;
  reload: () => Promise<void>;
}

interface FrameProps extends BoardProps {
  offered: readonly Mode[];
  /** The controls of the mode that is shown. */
  ownControls?: ComponentChildren;
  /** The facts beside the stage; without them it has all the room. */
  rail?: ComponentChildren;
  freshness?: ComponentChildren;
  /** A change of the stage in words, for ears. */
  announcement: string;
  isWhole?: boolean;
  children: ComponentChildren;
}

export function Frame(props: FrameProps) {
  const { campaign, stage, ownControls, rail, freshness, announcement, isWhole = false, children } = props;
  const deviceLook = useDeviceLook();
  const look = stage.look ?? deviceLook;
  useIdle();
  return (
    <div class={`board ${look}${rail ? "" : " full"}${isWhole ? " whole" : ""}`} data-mode={stage.mode}>
      <header>
        <h1>{campaign.title}</h1>
        {isPublished(campaign) && <p class="words">{b().isFinal}</p>}
      </header>
      <p class="unseen" role="status">
        {announcement}
      </p>
      <div class="stage">{children}</div>
      {rail && <aside class="rail">{rail}</aside>}
      <footer>
        {freshness}
        <ServerClock timeZone={campaign.timeZone} />
      </footer>
      <Controls {...props} look={look}>
        {ownControls}
      </Controls>
    </div>
  );
}

/** The look that the device prefers. */
function useDeviceLook(): Look {
  const [query] = useState(() => matchMedia("(prefers-color-scheme: light)"));
  const [isLight, setLight] = useState(query.matches);
  useEffect(() => {
    const note = () => setLight(query.matches);
    query.addEventListener("change", note);
    return () => query.removeEventListener("change", note);
  }, []);
  return isLight ? "light" : "dark";
}
