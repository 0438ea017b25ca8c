// Dialogs: in the middle, or as a sheet at the side in which something is edited.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../texts";
import { Icon } from "./icon";

interface DialogProps {
  title: string;
  /** Called when it is closed, by Escape too. */
  onClose: () => void;
  isSheet?: boolean;
  /** Set for one that cannot be closed. */
  isFixed?: boolean;
  children: ComponentChildren;
}

/** A dialog above the page, which holds the keyboard until it is closed. */
export function Dialog({ title, onClose, isSheet, isFixed, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // With the drawing, not after it: a key that is pressed in between would move the keyboard from what opened it. What
  // had the keyboard has it again when it closes.
  useLayoutEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={isSheet ? "sheet" : "middle"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!isFixed) onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {!isFixed && (
          <button type="button" class="quiet icon" aria-label={t().close} onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  /** What it will do, in numbers; or with the reason as it is typed. */
  children: ComponentChildren | ((reason: string) => ComponentChildren);
  /** The word of the button. */
  action: string;
  /** A word to type first, for what cannot be undone. */
  word?: string;
  /** Asks for a reason; `public` for one that the public reads, `optional` for one that may be left out. */
  reason?: "public" | "required" | "optional";
  onClose: () => void;
  /** Does it; the dialog stays open where that gives a refusal. */
  onConfirm: (reason: string) => Promise<string | undefined>;
}

/** The question before a step that matters. */
export function Confirm({ title, children, action, word, reason, onClose, onConfirm }: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const [text, setText] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const isNeeded = reason === "public" || reason === "required";
  const isReady = (!word || typed.trim() === word) && (!isNeeded || text.trim() !== "");
  const confirm = async (event: Event) => {
    event.preventDefault();
    if (!isReady || isBusy) return;
    setIsBusy(true);
    const refused = await onConfirm(text.trim());
    setIsBusy(false);
    if (refused === undefined) onClose();
    else setRefusal(refused);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void confirm(event)}>
        {typeof children === "function" ? children(text.trim()) : children}
        {reason && (
          <label class="field">
            <span>
              {reason === "public" ? t().publicReason : t().reason}
              <small> · {isNeeded ? t().required : t().optional}</small>
            </span>
            <textarea rows={3} value={text} required={isNeeded} readOnly={isBusy} onInput={(event) => setText(event.currentTarget.value)} />
          </label>
        )}
        {word && (
          <label class="field">
            <span>{t().typeToConfirm(word)}</span>
            <input value={typed} autocomplete="off" readOnly={isBusy} onInput={(event) => setTyped(event.currentTarget.value)} />
          </label>
        )}
        {refusal && (
          <p class="refusal" role="alert">
            {refusal}
          </p>
        )}
        <footer>
          <button type="button" onClick={onClose}>
            {t().cancel}
          </button>
          <button type="submit" class="primary" disabled={!isReady || isBusy}>
            {action}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
