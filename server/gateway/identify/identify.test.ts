import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  claimedIdOf,
  expiredByItself,
  identify,
  type Lookups,
} from "#server/gateway/identify/identify.ts";
import type { ServicePrincipal } from "#server/gateway/identify/principal.ts";
import { readCredential } from "#server/gateway/identify/read-credential.ts";
import type {
  CredentialRecord,
  RegisteredDevice,
  ServiceClientRecord,
} from "#server/gateway/identify/registry.ts";
import { readUserName } from "#server/gateway/identify/user-name.ts";

const now = new Date("2026-03-10T12:00:00Z");
const nowSeconds = now.getTime() / 1_000;
const later = nowSeconds + 3_600;

const device: RegisteredDevice = {
  tenantId: "t",
  deviceKey: 17n,
  id: "0f4c6f1e-5d58-4a0f-9a57-111111111111",
  deviceId: "pump-17",
  profileId: "p",
  state: "active",
};
const primary = Buffer.alloc(32, 1);
const secondary = Buffer.alloc(16, 2);
const sha256 = (text: string) => createHash("sha256").update(text).digest();

const record: CredentialRecord = {
  device,
  secretHashes: [sha256("right")],
  sasKeys: [
    { slot: "primary", key: primary },
    { slot: "secondary", key: secondary },
  ],
};
const principal: ServicePrincipal = {
  kind: "service",
  tenantId: "t",
  serviceClientId: "s",
  name: "node-red@acme",
  operator: false,
  grants: [],
};
const client: ServiceClientRecord = {
  principal,
  state: "active",
  passwords: [
    { id: "old", hash: sha256("old") },
    { id: "new", hash: sha256("new") },
  ],
};

type Known = {
  readonly device?: CredentialRecord | undefined;
  readonly client?: ServiceClientRecord | undefined;
};

/** A registry that has one device and one service client, and says what it was asked. */
function registryOf(known: Known) {
  const asked: string[] = [];
  const used: string[] = [];
  const lookups: Lookups = {
    certificate: () => Promise.resolve(undefined),
    credentials: (deviceId) => {
      asked.push(deviceId);
      return Promise.resolve(deviceId === "pump-17" ? known.device : undefined);
    },
    serviceClient: (username) => {
      asked.push(username);
      return Promise.resolve(username === principal.name ? known.client : undefined);
    },
    claim: () => Promise.resolve(undefined),
    registrar: () => Promise.resolve(undefined),
    noteUsed: (passwordId) => used.push(passwordId),
    noteCredentialUsed: ({ id }) => used.push(id),
  };
  return { lookups, asked, used };
}

async function judge(
  username: string | undefined,
  password: string | Buffer | undefined,
  known: Known = { device: record, client },
) {
  const registry = registryOf(known);
  const credential = readCredential(undefined, { username, password });
  const found = await identify(registry.lookups, credential, now);
  return { ...registry, credential, found, cause: found.refusal?.cause ?? "accepted" };
}

type Sas = { sr?: string; se?: string | number; key?: Buffer; more?: string; encode?: boolean };

function sas({ sr = "hub.example.com%2Fdevices%2Fpump-17", se = later, ...how }: Sas = {}): string {
  const signed = createHmac("sha256", how.key ?? primary)
    .update(`${sr}\n${se}`)
    .digest("base64");
  const sig = how.encode === false ? signed : encodeURIComponent(signed);
  return `SharedAccessSignature sr=${sr}&sig=${sig}&se=${se}${how.more ?? ""}`;
}

describe("a SAS token that opens the listener", () => {
  test.each<[string, string, string]>([
    ["of Azure's form, resource encoded", "pump-17", sas()],
    ["with the resource as it is", "pump-17", sas({ sr: "hub.example.com/devices/pump-17" })],
    ["with a signature that is not encoded", "pump-17", sas({ encode: false })],
    ["for the id alone", "pump-17", sas({ sr: "pump-17" })],
    ["for the topic prefix", "pump-17", sas({ sr: "qs/v1/d/pump-17" })],
    ["made with the secondary key", "pump-17", sas({ key: secondary })],
    ["with an empty policy name", "pump-17", sas({ more: "&skn=" })],
    ["with something unknown in it", "pump-17", sas({ more: "&extra=1" })],
    ["in its last second", "pump-17", sas({ se: nowSeconds + 1 })],
    ["with Azure's user name", "hub.example.com/pump-17/?api-version=2021-04-12", sas()],
    ["with an older user name", "hub.example.com/pump-17/api-version=2016-11-14", sas()],
    ["with a short user name", "hub.example.com/pump-17", sas()],
  ])("%s", async (_, username, password) => {
    const { found, credential } = await judge(username, password);

    expect(found.refusal).toBeUndefined();
    expect(found.principal).toEqual({ kind: "device", device });
    expect(claimedIdOf(credential)).toBe("pump-17");
  });
});

