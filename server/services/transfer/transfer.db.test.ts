import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCertificates } from "#server/db/find-certificates.ts";
import { findDeviceCredentials } from "#server/db/find-device-credentials.ts";
import { withTenant } from "#server/db/tenant.ts";
import { transferCodeOf } from "#server/domain/transfer-code.ts";
import { verifyAudit } from "#server/services/audit/verify.ts";
import type { Context } from "#server/services/context.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createSasKey } from "#server/services/device/create-sas-key.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import { createDevice } from "#server/services/device/create.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { showDevice } from "#server/services/device/show.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { setGateway } from "#server/services/gateway/set-gateway.ts";
import { claimDevice } from "#server/services/transfer/claim.ts";
import { inspectOffer } from "#server/services/transfer/inspect.ts";
import { listOffers } from "#server/services/transfer/list.ts";
import { offerDevice } from "#server/services/transfer/offer.ts";
import { withdrawOffer } from "#server/services/transfer/withdraw.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let ca: TestSigner;
let maker: TestTenant;
let customer: TestTenant;
let from: Context;
let to: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  maker = await createTestTenant(database, { slug: "maker" });
  customer = await createTestTenant(database, { slug: "customer" });
  from = maker.ctx("admin", { signer: ca.signer });
  to = customer.ctx("admin", { signer: ca.signer });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const notValid = "This code is not valid";

async function trail(ctx: Context, target: string) {
  return withTenant(ctx, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: ctx.tenantId, target },
      orderBy: { seq: "asc" },
      select: { actionCode: true, actor: true, outcome: true, payload: true },
    }),
  );
}

/** An admin whose wrong guesses count for nobody else. */
function guesser(name: string): Context {
  return customer.ctx("admin", { actor: { type: "system", name } });
}

