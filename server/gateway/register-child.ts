import { unknownChild } from "#server/gateway/identify/judge-child.ts";
import type { RegisterChild } from "#server/gateway/child-door.ts";
import { ServiceError } from "#server/services/errors.ts";
import { registerChild } from "#server/services/gateway/register-child.ts";
import { systemContext, type SystemParts } from "#server/services/system-context.ts";

/** Where nobody may be registered. */
export const refuseChild: RegisterChild = (gateway, childId) =>
  Promise.resolve({ refused: unknownChild(gateway, childId) });

/** Registers children in the gateway's organisation, as its policy says; the audit trail names "gateway". */
export function registerChildBy(system: SystemParts): RegisterChild {
  return async (gateway, childId, remote) => {
    const ctx = systemContext(system, { tenantId: gateway.tenantId, name: "gateway", ip: remote });
    try {
      const { key } = await registerChild(ctx, { gateway: gateway.id, deviceId: childId });
      return { deviceKey: key };
    } catch (error) {
      // An outage is waited for; everything else is an answer.
      if (!(error instanceof ServiceError) || error.code === "unavailable") throw error;
      const isFull = error.fields.some(({ path }) => path === "maxChildren");
      const detail = [error.message, error.remedy].filter(Boolean).join(" ");
      return { refused: { reason: isFull ? "child-limit" : "child-unknown", detail } };
    }
  };
}
