import { describe, expect, it } from "vitest";
import { refusalActs } from "#components/refused/refusal-acts.ts";
import type { Role } from "#server/domain/roles.ts";

const pump = { deviceId: "pump-17", name: "Pump 17" };

describe("what can be done about a refusal", () => {
  it.each<[string, string, typeof pump | null, Role, string | undefined]>([
    ["expired", "pump-17", pump, "admin", "/devices/pump-17/certificate?issue=1"],
    ["expired", "pump-17", pump, "viewer", "/devices/pump-17/connection"],
    ["bad-credentials", "pump-17", pump, "admin", "/devices/pump-17/certificate#tokens"],
    ["bad-credentials", "red@north", null, "admin", "/settings/service-clients/red%40north"],
    ["bad-credentials", "red@north", null, "viewer", undefined],
    ["unknown-ca", "stranger", null, "admin", "/onboard"],
    ["unknown-ca", "stranger", null, "viewer", undefined],
    ["awaits-approval", "pump-18", null, "operator", "/onboard/requests"],
    ["ca-not-active", "pump-17", pump, "admin", "/onboard/groups"],
    ["rate", "", null, "operator", "/settings/limits"],
    ["malformed", "pump-17", pump, "viewer", "/devices/pump-17/connection"],
    ["malformed", "", null, "viewer", "/docs/mqtt"],
  ])("%s of %s: %#", (cause, claimedId, device, role, first) => {
    const sha256 = "c0ffee";
    expect(refusalActs({ cause, claimedId, device, sha256 }, role)[0]?.href).toBe(first);
  });

  it("sends an expired SAS token to the device's tokens", () => {
    const refusal = { cause: "expired", claimedId: "pump-17", device: pump, sha256: "" };

    expect(refusalActs(refusal, "admin")[0]?.href).toBe("/devices/pump-17/certificate#tokens");
  });
});
