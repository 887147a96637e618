import { setTimeout as sleep } from "node:timers/promises";
import { disturbUnderLoad, type Site } from "#e2e/chaos/disturb-under-load.ts";
import { startFaultProxy } from "#e2e/chaos/fault-proxy.ts";
import { findingOf, untilAcknowledging, type ChaosScenario } from "#e2e/chaos/scenario.ts";
import { throughProxy } from "#e2e/chaos/scenarios/database-link.ts";

/** R8. */
const resumeWithinMs = 10_000;

const refusals = (site: Site) => site.devices.reduce((sum, device) => sum + device.refusals, 0);

/**
 * Nothing passes to the database or back, and no connection that there was ever comes back: what a
 * firewall does that lost its memory. New connections are possible afterwards.
 */
export function databaseSilence(silentMs: number): ChaosScenario {
  return {
    name: "database-silence",
    round: `database unreachable for ${silentMs / 1000} s without a word, old connections dead for good`,
    rounds: 10,
    run: async ({ place, rounds, say }) => {
      const proxy = await startFaultProxy(() => Number(new URL(place.ingestUrl).port));
      let slowest = 0;
      let refused = 0;
      try {
        const report = await disturbUnderLoad(place, {
          name: "pgsilence",
          rounds,
          env: throughProxy(place, proxy),
          devices: { patienceMs: 600_000 },
          disturb: async (site) => {
            const before = refusals(site);
            proxy.silence();
            proxy.set("both", { isBlackHole: true });
            await sleep(500);
            // Whoever comes now must be told so, instead of waiting for the end.
            site.devices[0]?.drop();
            await sleep(silentMs - 500);
            refused += refusals(site) - before;
            proxy.set("both", {});
            slowest = Math.max(slowest, await untilAcknowledging(site, 60_000));
          },
          say,
        });
        const finding = findingOf(report, {
          slowestResumeMs: Math.round(slowest),
          refusedMeanwhile: refused,
        });
        const stuck = slowest > resumeWithinMs ? [`acknowledging again took ${slowest} ms`] : [];
        const mute = refused < rounds ? ["who connected meanwhile was not told in time"] : [];
        return { ...finding, problems: [...finding.problems, ...stuck, ...mute] };
      } finally {
        await proxy.stop();
      }
    },
  };
}
