// Being built.
export function AccountView() { return <h1>x</h1>; }
