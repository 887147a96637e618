/** The page of a device. Its id needs no escaping: its alphabet is that of a path. */
export function deviceHref(device: { readonly deviceId: string }): string {
  return `/devices/${device.deviceId}`;
}
