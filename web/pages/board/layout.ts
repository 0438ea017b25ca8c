// The places of things on a board in a hall: how many columns and rows there are and how large, so that names and
// figures are read from the last row and the height is used, however few or many there are. All sizes are in units, of
// which a screen of 16:9 is 1,920 wide and 1,080 high, whatever its pixels (`--u` in board.css).

/** The room that the head, the rail and the edges leave. */
const field = { width: 1_536, height: 952 };
const gap = 16;
const padding = { x: 36, y: 28 };
const headHeight = 52;
const cutHeight = 30;
const rowGap = 4;
const rowMin = 44 + rowGap;
/** Above this, there is room for the employer below the name. */
const twoLines = 62;
/** The least height of portraits beside each other, the first of which stands higher. */
const sideFaces = 196;
const sideHeightMax = 460;
const leaderMin = 92;
/** A leader is so many times as high as a row, where both are below each other. */
const leaderRows = 1.6;
/** Rows above this leave what is more to the leaders. */
const rowAmple = 84;
const rowGrand = 140;
/** The part of the width that the leaders have beside a list, as in ranking_hall.css. */
const leadersBeside = 0.38;
const besideGap = 28;
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
  /** The height of the leaders above a list. */
  above: number;
  /** The lines of the leaders' names, where they stand beside each other. */
  nameLines: number;
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

/**
 * The widths of characters in their height: those of names are square, and a digit is no wider than this in any face.
 * Four characters of a name are kept beside its figure.
 */
const nameChars = 4.1;
const digitWidth = 0.7;
/** Figures are larger than names by this. */
const figureRatio = 1.25;

/** The digits of a figure; a separator is half of one. */
export function digitsOf(figure: number): number {
  const digits = String(figure).length;
  return digits + Math.floor((digits - 1) / 3) / 2;
}

/** Sizes that fit; never smaller than what is read from thirty metres. */
function sizesOf(name: number, figure: number, hasTwoLines: boolean): Sizes {
  return { name: Math.round(Math.max(32, name)), figure: Math.round(Math.max(40, figure)), hasTwoLines };
}

/** A row: the place, the name and the figure beside each other. */
function rowSizes(height: number, width: number, digits: number): Sizes {
  const fitting = (width - 96) / (nameChars + figureRatio * digitWidth * digits);
  const name = Math.min(height * 0.46, fitting, 72);
  return sizesOf(name, name * figureRatio, height >= twoLines);
}

/** A leader with the portrait at the left: the name above its figure. */
function stackSizes(height: number, width: number, { digits, nameWidth }: Wanted): Sizes {
  const textWidth = width - height * 0.75 - 28;
  const figure = Math.min(height * 0.3, textWidth / (digitWidth * digits), 84);
  // A name has two lines at most.
  return sizesOf(Math.min(height * 0.22, textWidth / nameWidth, 64), figure, height >= 200);
}

interface Wanted {
  leaders: number;
  others: number;
  /** The line stands between the rows. */
  hasCut: boolean;
  /** The digits of the highest figure, with its separators. */
  digits: number;
  /** The width of the widest word in the leaders' names, in its height. */
  nameWidth: number;
  /** The width of the longest of these names, in its height. */
  nameLength: number;
}

