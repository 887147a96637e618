/** What is to be said about a CA. */
export const authorityFindings = [
  "expired",
  "expires-soon",
  "shortens-certificates",
  "renewal-due",
  "root-online",
  "key-not-encrypted",
  "can-be-retired",
] as const;
export type AuthorityFinding = (typeof authorityFindings)[number];

/** How much it matters. */
export const findingWeights: Readonly<Record<AuthorityFinding, "bad" | "warn" | "info">> = {
  expired: "bad",
  "expires-soon": "bad",
  "shortens-certificates": "warn",
  "renewal-due": "warn",
  "root-online": "warn",
  "key-not-encrypted": "warn",
  "can-be-retired": "info",
};

/** What the rules look at. */
export type AuthorityFacts = {
  readonly kind: string;
  readonly state: "active" | "trusted" | "retired";
  readonly keyPlace: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Certificates that it signed and that still count. */
  readonly certificates: number;
};

const dayMs = 86_400_000;
/** The longest life of a device's certificate: below it the CA cuts some short. */
const longestLeafDays = 397;
const soonDays = 30;

/** Whole days that are left, rounded down; negative once it has expired. */
export function daysLeft(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / dayMs);
}

function timeFindings(
  { kind, state, notBefore, notAfter }: AuthorityFacts,
  now: Date,
): readonly AuthorityFinding[] {
  const left = notAfter.getTime() - now.getTime();
  if (left <= 0) return ["expired"];
  if (left <= soonDays * dayMs) return ["expires-soon"];
  if (state !== "active") return [];
  if (kind === "issuing" && left < longestLeafDays * dayMs) return ["shortens-certificates"];
  // The new one overlaps with the old one for half of its life.
  const half = (notAfter.getTime() - notBefore.getTime()) / 2;
  return kind === "issuing" && left < half ? ["renewal-due"] : [];
}

/** What a CA has that somebody should see to, the gravest first. A retired one has nothing. */
export function findingsOf(facts: AuthorityFacts, now: Date): readonly AuthorityFinding[] {
  const { kind, state, keyPlace, certificates } = facts;
  const isHere = keyPlace === "file" || keyPlace === "encrypted_file";
  // A root that nothing rests upon any more is a danger all the same while its key is here.
  const online: readonly AuthorityFinding[] = kind === "root" && isHere ? ["root-online"] : [];
  if (state === "retired") return online;
  return [
    ...timeFindings(facts, now),
    ...online,
    ...(keyPlace === "file" ? (["key-not-encrypted"] as const) : []),
    ...(kind === "issuing" && state === "trusted" && certificates === 0
      ? (["can-be-retired"] as const)
      : []),
  ];
}
