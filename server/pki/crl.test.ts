import { createHash, generateKeyPairSync, sign, verify, X509Certificate } from "node:crypto";
import { CertificateRevocationList } from "pkijs";
import { beforeAll, describe, expect, it } from "vitest";
import { certificateFields } from "#server/pki/certificate-fields.ts";
import {
  changedEntries,
  countEntries,
  encodeEntries,
  reasonCode,
  walkEntries,
  type RevokedCertificate,
} from "#server/pki/crl-entries.ts";
import { crlDates, crlHealth, crlIsDue, crlUrls } from "#server/pki/crl-schedule.ts";
import { encodeCrl, encodeTbsCrl, readCrl, type CrlDraft } from "#server/pki/crl.ts";
import { derInteger, derOid, encodeTime } from "#server/pki/der.ts";
import { makeCustomerAuthority } from "#server/testing/customer-authority.ts";

const now = new Date("2026-03-10T12:00:00Z");
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
let draft: CrlDraft;
let pem: string;
beforeAll(async () => {
  ({ pem } = await makeCustomerAuthority("Works CA"));
  draft = {
    issuer: certificateFields(pem),
    number: 7n,
    ...crlDates(now),
    entries: Buffer.alloc(0),
    urls: ["http://pki.example/crl/a.crl", "http://old.example/crl/a.crl"],
    deltaUrl: "http://pki.example/crl/a-delta.crl",
  };
});

const revoked = (serial: string, reason = 0, at = now): RevokedCertificate => ({
  serial,
  at,
  reason,
});

function signed(of: CrlDraft): Buffer {
  const tbs = encodeTbsCrl(of);
  return encodeCrl(tbs, sign("sha256", tbs, privateKey));
}

const read = (bytes: Buffer) => CertificateRevocationList.fromBER(new Uint8Array(bytes));

describe("DER", () => {
  it.each([
    [derInteger(0), "020100"],
    [derInteger(128), "02020080"],
    [derInteger(2n ** 64n), "0209010000000000000000"],
    [derOid("2.5.29.28"), "0603551d1c"],
    [derOid("1.2.840.10045.4.3.2"), "06082a8648ce3d040302"],
    [encodeTime(new Date("2049-12-31T23:59:59Z")), "170d3439313233313233353935395a"],
    [encodeTime(new Date("2050-01-01T00:00:00Z")), "180f32303530303130313030303030305a"],
  ])("is as the standard says", (bytes, hex) => {
    expect(bytes.toString("hex")).toBe(hex);
  });

  it("reads of a certificate what others read of it", () => {
    const fields = certificateFields(pem);
    const certificate = new X509Certificate(pem);
    expect(fields.serial).toBe(certificate.serialNumber.toLowerCase());
    const spki = certificate.publicKey.export({ type: "spki", format: "der" });
    expect(spki.subarray(-fields.publicKey.length)).toEqual(fields.publicKey);
    expect(() => certificateFields(pem.slice(0, -60))).toThrow(/./);
  });
});

describe("a list", () => {
  it("has what RFC 5280 asks for, as another decoder reads it", () => {
    const entries = encodeEntries([revoked("80ab", 1), revoked("7f"), revoked("0abc", 6)]);
    const list = read(signed({ ...draft, entries }));
    expect(list.version).toBe(1);
    expect(list.nextUpdate?.value).toEqual(hours(7 * 24));
    const serials = list.revokedCertificates?.map(({ userCertificate }) =>
      Buffer.from(userCertificate.valueBlock.valueHexView).toString("hex"),
    );
    expect(serials).toEqual(["0080ab", "7f", "0abc"]);
    const extensions = list.crlExtensions?.extensions.map(({ extnID, critical }) => [
      extnID,
      critical,
    ]);
    expect(extensions).toEqual([
      ["2.5.29.35", false],
      ["2.5.29.20", false],
      ["2.5.29.28", true],
      ["2.5.29.46", false],
    ]);
    const delta = read(signed({ ...draft, baseNumber: 5n }));
    expect(delta.revokedCertificates).toBeUndefined();
    expect(delta.crlExtensions?.extensions.at(-1)).toMatchObject({
      extnID: "2.5.29.27",
      critical: true,
    });
  });

  it("is read back as it was written, and its signature holds", () => {
    const entries = encodeEntries([revoked("01", 1), revoked("ff", 6)]);
    const bytes = signed({ ...draft, entries, baseNumber: 5n });
    const read = readCrl(bytes);
    expect(read).toEqual({ number: 7n, baseNumber: 5n, entries, urls: draft.urls });
    expect(Array.from(walkEntries(read.entries), ({ serial }) => serial)).toEqual(["01", "ff"]);
    const tbs = encodeTbsCrl({ ...draft, entries, baseNumber: 5n });
    const signature = bytes.subarray(bytes.indexOf(tbs) + tbs.length + 12 + 3);
    expect(verify("sha256", tbs, publicKey, signature)).toBe(true);
  });

  it("of a hundred thousand is built and read in seconds", () => {
    const many = Array.from({ length: 100_000 }, (_, index) =>
      revoked(createHash("sha256").update(`${index}`).digest("hex").slice(0, 32), index % 7),
    );
    const startedAt = performance.now();
    const entries = encodeEntries(many);
    const bytes = signed({ ...draft, entries });
    const builtAt = performance.now();
    expect(countEntries(readCrl(bytes).entries)).toBe(100_000);
    const base = encodeEntries(many.slice(0, -10));
    expect(countEntries(changedEntries({ base, current: entries, now }))).toBe(10);
    const took = { build: builtAt - startedAt, read: performance.now() - builtAt };
    expect(bytes.length).toBeLessThan(5_000_000);
    expect(Math.max(took.build, took.read)).toBeLessThan(5_000);
  });
});

