// The cover of the campaign: dropped or chosen, and there at once.
import { useRef, useState } from "preact/hooks";
import { type Campaign, campaign as currentCampaign, useCampaign } from "../campaign";
import { type UserError, Refusals } from "../parts/form";
import { Icon } from "../parts/icon";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { UploadRefused, upload } from "../parts/upload";
import { t } from "../texts";
import { change } from "./change";
import { SetCampaignCover } from "./operations";
import { r } from "./texts";

export function Cover() {
  const campaign = useCampaign();
  const [progress, setProgress] = useState<number>();
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isOver, setIsOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const { coverUrl } = campaign;
  const give = async (uploadId: string | null, told: string) => {
    const sendAt = ({ id, desk }: Campaign) =>
      change(SetCampaignCover, { input: { campaignId: id, expectedRevision: desk.editRevision, uploadId } });
    let refusals = await sendAt(campaign);
    const current = currentCampaign.value;
    // What somebody else has changed meanwhile is not in the way of a cover, unless it is the cover.
    if (refusals[0]?.code === "STALE_OBJECT" && current && !(current instanceof Error) && current.coverUrl === coverUrl) {
      refusals = await sendAt(current);
    }
    setErrors(refusals);
    if (refusals.length === 0) tell(told);
  };
  const send = async (file: File | undefined) => {
    setIsOver(false);
    if (!file || progress !== undefined) return;
    setErrors([]);
    setProgress(0);
    try {
      await give(await upload(campaign.desk.organisation.id, "PICTURE", file, setProgress), r().coverDone);
    } catch (error) {
      setErrors([{ code: "FAILED", message: error instanceof UploadRefused ? error.message : explain(error) }]);
    }
    setProgress(undefined);
  };
  return (
    <div class="field">
      <b id="cover">{r().cover}</b>
      <div
        class={isOver ? "cover-drop over" : "cover-drop"}
        role="group"
        aria-labelledby="cover"
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          void send(event.dataTransfer?.files[0]);
        }}
      >
        {coverUrl ? <img src={coverUrl} alt="" /> : <Icon name="picture" />}
        <div class="stack">
          <small>{r().coverHint}</small>
          {progress !== undefined ? (
            <label>
              <small>{r().coverSending(Math.round(progress * 100))}</small>
              <progress max={1} value={progress} />
            </label>
          ) : (
            <div class="row">
              <button type="button" onClick={() => chooser.current!.click()}>
                {coverUrl ? r().coverReplace : r().coverChoose}
              </button>
              {coverUrl && (
                <button type="button" class="quiet" onClick={() => void give(null, r().coverRemoved)}>
                  {t().remove}
                </button>
              )}
            </div>
          )}
        </div>
        <input
          ref={chooser}
          type="file"
          accept="image/jpeg,image/png,image/webp"
          hidden
          onChange={(event) => {
            void send(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </div>
      <Refusals errors={errors} />
    </div>
  );
}
