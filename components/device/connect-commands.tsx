"use client";
import Link from "next/link";
import { useState, useTransition } from "react";
import { makePassword } from "#app/(console)/devices/actions.ts";
import { credentialText } from "#components/strings/credentials.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { connectCommands, deviceFiles, plainCommand } from "#server/domain/connect-commands.ts";

/** Where devices reach this installation. */
export type Endpoint = {
  readonly host: string;
  readonly tlsPort: number;
  readonly plainPort: number;
};

/** Ready-to-paste commands for the first message, by three clients. */
export function ConnectCommands({
  deviceId,
  endpoint,
  mayManage,
}: {
  readonly deviceId: string;
  readonly endpoint: Endpoint;
  readonly mayManage: boolean;
}) {
  const commands = connectCommands({ deviceId, host: endpoint.host, port: endpoint.tlsPort });
  return (
    <div className="flex flex-col gap-4">
      <CodeTabs label={credentialText.language} tabs={commands} />
      <p className="text-sm text-ink-2">
        <a href="/api/console/ca" download={deviceFiles(deviceId).ca} className="underline">
          {credentialText.downloadNamed(deviceFiles(deviceId).ca)}
        </a>
        {", "}
        {credentialText.fileCaWhy}.{" "}
        <Link href="/docs/mqtt" className="underline">
          {credentialText.guide}
        </Link>
      </p>
      {mayManage && <PlainWay deviceId={deviceId} endpoint={endpoint} />}
    </div>
  );
}

function PlainWay({
  deviceId,
  endpoint,
}: {
  readonly deviceId: string;
  readonly endpoint: Endpoint;
}) {
  const [password, setPassword] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [busy, start] = useTransition();
  function make() {
    start(async () => {
      const result = await makePassword({ deviceId });
      if (result.ok) setPassword(result.value.password);
      else setProblem([result.error.message, result.error.remedy].filter(Boolean).join(" "));
    });
  }
  return (
    <details className="rounded border border-line px-3 py-2">
      <summary className="cursor-pointer font-medium text-ink-2">
        {credentialText.plainTitle}
      </summary>
      <div className="mt-2 flex flex-col items-start gap-3 pb-1">
        <p className="text-ink-2">{credentialText.plainText(endpoint.plainPort)}</p>
        {problem !== undefined && <ErrorNote>{problem}</ErrorNote>}
        {password === undefined ? (
          <Button size="sm" busy={busy} onClick={make}>
            {credentialText.plainMake}
          </Button>
        ) : (
          <div className="w-full">
            <CodeBlock
              what={credentialText.plainTitle}
              code={plainCommand({
                deviceId,
                password,
                host: "127.0.0.1",
                port: endpoint.plainPort,
              })}
            />
            <p className="mt-1 text-sm text-ink-3">{credentialText.plainOnce}</p>
          </div>
        )}
      </div>
    </details>
  );
}
