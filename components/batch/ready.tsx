"use client";
import { start } from "#app/(console)/onboard/batches/actions.ts";
import { useChange } from "#components/people/use-change.ts";
import { batchPageText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { BatchView } from "#server/services/batch/view.ts";

/** All rows are good: what will be made of them, and the button that makes it. */
export function Ready({
  batch,
  mayManage,
  onChange,
}: {
  readonly batch: BatchView;
  readonly mayManage: boolean;
  readonly onChange: () => void;
}) {
  const { busy, change } = useChange(start, () => ({ title: batchPageText.started }));
  const { total, options } = batch;
  return (
    <Card labelledBy="ready">
      <CardHeader
        id="ready"
        title={total === 1 ? batchPageText.readyOne : batchPageText.readyTitle(formatCount(total))}
      />
      <CardBody className="flex flex-col gap-4">
        <p className="text-ink-2">
          {batchPageText.readyText(batch.profileName, options.quarantine)}
        </p>
        {mayManage ? (
          <div>
            <Button
              variant="primary"
              busy={busy}
              onClick={() => void change({ batchId: batch.id }).then(onChange)}
            >
              {total === 1 ? batchPageText.createOne : batchPageText.create(formatCount(total))}
            </Button>
          </div>
        ) : (
          <p className="text-ink-2">{batchPageText.onlyAdmin}</p>
        )}
      </CardBody>
    </Card>
  );
}
