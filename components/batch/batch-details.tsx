import { batchPageText, batchText } from "#components/strings/batch.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { BatchView } from "#server/services/batch/view.ts";

/** What the batch was opened with, and when it did what. */
export function BatchDetails({ batch }: { readonly batch: BatchView }) {
  return (
    <Card labelledBy="details">
      <CardHeader id="details" title={batchPageText.detailsTitle} />
      <CardBody>
        <KeyValues items={[...optionItems(batch), ...timeItems(batch)]} />
      </CardBody>
    </Card>
  );
}

function optionItems(batch: BatchView): readonly KeyValue[] {
  const words = batchPageText.detail;
  const { options } = batch;
  return [
    { key: "file", label: words.file, value: batch.fileName || batchPageText.none },
    ...(batch.fileSha256 === ""
      ? []
      : [{ key: "sha256", label: words.sha256, value: batch.fileSha256, mono: true }]),
    { key: "profile", label: words.profile, value: batch.profileName },
    { key: "keys", label: words.keys, value: batchText.keysOf(batch.source, options.keys).label },
    {
      key: "quarantine",
      label: words.quarantine,
      value: options.quarantine ? batchPageText.quarantineYes : batchPageText.quarantineNo,
    },
    ...(options.tags.length === 0
      ? []
      : [{ key: "tags", label: words.tags, value: options.tags.join(", ") }]),
  ];
}

function timeItems(batch: BatchView): readonly KeyValue[] {
  const words = batchPageText.detail;
  const times = [
    { key: "created", label: words.created, at: batch.createdAt, by: batch.createdBy },
    { key: "started", label: words.started, at: batch.startedAt, by: batch.startedBy },
    { key: "finished", label: words.finished, at: batch.finishedAt, by: null },
    { key: "decided", label: words.decided, at: batch.decidedAt, by: batch.decidedBy },
  ];
  return times.flatMap(({ key, label, at, by }) =>
    at === null
      ? []
      : [
          {
            key,
            label,
            value: (
              <>
                <ExactTime value={at} />
                {by !== null && <span className="text-ink-3"> {batchPageText.from(by)}</span>}
              </>
            ),
          },
        ],
  );
}
