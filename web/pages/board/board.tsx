// The view of the live board, for a projector and for the organiser's phone.
import "./board.css";
import "./board_hall.css";
import "./controls.css";
import "./ranking.css";
import "./ranking_hall.css";
import "./moments.css";
import "./moments_hall.css";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { staff } from "../../shared/session";
import { useAlarm, useReturn, useTick } from "../../shared/store";
import { NotFound } from "../missing";
import { Failed } from "../parts";
import { t } from "../texts";
import { type Campaign, type Nominee, loadBoard } from "./campaign";
import { type BoardProps, Frame } from "./frame";
import { useKeys } from "./keys";
import { Counting, LastMinute, isClosed, isLastMinute } from "./last_minute";
import { LiveBoard, modeKeys } from "./live_board";
import { Code, Countdown } from "./rail";
import { StaffAccount } from "./staff_account";
import { useStage } from "./stage";
import { b } from "./texts";

export { loadBoard } from "./campaign";

/** The interval at which a board checks whether its figures are still hidden. */
const hiddenPollMs = 15_000;
/** Nominees are renamed, moved and withdrawn, and votes prolonged, without a change of the figures. */
const rosterPollMs = 30_000;
/** After the close, a hall waits for the result. */
const countingPollMs = 5_000;

interface BoardViewProps {
  slug: string;
  /** The board as it was read before the page was drawn. */
  first?: Awaited<ReturnType<typeof loadBoard>> | undefined;
  languageButton: JSX.Element;
}

/** The next moment at which the campaign changes by itself. */
const edgeOf = ({ phase, votingOpensAt, votingClosesAt }: Campaign): number | undefined =>
  phase === "UPCOMING" ? Date.parse(votingOpensAt) : phase === "VOTING" ? Date.parse(votingClosesAt) : undefined;

export default function BoardView({ slug, first, languageButton }: BoardViewProps) {
  const [campaign, setCampaign] = useState<Campaign | null | Error | undefined>(first?.campaign);
  const [roster, setRoster] = useState<Nominee[]>(first?.roster ?? []);
  const [signedIn, setSignedIn] = useState(staff.isOpen());
  const load = async () => {
    try {
      const found = await loadBoard(slug);
      setRoster(found.roster);
      setCampaign(found.campaign);
      setSignedIn(staff.isOpen());
    } catch (error) {
      setCampaign((before) => before ?? (error as Error));
    }
  };
  const loaded = campaign instanceof Error ? undefined : (campaign ?? undefined);
  const isFresh = useRef(first !== undefined);
  useEffect(() => {
    if (!isFresh.current) void load();
    isFresh.current = false;
  }, [slug, signedIn]);
  useReturn(0, () => void load());
  const pollMs = loaded?.phase === "ENDED" ? countingPollMs : rosterPollMs;
  useEffect(() => {
    const timer = setInterval(() => void load(), pollMs * (1 + Math.random() / 4));
    return () => clearInterval(timer);
  }, [slug, pollMs]);
  useAlarm(loaded && edgeOf(loaded), () => void load());
  useEffect(() => {
    if (loaded) document.title = `${loaded.title} · ${t().board}`;
  }, [loaded?.title]);
  const [stage, change] = useStage(loaded);
  if (campaign === undefined) return <p class="empty">{t().loading}</p>;
  if (campaign instanceof Error) return <Failed error={campaign} retry={() => void load()} />;
  if (campaign === null) return <NotFound slug={slug} />;
  const account = <StaffAccount isOpen={signedIn} onChange={() => setSignedIn(staff.isOpen())} />;
  const props = { slug, campaign, stage, change, account, languageButton, reload: load };
  return campaign.tally ? (
    <LiveBoard key={String(signedIn)} tally={campaign.tally} roster={roster} {...props} />
  ) : (
    <HiddenBoard {...props} />
  );
}

/** The board while the rules hide its figures, or while there are none yet. */
function HiddenBoard(props: BoardProps) {
  const { slug, campaign, stage, reload } = props;
  const time = useTick();
  useKeys(modeKeys(props));
  useEffect(() => {
    const timer = setInterval(() => void reload(), hiddenPollMs);
    return () => clearInterval(timer);
  }, [campaign]);
  const isHiddenForGood = campaign.rules.tallyVisibility === "STAFF_ONLY";
  const isCounting = isClosed(campaign, time) && !isHiddenForGood;
  const isCountdown = !isCounting && stage.mode === "last-minute" && !isClosed(campaign, time);
  const isEarly = campaign.phase === "UPCOMING" && campaign.rules.tallyVisibility === "LIVE";
  const words = isHiddenForGood ? b().hidden : isEarly ? b().hiddenUntilOpen : b().hiddenUntilClose;
  const said = isCounting ? b().said.counting : isLastMinute(campaign, time) ? b().said.lastMinute : "";
  const rail = !isCounting && !isCountdown && (
    <>
      <Countdown campaign={campaign} />
      <Code slug={slug} campaign={campaign} />
    </>
  );
  return (
    <Frame {...props} offered={["all", "last-minute"]} rail={rail} announcement={said}>
      {isCounting ? (
        <Counting />
      ) : isCountdown ? (
        <LastMinute slug={slug} campaign={campaign} />
      ) : (
        <div class="told-large">
          <p class="large" role="status">
            {words}
          </p>
        </div>
      )}
    </Frame>
  );
}
