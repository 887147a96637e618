import { randomUUID } from "node:crypto";
import { reassertDeviceSessions } from "#server/db/reassert-device-sessions.ts";
import { writeDeviceContacts } from "#server/db/write-device-contacts.ts";
import { writeDeviceSessions } from "#server/db/write-device-sessions.ts";
import type { HistoryStep } from "#server/testing/presence-histories/history.ts";
import {
  databaseTime,
  historyBegin,
  type HistoryWorker,
  type Scene,
} from "#server/testing/presence-histories/scene.ts";

type Of<Kind extends HistoryStep["do"]> = Extract<HistoryStep, { readonly do: Kind }>;

const serverSteps = [
  "worker-gone",
  "worker-goes-on",
  "worker-clock",
  "database-clock",
  "away",
  "expected",
] as const;
type ServerStep = Of<(typeof serverSteps)[number]>;

function isOfServer(step: HistoryStep): step is ServerStep {
  return serverSteps.some((kind) => kind === step.do);
}

/** Does what a step says. @returns how many seconds it takes */
export async function applyStep(scene: Scene, step: HistoryStep): Promise<number> {
  if (isOfServer(step)) return applyToServer(scene, step);
  await applyToDevice(scene, step);
  return 0;
}

async function applyToServer(scene: Scene, step: ServerStep): Promise<number> {
  switch (step.do) {
    case "worker-gone":
    case "worker-goes-on":
    case "worker-clock":
      await changeWorker(scene, step);
      return 0;
    case "database-clock":
    case "away":
      await leaveGap(scene, step);
      return step.do === "away" ? step.seconds : 0;
    case "expected":
      await scene.owner.query("UPDATE profile SET expected_contact_seconds = $2 WHERE id = $1", [
        scene.tenant.profileId,
        step.seconds,
      ]);
      return 0;
  }
}

async function applyToDevice(scene: Scene, step: Exclude<HistoryStep, ServerStep>): Promise<void> {
  switch (step.do) {
    case "connect":
    case "disconnect":
      return writeSession(scene, step);
    case "message":
      return writeContact(scene, step);
    case "state":
      return setState(scene, step);
    case "certificate-ends":
    case "certificate-revoked":
    case "new-credential":
    case "credentials-revoked":
      return changeCredential(scene, step);
  }
}

function deviceOf({ devices, tenant }: Scene, name: string) {
  const device = devices.get(name);
  if (device === undefined) throw new Error(`The history has no device ${name}.`);
  return { tenantId: tenant.tenantId, deviceKey: device.key, id: device.id };
}

async function workerOf({ workers, owner }: Scene, name: string) {
  const known = workers.get(name);
  if (known !== undefined) return known;
  const worker: HistoryWorker = { id: randomUUID(), goneAt: undefined, ahead: 0 };
  workers.set(name, worker);
  await owner.query(
    "INSERT INTO worker_instance (id, host, pid, bus_path, started_at, heartbeat_at) VALUES ($1, 'h', 1, '', now(), now())",
    [worker.id],
  );
  return worker;
}

async function writeSession(scene: Scene, step: Of<"connect" | "disconnect">): Promise<void> {
  const { tenantId, deviceKey } = deviceOf(scene, step.device);
  const worker = await workerOf(scene, step.worker ?? "A");
  const byWorker = (time: number): Date => new Date(historyBegin + (time + worker.ahead) * 1000);
  const session = `${step.device} ${step.worker ?? "A"}`;
  const connected = step.do === "connect";
  const { happened = step.at } = step;
  const since = step.do === "connect" ? happened : step.connected;
  if (since !== undefined) scene.connectedAt.set(session, since);
  const written = step.at + (step.do === "disconnect" ? (step.writtenAfter ?? 0) : 0);
  const row = {
    tenantId,
    deviceKey,
    connected,
    workerId: worker.id,
    connectedAt: byWorker(scene.connectedAt.get(session) ?? happened),
    disconnectedAt: connected ? null : byWorker(happened),
    disconnectReason: step.do === "connect" ? null : (step.reason ?? "connection lost"),
    remoteAddress: "10.0.0.1",
    clientId: step.device,
    protocol: "MQTT 5.0",
    tlsVersion: null,
    tlsCipher: null,
    certificateSha256: null,
  };
  const clock = { sentAt: byWorker(written), now: databaseTime(scene, written) };
  await writeDeviceSessions(scene.database.ingest, [row], [], clock);
}

