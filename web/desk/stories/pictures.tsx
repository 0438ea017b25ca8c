// Pictures of a story: its cover, and those in its text. Each is sent at once; its place in the text is saved with
// the text.
import { useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { Confirm, Dialog } from "../parts/dialog";
import { TextField, type UserError } from "../parts/form";
import { Icon } from "../parts/icon";
import { complain } from "../parts/notice";
import { explain } from "../parts/states";
import { UploadRefused, upload } from "../parts/upload";
import { staff } from "../session";
import { t } from "../texts";
import type { Story } from "./facts";
import { AddStoryPicture, RemoveStoryMedia, SetStoryCover } from "./operations";
import { s } from "./texts";

const bytesMax = 20 * 1024 * 1024;
export const pictureTypes = ["image/jpeg", "image/png", "image/webp"];
const titleMax = 200;

/** The pictures among the files of a drop or a paste. */
export const picturesOf = (transfer: DataTransfer | null) =>
  Array.from(transfer?.files ?? []).filter(({ type }) => type.startsWith("image/"));

/** The refusal of a file before it is sent. */
function faultOf(file: File): string | undefined {
  if (!pictureTypes.includes(file.type)) return s().wrongType(file.name);
  return file.size > bytesMax ? s().wrongSize(file.name) : undefined;
}

const reasonOf = (error: unknown) => (error instanceof UploadRefused ? error.message : explain(error));

export interface PicturesProps {
  organisationId: string;
  story: Story;
  onStory: (story: Story) => void;
  /** Asks where the change sends the story back to review; then does it. */
  ask: (change: () => void) => void;
  isFixed: boolean;
}

/** Takes over the story that came with an answer; gives whether it was changed. */
function take(answer: { story: unknown; userErrors: UserError[] }, onStory: (story: Story) => void): boolean {
  if (answer.story) onStory(answer.story as Story);
  const refusal = answer.userErrors[0];
  if (refusal) complain(refusal.message);
  return !refusal;
}

/** The cover of a story: dropped or chosen, replaced, removed. */
export function Cover({ organisationId, story, onStory, ask, isFixed }: PicturesProps) {
  const [sent, setSent] = useState<number>();
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const set = async (file: File | undefined) => {
    const fault = file && faultOf(file);
    if (fault) return complain(fault);
    setSent(0);
    try {
      const uploadId = file ? await upload(organisationId, "PICTURE", file, setSent) : null;
      const wish = { storyId: story.id, expectedRevision: story.desk.editRevision, uploadId };
      take((await execute(SetStoryCover, { input: wish }, { as: staff })).setStoryCover, onStory);
    } catch (error) {
      complain(reasonOf(error));
    }
    setSent(undefined);
  };
  if (isFixed) return story.coverUrl ? <img class="cover-picture" src={story.coverUrl} alt={s().cover} /> : null;
  return (
    <div
      class={isOver ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        const [file] = event.dataTransfer?.files ?? [];
        if (file) ask(() => void set(file));
      }}
    >
      {story.coverUrl && <img class="cover-picture" src={story.coverUrl} alt={s().cover} />}
      {!story.coverUrl && sent === undefined && <span class="soft">{s().dropCover}</span>}
      {sent !== undefined && (
        <span role="status">
          {s().sending(Math.round(sent * 100))}
          <progress value={sent} aria-label={s().cover} />
        </span>
      )}
      <div class="row">
        <button type="button" disabled={sent !== undefined} onClick={() => input.current!.click()}>
          <Icon name="picture" />
          {story.coverUrl ? s().replace : s().choose}
        </button>
        {story.coverUrl && (
          <button type="button" class="quiet" disabled={sent !== undefined} onClick={() => ask(() => void set(undefined))}>
            {t().remove}
          </button>
        )}
      </div>
      <input
        ref={input}
        type="file"
        hidden
        accept={pictureTypes.join(",")}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) ask(() => void set(file));
        }}
      />
    </div>
  );
}

interface NewPictureProps extends Omit<PicturesProps, "ask" | "isFixed"> {
  file: File;
  onAdded: (path: string, title: string) => void;
  onClose: () => void;
}

