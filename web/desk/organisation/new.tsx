// Being built.
import type { Membership } from "../campaign";
export function NewCampaignView(_: { membership: Membership }) {
  return <h1>NewCampaignView</h1>;
}
