import { describe, expect, it } from "vitest";
import {
  defaultTlsProfile,
  isShutOut,
  tlsProfileNames,
  tlsProfileOf,
  tlsProfiles,
} from "#server/domain/tls-profiles.ts";

describe("a TLS profile", () => {
  it.each(tlsProfileNames)("%s takes neither old versions nor weak suites", (name) => {
    const profile = tlsProfiles[name];
    const suites = [...profile.suites12, ...profile.suites13];
    expect(profile.versions.every((version) => version >= "TLSv1.2")).toBe(true);
    expect(suites.filter((suite) => /CBC|RC4|3DES|DES-|NULL|anon|ADH|MD5/.test(suite))).toEqual([]);
    expect(profile.suites12.every((suite) => suite.startsWith("ECDHE-"))).toBe(true);
    expect(profile.signatures.filter((algorithm) => /sha1|md5/.test(algorithm))).toEqual([]);
  });

  it("of an unknown name is the default", () => {
    expect(tlsProfileOf("later").name).toBe(defaultTlsProfile);
    expect(tlsProfileOf(undefined).name).toBe("nist-800-52r2");
    expect(tlsProfileOf("modern").name).toBe("modern");
  });

  it.each([
    ["nist-800-52r2", "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", false],
    ["nist-800-52r2", "TLSv1.2", "ECDHE-PSK-AES128-CBC-SHA256", false],
    ["nist-800-52r2", "TLSv1.2", "ECDHE-ECDSA-AES128-CCM8", true],
    ["nist-800-52r2", "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", true],
    ["modern", "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", false],
    ["modern", "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", true],
    ["modern", "TLSv1.2", "ECDHE-PSK-AES128-CBC-SHA256", true],
    ["constrained", "TLSv1.2", "ECDHE-ECDSA-AES128-CCM8", false],
    ["constrained", "TLSv1.3", null, false],
    ["modern", null, null, false],
  ] as const)("%s, %s with %s: shut out is %s", (name, version, cipher, expected) => {
    expect(isShutOut(tlsProfiles[name], { version, cipher })).toBe(expected);
  });
});