describe("a delta", () => {
  it.each([
    ["what is new", [], [revoked("01", 1)], [["01", 1]]],
    ["a hold that became final", [revoked("01", 6)], [revoked("01", 1)], [["01", 1]]],
    ["a hold that was released", [revoked("01", 6)], [], [["01", 8]]],
    ["not what expired", [revoked("01", 1)], [], []],
    [
      "not what was there",
      [revoked("01", 1), revoked("02", 6)],
      [revoked("01", 1), revoked("02", 6)],
      [],
    ],
  ])("names %s", (_, before, after, expected) => {
    const base = encodeEntries(before);
    const current = encodeEntries(after);
    const changed = [...walkEntries(changedEntries({ base, current, now }))];
    expect(changed.map(({ serial, raw }) => [serial, raw.at(-1)])).toEqual(expected);
  });
});

describe("when a list is made", () => {
  const list = (createdAt: Date, nextUpdate = hours(7 * 24)) => ({ createdAt, nextUpdate });

  it.each([
    ["none is there", undefined, undefined, undefined, "missing"],
    ["there is no delta yet", list(now), undefined, undefined, "missing"],
    ["all is fresh", list(hours(-55)), list(now), undefined, undefined],
    ["a third of its life is over", list(hours(-56)), list(now), undefined, "age"],
    ["less than a third is left", list(hours(-1), hours(55)), list(now), undefined, "age"],
    ["somebody asked", list(hours(-2)), list(now), hours(-1), "asked"],
    ["somebody asked before", list(hours(-1)), list(now), hours(-2), undefined],
    ["somebody asked when the clock was fast", list(hours(-1)), list(now), hours(2), undefined],
    ["the clock went back two hours", list(hours(2)), list(now), undefined, "clock"],
    [
      "another machine's clock is a little ahead",
      list(hours(0.1)),
      list(now),
      undefined,
      undefined,
    ],
  ])("%s", (_, full, delta, askedAt, expected) => {
    expect(crlIsDue({ full, delta, askedAt, now })).toBe(expected);
  });

  it("a clock that is two hours wrong makes lists that those with the right time use", () => {
    for (const wrong of [hours(-2), hours(2)]) {
      const { thisUpdate, nextUpdate } = crlDates(wrong);
      expect([thisUpdate < now, nextUpdate > hours(24)]).toEqual([true, true]);
    }
  });

  it.each([
    [hours(-57), hours(24), "current"],
    [hours(-58), hours(24), "late"],
    [hours(-1), now, "expired"],
  ] as const)("counts as %s", (createdAt, nextUpdate, expected) => {
    expect(crlHealth({ createdAt, nextUpdate }, now)).toBe(expected);
  });

  it("names the addresses of before as well, each once and not too many", () => {
    expect(crlUrls("a", ["b", "a"])).toEqual(["a", "b"]);
    expect(crlUrls("a", Array.from("bcdefghij"))).toHaveLength(8);
  });

  it("knows the registry's reasons, and none for what is not one", () => {
    expect(["key_compromise", "certificate_hold", "stolen"].map(reasonCode)).toEqual([1, 6, 0]);
  });
});
