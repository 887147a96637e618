import type { Metadata } from "next";
import { NoPermission } from "#components/auth/no-permission.tsx";
import { ServiceClientList } from "#components/service-client/service-client-list.tsx";
import { serviceText } from "#components/strings/service-client.ts";
import { may } from "#server/domain/roles.ts";
import { listServiceClients } from "#server/services/service-client/list.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { permitted } from "#server/web/permitted.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: serviceText.title };

export default async function ServiceClientsPage() {
  const ctx = await requireSession();
  const clients = await permitted(listServiceClients(ctx, {}));
  if (clients === undefined) return <NoPermission />;
  return (
    <ServiceClientList
      first={clients}
      endpoint={deviceEndpoint()}
      mayManage={may(ctx.role, "serviceClient.manage")}
      operator={ctx.organisation.operator}
    />
  );
}
