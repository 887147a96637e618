import { CircleCheck, CircleDashed } from "lucide-react";
import { revocationText as text } from "#components/strings/revocation.ts";
import { Card, CardBody } from "#components/ui/card.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { RevocationProof } from "#server/services/revocation/proof.ts";

/** The finding in a line, and what is still missing. */
export function VerdictCard({ proof }: { readonly proof: RevocationProof }) {
  const { verdict } = proof;
  const missing = "missing" in verdict ? verdict.missing : [];
  const isProven = verdict.kind === "dead";
  const Icon = isProven ? CircleCheck : CircleDashed;
  return (
    <Card>
      <CardBody className="flex items-start gap-3">
        <Icon
          aria-hidden
          className={
            isProven ? "mt-0.5 size-5 shrink-0 text-ok" : "mt-0.5 size-5 shrink-0 text-warn"
          }
        />
        <div className="min-w-0">
          <output className="block text-lg font-semibold text-ink">
            <Finding proof={proof} />
          </output>
          {isProven && <p className="text-ink-2">{text.verdict.deadText}</p>}
          {missing.length > 0 && (
            <div className="mt-2 text-ink-2">
              <p className="text-sm text-ink-3">{text.verdict.missing}</p>
              <ul className="list-disc pl-5">
                {missing.map((step) => (
                  <li key={step}>{text.missing[step]}</li>
                ))}
              </ul>
            </div>
          )}
        </div>
      </CardBody>
    </Card>
  );
}

function Finding({ proof: { verdict, kind } }: { readonly proof: RevocationProof }) {
  if (verdict.kind !== "dead") return text.verdict[verdict.kind];
  return (
    <>
      {kind === "revoked" ? text.verdict.dead : text.verdict.held}{" "}
      <ExactTime value={verdict.since} milliseconds />
    </>
  );
}
