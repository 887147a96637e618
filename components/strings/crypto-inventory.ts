import type { CryptoStanding } from "#server/domain/crypto-sunset.ts";
import type { CryptoUse } from "#server/services/certificate/crypto-inventory.ts";

/** Words of the inventory of cryptography. */
export const cryptoText = {
  title: "Cryptography in use",
  intro:
    "Every algorithm and key size in use, how strong it is by NIST SP 800-57 and until when. Device keys count certificates that may still be used; TLS counts each device's newest connection.",
  findings: "Findings",
  noFindings: "Nothing weak, nothing shared, and nothing that ends in 2030.",
  severity: { warning: "Plan", critical: "Act" },
  exportCsv: "Export CSV",
  columnAlgorithm: "Algorithm",
  columnCount: "In use",
  columnBits: "Strength",
  columnSunset: "Sunset",
  columnWhy: "Why",
  bits: (bits: string) => `${bits} bits`,
  noSunset: "none known",
  uses: {
    device_key: "Keys of devices",
    authority_key: "Keys of CAs",
    server_key: "Keys of servers",
    claim_key: "Keys of claim certificates",
    customer_ca_key: "Keys of customers' CAs",
    trust_anchor_key: "Keys of trust anchors in firmware",
    signature: "Signatures on device certificates",
    tls: "TLS versions and cipher suites",
    product: "Of the product itself",
  } satisfies Record<CryptoUse, string>,
  standings: {
    good: "Good",
    sunset: "Sunset",
    weak: "Weak",
    unknown: "Not rated",
  } satisfies Record<CryptoStanding, string>,
};
