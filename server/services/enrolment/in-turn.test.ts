import { expect, it } from "vitest";
import type { Database } from "#server/db/client.ts";
import { inTurn } from "#server/services/enrolment/in-turn.ts";

/** Only its identity matters. */
const db = {} as Database;
const at = (tenantId: string) => ({ db, tenantId });

it("runs one after the other within an organisation, also after a failure", async () => {
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`${name} ends`);
    if (name === "a") throw new Error("a fails");
    return name;
  };

  const results = await Promise.allSettled([
    inTurn(at("one"), work("a")),
    inTurn(at("one"), work("b")),
    inTurn(at("one"), work("c")),
  ]);

  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

it("nobody waits for another organisation", async () => {
  const never = inTurn(at("slow"), () => new Promise(() => undefined));
  expect(await inTurn(at("quick"), async () => 1)).toBe(1);
  void never;
});

it("beyond a number it says so at once, and takes more when there is room", async () => {
  let open = (): void => undefined;
  const door = new Promise<void>((resolve) => {
    open = resolve;
  });
  const waiting = Array.from({ length: 300 }, () => inTurn(at("full"), () => door));

  await expect(inTurn(at("full"), async () => 1)).rejects.toThrow("More devices enrol at once");

  open();
  await Promise.all(waiting);
  expect(await inTurn(at("full"), async () => 2)).toBe(2);
});
