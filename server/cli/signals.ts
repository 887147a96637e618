/** What a simulated device is; decides which values it sends. */
export type DeviceKind = "pump" | "smart-meter";

/** How a simulated device behaves beyond sending its values. */
export type Behaviour =
  | { readonly name: "steady" }
  /** Loses its connection now and then, comes back and sends what it kept. */
  | { readonly name: "dropouts"; readonly everySeconds: number; readonly forSeconds: number }
  /** Slowly leaves its usual range, as a wearing bearing does. */
  | { readonly name: "drift"; readonly perHour: number }
  /** Sends messages that do not fit its schema, one in `every`. */
  | { readonly name: "bad-schema"; readonly every: number };

/** Values of one message. */
export type Values = Readonly<Record<string, number | boolean | string>>;

/** Slow state of a device, carried from message to message. */
export type SignalState = {
  readonly elapsedSeconds: number;
  readonly battery: number;
  /** Random walk around zero, per device. */
  readonly wander: number;
  readonly total: number;
};

export const initialSignal: SignalState = {
  elapsedSeconds: 0,
  battery: 100,
  wander: 0,
  total: 0,
};

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/**
 * The next state after `seconds`.
 * @param random uniform in [0, 1)
 */
export function advanceSignal(
  state: SignalState,
  { seconds, random }: { readonly seconds: number; readonly random: () => number },
): SignalState {
  const battery = state.battery - seconds * (0.002 + random() * 0.002);
  return {
    elapsedSeconds: state.elapsedSeconds + seconds,
    // A new battery comes when the old one is nearly empty.
    battery: battery < 5 ? 100 : battery,
    // Pulled back to zero, so that it wanders without running away.
    wander: state.wander * 0.98 + (random() - 0.5) * 0.4,
    total: state.total + seconds * (0.5 + random() * 0.1),
  };
}

/** A wave of the given period, from -1 to 1. */
function wave(state: SignalState, periodSeconds: number): number {
  return Math.sin((state.elapsedSeconds / periodSeconds) * 2 * Math.PI);
}

function pumpValues(state: SignalState, drift: number): Values {
  const load = 0.6 + 0.3 * wave(state, 600);
  return {
    temperature: rounded(41 + 9 * load + state.wander + drift, 2),
    flow: rounded(Math.max(0, 12 * load + 0.3 * state.wander), 2),
    pressure: rounded(3.2 + 0.8 * load - 0.02 * drift, 3),
    vibration: rounded(0.03 + 0.01 * Math.abs(state.wander) + 0.004 * drift, 4),
    running: load > 0.35,
    battery: rounded(state.battery, 1),
  };
}

function meterValues(state: SignalState): Values {
  const flow = Math.max(0, 0.4 + 0.4 * wave(state, 900) + 0.05 * state.wander);
  return {
    flow: rounded(flow, 3),
    volume: rounded(state.total, 3),
    temperature: rounded(9 + 1.5 * wave(state, 3_600) + 0.2 * state.wander, 2),
    leak: false,
    battery: rounded(state.battery, 1),
  };
}

/** The values that a device of this kind measures in this state. */
export function valuesOf(kind: DeviceKind, state: SignalState, behaviour: Behaviour): Values {
  const drift = behaviour.name === "drift" ? (behaviour.perHour * state.elapsedSeconds) / 3_600 : 0;
  switch (kind) {
    case "pump":
      return pumpValues(state, drift);
    case "smart-meter":
      return meterValues(state);
  }
}

/** The payload of message number `sequence`: the full envelope, or something that does not fit. */
export function payloadOf(input: {
  readonly values: Values;
  readonly behaviour: Behaviour;
  readonly sequence: number;
  readonly ts: number;
}): string {
  const { values, behaviour, sequence, ts } = input;
  const envelope = { id: `${ts.toString(36)}-${sequence}`, ts, seq: sequence };
  if (behaviour.name === "bad-schema" && sequence % behaviour.every === 0) {
    return JSON.stringify({ ...envelope, values: { ...values, temperature: "warm" } });
  }
  return JSON.stringify({ ...envelope, values });
}

/** Whether the device is without its connection at this time of its life. */
export function isDroppedOut(behaviour: Behaviour, elapsedSeconds: number): boolean {
  if (behaviour.name !== "dropouts") return false;
  const phase = elapsedSeconds % (behaviour.everySeconds + behaviour.forSeconds);
  return phase >= behaviour.everySeconds;
}

/** What a device measured before it was installed here, as it kept it: batches of readings, oldest first. */
export type Recorded = { readonly state: SignalState; readonly payloads: readonly string[] };

/** A message has at most 2 000 keys. */
const readingsInBatch = 150;
/** Between two readings of a record: no further apart than where a chart of pumps shows a gap. */
const recordedSeconds = 60;

/**
 * Lets a device live through the time before `until`. The instants are multiples of the step and
 * the ids follow from them, so that a device that sends its record again sends nothing new.
 * @param at.until epoch milliseconds
 * @returns the batches, and the state in which it goes on
 */
export function recordOf(
  kind: DeviceKind,
  at: {
    readonly until: number;
    readonly hours: number;
    readonly random: () => number;
  },
): Recorded {
  const stepMs = recordedSeconds * 1_000;
  const last = Math.floor(at.until / stepMs) * stepMs;
  const count = Math.floor((at.hours * 3_600) / recordedSeconds);
  let state = initialSignal;
  const readings = Array.from({ length: count }, (_, index) => {
    state = advanceSignal(state, { seconds: recordedSeconds, random: at.random });
    const ts = last - (count - 1 - index) * stepMs;
    return { id: `r${ts.toString(36)}`, ts, values: valuesOf(kind, state, { name: "steady" }) };
  });
  const batches = Math.ceil(readings.length / readingsInBatch);
  const payloads = Array.from({ length: batches }, (_, index) =>
    JSON.stringify(readings.slice(index * readingsInBatch, (index + 1) * readingsInBatch)),
  );
  // Dropouts and drift begin with the life that people watch.
  return { state: { ...state, elapsedSeconds: 0 }, payloads };
}
