import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { checkEnrolment, type EnrolmentHistory, type Held } from "#e2e/chaos/check-enrolment.ts";
import {
  enrolByClaim,
  enrolByEst,
  sendOnce,
  type Applicant,
  type Door,
  type Identity,
} from "#e2e/chaos/enrolling-device.ts";
import { openOffice, type Office } from "#e2e/chaos/office.ts";
import { randomMs, type ChaosScenario, type Finding } from "#e2e/chaos/scenario.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";
import { createClaimCertificate } from "#server/services/enrolment/create-claim-certificate.ts";
import { createEnrolmentGroup } from "#server/services/enrolment/create-group.ts";
import { createEnrolmentSecret } from "#server/services/enrolment/create-secret.ts";
import { proveCustomerCa } from "#server/services/enrolment/prove-customer-ca.ts";
import { registerCustomerCa } from "#server/services/enrolment/register-customer-ca.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { makeCustomerAuthority } from "#server/testing/customer-authority.ts";
import { encodePem } from "#server/pki/pem.ts";
import type { Installation } from "#server/testing/installation.ts";

const rushWithinMs = 240_000;

/** A group with the devices that want to come by it. */
type Rush = {
  readonly what: string;
  readonly groupId: string;
  readonly ids: readonly string[];
  /** Whether the group counts uses of a claim or secret. */
  readonly hasUses: boolean;
  /** Brings one device in. @returns what it holds then */
  enter(deviceId: string, signal: AbortSignal): Promise<Identity>;
  readonly answers: Held[];
  readonly heard: Set<string>;
};

/**
 * kill -9 of the worker, and every other time of the signer, while devices enrol by a claim
 * certificate over MQTT, by EST with a secret, and by a customer's CA: each is there once.
 * @param devices of each way in, all at once
 */
export function enrolmentKill(devices: number): ChaosScenario {
  return {
    name: "enrolment-kill",
    round: `kill -9 of the worker while 3 × ${devices} devices enrol`,
    rounds: 100,
    run: async ({ place, rounds, say }) => {
      const office = await openOffice(place);
      try {
        return await killThrough({ place, office, devices, rounds, say });
      } finally {
        await office.close();
      }
    },
  };
}

type Run = {
  readonly place: Installation;
  readonly office: Office;
  readonly devices: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
};

/** One rush after another, until the worker was killed as often as asked. */
async function killThrough(run: Run): Promise<Finding> {
  const { office, devices, rounds, say } = run;
  const problems: string[] = [];
  let kills = 0;
  let enrolled = 0;
  for (let number = 0; kills < rounds; number += 1) {
    const rushes = await prepare(office, number, devices);
    const ended = await killUntilEntered(run, rushes, rounds - kills);
    kills += ended.kills;
    problems.push(...ended.problems);
    for (const rush of rushes) {
      const found = checkEnrolment(await observe(run, rush));
      problems.push(...found.map((problem) => `${rush.what}: ${problem}`));
      enrolled += rush.heard.size;
    }
    say(`${kills} kills, ${enrolled} devices enrolled, ${problems.length} problems`);
  }
  return { problems, facts: { kills, enrolled } };
}

/**
 * The last worker stays until every device has entered, and has asked again as one does that has lost
 * the answer: it gets the same, also from a claim that is used up.
 * @returns why devices stayed outside
 */
async function killUntilEntered(
  { place, office }: Run,
  rushes: readonly Rush[],
  most: number,
): Promise<{ readonly kills: number; readonly problems: readonly string[] }> {
  let isOver = false;
  const first = enterAll(office.door, rushes).finally(() => {
    isOver = true;
  });
  for (let kills = 0; ; kills += 1) {
    const worker = await place.startWorker(office.env);
    try {
      await untilMore(rushes, () => isOver || kills === most);
      if (isOver || kills === most) {
        const problems = await first;
        return { kills, problems: [...problems, ...(await enterAll(office.door, rushes))] };
      }
      if (kills % 2 === 1) await place.replaceSigner(randomMs(0, 300));
      await sleep(randomMs(0, 300));
    } finally {
      await worker.kill();
    }
  }
}

/** Resolves when a few more devices were answered, or heard, than now. */
async function untilMore(rushes: readonly Rush[], isEnough: () => boolean): Promise<void> {
  const done = () =>
    rushes.reduce((sum, { answers, heard }) => sum + answers.length + heard.size, 0);
  const goal = done() + randomInt(1, 1 + Math.ceil(rushes.flatMap(({ ids }) => ids).length / 5));
  while (done() < goal && !isEnough()) await sleep(5);
}

/** @returns what kept devices outside */
async function enterAll(door: Door, rushes: readonly Rush[]): Promise<readonly string[]> {
  const entering = rushes.flatMap((rush) => rush.ids.map((id) => enter(door, rush, id)));
  const ended = await Promise.allSettled(entering);
  return ended.flatMap((each) => (each.status === "rejected" ? [String(each.reason)] : []));
}

/** The device comes in, and sends a message with what it was given. */
async function enter(door: Door, rush: Rush, deviceId: string): Promise<void> {
  const signal = AbortSignal.timeout(rushWithinMs);
  const { cert, key } = await rush.enter(deviceId, signal);
  rush.answers.push({ deviceId, sha256: describeCertificate(cert).sha256 });
  await sendOnce(door, { deviceId, cert, key }, signal);
  rush.heard.add(deviceId);
}

async function prepare(office: Office, number: number, count: number): Promise<readonly Rush[]> {
  return [
    await claimRush(office, `claim-${number}`, count),
    await estRush(office, `est-${number}`, count),
    await customerRush(office, `customer-${number}`, count),
  ];
}

