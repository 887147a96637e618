"use client";
import clsx from "clsx";
import { Tabs } from "radix-ui";
import { useState, useTransition } from "react";
import { makePassword } from "#app/(console)/devices/actions.ts";
import { credentialText } from "#components/strings/credentials.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
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
      <Tabs.Root defaultValue="mosquitto">
        <Tabs.List aria-label={credentialText.language} className="mb-2 flex gap-1">
          {commands.map((command) => (
            <Tabs.Trigger
              key={command.id}
              value={command.id}
              className={clsx(
                "h-7 rounded border border-transparent px-2.5 text-sm text-ink-2 hover:bg-sunken",
                "data-[state=active]:border-line-strong data-[state=active]:bg-surface data-[state=active]:font-medium data-[state=active]:text-ink",
              )}
            >
              {command.name}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {commands.map((command) => (
          <Tabs.Content key={command.id} value={command.id} tabIndex={-1}>
            <p className="mb-2 text-sm text-ink-2">{command.before}</p>
            <CodeBlock code={command.code} what={command.name} />
          </Tabs.Content>
        ))}
      </Tabs.Root>
      <p className="text-sm text-ink-2">
        <a href="/api/console/ca" download={deviceFiles(deviceId).ca} className="underline">
          {credentialText.downloadNamed(deviceFiles(deviceId).ca)}
        </a>
        {", "}
        {credentialText.fileCaWhy}.
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
