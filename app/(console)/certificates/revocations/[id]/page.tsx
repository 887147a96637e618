import type { Metadata } from "next";
import { RevocationPage } from "#components/revocation/revocation-page.tsx";
import { revocationText } from "#components/strings/revocation.ts";
import { may } from "#server/domain/roles.ts";
import { revocationProof } from "#server/services/revocation/proof.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: revocationText.proofTitle };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function RevocationProofPage({ params }: Props) {
  const ctx = await requireSession();
  const first = await found(revocationProof(ctx, { revocationId: (await params).id }));
  return <RevocationPage first={first} mayRevoke={may(ctx.role, "certificate.revoke")} />;
}
