import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAudit } from "#server/services/audit/list.ts";
import type { Context } from "#server/services/context.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import { createDevice } from "#server/services/device/create.ts";
import { decommissionProof } from "#server/services/device/decommission-proof.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { decommissionProofPdf } from "#server/services/device/proof-pdf.ts";
import { showDevice } from "#server/services/device/show.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { addChildren } from "#server/services/gateway/add-children.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let other: TestTenant;
let admin: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { signer: ca.signer });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

async function gatewayWithChildren(deviceId: string, children: readonly string[]): Promise<void> {
  await createDevice(admin, { name: deviceId, deviceId });
  await addChildren(admin, {
    deviceId,
    profileId: acme.profileId,
    children: children.map((child) => ({ deviceId: child })),
  });
}

describe("decommissioning a gateway", () => {
  it("detaches its children, which stay in service", async () => {
    await gatewayWithChildren("hall-1", ["meter-1a", "meter-1b"]);

    const ended = await decommissionDevice(admin, { deviceId: "hall-1" });

    expect(ended.children).toEqual({ detached: 2, decommissioned: 0 });
    expect(await showDevice(admin, { device: "meter-1a" })).toMatchObject({
      state: "active",
      gateway: null,
    });
  });

  it("ends its children with it where that is wanted, each with a record of its own", async () => {
    await gatewayWithChildren("hall-2", ["meter-2a", "meter-2b"]);
    const reason = "The hall is torn down";

    const ended = await decommissionDevice(admin, {
      deviceId: "hall-2",
      children: "decommission",
      reason,
    });

    expect(ended.children).toEqual({ detached: 0, decommissioned: 2 });
    expect(await decommissionProof(admin, { device: "meter-2b" })).toMatchObject({
      decommissioned: { reason, by: "system:test" },
    });
    expect(await decommissionProof(admin, { device: "hall-2" })).toMatchObject({
      decommissioned: { children: { detached: 0, decommissioned: 2 } },
    });
  });
});

describe("the proof of a decommissioning", () => {
  it("says what was revoked, when and by whom, and names the audit event", async () => {
    const { certificate } = await createDeviceWithCertificate(admin, {
      name: "Pump 3",
      deviceId: "pump-3",
      serial: "SN-3",
    });
    await createPassword(admin, { deviceId: "pump-3" });
    await decommissionDevice(admin, { deviceId: "pump-3", reason: "Worn out" });

    const proof = await decommissionProof(acme.ctx("auditor"), { device: "pump-3" });

    expect(proof).toMatchObject({
      organisation: "acme",
      device: { deviceId: "pump-3", serial: "SN-3" },
      decommissioned: { by: "system:test", reason: "Worn out" },
      certificates: [{ sha256: certificate.sha256, revokedAt: expect.any(String) as string }],
      credentials: [{ revokedAt: expect.any(String) as string }],
      lastMessageAt: null,
    });
    const { events } = await listAudit(admin, {});
    const event = events.find(({ seq }) => seq === proof.audit.seq);
    expect(event).toMatchObject({ action: "device.decommission", hash: proof.audit.hash });
    const pdf = await decommissionProofPdf(proof);
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  });

  it("is there for devices that are out of service, in one's own organisation, for who may read the audit trail", async () => {
    await createDevice(admin, { name: "In service", deviceId: "in-service" });
    const input = { device: "in-service" };

    await expect(decommissionProof(admin, input)).rejects.toThrow(refused("conflict"));
    await expect(decommissionProof(other.ctx("admin"), input)).rejects.toThrow(
      refused("not_found"),
    );
    await expect(decommissionProof(acme.ctx("viewer"), input)).rejects.toThrow(
      refused("forbidden"),
    );
  });
});
