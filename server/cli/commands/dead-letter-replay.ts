import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Command, Invocation } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { parseJson } from "#server/cli/commands/profile-create.ts";
import type { Context } from "#server/services/context.ts";
import { cancelDeadLetterRun } from "#server/services/dead-letter/cancel-run.ts";
import type { RunView } from "#server/services/dead-letter/run-view.ts";
import type { startRunSchema } from "#server/services/dead-letter/schemas.ts";
import { showDeadLetterRun } from "#server/services/dead-letter/show-run.ts";
import { startDeadLetterRun } from "#server/services/dead-letter/start-run.ts";
import type { z } from "zod";

const askEveryMs = 500;
const fingerprintText = /^[0-9a-f]{32}$/;

/** A group by its fingerprint, or letters by their ids and commas. */
function selectionOf(word: string): z.input<typeof startRunSchema>["selection"] {
  return fingerprintText.test(word) ? { fingerprint: word } : { ids: word.split(",") };
}

async function transformIn(file: string | undefined): Promise<unknown> {
  return file === undefined ? [] : parseJson(file, await readInputFile(file));
}

async function start(
  at: Invocation,
  kind: z.input<typeof startRunSchema>["kind"],
): Promise<Answer> {
  const selection = selectionOf(at.word(0, "GROUP or LETTER_ID"));
  const transform = await transformIn(at.option("transform"));
  const { ctx } = await at.session();
  const { id, total } = await startDeadLetterRun(ctx, {
    kind,
    selection,
    // The mutation parses it; nothing is taken on trust.
    transform: transform as z.input<typeof startRunSchema>["transform"],
    reason: at.option("reason") ?? "",
  });
  at.say(`Run ${id}: ${total} messages.`);
  return answerOf(await untilEnded(at, ctx, id));
}

/** Follows a run. Whoever stops the command does not stop the run. */
async function untilEnded(at: Invocation, ctx: Context, id: string): Promise<RunView> {
  let told = 0;
  for (;;) {
    const run = await showDeadLetterRun(ctx, { id });
    const isUnderWay = run.state === "queued" || run.state === "running";
    if (!isUnderWay || at.signal.aborted) return run;
    if (run.done !== told) at.say(`${run.done} of ${run.total}`);
    told = run.done;
    await sleep(askEveryMs, undefined, { signal: at.signal }).catch(() => undefined);
  }
}

function answerOf(run: RunView): Answer {
  const { kind, state, done, total, stored, duplicate, failed } = run;
  const counts =
    kind === "discard"
      ? `${done} of ${total} discarded`
      : `${done} of ${total}: ${stored} ${kind === "dry_run" ? "would be stored" : "stored"}, ${duplicate} were stored already, ${failed} still fail`;
  const failures = run.failures.map(({ count, detail }) => `\n  ${count} × ${detail}`).join("");
  return {
    json: run,
    text: `Run ${run.id} ${state}. ${counts}.${failures}${run.error === "" ? "" : `\n${run.error}`}`,
    failed: state === "failed",
  };
}

const usage = "GROUP|LETTER_ID[,LETTER_ID] [--transform FILE] [--reason TEXT]";

export const deadLetterDryRun: Command = {
  words: ["dead-letter", "dry-run"],
  usage: "GROUP|LETTER_ID[,LETTER_ID] [--transform FILE]",
  summary:
    "Find out what a replay would store; a transform is a JSON list of steps. Waits until it has ended.",
  options: ["transform"],
  run: (at) => start(at, "dry_run"),
};

export const deadLetterReplay: Command = {
  words: ["dead-letter", "replay"],
  usage,
  summary:
    "Replay the open messages of a group, or some by id, once and in event order. Waits until it has ended.",
  options: ["transform", "reason"],
  run: (at) => start(at, "replay"),
};

export const deadLetterDiscard: Command = {
  words: ["dead-letter", "discard"],
  usage: "GROUP|LETTER_ID[,LETTER_ID] --reason TEXT",
  summary: "Discard the open messages of a group, or some by id. Waits until it has ended.",
  options: ["reason"],
  run: (at) => {
    at.required("reason");
    return start(at, "discard");
  },
};

export const deadLetterRun: Command = {
  words: ["dead-letter", "run"],
  usage: "RUN_ID",
  summary: "Show how far a dry-run, replay or discard is.",
  options: [],
  run: async (at) => {
    const id = at.word(0, "RUN_ID");
    const { ctx } = await at.session();
    return answerOf(await showDeadLetterRun(ctx, { id }));
  },
};

export const deadLetterCancel: Command = {
  words: ["dead-letter", "cancel"],
  usage: "RUN_ID",
  summary: "Stop a dry-run, replay or discard; what is done stays done.",
  options: [],
  run: async (at) => {
    const id = at.word(0, "RUN_ID");
    const { ctx } = await at.session();
    const cancelled = await cancelDeadLetterRun(ctx, { id });
    const { done, total } = cancelled;
    return { json: cancelled, text: `Run ${id} cancelled after ${done} of ${total} messages.` };
  },
};
