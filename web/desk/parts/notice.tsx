// Messages that stand for a moment: what was done, with a way back where there is one, and what was refused.
import { useEffect } from "preact/hooks";
import { Store } from "../../shared/store";
import { t } from "../texts";
import { Icon } from "./icon";

const noticeMs = 6_000;

interface Notice {
  text: string;
  isBad?: boolean;
  /** Takes back what was done. */
  undo?: () => void;
}

const notices = new Store<Notice | undefined>(undefined);

/** Tells what was done. */
export const tell = (text: string, undo?: () => void) => notices.set({ text, ...(undo && { undo }) });

/** Tells what was refused or went wrong: it stands until it is closed. */
export const complain = (text: string) => notices.set({ text, isBad: true });

/** The place of the messages. */
export function Notices() {
  const notice = notices.use();
  useEffect(() => {
    if (!notice || notice.isBad) return;
    const timer = setTimeout(() => notices.set(undefined), noticeMs);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class="notices" role="status" aria-live="polite">
      {notice && (
        <p class={notice.isBad ? "bad" : "good"}>
          <span>{notice.text}</span>
          {notice.undo && (
            <button
              type="button"
              class="quiet"
              onClick={() => {
                notices.set(undefined);
                notice.undo!();
              }}
            >
              {t().undo}
            </button>
          )}
          <button type="button" class="quiet icon" aria-label={t().close} onClick={() => notices.set(undefined)}>
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}
