// Being built.
export function StoriesView(_: { id?: string | undefined }) {
  return <h1>StoriesView</h1>;
}
