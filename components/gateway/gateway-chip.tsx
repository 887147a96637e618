"use client";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { deviceQuery } from "#components/device/device-queries.ts";
import { fleetText } from "#components/strings/device.ts";
import { gatewayText } from "#components/strings/gateway.ts";

/** Says that the list is narrowed to the devices behind a gateway, and takes that away again. */
export function GatewayChip({
  gatewayId,
  onRemove,
}: {
  readonly gatewayId: string | undefined;
  readonly onRemove: () => void;
}) {
  return gatewayId === undefined ? null : <Chip gatewayId={gatewayId} onRemove={onRemove} />;
}

function Chip({
  gatewayId,
  onRemove,
}: {
  readonly gatewayId: string;
  readonly onRemove: () => void;
}) {
  const { data: gateway } = useQuery(deviceQuery(gatewayId));
  return (
    <span className="inline-flex h-7.5 max-w-full items-center rounded border border-accent bg-accent-soft text-base text-accent">
      <span className="truncate pl-2.5">
        {fleetText.facet(gatewayText.facet)}{" "}
        <span className="font-semibold">{gateway?.name ?? "…"}</span>
      </span>
      <button
        type="button"
        aria-label={fleetText.removeFacet(gatewayText.facet)}
        onClick={onRemove}
        className="flex h-full items-center px-1.5 hover:bg-surface"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}
