/** Topics by which a device has its certificate renewed over MQTT, below `qs/v1/d/{deviceId}/`. */
export const renewalTopics = {
  /** The device sends its signing request here. */
  request: "up/certificate/csr",
  /** The certificate that was issued. */
  issued: "dn/certificate/issued",
  /** Why none was issued. */
  refused: "dn/certificate/refused",
  /** The server asks the device to renew. */
  ask: "dn/certificate/renew",
} as const;

/** Channel of the request, below `up/`. */
export const renewalChannel = "certificate/csr";

/** A topic of a device by name. */
export function renewalTopic(deviceId: string, name: keyof typeof renewalTopics): string {
  return `qs/v1/d/${deviceId}/${renewalTopics[name]}`;
}
