// Being built.
export function OverviewView(_: { id?: string | undefined }) {
  return <h1>OverviewView</h1>;
}
