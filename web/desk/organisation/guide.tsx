// Being built.
import type { Campaign } from "../campaign";
export function Guide(_: { campaign: Campaign }) {
  return <h1>Guide</h1>;
}
