// Being built.
export function ResultView(_: { id?: string | undefined }) {
  return <h1>ResultView</h1>;
}
