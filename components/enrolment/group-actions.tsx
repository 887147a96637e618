"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { setState } from "#app/(console)/onboard/groups/actions.ts";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import { credentialState } from "#components/enrolment/credential-state.ts";
import type { GroupDetail } from "#components/enrolment/views.ts";
import { useChange } from "#components/people/use-change.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { useNow } from "#components/ui/clock.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";

/** The switch of a group: on at once, off after its reach was shown. */
export function GroupSwitch({ group }: { readonly group: GroupDetail }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { busy, change } = useChange(setState, () => ({
    title: group.enabled ? text.disabledToast(group.name) : text.enabledToast(group.name),
  }));
  async function turn(enabled: boolean) {
    const done = await change({ groupId: group.id, enabled });
    if (!done) return;
    setAsking(false);
    await queries.invalidateQueries({ queryKey: enrolmentKey });
  }
  if (!group.enabled) {
    return (
      <Button variant="primary" busy={busy} onClick={() => void turn(true)}>
        {text.enable}
      </Button>
    );
  }
  return (
    <>
      <Button onClick={() => setAsking(true)}>{text.disable}</Button>
      <DangerDialog
        open={asking}
        onOpenChange={setAsking}
        title={text.disableTitle(group.name)}
        description={text.disableText}
        blastRadius={[
          {
            key: "devices",
            label: text.blastDevices,
            value: text.blastDevicesUntouched(formatCount(group.enrolled)),
          },
          { key: "pending", label: text.blastPending, value: formatCount(group.pending) },
          { key: "credentials", label: text.blastCredentials, value: <Usable group={group} /> },
        ]}
        confirmLabel={text.disableConfirm}
        busy={busy}
        onConfirm={() => void turn(false)}
      />
    </>
  );
}

function Usable({ group }: { readonly group: GroupDetail }) {
  const usable = useNow(
    (now) => group.credentials.filter((each) => credentialState(each, now) === "usable").length,
  );
  const active = group.authorities.filter(({ state }) => state === "active").length;
  return formatCount(usable + active);
}
