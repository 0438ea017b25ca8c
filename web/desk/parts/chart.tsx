// A chart of figures over time. What is drawn is for eyes only: the keyboard moves a reading along it, and the caller
// has the same figures in a table.
import "uplot/dist/uPlot.min.css";
import "./chart.css";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { count, formatTime, locale } from "../../shared/format";

/** Below so many points, each is marked: a line of one point cannot be seen. */
const markedPoints = 40;
/** The seconds between marks of the axis of time. */
const timeSteps = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 4_320, 10_080, 20_160, 43_200].map((m) => m * 60);
/** The steps of the keyboard that are far. */
const farPoints = 10;

interface ChartProps {
  /** What it shows, for those who do not see it. */
  label: string;
  /** The moments in milliseconds, in their order. */
  times: readonly number[];
  values: readonly number[];
  /** The values that would be usual, as a thin line. */
  usual?: readonly number[];
  timeZone: string;
  /** How long a point lasts, in milliseconds. */
  stepMs: number;
  /** Draws bars in place of a line. */
  isBars?: boolean;
  /** What is said of the point at an index. */
  say: (index: number) => string;
  /** What is said while no point is read. */
  summary: string;
}

/** A line or bars over time, with a reading of the point under the pointer or at the keyboard's place. */
export function Chart({ label, times, values, usual, timeZone, stepMs, isBars = false, say, summary }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [reading, setReading] = useState<number>();
  const points = useRef<uPlot.AlignedData>([[], []]);
  points.current = [times.map((time) => time / 1_000), [...values], ...(usual ? [[...usual]] : [])];
  useEffect(() => {
    const element = place.current!;
    const draw = () => {
      plot.current?.destroy();
      const drawing = { element, timeZone, stepMs, isBars, hasUsual: !!usual, length: points.current[0].length, onRead: setReading };
      plot.current = new uPlot(optionsOf(drawing), points.current, element);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize(sizeOf(element)));
    resized.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [timeZone, stepMs, isBars, !usual, locale(), times.length < markedPoints]);
  useEffect(() => plot.current?.setData(points.current), [times, values, usual]);
  const last = times.length - 1;
  const shown = reading === undefined || reading > last ? undefined : reading;
  const read = (index: number | undefined) => {
    const drawn = plot.current;
    setReading(index);
    if (!drawn) return;
    const left = index === undefined ? -10 : drawn.valToPos(points.current[0][index]!, "x");
    const top = index === undefined ? -10 : drawn.valToPos(points.current[1]![index]!, "y");
    drawn.setCursor({ left, top }, false);
  };
  const move = (event: KeyboardEvent) => {
    const from = shown ?? last + 1;
    const to = {
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      PageDown: from - farPoints,
      PageUp: from + farPoints,
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === "Escape") read(undefined);
    if (to === undefined || last < 0) return;
    event.preventDefault();
    read(Math.min(last, Math.max(0, to)));
  };
  return (
    <div class="chart">
      <p class="reading" aria-hidden="true">
        {shown === undefined ? summary : say(shown)}
      </p>
      <div
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={shown ?? Math.max(0, last)}
        aria-valuetext={shown === undefined ? summary : say(shown)}
        onKeyDown={move}
        onBlur={() => read(undefined)}
      >
        <div ref={place} aria-hidden="true" />
      </div>
    </div>
  );
}

const sizeOf = ({ clientWidth, clientHeight }: HTMLElement) => ({ width: clientWidth, height: clientHeight });

interface Drawing {
  element: HTMLElement;
  timeZone: string;
  stepMs: number;
  isBars: boolean;
  hasUsual: boolean;
  length: number;
  onRead: (index: number | undefined) => void;
}

function optionsOf({ element, timeZone, stepMs, isBars, hasUsual, length, onRead }: Drawing): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const half = stepMs / 2_000;
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: colour("--soft"), font, ticks: { show: false } };
  return {
    ...sizeOf(element),
    padding: [8, 20, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), timeZone),
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 8, width: 2, stroke: colour("--card"), fill: colour("--accent") },
    },
    scales: {
      x: {
        // Bars at the ends are whole, and one point has a time to stand in.
        range: ({ data: [times] }) => {
          const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
          return isBars || first === last ? [first - half, last + half] : [first, last];
        },
      },
      y: { range: (_, __, highest) => [0, Math.max(4, (highest ?? 0) * 1.08)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 34,
        gap: 9,
        space: 64,
        incrs: timeSteps.filter((seconds) => seconds * 1_000 >= stepMs),
        values: (_, splits) => splits.map((at) => tick(at * 1_000, timeZone)),
      },
      {
        ...axis,
        grid: { stroke: colour("--line"), width: 1 },
        space: 40,
        incrs: [1, 2, 5].flatMap((of) => Array.from({ length: 10 }, (_, power) => of * 10 ** power)).sort((a, b) => a - b),
        size: (_, labels) => 14 + 7.2 * Math.max(2, ...(labels ?? []).map((label) => label.length)),
        values: (_, splits) => splits.map(count),
      },
    ],
    series: [
      {},
      {
        stroke: colour("--accent"),
        fill: isBars ? colour("--accent") : `${colour("--accent")}1f`,
        width: isBars ? 0 : 2,
        points: { show: !isBars && length < markedPoints, size: 5, fill: colour("--accent") },
        ...(isBars && { paths: uPlot.paths.bars!({ size: [0.7, 48] }) }),
      },
      // Above what it is compared with, and told from it without its colour.
      ...(hasUsual ? [{ stroke: colour("--ink"), width: 1.5, dash: [5, 4], points: { show: false } }] : []),
    ],
    hooks: {
      setCursor: [({ cursor }) => onRead(cursor.left !== undefined && cursor.left >= 0 ? (cursor.idx ?? undefined) : undefined)],
    },
  };
}

/** A moment at the axis: midnight by its day, all others by their time. */
function tick(at: number, timeZone: string): string {
  const time = formatTime(at, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "en-GB");
  if (time !== "00:00") return time;
  return formatTime(at, { timeZone, month: "short", day: "numeric" });
}
