import { batchPageText } from "#components/strings/batch.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { BatchView } from "#server/services/batch/view.ts";

/** What an import's dry run found: fields that map, and those that do not with the reason. */
export function MappingReportCard({ batch }: { readonly batch: BatchView }) {
  const { mapped, unmapped } = batch.report;
  if (mapped.length === 0 && unmapped.length === 0) return null;
  const isDry = batch.state === "ready" || batch.state === "refused";
  return (
    <Card labelledBy="mapping-report">
      <CardHeader id="mapping-report" title={batchPageText.reportTitle} />
      <p className="px-3.5 pt-3 pb-1.5 text-ink-2">
        {isDry ? batchPageText.reportText : batchPageText.reportTextDone}
      </p>
      <div className="grid items-start lg:grid-cols-2">
        <Part
          title={batchPageText.maps}
          empty={batchPageText.mapsNothing}
          second={batchPageText.toField}
          rows={mapped.map(({ from, to, count }) => ({ from, second: to, count }))}
        />
        <Part
          title={batchPageText.mapsNot}
          empty={batchPageText.mapsAll}
          second={batchPageText.why}
          rows={unmapped.map(({ from, why, count }) => ({ from, second: why, count }))}
        />
      </div>
    </Card>
  );
}

type Row = { readonly from: string; readonly second: string; readonly count: number };

function Part({
  title,
  empty,
  second,
  rows,
}: {
  readonly title: string;
  readonly empty: string;
  readonly second: string;
  readonly rows: readonly Row[];
}) {
  return (
    <div className="min-w-0">
      <h3 className="px-3.5 pt-4 font-semibold">{title}</h3>
      {rows.length === 0 ? (
        <CardBody>
          <p className="text-ink-2">{empty}</p>
        </CardBody>
      ) : (
        <Table>
          <thead>
            <Tr>
              <Th className="max-sm:hidden">{batchPageText.fromField}</Th>
              <Th>
                <span className="sm:hidden">{batchPageText.fromField}</span>
                <span className="max-sm:hidden">{second}</span>
              </Th>
              <Th numeric>{batchPageText.count}</Th>
            </Tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Tr key={`${row.from}\u0000${row.second}`} className="align-top">
                <Td className="w-px font-mono text-sm max-sm:hidden">
                  <span className="block max-w-64 min-w-36 wrap-anywhere">{row.from}</span>
                </Td>
                <Td className="wrap-anywhere">
                  <span className="block font-mono text-sm sm:hidden">{row.from}</span>
                  {row.second}
                </Td>
                <Td numeric className="w-px tabular-nums">
                  {formatCount(row.count)}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </div>
  );
}
