// The stories of a campaign: the list, and one that is edited.
import "./stories.css";
import { useEffect, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { mayHere, useCampaign } from "../campaign";
import { Empty, Failed } from "../parts/states";
import { campaignPath } from "../route";
import { staff } from "../session";
import { Editor } from "./editor";
import { StoryList, noteStory } from "./list";
import { FindStory } from "./operations";
import type { Story } from "./facts";
import { s } from "./texts";

/** An open story is read again this often, so that somebody else's edit is not met only when saving. */
const lookAgainMs = 20_000;

/** The list of stories, or the story with this id; `new` is one that is begun. */
export function StoriesView({ id }: { id?: string | undefined }) {
  const content = () => {
    if (!id) return <StoryList />;
    if (id === "new") return mayHere("WRITE_STORIES") ? <Editor key="new" onStory={() => undefined} /> : <Gone />;
    return <OpenStory key={id} id={id} />;
  };
  return <div class="stories-view">{content()}</div>;
}

function Gone() {
  const { slug } = useCampaign();
  return (
    <Empty text={s().gone}>
      <a href={campaignPath(slug, "stories")}>{s().back}</a>
    </Empty>
  );
}

function OpenStory({ id }: { id: string }) {
  const [story, setStory] = useState<Story | null | Error>();
  const load = async (isAgain: boolean) => {
    try {
      const { story: found } = await execute(FindStory, { id }, { as: staff, isBackground: isAgain });
      if (found?.desk) setStory(newer(found as Story));
      else if (!isAgain) setStory(null);
    } catch (error) {
      if (isAgain) return;
      setStory((error as { code?: string }).code === "BAD_USER_INPUT" ? null : (error as Error));
    }
  };
  // An answer that was overtaken by a save must not bring back what was there before it.
  const newer = (found: Story) => (before: Story | null | Error | undefined) =>
    before && !(before instanceof Error) && before.desk.editRevision > found.desk.editRevision ? before : found;
  useEffect(() => void load(false), [id]);
  useLookAgain(lookAgainMs, () => void load(true));
  const take = (next: Story) => {
    setStory(newer(next));
    noteStory(next);
  };
  if (story === undefined) return <Empty isLoading />;
  if (story === null) return <Gone />;
  if (story instanceof Error) return <Failed error={story} retry={() => void load(false)} />;
  return <Editor story={story} onStory={take} />;
}