/** A picture that comes into the text: what it shows, and its way to the server. */
export function NewPicture({ organisationId, story, onStory, file, onAdded, onClose }: NewPictureProps) {
  const [title, setTitle] = useState("");
  const [sent, setSent] = useState<number>();
  const [error, setError] = useState(() => faultOf(file));
  // A picture that was sent already need not be sent again when the rest is refused.
  const uploaded = useRef<string | undefined>(undefined);
  const add = async (event: Event) => {
    event.preventDefault();
    if (sent !== undefined) return;
    setError(undefined);
    setSent(0);
    try {
      const uploadId = uploaded.current ?? (await upload(organisationId, "PICTURE", file, setSent));
      uploaded.current = uploadId;
      const wish = { storyId: story.id, expectedRevision: story.desk.editRevision, uploadId, title: title.trim() };
      const answer = (await execute(AddStoryPicture, { input: wish }, { as: staff })).addStoryPicture;
      if (answer.story) onStory(answer.story as Story);
      if (answer.media) {
        onAdded(new URL(answer.media.url, location.origin).pathname, answer.media.title);
        return onClose();
      }
      const refusal = answer.userErrors[0];
      // The next try rests on the story as it stands now; any other refusal is about the file.
      if (refusal?.code !== "STALE_OBJECT") uploaded.current = undefined;
      setError(refusal?.message ?? t().refused);
    } catch (reason) {
      setError(reasonOf(reason));
    }
    setSent(undefined);
  };
  const isTaken = pictureTypes.includes(file.type) && file.size <= bytesMax;
  return (
    <Dialog title={file.name} onClose={onClose}>
      <form onSubmit={(event) => void add(event)}>
        <TextField label={s().describe} hint={s().describeHint} value={title} maxLength={titleMax} isNeeded onInput={setTitle} />
        {sent !== undefined && (
          <p role="status">
            {s().sending(Math.round(sent * 100))}
            <progress value={sent} aria-label={file.name} />
          </p>
        )}
        {error && (
          <p class="refusal" role="alert">
            {error}
          </p>
        )}
        <footer>
          <button type="button" onClick={onClose}>
            {t().cancel}
          </button>
          <button type="submit" class="primary" disabled={!isTaken || title.trim() === "" || sent !== undefined}>
            {s().insert}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

interface MediaProps extends PicturesProps {
  onInsert: (path: string, title: string) => void;
  onRemoved: (path: string) => void;
}

/** The pictures, films and recordings that belong to a story. */
export function MediaBox({ story, onStory, ask, isFixed, onInsert, onRemoved }: MediaProps) {
  const [leaving, setLeaving] = useState<string>();
  const pathOf = (url: string) => new URL(url, location.origin).pathname;
  const remove = async (url: string) => {
    try {
      const wish = { storyId: story.id, expectedRevision: story.desk.editRevision, url };
      const { removeStoryMedia } = await execute(RemoveStoryMedia, { input: wish }, { as: staff });
      if (removeStoryMedia.story) onStory(removeStoryMedia.story as Story);
      const refusal = removeStoryMedia.userErrors[0];
      if (!refusal) onRemoved(pathOf(url));
      return refusal?.message;
    } catch (error) {
      return reasonOf(error);
    }
  };
  if (story.media.length === 0) return null;
  return (
    <section class="media-box">
      <h3>{s().pictures}</h3>
      <ul>
        {story.media.map(({ kind, url, title }) => (
          <li key={url}>
            {kind === "IMAGE" ? <img src={url} alt="" loading="lazy" /> : <i class="no-cover" />}
            <span>
              {title} <small>{s().kinds[kind]}</small>
            </span>
            {!isFixed && (
              <span class="row">
                {kind === "IMAGE" && (
                  <button type="button" class="quiet" onClick={() => onInsert(pathOf(url), title)}>
                    {s().insertAgain}
                  </button>
                )}
                <button
                  type="button"
                  class="quiet icon"
                  aria-label={`${t().remove}: ${title}`}
                  onClick={() => ask(() => setLeaving(url))}
                >
                  <Icon name="trash" />
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {leaving !== undefined && (
        <Confirm
          title={s().removeTitle}
          action={t().remove}
          onClose={() => setLeaving(undefined)}
          onConfirm={() => remove(leaving)}
        >
          <p>{s().removeNote}</p>
        </Confirm>
      )}
    </section>
  );
}
