/** What an X.509 extension says, as it was read. */
export type ExtensionValue =
  | {
      readonly kind: "basic_constraints";
      readonly ca: boolean;
      readonly pathLength: number | null;
    }
  | { readonly kind: "key_usage"; readonly usages: readonly KeyUsage[] }
  | { readonly kind: "extended_key_usage"; readonly oids: readonly string[] }
  | { readonly kind: "names"; readonly of: "subject" | "issuer"; readonly names: readonly Name[] }
  | { readonly kind: "distribution_points"; readonly urls: readonly string[] }
  | {
      readonly kind: "authority_access";
      readonly ocsp: readonly string[];
      readonly issuers: readonly string[];
    }
  | { readonly kind: "subject_key_id"; readonly id: string }
  | { readonly kind: "authority_key_id"; readonly id: string | null }
  | { readonly kind: "policies"; readonly oids: readonly string[] }
  | { readonly kind: "unknown"; readonly bytes: number };

export type ExtensionFact = {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: ExtensionValue;
};

type Name = { readonly type: string; readonly value: string };

export const keyUsages = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;
export type KeyUsage = (typeof keyUsages)[number];

/** An extension for people: what it is called and what it says, one sentence a line. */
export type ExtensionWords = {
  readonly oid: string;
  readonly name: string;
  readonly critical: boolean;
  readonly says: readonly { readonly text: string; readonly mono?: boolean }[];
};

// RFC 5280 §4.2.1.3
const usageWords: Readonly<Record<KeyUsage, string>> = {
  digitalSignature: "sign handshakes and data",
  nonRepudiation: "sign what its holder cannot deny later",
  keyEncipherment: "encrypt keys for its holder",
  dataEncipherment: "encrypt data for its holder",
  keyAgreement: "agree on keys",
  keyCertSign: "sign certificates",
  cRLSign: "sign revocation lists",
  encipherOnly: "only encrypt when agreeing on keys",
  decipherOnly: "only decrypt when agreeing on keys",
};

// RFC 5280 §4.2.1.12, RFC 6960 §4.2.2.2
const purposeWords: Readonly<Record<string, string>> = {
  "1.3.6.1.5.5.7.3.1": "prove a server in TLS",
  "1.3.6.1.5.5.7.3.2": "prove a client in TLS",
  "1.3.6.1.5.5.7.3.3": "sign code",
  "1.3.6.1.5.5.7.3.4": "protect e-mail",
  "1.3.6.1.5.5.7.3.8": "sign time stamps",
  "1.3.6.1.5.5.7.3.9": "sign OCSP responses",
  "1.3.6.1.5.5.7.3.28": "act as a registration authority (EST)",
  "2.5.29.37.0": "do anything",
};

/** Names of extensions, of those that are not put into words as well. */
const extensionNames: Readonly<Record<string, string>> = {
  "2.5.29.14": "Subject key identifier",
  "2.5.29.15": "Key usage",
  "2.5.29.17": "Subject alternative names",
  "2.5.29.18": "Issuer alternative names",
  "2.5.29.19": "Basic constraints",
  "2.5.29.30": "Name constraints",
  "2.5.29.31": "Revocation lists",
  "2.5.29.32": "Policies",
  "2.5.29.33": "Policy mappings",
  "2.5.29.35": "Authority key identifier",
  "2.5.29.36": "Policy constraints",
  "2.5.29.37": "Extended key usage",
  "2.5.29.46": "Newest revocation lists",
  "2.5.29.54": "Inhibit any policy",
  "1.3.6.1.5.5.7.1.1": "Authority information access",
  "1.3.6.1.5.5.7.1.3": "Qualified certificate statements",
  "1.3.6.1.5.5.7.1.24": "TLS features",
  "1.3.6.1.5.5.7.48.1.5": "OCSP: no check",
  "1.3.6.1.4.1.11129.2.4.2": "Certificate transparency",
  "2.16.840.1.113730.1.1": "Netscape certificate type",
};

const nameTypes: Readonly<Record<string, string>> = {
  dns: "DNS name",
  url: "URI",
  ip: "IP address",
  email: "E-mail address",
  dn: "Directory name",
  upn: "User principal name",
  guid: "GUID",
  id: "Registered id",
};

type Says = ExtensionWords["says"];
const mono = (texts: readonly string[]): Says => texts.map((text) => ({ text, mono: true }));
const listed = (texts: readonly string[]) =>
  texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1) ?? ""}`;

function basicWords({
  ca,
  pathLength,
}: Extract<ExtensionValue, { kind: "basic_constraints" }>): string {
  if (!ca) return "It belongs to no CA: certificates that it signs count nowhere.";
  if (pathLength === null) return "It belongs to a CA, with any number of CAs below it.";
  if (pathLength === 0) return "It belongs to a CA, which may sign certificates but no further CA.";
  return `It belongs to a CA, with at most ${pathLength} ${pathLength === 1 ? "CA" : "CAs"} below it in a chain.`;
}

function accessWords({
  ocsp,
  issuers,
}: Extract<ExtensionValue, { kind: "authority_access" }>): Says {
  return [
    ...(ocsp.length === 0
      ? []
      : [{ text: "Whether it is revoked answers (OCSP):" }, ...mono(ocsp)]),
    ...(issuers.length === 0
      ? []
      : [{ text: "The certificate of its issuer is at:" }, ...mono(issuers)]),
  ];
}

function saysOf(value: ExtensionValue): Says {
  switch (value.kind) {
    case "basic_constraints":
      return [{ text: basicWords(value) }];
    case "key_usage":
      return [{ text: `Its key may ${listed(value.usages.map((usage) => usageWords[usage]))}.` }];
    case "extended_key_usage":
      return [{ text: `It may ${listed(value.oids.map(purposeOf))}.` }];
    case "names":
      return value.names.map(({ type, value: name }) => ({
        text: `${nameTypes[type] ?? type}: ${name}`,
        mono: true,
      }));
    case "distribution_points":
      return [{ text: "The list of revoked certificates is at:" }, ...mono(value.urls)];
    case "authority_access":
      return accessWords(value);
    case "subject_key_id":
      return mono([value.id]);
    case "authority_key_id":
      return value.id === null ? [{ text: "It names no key." }] : mono([value.id]);
    case "policies":
      return mono(value.oids);
    case "unknown":
      return [{ text: `${value.bytes} bytes that are not put into words here.` }];
  }
}

function purposeOf(oid: string): string {
  return purposeWords[oid] ?? `serve the purpose ${oid}`;
}

/** An extension in words; one that is not known by its number. */
export function extensionWords({ oid, critical, value }: ExtensionFact): ExtensionWords {
  return {
    oid,
    critical,
    name: extensionNames[oid] ?? `Extension ${oid}`,
    says: saysOf(value),
  };
}
