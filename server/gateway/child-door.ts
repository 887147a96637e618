/**
 * Children behind gateways: who a message is of that a gateway sends for another device. What is
 * known is answered at once, so that the hot path never waits; the rest asks the registry, and may
 * register the child where the gateway's policy says so.
 */
import { createExpiring } from "#server/gateway/identify/expiring.ts";
import {
  judgeChild,
  unknownChild,
  type ChildJudgement,
} from "#server/gateway/identify/judge-child.ts";
import type { RegisteredDevice, Registry } from "#server/gateway/identify/registry.ts";
import { createKeyedBuckets } from "#server/gateway/keyed-buckets.ts";
import type { MessageRefusal } from "#server/pipeline/message.ts";

/**
 * Registers a child that nobody knows, if the gateway's policy allows it.
 * @throws Error when that cannot be found out now
 */
export type RegisterChild = (
  gateway: RegisteredDevice,
  childId: string,
  remote: string,
) => Promise<{ readonly deviceKey: bigint } | { readonly refused: MessageRefusal }>;

export type ChildDoor = {
  /** From memory; undefined when somebody must be asked. */
  known(gateway: RegisteredDevice, childId: string): ChildJudgement | undefined;
  /**
   * Asks the registry, and registers the child where that is wanted.
   * @returns undefined when the gateway has registered too many lately and must wait
   * @throws Error when nobody can be asked
   */
  ask(
    gateway: RegisteredDevice,
    childId: string,
    remote: string,
  ): Promise<ChildJudgement | undefined>;
};

/** New children of one gateway: a full one may bring all of its children at once. */
const newChildrenRate = { perSecond: 10, burst: 500 };
/** A gateway that names unknown children all the time must not ask the database each time. */
const refusalHoldsMs = 2_000;
const rememberedRefusals = 10_000;
const rememberedGateways = 1_000;

/** @param at.now epoch milliseconds */
export function createChildDoor(at: {
  readonly registry: Pick<Registry, "child" | "knownChild" | "forget">;
  readonly register: RegisterChild;
  readonly now: () => number;
}): ChildDoor {
  const { registry, register, now } = at;
  const refusals = createExpiring<MessageRefusal>(rememberedRefusals, now);
  const newChildren = createKeyedBuckets({
    ...newChildrenRate,
    now,
    remembered: rememberedGateways,
  });

  async function registerUnknown(gateway: RegisteredDevice, childId: string, remote: string) {
    if (!newChildren.takeKey(String(gateway.deviceKey))) return undefined;
    const answer = await register(gateway, childId, remote);
    if ("refused" in answer) {
      refusals.set(keyOf(gateway, childId), answer.refused, refusalHoldsMs);
      return { refused: answer.refused };
    }
    registry.forget(answer.deviceKey);
    const made = judgeChild(gateway, await registry.child(childId));
    return made ?? { refused: unknownChild(gateway, childId) };
  }

  return {
    known: (gateway, childId) => {
      const found = registry.knownChild(childId);
      if (found === undefined) return undefined;
      const judged = judgeChild(gateway, found.value);
      if (judged !== undefined) return judged;
      const refused = refusals.get(keyOf(gateway, childId));
      return refused === undefined ? undefined : { refused };
    },
    ask: async (gateway, childId, remote) => {
      const judged = judgeChild(gateway, await registry.child(childId));
      if (judged !== undefined) return judged;
      const refused = refusals.get(keyOf(gateway, childId));
      return refused === undefined ? registerUnknown(gateway, childId, remote) : { refused };
    },
  };
}

function keyOf(gateway: RegisteredDevice, childId: string): string {
  return `${gateway.deviceKey} ${childId}`;
}
