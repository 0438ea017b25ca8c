// Being built.
import type { Membership } from "../campaign";
export function MembersView(_: { membership: Membership }) {
  return <h1>MembersView</h1>;
}
