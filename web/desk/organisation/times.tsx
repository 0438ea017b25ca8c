// The times between which people may vote, with suggestions.
import { now } from "../../shared/clock";
import { zonedToUtc } from "../../shared/zoned";
import { addDays, addMonths, dayIn, weekOf } from "../parts/calendar";
import { TextField } from "../parts/form";
import { allTimes } from "../parts/zone";
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
  const day = dayIn(now(), timeZone);
  const suggestions: [string, string][] = [
    [t().tomorrow, addDays(day, 1)],
    [t().nextMonday, addDays(weekOf(day)[0]!, 7)],
    [t().nextMonth, addMonths(day, 1)],
  ];
  const problem = opens && closes ? timesProblem(times, timeZone) : undefined;
  const past = opens && Date.parse(zonedToUtc(opens, timeZone)) < now() ? t().isPast : undefined;
  const lengthMs = Date.parse(zonedToUtc(closes, timeZone)) - Date.parse(zonedToUtc(opens, timeZone));
  const hint = allTimes(timeZone);
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
              onClick={() => onChange({ opens, closes: `${addDays(opens.slice(0, 10), days)}T${closing}` })}
            >
              {t().days(days, closing)}
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