async function createGroup({ ctx, place }: Office, kind: EnrolmentKind, name: string) {
  return createEnrolmentGroup(ctx, {
    name,
    kind,
    rules: { profileId: place.profileId },
    notes: "",
  });
}

function rushOf(
  what: string,
  at: Pick<Rush, "groupId" | "hasUses" | "enter"> & { readonly count: number },
): Rush {
  const { count, ...rest } = at;
  const ids = Array.from({ length: count }, (_, index) => `${what}-${index}`);
  return { what, ids, answers: [], heard: new Set(), ...rest };
}

/** A device makes its key and its request once, and asks with the same as often as it must. */
function requests(): (deviceId: string) => Promise<Applicant & { readonly key: string }> {
  const made = new Map<string, Promise<Applicant & { readonly key: string }>>();
  const make = async (deviceId: string) => {
    const { csrPem, keys } = await makeRequest({ commonName: deviceId });
    const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return { deviceId, csrPem, key: encodePem("PRIVATE KEY", new Uint8Array(pkcs8)) };
  };
  return (deviceId) => {
    const applicant = made.get(deviceId) ?? make(deviceId);
    made.set(deviceId, applicant);
    return applicant;
  };
}

/** As many uses as devices: one that counted twice would keep another device out. */
async function claimRush(office: Office, what: string, count: number): Promise<Rush> {
  const { id: groupId, publicId } = await createGroup(office, "claim", what);
  const made = await createClaimCertificate(office.ctx, {
    groupId,
    name: what,
    days: 30,
    maxUses: count,
  });
  const claim = { publicId, cert: made.certificatePem + made.chainPem, key: made.privateKeyPem };
  const applicant = requests();
  const enterOne: Rush["enter"] = async (deviceId, signal) => {
    const device = await applicant(deviceId);
    const pem = await enrolByClaim(office.door, device, { claim, signal });
    return { cert: pem + office.issuingPem, key: device.key };
  };
  return rushOf(what, { groupId, hasUses: true, count, enter: enterOne });
}

async function estRush(office: Office, what: string, count: number): Promise<Rush> {
  const { id: groupId } = await createGroup(office, "est", what);
  const made = { groupId, name: what, hours: 1, maxUses: count };
  const { secret } = await createEnrolmentSecret(office.ctx, made);
  const applicant = requests();
  const enterOne: Rush["enter"] = async (deviceId, signal) => {
    const device = await applicant(deviceId);
    const pem = await enrolByEst(office.door, device, { secret, signal });
    return { cert: pem + office.issuingPem, key: device.key };
  };
  return rushOf(what, { groupId, hasUses: true, count, enter: enterOne });
}

/** Devices that have their certificates already; they are registered when they first connect. */
async function customerRush(office: Office, what: string, count: number): Promise<Rush> {
  const authority = await makeCustomerAuthority(what);
  const { id: groupId } = await createGroup(office, "customer_ca", what);
  const { ctx } = office;
  const made = await registerCustomerCa(ctx, { groupId, name: what, pem: authority.pem });
  const { cert } = await authority.issue({ commonName: made.challenge });
  await proveCustomerCa(ctx, { authorityId: made.authorityId, certificatePem: cert });
  const issued = new Map<string, Identity>();
  const enterOne: Rush["enter"] = async (deviceId) => {
    const identity = issued.get(deviceId) ?? (await authority.issue({ commonName: deviceId }));
    issued.set(deviceId, identity);
    return { cert: identity.cert, key: identity.key };
  };
  return rushOf(what, { groupId, hasUses: false, count, enter: enterOne });
}

type Observed = {
  readonly devices: readonly string[];
  readonly usable: readonly Held[];
  readonly created: readonly string[];
  readonly requests: EnrolmentHistory["requests"];
  readonly enrolled: number;
  readonly uses: number;
};

/** Everything at one moment; the audit trail by the ids that devices of the rush have. */
async function observe({ place }: Run, rush: Rush): Promise<EnrolmentHistory> {
  const { groupId, what, ids, answers, heard, hasUses } = rush;
  const client = new pg.Client({ connectionString: place.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ observed: Observed }>(
      `WITH own AS (SELECT id, device_id FROM device WHERE enrolment_group_id = $1)
       SELECT json_build_object(
         'devices', (SELECT coalesce(json_agg(device_id), '[]') FROM own),
         'usable', (SELECT coalesce(json_agg(json_build_object('deviceId', own.device_id, 'sha256', c.sha256)), '[]')
           FROM certificate c JOIN own ON own.id = c.device_id
           WHERE c.state IN ('issued', 'active', 'superseded') AND c.not_after > now()),
         'created', (SELECT coalesce(json_agg(substr(target, 8)), '[]') FROM audit_event
           WHERE action_code = 'device.create' AND target LIKE 'device:' || $2 || '-%'),
         'requests', (SELECT coalesce(json_agg(json_build_object('deviceId', registration_id, 'state', state)), '[]')
           FROM enrolment_request WHERE group_id = $1),
         'enrolled', (SELECT enrolled FROM enrolment_group WHERE id = $1),
         'uses', (SELECT coalesce(sum(uses), 0) FROM enrolment_credential WHERE group_id = $1)
       ) AS observed`,
      [groupId, what],
    );
    const [row] = rows;
    if (row === undefined) throw new Error("Nothing was observed.");
    const { uses, ...observed } = row.observed;
    return { asked: new Set(ids), answers, heard, ...observed, uses: hasUses ? uses : undefined };
  } finally {
    await client.end();
  }
}
