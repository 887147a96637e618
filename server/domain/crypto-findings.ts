import type { CryptoStanding } from "#server/domain/crypto-sunset.ts";

/** What somebody should do something about. */
export type CryptoFinding = {
  readonly severity: "warning" | "critical";
  readonly title: string;
  readonly remedy: string;
  /** Device ids, where it concerns some. */
  readonly devices: readonly string[];
};

type Judged = {
  readonly use: string;
  readonly algorithm: string;
  readonly count: number | null;
  readonly standing: CryptoStanding;
  readonly sunset: string | null;
  readonly why: string;
};

const useWords: Readonly<Record<string, string>> = {
  device_key: "devices",
  authority_key: "CAs",
  server_key: "servers",
  claim_key: "claim certificates",
  customer_ca_key: "customers' CAs",
  trust_anchor_key: "trust anchors in firmware",
  signature: "certificates by their signatures",
  tls: "connections",
};

function subjectOf({ use, algorithm, count }: Judged): string {
  return `${algorithm}: ${count ?? 0} ${useWords[use] ?? use}`;
}

/** What follows from the algorithms in use, the worst first. */
export function cryptoFindings(
  entries: readonly Judged[],
  shared: readonly { readonly spkiSha256: string; readonly devices: readonly string[] }[],
): readonly CryptoFinding[] {
  const weak = entries.filter(({ standing }) => standing === "weak");
  const sunset = entries.filter(({ standing }) => standing === "sunset");
  return [
    ...shared.map(({ spkiSha256, devices }) => ({
      severity: "critical" as const,
      title: `${devices.length} devices have the same key (${spkiSha256.slice(0, 16)}…)`,
      remedy:
        "Whoever has one of them can be all of them. Have each make a key of its own, then revoke these certificates.",
      devices,
    })),
    ...weak.map((entry) => ({
      severity: "critical" as const,
      title: subjectOf(entry),
      remedy: entry.why,
      devices: [],
    })),
    ...sunset.map((entry) => ({
      severity: "warning" as const,
      title:
        entry.sunset === null
          ? subjectOf(entry)
          : `${subjectOf(entry)}, good until ${entry.sunset}`,
      remedy: entry.why,
      devices: [],
    })),
  ];
}
