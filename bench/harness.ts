import { median, medianRatio, rounded } from "#bench/statistics.ts";

/** What one measurement of one arm gave. */
export type Measurement = {
  readonly value: number;
  /** CPU of the server under test and its database for a million of what is counted. */
  readonly cpuSecondsPerMillion?: number;
  /** Anything else worth printing, by name. */
  readonly more?: Readonly<Record<string, number>>;
};

/** One of the things compared. It is running already; `measure` runs the load for some seconds. */
export type Arm = { readonly name: string; measure(): Promise<Measurement> };

/** Arms ready to be measured; the first is ours. */
export type Prepared = { readonly arms: readonly Arm[]; stop(): Promise<void> };

/** What a run may change, to try a scenario in less time. */
export type Settings = {
  /** Of those scenarios that hold connections. */
  readonly connections: number | undefined;
  /** Of those that load for long. */
  readonly seconds: number | undefined;
  /** Folder with an installed Node-RED, to be measured beside P1. */
  readonly nodeRed: string | undefined;
  /** Of the fleet whose table is read. */
  readonly devices: number | undefined;
  /** In the store whose charts are read. */
  readonly values: number | undefined;
};

export type Scenario = {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  /** Unless told otherwise. */
  readonly rounds?: number;
  /** Starts everything. `say` is for progress and for arms that had to be left out. */
  prepare(say: (line: string) => void, settings: Settings): Promise<Prepared>;
};

/** One line of output. `ratios` are ours divided by the other's. */
export type Result = {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratios: Readonly<Record<string, number>>;
  readonly arms: Readonly<Record<string, number>>;
  readonly cpuSecondsPerMillion: number | null;
  readonly more: Readonly<Record<string, number>>;
  readonly rounds: number;
};

/** A/B/C, then C/B/A, and so on: none of them always runs first, or after the same other. */
export function orderOf<T>(arms: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? arms : arms.toReversed();
}

/** Medians over the rounds, and medians of the ratios of every round. */
export function summarise(
  scenario: Pick<Scenario, "id" | "name" | "unit">,
  measured: ReadonlyMap<string, readonly Measurement[]>,
): Result {
  const [ours = "", ...others] = measured.keys();
  const valuesOf = (name: string) => (measured.get(name) ?? []).map(({ value }) => value);
  const own = measured.get(ours) ?? [];
  const cpu = own.flatMap(({ cpuSecondsPerMillion }) => cpuSecondsPerMillion ?? []);
  const extra = Object.keys(own[0]?.more ?? {});
  return {
    id: scenario.id,
    name: scenario.name,
    value: rounded(median(valuesOf(ours))),
    unit: scenario.unit,
    ratios: Object.fromEntries(
      others.map((name) => [name, rounded(medianRatio(valuesOf(ours), valuesOf(name)))]),
    ),
    arms: Object.fromEntries(
      [...measured.keys()].map((name) => [name, rounded(median(valuesOf(name)))]),
    ),
    cpuSecondsPerMillion: cpu.length === 0 ? null : rounded(median(cpu)),
    more: Object.fromEntries(
      extra.map((key) => [key, rounded(median(own.map(({ more }) => more?.[key] ?? Number.NaN)))]),
    ),
    rounds: own.length,
  };
}

/** Runs every arm once in every round, interleaved. */
export async function runScenario(
  scenario: Scenario,
  {
    rounds,
    say,
    settings,
  }: {
    readonly rounds: number;
    readonly say: (line: string) => void;
    readonly settings: Settings;
  },
): Promise<Result> {
  const prepared = await scenario.prepare(say, settings);
  const { arms } = prepared;
  try {
    const measured = new Map<string, Measurement[]>(arms.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const arm of orderOf(arms, round)) {
        const measurement = await arm.measure();
        measured.get(arm.name)?.push(measurement);
        const { value, cpuSecondsPerMillion: cpu, more: extra } = measurement;
        const more = { ...(cpu === undefined ? {} : { cpuSecondsPerMillion: cpu }), ...extra };
        const rest = Object.entries(more).map(([name, of]) => `, ${name} ${rounded(of)}`);
        say(`round ${round + 1}: ${arm.name} ${rounded(value)} ${scenario.unit}${rest.join("")}`);
      }
    }
    return summarise(scenario, measured);
  } finally {
    await prepared.stop();
  }
}
