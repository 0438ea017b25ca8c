// The roles of members, and what each may do.
import { t as accountTexts } from "../account/texts";
import { t as shared } from "../texts";
import type { StaffRole } from "./operations";
import { t } from "./texts";

/** All roles, the one with the most rights first. */
export const roles: readonly StaffRole[] = ["OWNER", "ORGANISER", "EDITOR", "AUDITOR"];

type Right = "read" | "campaigns" | "write" | "review" | "manage";

/** Who may do what, in the order of `roles`. */
const table: readonly [Right, readonly boolean[]][] = [
  ["read", [true, true, false, true]],
  ["campaigns", [true, true, false, false]],
  ["write", [true, true, true, false]],
  ["review", [true, true, true, false]],
  ["manage", [true, false, false, false]],
];

/** What a role is for, in a few words. */
export const roleDoes = (role: StaffRole) => accountTexts().roleDoes[role];

/** The table of rights. */
export function RolesTable() {
  return (
    <section class="box rights">
      <h2>{t().rolesTitle}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={t().rolesTitle}>
        <table>
          <thead>
            <tr>
              <td />
              {roles.map((role) => (
                <th key={role} scope="col">
                  {shared().roles[role]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.map(([right, may]) => (
              <tr key={right}>
                <th scope="row">{t().rights[right]}</th>
                {may.map((isAllowed, index) => (
                  <td key={roles[index]} class={isAllowed ? "yes" : "no"}>
                    <span aria-hidden="true">{isAllowed ? "✓" : "–"}</span>
                    <span class="unseen">{isAllowed ? t().may : t().mayNot}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <small>{t().editorReads}</small>
    </section>
  );
}
