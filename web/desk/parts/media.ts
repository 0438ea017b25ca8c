// What kind of screen the desk is on.
import { useEffect, useState } from "preact/hooks";

/** Whether a media query holds. */
function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const change = () => setHolds(list.matches);
    list.addEventListener("change", change);
    change();
    return () => list.removeEventListener("change", change);
  }, [query]);
  return holds;
}

/** Whether the screen is a phone's, as the styles have it. */
export const useNarrow = () => useMedia("(max-width: 860px)");
