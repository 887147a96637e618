import { reasons } from "#server/testing/mqtt/reasons.ts";
import type { Proof } from "#server/testing/mqtt/scan-tests.ts";
import type { Standard, Statement } from "#server/testing/mqtt/statement.ts";
import { statements3 } from "#server/testing/mqtt/statements-3.ts";
import { statements5 } from "#server/testing/mqtt/statements-5.ts";

/** A statement with the tests that prove it, or the reason why there are none. */
type Row = {
  readonly statement: Statement;
  readonly proofs: readonly Proof[];
  readonly reason: string | undefined;
};

export type Conformance = {
  readonly rows: readonly Row[];
  /** What is wrong with the table itself: each is a sentence that says what to do. */
  readonly problems: readonly string[];
};

/** Joins statements, tests and reasons. */
export function joinConformance(
  proofs: readonly Proof[],
  statements: readonly Statement[] = [...statements5, ...statements3],
  why: ReadonlyMap<string, string> = reasons,
): Conformance {
  const byNumber = Map.groupBy(proofs, ({ number }) => number);
  const known = new Set(statements.map(({ number }) => number));
  const rows = statements.map((statement) => ({
    statement,
    proofs: byNumber.get(statement.number) ?? [],
    reason: why.get(statement.number),
  }));
  return {
    rows,
    problems: [
      ...rows.flatMap(rowProblem),
      ...proofs
        .filter(({ number }) => !known.has(number))
        .map(({ number, file }) => `${file} bears ${number}, which is no statement: correct it.`),
      ...[...why.keys()]
        .filter((number) => !known.has(number))
        .map((number) => `reasons.ts gives a reason for ${number}, which is no statement.`),
    ],
  };
}

function rowProblem({ statement, proofs, reason }: Row): string[] {
  const { number, binds, what } = statement;
  if (proofs.length > 0 && reason !== undefined) {
    return [`${number} has a test: take its reason out of reasons.ts.`];
  }
  if (binds === "client" || proofs.length > 0 || reason !== undefined) return [];
  return [`${number} has neither test nor reason: ${what}`];
}

const titles: Readonly<Record<Standard, string>> = { 5: "MQTT 5.0", 3: "MQTT 3.1.1" };

/** The document, in Markdown. */
export function renderConformance({ rows }: Conformance): string {
  return [
    "# MQTT conformance",
    "",
    "Every numbered normative statement of MQTT 5.0 and MQTT 3.1.1, in our words, with the tests that prove it or the reason why there are none. A test bears the number in its name: `[MQTT-3.1.0-1]` is of MQTT 5.0, `[MQTT3-3.1.0-1]` of MQTT 3.1.1. What binds clients only needs no test; where there is one, it shows what the server does with a client that breaks the rule.",
    "",
    "The tests in `server/gateway/mqtt/conformance` speak raw MQTT over sockets. They run twice: against the listeners with everything behind them in memory (`npm run test:unit`), and against a worker in a process of its own with PostgreSQL (`npm run test:db`).",
    "",
    "Generated from the tests by `node server/testing/mqtt/write-conformance.ts`; a test fails when it is not up to date.",
    "",
    ...summary(rows),
    ...([5, 3] as const).flatMap((standard) => chapter(standard, rows)),
  ].join("\n");
}

function summary(rows: readonly Row[]): string[] {
  const count = (standard: Standard, wanted: (row: Row) => boolean) =>
    rows.filter((row) => row.statement.standard === standard && wanted(row)).length;
  const bindsServer = ({ statement }: Row) => statement.binds !== "client";
  const line = (what: string, wanted: (row: Row) => boolean) =>
    `| ${what} | ${count(5, wanted)} | ${count(3, wanted)} |`;
  return [
    "| | MQTT 5.0 | MQTT 3.1.1 |",
    "|---|---|---|",
    line("statements", () => true),
    line("bind a server", bindsServer),
    line("… proven by tests", (row) => bindsServer(row) && row.proofs.length > 0),
    line("… without test, with a reason", (row) => bindsServer(row) && row.reason !== undefined),
    line("bind clients only", (row) => !bindsServer(row)),
    line("… whose breach is tested", (row) => !bindsServer(row) && row.proofs.length > 0),
    "",
  ];
}

function chapter(standard: Standard, rows: readonly Row[]): string[] {
  const own = rows.filter(({ statement }) => statement.standard === standard);
  const sections = Map.groupBy(own, ({ statement }) => statement.section);
  return [
    `## ${titles[standard]}`,
    "",
    ...[...sections].flatMap(([section, members]) => [
      `### ${titles[standard]} §${section}`,
      "",
      "| statement | binds | asks | proof |",
      "|---|---|---|---|",
      ...members.map(renderRow),
      "",
    ]),
  ];
}

function renderRow({ statement, proofs, reason }: Row): string {
  const { number, binds, what } = statement;
  return `| ${number} | ${binds} | ${cell(what)} | ${proofs.length > 0 ? renderProofs(proofs) : (reason ?? "–")} |`;
}

function renderProofs(proofs: readonly Proof[]): string {
  return [
    ...new Set(proofs.map(({ file, title }) => `[${nameOf(file)}](../${file}): ${cell(title)}`)),
  ].join("<br>");
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

/** Text that cannot end a cell or open a tag; what a table of tests fills in is left open. */
function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll(/%[a-z]/gu, "…");
}
