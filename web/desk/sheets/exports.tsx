// Being built.
export function ExportsView(_: { id?: string | undefined }) {
  return <h1>ExportsView</h1>;
}
