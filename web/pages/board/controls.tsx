// The controls of a board: out of sight until somebody touches it.
import type { JSX } from "preact";
import { pathOf } from "../route";
import { t } from "../texts";
import type { Campaign } from "./campaign";
import { canFillScreen, toggleFullScreen } from "./keys";
import { type ChangeStage, type Look, type Mode, type Stage, modes } from "./stage";
import { b } from "./texts";

interface ControlsProps {
  slug: string;
  campaign: Campaign;
  stage: Stage;
  look: Look;
  change: ChangeStage;
  /** The modes that there is something to show in. */
  offered: readonly Mode[];
  /** The member of staff, and the language. */
  account: JSX.Element;
  languageButton: JSX.Element;
  /** The controls of the mode that is shown. */
  children?: preact.ComponentChildren;
}

export function Controls(props: ControlsProps) {
  const { slug, campaign, stage, look, change, offered, account, languageButton, children } = props;
  return (
    <nav class="controls" aria-label={b().controls}>
      {modes.map(
        (mode, index) =>
          offered.includes(mode) && (
            <button
              key={mode}
              type="button"
              aria-pressed={mode === stage.mode}
              aria-keyshortcuts={String(index + 1)}
              onClick={() => change(modeChange(mode, campaign, stage))}
            >
              <kbd aria-hidden="true">{index + 1}</kbd> {b().modes[mode]}
            </button>
          ),
      )}
      {children}
      <span class="spread" />
      <button class="quiet" type="button" onClick={() => change({ look: look === "dark" ? "light" : "dark" })}>
        {look === "dark" ? b().light : b().dark}
      </button>
      {canFillScreen() && (
        <button class="quiet" type="button" aria-keyshortcuts="F" onClick={toggleFullScreen}>
          <kbd aria-hidden="true">F</kbd> {b().fullScreen}
        </button>
      )}
      {languageButton}
      <a class="quiet button" href={pathOf({ view: "voting", slug })}>
        {t().nominees}
      </a>
      {account}
    </nav>
  );
}

/** The change of the stage that goes with a mode: a category where one is shown, and an unveiling that begins anew. */
export function modeChange(mode: Mode, { categories }: Campaign, stage: Stage): Partial<Stage> {
  const hasCategory = mode === "category" || mode === "unveiling";
  const category = hasCategory ? (stage.category ?? categories[0]?.key) : undefined;
  const place = mode === stage.mode ? stage.place : undefined;
  return { mode, category, place, from: undefined };
}

interface CategoryChoiceProps {
  campaign: Campaign;
  value: string | undefined;
  onChange: (key: string) => void;
}

export const CategoryChoice = ({ campaign, value, onChange }: CategoryChoiceProps) => (
  <select aria-label={b().category} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
    {campaign.categories.map(({ key, name }) => (
      <option key={key} value={key}>
        {name}
      </option>
    ))}
  </select>
);
