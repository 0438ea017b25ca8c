// Being built.
export function ScheduleView(_: { id?: string | undefined }) {
  return <h1>ScheduleView</h1>;
}
