"use client";
import { Ellipsis } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { proofHref } from "#components/device/device-href.ts";
import { StateDialog, type StateChange } from "#components/device/state-dialog.tsx";
import { decommissionText } from "#components/strings/decommission.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import { transferText } from "#components/strings/transfer.ts";
import { OfferDialog } from "#components/transfer/offer-dialog.tsx";
import { deviceText } from "#components/strings/device-page.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** What an administrator may do with a device. Nothing is left to do with a decommissioned one. */
export function DeviceActions({
  device,
  mayTransfer,
  mayProve,
}: {
  readonly device: DeviceDetail;
  readonly mayTransfer: boolean;
  readonly mayProve: boolean;
}) {
  const router = useRouter();
  const [change, setChange] = useState<StateChange | null>(null);
  const [offering, setOffering] = useState(false);
  if (device.state === "decommissioned") return mayProve ? <Proof device={device} /> : null;
  const mayOffer = mayTransfer && device.state === "active";
  return (
    <>
      {device.state === "active" && (
        <ButtonLink href={`/devices/${device.deviceId}/certificate?issue=1`}>
          {deviceText.issue}
        </ButtonLink>
      )}
      {device.state === "suspended" && (
        <Button onClick={() => setChange("resume")}>{deviceText.resume}</Button>
      )}
      <Menu
        trigger={
          <Button iconOnly aria-label={deviceText.actions}>
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        {device.state === "active" && (
          <MenuItem onSelect={() => setChange("suspend")}>{deviceText.suspend}</MenuItem>
        )}
        {device.gateway === null && (
          <MenuItem onSelect={() => router.push(`/onboard/gateway?gateway=${device.deviceId}`)}>
            {gatewayText.menu}
          </MenuItem>
        )}
        {mayOffer && <MenuItem onSelect={() => setOffering(true)}>{transferText.menu}</MenuItem>}
        <MenuItem
          tone="danger"
          onSelect={() => router.push(`/devices/${device.deviceId}/decommission`)}
        >
          {deviceText.decommissionMenu}
        </MenuItem>
      </Menu>
      {change !== null && (
        <StateDialog device={device} change={change} onClose={() => setChange(null)} />
      )}
      {offering && <OfferDialog device={device} onClose={() => setOffering(false)} />}
    </>
  );
}

/** A device that went to another organisation was not decommissioned here: it left. */
function Proof({ device }: { readonly device: DeviceDetail }) {
  if (/\.transferred-\d+$/.test(device.deviceId)) return null;
  return (
    <ButtonLink href={proofHref(device.deviceId)} prefetch={false} download>
      {decommissionText.proof}
    </ButtonLink>
  );
}
