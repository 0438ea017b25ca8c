// A sheet over the page: from below on a phone, in the middle elsewhere.
import "./sheet.css";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./parts";
import { t } from "./texts";

interface SheetProps {
  title: string;
  /** Its class beside that of all sheets. */
  look?: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Sheet({ title, look, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    // Browsers before 2022 know no dialogs: there it lies over the page all the same.
    if ("showModal" in dialog.current!) dialog.current.showModal();
    else dialog.current!.setAttribute("open", "");
  }, []);
  const close = () => {
    // The event of its own closing may come when it is gone.
    dialog.current?.close?.();
    onClose();
  };
  return (
    <dialog
      ref={dialog}
      class={look ? `sheet ${look}` : "sheet"}
      aria-labelledby="sheet-title"
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <div class="contents">
        <header>
          <h2 id="sheet-title">{title}</h2>
          <button class="quiet" type="button" aria-label={t().close} onClick={close}>
            <Icon sign="i-close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
