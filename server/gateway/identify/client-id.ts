import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/**
 * The client id must be the device's id, or that with a number for a further connection
 * (`pump-17.2`), so that logs of devices and of this server speak of the same thing.
 */
export function clientIdRefusal(device: RegisteredDevice, clientId: string): Refusal | undefined {
  const { deviceId } = device;
  if (clientId === deviceId) return undefined;
  if (
    clientId.startsWith(`${deviceId}.`) &&
    /^\d{1,10}$/.test(clientId.slice(deviceId.length + 1))
  ) {
    return undefined;
  }
  return {
    cause: "client-id-mismatch",
    detail: `The device ${deviceId} connected with the client id ${quoted(clientId)}.`,
    remedy: `Set the client id to ${deviceId}, or to ${deviceId}.2, ${deviceId}.3 … for further connections.`,
  };
}
