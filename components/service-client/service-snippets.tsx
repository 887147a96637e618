"use client";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { serviceText } from "#components/strings/service-client.ts";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { caFile, serviceClientSnippets } from "#server/domain/service-client-snippets.ts";
import type { Grant } from "#server/services/service-client/grant-problem.ts";

/** Ready-to-paste texts by which programs connect as this service client. */
export function ServiceSnippets({
  username,
  password,
  grants,
  endpoint,
}: {
  readonly username: string;
  /** Only right after it was made. */
  readonly password?: string;
  readonly grants: readonly Grant[];
  readonly endpoint: Endpoint;
}) {
  const snippets = serviceClientSnippets({
    username,
    password,
    host: endpoint.host,
    port: endpoint.tlsPort,
    filter: grants.find(({ maySubscribe }) => maySubscribe)?.filter,
  });
  return (
    <div className="flex flex-col gap-3">
      <CodeTabs label={serviceText.snippets} tabs={snippets} />
      <p className="text-sm text-ink-2">
        <a href="/api/console/ca" download={caFile} className="underline">
          {serviceText.ca(caFile)}
        </a>
        {", "}
        {serviceText.caWhy}.
      </p>
    </div>
  );
}
