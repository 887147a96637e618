/** What the TLS listeners of an installation take. */
export const tlsProfileNames = ["nist-800-52r2", "modern", "constrained"] as const;
export type TlsProfileName = (typeof tlsProfileNames)[number];

/** What holds until somebody chooses. */
export const defaultTlsProfile: TlsProfileName = "nist-800-52r2";

export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/** A profile as a table: names as OpenSSL has them, best first. */
export type TlsProfile = {
  readonly name: TlsProfileName;
  readonly title: string;
  /** For whom it is. */
  readonly purpose: string;
  /** Whom it shuts out, and what it gives up. */
  readonly excludes: string;
  readonly versions: readonly TlsVersion[];
  readonly suites13: readonly string[];
  readonly suites12: readonly string[];
  /** Groups of the key exchange. */
  readonly curves: readonly string[];
  /** Algorithms by which either side may sign the handshake. */
  readonly signatures: readonly string[];
  /** Of OpenSSL; 0 only where a suite cannot be had otherwise. */
  readonly securityLevel?: 0;
};

const nistSuites13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"] as const;

const nistSuites12 = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
] as const;

/** SHA-1 and MD5 are in no profile; RSA as PKCS #1 v1.5 is for TLS 1.2 only, by RFC 8446 §4.2.3. */
const signatures = [
  "ecdsa_secp256r1_sha256",
  "ecdsa_secp384r1_sha384",
  "ecdsa_secp521r1_sha512",
  "ed25519",
  "rsa_pss_rsae_sha256",
  "rsa_pss_rsae_sha384",
  "rsa_pss_rsae_sha512",
  "rsa_pss_pss_sha256",
  "rsa_pss_pss_sha384",
  "rsa_pss_pss_sha512",
  "rsa_pkcs1_sha256",
  "rsa_pkcs1_sha384",
  "rsa_pkcs1_sha512",
] as const;

/** The suite for pre-shared keys in TLS 1.2 (SP 800-52 Rev. 2 App. C), on the MQTT port only. */
export const pskSuite = "ECDHE-PSK-AES128-CBC-SHA256";

/** Every profile, by name. */
export const tlsProfiles: Readonly<Record<TlsProfileName, TlsProfile>> = {
  "nist-800-52r2": {
    name: "nist-800-52r2",
    title: "NIST SP 800-52 Rev. 2",
    purpose:
      "For most fleets, and wherever an auditor asks for NIST: TLS 1.2 and 1.3 with AES-GCM, and the key exchanges that SP 800-52 Rev. 2 recommends.",
    excludes:
      "Shuts out TLS 1.1 and older, CBC, RC4, 3DES, key transport by RSA, ChaCha20-Poly1305 and X25519. Devices with pre-shared keys may use one CBC suite with forward secrecy, on the MQTT port only.",
    versions: ["TLSv1.2", "TLSv1.3"],
    suites13: nistSuites13,
    suites12: nistSuites12,
    curves: ["P-256", "P-384"],
    signatures,
  },
  modern: {
    name: "modern",
    title: "Modern",
    purpose:
      "For fleets whose devices all speak TLS 1.3. ChaCha20-Poly1305 and X25519 are fast on processors without AES instructions.",
    excludes:
      "Shuts out every device that speaks only TLS 1.2, and pre-shared keys of TLS 1.2. It is not the NIST profile: SP 800-52 Rev. 2 approves neither ChaCha20-Poly1305 nor X25519.",
    versions: ["TLSv1.3"],
    suites13: [...nistSuites13, "TLS_CHACHA20_POLY1305_SHA256"],
    suites12: [],
    curves: ["X25519", "P-256", "P-384"],
    signatures,
  },
  constrained: {
    name: "constrained",
    title: "Constrained devices",
    purpose:
      "For small devices that have AES-CCM only (RFC 7925): the NIST profile with ECDHE-ECDSA-AES128-CCM and CCM-8 besides.",
    excludes:
      "Shuts out what the NIST profile shuts out. CCM-8 has a tag of 64 bits instead of 128, and OpenSSL gives it at its security level 0 only; the signature algorithms are listed one by one, so that SHA-1 does not come back with it.",
    versions: ["TLSv1.2", "TLSv1.3"],
    suites13: nistSuites13,
    suites12: [...nistSuites12, "ECDHE-ECDSA-AES128-CCM", "ECDHE-ECDSA-AES128-CCM8"],
    curves: ["P-256", "P-384"],
    signatures,
    securityLevel: 0,
  },
};

/** @returns the default for what is no name of a profile, for example of a later version */
export function tlsProfileOf(name: unknown): TlsProfile {
  return tlsProfiles[tlsProfileNames.find((each) => each === name) ?? defaultTlsProfile];
}

/**
 * Whether a connection that was negotiated so could not be opened again under the profile. What is
 * not known (a connection without TLS) is not shut out.
 * @param at.version as Node says it: TLSv1.2
 * @param at.cipher as OpenSSL says it
 */
export function isShutOut(
  profile: TlsProfile,
  at: { readonly version: string | null; readonly cipher: string | null },
): boolean {
  if (at.version === null) return false;
  if (!profile.versions.some((version) => version === at.version)) return true;
  if (at.cipher === null || at.cipher === pskSuite) return false;
  const suites = at.version === "TLSv1.3" ? profile.suites13 : profile.suites12;
  return !suites.includes(at.cipher);
}
