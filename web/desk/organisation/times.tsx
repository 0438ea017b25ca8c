// The times between which people may vote, with suggestions.
import { now } from "../../shared/clock";
import { utcToZoned, zonedToUtc } from "../../shared/zoned";
import { TextField } from "../parts/form";
import { zoneName } from "../parts/zone";
import { t } from "./texts";

/** Both as times of day in the campaign's time zone: "2026-11-28T09:00"; empty where nothing is chosen. */
export interface Times {
  opens: string;
  closes: string;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const opening = "09:00";
const closing = "18:00";
const durations = [7, 14, 30];

const today = (timeZone: string) => utcToZoned(new Date(now()).toISOString(), timeZone).slice(0, 10);

/** A day so many days after another. */
const dayAfter = (day: string, days: number) => new Date(Date.parse(`${day}T00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/** Days until the next Monday: 1 to 7. */
const toMonday = (day: string) => 7 - ((new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7);

function firstOfNextMonth(day: string): string {
  const date = new Date(`${day}T00:00Z`);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
}

/** What is wrong with times, if anything is; `field` is the one to mend. */
export function timesProblem({ opens, closes }: Times, timeZone: string): { field: keyof Times; text: string } | undefined {
  const [from, to] = [opens, closes].map((time) => Date.parse(zonedToUtc(time, timeZone)));
  if (!from) return { field: "opens", text: t().isNeeded };
  if (!to) return { field: "closes", text: t().isNeeded };
  if (from < now()) return { field: "opens", text: t().isPast };
  if (to <= from) return { field: "closes", text: t().closesFirst };
  return undefined;
}

interface TimesFieldsProps {
  times: Times;
  timeZone: string;
  onChange: (times: Times) => void;
  opensError?: string | undefined;
  closesError?: string | undefined;
}

/** Opening and closing. */
export function TimesFields({ times, timeZone, onChange, opensError, closesError }: TimesFieldsProps) {
  const { opens, closes } = times;
  const day = today(timeZone);
  const suggestions: [string, string][] = [
    [t().tomorrow, dayAfter(day, 1)],
    [t().nextMonday, dayAfter(day, toMonday(day))],
    [t().nextMonth, firstOfNextMonth(day)],
  ];
  const problem = opens && closes ? timesProblem(times, timeZone) : undefined;
  const past = opens && Date.parse(zonedToUtc(opens, timeZone)) < now() ? t().isPast : undefined;
  const lengthMs = Date.parse(zonedToUtc(closes, timeZone)) - Date.parse(zonedToUtc(opens, timeZone));
  const hint = t().inZone(zoneName(timeZone));
  return (
    <div class="times">
      <div class="stack">
        <TextField
          label={t().opens}
          type="datetime-local"
          value={opens}
          onInput={(value) => onChange({ opens: value, closes })}
          hint={hint}
          error={opensError ?? past}
        />
        <Suggestions>
          {suggestions.map(([text, date]) => (
            <button key={text} type="button" onClick={() => onChange({ opens: `${date}T${opening}`, closes })}>
              {text}
            </button>
          ))}
        </Suggestions>
      </div>
      <div class="stack">
        <TextField
          label={t().closes}
          type="datetime-local"
          value={closes}
          onInput={(value) => onChange({ opens, closes: value })}
          hint={lengthMs >= hourMs ? t().openFor(Math.floor(lengthMs / dayMs), Math.floor((lengthMs % dayMs) / hourMs)) : hint}
          error={closesError ?? (problem?.field === "closes" ? problem.text : undefined)}
        />
        <Suggestions>
          {durations.map((days) => (
            <button
              key={days}
              type="button"
              disabled={!opens}
              onClick={() => onChange({ opens, closes: `${dayAfter(opens.slice(0, 10), days)}T${closing}` })}
            >
              {t().days(days)}
            </button>
          ))}
        </Suggestions>
      </div>
    </div>
  );
}

function Suggestions({ children }: { children: preact.ComponentChildren }) {
  return (
    <div class="suggestions" role="group" aria-label={t().presets}>
      {children}
    </div>
  );
}
