"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { deviceHref } from "#components/device/device-href.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { HoldDialog } from "#components/revocation/hold-dialog.tsx";
import {
  AttemptsCard,
  AuditCard,
  CertificateCard,
  CutCard,
  DecisionCard,
  PublishedCard,
  UsedCard,
} from "#components/revocation/proof-cards.tsx";
import { RevocationBadge } from "#components/revocation/revocation-badge.tsx";
import { proofQuery } from "#components/revocation/revocation-queries.ts";
import { RevokeDialog } from "#components/revocation/revoke-dialog.tsx";
import { VerdictCard } from "#components/revocation/verdict-card.tsx";
import { certificateText } from "#components/strings/certificates.ts";
import { revocationText as text } from "#components/strings/revocation.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import type { RevocationProof } from "#server/services/revocation/proof.ts";

/** The proof that a certificate is dead: what was decided, what came of it, what is still missing. */
export function RevocationPage({
  first,
  mayRevoke,
}: {
  readonly first: RevocationProof;
  readonly mayRevoke: boolean;
}) {
  const { data: proof, error, refetch } = useQuery(proofQuery(first));
  const { device } = proof;
  return (
    <>
      <PageHeader
        title={proof.kind === "revoked" ? text.proofTitle : text.holdTitle}
        subtitle={
          device === null ? (
            text.noDevice
          ) : (
            <Link href={deviceHref(device)} className="text-accent underline hover:no-underline">
              {device.name}
            </Link>
          )
        }
        badge={<RevocationBadge state={proof.state} />}
        breadcrumb={[
          { label: certificateText.title, href: "/certificates" },
          { label: text.title, href: "/certificates/revocations" },
          { label: device?.deviceId ?? proof.sha256.slice(0, 12) },
        ]}
        actions={
          <>
            {mayRevoke && proof.state === "held" && (
              <HoldActions proof={proof} onChanged={() => void refetch()} />
            )}
            <ButtonLink
              href={`/api/v1/revocations/${proof.id}/proof.pdf`}
              prefetch={false}
              download
            >
              {text.download}
            </ButtonLink>
          </>
        }
      />
      {error !== null && <ErrorNote>{error.message}</ErrorNote>}
      <Cards proof={proof} />
    </>
  );
}

function Cards({ proof }: { readonly proof: RevocationProof }) {
  return (
    <div className="flex flex-col gap-4">
      <VerdictCard proof={proof} />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <DecisionCard proof={proof} />
          <UsedCard proof={proof} />
          <CutCard proof={proof} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <CertificateCard proof={proof} />
          <PublishedCard proof={proof} />
          <AttemptsCard proof={proof} />
          <AuditCard proof={proof} />
        </div>
      </div>
    </div>
  );
}

/** A hold ends in one of two ways. */
function HoldActions({
  proof,
  onChanged,
}: {
  readonly proof: RevocationProof;
  readonly onChanged: () => void;
}) {
  const [asking, setAsking] = useState<"release" | "revoke">();
  const close = () => setAsking(undefined);
  const { certificateId: id, sha256, certificate } = proof;
  const chosen = { id, sha256, notAfter: certificate?.notAfter ?? proof.at };
  return (
    <>
      <Button onClick={() => setAsking("revoke")}>{text.revoke}</Button>
      <Button variant="primary" onClick={() => setAsking("release")}>
        {text.release}
      </Button>
      {asking === "release" && (
        <HoldDialog certificate={chosen} change="release" onClose={close} onChanged={onChanged} />
      )}
      {asking === "revoke" && (
        <RevokeDialog certificate={chosen} onClose={close} onRevoked={onChanged} />
      )}
    </>
  );
}