/** Plans a cell that shows a category. */
export function planOf(cell: Size, wanted: Wanted): Plan {
  const { leaders, others, hasCut, digits } = wanted;
  const inner = { width: cell.width - padding.x, height: cell.height - padding.y - headHeight };
  const isWide = inner.width > 1_000;
  if (others === 0) return planLeaders(inner, wanted, isWide);
  const kind = kindOf(inner, wanted, isWide);
  const isSplit = isWide && kind === "stack" && leaders > 0;
  const above = leaders === 0 || isSplit ? 0 : aboveOf(kind, inner, wanted);
  const area = {
    width: isSplit ? inner.width * (1 - leadersBeside) - besideGap : inner.width,
    // Beside the leaders, the list begins where the heading does.
    height: inner.height + (isSplit ? headHeight : 0) - above - (above > 0 ? 14 : 0) - (hasCut ? cutHeight : 0),
  };
  const { columns, rows } = fit(area, others, digits);
  const rowWidth = (area.width - (columns - 1) * gap) / columns;
  const leaderHeight = (isSplit ? inner.height : above) / Math.max(1, leaders) - 8;
  const leader =
    kind === "side"
      ? sideSizes(inner, wanted)
      : kind === "grand"
        ? grandSizes(wanted)
        : stackSizes(leaderHeight, isSplit ? inner.width * leadersBeside : inner.width, wanted);
  return {
    leaders: kind,
    isSplit,
    above,
    nameLines: kind === "side" ? nameLinesOf(inner, wanted, leader.name) : 1,
    columns,
    rows,
    leader,
    row: rowSizes(area.height / rows - rowGap, rowWidth, digits),
  };
}

function kindOf(inner: Size, { leaders, others }: Wanted, isWide: boolean): Plan["leaders"] {
  const isShort = others <= 3;
  if (isWide) return isShort && leaders > 0 ? "grand" : "stack";
  return leaders > 0 && !isShort && inner.width >= 420 && inner.height >= 600 ? "side" : "stack";
}

/** The height of the leaders above a list. */
function aboveOf(kind: Plan["leaders"], inner: Size, wanted: Wanted): number {
  const { leaders, others } = wanted;
  if (kind === "stack") return stackHeightOf(inner, leaders, others);
  if (kind === "grand") return inner.height - others * rowGrand;
  const { name, figure } = sideSizes(inner, wanted);
  const needed = sideFaces + nameLinesOf(inner, wanted, name) * name * 1.2 + figure * 1.15;
  return Math.max(needed, Math.min(sideHeightMax, inner.height - others * rowAmple));
}

const nameLinesOf = (inner: Size, { nameLength }: Wanted, name: number) => (nameLength * name > sideWidthOf(inner) ? 2 : 1);

const stackHeightOf = ({ height }: Size, leaders: number, others: number) =>
  Math.max(leaderMin * leaders, (height * leaders * leaderRows) / (leaders * leaderRows + others));

/** Three beside each other have a third of the width, and the first a bit more. */
const sideWidthOf = ({ width }: Size) => (width - 36) / 3.16;

function sideSizes(inner: Size, { digits, nameWidth }: Wanted): Sizes {
  const third = sideWidthOf(inner);
  return sizesOf(Math.min(third / nameWidth, 44), Math.min(third / (digitWidth * digits), 56), false);
}

const grandSizes = ({ digits, nameWidth }: Wanted): Sizes =>
  sizesOf(Math.min(64, 420 / nameWidth), Math.min(88, 420 / (digitWidth * digits)), true);

/** The leaders alone: with the whole width they stand beside each other, else one below the other. */
function planLeaders(inner: Size, wanted: Wanted, isWide: boolean): Plan {
  const { leaders } = wanted;
  const only = { isSplit: false, above: inner.height, nameLines: 1, columns: 1, rows: 0, row: sizesOf(32, 40, false) };
  if (isWide) return { leaders: "grand", ...only, leader: grandSizes(wanted) };
  return { leaders: "stack", ...only, leader: stackSizes(inner.height / Math.max(1, leaders) - 8, inner.width, wanted) };
}

/** The fewest columns in which all rows fit; else those that hold most. */
function fit(area: Size, count: number, digits: number): { columns: number; rows: number } {
  const width = 96 + 32 * nameChars + 40 * digitWidth * digits;
  const columnsFit = Math.max(1, Math.floor((area.width + gap) / (width + gap)));
  const rowsFit = Math.max(1, Math.floor(area.height / rowMin));
  // A column that is a little longer is read more easily than two.
  const columns = Math.min(columnsFit, Math.ceil(count / Math.min(rowsFit, 12)));
  return { columns, rows: Math.min(rowsFit, Math.ceil(count / columns)) };
}
