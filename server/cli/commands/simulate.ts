import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "#server/cli/command.ts";
import { profileIdOf } from "#server/cli/commands/device-create.ts";
import { keepRenewed, provisionFleet } from "#server/cli/provision.ts";
import { simulate, type SimulationCounts } from "#server/cli/simulate.ts";

function summary(counts: SimulationCounts): string {
  const { connected, sent, acknowledged, refused, skipped, lastError } = counts;
  const trouble = lastError === "" ? "" : ` Last error: ${lastError}`;
  return `${connected} connected, ${sent} sent, ${acknowledged} acknowledged, ${refused} refused, ${skipped} skipped.${trouble}`;
}

export const simulateCommand: Command = {
  words: ["simulate"],
  usage: "[--devices N] [--rate MESSAGES_A_SECOND] [--seconds S] [--host HOST] [--profile PROFILE]",
  summary: "Create devices and let them send over mTLS until Ctrl-C, or for so many seconds.",
  options: ["devices", "rate", "seconds", "host", "profile"],
  run: async (at) => {
    const count = at.number("devices", 10, 1);
    const rate = at.number("rate", count, 0.001);
    const seconds = at.number("seconds", 0, 0);
    const { ctx } = await at.session();
    const profileId = await profileIdOf(ctx, at.option("profile") ?? "generic");
    const fleet = `simulate-${ctx.tenantId}`;
    const bundles = await provisionFleet(ctx, {
      env: at.env,
      fleet,
      devices: Array.from({ length: count }, (_, index) => ({
        deviceId: `sim-${String(index + 1).padStart(4, "0")}-${ctx.tenantId.slice(0, 8)}`,
        name: `Simulated device ${index + 1}`,
        profileId,
      })),
    });
    const simulation = simulate({
      devices: bundles.map((bundle) => ({
        ...bundle,
        kind: "pump",
        behaviour: { name: "steady" },
      })),
      rate,
      host: at.option("host") ?? "localhost",
      port: at.env.MQTTS_PORT,
      renewed: keepRenewed(at.env, fleet),
    });
    at.say(`${count} devices send ${rate} messages a second to port ${at.env.MQTTS_PORT}.`);
    const report = setInterval(() => at.say(summary(simulation.counts)), 5_000);
    const until = seconds === 0 ? 2 ** 31 - 1 : seconds * 1000;
    await sleep(until, undefined, { signal: at.signal }).catch(() => undefined);
    clearInterval(report);
    const { connected } = simulation.counts;
    await simulation.stop();
    const counts = { ...simulation.counts, connected };
    return { json: { devices: count, ...counts }, text: summary(counts) };
  },
};
