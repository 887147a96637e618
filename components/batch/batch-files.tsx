"use client";
import { useState } from "react";
import { bundleFile } from "#components/batch/bundle-file.ts";
import { batchPageText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { passphraseProblem } from "#server/domain/device-batch.ts";
import type { BatchView } from "#server/services/batch/view.ts";

/** What to take along for the devices: keys and certificates once, labels as often as one likes. */
export function BatchFiles({
  batch,
  mayManage,
  onChange,
}: {
  readonly batch: BatchView;
  readonly mayManage: boolean;
  readonly onChange: () => void;
}) {
  if (batch.state !== "sampling" && batch.state !== "approved") return null;
  return (
    <Card labelledBy="files">
      <CardHeader id="files" title={batchPageText.filesTitle} />
      <CardBody className="grid gap-x-8 gap-y-5 lg:grid-cols-2">
        {batch.bundle !== "none" && mayManage && <Bundle batch={batch} onChange={onChange} />}
        <div className="flex flex-col items-start gap-2">
          <p className="text-ink-2">{batchPageText.labelsText}</p>
          <a
            href={`/api/v1/batches/${encodeURIComponent(batch.id)}/labels`}
            download
            className="font-medium text-accent hover:underline"
          >
            {batchPageText.labels}
          </a>
        </div>
      </CardBody>
    </Card>
  );
}

function Bundle({ batch, onChange }: { readonly batch: BatchView; readonly onChange: () => void }) {
  const [passphrase, setPassphrase] = useState("");
  const [problem, setProblem] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const isOnce = batch.options.keys !== "csr";
  if (isOnce && batch.bundle === "handed_out") {
    return <p className="text-ink-2">{batchPageText.bundleGone}</p>;
  }
  async function fetchBundle() {
    const found = passphraseProblem(passphrase);
    setProblem(found);
    setFailure(undefined);
    if (found !== undefined) return;
    setBusy(true);
    const failed = await bundleFile(batch, passphrase);
    setBusy(false);
    setFailure(failed);
    onChange();
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void fetchBundle();
      }}
    >
      <p className="text-ink-2">
        {isOnce ? batchPageText.bundleText : batchPageText.bundleTextPlain}
      </p>
      <Field
        label={batchPageText.passphrase}
        hint={batchPageText.passphraseHint}
        error={problem}
        required
      >
        <Input
          mono
          autoComplete="off"
          spellCheck={false}
          maxLength={128}
          value={passphrase}
          onChange={(event) => setPassphrase(event.target.value)}
        />
      </Field>
      {failure !== undefined && <ErrorNote>{failure}</ErrorNote>}
      <div>
        <Button type="submit" variant="primary" busy={busy}>
          {busy ? batchPageText.bundleBusy : batchPageText.bundle}
        </Button>
      </div>
    </form>
  );
}
