import { readFile } from "node:fs/promises";
import { runJobAlone } from "#server/db/run-job-alone.ts";
import type { Tx } from "#server/db/client.ts";
import { withInstallation } from "#server/db/tenant.ts";
import { whyProbe } from "#server/domain/tls-probe-due.ts";
import { probeAddress, type ProbeListener } from "#server/domain/tls-probe-plan.ts";
import { tlsProfileOf, tlsProfiles } from "#server/domain/tls-profiles.ts";
import type { MqttListeners } from "#server/gateway/mqtt/listener.ts";
import { makeStrangers, type ProbeIdentities } from "#server/jobs/tls-probe-clients.ts";
import { runTlsProbe, type ProbedListener } from "#server/jobs/tls-probe.ts";
import type { ListenerTlsKeeper } from "#server/main/keep-listener-tls.ts";
import { repeat, type Stop, type WorkerParts } from "#server/main/worker-parts.ts";
import { systemContext } from "#server/services/system-context.ts";
import {
  prepareProbeCertificates,
  readProbeIdentity,
} from "#server/services/tls/probe-identity.ts";
import { readChosenProfile, readProbeRequest } from "#server/services/tls/settings.ts";

/** What is due and nobody was told of is done after so long. */
const lookMs = 600_000;
/** The other workers take a change in a moment later. */
const settleMs = 1_000;
/** A worker that has just started has other things to do. */
const firstLookMs = 60_000;

/**
 * Probes the TLS listeners: daily, after a change of their profile or certificate, and when somebody
 * asks. One worker of all does it.
 * @returns stops it
 */
export function startTlsProbe(
  parts: WorkerParts,
  { ports }: Pick<MqttListeners, "ports">,
  tls: ListenerTlsKeeper,
): Stop {
  const { followers, log } = parts;
  const timers = new Set<NodeJS.Timeout>();
  let running: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => {
    running = running.then(() =>
      probeWhenDue(parts, ports, tls).catch((error: unknown) => {
        log.warn({ event: "tls.probe_failed", reason: String(error) });
      }),
    );
    return running;
  };
  const lookAfter = (ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void look();
    }, ms);
    timer.unref();
    timers.add(timer);
  };
  lookAfter(firstLookMs);
  followers.set("probe", () => void look());
  followers.set("trust", () => lookAfter(settleMs));
  const stopLooking = repeat(lookMs, look);
  return async () => {
    for (const timer of timers) clearTimeout(timer);
    await stopLooking();
    await running;
  };
}

async function probeWhenDue(
  parts: WorkerParts,
  ports: MqttListeners["ports"],
  tls: ListenerTlsKeeper,
): Promise<void> {
  const { db, clock, workerId, log } = parts;
  if ((await why(parts)) === undefined) return;
  const result = await runJobAlone(db, {
    name: "tls.probe",
    freshSeconds: 0,
    // Another worker may have done it in between.
    work: async () => {
      const requestedBy = await why(parts);
      if (requestedBy === undefined) return "probed in this moment by another worker";
      await tls.refresh();
      return runTlsProbe({
        db,
        workerId,
        clock,
        profile: tlsProfileOf(tls.current().profile),
        requestedBy,
        listeners: await probedListeners(parts, ports, tls),
        identities: () => identitiesOf(parts),
      });
    },
  });
  if (result.outcome === "failed") {
    log.warn({ event: "tls.probe_failed", reason: result.detail });
  }
}

async function why({ db, system }: WorkerParts): Promise<string | undefined> {
  return withInstallation(db, async (tx) => {
    const last = await tx.tlsProbeRun.findFirst({
      orderBy: { startedAt: "desc" },
      select: { startedAt: true },
    });
    const lastAt = last?.startedAt ?? null;
    const request = await readProbeRequest(tx);
    return whyProbe({ now: system.now(), lastAt, request, changedAt: await changedAt(tx) });
  });
}

/** When the profile or the certificate of the listeners changed last. */
async function changedAt(tx: Tx): Promise<Date | null> {
  const { changedAt: profileAt } = await readChosenProfile(tx);
  const certificate = await tx.serverCertificate.findFirst({
    where: { replacedAt: null },
    orderBy: { createdAt: "desc" },
    select: { createdAt: true },
  });
  const certificateAt = certificate?.createdAt ?? null;
  if (profileAt === null || certificateAt === null) return profileAt ?? certificateAt;
  return profileAt > certificateAt ? profileAt : certificateAt;
}

/** The listeners, as they are reached from this machine. */
async function probedListeners(
  { env }: WorkerParts,
  ports: MqttListeners["ports"],
  tls: ListenerTlsKeeper,
): Promise<readonly ProbedListener[]> {
  const { cert: certPem, profile: name } = tls.current();
  const profile = tlsProfileOf(name);
  const localAddress = process.platform === "linux" ? probeAddress : undefined;
  const at = (listener: ProbeListener, port: number): ProbedListener => ({
    listener,
    target: { host: "127.0.0.1", port, localAddress },
    profile,
    certPem,
  });
  const devices = [
    at("mqtts", ports.mqtts),
    at("wss", ports.wss),
    at("device-https", env.DEVICE_HTTPS_PORT),
  ];
  if (env.TLS_CERT === undefined) return devices;
  const host = env.HOST === "0.0.0.0" ? "127.0.0.1" : env.HOST;
  const console: ProbedListener = {
    listener: "console",
    target: { host, port: env.PORT },
    profile: tlsProfiles["nist-800-52r2"],
    certPem: await readFile(env.TLS_CERT, "utf8"),
  };
  return [...devices, console];
}

/** Every kind of client certificate that can be had. */
async function identitiesOf({ db, system, clock }: WorkerParts): Promise<ProbeIdentities> {
  const strangers = await makeStrangers(clock());
  const identity = await withInstallation(db, readProbeIdentity);
  if (identity === undefined) {
    const missing = "The prober has no device: an administrator of the operator may create it.";
    const none = { missing };
    return { ...strangers, good: none, expired: none, revoked: none };
  }
  const ctx = systemContext(system, { tenantId: identity.tenantId, name: "tls-probe" });
  try {
    return { ...strangers, ...(await prepareProbeCertificates(ctx, identity)) };
  } catch (error) {
    const missing = error instanceof Error ? error.message : String(error);
    const none = { missing };
    return { ...strangers, good: none, expired: none, revoked: none };
  }
}
