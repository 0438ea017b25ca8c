// The members of an organisation: their roles, and who is invited.
import "./organisation.css";
import { useEffect, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { date, moment } from "../../shared/format";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { type Membership, loadViewer, may, viewer } from "../campaign";
import { Confirm } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { complain, tell } from "../parts/notice";
import { Empty, Failed, explain } from "../parts/states";
import { allTimes } from "../parts/zone";
import { staff } from "../session";
import { t as shared } from "../texts";
import { InviteDialog } from "./invite";
import { GrantRole, ListMembers, type MembersFragment, RevokeInvitation, RevokeRole, type StaffRole } from "./operations";
import { RolesTable, roles } from "./roles";
import { t } from "./texts";
import { ownZone } from "./zone";

type Member = MembersFragment["members"][number];
type Invitation = MembersFragment["invitations"][number];

const lookAgainMs = 30_000;

/** What is asked above the list. */
type Open =
  | { kind: "invite" }
  | { kind: "end"; member: Member }
  | { kind: "ownRole"; role: StaffRole }
  | { kind: "revoke"; invitation: Invitation };

export function MembersView({ membership }: { membership: Membership }) {
  const { organisation } = membership;
  const [found, setFound] = useState<MembersFragment>();
  const [error, setError] = useState<unknown>();
  const [open, setOpen] = useState<Open>();
  const load = () => {
    setError(undefined);
    const { slug } = organisation;
    execute(ListMembers, { slug }, { as: staff }).then((data) => setFound(data.organisation ?? undefined), setError);
  };
  useEffect(load, [organisation.slug]);
  useLookAgain(lookAgainMs, load);
  if (!found) return error ? <Failed error={error} retry={load} /> : <Empty isLoading />;
  const mayManage = may(organisation.id, "MANAGE_ORGANISATION");
  const close = () => setOpen(undefined);
  const organisationId = organisation.id;
  const grant = async (member: Member, role: StaffRole): Promise<string | undefined> => {
    const before = member.role;
    try {
      const variables = { organisationId, staffId: member.staff.id, role };
      const { grantRole } = await execute(GrantRole, variables, { as: staff, once: true });
      const refusal = grantRole.userErrors[0];
      if (refusal) return refusal.code === "LAST_OWNER" ? t().lastOwner : refusal.message;
      const isOwn = member.staff.id === viewer.value?.id;
      tell(t().roleChanged(member.staff.name, shared().roles[role]), isOwn ? undefined : () => void change(member, before));
      load();
      if (isOwn) await loadViewer().catch(() => undefined);
      return undefined;
    } catch (failure) {
      return explain(failure);
    }
  };
  const change = async (member: Member, role: StaffRole) => {
    const refused = await grant(member, role);
    if (refused) complain(refused);
    load();
  };
  const choose = (member: Member, role: StaffRole) => {
    if (member.staff.id === viewer.value?.id) setOpen({ kind: "ownRole", role });
    else void change(member, role);
  };
  const self = found.members.find(({ staff: { id } }) => id === viewer.value?.id);
  return (
    <>
      <header class="head">
        <h1>{shared().members}</h1>
        <span class="soft">{found.members.length}</span>
        {mayManage && (
          <div class="actions">
            <button type="button" class="primary" onClick={() => setOpen({ kind: "invite" })}>
              <Icon name="add" />
              {t().invite}
            </button>
          </div>
        )}
      </header>
      <div class="stack">
        <MembersTable
          members={found.members}
          mayManage={mayManage}
          onRole={choose}
          onEnd={(member) => setOpen({ kind: "end", member })}
        />
        <Invitations
          invitations={found.invitations}
          mayManage={mayManage}
          onRevoke={(invitation) => setOpen({ kind: "revoke", invitation })}
        />
        <RolesTable />
      </div>
      {open?.kind === "invite" && <InviteDialog organisationId={organisationId} onInvited={load} onClose={close} />}
      {open?.kind === "end" && (
        <EndDialog organisation={organisation} member={open.member} onChange={setFound} onClose={close} />
      )}
      {open?.kind === "ownRole" && self && (
        <Confirm
          title={t().ownRoleTitle}
          action={t().ownRoleAction}
          onClose={() => {
            close();
            load();
          }}
          onConfirm={() => grant(self, open.role)}
        >
          <p>{t().ownRoleEffect(shared().roles[open.role])}</p>
        </Confirm>
      )}
      {open?.kind === "revoke" && (
        <RevokeDialog organisationId={organisationId} invitation={open.invitation} onChange={setFound} onClose={close} />
      )}
    </>
  );
}

interface MembersTableProps {
  members: readonly Member[];
  mayManage: boolean;
  onRole: (member: Member, role: StaffRole) => void;
  onEnd: (member: Member) => void;
}

function MembersTable({ members, mayManage, onRole, onEnd }: MembersTableProps) {
  return (
    <div class="table members" tabIndex={0} role="region" aria-label={shared().members}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t().member}</th>
            <th scope="col">{t().role}</th>
            <th scope="col">{t().secondFactor}</th>
            <th scope="col">{t().since}</th>
            {mayManage && (
              <th scope="col">
                <span class="unseen">{t().end}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <MemberRow key={member.staff.id} member={member} mayManage={mayManage} onRole={onRole} onEnd={onEnd} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface MemberRowProps extends Omit<MembersTableProps, "members"> {
  member: Member;
}

function MemberRow({ member, mayManage, onRole, onEnd }: MemberRowProps) {
  const { staff: person, role, since, lacksSecondFactor } = member;
  const isOwn = person.id === viewer.value?.id;
  // Drawn anew where a choice was not taken.
  const [attempt, setAttempt] = useState(0);
  return (
    <tr class={person.isDisabled ? "off" : ""}>
      <th scope="row">
        <strong>{person.name}</strong>
        {isOwn && <span class="tag">{t().you}</span>}
        {person.isDisabled && <span class="tag bad">{t().disabled}</span>}
        <small>{person.email}</small>
      </th>
      <td data-label={t().role}>
        {mayManage ? (
          <select
            key={`${role}${attempt}`}
            aria-label={t().roleOf(person.name)}
            value={role}
            onChange={(event) => {
              onRole(member, event.currentTarget.value as StaffRole);
              setAttempt(attempt + 1);
            }}
          >
            {roles.map((option) => (
              <option key={option} value={option}>
                {shared().roles[option]}
              </option>
            ))}
          </select>
        ) : (
          shared().roles[role]
        )}
      </td>
      <td data-label={t().secondFactor}>
        {lacksSecondFactor ? (
          <span class="tag warning">{t().lacksFactor}</span>
        ) : person.hasSecondFactor ? (
          <span class="tag good">{t().hasFactor}</span>
        ) : (
          <span class="soft">{t().hasNoFactor}</span>
        )}
      </td>
      <td data-label={t().since}>{date(Date.parse(since), ownZone())}</td>
      {mayManage && (
        <td class="do">
          <button type="button" class="quiet" aria-label={`${t().end} ${person.name}`} onClick={() => onEnd(member)}>
            {t().end}
          </button>
        </td>
      )}
    </tr>
  );
}

interface InvitationsProps {
  invitations: readonly Invitation[];
  mayManage: boolean;
  onRevoke: (invitation: Invitation) => void;
}

function Invitations({ invitations, mayManage, onRevoke }: InvitationsProps) {
  return (
    <section class="box">
      <h2>
        {t().invitations} {invitations.length > 0 && <small>{allTimes(ownZone())}</small>}
      </h2>
      {invitations.length === 0 && <p class="soft">{t().noInvitations}</p>}
      <ul class="invitations">
        {invitations.map((invitation) => (
          <li key={invitation.id}>
            <span>
              <strong>{invitation.email}</strong> <span class="tag">{shared().roles[invitation.role]}</span>
              <small class="line">
                {t().invited} {moment(Date.parse(invitation.createdAt), ownZone(), now())} · {t().expires}{" "}
                {moment(Date.parse(invitation.expiresAt), ownZone(), now())}
              </small>
            </span>
            {mayManage && (
              <button
                type="button"
                class="quiet"
                aria-label={`${t().revoke} ${invitation.email}`}
                onClick={() => onRevoke(invitation)}
              >
                {t().revoke}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface EndDialogProps {
  organisation: Membership["organisation"];
  member: Member;
  onChange: (found: MembersFragment) => void;
  onClose: () => void;
}

function EndDialog({ organisation, member: { staff: person }, onChange, onClose }: EndDialogProps) {
  const isOwn = person.id === viewer.value?.id;
  const end = async () => {
    try {
      const variables = { organisationId: organisation.id, staffId: person.id };
      const { revokeRole } = await execute(RevokeRole, variables, { as: staff, once: true });
      const refusal = revokeRole.userErrors[0];
      if (refusal) return refusal.code === "LAST_OWNER" ? t().lastOwner : refusal.message;
      if (revokeRole.organisation) onChange(revokeRole.organisation);
      tell(t().ended(person.name));
      if (isOwn) await loadViewer().catch(() => undefined);
      return undefined;
    } catch (error) {
      return explain(error);
    }
  };
  return (
    <Confirm title={t().endTitle(person.name)} action={t().endAction} onClose={onClose} onConfirm={end}>
      <p class="soft">{person.email}</p>
      <p>{t().endEffect(person.name, organisation.name)}</p>
      {isOwn && <p class="caution">{t().endOwn}</p>}
    </Confirm>
  );
}

interface RevokeDialogProps {
  organisationId: string;
  invitation: Invitation;
  onChange: (found: MembersFragment) => void;
  onClose: () => void;
}

function RevokeDialog({ organisationId, invitation: { id, email }, onChange, onClose }: RevokeDialogProps) {
  const revoke = async () => {
    try {
      const variables = { organisationId, invitationId: id };
      const { revokeInvitation } = await execute(RevokeInvitation, variables, { as: staff, once: true });
      if (revokeInvitation.organisation) onChange(revokeInvitation.organisation);
      const refusal = revokeInvitation.userErrors[0];
      if (refusal) return refusal.message;
      tell(t().revoked);
      return undefined;
    } catch (error) {
      return explain(error);
    }
  };
  return (
    <Confirm title={t().revokeTitle(email)} action={t().revokeAction} onClose={onClose} onConfirm={revoke}>
      <p>{t().revokeEffect}</p>
    </Confirm>
  );
}
