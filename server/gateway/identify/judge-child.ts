import type { ChildRecord, RegisteredDevice } from "#server/gateway/identify/registry.ts";
import { quoted } from "#server/gateway/refusal.ts";
import type { DeviceIdentity, MessageRefusal } from "#server/pipeline/message.ts";

/** Who speaks through the gateway, or why what it says is not taken. */
export type ChildJudgement =
  | { readonly device: DeviceIdentity; readonly refused?: undefined }
  | { readonly refused: MessageRefusal; readonly device?: undefined };

const unknownRemedy =
  "Add it to the gateway on the page of the gateway, or let the gateway's child policy register it.";

/** Nobody here has the id, or somebody to whom the gateway has no relation. */
export function unknownChild(gateway: RegisteredDevice, childId: string): MessageRefusal {
  return {
    reason: "child-unknown",
    detail: `${gateway.deviceId} has no child ${quoted(childId)}. ${unknownRemedy}`,
  };
}

/**
 * Decides on a child that a gateway speaks for. Its identity is proven by the gateway's credential
 * and by its place behind that gateway, never by its id alone.
 * @returns undefined when nobody of the gateway's organisation has the id
 */
export function judgeChild(
  gateway: RegisteredDevice,
  record: ChildRecord | undefined,
): ChildJudgement | undefined {
  if (record === undefined || record.device.tenantId !== gateway.tenantId) return undefined;
  const { device, gatewayKey } = record;
  if (gatewayKey !== gateway.deviceKey) {
    const detail = `${device.deviceId} is no child of ${gateway.deviceId}. Attach it to this gateway on its page, or let it speak through its own.`;
    return { refused: { reason: "child-elsewhere", detail } };
  }
  switch (device.state) {
    case "active":
    case "quarantined":
      return {
        device: gateway.state === "quarantined" ? { ...device, state: "quarantined" } : device,
      };
    case "suspended":
    case "decommissioned": {
      const detail = `${device.deviceId} is ${device.state}, so what ${gateway.deviceId} says for it is not stored. Look at the page of ${device.deviceId}.`;
      return { refused: { reason: "child-out-of-service", detail } };
    }
  }
}
