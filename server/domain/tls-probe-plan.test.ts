import { describe, expect, it } from "vitest";
import {
  isWrong,
  probeClients,
  probeListeners,
  probePlan,
  type ProbeQuestion,
} from "#server/domain/tls-probe-plan.ts";
import { tlsProfileNames, tlsProfiles } from "#server/domain/tls-profiles.ts";

const key = ({ version, suite, curve, client }: ProbeQuestion) =>
  [version, suite, curve, client].join(" ");

describe("the plan of a probe", () => {
  const every = tlsProfileNames.flatMap((name) =>
    probeListeners.flatMap((listener) =>
      (["ec", "rsa"] as const).map((kind) => [name, listener, kind] as const),
    ),
  );

  it.each(every)("%s on %s with %s asks everything once, and is short", (name, listener, kind) => {
    const plan = probePlan(tlsProfiles[name], listener, kind);
    expect(new Set(plan.map(key)).size).toBe(plan.length);
    expect(plan.length).toBeLessThanOrEqual(60);
    const shown = probeClients.filter((each) => each !== "expired" || listener !== "device-https");
    const clients = listener === "console" ? ["unasked"] : shown;
    expect(new Set(plan.map(({ client }) => client))).toEqual(new Set(clients));
    expect(new Set(plan.map(({ version }) => version)).size).toBe(4);
    expect(plan.some(({ expected }) => expected === "accepted")).toBe(true);
  });

  it.each([
    ["nist-800-52r2", "TLSv1 any P-256 unasked", "refused-handshake"],
    ["nist-800-52r2", "TLSv1.1 any P-256 unasked", "refused-handshake"],
    ["nist-800-52r2", "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256 P-256 unasked", "accepted"],
    ["nist-800-52r2", "TLSv1.2 ECDHE-ECDSA-AES128-SHA256 P-256 unasked", "refused-handshake"],
    ["nist-800-52r2", "TLSv1.2 ECDHE-ECDSA-RC4-SHA P-256 unasked", "refused-handshake"],
    ["nist-800-52r2", "TLSv1.2 ECDHE-ECDSA-AES128-CCM8 P-256 unasked", "refused-handshake"],
    ["nist-800-52r2", "TLSv1.3 TLS_AES_128_GCM_SHA256 P-384 unasked", "accepted"],
    ["nist-800-52r2", "TLSv1.3 TLS_AES_128_GCM_SHA256 X25519 unasked", "refused-handshake"],
    ["nist-800-52r2", "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256 P-256 good", "accepted"],
    ["nist-800-52r2", "TLSv1.3 TLS_AES_128_GCM_SHA256 P-256 revoked", "refused-registry"],
    ["constrained", "TLSv1.2 ECDHE-ECDSA-AES128-CCM8 P-256 unasked", "accepted"],
    ["modern", "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256 P-256 unasked", "refused-handshake"],
    ["modern", "TLSv1.3 TLS_CHACHA20_POLY1305_SHA256 P-256 unasked", "accepted"],
    ["modern", "TLSv1.3 TLS_AES_128_GCM_SHA256 X25519 unasked", "accepted"],
    ["modern", "TLSv1.3 TLS_AES_128_GCM_SHA256 P-521 unasked", "refused-handshake"],
  ] as const)("%s: %s is %s", (name, question, expected) => {
    const found = probePlan(tlsProfiles[name], "mqtts").find((each) => key(each) === question);
    expect(found?.expected).toBe(expected);
  });

  it("asks for no client certificate over a version that nobody gets", () => {
    const plan = probePlan(tlsProfiles.modern, "wss");
    const shown = plan.filter(({ client }) => client !== "unasked");
    expect(new Set(shown.map(({ version }) => version))).toEqual(new Set(["TLSv1.3"]));
  });

  it.each([
    ["accepted", "accepted", false],
    ["refused-handshake", "accepted", true],
    ["accepted", "unreachable", true],
    ["accepted", "not-probed", false],
  ])("expected %s, was %s: wrong is %s", (expected, outcome, wrong) => {
    expect(isWrong({ expected, outcome })).toBe(wrong);
  });
});
