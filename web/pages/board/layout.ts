// The places of things on a board in a hall: how many columns and rows there are and how large, so that names and
// figures are read from the last row and the height is used, however few or many there are. All sizes are in units, of
// which a screen of 16:9 is 1,920 wide and 1,080 high, whatever its pixels (`--u` in board.css).

/** What the head, the rail and the edges leave. */
const field = { width: 1_536, height: 936 };
const gap = 16;
const padding = { x: 36, y: 28 };
const headHeight = 52;
export const cutHeight = 30;
const rowGap = 4;
const rowMin = 44 + rowGap;
/** Above this, there is room for the employer below the name. */
const twoLines = 64;
/** The height of three portraits beside each other, with their names and figures. */
const sideHeight = 272;
const leaderMin = 92;
const listWidth = 300;
const columnsMax = 4;
const gridRowsMax = 3;

/** The sizes of a name and of a figure. */
export interface Sizes {
  name: number;
  figure: number;
  /** Whether the employer stands below the name. */
  hasTwoLines: boolean;
}

export interface Plan {
  /** Beside each other (`side`), one below the other (`stack`), or with all the room there is (`grand`). */
  leaders: "side" | "stack" | "grand";
  /** Whether the leaders stand to the left of the list rather than above it. */
  isSplit: boolean;
  /** The columns of the list. */
  columns: number;
  /** The rows of a column. */
  rows: number;
  leader: Sizes;
  row: Sizes;
}

export interface Size {
  width: number;
  height: number;
}

/** The columns for so many categories, and how many are shown at all. */
export function gridOf(categories: number): { columns: number; shown: number; cell: Size } {
  const shown = Math.min(Math.max(1, categories), columnsMax * gridRowsMax);
  const rows = Math.ceil(shown / columnsMax);
  const columns = Math.ceil(shown / rows);
  const share = (all: number, parts: number) => (all - (parts - 1) * gap) / parts;
  return { columns, shown, cell: { width: share(field.width, columns), height: share(field.height, rows) } };
}

/** Figures are five quarters as large as names; both are never smaller than what is read from thirty metres. */
function sizesOf(height: number, width: number, nameMax: number, digits: number): Sizes {
  // A character of a name is as wide as it is high, a digit a bit more than half of that; four characters are kept.
  const fitting = (width - 92) / (4.1 + 1.25 * 0.62 * digits);
  const name = Math.round(Math.max(32, Math.min(height * 0.48, fitting, nameMax)));
  return { name, figure: Math.round(Math.max(40, name * 1.25)), hasTwoLines: height >= twoLines };
}

interface Wanted {
  leaders: number;
  others: number;
  /** The line stands between the rows. */
  hasCut: boolean;
  /** The digits of the highest figure, with its separators. */
  digits: number;
}

/** Plans a cell that shows a category. */
export function planOf(cell: Size, wanted: Wanted): Plan {
  const { leaders, others, hasCut, digits } = wanted;
  const inner = { width: cell.width - padding.x, height: cell.height - padding.y - headHeight };
  const isWide = inner.width > 1_000;
  if (others === 0) return planLeaders(inner, leaders, digits, isWide);
  const isSplit = isWide && leaders > 0;
  const isSide = !isSplit && leaders > 0 && inner.width >= 420 && inner.height >= 600 && others > 3;
  const stackHeight = isSplit ? inner.height : Math.max(leaderMin * leaders, (inner.height * leaders * 1.4) / (leaders * 1.4 + others));
  const above = isSplit || leaders === 0 ? 0 : isSide ? Math.max(sideHeight, inner.height - others * 108) : stackHeight;
  const area = { width: isSplit ? inner.width * 0.6 : inner.width, height: inner.height - Math.min(above, 420) - (hasCut ? cutHeight : 0) };
  const { columns, rows } = fit(area, others, digits);
  const rowHeight = Math.min(area.height / rows, 132);
  const leaderWidth = isSplit ? inner.width * 0.38 : inner.width;
  const leaderHeight = stackHeight / Math.max(1, leaders);
  return {
    leaders: isSide ? "side" : "stack",
    isSplit,
    columns,
    rows,
    leader: isSide
      ? { name: above > 330 ? 38 : 32, figure: digits > 6 ? 40 : 44, hasTwoLines: false }
      : sizesOf(leaderHeight * 0.5, leaderWidth, 60, 2),
    row: sizesOf(rowHeight - rowGap, area.width / columns - (columns - 1) * gap, 52, digits),
  };
}

/** The leaders alone: with the whole width they stand beside each other, else one below the other. */
function planLeaders(inner: Size, leaders: number, digits: number, isWide: boolean): Plan {
  const row: Sizes = { name: 32, figure: 40, hasTwoLines: true };
  const height = inner.height / Math.max(1, leaders);
  const leader: Sizes = isWide
    ? { name: 60, figure: digits > 7 ? 68 : 80, hasTwoLines: true }
    : { ...sizesOf(height * 0.4, inner.width, 56, 2), hasTwoLines: height > 150 };
  return { leaders: isWide ? "grand" : "stack", isSplit: false, columns: 1, rows: 0, leader, row };
}

/** The fewest columns in which all rows fit; else those that hold most. */
function fit(area: Size, count: number, digits: number): { columns: number; rows: number } {
  // Long figures leave no room for names in narrow columns.
  const width = listWidth + Math.max(0, digits - 5) * 26;
  const columnsFit = Math.max(1, Math.floor((area.width + gap) / (width + gap)));
  const rowsFit = Math.max(1, Math.floor(area.height / rowMin));
  // A column that is a little longer is read more easily than two.
  const columns = Math.min(columnsFit, Math.ceil(count / Math.min(rowsFit, 12)));
  return { columns, rows: Math.min(rowsFit, Math.ceil(count / columns)) };
}
