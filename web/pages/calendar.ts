// A calendar file with the times of a vote, each with a reminder.
import type { Campaign } from "./campaign";
import { t } from "./texts";

const hourMs = 3_600_000;
/** A line of a calendar has at most so many bytes; the next ones begin with a space. */
const lineBytesMax = 73;

/** The text of a file after RFC 5545: when voting opens, and its last hour. */
export function calendarOf(campaign: Campaign, url: string, nowMs: number): string {
  const { id, title, votingOpensAt, votingClosesAt } = campaign;
  const opensMs = Date.parse(votingOpensAt);
  const closesMs = Date.parse(votingClosesAt);
  const event = (name: string, summary: string, fromMs: number, toMs: number) => [
    "BEGIN:VEVENT",
    `UID:${name}-${id}`,
    `DTSTAMP:${stamp(nowMs)}`,
    `DTSTART:${stamp(fromMs)}`,
    `DTEND:${stamp(toMs)}`,
    `SUMMARY:${escaped(summary)}`,
    `URL:${url}`,
    `DESCRIPTION:${escaped(url)}`,
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    `DESCRIPTION:${escaped(summary)}`,
    "TRIGGER:PT0S",
    "END:VALARM",
    "END:VEVENT",
  ];
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Acclaim//Vote//EN",
    ...event("opens", t().calendarOpens(title), opensMs, opensMs + hourMs / 2),
    ...event("closes", t().calendarCloses(title), Math.max(opensMs, closesMs - hourMs), closesMs),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

const stamp = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");

const escaped = (text: string) => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");

function folded(line: string): string {
  const encoder = new TextEncoder();
  let bytes = 0;
  let out = "";
  for (const character of line) {
    const { length } = encoder.encode(character);
    if (bytes + length > lineBytesMax) {
      out += "\r\n ";
      bytes = 0;
    }
    out += character;
    bytes += length;
  }
  return out;
}

/** Gives the browser a campaign's times as a file to keep. */
export function saveCalendar(campaign: Campaign, url: string, nowMs: number): void {
  const file = new Blob([calendarOf(campaign, url, nowMs)], { type: "text/calendar;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `${campaign.title}.ics`;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
