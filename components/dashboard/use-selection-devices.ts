"use client";
import { useQuery } from "@tanstack/react-query";
import { selectionDevicesQuery } from "#components/dashboard/dashboard-queries.ts";
import { maxLiveOnPage } from "#components/dashboard/live-values.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import type { SelectionDeviceRow } from "#server/db/list-selection-devices.ts";

const none: readonly SelectionDeviceRow[] = [];

/** The first hundred devices of a selection with their keys; none until they are known. */
export function useSelectionDevices(
  devices: DeviceSelection,
  { active }: { readonly active: boolean },
): readonly SelectionDeviceRow[] {
  const query = useQuery({ ...selectionDevicesQuery(devices, maxLiveOnPage), enabled: active });
  return query.data?.devices ?? none;
}
