// Being built.
import type { Membership } from "../campaign";
export function LogView(_: { membership: Membership }) {
  return <h1>LogView</h1>;
}
export function CampaignLogView(_: { id?: string | undefined }) {
  return <h1>Log</h1>;
}
