import type { AuditEventRow } from "#components/audit/audit-queries.ts";
import { auditText } from "#components/strings/audit.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";

/** What an event says beside its row. */
export function AuditDetail({ event }: { readonly event: AuditEventRow }) {
  const items: readonly KeyValue[] = [
    { key: "at", label: auditText.exact, value: <ExactTime value={event.at} milliseconds /> },
    { key: "target", label: auditText.target, value: event.target },
    { key: "actor", label: auditText.actor, value: event.actor },
    ...(event.reason === null
      ? []
      : [{ key: "reason", label: auditText.reason, value: event.reason }]),
    ...(event.ip === null
      ? []
      : [{ key: "ip", label: auditText.address, value: event.ip, mono: true }]),
    ...(event.requestId === null
      ? []
      : [
          {
            key: "request",
            label: auditText.request,
            value: <CopyText text={event.requestId} what={auditText.requestWhat} />,
          },
        ]),
    {
      key: "hash",
      label: auditText.hash,
      value: <CopyText text={event.hash} what={auditText.hashWhat} />,
    },
  ];
  return (
    <div className="grid grid-cols-1 gap-4 whitespace-normal lg:grid-cols-2">
      <KeyValues items={items} />
      {event.payload === null ? (
        <p className="text-ink-2">{auditText.payloadErased}</p>
      ) : (
        <CodeBlock code={JSON.stringify(event.payload, null, 2)} what={auditText.payload} />
      )}
    </div>
  );
}
