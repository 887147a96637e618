"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { CreateDialog } from "#components/service-client/create-dialog.tsx";
import { SecretDialog, type FreshPassword } from "#components/service-client/secret-dialog.tsx";
import {
  serviceClientHref,
  serviceClientsKey,
  serviceClientsQuery,
} from "#components/service-client/service-client-queries.ts";
import { serviceText } from "#components/strings/service-client.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { ServiceClientView } from "#server/services/service-client/view.ts";

/** Dashboards and integrations with credentials of their own, and the button that makes one. */
export function ServiceClientList({
  first,
  endpoint,
  mayManage,
  operator,
}: {
  readonly first: readonly ServiceClientView[];
  readonly endpoint: Endpoint;
  readonly mayManage: boolean;
  readonly operator: boolean;
}) {
  const client = useQueryClient();
  const [fresh, setFresh] = useState<FreshPassword>();
  const { data: clients, error, refetch } = useQuery(serviceClientsQuery(first));
  const createButton = mayManage && (
    <CreateDialog
      operator={operator}
      onMade={(made) => {
        setFresh(made);
        void client.invalidateQueries({ queryKey: serviceClientsKey });
      }}
    />
  );
  return (
    <>
      <Card labelledBy="service-clients">
        <CardHeader id="service-clients" title={serviceText.title} aside={createButton} />
        <p className="max-w-3xl px-3.5 pt-3 pb-1.5 text-ink-2">
          {serviceText.intro}{" "}
          <Link href="/docs/mqtt" className="text-accent underline">
            {serviceText.guide}
          </Link>
        </p>
        {error !== null && (
          <ErrorState title={serviceText.listFailed} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        )}
        {clients.length === 0 ? (
          <EmptyState title={serviceText.emptyTitle}>
            {mayManage ? serviceText.emptyText : serviceText.emptyTextReader}
          </EmptyState>
        ) : (
          <Clients clients={clients} />
        )}
      </Card>
      <SecretDialog fresh={fresh} endpoint={endpoint} onClose={() => setFresh(undefined)} />
    </>
  );
}

function Clients({ clients }: { readonly clients: readonly ServiceClientView[] }) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{serviceText.columnName}</Th>
          <Th className="max-md:hidden">{serviceText.columnGrants}</Th>
          <Th>{serviceText.columnState}</Th>
          <Th>{serviceText.columnUsed}</Th>
        </Tr>
      </thead>
      <tbody>
        {clients.map((client) => (
          <Tr key={client.id}>
            <Td>
              <Link
                href={serviceClientHref(client)}
                className="font-medium wrap-anywhere text-ink hover:underline"
              >
                {client.name}
              </Link>
              <p className="font-mono text-sm wrap-anywhere text-ink-3">{client.username}</p>
            </Td>
            <Td className="max-md:hidden">
              {serviceText.grantWords(
                client.grants.filter(({ maySubscribe }) => maySubscribe).length,
                client.grants.filter(({ mayPublish }) => mayPublish).length,
              )}
            </Td>
            <Td>
              <ServiceState state={client.state} />
            </Td>
            <Td>
              <RelativeTime value={client.lastUsedAt} fallback={serviceText.neverUsed} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Whether the service client may connect. */
export function ServiceState({ state }: Pick<ServiceClientView, "state">) {
  return (
    <StateBadge tone={state === "active" ? "ok" : "warn"}>
      {state === "active" ? serviceText.active : serviceText.suspended}
    </StateBadge>
  );
}
