/** What devices that enrol themselves were answered, and what the database holds in the end. */
export type EnrolmentHistory = {
  /** Devices that asked, by id. */
  readonly asked: ReadonlySet<string>;
  /** Each answer: the device and the fingerprint of the certificate that it was given, or came with. */
  readonly answers: readonly Held[];
  /** Devices whose message, sent with that certificate, was acknowledged. */
  readonly heard: ReadonlySet<string>;
  /** One entry for every device of the group. */
  readonly devices: readonly string[];
  /** One entry for every certificate of these devices that can be used. */
  readonly usable: readonly Held[];
  /** One entry for every audit event `device.create` of these devices. */
  readonly created: readonly string[];
  /** One entry for every request that was kept. */
  readonly requests: readonly { readonly deviceId: string; readonly state: string }[];
  /** As the group counts them. */
  readonly enrolled: number;
  /** Uses of all its claims and secrets; undefined when devices need none. */
  readonly uses: number | undefined;
};

export type Held = { readonly deviceId: string; readonly sha256: string };

/**
 * Every device that asked is there once, holds the one certificate that it was told, and is counted
 * once. Pure.
 * @returns a sentence for each thing that was lost, doubled or invented; empty when all is well
 */
export function checkEnrolment(history: EnrolmentHistory): readonly string[] {
  return [
    ...onceEach("devices", history.asked, history.devices),
    ...onceEach("audit events of its making", history.asked, history.created),
    ...certificateProblems(history),
    ...requestProblems(history),
    ...countProblems(history),
  ];
}

function certificateProblems({ asked, answers, usable, heard }: EnrolmentHistory): string[] {
  const found: string[] = [];
  for (const deviceId of asked) {
    const told = new Set(of(deviceId, answers));
    const kept = of(deviceId, usable);
    if (told.size === 0) found.push(`${deviceId} was never answered.`);
    if (told.size > 1) found.push(`${deviceId} was answered with ${told.size} certificates.`);
    for (const sha256 of told) {
      if (!kept.includes(sha256)) found.push(`${deviceId} was given a certificate that is lost.`);
    }
    if (kept.length > 1) found.push(`${deviceId} has ${kept.length} usable certificates.`);
    if (!heard.has(deviceId)) found.push(`${deviceId} cannot use what it was given.`);
  }
  return found;
}

function of(deviceId: string, held: readonly Held[]): readonly string[] {
  return held.filter((each) => each.deviceId === deviceId).map(({ sha256 }) => sha256);
}

/** The same request is kept once however often it came, and ends as enrolled. */
function requestProblems({ asked, requests }: EnrolmentHistory): string[] {
  const open = requests
    .filter(({ state }) => state !== "enrolled")
    .map(({ deviceId, state }) => `A request of ${deviceId} is left ${state}.`);
  const ids = requests.map(({ deviceId }) => deviceId);
  return [...onceEach("requests", asked, ids), ...open];
}

function countProblems({ asked, enrolled, uses }: EnrolmentHistory): string[] {
  const problems: string[] = [];
  if (enrolled !== asked.size) problems.push(`The group counts ${enrolled} of ${asked.size}.`);
  if (uses !== undefined && uses !== asked.size) {
    problems.push(`${uses} uses are counted for ${asked.size} devices.`);
  }
  return problems;
}

function onceEach(
  what: string,
  wanted: ReadonlySet<string>,
  found: readonly string[],
): readonly string[] {
  const counts = new Map<string, number>();
  for (const id of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  const wrong = [...wanted]
    .filter((id) => counts.get(id) !== 1)
    .map((id) => `${id}: ${counts.get(id) ?? 0} ${what}.`);
  const strange = [...counts.keys()]
    .filter((id) => !wanted.has(id))
    .map((id) => `${id} never asked and has ${counts.get(id) ?? 0} ${what}.`);
  return [...wrong, ...strange];
}

/** What was seen of a batch. */
export type BatchHistory = {
  /** Devices of its file, by id. */
  readonly wanted: ReadonlySet<string>;
  /** How many of its devices were there at each look, in order. */
  readonly looks: readonly number[];
  readonly state: string;
  /** In the end, one entry for every device. */
  readonly devices: readonly string[];
  /** One entry for every certificate of these devices, and whether the key kept for it is its own. */
  readonly certificates: readonly { readonly deviceId: string; readonly fits: boolean }[];
  /** Audit events that say that it was made. */
  readonly made: number;
};

/**
 * A batch is made whole and once. Pure.
 * @returns a sentence for each thing that is wrong
 */
export function checkBatch(history: BatchHistory): readonly string[] {
  const { wanted, looks, state, devices, certificates, made } = history;
  const problems: string[] = [];
  const part = looks.find((count) => count !== 0 && count !== wanted.size);
  if (part !== undefined) problems.push(`${part} of ${wanted.size} devices were seen.`);
  if (looks.some((count, at) => count < (looks[at - 1] ?? 0))) problems.push("Devices vanished.");
  if (state !== "sampling") problems.push(`The batch is ${state}.`);
  if (made !== 1) problems.push(`${made} audit events say that it was made.`);
  for (const { deviceId, fits } of certificates) {
    if (!fits) problems.push(`${deviceId} has another's key.`);
  }
  const holders = certificates.map(({ deviceId }) => deviceId);
  return [
    ...problems,
    ...onceEach("devices", wanted, devices),
    ...onceEach("certificates", wanted, holders),
  ];
}