describe("device.offer", () => {
  it("gives a code once, of which only the hash is kept, with its record", async () => {
    await createDevice(from, { name: "Offered", deviceId: "offered" });

    const offer = await offerDevice(from, { deviceId: "offered", kind: "transfer" });

    expect(offer.code).toMatch(/^(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}$/);
    const events = await trail(from, "device:offered");
    expect(events.at(-1)).toMatchObject({
      actionCode: "device.offer",
      payload: { offer: offer.offerId, kind: "transfer" },
    });
    expect(JSON.stringify(events)).not.toContain(offer.code);
    expect(await listOffers(from, { deviceId: "offered" })).toMatchObject([
      { id: offer.offerId, state: "offered", isGone: false },
    ]);
  });

  it("is not for operators, not for other organisations, and not for devices out of service", async () => {
    await createDevice(from, { name: "Kept", deviceId: "kept" });
    const input = { deviceId: "kept", kind: "claim" as const };

    await expect(offerDevice(maker.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(offerDevice(to, input)).rejects.toThrow(refused("not_found"));
    await decommissionDevice(from, { deviceId: "kept" });
    await expect(offerDevice(from, input)).rejects.toThrow(refused("conflict"));
  });

  it("refuses gateways and what is behind them", async () => {
    await createDevice(from, { name: "Hall", deviceId: "hall" });
    await createDevice(from, { name: "Meter", deviceId: "meter" });
    await setGateway(from, { deviceId: "meter", gateway: "hall" });

    await expect(offerDevice(from, { deviceId: "hall", kind: "claim" })).rejects.toThrow(
      "1 children",
    );
    await expect(offerDevice(from, { deviceId: "meter", kind: "claim" })).rejects.toThrow(
      "behind hall",
    );
  });
});

describe("device.withdrawOffer", () => {
  it("makes the code worthless, once, with its record", async () => {
    await createDevice(from, { name: "Withdrawn", deviceId: "withdrawn" });
    const { offerId, code } = await offerDevice(from, { deviceId: "withdrawn", kind: "claim" });
    const input = { deviceId: "withdrawn", offerId };

    await expect(withdrawOffer(maker.ctx("viewer"), input)).rejects.toThrow(refused("forbidden"));
    await expect(withdrawOffer(to, input)).rejects.toThrow(refused("not_found"));
    await withdrawOffer(from, input);

    await expect(withdrawOffer(from, input)).rejects.toThrow(refused("conflict"));
    await expect(claimDevice(guesser("late"), { code })).rejects.toThrow(notValid);
    expect((await trail(from, "device:withdrawn")).at(-1)).toMatchObject({
      actionCode: "device.withdrawOffer",
      payload: { offer: offerId },
    });
  });
});

describe("device.claim", () => {
  it("moves identity and what opens the listener; what was measured stays", async () => {
    const made = await createDeviceWithCertificate(from, {
      name: "Pump 17",
      deviceId: "pump-17",
      serial: "SN-17",
      model: "P2",
    });
    const { password } = await createPassword(from, { deviceId: "pump-17" });
    const sas = await createSasKey(from, { deviceId: "pump-17", slot: "primary" });
    const before = await showDevice(from, { device: "pump-17" });
    const { code } = await offerDevice(from, { deviceId: "pump-17", kind: "transfer" });
    const told = await waitForControl(database);

    const claimed = await claimDevice(to, { code: code.toLowerCase(), name: "Our pump" });

    expect(claimed).toEqual({
      deviceId: "pump-17",
      name: "Our pump",
      from: "maker",
      credentials: 3,
    });
    const moved = await showDevice(to, { device: "pump-17" });
    expect(moved).toMatchObject({
      id: before.id,
      name: "Our pump",
      state: "active",
      attributes: {},
    });
    expect(moved.key).not.toBe(before.key);
    expect(moved.currentCertificate?.sha256).toBe(made.certificate.sha256);
    const left = await showDevice(from, { device: "pump-17.transferred-1" });
    expect(left).toMatchObject({ key: before.key, state: "decommissioned", name: "Pump 17" });
    await expect(showDevice(from, { device: "pump-17" })).rejects.toThrow(refused("not_found"));

    const [certificate] = await findCertificates(database.ingest, [made.certificate.sha256]);
    expect(certificate?.device).toMatchObject({
      tenantId: customer.tenantId,
      deviceId: "pump-17",
      deviceKey: BigInt(moved.key),
    });
    const [credentials] = await findDeviceCredentials(database.ingest, ["pump-17"]);
    expect(credentials?.device.tenantId).toBe(customer.tenantId);
    expect(credentials?.secretHashes).toHaveLength(1);
    expect(password).not.toBe("");
    const [key] = credentials?.sasKeys ?? [];
    const place = {
      table: "device_credential",
      column: "sealed_key",
      tenantId: customer.tenantId,
      id: sas.credentialId,
    };
    expect(testKeyring.open(place, key?.sealed ?? Buffer.alloc(0)).toString("base64")).toBe(
      sas.key,
    );
    expect([await told.next(), await told.next()]).toEqual([
      { kind: "device", tenantId: maker.tenantId, deviceKey: before.key },
      { kind: "device", tenantId: customer.tenantId, deviceKey: moved.key },
    ]);
    await told.stop();
  });

  it("is recorded in both chains, which both still verify", async () => {
    const mine = await trail(to, "device:pump-17");
    const theirs = await trail(from, "device:pump-17");

    expect(mine.at(-1)).toMatchObject({
      actionCode: "device.claim",
      payload: { from: "maker", certificates: 1, credentials: 2 },
    });
    expect(theirs.at(-1)).toMatchObject({
      actionCode: "device.transferred",
      actor: "system:transfer",
      payload: { to: "customer", leftAs: "pump-17.transferred-1" },
    });
    expect(await verifyAudit(from)).toMatchObject({ broken: null });
    expect(await verifyAudit(to)).toMatchObject({ broken: null });
  });

  it("a device may come back, and go again", async () => {
    const back = await offerDevice(to, { deviceId: "pump-17", kind: "transfer" });
    await claimDevice(from, { code: back.code });
    const again = await offerDevice(from, { deviceId: "pump-17", kind: "transfer" });
    await claimDevice(to, { code: again.code });

    expect(await showDevice(to, { device: "pump-17" })).toMatchObject({ state: "active" });
    expect(await showDevice(to, { device: "pump-17.transferred-2" })).toBeDefined();
    expect(await showDevice(from, { device: "pump-17.transferred-3" })).toBeDefined();
  });

  it.each([
    ["wrong", () => Promise.resolve(transferCodeOf(randomBytes(20)))],
    [
      "expired",
      async () => {
        const past = maker.ctx("admin", { now: () => new Date(Date.now() - 2 * 86_400_000) });
        return (await offerDevice(past, { deviceId: "offered", kind: "transfer", days: 1 })).code;
      },
    ],
    [
      "used",
      async () => {
        await createDevice(from, { name: "Used", deviceId: "used" });
        const { code } = await offerDevice(from, { deviceId: "used", kind: "transfer" });
        await claimDevice(to, { code });
        return code;
      },
    ],
    [
      "of a device that is out of service meanwhile",
      async () => {
        await createDevice(from, { name: "Gone", deviceId: "gone" });
        const { code } = await offerDevice(from, { deviceId: "gone", kind: "transfer" });
        await decommissionDevice(from, { deviceId: "gone" });
        return code;
      },
    ],
  ])("a code that is %s is told like any other", async (what, make) => {
    const code = await make();
    const claiming = claimDevice(guesser(what), { code });

    await expect(claiming).rejects.toThrow(refused("not_found"));
    await expect(claiming).rejects.toThrow(notValid);
    await expect(inspectOffer(guesser(what), { code })).rejects.toThrow(notValid);
  });

  it("is throttled like passwords", async () => {
    const ctx = guesser("many");
    for (let tries = 0; tries < 5; tries += 1) {
      const code = transferCodeOf(randomBytes(20));
      await expect(inspectOffer(ctx, { code })).rejects.toThrow(refused("not_found"));
    }
    const code = transferCodeOf(randomBytes(20));
    await expect(claimDevice(ctx, { code })).rejects.toThrow(refused("rate_limited"));
  });

  it("of two at once one wins", async () => {
    const third = await createTestTenant(database, { slug: "third" });
    await createDevice(from, { name: "Wanted", deviceId: "wanted" });
    const { code } = await offerDevice(from, { deviceId: "wanted", kind: "transfer" });

    const results = await Promise.allSettled([
      claimDevice(guesser("a"), { code }),
      claimDevice(third.ctx("admin"), { code }),
    ]);

    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const lost = results.find((each) => each.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "not_found" });
  });

  it("is not for operators, and the attempt is recorded", async () => {
    const { code } = await offerDevice(from, { deviceId: "offered", kind: "transfer" });

    await expect(claimDevice(customer.ctx("operator"), { code })).rejects.toThrow(
      refused("forbidden"),
    );
    expect((await trail(to, "capability:device.transfer")).at(-1)).toMatchObject({
      actionCode: "device.claim",
      outcome: "denied",
    });
  });

  it("another organisation's profile is not found, and the code stays good", async () => {
    const { code } = await offerDevice(from, { deviceId: "offered", kind: "transfer" });

    const claiming = claimDevice(to, { code, profileId: maker.profileId });

    await expect(claiming).rejects.toThrow("There is no profile");
    expect(await inspectOffer(to, { code })).toMatchObject({
      deviceId: "offered",
      from: "maker",
      isOwn: false,
    });
  });

  it("a printed code, used at home, notes who has the device", async () => {
    await createDevice(from, { name: "At home", deviceId: "at-home" });
    const own = await offerDevice(from, { deviceId: "at-home", kind: "transfer" });
    const printed = await offerDevice(from, { deviceId: "at-home", kind: "claim" });

    await expect(claimDevice(from, { code: own.code })).rejects.toThrow(refused("conflict"));
    await claimDevice(from, { code: printed.code });

    expect(await showDevice(from, { device: "at-home" })).toMatchObject({
      attributes: { owner: "system:test" },
    });
  });

  it("shows nothing of other organisations without the code", async () => {
    const rows = await withTenant(to, (tx) => tx.deviceTransfer.count());
    const theirs = await withTenant(from, (tx) => tx.deviceTransfer.count());

    expect(rows).toBeLessThan(theirs);
    const seen = await withTenant(to, async (tx) => {
      await tx.$queryRaw`SELECT * FROM find_device_offer(decode('00', 'hex'))`;
      return tx.device.count({ where: { tenantId: maker.tenantId } });
    });
    expect(seen).toBe(0);
  });
});
