"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { AlertStateBadge, SeverityBadge } from "#components/alert/alert-badges.tsx";
import { deviceAlertsHref, deviceAlertsQuery } from "#components/device/annotation-queries.ts";
import { deviceAlertText } from "#components/strings/device-notes.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

/** The newest alerts about a device, those that are over too. */
export function DeviceAlerts({ deviceId }: { readonly deviceId: string }) {
  const list = useQuery(deviceAlertsQuery(deviceId));
  const alerts = list.data?.alerts ?? [];
  return (
    <Card labelledBy="device-alerts">
      <CardHeader
        id="device-alerts"
        title={deviceAlertText.title}
        aside={
          alerts.length > 0 && (
            <Link href={deviceAlertsHref(deviceId)} className="text-accent hover:underline">
              {deviceAlertText.all}
            </Link>
          )
        }
      />
      <CardBody>
        {list.isError && (
          <ErrorNote remedy={list.error.message}>{deviceAlertText.failed}</ErrorNote>
        )}
        {list.isSuccess && alerts.length === 0 && (
          <p className="text-ink-3">{deviceAlertText.empty}</p>
        )}
        <ul className="flex flex-col gap-3 empty:hidden">
          {alerts.map(({ id, severity, state, title, lastAt }) => (
            <li key={id} className="flex flex-col gap-1">
              <Link href={`/alerts/${id}`} className="font-medium break-words hover:underline">
                {title}
              </Link>
              <span className="flex flex-wrap items-center gap-2 text-sm text-ink-3">
                <SeverityBadge severity={severity} />
                <AlertStateBadge state={state} />
                <RelativeTime value={lastAt} />
              </span>
            </li>
          ))}
        </ul>
      </CardBody>
    </Card>
  );
}
