// Being built.
export function ImportsView(_: { id?: string | undefined }) {
  return <h1>ImportsView</h1>;
}
