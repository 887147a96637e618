import type { Tx } from "#server/db/client.ts";
import { findDeadLetters } from "#server/db/find-dead-letters.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { messageOfLetter, type KeptLetter } from "#server/pipeline/letter-message.ts";
import { preview } from "#server/pipeline/preview.ts";
import type { Processing } from "#server/pipeline/profile.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import type { Context } from "#server/services/context.ts";
import { noLetter, readJudges, type Judges } from "#server/services/dead-letter/internal.ts";
import { readKeptLetters } from "#server/services/dead-letter/letters.ts";
import type { RunFailure, RunSample } from "#server/services/dead-letter/run-view.ts";
import { mostTried, tryDeadLettersSchema } from "#server/services/dead-letter/schemas.ts";
import { compileTransform } from "#server/services/dead-letter/transform.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/** What would become of letters. */
export type DeadLetterTrial = {
  readonly checked: number;
  readonly wouldStore: number;
  readonly wouldFail: number;
  /** Of the first that would be stored. */
  readonly samples: readonly RunSample[];
  /** The most frequent first. */
  readonly failures: readonly RunFailure[];
};

const timeoutMs = 5000;
const mostSamples = 5;

/**
 * Tries a transform, or another payload, on the first open letters of a group or on one letter.
 * Nothing is stored. Values are shown, and that is recorded.
 * @throws ServiceError not_found, invalid (the transform cannot be used)
 */
export const tryDeadLetters = defineQuery({
  name: "deadLetter.try",
  can: "deadLetter.view",
  input: tryDeadLettersSchema,
  run: async ({ ctx, tx, input }): Promise<DeadLetterTrial> => {
    const { fingerprint, id, payload } = input;
    const rewrite = compileTransform(input.transform);
    await limitStatements(tx, timeoutMs);
    const ids = id === undefined ? await firstOpen(ctx, tx, fingerprint) : [id];
    const { letters, orphans } = await readKeptLetters(tx, { tenantId: ctx.tenantId, ids });
    if (id !== undefined && letters.length + orphans.length === 0) throw noLetter();
    await requireInbound(ctx, tx, ids[0]);
    const edited = payload === undefined ? undefined : Buffer.from(payload, "base64");
    const judges = await readJudges(
      tx,
      letters.map(({ device }) => device.profileId),
    );
    const trial = new Trial(judges, rewrite);
    for (const letter of letters)
      trial.add(edited === undefined ? letter : { ...letter, payload: edited });
    for (const orphan of orphans) trial.fail(orphan, "The device is not registered any more.");
    await appendAudit(tx, ctx, {
      action: "deadLetter.tried",
      target: id === undefined ? `deadLetterGroup:${fingerprint}` : `deadLetter:${id}`,
      payload: { checked: trial.checked, transform: input.transform, edited: edited !== undefined },
    });
    return trial.view();
  },
});

/** @throws ServiceError invalid for what was on its way to a device, which has no readings */
async function requireInbound(
  { tenantId }: Pick<Context, "tenantId">,
  tx: Tx,
  id: string | undefined,
): Promise<void> {
  if (id === undefined) return;
  const row = await tx.deadLetter.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: { direction: true },
  });
  if (row?.direction !== "outbound") return;
  throw new ServiceError("invalid", "These messages were on their way to devices.", {
    remedy: "Start a dry-run: it says whether their devices would take them.",
  });
}

async function firstOpen(
  { tenantId }: Pick<Context, "tenantId">,
  tx: Tx,
  fingerprint: string | undefined,
): Promise<readonly string[]> {
  const places = await findDeadLetters(tx, {
    tenantId,
    fingerprint,
    state: "open",
    oldestFirst: true,
    limit: mostTried,
  });
  return places.map(({ id }) => id);
}

class Trial {
  checked = 0;
  readonly #judges: Judges;
  readonly #rewrite: Processing | undefined;
  readonly #samples: RunSample[] = [];
  readonly #failures = new Map<string, { count: number; readonly id: string }>();
  #wouldStore = 0;

  constructor(judges: Judges, rewrite: Processing | undefined) {
    this.#judges = judges;
    this.#rewrite = rewrite;
  }

  add(letter: KeptLetter): void {
    const { id, device } = letter;
    const profile = this.#judges.profile(device.profileId);
    if (profile === undefined)
      return this.fail(id, "The device's profile does not exist any more.");
    const { result, before, after } = preview(messageOfLetter(letter), profile, this.#rewrite);
    if (!result.ok) return this.fail(id, result.detail.replace(/^Reading \d+: /, ""));
    this.checked += 1;
    this.#wouldStore += 1;
    if (this.#samples.length >= mostSamples) return undefined;
    this.#samples.push({ id, deviceId: device.deviceId, before, after });
    return undefined;
  }

  fail(id: string, detail: string): void {
    this.checked += 1;
    const known = this.#failures.get(detail);
    if (known === undefined) this.#failures.set(detail, { count: 1, id });
    else known.count += 1;
  }

  view(): DeadLetterTrial {
    const failures = Array.from(this.#failures, ([detail, each]) => ({ detail, ...each }));
    return {
      checked: this.checked,
      wouldStore: this.#wouldStore,
      wouldFail: this.checked - this.#wouldStore,
      samples: this.#samples,
      failures: failures.toSorted((a, b) => b.count - a.count),
    };
  }
}
