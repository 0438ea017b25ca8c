// Being built.
export function NomineesView(_: { id?: string | undefined }) {
  return <h1>NomineesView</h1>;
}
