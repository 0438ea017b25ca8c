// Being built.
export function InvitationView() { return <h1>x</h1>; }
