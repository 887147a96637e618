import { tenantOf, type Principal } from "#server/gateway/identify/principal.ts";
import type { RefusedPeer } from "#server/gateway/refusal.ts";

/** Whose a refused peer is, where that is known. */
export type RefusalOwner = Pick<RefusedPeer, "tenantId" | "deviceKey">;

/** Under whom a refusal is listed. */
export function refusalOwnerOf(principal: Principal): RefusalOwner {
  const deviceKey = principal.kind === "device" ? principal.device.deviceKey : null;
  return { tenantId: tenantOf(principal), deviceKey };
}
