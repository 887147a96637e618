"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { deviceHref } from "#components/device/device-href.ts";
import { deviceQuery } from "#components/device/device-queries.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** Says that a child's gateway is not there, which is why nothing comes from the child. */
export function GatewayNotice({ first }: { readonly first: DeviceDetail }) {
  const { data: device } = useQuery({ ...deviceQuery(first.deviceId), initialData: first });
  const { gateway } = device;
  if (gateway === null || gateway.presence === "online") return null;
  // A child with a credential of its own needs no gateway while it is connected itself.
  if (device.presence === "online") return null;
  return (
    <div
      className="mb-4 rounded border border-warn/40 bg-warn-soft px-3.5 py-2.5 wrap-anywhere"
      data-gateway-notice
    >
      <p className="font-semibold text-warn">
        {gatewayText.noticeTitle(gateway.name, gateway.presence)}
      </p>
      <p>
        {gatewayText.noticeText}{" "}
        <Link href={deviceHref(gateway)} className="text-ink-2 underline hover:text-ink">
          {gatewayText.noticeLink}
        </Link>
      </p>
    </div>
  );
}
