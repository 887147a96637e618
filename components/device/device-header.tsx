"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { DeviceActions } from "#components/device/device-actions.tsx";
import { deviceQuery } from "#components/device/device-queries.ts";
import { PresenceBadge } from "#components/device/presence-badge.tsx";
import { useLive } from "#components/layout/live-provider.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { deviceText } from "#components/strings/device-page.ts";
import { CopyText } from "#components/ui/copy-button.tsx";
import { TabLinks } from "#components/ui/tabs.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** The top of a device's pages: what it is, how it is, what can be done, and the tabs. */
export function DeviceHeader({
  first,
  may,
}: {
  readonly first: DeviceDetail;
  readonly may: {
    readonly manage: boolean;
    readonly transfer: boolean;
    readonly audit: boolean;
  };
}) {
  const client = useQueryClient();
  const { data: device } = useQuery({ ...deviceQuery(first.deviceId), initialData: first });
  useLive({ devices: [first.id], refusals: true }, (frame) => {
    const concernsUs =
      ((frame.kind === "status" || frame.kind === "presence") && frame.deviceKey === first.key) ||
      (frame.kind === "refusal" &&
        (frame.refusal.deviceKey === first.key || frame.refusal.claimedId === first.deviceId));
    if (!concernsUs) return;
    for (const part of ["show", "refusals", "timeline", "presence"]) {
      void client.invalidateQueries({ queryKey: ["device", first.deviceId, part] });
    }
  });
  const page = `/devices/${first.deviceId}`;
  return (
    <>
      <PageHeader
        title={device.name}
        badge={<PresenceBadge presence={device.presence} />}
        breadcrumb={[
          { label: deviceText.devices, href: "/devices" },
          { label: device.profile.name, href: `/devices?profile=${device.profile.id}` },
        ]}
        subtitle={
          <span className="flex flex-wrap items-center gap-x-3">
            <CopyText text={device.deviceId} what={deviceText.deviceId} />
            <CopyText text={device.id} what={deviceText.uuid} />
          </span>
        }
        {...(may.manage && {
          actions: (
            <DeviceActions device={device} mayTransfer={may.transfer} mayProve={may.audit} />
          ),
        })}
      />
      <div className="mb-4">
        <TabLinks
          label={deviceText.tabs}
          tabs={[
            { href: page, label: deviceText.tabLive, exact: true },
            { href: `${page}/certificate`, label: deviceText.tabCertificate },
            { href: `${page}/connection`, label: deviceText.tabConnection },
            ...(may.audit ? [{ href: `${page}/audit`, label: deviceText.tabAudit }] : []),
          ]}
        />
      </div>
    </>
  );
}
