"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { refusedHref } from "#components/refused/refused-queries.ts";
import { ClientActions } from "#components/service-client/client-actions.tsx";
import { GrantsCard } from "#components/service-client/grants-card.tsx";
import { PasswordsCard } from "#components/service-client/passwords-card.tsx";
import { ServiceState } from "#components/service-client/service-client-list.tsx";
import { serviceClientQuery } from "#components/service-client/service-client-queries.ts";
import { ServiceSnippets } from "#components/service-client/service-snippets.tsx";
import { serviceText } from "#components/strings/service-client.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { everyRefusal } from "#server/domain/refusal-view.ts";
import type { ServiceClientView } from "#server/services/service-client/view.ts";

/** One service client: what it is, what it may do, its passwords and how programs log in as it. */
export function ServiceClientPage({
  first,
  endpoint,
  mayManage,
  operator,
  children,
}: {
  readonly first: ServiceClientView;
  readonly endpoint: Endpoint;
  readonly mayManage: boolean;
  readonly operator: boolean;
  /** Its sessions. */
  readonly children?: ReactNode;
}) {
  const { data: client } = useQuery(serviceClientQuery(first));
  return (
    <>
      <Card labelledBy="service-client">
        <CardHeader
          id="service-client"
          title={
            <span className="flex flex-wrap items-center gap-2.5">
              <span className="wrap-anywhere">{client.name}</span>
              <ServiceState state={client.state} />
            </span>
          }
          {...(mayManage && { aside: <ClientActions client={client} /> })}
        />
        <CardBody>
          <Facts client={client} />
        </CardBody>
      </Card>
      <GrantsCard
        key={JSON.stringify(client.grants)}
        client={client}
        mayManage={mayManage}
        operator={operator}
      />
      <PasswordsCard client={client} endpoint={endpoint} mayManage={mayManage} />
      {children}
      <Card labelledBy="how-to">
        <CardHeader id="how-to" title={serviceText.howTo} />
        <CardBody>
          <p className="mb-3 text-ink-2">{serviceText.howToText}</p>
          <ServiceSnippets username={client.username} grants={client.grants} endpoint={endpoint} />
        </CardBody>
      </Card>
    </>
  );
}

function Facts({ client }: { readonly client: ServiceClientView }) {
  return (
    <div className="flex flex-col gap-3">
      <KeyValues
        items={[
          {
            key: "username",
            label: serviceText.username,
            value: <CopyText text={client.username} what={serviceText.username} />,
          },
          ...(client.description === ""
            ? []
            : [
                {
                  key: "description",
                  label: serviceText.description,
                  value: client.description,
                },
              ]),
          {
            key: "used",
            label: serviceText.columnUsed,
            value: <RelativeTime value={client.lastUsedAt} fallback={serviceText.neverUsed} />,
          },
          {
            key: "made",
            label: serviceText.made,
            value: (
              <>
                <RelativeTime value={client.createdAt} />{" "}
                <span className="text-ink-3">{serviceText.madeBy(client.createdBy)}</span>
              </>
            ),
          },
        ]}
      />
      <Link
        href={refusedHref({ ...everyRefusal, range: "all", text: client.username.slice(0, 128) })}
        className="text-sm text-accent hover:underline"
      >
        {serviceText.refusals}
      </Link>
    </div>
  );
}
