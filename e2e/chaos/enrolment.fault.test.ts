import { afterAll, beforeAll, expect, it } from "vitest";
import { batchKill } from "#e2e/chaos/scenarios/batch-kill.ts";
import { campaignKill } from "#e2e/chaos/scenarios/campaign-kill.ts";
import { enrolmentKill } from "#e2e/chaos/scenarios/enrolment-kill.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

let place: Installation;
beforeAll(async () => {
  place = await startInstallation();
});
afterAll(() => place.stop());

const say = (line: string) => console.log(line);

it("kills of the worker while devices enrol make each once", async () => {
  const { problems, facts } = await enrolmentKill(14).run({ place, rounds: 3, say });

  expect(problems).toEqual([]);
  expect(facts).toMatchObject({ kills: 3 });
});

it("kills of the worker at every step of a batch make its devices once, all at once", async () => {
  const batches = batchKill(300, { inHurry: true });
  const { problems, facts } = await batches.run({ place, rounds: 1, say });

  expect(problems).toEqual([]);
  expect(facts).toMatchObject({ kills: 3, devices: 300 });
});

it("kills of worker and signer during a rotation campaign lose no device", async () => {
  const campaign = campaignKill(40, { inHurry: true });
  const { problems, facts } = await campaign.run({ place, rounds: 1, say });

  expect(problems).toEqual([]);
  expect(facts).toMatchObject({ kills: 2, devices: 40, lost: 0 });
});
