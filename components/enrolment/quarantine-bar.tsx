"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { approve, suspend } from "#app/(console)/onboard/quarantine/actions.ts";
import { quarantineKey } from "#components/enrolment/enrolment-queries.ts";
import { oneByOne } from "#components/enrolment/one-by-one.ts";
import { quarantineText as text } from "#components/strings/enrolment-request.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { DangerDialog, Dialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { QuarantinedDevice } from "#server/services/onboard/list-quarantined.ts";

type Act = "approve" | "suspend";

/** What can be done with the chosen devices, each act after its reach was shown. */
export function QuarantineBar({
  devices,
  mayApprove,
  maySuspend,
  onDone,
}: {
  readonly devices: readonly QuarantinedDevice[];
  readonly mayApprove: boolean;
  readonly maySuspend: boolean;
  readonly onDone: () => void;
}) {
  const [asked, setAsked] = useState<Act>();
  const { busy, run } = useActs(devices, () => {
    setAsked(undefined);
    onDone();
  });
  const count = formatCount(devices.length);
  const close = (open: boolean) => {
    if (!open && !busy) setAsked(undefined);
  };
  return (
    <div className="flex gap-2">
      {mayApprove && (
        <Button variant="primary" onClick={() => setAsked("approve")}>
          {text.approveSelected(count)}
        </Button>
      )}
      {maySuspend && (
        <Button onClick={() => setAsked("suspend")}>{text.suspendSelected(count)}</Button>
      )}
      <Dialog
        open={asked === "approve"}
        onOpenChange={close}
        title={text.approveTitle(count)}
        description={text.approveText}
        footer={
          <>
            <Button onClick={() => setAsked(undefined)}>{uiText.cancel}</Button>
            <Button variant="primary" busy={busy} onClick={() => void run("approve")}>
              {busy ? uiText.working : text.approve}
            </Button>
          </>
        }
      >
        <KeyValues items={reachOf(devices)} />
      </Dialog>
      <DangerDialog
        open={asked === "suspend"}
        onOpenChange={close}
        title={text.suspendTitle(count)}
        description={text.suspendText}
        blastRadius={reachOf(devices)}
        confirmLabel={text.suspend}
        busy={busy}
        onConfirm={() => void run("suspend")}
      />
    </div>
  );
}

const named = 5;

function reachOf(devices: readonly QuarantinedDevice[]): readonly KeyValue[] {
  const kept = devices.reduce((sum, device) => sum + device.kept, 0);
  return [
    { key: "devices", label: text.blastDevices, value: formatCount(devices.length) },
    { key: "kept", label: text.blastKept, value: formatCount(kept) },
    {
      key: "names",
      label: text.blastNames,
      value: devices
        .slice(0, named)
        .map(({ deviceId }) => deviceId)
        .join(", "),
    },
  ];
}

const words = {
  approve: { all: text.approved, some: text.someApproved },
  suspend: { all: text.suspended, some: text.someSuspended },
} as const;

function useActs(devices: readonly QuarantinedDevice[], onDone: () => void) {
  const queries = useQueryClient();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  async function run(act: Act) {
    setBusy(true);
    const inputs = devices.map(({ id }) => ({ deviceId: id }));
    const ignore = () => undefined;
    const { succeeded, problem } =
      act === "approve"
        ? await oneByOne(inputs, approve, ignore)
        : await oneByOne(inputs, suspend, ignore);
    setBusy(false);
    toast(
      problem === undefined
        ? { tone: "ok", title: words[act].all(formatCount(succeeded)) }
        : {
            tone: "bad",
            title: words[act].some(formatCount(succeeded), formatCount(devices.length)),
            detail: text.problem(problem),
          },
    );
    onDone();
    await queries.invalidateQueries({ queryKey: quarantineKey });
  }
  return { busy, run };
}
