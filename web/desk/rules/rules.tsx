// Being built.
export function RulesView(_: { id?: string | undefined }) {
  return <h1>RulesView</h1>;
}
