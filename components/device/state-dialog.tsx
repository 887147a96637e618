"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, useTransition } from "react";
import { resume, suspend } from "#app/(console)/devices/actions.ts";
import { blastRadiusQuery } from "#components/device/device-queries.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import type { KeyValue } from "#components/ui/key-values.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { reachItems } from "#components/work/reach-items.ts";
import type { BlastRadius } from "#server/services/device/blast-radius.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";

export type StateChange = "suspend" | "resume";

const call = { suspend, resume } as const;

function words(change: StateChange, name: string) {
  switch (change) {
    case "suspend":
      return {
        title: deviceText.suspendTitle(name),
        text: deviceText.suspendText,
        confirm: deviceText.suspend,
        done: deviceText.suspended(name),
      };
    case "resume":
      return {
        title: deviceText.resumeTitle(name),
        text: deviceText.resumeText,
        confirm: deviceText.resume,
        done: deviceText.resumed(name),
      };
  }
}

/** Asks before a device's state changes: how far it reaches, and why. */
export function StateDialog({
  device,
  change,
  onClose,
}: {
  readonly device: DeviceDetail;
  readonly change: StateChange;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string>();
  const [busy, start] = useTransition();
  const radius = useQuery(blastRadiusQuery(device.deviceId));
  const client = useQueryClient();
  const toast = useToast();
  const text = words(change, device.name);

  function confirm() {
    start(async () => {
      const result = await call[change]({ deviceId: device.deviceId, reason });
      if (!result.ok) {
        setError([result.error.message, result.error.remedy].filter(Boolean).join(" "));
        return;
      }
      toast({ tone: "ok", title: text.done });
      await client.invalidateQueries({ queryKey: ["device", device.deviceId] });
      onClose();
    });
  }

  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.title}
      description={text.text}
      {...(change !== "resume" && {
        blastRadius: radiusItems(change, radius.data, radius.isError),
      })}
      confirmLabel={text.confirm}
      busy={busy}
      error={error}
      onConfirm={confirm}
    >
      <Field label={deviceText.reason}>
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </DangerDialog>
  );
}

/** How far it reaches, as far as that is known yet. */
export function radiusItems(
  kind: "suspend" | "decommission",
  radius: BlastRadius | undefined,
  failed: boolean,
): readonly KeyValue[] {
  const waiting = failed ? deviceText.radiusFailed : "…";
  const count = (value: number | undefined, bound = Number.POSITIVE_INFINITY) =>
    value === undefined ? waiting : deviceText.countUpTo(formatCount(value), bound, value);
  const connected = radius?.connected === true ? deviceText.yes : deviceText.no;
  return [
    {
      key: "connected",
      label: deviceText.radiusConnected,
      value: radius === undefined ? waiting : connected,
    },
    {
      key: "messages",
      label: deviceText.radiusMessages,
      value: count(radius?.messagesLastDay, 100_000),
    },
    {
      key: "certificates",
      label: deviceText.radiusCertificates,
      value: count(radius?.usableCertificates),
    },
    { key: "passwords", label: deviceText.radiusPasswords, value: count(radius?.passwords) },
    ...(radius === undefined ? [] : reachItems(radius.reach, { kind, devices: 1 })),
  ];
}
