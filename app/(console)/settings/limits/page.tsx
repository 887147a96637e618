import type { Metadata } from "next";
import { NoPermission } from "#components/auth/no-permission.tsx";
import { LimitList } from "#components/limits/limit-list.tsx";
import { limitText } from "#components/strings/limits.ts";
import { everyRefusal, refusalFilterOf } from "#server/domain/refusal-view.ts";
import { may } from "#server/domain/roles.ts";
import { listListenerLimits } from "#server/services/listener-limit/list.ts";
import { refusedConnectionFacets } from "#server/services/refused-connection/facets.ts";
import { permitted } from "#server/web/permitted.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: limitText.title };

export default async function LimitsPage() {
  const ctx = await requireSession();
  const limits = await permitted(listListenerLimits(ctx, {}));
  if (limits === undefined) return <NoPermission />;
  const lastDay = refusalFilterOf({ ...everyRefusal, range: "24h" }, ctx.now());
  return (
    <LimitList
      first={limits}
      firstMet={await refusedConnectionFacets(ctx, lastDay)}
      mayManage={may(ctx.role, "limit.manage")}
    />
  );
}
