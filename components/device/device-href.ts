/** Where the proof of its decommissioning is. */
export function proofHref(deviceId: string): string {
  return `/api/v1/devices/${encodeURIComponent(deviceId)}/decommission-proof`;
}

/** The page of a device. Its id needs no escaping: its alphabet is that of a path. */
export function deviceHref(device: { readonly deviceId: string }): string {
  return `/devices/${device.deviceId}`;
}
