import { openOffice } from "#e2e/chaos/office.ts";
import { calmStage } from "#e2e/chaos/presence/stories-calm.ts";
import { disturbedStages } from "#e2e/chaos/presence/stories-disturbed.ts";
import { stepsOf } from "#e2e/chaos/presence/steps-of.ts";
import type { Stage } from "#e2e/chaos/presence/story.ts";
import { startTape, type Tape } from "#e2e/chaos/presence/tape.ts";
import { tellStage, type Told } from "#e2e/chaos/presence/tell-stage.ts";
import { addFindings, type ChaosScenario, type Finding } from "#e2e/chaos/scenario.ts";
import { has } from "#e2e/programs.ts";
import type { HistoryStep, PresenceHistory } from "#server/testing/presence-histories/history.ts";
import { keepRecordedHistories } from "#server/testing/presence-histories/recorded.ts";
import { wrongStates } from "#server/testing/presence-histories/wrong-states.ts";

/** Scripts know the time of what they do by its answer. */
const slowestAnswerSeconds = 2;
/** Workers write once a second. Later writes are another story than the script's. */
const slowestWriteSeconds = 2.5;

/**
 * Devices that do what scripts say, on workers that are killed, stopped and frozen. What the product
 * says of their presence is compared with what the scripts know, and what its database noted of it
 * can be kept as histories that replay (server/testing/presence-histories/recorded).
 */
export function presenceHistories(
  stages: readonly Stage[] = [calmStage, ...disturbedStages],
): ChaosScenario {
  return {
    name: "presence-histories",
    round: "run through all stories, about ten minutes",
    rounds: 1,
    run: async ({ place, say, write = false }) => {
      const office = await openOffice(place);
      const tape = await startTape(place.ownerUrl);
      try {
        let finding: Finding = { problems: [], facts: {} };
        for (const stage of stages) {
          const stories = stage.stories.filter(({ needs = [] }) => has(...needs));
          const told = await tellStage(office, { ...stage, stories });
          const found = await findingOfStage(tape, stage, { told, write });
          for (const problem of found.problems) say(problem);
          say(`${stage.name}: ${told.length} stories, ${found.problems.length} problems`);
          finding = addFindings(finding, found);
        }
        return finding;
      } finally {
        await tape.close();
        await office.close();
      }
    },
  };
}

async function findingOfStage(
  tape: Tape,
  stage: Stage,
  { told, write }: { readonly told: readonly Told[]; readonly write: boolean },
): Promise<Finding> {
  const histories = await historiesOf(tape, told);
  const inTime = histories.filter(({ steps }, index) => isInTime(steps, told[index]));
  const late = histories.filter((history) => !inTime.includes(history));
  const wrong: string[] = [];
  let changes = 0;
  for (const [index, history] of histories.entries()) {
    const said = await saidOf(tape, told[index]);
    changes += Object.values(said).flat().length;
    if (!inTime.includes(history)) continue;
    wrong.push(...wrongStates(history, said).map((problem) => `${history.name}: ${problem}`));
  }
  const names = stage.stories.map(({ name }) => name);
  if (write) keepRecordedHistories(stage.name, names, inTime);
  return {
    problems: [
      ...wrong,
      ...late.map(({ name }) => `${name}: the machine was too busy, nothing can be said of it`),
    ],
    facts: { histories: inTime.length, changes, wrongStates: wrong.length, tooBusy: late.length },
  };
}

function isInTime(steps: readonly HistoryStep[], told: Told | undefined): boolean {
  const delays = steps.map((step) =>
    "happened" in step ? step.at - (step.happened ?? step.at) : 0,
  );
  const isAnswered = told !== undefined && told.slowest <= slowestAnswerSeconds;
  return isAnswered && Math.max(0, ...delays) <= slowestWriteSeconds;
}

/** What the product itself told while it ran. */
async function saidOf(tape: Tape, told: Told | undefined) {
  const said: Record<string, (readonly [at: number, presence: string])[]> = {};
  if (told === undefined) return said;
  const { deviceIds, began, ended } = told;
  const { rows } = await tape.owner.query<{ id: string; at: Date; presence: string }>(
    `SELECT d.device_id AS id, e.at, e.presence FROM device d
     JOIN device_presence_event e ON e.tenant_id = d.tenant_id AND e.device_key = d.key
     WHERE d.device_id = ANY($1) AND e.at BETWEEN $2 AND $3 ORDER BY e.at`,
    [[...deviceIds.values()], new Date(began), new Date(ended)],
  );
  for (const [name, id] of deviceIds) {
    said[name] = rows
      .filter((row) => row.id === id)
      .map(({ at, presence }) => [(at.getTime() - began) / 1_000, presence] as const);
  }
  return said;
}

async function historiesOf(tape: Tape, told: readonly Told[]): Promise<readonly PresenceHistory[]> {
  const [tapeRows, readings] = [await tape.rows(), await tape.readings()];
  const histories: PresenceHistory[] = [];
  for (const { story, profileId, deviceIds, began, ended, expect } of told) {
    const { rows } = await tape.owner.query<{ key: string; id: string; name: string }>(
      "SELECT key::text, id, device_id AS name FROM device WHERE device_id = ANY($1)",
      [[...deviceIds.values()]],
    );
    const nameOf = new Map([...deviceIds].map(([name, id]) => [id, name]));
    const named = (column: "key" | "id") =>
      new Map(rows.map((row) => [row[column], nameOf.get(row.name) ?? ""]));
    const children = new Set(
      Object.entries(story.devices).flatMap(([name, gateway]) => (gateway === null ? [] : [name])),
    );
    const cut = { began, ended, profileId, devices: named("key"), ids: named("id"), children };
    histories.push({
      name: story.name,
      origin: "recorded",
      connectivity: story.connectivity,
      expectedSeconds: story.expectedSeconds,
      devices: story.devices,
      steps: stepsOf(tapeRows, readings, cut),
      until: Math.round(ended - began) / 1_000,
      expect: { ...Object.fromEntries([...deviceIds.keys()].map((name) => [name, []])), ...expect },
    });
  }
  return histories;
}
