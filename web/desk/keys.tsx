// The keys that the desk has, in a dialog.
import { Dialog } from "./parts/dialog";
import { t as shared, texts } from "./texts";

interface Group {
  name: string;
  /** Keys, and what they do. */
  keys: readonly (readonly [readonly string[], string])[];
}

const arrows = ["←", "→", "↑", "↓"];

const t = texts<{ groups: readonly Group[] }>(
  {
    groups: [
      {
        name: "Everywhere",
        keys: [
          [["?"], "These keys"],
          [["Tab"], "The next field or button; from the top, the way past the menu"],
          [["Esc"], "Closes what is open above the page; what is typed is kept"],
        ],
      },
      {
        name: "The list of nominees",
        keys: [
          [arrows, "From cell to cell"],
          [["Enter", "F2"], "Edits the cell; Enter saves, Esc leaves it as it was"],
          [["Home", "End"], "To the ends of the row"],
          [["Ctrl+Home", "Ctrl+End"], "To the first and the last nominee"],
          [["Page Up", "Page Down"], "A screen on"],
        ],
      },
      {
        name: "A story",
        keys: [
          [["Ctrl+S"], "Saves it"],
          [["Ctrl+B", "Ctrl+K"], "Bold; a link"],
        ],
      },
      {
        name: "The schedule",
        keys: [
          [["Space"], "Picks the story up, and puts it down"],
          [arrows, "Carries it to another day or time"],
          [["Enter"], "Puts it down; where none is held, opens the story"],
          [["Esc"], "Puts it back where it was"],
        ],
      },
      {
        name: "Charts and lists to search in",
        keys: [
          [arrows, "Along the chart; through the list"],
          [["Page Up", "Page Down"], "Ten points on"],
          [["Enter"], "Chooses what is marked"],
        ],
      },
    ],
  },
  {
    groups: [
      {
        name: "任何页面",
        keys: [
          [["?"], "显示快捷键"],
          [["Tab"], "下一个输入框或按钮；在页首可跳过菜单"],
          [["Esc"], "关闭上层窗口，已输入的内容会保留"],
        ],
      },
      {
        name: "候选人列表",
        keys: [
          [arrows, "在单元格之间移动"],
          [["Enter", "F2"], "编辑单元格；Enter 保存，Esc 恢复原样"],
          [["Home", "End"], "到一行的两端"],
          [["Ctrl+Home", "Ctrl+End"], "到第一位、最后一位候选人"],
          [["Page Up", "Page Down"], "翻一屏"],
        ],
      },
      {
        name: "编辑故事",
        keys: [
          [["Ctrl+S"], "保存"],
          [["Ctrl+B", "Ctrl+K"], "加粗；链接"],
        ],
      },
      {
        name: "发布日程",
        keys: [
          [["Space"], "拿起故事，再按一次放下"],
          [arrows, "移到另一天或另一时间"],
          [["Enter"], "放下；没有拿起时打开故事"],
          [["Esc"], "放回原处"],
        ],
      },
      {
        name: "图表与可搜索的列表",
        keys: [
          [arrows, "沿图表移动；在列表中移动"],
          [["Page Up", "Page Down"], "移动十个点"],
          [["Enter"], "选择标记的一项"],
        ],
      },
    ],
  },
);

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={shared().keys} onClose={onClose}>
      <div class="keys">
        {t().groups.map(({ name, keys }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {keys.map(([names, what]) => (
                <div key={what}>
                  <dt>
                    {names.map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
