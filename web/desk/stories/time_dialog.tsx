// The dialog in which a story gets its time.
import { useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { utcToZoned, zonedToUtc } from "../../shared/zoned";
import { reloadCampaign, useCampaign } from "../campaign";
import { addDays, dayIn } from "../parts/calendar";
import { Dialog } from "../parts/dialog";
import { TextField } from "../parts/form";
import { tell } from "../parts/notice";
import { zoneName } from "../parts/zone";
import { campaignPath } from "../route";
import { t } from "../texts";
import { when } from "./facts";
import type { StoryState } from "./operations";
import { s } from "./texts";
import { place } from "./times";

const usualTime = "09:00";

interface TimeDialogProps {
  story: { id: string; title: string; desk: { scheduledFor: string | null } };
  /** Set where the dialog is not on the story's own page. */
  hasLink?: boolean;
  onClose: () => void;
  onPlaced: (at: string, desk: { scheduledFor: string; state: StoryState; editRevision: number }) => void;
}

/** Asks for the time of a story, and gives it that time. */
export function TimeDialog({ story, hasLink, onClose, onPlaced }: TimeDialogProps) {
  const campaign = useCampaign();
  const { timeZone, slug } = campaign;
  const [local, setLocal] = useState(() =>
    story.desk.scheduledFor
      ? utcToZoned(story.desk.scheduledFor, timeZone)
      : `${addDays(dayIn(now(), timeZone), 1)}T${usualTime}`,
  );
  const [refusal, setRefusal] = useState<string>();
  const [free, setFree] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const choose = (value: string) => {
    setLocal(value);
    setRefusal(undefined);
    setFree(undefined);
  };
  const give = async (event: Event | undefined, wanted: string) => {
    event?.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    const placed = await place(campaign, story.id, wanted);
    setIsBusy(false);
    if ("at" in placed) {
      const { at, revision } = placed;
      onPlaced(at, { scheduledFor: at, state: "SCHEDULED", editRevision: revision });
      tell(s().moved(story.title, when(at, campaign)));
      void reloadCampaign();
      onClose();
    } else if ("free" in placed) {
      setFree(placed.free);
      setRefusal(s().timeTaken(when(placed.free, campaign)));
    } else setRefusal(placed.refusal);
  };
  const moment = zonedToUtc(local, timeZone);
  return (
    <Dialog title={s().giveTime} onClose={onClose}>
      <form onSubmit={(event) => void give(event, local)}>
        <p>
          <b>{story.title}</b>
        </p>
        <TextField
          label={s().timeLabel(zoneName(timeZone))}
          type="datetime-local"
          value={local}
          hint={s().timeHint}
          error={refusal ?? (moment && Date.parse(moment) < now() ? s().timePast : undefined)}
          isNeeded
          onInput={choose}
        />
        {hasLink && (
          <p>
            <a href={campaignPath(slug, "stories", story.id)}>{s().openStory}</a>
          </p>
        )}
        <footer>
          <button type="button" onClick={onClose}>
            {t().cancel}
          </button>
          {free && (
            <button type="button" disabled={isBusy} onClick={() => void give(undefined, utcToZoned(free, timeZone))}>
              {s().takeFree(when(free, campaign))}
            </button>
          )}
          <button type="submit" class="primary" disabled={isBusy || !moment}>
            {t().save}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
