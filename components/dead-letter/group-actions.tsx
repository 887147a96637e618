"use client";
import { useState } from "react";
import { AssignDialog } from "#components/dead-letter/assign-dialog.tsx";
import { DiscardDialog } from "#components/dead-letter/discard-dialog.tsx";
import { exportHref } from "#components/dead-letter/group-queries.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { remedyText, workbenchText } from "#components/strings/workbench.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { may } from "#server/domain/roles.ts";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

/** What can be done with a cause as a whole, beside its remedies. */
export function GroupActions({ group }: { readonly group: DeadLetterGroupDetail }) {
  const { role } = useShell().user;
  const [opened, setOpened] = useState<"assign" | "discard">();
  const close = () => setOpened(undefined);
  return (
    <>
      {may(role, "deadLetter.export") && (
        <ButtonLink
          href={exportHref({ fingerprint: group.fingerprint })}
          prefetch={false}
          download
          aria-label={workbenchText.exportLabel}
        >
          {workbenchText.export}
        </ButtonLink>
      )}
      {may(role, "deadLetter.manage") && (
        <>
          <Button onClick={() => setOpened("assign")}>{workbenchText.assign}</Button>
          {group.open > 0 && (
            <Button onClick={() => setOpened("discard")}>{remedyText.discard}</Button>
          )}
        </>
      )}
      {opened === "assign" && <AssignDialog group={group} onClose={close} />}
      {opened === "discard" && <DiscardDialog group={group} onClose={close} />}
    </>
  );
}
