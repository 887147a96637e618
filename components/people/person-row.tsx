"use client";
import { Ellipsis } from "lucide-react";
import { changeRole, enable, resetPassword } from "#app/(console)/settings/people/actions.ts";
import { RoleSelect } from "#components/people/role-select.tsx";
import { useChange } from "#components/people/use-change.ts";
import { peopleText } from "#components/strings/people.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { Td, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { roleNames } from "#server/domain/roles.ts";
import type { IssuedLink } from "#server/services/invitation/insert.ts";
import type { Person } from "#server/services/user/list.ts";

type RowProps = {
  readonly person: Person;
  readonly own: boolean;
  readonly mayManage: boolean;
  readonly onLink: (link: IssuedLink) => void;
  readonly onDisable: (person: Person) => void;
};

/** One person: who, role, state, last seen and what can be done. */
export function PersonRow({ person, own, mayManage, onLink, onDisable }: RowProps) {
  const role = useChange(changeRole, (value) => ({
    title: peopleText.roleChanged,
    detail: peopleText.roleChangedDetail(person.name, roleNames[value.role]),
  }));
  const seat = mayManage ? (
    <RoleSelect
      value={person.role}
      disabled={role.busy || person.state === "disabled"}
      label={peopleText.roleOf(person.name)}
      onChange={(chosen) => void role.change({ userId: person.id, role: chosen })}
    />
  ) : (
    roleNames[person.role]
  );
  return (
    <Tr>
      <Td>
        <p className="font-medium text-ink">
          {person.name}
          {own && <span className="font-normal text-ink-3"> ({peopleText.you})</span>}
        </p>
        <p className="text-sm wrap-anywhere text-ink-2">{person.email}</p>
        <div className="mt-1.5 max-w-52 md:hidden">{seat}</div>
      </Td>
      <Td className="max-md:hidden">{seat}</Td>
      <Td>
        <StateBadge tone={person.state === "active" ? "ok" : "idle"}>
          {person.state === "active" ? peopleText.active : peopleText.disabled}
        </StateBadge>
      </Td>
      <Td className="max-md:hidden">
        <RelativeTime value={person.lastSeenAt} />
      </Td>
      {mayManage && (
        <Td className="text-right">
          <PersonMenu {...{ person, own, onLink, onDisable }} />
        </Td>
      )}
    </Tr>
  );
}

function PersonMenu({ person, own, onLink, onDisable }: Omit<RowProps, "mayManage">) {
  const enabling = useChange(enable, () => ({ title: peopleText.enabled, detail: person.email }));
  const reset = useChange(resetPassword, (link) => {
    onLink(link);
    return { title: peopleText.linkTitle, detail: person.email };
  });
  const trigger = (
    <Button variant="ghost" size="sm" iconOnly aria-label={peopleText.actionsFor(person.name)}>
      <Ellipsis aria-hidden className="size-4" />
    </Button>
  );
  if (person.state === "disabled") {
    return (
      <Menu trigger={trigger}>
        <MenuItem onSelect={() => void enabling.change({ userId: person.id })}>
          {peopleText.enable}
        </MenuItem>
      </Menu>
    );
  }
  return (
    <Menu trigger={trigger}>
      <MenuItem onSelect={() => void reset.change({ userId: person.id })}>
        {peopleText.resetPassword}
      </MenuItem>
      {!own && (
        <MenuItem tone="danger" onSelect={() => onDisable(person)}>
          {peopleText.disable}
        </MenuItem>
      )}
    </Menu>
  );
}
