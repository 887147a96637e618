import { setTimeout as sleep } from "node:timers/promises";
import { CliError, table, UsageError, type Command, type Session } from "#server/cli/command.ts";
import { tlsProfileNames } from "#server/domain/tls-profiles.ts";
import { changeTlsProfile } from "#server/services/tls/change-profile.ts";
import { createTlsProbeDevice } from "#server/services/tls/create-probe-device.ts";
import { requestTlsProbe } from "#server/services/tls/request-probe.ts";
import {
  listTlsProbes,
  showTlsProbe,
  type TlsProbeRunView,
} from "#server/services/tls/show-probe.ts";
import { showTlsPosture } from "#server/services/tls/show.ts";

export const tlsProfile: Command = {
  words: ["tls", "profile"],
  usage: "[--set PROFILE]",
  summary: `Show the TLS profile of the device listeners, or choose one: ${tlsProfileNames.join(", ")}.`,
  options: ["set"],
  run: async (at) => {
    const wanted = at.option("set");
    const { ctx } = await at.session();
    const posture = await showTlsPosture(ctx, {});
    if (wanted === undefined) {
      const rows = posture.profiles.map(({ name, shutOut, purpose }) => [
        name === posture.profile ? `${name} *` : name,
        String(shutOut),
        purpose,
      ]);
      return {
        json: posture,
        text: table([["PROFILE", "SHUT OUT", "FOR"], ...rows]),
      };
    }
    const profile = tlsProfileNames.find((name) => name === wanted);
    if (profile === undefined) {
      throw new UsageError(`PROFILE is one of ${tlsProfileNames.join(", ")}.`);
    }
    const { revision } = posture;
    const changed = await changeTlsProfile(ctx, { profile, revision });
    return {
      json: changed,
      text: `New handshakes follow ${profile}; connections that are open go on.`,
    };
  },
};

const patienceMs = 120_000;
const lookMs = 500;

export const tlsProbe: Command = {
  words: ["tls", "probe"],
  usage: "",
  summary: "Probe the TLS listeners now; exit status 1 when an answer is wrong.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const { requestedAt } = await requestTlsProbe(ctx, {});
    at.say("A worker probes the listeners.");
    const { id } = await finishedProbe(ctx, { requestedAt, signal: at.signal });
    const probe = await showTlsProbe(ctx, { id });
    const wrong = probe.answers.filter((answer) => answer.wrong);
    const missing = probe.answers.filter(({ outcome }) => outcome === "not-probed").length;
    const rows = wrong.map(({ listener, version, suite, curve, client, expected, outcome }) => [
      listener,
      version,
      suite,
      curve,
      client,
      expected,
      outcome,
    ]);
    const summary = `${probe.cells} answers under ${probe.profile}: ${wrong.length} wrong, ${missing} not probed.`;
    const head = ["LISTENER", "VERSION", "SUITE", "CURVE", "CLIENT", "EXPECTED", "WAS"];
    const failed = wrong.length > 0 || probe.error !== "";
    return {
      json: probe,
      text: [summary, probe.error, wrong.length === 0 ? "" : table([head, ...rows])]
        .filter((line) => line !== "")
        .join("\n"),
      failed,
    };
  },
};

/** @throws CliError when no worker does it in time */
async function finishedProbe(
  ctx: Session["ctx"],
  { requestedAt, signal }: { readonly requestedAt: string; readonly signal: AbortSignal },
): Promise<TlsProbeRunView> {
  const end = ctx.now().getTime() + patienceMs;
  while (ctx.now().getTime() < end && !signal.aborted) {
    const [newest] = await listTlsProbes(ctx, { limit: 1 });
    if (newest !== undefined && newest.startedAt >= requestedAt && newest.finishedAt !== null) {
      return newest;
    }
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
  throw new CliError(
    "unavailable",
    "No worker has probed the listeners in time.",
    "See that a worker runs (quayside doctor), then look at the list of probes.",
  );
}

export const tlsProbeDevice: Command = {
  words: ["tls", "probe-device"],
  usage: "",
  summary: "Let the prober have a device of its own, for good, expired and revoked certificates.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const created = await createTlsProbeDevice(ctx, {});
    return { json: created, text: `Created ${created.deviceId}; it counts as one device.` };
  },
};
