"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { setCaState } from "#app/(console)/onboard/groups/actions.ts";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import type { AuthorityView } from "#components/enrolment/views.ts";
import { useChange } from "#components/people/use-change.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

const tones = { unproven: "warn", active: "ok", disabled: "idle" } as const;

/** One CA with its state, and what can be done with it by whoever may. */
export function AuthorityRow({
  authority,
  onProve,
  onEnd,
}: {
  readonly authority: AuthorityView;
  readonly onProve?: () => void;
  readonly onEnd?: (end: "disable" | "remove") => void;
}) {
  const { name, subject, sha256, state, notAfter } = authority;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3.5 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="font-medium wrap-anywhere">{name}</span>
          <StateBadge tone={tones[state]}>{text.authorityStates[state]}</StateBadge>
        </p>
        <p className="text-sm wrap-anywhere text-ink-2">
          {subject} ·{" "}
          <span className="text-ink-3">
            {text.expires} <RelativeTime value={notAfter} />
          </span>
        </p>
        <p className="text-sm text-ink-3">
          <CopyText text={sha256} what={text.fingerprint}>
            {sha256.slice(0, 16)}…
          </CopyText>
        </p>
      </div>
      <div className="flex gap-2">
        {state === "unproven" && onProve !== undefined && (
          <Button size="sm" variant="primary" onClick={onProve}>
            {text.prove}
          </Button>
        )}
        {state === "disabled" && onEnd !== undefined && <EnableButton authority={authority} />}
        {onEnd !== undefined && (
          <Menu
            trigger={
              <Button size="sm" iconOnly aria-label={text.caActions(name)}>
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          >
            {state === "active" && (
              <MenuItem onSelect={() => onEnd("disable")}>{text.disableCa}</MenuItem>
            )}
            <MenuItem tone="danger" onSelect={() => onEnd("remove")}>
              {text.removeCa}
            </MenuItem>
          </Menu>
        )}
      </div>
    </li>
  );
}

function EnableButton({ authority }: { readonly authority: AuthorityView }) {
  const queries = useQueryClient();
  const { busy, change } = useChange(setCaState, () => ({
    title: text.caEnabled(authority.name),
  }));
  async function enable() {
    if (!(await change({ authorityId: authority.id, state: "active" }))) return;
    await queries.invalidateQueries({ queryKey: enrolmentKey });
  }
  return (
    <Button size="sm" busy={busy} onClick={() => void enable()}>
      {text.enableCa}
    </Button>
  );
}
