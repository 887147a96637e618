import Link from "next/link";
import { batchPageText } from "#components/strings/batch.ts";
import { Card, CardBody } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { BatchView } from "#server/services/batch/view.ts";

/** How a batch ended, by whom and why. */
export function Ending({ batch }: { readonly batch: BatchView }) {
  const { state } = batch;
  if (state !== "approved" && state !== "rejected" && state !== "cancelled" && state !== "failed") {
    return null;
  }
  return (
    <Card className={state === "approved" ? "border-ok!" : ""}>
      <CardBody>
        <p className="font-semibold" aria-live="polite">
          {batchPageText.ended[state]}
          {batch.decidedBy !== null && (
            <span className="font-normal text-ink-3">
              {" "}
              {batchPageText.decided(batch.decidedBy)} · <RelativeTime value={batch.decidedAt} />
            </span>
          )}
        </p>
        <p className="text-ink-2">{batchPageText.endedText[state]}</p>
        {batch.reason !== "" && (
          <p className="mt-1 wrap-anywhere">{batchPageText.reasonGiven(batch.reason)}</p>
        )}
        {state === "approved" && (
          <p className="mt-2">
            <Link href="/devices" className="text-accent hover:underline">
              {batchPageText.openFleet}
            </Link>
          </p>
        )}
      </CardBody>
    </Card>
  );
}
