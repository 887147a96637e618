import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { checkRevocation, cutWithinMs, type RevokedDevice } from "#e2e/chaos/check-revocation.ts";
import type { Identity } from "#e2e/chaos/enrolling-device.ts";
import { openOffice, type Office } from "#e2e/chaos/office.ts";
import { randomMs, type ChaosScenario, type Finding } from "#e2e/chaos/scenario.ts";
import { freePort } from "#server/db/embedded.ts";
import { issueWithKey } from "#server/services/certificate/issue-with-key.ts";
import { revokeManyCertificates } from "#server/services/certificate/revoke-many.ts";
import { createDevice } from "#server/services/device/create.ts";
import { listRevocations } from "#server/services/revocation/list.ts";
import { revocationProof } from "#server/services/revocation/proof.ts";
import type { WorkerProcess } from "#server/testing/installation.ts";
import { RawClient } from "#server/testing/test-listeners.ts";

/** A killed worker counts as running for as long as its heartbeat is fresh. */
const provenWithinMs = 60_000;

type Held = Identity & {
  readonly deviceId: string;
  readonly certificateId: string;
  readonly sha256: string;
};

/** A worker on a port that stays the same when it is started again. */
type Site = { readonly port: number; worker: WorkerProcess };

/**
 * kill -9 of one of two workers around the commit of a revocation, before it may have cut its sessions:
 * every session ends within 5 s on both, none comes back, and the proofs are complete.
 * @param devices connected to each worker
 */
export function revocationKill(devices: number): ChaosScenario {
  return {
    name: "revocation",
    round: `kill -9 of a worker while 2 × ${devices} certificates are revoked`,
    rounds: 20,
    run: async ({ place, rounds, say }) => {
      const office = await openOffice(place);
      const sites = [await startSite(office), await startSite(office)];
      try {
        return await revokeThrough({ office, sites, devices, rounds, say });
      } finally {
        await Promise.all(sites.map(({ worker }) => worker.kill()));
        await office.close();
      }
    },
  };
}

async function startSite(office: Office): Promise<Site> {
  const port = await freePort();
  return { port, worker: await startOn(office, port) };
}

function startOn({ place, env }: Office, port: number): Promise<WorkerProcess> {
  const { ENCRYPTION_KEY = "" } = env;
  return place.startWorker({ ENCRYPTION_KEY, MQTTS_PORT: String(port) });
}

type Run = {
  readonly office: Office;
  readonly sites: readonly Site[];
  readonly devices: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
};

async function revokeThrough(run: Run): Promise<Finding> {
  const problems: string[] = [];
  let slowest = 0;
  for (let round = 0; round < run.rounds; round += 1) {
    const found = await revokeOnce(run, round);
    problems.push(...checkRevocation(found, run.sites.length));
    slowest = Math.max(slowest, ...found.map(({ closedAfter }) => closedAfter ?? 0));
    run.say(
      `${round + 1} kills, slowest cut ${Math.round(slowest)} ms, ${problems.length} problems`,
    );
  }
  const revoked = run.rounds * run.devices * run.sites.length;
  return { problems, facts: { kills: run.rounds, revoked, slowestCutMs: Math.round(slowest) } };
}

async function revokeOnce(run: Run, round: number): Promise<readonly RevokedDevice[]> {
  const { office, sites, devices } = run;
  const held: { readonly device: Held; readonly client: RawClient }[] = [];
  for (const [at, { port }] of sites.entries()) {
    for (let index = 0; index < devices; index += 1) {
      const device = await equip(office, `revoked-${round}-${at}-${index}`);
      held.push({ device, client: await join(office, port, device) });
    }
  }
  const victim = sites[round % sites.length];
  if (victim === undefined) throw new Error("There is no worker.");
  const ids = held.map(({ device }) => device.certificateId);
  const reason = "key_compromise" as const;
  const revoking = revokeManyCertificates(office.ctx, { ids, reason, expected: ids.length });
  const killing = sleep(randomMs(0, 200)).then(() => victim.worker.kill());
  await revoking;
  const since = performance.now();
  const closed = held.map(({ client }) => closedAfter(client, since));
  await killing;
  victim.worker = await startOn(office, victim.port);
  const after = await Promise.all(closed);
  const seen: RevokedDevice[] = [];
  for (const [index, { device }] of held.entries()) {
    seen.push({
      deviceId: device.deviceId,
      closedAfter: after[index],
      returned: await returns(run, device),
      ...(await proven(run, device)),
    });
  }
  for (const { client } of held) client.end();
  return seen;
}

async function equip({ ctx }: Office, name: string): Promise<Held> {
  const { deviceId } = await createDevice(ctx, { name, deviceId: name });
  const issued = await issueWithKey(ctx, { deviceId });
  return {
    deviceId,
    certificateId: issued.certificateId,
    sha256: issued.sha256,
    key: issued.privateKeyPem,
    cert: issued.certificatePem + issued.chainPem,
  };
}

/** @returns the answer to CONNECT, or "closed" */
async function dial({ door }: Office, port: number, { deviceId, key, cert }: Held) {
  const socket = connect({
    host: "127.0.0.1",
    servername: "localhost",
    port,
    ca: door.rootPem,
    key,
    cert,
  });
  await once(socket, "secureConnect");
  const client = new RawClient(socket, 5);
  client.send({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clean: true,
    clientId: deviceId,
    keepalive: 60,
  });
  const answer = await client.next();
  return {
    client,
    isAccepted: answer !== "closed" && answer.cmd === "connack" && answer.reasonCode === 0,
  };
}

async function join(office: Office, port: number, held: Held): Promise<RawClient> {
  const { client, isAccepted } = await dial(office, port, held);
  if (!isAccepted) throw new Error(`${held.deviceId} was refused before it was revoked.`);
  return client;
}

/** Waits twice as long as is allowed. */
async function closedAfter(client: RawClient, since: number): Promise<number | undefined> {
  const over = sleep(cutWithinMs * 2, undefined, { ref: false }).then(() => "open" as const);
  const ended = client.untilClosed().then(() => "closed" as const);
  return (await Promise.race([ended, over])) === "open" ? undefined : performance.now() - since;
}

/** How many workers let the device in again. */
async function returns({ office, sites }: Run, held: Held): Promise<number> {
  let accepted = 0;
  for (const { port } of sites) {
    const { client, isAccepted } = await dial(office, port, held);
    if (isAccepted) accepted += 1;
    client.end();
  }
  return accepted;
}

/** The proof, once it is complete but for the list, or when the time is over. */
async function proven({ office, sites }: Run, { sha256 }: Held) {
  const { revocations } = await listRevocations(office.ctx, { q: sha256 });
  const revocationId = revocations[0]?.id ?? "";
  const until = performance.now() + provenWithinMs;
  for (;;) {
    const proof = await revocationProof(office.ctx, { revocationId });
    const { verdict, checks, audit } = proof;
    const isDone = verdict.kind === "dead" && checks.length >= sites.length;
    if (isDone || performance.now() > until) {
      const checkedBy = checks.map(({ workerId }) => workerId);
      return { verdict: verdict.kind, checkedBy, audited: audit !== null };
    }
    await sleep(500);
  }
}
