import Link from "next/link";
import { deviceHref } from "#components/device/device-href.ts";
import { deadLetterText } from "#components/strings/dead-letter.ts";
import { letterText } from "#components/strings/workbench.ts";
import { CopyText } from "#components/ui/copy-button.tsx";
import type { KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { DeadLetterDetail } from "#server/services/dead-letter/show.ts";

/** What is known of a letter beside its payload; what it has not is left out. */
export function letterFacts(letter: DeadLetterDetail): readonly KeyValue[] {
  const { schema, firmware, messageId, contentType } = letter;
  return [
    {
      key: "device",
      label: deadLetterText.device,
      value: (
        <Link className="text-accent hover:underline" href={deviceHref(letter)}>
          {letter.deviceId}
        </Link>
      ),
    },
    ...plain("firmware", letterText.firmware, firmware),
    {
      key: "received",
      label: deadLetterText.received,
      value: <ExactTime value={letter.receivedAt} milliseconds />,
    },
    {
      key: "event",
      label: letterText.eventTime,
      value: <ExactTime value={letter.eventAt} milliseconds />,
    },
    {
      key: "topic",
      label: deadLetterText.topic,
      value: <CopyText text={letter.topic} what={deadLetterText.topic} />,
    },
    {
      key: "transport",
      label: deadLetterText.transport,
      value: letterText.transportOf(letter.transport, letter.qos),
    },
    ...plain("contentType", letterText.contentType, contentType),
    ...plain("schema", letterText.schema, schema && `${schema.name}@${schema.version}`),
    ...plain("message", deadLetterText.messageId, messageId, true),
    ...Object.entries(letter.properties).flatMap(([name, value]) =>
      plain(`property-${name}`, letterText.property(name), String(value), true),
    ),
    ...settledFacts(letter),
    {
      key: "id",
      label: deadLetterText.letterId,
      value: <CopyText text={letter.id} what={deadLetterText.letterId} />,
    },
  ];
}

function settledFacts({ state, settled, stored }: DeadLetterDetail): readonly KeyValue[] {
  if (settled === null) return [];
  return [
    {
      key: "settled",
      label: letterText.states[state],
      value: (
        <>
          <ExactTime value={settled.at} /> {letterText.by(settled.by)}
        </>
      ),
    },
    ...plain("why", letterText.why, settled.reason === "" ? null : settled.reason),
    ...plain("run", letterText.run, settled.runId, true),
    ...(stored === null
      ? []
      : [
          {
            key: "stored",
            label: letterText.storedAs,
            value: (
              <>
                {letterText.storedAt} <ExactTime value={stored.ts} milliseconds />
                <span className="block font-mono text-sm text-ink-2">
                  {letterText.storedKey(stored.key)}
                </span>
              </>
            ),
          },
        ]),
  ];
}

function plain(
  key: string,
  label: string,
  value: string | null,
  mono = false,
): readonly KeyValue[] {
  return value === null ? [] : [{ key, label, value, mono }];
}