describe("a SAS token that is refused", () => {
  test.each<[string, string, string]>([
    ["for another device", sas({ sr: "hub/devices/pump-18" }), "sas-other-device"],
    ["for a device whose id ends alike", sas({ sr: "hub/devices/xpump-17" }), "sas-other-device"],
    ["for the whole hub", sas({ sr: "hub.example.com" }), "sas-other-device"],
    ["for devices of no hub", sas({ sr: "/devices/pump-17x" }), "sas-other-device"],
    ["made with another key", sas({ key: Buffer.alloc(32, 9) }), "sas-signature"],
    ["whose end was moved", sas().replace(`se=${later}`, `se=${later + 1}`), "sas-signature"],
    ["whose resource was re-encoded", sas().replace("%2F", "%2f"), "sas-signature"],
    [
      "made with a policy's key",
      sas({ key: Buffer.alloc(8), more: "&skn=device" }),
      "sas-signature",
    ],
    ["at its end", sas({ se: nowSeconds }), "expired"],
    ["long after its end", sas({ se: 1 }), "expired"],
    ["with an end beyond all time", sas({ se: "999999999999999" }), "sas-malformed"],
    ["with an end that overflows", sas({ se: "9".repeat(400) }), "sas-malformed"],
    ["with a negative end", sas({ se: -1 }), "sas-malformed"],
    ["with a broken end", sas({ se: "1e9" }), "sas-malformed"],
    ["with no end", sas().replace(/&se=\d+/, ""), "sas-malformed"],
    ["with two ends", sas({ more: `&se=${later}` }), "sas-malformed"],
    ["with a resource that is badly encoded", sas({ sr: "%E0%A4%A" }), "sas-malformed"],
    [
      "with a signature that is badly encoded",
      sas().replace(/sig=[^&]*/, "sig=%zz"),
      "sas-malformed",
    ],
    ["with a signature that is no base64", sas().replace(/sig=[^&]*/, "sig=****"), "sas-malformed"],
    ["with a short signature", sas().replace(/sig=[^&]*/, "sig=YWJj"), "sas-malformed"],
    ["with nothing in it", "SharedAccessSignature ", "sas-malformed"],
    ["with noise in it", "SharedAccessSignature &&&=&", "sas-malformed"],
    ["of a megabyte", `SharedAccessSignature ${"a".repeat(1_000_000)}`, "sas-malformed"],
  ])("%s", async (_, password, cause) => {
    const judged = await judge("pump-17", password);

    expect(judged.cause).toBe(cause);
    const { refusal } = judged.found;
    expect(refusal?.remedy).not.toBe("");
    const said = `${refusal?.detail} ${refusal?.remedy}`;
    for (const secret of password.matchAll(/sig=([^&]{8,})/g))
      expect(said).not.toContain(secret[1]);
  });

  test("of an unknown device", async () => {
    const judged = await judge("pump-18", sas({ sr: "hub/devices/pump-18" }));

    expect(judged.cause).toBe("bad-credentials");
    expect(judged.found.refusal?.detail).toContain("There is no device “pump-18”");
  });

  test("of a device without a key, of one whose key cannot be opened, of a suspended one", async () => {
    const without = { ...record, sasKeys: [] };
    const sealed = { ...record, sasKeys: [{ slot: "primary" as const, key: undefined }] };
    const suspended = { ...record, device: { ...device, state: "suspended" as const } };

    expect((await judge("pump-17", sas(), { device: without })).cause).toBe("no-sas-key");
    expect((await judge("pump-17", sas(), { device: sealed })).cause).toBe("internal");
    expect((await judge("pump-17", sas(), { device: suspended })).cause).toBe("device-suspended");
  });

  test("because it expired says by how much, and that a clock may be wrong", async () => {
    const { found } = await judge("pump-17", sas({ se: nowSeconds - 7_300 }));

    expect(found.refusal?.detail).toContain("2 hours ago");
    expect(found.refusal?.remedy).toContain("clock is 2 hours behind");
  });

  test("ends the session in the second in which it expires, without asking anybody", () => {
    const credential = readCredential(undefined, { username: "pump-17", password: sas() });
    const at = (seconds: number) => expiredByItself(credential, new Date(seconds * 1_000))?.cause;

    expect([at(later - 1), at(later), at(later + 9_999)]).toEqual([
      undefined,
      "expired",
      "expired",
    ]);
    const token = readCredential(undefined, { username: "pump-17", password: "right" });
    expect(expiredByItself(token, new Date(later * 1_000))).toBeUndefined();
  });

  test("concerns the device that it claims to be", async () => {
    const { found } = await judge("pump-17", sas({ key: Buffer.alloc(4) }));

    expect(found).toMatchObject({ concerned: { tenantId: "t", deviceKey: 17n } });
  });
});

