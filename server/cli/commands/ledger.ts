import { table, type Command } from "#server/cli/command.ts";
import { ledgerSummary } from "#server/services/ledger/summary.ts";

const dayMs = 86_400_000;

export const ledger: Command = {
  words: ["ledger"],
  usage: "[--from TIME] [--to TIME]",
  summary: "What became of every message that was received; by default in the last day.",
  options: ["from", "to"],
  run: async (at) => {
    const { ctx } = await at.session();
    const now = ctx.now().getTime();
    const summary = await ledgerSummary(ctx, {
      from: at.option("from") ?? new Date(now - dayMs),
      to: at.option("to") ?? new Date(now + 60_000),
    });
    return {
      json: summary,
      text: table([
        ["received", String(summary.received)],
        ...Object.entries(summary.totals).map(([outcome, count]) => [outcome, String(count)]),
        ["unaccounted", String(summary.unaccounted)],
        ...summary.reasons.map(({ outcome, reason, count }) => [
          `${outcome}: ${reason}`,
          String(count),
        ]),
      ]),
      failed: summary.unaccounted !== 0,
    };
  },
};
