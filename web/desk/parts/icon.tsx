// Drawn signs of 20 px, in the colour of the text beside them.

const paths = {
  menu: "M3 5h14M3 10h14M3 15h14",
  close: "M5 5l10 10M15 5L5 15",
  home: "M3 9.5 10 4l7 5.5V16H3zM8 16v-4h4v4",
  person: "M10 10a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 10zM3.5 16.5c1-3.4 3.5-4.5 6.5-4.5s5.5 1.1 6.5 4.5",
  people: "M7.5 9.500a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600zM2 16c.8-3 2.7-4.2 5.5-4.200S12.2 13 13 16M13 4.300a2.6 2.6 0 0 1 0 5M14.5 12c2 .5 3 1.8 3.5 4",
  overview: "M3 16V9M8 16V4M13 16v-5M17 16V7",
  story: "M4 3.500h9l3 3v10H4zM7 8h6M7 11h6M7 14h4",
  calendar: "M3.5 5h13v11.500h-13zM3.5 8.500h13M7 3v3M13 3v3",
  rules: "M4 5h5M13 5h3M11 3.500v3M4 10h2M10 10h6M8 8.500v3M4 15h7M15 15h1M13 13.500v3",
  signals: "M2.5 10.500H6l2-6 4 11 2-5h3.5",
  withholding: "M10 3l6 2.200v4.300c0 3.600-2.300 6.200-6 7.500-3.700-1.300-6-3.900-6-7.500V5.200zM7.5 10h5",
  result: "M6 3.500h8v4a4 4 0 0 1-8 0zM6 5H3.500c0 2.5 1 3.5 2.7 3.700M14 5h2.500c0 2.5-1 3.5-2.7 3.700M10 11.500V14M7 16.500h6",
  import: "M10 3v9M6.5 8.5 10 12l3.5-3.500M3.5 13v3.500h13V13",
  export: "M10 12V3M6.5 6.5 10 3l3.5 3.500M3.5 13v3.500h13V13",
  log: "M10 5.500V10l3 2M10 3a7 7 0 1 1-6.5 4.500M3 3.500v4h4",
  add: "M10 4v12M4 10h12",
  search: "M9 14.500a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
  edit: "M4 16l.8-3.500L13 4.300l2.7 2.7-8.2 8.200zM11.5 5.800l2.7 2.7",
  check: "M4 10.500l4 4 8-9",
  warning: "M10 3.5 17.5 16.500h-15zM10 8v4M10 14.200v.1",
  picture: "M3.5 4.500h13v11h-13zM3.5 13l4-4 3.5 3.5 2-2 3.5 3.500M12.8 7.800v.1",
  pause: "M7 4v12M13 4v12",
  play: "M6 4l10 6-10 6z",
  link: "M8.5 11.500l3-3M7 9l-2 2a2.8 2.8 0 0 0 4 4l2-2M13 11l2-2a2.8 2.8 0 0 0-4-4L9 7",
  up: "M5 12.5 10 7.500l5 5",
  down: "M5 7.500l5 5 5-5",
  left: "M12.5 5l-5 5 5 5",
  right: "M7.5 5l5 5-5 5",
  lock: "M5 9h10v7.500H5zM7 9V6.500a3 3 0 0 1 6 0V9",
  trash: "M4 6h12M8 6V4h4v2M5.5 6l.8 10.500h7.400L14.5 6",
};

export type IconName = keyof typeof paths;

/** A sign beside a word; the word says what it means, so it is hidden from those who do not see it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="sign" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={paths[name]} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
