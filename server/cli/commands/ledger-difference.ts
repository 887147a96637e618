import { UsageError, table, type Command } from "#server/cli/command.ts";
import { differenceKinds } from "#server/domain/ledger-balance.ts";
import { acknowledgeDifference } from "#server/services/ledger/acknowledge.ts";
import { listLedgerDifferences } from "#server/services/ledger/differences.ts";

export const ledgerDifferences: Command = {
  words: ["ledger", "differences"],
  usage: "[--state open|all] [--limit N]",
  summary: "List the minutes that do not add up, newest first; by default those still open.",
  options: ["state", "limit"],
  run: async (at) => {
    const { ctx } = await at.session();
    const differences = await listLedgerDifferences(ctx, {
      state: at.option("state") === "all" ? "all" : "open",
      limit: at.number("limit", 100, 1),
    });
    const rows = differences.map(({ minute, kind, difference, resolvedAt, acknowledged }) => [
      minute,
      kind,
      String(difference),
      resolvedAt ?? "",
      acknowledged === null ? "" : `${acknowledged.by}: ${acknowledged.note}`,
    ]);
    return {
      json: { differences },
      text: table([["MINUTE", "KIND", "DIFFERENCE", "RESOLVED", "ACKNOWLEDGED"], ...rows]),
      failed: differences.some(
        ({ resolvedAt, acknowledged }) => resolvedAt === null && acknowledged === null,
      ),
    };
  },
};

export const ledgerAcknowledge: Command = {
  words: ["ledger", "acknowledge"],
  usage: "--minute TIME --kind balance|dead_letters --note TEXT",
  summary: "Say what a minute that does not add up was.",
  options: ["minute", "kind", "note"],
  run: async (at) => {
    const minute = at.required("minute");
    const named = at.required("kind");
    const kind = differenceKinds.find((each) => each === named);
    if (kind === undefined) throw new UsageError("--kind is balance or dead_letters.");
    const note = at.required("note");
    const { ctx } = await at.session();
    const done = await acknowledgeDifference(ctx, { minute, kind, note });
    return { json: done, text: `Acknowledged ${done.minute} (${done.kind}).` };
  },
};
