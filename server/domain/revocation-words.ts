import type { MissingStep } from "#server/domain/revocation-verdict.ts";

/** Reasons of RFC 5280 §5.3.1 in words. */
const reasons: Readonly<Record<string, string>> = {
  unspecified: "No reason given",
  key_compromise: "The key is compromised",
  affiliation_changed: "The device changed hands",
  superseded: "Replaced by a newer certificate",
  cessation_of_operation: "The device is out of service",
  privilege_withdrawn: "Access was withdrawn",
};

/** Why a certificate was revoked, or the words of its hold. */
export function reasonWords(entry: {
  readonly kind: "revoked" | "suspended";
  readonly reason: string;
}): string {
  if (entry.kind === "suspended") return entry.reason === "" ? "No reason given" : entry.reason;
  return reasons[entry.reason] ?? entry.reason;
}

const missingWords: Readonly<Record<MissingStep, string>> = {
  session: "a session on it is still open",
  workers: "not every worker has checked its sessions yet",
  list: "the next revocation list that names it is pending",
};

function missing(steps: readonly MissingStep[]): string {
  return steps.map((step) => missingWords[step]).join("; ");
}

/** The verdict of a proof in a sentence. @param at writes an instant (ISO 8601) for the reader */
export function verdictWords(
  verdict: {
    readonly kind: "dead" | "pending" | "released" | "replaced";
    readonly since?: string;
    readonly missing?: readonly MissingStep[];
  },
  kind: "revoked" | "suspended",
  at: (instant: string) => string,
): string {
  const steps = verdict.missing ?? [];
  switch (verdict.kind) {
    case "dead": {
      const since = at(verdict.since ?? "");
      const word = kind === "revoked" ? "Dead" : "On hold";
      const still = steps.length === 0 ? "" : ` Still to come: ${missing(steps)}.`;
      return `${word} since ${since}: no session was open on it after that.${still}`;
    }
    case "pending":
      return `It is refused, but not shown to be dead yet: ${missing(steps)}.`;
    case "released":
      return "The hold was released: the certificate may be used again.";
    case "replaced":
      return "The hold ended: the certificate was revoked meanwhile.";
  }
}
