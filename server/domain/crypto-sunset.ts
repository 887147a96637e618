/** How long an algorithm is good for. */
export type CryptoStanding = "good" | "sunset" | "weak" | "unknown";

export type CryptoJudgement = {
  /** Security strength in bits, SP 800-57 Part 1 Rev. 5, table 2; null where nobody has said. */
  readonly bits: number | null;
  readonly standing: CryptoStanding;
  /** The last day on which it should be in use; null: none is known. */
  readonly sunset: string | null;
  /** One sentence. */
  readonly why: string;
};

/** SP 800-57 Part 1 Rev. 5, table 4: 112 bits protect until the end of 2030. */
const end112 = "2030-12-31";
/** NIST IR 8547 (draft): what a quantum computer breaks goes by 2035. */
const endQuantum = "2035-12-31";

function rsaBits(modulus: number): number {
  // SP 800-57 Part 1 Rev. 5, table 2.
  if (modulus >= 15_360) return 256;
  if (modulus >= 7_680) return 192;
  if (modulus >= 3_072) return 128;
  if (modulus >= 2_048) return 112;
  return modulus >= 1_024 ? 80 : 0;
}

/** Half of the order of the curve, rounded to the table's rows. */
const curveBits: Readonly<Record<string, number>> = {
  "P-224": 112,
  "P-256": 128,
  secp256k1: 128,
  brainpoolP256r1: 128,
  "P-384": 192,
  "P-521": 256,
  ed25519: 128,
  x25519: 128,
  ed448: 224,
  x448: 224,
};

function publicKeyJudgement(bits: number): CryptoJudgement {
  if (bits < 112) {
    return {
      bits,
      standing: "weak",
      sunset: "2013-12-31",
      why: "Less than 112 bits: SP 800-131A disallows it. Replace it now.",
    };
  }
  if (bits < 128) {
    return {
      bits,
      standing: "sunset",
      sunset: end112,
      why: "112 bits protect until the end of 2030 (SP 800-57). Plan for P-256 or RSA 3072.",
    };
  }
  return {
    bits,
    standing: "good",
    sunset: endQuantum,
    why: "Good by SP 800-57. NIST IR 8547 (draft) replaces it with post-quantum algorithms by 2035.",
  };
}

const unknown: CryptoJudgement = {
  bits: null,
  standing: "unknown",
  sunset: null,
  why: "SP 800-57 does not rate it.",
};

/**
 * How strong a key is and until when.
 * @param algorithm as the registry keeps it: "EC P-256", "RSA 3072", "ed25519"
 */
export function judgeKey(algorithm: string): CryptoJudgement {
  const rsa = /^RSA(?:-PSS)? (\d+)$/i.exec(algorithm);
  if (rsa !== null) return publicKeyJudgement(rsaBits(Number(rsa[1])));
  const curve = algorithm.replace(/^EC /, "");
  const bits = curveBits[curve] ?? curveBits[curve.toLowerCase()];
  return bits === undefined ? unknown : publicKeyJudgement(bits);
}

/** Collision resistance, which is what signatures need. */
const hashBits: Readonly<Record<string, number>> = {
  MD5: 0,
  "SHA-1": 80,
  "SHA-224": 112,
  "SHA-256": 128,
  "SHA-384": 192,
  "SHA-512": 256,
};

/** How strong a hash is as part of a signature. */
export function judgeSignatureHash(hash: string): CryptoJudgement {
  const bits = hashBits[hash];
  if (bits === undefined) return unknown;
  const judged = publicKeyJudgement(bits);
  return judged.standing === "good"
    ? { ...judged, sunset: null, why: "Good by SP 800-57, and no end is in sight." }
    : judged;
}

/** A cipher suite by its OpenSSL or IANA name. */
export function judgeSuite(version: string, suite: string): CryptoJudgement {
  if (!["TLSv1.2", "TLSv1.3"].includes(version)) {
    return {
      bits: null,
      standing: "weak",
      sunset: "2021-03-31",
      why: `${version} is deprecated (RFC 8996) and not allowed by SP 800-52 Rev. 2.`,
    };
  }
  const forward = version === "TLSv1.3" || /^(ECDHE|DHE)-|^TLS_(ECDHE|DHE)_/.test(suite);
  const sealed = /GCM|CCM|POLY1305/.test(suite);
  const bits = /256|CHACHA20/.test(suite.replace(/SHA\d+/g, "")) ? 256 : 128;
  if (/RC4|3DES|DES-CBC|NULL|EXPORT|MD5/.test(suite)) {
    return { bits: null, standing: "weak", sunset: null, why: "It is broken. Turn it off." };
  }
  if (!forward || !sealed) {
    const lacks = forward ? "authenticated encryption" : "forward secrecy";
    return {
      bits,
      standing: "sunset",
      sunset: null,
      why: `It lacks ${lacks}: TLS 1.3 has no such suite any more.`,
    };
  }
  return {
    bits,
    standing: "good",
    sunset: null,
    why: "Authenticated encryption with forward secrecy.",
  };
}

/** Part of the product that uses cryptography whatever anybody configures. */
export type ProductFact = {
  readonly use: string;
  readonly algorithm: string;
  readonly bits: number;
  readonly why: string;
};

/** What the product itself does, beside certificates and TLS. */
export const productFacts: readonly ProductFact[] = [
  {
    use: "Passwords of people",
    algorithm: "scrypt (N 131072, r 8, p 1)",
    bits: 128,
    why: "Salted with 128 bits; a guess takes 128 MiB.",
  },
  {
    use: "API tokens, sessions and device tokens",
    algorithm: "SHA-256 of 256 random bits",
    bits: 256,
    why: "What is random needs no slow hash. Only the hash is stored.",
  },
  {
    use: "Secrets that are read again (SAS keys, pre-shared keys, webhooks)",
    algorithm: "AES-256-GCM",
    bits: 256,
    why: "Sealed with the installation's key encryption key, a new nonce each time.",
  },
  {
    use: "Audit trail",
    algorithm: "SHA-256 hash chain",
    bits: 128,
    why: "Each event has the hash of the one before.",
  },
  {
    use: "Tokens of devices with a SAS key",
    algorithm: "HMAC-SHA-256",
    bits: 256,
    why: "The key has 128 to 512 bits; the device never sends it.",
  },
];
