"use client";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { deviceQuery } from "#components/device/device-queries.ts";
import { StateDialog } from "#components/device/state-dialog.tsx";
import { OfferDialog } from "#components/transfer/offer-dialog.tsx";
import { dangerText } from "#components/strings/device-notes.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { transferText } from "#components/strings/transfer.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** What ends a device's service, for a while or for good, each with what it does. */
export function DangerZone({
  first,
  mayTransfer,
}: {
  readonly first: DeviceDetail;
  readonly mayTransfer: boolean;
}) {
  const { data: device } = useQuery({ ...deviceQuery(first.deviceId), initialData: first });
  const [open, setOpen] = useState<"suspend" | "offer" | null>(null);
  if (device.state === "decommissioned") return null;
  const close = () => setOpen(null);
  return (
    <Card labelledBy="danger" className="mt-4">
      <CardHeader id="danger" title={dangerText.title} />
      <ul>
        {device.state === "active" && (
          <Danger title={dangerText.suspendTitle} text={dangerText.suspendText}>
            <Button onClick={() => setOpen("suspend")}>{deviceText.suspend}</Button>
          </Danger>
        )}
        {device.state === "active" && mayTransfer && (
          <Danger title={dangerText.transferTitle} text={dangerText.transferText}>
            <Button onClick={() => setOpen("offer")}>{transferText.menu}</Button>
          </Danger>
        )}
        <Danger title={dangerText.decommissionTitle} text={dangerText.decommissionText}>
          <ButtonLink href={`/devices/${device.deviceId}/decommission`}>
            {deviceText.decommissionMenu}
          </ButtonLink>
        </Danger>
      </ul>
      {open === "suspend" && <StateDialog device={device} change="suspend" onClose={close} />}
      {open === "offer" && <OfferDialog device={device} onClose={close} />}
    </Card>
  );
}

function Danger({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-3.5 py-3 last:border-0">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium text-ink">{title}</p>
        <p className="text-sm text-ink-2">{text}</p>
      </div>
      {children}
    </li>
  );
}
