import { table, type Command } from "#server/cli/command.ts";
import { rebuildRollups } from "#server/services/storage/rebuild-rollups.ts";
import { showStorage } from "#server/services/storage/show.ts";

const mega = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
const perDay = (bytes: number | null): string =>
  bytes === null ? "not known yet" : `${bytes < 0 ? "−" : "+"}${mega(Math.abs(bytes))} a day`;

export const storage: Command = {
  words: ["storage"],
  usage: "",
  summary: "What the installation stores, how it grows, and how far its rollups are.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const view = await showStorage(ctx, {});
    const { rollups, timescale } = view;
    const waiting = `${rollups.openMinutes} minutes open, ${rollups.dueMinutes} to be computed`;
    const installed = timescale.installed ?? (timescale.available ? "available" : "no");
    return {
      json: view,
      text: table([
        ["STORE", "SIZE", "ROWS, ABOUT", "GROWTH"],
        ...view.stores.map(({ store, bytes, rows, bytesPerDay }) => [
          store,
          mega(bytes),
          String(rows),
          perDay(bytesPerDay),
        ]),
        ["all", mega(view.totalBytes), "", perDay(view.bytesPerDay)],
        [],
        ["rollups", waiting],
        ["partitions", `${view.partitionsAhead} days ahead`],
        ["TimescaleDB", installed],
      ]),
    };
  },
};

export const rollupsRebuild: Command = {
  words: ["rollups", "rebuild"],
  usage: "--from TIME --to TIME",
  summary: "Have the rollups of at most three days computed from their readings again.",
  options: ["from", "to"],
  run: async (at) => {
    const { ctx } = await at.session();
    const from = at.required("from");
    const to = at.required("to");
    const asked = await rebuildRollups(ctx, { from, to });
    return {
      json: asked,
      text: `${asked.minutes} minutes will be computed; storage says how many are left.`,
    };
  },
};
