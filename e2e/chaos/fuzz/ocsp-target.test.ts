import { expect, it } from "vitest";
import { mutate, seededRandom } from "#e2e/chaos/fuzz/mutate.ts";
import { ocspTarget } from "#e2e/chaos/fuzz/ocsp-target.ts";

it("takes its seeds and two thousand changed ones", async () => {
  const target = await ocspTarget();
  const random = seededRandom(23);
  const { seeds } = target;
  const changed = Array.from({ length: 2_000 }, (_, index) => {
    const [one, two] = [index, index + 3].map((at) => seeds[at % seeds.length] ?? Buffer.alloc(2));
    return mutate(one!, two!, random);
  });
  for (const input of [...seeds, ...changed]) {
    await expect(target.run(input)).resolves.toBeUndefined();
  }
  await expect(target.check()).resolves.toBeUndefined();
  await target.stop();
});
