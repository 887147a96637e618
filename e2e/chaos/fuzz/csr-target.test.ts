import { expect, it } from "vitest";
import { csrTarget } from "#e2e/chaos/fuzz/csr-target.ts";
import { mutate, seededRandom } from "#e2e/chaos/fuzz/mutate.ts";

it("takes its seeds and a thousand changed ones", async () => {
  const target = await csrTarget();
  const random = seededRandom(17);
  const seeds = target.seeds;
  const changed = Array.from({ length: 1_000 }, (_, index) => {
    const [one, two] = [index, index + 7].map((at) => seeds[at % seeds.length] ?? Buffer.alloc(2));
    return mutate(one!, two!, random);
  });
  for (const input of [...seeds, ...changed]) {
    await expect(target.run(input)).resolves.toBeUndefined();
  }
  await expect(target.check()).resolves.toBeUndefined();
});
