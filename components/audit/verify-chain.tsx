"use client";
import { useMutation } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import { verifyChain, type AuditVerdict } from "#components/audit/audit-queries.ts";
import { auditText } from "#components/strings/audit.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";

/** Has the whole chain followed, and says whether it holds. */
export function VerifyChain() {
  const check = useMutation({ mutationFn: verifyChain });
  return (
    <Card className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3.5 py-2.5">
      <div
        aria-live="polite"
        className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1 text-ink-2"
      >
        {check.data !== undefined && <Verdict verdict={check.data} />}
        {check.isError && (
          <span className="text-bad">
            {auditText.verifyFailed} {check.error.message}
          </span>
        )}
        {check.isIdle && <span>{auditText.verifyMeaning}</span>}
        {check.isPending && <span>{auditText.verifying}</span>}
      </div>
      <Button busy={check.isPending} onClick={() => check.mutate()}>
        {auditText.verify}
      </Button>
    </Card>
  );
}

function Verdict({ verdict }: { readonly verdict: AuditVerdict }) {
  const { broken } = verdict;
  return (
    <>
      {broken === null ? (
        <span className="flex items-center gap-2 font-medium text-ok">
          <ShieldCheck aria-hidden className="size-4 shrink-0" />
          {auditText.verifyIntact(formatCount(BigInt(verdict.events)))}
        </span>
      ) : (
        <span className="flex items-center gap-2 font-medium text-bad">
          <ShieldAlert aria-hidden className="size-4 shrink-0" />
          {auditText.verifyBroken(broken.seq, broken.detail)}
        </span>
      )}
      <span className="inline-flex min-w-0 max-w-full items-center gap-1.5 text-sm text-ink-3">
        {auditText.verifyHead}
        <CopyText text={verdict.head} what={auditText.verifyHeadWhat}>
          {`${verdict.head.slice(0, 12)}…`}
        </CopyText>
        {auditText.verifiedAt} <RelativeTime value={verdict.verifiedAt} />
      </span>
    </>
  );
}
