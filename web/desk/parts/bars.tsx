// Parts of a whole: a table whose rows have a bar.
import "./bars.css";
import { count, locale } from "../../shared/format";

export interface Bar {
  name: string;
  value: number;
}

interface BarsProps {
  /** What the table shows. */
  caption: string;
  /** The heads of its columns: what the rows are, and what is counted. */
  heads: readonly [string, string, string];
  bars: readonly Bar[];
  /** What the parts add up to. */
  total: number;
}

/** A row for each part, with its bar and its share. */
export function Bars({ caption, heads, bars, total }: BarsProps) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const share = new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: total < 1_000 ? 0 : 1 });
  return (
    <table class="bars">
      <caption class="unseen">{caption}</caption>
      <thead class="unseen">
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {bars.map(({ name, value }) => (
          <tr key={name}>
            <th scope="row" title={name}>
              {name}
            </th>
            <td class="number">
              <span class="bar-line" aria-hidden="true">
                <i style={{ width: `${(value / most) * 100}%` }} />
              </span>
              {count(value)}
            </td>
            <td class="number soft">{share.format(total > 0 ? value / total : 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
