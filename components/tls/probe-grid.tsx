import clsx from "clsx";
import { tlsName } from "#components/strings/device.ts";
import { tlsText } from "#components/strings/tls.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { probeClients } from "#server/domain/tls-probe-plan.ts";
import type { TlsProbeCellView } from "#server/services/tls/show-probe.ts";

type Column = { readonly id: string; readonly title: string };

const curves: readonly Column[] = ["P-256", "P-384", "X25519", "P-521"].map((id) => ({
  id,
  title: id,
}));
const clients: readonly Column[] = probeClients
  .filter((client) => client !== "unasked")
  .map((id) => ({ id, title: tlsText.shortClients[id] ?? id }));

/** A version and a suite, with the answers in the order of the columns. */
type Row = {
  readonly id: string;
  readonly version: string;
  readonly suite: string;
  readonly cells: readonly (TlsProbeCellView | undefined)[];
  readonly isWrong: boolean;
};

/** The answers of one listener: those to the handshake alone, then those to each client certificate. */
export function ProbeGrid({ answers }: { readonly answers: readonly TlsProbeCellView[] }) {
  const handshakes = answers.filter(({ client }) => client === "unasked");
  const shown = answers.filter(({ client }) => client !== "unasked");
  return (
    <div className="flex flex-col gap-6">
      <Matrix
        title={tlsText.handshake}
        hint={tlsText.handshakeHint}
        columns={curves}
        rows={rowsOf(handshakes, curves, ({ curve }) => curve)}
      />
      {shown.length > 0 && (
        <Matrix
          title={tlsText.clients}
          hint={tlsText.clientsHint}
          columns={clients}
          rows={rowsOf(shown, clients, ({ client }) => client)}
        />
      )}
    </div>
  );
}

/** One row for each version and suite; rows with a wrong answer first. */
function rowsOf(
  answers: readonly TlsProbeCellView[],
  columns: readonly Column[],
  columnOf: (cell: TlsProbeCellView) => string,
): readonly Row[] {
  const groups = Map.groupBy(answers, ({ version, suite }) => `${version} ${suite}`);
  return [...groups]
    .map(([id, cells]) => ({
      id,
      version: cells[0]?.version ?? "",
      suite: cells[0]?.suite ?? "",
      cells: columns.map((column) => cells.find((cell) => columnOf(cell) === column.id)),
      isWrong: cells.some(({ wrong }) => wrong),
    }))
    .toSorted((a, b) => Number(b.isWrong) - Number(a.isWrong) || compareRows(a, b));
}

/** Newer versions first, and in each the suites that are taken before those that are not. */
function compareRows(a: Row, b: Row): number {
  const taken = ({ cells }: Row) => Number(cells.some((cell) => cell?.expected === "accepted"));
  return (
    b.version.localeCompare(a.version) || taken(b) - taken(a) || a.suite.localeCompare(b.suite)
  );
}

function Matrix({
  title,
  hint,
  columns,
  rows,
}: {
  readonly title: string;
  readonly hint: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}) {
  return (
    <div>
      <h3 className="font-semibold text-ink">{title}</h3>
      <p className="mb-2 text-sm text-ink-2">{hint}</p>
      <Table aria-label={title} className="table-fixed max-md:block">
        <thead className="max-md:sr-only">
          <Tr>
            <Th className="w-20 pl-0">{tlsText.versionColumn}</Th>
            <Th className="w-64">{tlsText.suiteColumn}</Th>
            {columns.map((column) => (
              <Th key={column.id}>{column.title}</Th>
            ))}
          </Tr>
        </thead>
        <tbody className="max-md:block">
          {rows.map((row) => (
            <Tr key={row.id} className="max-md:block max-md:py-2">
              <Td className="pl-0 whitespace-nowrap max-md:inline max-md:pr-2">
                {row.version === "TLSv1" ? tlsText.oldest : tlsName(row.version)}
              </Td>
              <Td className="font-mono text-xs break-all max-md:inline max-md:px-0">
                {row.suite === "any" ? tlsText.anySuite : row.suite}
              </Td>
              {row.cells.map((cell, index) => (
                <Cell key={columns[index]?.id} cell={cell} title={columns[index]?.title ?? ""} />
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** On a phone the answers of a row stand below each other, each with its column's name. */
function Cell({
  cell,
  title,
}: {
  readonly cell: TlsProbeCellView | undefined;
  readonly title: string;
}) {
  if (cell === undefined) {
    return (
      <Td className="text-ink-3 max-md:hidden">
        <span aria-hidden>·</span>
        <span className="sr-only">{tlsText.notAsked}</span>
      </Td>
    );
  }
  return (
    <Td className="max-md:flex max-md:h-auto max-md:gap-3 max-md:px-0 max-md:py-0.5">
      <span className="w-24 shrink-0 text-sm text-ink-3 md:hidden">{title}</span>
      <Answer cell={cell} />
    </Td>
  );
}

const looks = {
  wrong: { symbol: "✕", look: "bg-bad-soft text-bad font-semibold" },
  missing: { symbol: "?", look: "bg-idle-soft text-idle" },
  accepted: { symbol: "✓", look: "bg-ok-soft text-ok" },
  refused: { symbol: "⊘", look: "text-ink-2" },
} as const;

function lookOf({ wrong, outcome }: TlsProbeCellView) {
  if (wrong) return looks.wrong;
  if (outcome === "not-probed") return looks.missing;
  return outcome === "accepted" ? looks.accepted : looks.refused;
}

/** What the listener did, in a symbol and words; on hover what it said. */
function Answer({ cell }: { readonly cell: TlsProbeCellView }) {
  const { symbol, look } = lookOf(cell);
  const words = outcomeWords(cell, cell.outcome);
  return (
    <span
      title={cell.detail}
      className={clsx("inline-flex gap-1.5 rounded-sm px-1.5 py-0.5 text-xs", look)}
    >
      <span aria-hidden>{symbol}</span>
      {cell.wrong ? tlsText.wrongly(words, outcomeWords(cell, cell.expected)) : words}
    </span>
  );
}

function outcomeWords({ listener }: TlsProbeCellView, outcome: string): string {
  if (outcome === "refused-registry" && listener === "device-https") return tlsText.refusedByEst;
  return tlsText.outcomes[outcome] ?? outcome;
}
