"use client";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { StateDialog, type StateChange } from "#components/device/state-dialog.tsx";
import { deviceText } from "#components/strings/device-page.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** What an administrator may do with a device. Nothing is left to do with a decommissioned one. */
export function DeviceActions({ device }: { readonly device: DeviceDetail }) {
  const [change, setChange] = useState<StateChange | null>(null);
  if (device.state === "decommissioned") return null;
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
        <MenuItem tone="danger" onSelect={() => setChange("decommission")}>
          {deviceText.decommissionMenu}
        </MenuItem>
      </Menu>
      {change !== null && (
        <StateDialog device={device} change={change} onClose={() => setChange(null)} />
      )}
    </>
  );
}
