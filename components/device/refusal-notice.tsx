"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { deviceQuery, refusalsQuery } from "#components/device/device-queries.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { useNow } from "#components/ui/clock.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { Refusal } from "#server/services/device/refusals.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";

const dayMs = 86_400_000;

/** Says that a connection was refused since the device last got in, and why. */
export function RefusalNotice({
  first,
  firstRefusals,
}: {
  readonly first: DeviceDetail;
  readonly firstRefusals: readonly Refusal[];
}) {
  const { data: device } = useQuery({ ...deviceQuery(first.deviceId), initialData: first });
  const { data: refusals } = useQuery({
    ...refusalsQuery(first.deviceId),
    initialData: firstRefusals,
  });
  const newest = refusals[0];
  const at = Date.parse(newest?.lastAt ?? "");
  const connectedAt = Date.parse(device.connection.connectedAt ?? "") || 0;
  const isLate = useNow((now) => at > connectedAt && at > now - dayMs);
  if (newest === undefined || !isLate) return null;
  return (
    <div
      className="mb-4 rounded border border-bad/40 bg-bad-soft px-3.5 py-2.5 wrap-anywhere"
      data-refusal
    >
      <p className="font-semibold text-bad">
        {deviceText.refusedLately} <span className="font-normal">·</span>{" "}
        <span className="font-normal">
          <RelativeTime value={newest.lastAt} />
        </span>
      </p>
      <p>
        {newest.detail} <span className="text-ink-2">{newest.remedy}</span>
      </p>
      <Link
        href={`/devices/${device.deviceId}/connection`}
        className="text-sm text-ink-2 underline hover:text-ink"
      >
        {deviceText.refusedMore}
      </Link>
    </div>
  );
}
