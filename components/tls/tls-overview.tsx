"use client";
import { useQuery } from "@tanstack/react-query";
import { tlsText } from "#components/strings/tls.ts";
import { CertificateCard } from "#components/tls/certificate-card.tsx";
import { FleetCard } from "#components/tls/fleet-card.tsx";
import { ProbeCard } from "#components/tls/probe-card.tsx";
import { ProfileCard } from "#components/tls/profile-card.tsx";
import { postureQuery, type TlsProbe } from "#components/tls/tls-queries.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import type { TlsPosture } from "#server/services/tls/show.ts";
import type { TlsProbeRunView } from "#server/services/tls/show-probe.ts";

/** The TLS listeners: what they take, proof that they do, what devices negotiate, and their certificate. */
export function TlsOverview({
  first,
  firstRuns,
  firstProbe,
  mayManage,
}: {
  readonly first: TlsPosture;
  readonly firstRuns: readonly TlsProbeRunView[];
  readonly firstProbe: TlsProbe | null;
  readonly mayManage: boolean;
}) {
  const { data: posture, error, refetch } = useQuery(postureQuery(first));
  const manages = mayManage && posture.isOperator;
  return (
    <>
      {error !== null && (
        <ErrorState title={tlsText.failed} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <ProfileCard posture={posture} mayManage={manages} mayAsk={mayManage} />
        <CertificateCard posture={posture} />
      </div>
      <ProbeCard
        firstRuns={firstRuns}
        firstProbe={firstProbe}
        device={posture.probeDevice}
        mayManage={manages}
      />
      <FleetCard posture={posture} />
    </>
  );
}
