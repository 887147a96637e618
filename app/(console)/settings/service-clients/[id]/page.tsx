import type { Metadata } from "next";
import { NoPermission } from "#components/auth/no-permission.tsx";
import { SessionsCard } from "#components/broker/sessions-card.tsx";
import { ServiceClientPage } from "#components/service-client/service-client-page.tsx";
import { serviceText } from "#components/strings/service-client.ts";
import { may } from "#server/domain/roles.ts";
import { listServiceClientSessions } from "#server/services/mqtt-session/list.ts";
import { getServiceClient } from "#server/services/service-client/get.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { found } from "#server/web/found.ts";
import { permitted } from "#server/web/permitted.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: serviceText.title };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function OneServiceClientPage({ params }: Props) {
  const ctx = await requireSession();
  const serviceClient = decodeURIComponent((await params).id);
  const client = await found(permitted(getServiceClient(ctx, { serviceClient })));
  if (client === undefined) return <NoPermission />;
  return (
    <ServiceClientPage
      first={client}
      endpoint={deviceEndpoint()}
      mayManage={may(ctx.role, "serviceClient.manage")}
      operator={ctx.organisation.operator}
    >
      <SessionsCard
        owner={{ kind: "service", id: client.id }}
        first={await listServiceClientSessions(ctx, { serviceClient: client.id })}
        mayEnd={may(ctx.role, "mqttSession.end")}
      />
    </ServiceClientPage>
  );
}
