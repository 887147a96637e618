import type { Metadata } from "next";
import { CertificatesFrame } from "#components/certificate/certificates-frame.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { tlsText } from "#components/strings/tls.ts";
import { TlsOverview } from "#components/tls/tls-overview.tsx";
import { may } from "#server/domain/roles.ts";
import { showTlsPosture } from "#server/services/tls/show.ts";
import { listTlsProbes, showTlsProbe } from "#server/services/tls/show-probe.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: tlsText.title };

export default async function TlsPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "tls.view")) return <NoPermission />;
  const [posture, runs] = await Promise.all([showTlsPosture(ctx, {}), listTlsProbes(ctx, {})]);
  const newest = runs.find(({ finishedAt }) => finishedAt !== null);
  return (
    <CertificatesFrame role={ctx.role}>
      <TlsOverview
        first={posture}
        firstRuns={runs}
        firstProbe={newest === undefined ? null : await showTlsProbe(ctx, { id: newest.id })}
        mayManage={may(ctx.role, "tls.manage")}
      />
    </CertificatesFrame>
  );
}
