import type { TlsProfile, TlsVersion } from "#server/domain/tls-profiles.ts";

/** Listeners with TLS. The console is one when it has a certificate of its own. */
export const probeListeners = ["mqtts", "wss", "device-https", "console"] as const;
export type ProbeListener = (typeof probeListeners)[number];

/** What the client shows. Unasked: only the handshake is looked at, without a certificate. */
export const probeClients = [
  "unasked",
  "none",
  "bad",
  "expired",
  "revoked",
  "foreign",
  "good",
] as const;
export type ProbeClient = (typeof probeClients)[number];

/** Registry: the handshake ended well, and the certificate was refused at CONNECT or by EST. */
export type ProbeVerdict = "accepted" | "refused-handshake" | "refused-registry";
export type ProbeOutcome = ProbeVerdict | "not-probed" | "unreachable";

/** One question to one listener. */
export type ProbeQuestion = {
  readonly listener: ProbeListener;
  readonly version: TlsVersion;
  /** As OpenSSL has it; `any`: everything that the prober's OpenSSL has. */
  readonly suite: string;
  readonly curve: string;
  readonly client: ProbeClient;
  readonly expected: ProbeVerdict;
};

/** Key of the listener's own certificate. */
export type ProbeKey = "ec" | "rsa";

/** Whom certificates of the prober name. */
export const probeDeviceId = "quayside-probe";

/**
 * Address from which the prober connects where the system lets it (all of 127.0.0.0/8 on Linux), so
 * that what it was refused is not taken for a device's trouble. Only this machine can have it.
 */
export const probeAddress = "127.81.83.1";

/** Suites that no profile takes; the prober's OpenSSL has neither RC4 nor 3DES and says hello by hand. */
const forbidden12: Readonly<Record<ProbeKey, readonly string[]>> = {
  ec: [
    "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-ECDSA-NULL-SHA",
    "ECDHE-ECDSA-RC4-SHA",
    "ECDHE-ECDSA-DES-CBC3-SHA",
  ],
  rsa: ["ECDHE-RSA-AES128-SHA256", "NULL-SHA256", "ECDHE-RSA-RC4-SHA", "DES-CBC3-SHA"],
};

/** Of every kind of key: key transport by RSA, and a key exchange that nobody signs. */
const forbiddenAlways = ["AES128-GCM-SHA256", "AECDH-AES128-SHA"] as const;

const wanted12: Readonly<Record<ProbeKey, readonly string[]>> = {
  ec: [
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-CCM",
    "ECDHE-ECDSA-AES128-CCM8",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
  ],
  rsa: [
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305",
  ],
};

const suites13 = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_CCM_SHA256",
] as const;

/** In TLS 1.3 only: there a group says nothing about the certificate's key (RFC 8446 §4.2.7). */
const curves = ["P-256", "P-384", "X25519", "P-521"] as const;

const oldVersions: readonly TlsVersion[] = ["TLSv1", "TLSv1.1"];

/**
 * What to ask a listener so that each version, suite, curve and kind of client certificate is seen
 * at least once, in what is allowed and what is not; and what the profile says about each.
 * @param key of the certificate that the listener presents: it decides which suites of TLS 1.2 there are
 */
export function probePlan(
  profile: TlsProfile,
  listener: ProbeListener,
  key: ProbeKey = "ec",
): readonly ProbeQuestion[] {
  const takes12 = profile.versions.includes("TLSv1.2");
  const verdict = (isTaken: boolean): ProbeVerdict => (isTaken ? "accepted" : "refused-handshake");
  const shake = (version: TlsVersion, suite: string, curve: string, isTaken: boolean) => ({
    listener,
    version,
    suite,
    curve,
    client: "unasked" as const,
    expected: verdict(isTaken),
  });
  const asked12 = [...wanted12[key], ...forbidden12[key], ...forbiddenAlways];
  return [
    ...oldVersions.map((version) => shake(version, "any", "P-256", false)),
    ...asked12.map((suite) =>
      shake("TLSv1.2", suite, "P-256", takes12 && profile.suites12.includes(suite)),
    ),
    ...suites13.map((suite) => shake("TLSv1.3", suite, "P-256", profile.suites13.includes(suite))),
    ...curves
      .filter((curve) => curve !== "P-256")
      .map((curve) =>
        shake("TLSv1.3", profile.suites13[0] ?? "any", curve, profile.curves.includes(curve)),
      ),
    ...clientQuestions(profile, listener, key),
  ];
}

/**
 * Every kind of client certificate, over every version that is taken. The console asks for none, and
 * whether EST takes an expired one is each organisation's policy of renewal.
 */
function clientQuestions(
  profile: TlsProfile,
  listener: ProbeListener,
  key: ProbeKey,
): readonly ProbeQuestion[] {
  if (listener === "console") return [];
  return profile.versions.flatMap((version) => {
    const suite = (version === "TLSv1.3" ? suites13 : wanted12[key])[0] ?? "any";
    return probeClients
      .filter((client) => client !== "unasked")
      .filter((client) => client !== "expired" || listener !== "device-https")
      .map((client) => {
        const expected = client === "good" ? "accepted" : "refused-registry";
        return { listener, version, suite, curve: "P-256", client, expected } as const;
      });
  });
}

/** Whether an answer is other than it must be. A listener that does not answer is wrong as well. */
export function isWrong(cell: { readonly expected: string; readonly outcome: string }): boolean {
  return cell.outcome !== "not-probed" && cell.outcome !== cell.expected;
}