async function writeContact(scene: Scene, step: Of<"message">): Promise<void> {
  const worker = await workerOf(scene, step.worker ?? "A");
  const byWorker = (time: number): Date => new Date(historyBegin + (time + worker.ahead) * 1000);
  const { tenantId, deviceKey } = deviceOf(scene, step.device);
  const { happened = step.at, age = 0 } = step;
  const row = {
    tenantId,
    deviceKey,
    lastMessageAt: byWorker(happened),
    contactAt: byWorker(happened - age),
    firmware: null,
  };
  const clock = { sentAt: byWorker(step.at), now: databaseTime(scene, step.at) };
  await writeDeviceContacts(scene.database.ingest, [row], clock);
}

async function changeWorker(
  scene: Scene,
  step: Of<"worker-gone" | "worker-goes-on" | "worker-clock">,
): Promise<void> {
  const worker = await workerOf(scene, step.worker);
  if (step.do === "worker-clock") {
    worker.ahead = step.ahead;
    return;
  }
  worker.goneAt = step.do === "worker-gone" ? step.at : undefined;
  const heartbeat = databaseTime(scene, step.at);
  await scene.owner.query("UPDATE worker_instance SET heartbeat_at = $2 WHERE id = $1", [
    worker.id,
    heartbeat,
  ]);
  if (step.do === "worker-gone") return;
  const sessions = step.devices.map((name) => deviceOf(scene, name));
  await reassertDeviceSessions(scene.database.ingest, worker.id, sessions, heartbeat);
}

/** The judge looked a moment before it. */
async function leaveGap(scene: Scene, step: Of<"database-clock" | "away">): Promise<void> {
  await scene.owner.query("UPDATE telemetry.presence_engine SET looked_at = $1", [
    databaseTime(scene, step.at),
  ]);
  scene.isGap = true;
  if (step.do === "database-clock") scene.ahead = step.ahead;
}

/** The trigger goes by the database's own clock; the history has another. */
async function setState(scene: Scene, { device, state, at }: Of<"state">): Promise<void> {
  const { deviceKey } = deviceOf(scene, device);
  const key = deviceKey.toString();
  await scene.owner.query('UPDATE device SET state = $2::"DeviceState" WHERE key = $1', [
    key,
    state,
  ]);
  const now = databaseTime(scene, at);
  await scene.owner.query(
    "UPDATE device_presence_event SET at = $2 WHERE device_key = $1 AND at < $3",
    [key, now, new Date(historyBegin)],
  );
  await scene.owner.query(
    "UPDATE device_presence SET due_at = $2, since = CASE WHEN since < $3 THEN $2 ELSE since END WHERE device_key = $1",
    [key, now, new Date(historyBegin)],
  );
}

async function changeCredential(
  scene: Scene,
  step: Of<"certificate-ends" | "certificate-revoked" | "new-credential" | "credentials-revoked">,
): Promise<void> {
  const { id, tenantId } = deviceOf(scene, step.device);
  const now = databaseTime(scene, step.at);
  if (step.do === "certificate-revoked") {
    await scene.owner.query(
      "UPDATE certificate SET state = 'revoked', revoked_at = $2 WHERE device_id = $1",
      [id, now],
    );
  } else if (step.do === "credentials-revoked") {
    await scene.owner.query("UPDATE device_credential SET revoked_at = $2 WHERE device_id = $1", [
      id,
      now,
    ]);
  } else if (step.do === "new-credential") {
    await scene.owner.query(
      "INSERT INTO device_credential (tenant_id, device_id, kind, secret_hash, created_by) VALUES ($1, $2, 'token', sha256($3::text::bytea), 't')",
      [tenantId, id, id],
    );
  } else {
    await scene.owner.query(
      `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256,
         key_algorithm, not_before, not_after, state, pem, issued_by)
       VALUES ($1, $2, $3, '1', 'i', 's', 'x', 'EC P-256', $4, $5, 'active', 'pem', 't')`,
      [tenantId, id, randomUUID(), now, new Date(now.getTime() + step.in * 1000)],
    );
  }
}
