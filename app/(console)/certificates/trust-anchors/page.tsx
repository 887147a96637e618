import type { Metadata } from "next";
import { TrustAnchorList } from "#components/certificate/trust-anchor-list.tsx";
import { trustAnchorText } from "#components/strings/trust-anchor.ts";
import { may } from "#server/domain/roles.ts";
import { certificateFacets } from "#server/services/certificate/facets.ts";
import { listTrustAnchors } from "#server/services/trust-anchor/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: trustAnchorText.title };

export default async function TrustAnchorsPage() {
  const ctx = await requireSession();
  const [{ trustAnchors }, { profiles }] = await Promise.all([
    listTrustAnchors(ctx, {}),
    certificateFacets(ctx, {}),
  ]);
  return (
    <TrustAnchorList
      anchors={trustAnchors}
      profiles={profiles}
      mayManage={may(ctx.role, "certificate.manage")}
    />
  );
}
