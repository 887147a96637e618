import type { Preview } from "#components/batch/preview.ts";
import { batchWizardText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";

/** The first rows of a file, as they are. Wide files scroll inside the card. */
export function PreviewTable({
  title,
  preview,
}: {
  readonly title: string;
  readonly preview: Extract<Preview, { kind: "table" }>;
}) {
  return (
    <Card labelledBy="preview">
      <CardHeader id="preview" title={title} />
      {/* What scrolls must be reachable by keyboard, and therefore have a name. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className="overflow-x-auto" aria-label={batchWizardText.previewScrolls} tabIndex={0}>
        <Table>
          <thead>
            <Tr>
              {preview.columns.map((column, index) => (
                <Th key={`${index}:${column}`} className="whitespace-nowrap">
                  {column}
                </Th>
              ))}
            </Tr>
          </thead>
          <tbody>
            {preview.rows.map((row, line) => (
              <Tr key={`${line}:${row.join("\u0000")}`}>
                {preview.columns.map((column, index) => (
                  <Td key={`${index}:${column}`}>
                    <span className="block max-w-56 truncate font-mono text-sm">{row[index]}</span>
                  </Td>
                ))}
              </Tr>
            ))}
          </tbody>
        </Table>
      </section>
    </Card>
  );
}

/** Step 2 of an import: a look into the file. The mapping itself is the dry run's. */
export function PreviewStep({
  preview,
  onBack,
  onNext,
}: {
  readonly preview: Preview;
  readonly onBack: () => void;
  readonly onNext: () => void;
}) {
  if (preview.kind === "unreadable") return null;
  return (
    <div className="flex flex-col gap-4">
      <PreviewTable title={batchWizardText.previewImport(preview.rows.length)} preview={preview} />
      <Card>
        <CardBody>
          <p className="text-ink-2">{batchWizardText.importNote}</p>
        </CardBody>
      </Card>
      <div className="flex gap-2">
        <Button onClick={onBack}>{batchWizardText.back}</Button>
        <Button variant="primary" onClick={onNext}>
          {batchWizardText.next}
        </Button>
      </div>
    </div>
  );
}
