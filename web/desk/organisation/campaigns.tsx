// Being built.
import type { Membership } from "../campaign";
export function HomeView() {
  return <h1>Home</h1>;
}
export function CampaignsView(_: { membership: Membership }) {
  return <h1>Campaigns</h1>;
}