describe("a service client", () => {
  test.each([["old"], ["new"]])(
    "comes in with its password %s, whose use is noted",
    async (password) => {
      const { found, used } = await judge("node-red@acme", password);

      expect(found.principal).toBe(principal);
      expect(used).toEqual([password]);
    },
  );

  test.each<[string, string, ServiceClientRecord | undefined, string]>([
    ["node-red@acme", "wrong", client, "bad-credentials"],
    ["node-red@acme", "", client, "bad-credentials"],
    ["node-red@acme", "new", undefined, "unknown-service-client"],
    ["node-red@other", "new", client, "unknown-service-client"],
    ["node-red@acme", "new", { ...client, passwords: [] }, "bad-credentials"],
    ["node-red@acme", "new", { ...client, state: "suspended" }, "service-client-suspended"],
    ["node-red@acme", "wrong", { ...client, state: "suspended" }, "bad-credentials"],
  ])("%s with %j is refused", async (username, password, known, cause) => {
    const judged = await judge(username, password, { client: known });

    expect(judged.cause).toBe(cause);
    expect(judged.used).toEqual([]);
    expect(judged.found.refusal?.remedy).not.toBe("");
  });
});

describe("a device's password", () => {
  test("opens every port, also under Azure's user name", async () => {
    expect((await judge("pump-17", "right")).cause).toBe("accepted");
    expect((await judge("hub/pump-17/?api-version=1", Buffer.from("right"))).cause).toBe(
      "accepted",
    );
    expect((await judge("pump-17", "wrong")).cause).toBe("bad-credentials");
  });
});

describe("user names", () => {
  test.each([
    ["pump-17", "device"],
    ["a:b.c_d-e", "device"],
    ["hub.example.com/pump-17/?api-version=2021-04-12&DeviceClientType=x%2Fy", "device"],
    ["hub/pump-17/", "device"],
    ["hub/pump-17/module/?api-version=1", "nobody"],
    ["hub//?api-version=1", "nobody"],
    ["/pump-17", "nobody"],
    ["hub/pump 17", "nobody"],
    [`hub/pump-17/?x=${"y".repeat(2_000)}`, "nobody"],
    ["en-abc/registrations/valve-1/api-version=2019-03-31&ClientVersion=x%2Fy", "registration"],
    ["en-abc/registrations/valve-1", "registration"],
    ["en-abc/registrations/valve 1/api-version=1", "nobody"],
    ["en-abc/registrations/valve-1/api-version=1/more", "nobody"],
    ["hub/registrations/?api-version=1", "device"],
    ["node-red@acme", "service"],
    ["Node-Red@acme", "nobody"],
    ["node-red@acme@acme", "nobody"],
    ["@acme", "nobody"],
    ["node-red@", "nobody"],
    ["x".repeat(65_535), "nobody"],
    [`${"x".repeat(65_000)}@acme`, "nobody"],
    ["__proto__", "nobody"],
    ["", "nobody"],
    ["\0", "nobody"],
  ])("%j is of a %s", (userName, kind) => {
    expect(readUserName(userName).kind).toBe(kind);
  });

  test("that nobody can have are not looked up, and are not kept whole", async () => {
    const { asked, cause, credential } = await judge("x".repeat(65_535), "secret");

    expect(asked).toEqual([]);
    expect(cause).toBe("bad-credentials");
    expect(claimedIdOf(credential).length).toBeLessThanOrEqual(256);
  });
});

describe("what a client shows", () => {
  const certificate = {
    kind: "certificate",
    sha256: "ab",
    commonName: "pump-17",
    uuid: "",
    issuer: "",
    issuerSha256: "",
    ours: true,
  } as const;
  const shown = { username: "pump-17", password: "right" };

  test.each([
    ["a certificate decides alone", certificate, shown, "certificate"],
    ["TLS without one takes a password", { kind: "no-certificate" } as const, shown, "token"],
    ["TLS without anything", { kind: "no-certificate" } as const, {}, "no-certificate"],
    ["plain with a password", undefined, shown, "token"],
    ["plain without one", undefined, { username: "pump-17" }, "no-token"],
    ["plain with only a password", undefined, { password: "right" }, "no-token"],
  ])("%s", (_, tls, packet, kind) => {
    expect(readCredential(tls, packet).kind).toBe(kind);
  });
});
