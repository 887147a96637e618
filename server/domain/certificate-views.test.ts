import { describe, expect, it } from "vitest";
import {
  certificateViewFromParams,
  certificateViewToParams,
  everyCertificate,
} from "#server/domain/certificate-filter.ts";
import { lifeGone, nextContactAt } from "#server/domain/certificate-standing.ts";
import { cryptoFindings } from "#server/domain/crypto-findings.ts";
import { judgeKey, judgeSignatureHash, judgeSuite } from "#server/domain/crypto-sunset.ts";
import { commonNameOf } from "#server/domain/distinguished-name.ts";
import { extensionWords, type ExtensionValue } from "#server/domain/extension-words.ts";

const now = new Date("2026-11-25T12:00:00Z");
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);

describe("the next contact of a device", () => {
  const rows: readonly [
    what: string,
    connected: boolean,
    last: number | null,
    next: number | null,
  ][] = [
    ["connected: a whole time from now", true, -5, 6],
    ["heard of two hours ago", false, -2, 4],
    ["just missed: the next of its times", false, -6, 6],
    ["silent for long", false, -20, 4],
    ["never in contact", false, null, null],
  ];
  it.each(rows)("%s", (_what, connected, last, next) => {
    const lastContactAt = last === null ? null : inHours(last);
    const device = { connected, lastContactAt, expectedContactSeconds: 6 * 3_600 };
    expect(nextContactAt(device, now)).toEqual(next === null ? null : inHours(next));
  });
});

describe("the life that is gone", () => {
  it.each([
    [-1, 3, 0.25],
    [1, 3, 0],
    [-3, -1, 1],
    [0, 0, 1],
  ])("from %d to %d hours: %d", (from, until, gone) => {
    expect(lifeGone({ notBefore: inHours(from), notAfter: inHours(until) }, now)).toBe(gone);
  });
});

describe("strength and sunset", () => {
  it.each([
    ["RSA 1024", 80, "weak", "2013-12-31"],
    ["RSA 2048", 112, "sunset", "2030-12-31"],
    ["RSA 3071", 112, "sunset", "2030-12-31"],
    ["RSA 3072", 128, "good", "2035-12-31"],
    ["RSA 15360", 256, "good", "2035-12-31"],
    ["EC P-256", 128, "good", "2035-12-31"],
    ["EC P-384", 192, "good", "2035-12-31"],
    ["ed25519", 128, "good", "2035-12-31"],
    ["Ed448", 224, "good", "2035-12-31"],
    ["EC sect571k1", null, "unknown", null],
  ])("a key of %s", (algorithm, bits, standing, sunset) => {
    expect(judgeKey(algorithm)).toMatchObject({ bits, standing, sunset });
  });

  it.each([
    ["SHA-256", "good"],
    ["SHA-1", "weak"],
    ["", "unknown"],
  ])("a signature with %s", (hash, standing) => {
    expect(judgeSignatureHash(hash)).toMatchObject({ standing });
  });

  it.each([
    ["TLSv1.3", "TLS_AES_128_GCM_SHA256", 128, "good"],
    ["TLSv1.3", "TLS_AES_256_GCM_SHA384", 256, "good"],
    ["TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", 128, "good"],
    ["TLSv1.2", "ECDHE-RSA-AES128-SHA256", 128, "sunset"],
    ["TLSv1.2", "AES256-GCM-SHA384", 256, "sunset"],
    ["TLSv1.1", "ECDHE-RSA-AES128-SHA", null, "weak"],
    ["TLSv1.2", "DES-CBC3-SHA", null, "weak"],
  ])("%s with %s", (version, suite, bits, standing) => {
    expect(judgeSuite(version, suite)).toMatchObject({ bits, standing });
  });

  it("makes findings of what is weak, shared or ends, the worst first", () => {
    const entry = (algorithm: string) => ({
      use: "device_key",
      algorithm,
      count: 3,
      ...judgeKey(algorithm),
    });
    const shared = [{ spkiSha256: "ab".repeat(32), devices: ["a", "b"] }];
    const found = cryptoFindings(["RSA 2048", "EC P-256", "RSA 1024"].map(entry), shared);
    expect(found.map(({ severity, title }) => `${severity}: ${title}`)).toEqual([
      "critical: 2 devices have the same key (abababababababab…)",
      "critical: RSA 1024: 3 devices",
      "warning: RSA 2048: 3 devices, good until 2030-12-31",
    ]);
  });
});

describe("extensions in words", () => {
  const said = (oid: string, value: ExtensionValue) =>
    extensionWords({ oid, critical: false, value }).says.map(({ text }) => text);

  const rows: readonly [oid: string, value: ExtensionValue, words: readonly string[]][] = [
    [
      "2.5.29.19",
      { kind: "basic_constraints", ca: false, pathLength: null },
      ["It belongs to no CA: certificates that it signs count nowhere."],
    ],
    [
      "2.5.29.19",
      { kind: "basic_constraints", ca: true, pathLength: 1 },
      ["It belongs to a CA, with at most 1 CA below it in a chain."],
    ],
    [
      "2.5.29.15",
      { kind: "key_usage", usages: ["keyCertSign", "cRLSign"] },
      ["Its key may sign certificates and sign revocation lists."],
    ],
    [
      "2.5.29.37",
      { kind: "extended_key_usage", oids: ["1.3.6.1.5.5.7.3.2", "1.2.3"] },
      ["It may prove a client in TLS and serve the purpose 1.2.3."],
    ],
    [
      "2.5.29.17",
      { kind: "names", of: "subject", names: [{ type: "url", value: "urn:uuid:x" }] },
      ["URI: urn:uuid:x"],
    ],
    [
      "1.3.6.1.5.5.7.1.1",
      { kind: "authority_access", ocsp: ["http://x/ocsp"], issuers: [] },
      ["Whether it is revoked answers (OCSP):", "http://x/ocsp"],
    ],
    ["1.2.3.4", { kind: "unknown", bytes: 7 }, ["7 bytes that are not put into words here."]],
  ];
  it.each(rows)("%s", (oid, value, words) => {
    expect(said(oid, value)).toEqual(words);
  });

  it("calls by its number what it does not know", () => {
    const value = { kind: "unknown", bytes: 1 } as const;
    expect(extensionWords({ oid: "1.2.3.4", critical: true, value }).name).toBe(
      "Extension 1.2.3.4",
    );
  });
});

describe("the address of the inventory", () => {
  it("brings its state back, an issuer with its commas too", () => {
    const view = {
      sort: "-end" as const,
      filter: {
        ...everyCertificate.filter,
        text: "pump",
        kinds: ["device" as const],
        issuers: ["O=Acme, CN=Issuing 1"],
        withinDays: 30,
        from: "2026-12-01",
        beforeContact: true,
      },
    };
    expect(certificateViewFromParams(certificateViewToParams(view))).toEqual(view);
  });

  it("leaves out what it does not know", () => {
    const params = new URLSearchParams(
      "kind=device,ufo&standing=lost&within=soon&from=x&sort=name",
    );
    expect(certificateViewFromParams(params)).toEqual({
      sort: "end",
      filter: { ...everyCertificate.filter, kinds: ["device"] },
    });
  });

  it.each([
    ["O=Acme, CN=pump-1", "pump-1"],
    ["CN=a, b", "a, b"],
    ["O=Nobody", "O=Nobody"],
  ])("%s is called %s", (name, called) => {
    expect(commonNameOf(name)).toBe(called);
  });
});
