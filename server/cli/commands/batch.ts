import { createReadStream } from "node:fs";
import { access, open, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CliError,
  table,
  UsageError,
  type Answer,
  type Command,
  type Invocation,
} from "#server/cli/command.ts";
import { profileIdOf } from "#server/cli/commands/device-create.ts";
import { batchKeys } from "#server/domain/device-batch.ts";
import { approveBatch } from "#server/services/batch/approve.ts";
import { batchBundle } from "#server/services/batch/bundle.ts";
import { cancelBatch } from "#server/services/batch/cancel.ts";
import { batchLabels } from "#server/services/batch/labels.ts";
import { listBatchRows } from "#server/services/batch/list-rows.ts";
import { listBatches } from "#server/services/batch/list.ts";
import type { ManifestType } from "#server/services/batch/manifest/source.ts";
import { openBatch } from "#server/services/batch/open.ts";
import { receiveManifest } from "#server/services/batch/receive.ts";
import { rejectBatch } from "#server/services/batch/reject.ts";
import { batchSources } from "#server/domain/device-batch.ts";
import { showBatch } from "#server/services/batch/show.ts";
import { startBatch } from "#server/services/batch/start.ts";
import type { BatchView } from "#server/services/batch/view.ts";
import type { Context } from "#server/services/context.ts";

const askEveryMs = 500;
/** What holds keys is nobody else's on the machine. */
const fileMode = 0o600;
/** Bad rows that are printed; the report has all of them. */
const mostShown = 20;

const types: Readonly<Record<string, ManifestType>> = {
  ".csv": "text/csv",
  ".json": "application/json",
  ".ndjson": "application/x-ndjson",
  ".jsonl": "application/x-ndjson",
};

function typeOf(file: string): ManifestType {
  const type = types[path.extname(file).toLowerCase()];
  if (type !== undefined) return type;
  throw new UsageError(`${file} must end in ${Object.keys(types).join(", ")}.`);
}

function oneOf<T extends string>(
  at: Invocation,
  name: string,
  values: readonly T[],
): T | undefined {
  const text = at.option(name);
  const value = values.find((each) => each === text);
  if (text === undefined || value !== undefined) return value;
  throw new UsageError(`--${name} takes one of: ${values.join(", ")}.`);
}

/** `Serial No=serial,Colour=attribute:colour`; the service judges it. */
function mappingOf(text: string | undefined): Record<string, "deviceId"> {
  const pairs = (text ?? "").split(",").filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf("=");
      if (at < 1) throw new UsageError("--map takes COLUMN=FIELD,COLUMN=FIELD.");
      return [pair.slice(0, at), pair.slice(at + 1) as "deviceId"];
    }),
  );
}

/** Follows the step at work. Whoever stops the command does not stop the batch. */
async function untilStill(at: Invocation, ctx: Context, batchId: string): Promise<BatchView> {
  let told = -1;
  for (;;) {
    const batch = await showBatch(ctx, { batchId });
    const isAtWork = batch.state === "checking" || batch.state === "creating";
    if (!isAtWork || at.signal.aborted) return batch;
    if (batch.done !== told) at.say(`${batch.state}: ${batch.done} of ${batch.total}`);
    told = batch.done;
    await sleep(askEveryMs, undefined, { signal: at.signal }).catch(() => undefined);
  }
}

async function answerOf(ctx: Context, batch: BatchView): Promise<Answer> {
  const { id, name, state, total, bad, sampled, sampleSize, error, warnings } = batch;
  const lines = [`Batch ${id} “${name}” is ${state}: ${total} devices.`, ...warnings];
  if (error !== "") lines.push(error);
  if (state === "sampling") lines.push(`${sampled} of ${sampleSize} sample devices connected.`);
  if (bad > 0) {
    const { rows } = await listBatchRows(ctx, { batchId: id, only: "bad", limit: mostShown });
    lines.push(`${bad} rows have a problem:`);
    lines.push(table(rows.map((row) => [String(row.line), row.deviceId, row.problems.join(" ")])));
  }
  return { json: batch, text: lines.join("\n"), failed: state === "refused" || state === "failed" };
}

export const batchCreate: Command = {
  words: ["batch", "create"],
  usage:
    "--file FILE --profile PROFILE [--name NAME] [--keys none|csr|generate|sas] [--source manifest|aws|azure|thingsboard] [--map COLUMN=FIELD,…] [--tags TAG,…] [--sample N] [--quarantine no]",
  summary: "Check a manifest of devices and, when every row is good, create all of them.",
  options: ["file", "profile", "name", "keys", "source", "map", "tags", "sample", "quarantine"],
  run: async (at) => {
    const file = at.required("file");
    const type = typeOf(file);
    const profile = at.required("profile");
    const options = {
      keys: oneOf(at, "keys", batchKeys) ?? "none",
      quarantine: oneOf(at, "quarantine", ["yes", "no"]) !== "no",
      sampleSize: at.number("sample", 5, 0),
      tags: (at.option("tags") ?? "").split(",").filter((tag) => tag !== ""),
      mapping: mappingOf(at.option("map")),
    };
    await requireReadable(file);
    const { ctx } = await at.session();
    const { batchId } = await openBatch(ctx, {
      name: at.option("name") ?? path.basename(file),
      fileName: path.basename(file),
      profileId: await profileIdOf(ctx, profile),
      source: oneOf(at, "source", batchSources) ?? "manifest",
      options,
    });
    await receiveManifest(ctx, { batchId, type, body: createReadStream(file) });
    const checked = await untilStill(at, ctx, batchId);
    if (checked.state !== "ready") return answerOf(ctx, checked);
    await startBatch(ctx, { batchId });
    return answerOf(ctx, await untilStill(at, ctx, batchId));
  },
};

async function requireReadable(file: string): Promise<void> {
  await access(file).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError("invalid", `${file} cannot be read: ${why}.`, "Check the path.");
  });
}

export const batchShow: Command = {
  words: ["batch", "show"],
  usage: "BATCH_ID",
  summary: "Show a batch, how far it is and its bad rows.",
  options: [],
  run: async (at) => {
    const batchId = at.word(0, "BATCH_ID");
    const { ctx } = await at.session();
    return answerOf(ctx, await showBatch(ctx, { batchId }));
  },
};

export const batchList: Command = {
  words: ["batch", "list"],
  usage: "",
  summary: "List batches of devices, the newest first.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const list = await listBatches(ctx, { limit: 100 });
    const rows = list.batches.map((each) => [
      each.id,
      each.state,
      String(each.total),
      each.createdAt,
      each.name,
    ]);
    return { json: list, text: rows.length === 0 ? "There are no batches." : table(rows) };
  },
};

export const batchStart: Command = {
  words: ["batch", "start"],
  usage: "BATCH_ID",
  summary: "Have the devices of a checked batch created: all of them or none.",
  options: [],
  run: async (at) => {
    const batchId = at.word(0, "BATCH_ID");
    const { ctx } = await at.session();
    await startBatch(ctx, { batchId });
    return answerOf(ctx, await untilStill(at, ctx, batchId));
  },
};

export const batchApprove: Command = {
  words: ["batch", "approve"],
  usage: "BATCH_ID [--replay no]",
  summary: "Let the devices of a batch out of quarantine, and put what they sent into the series.",
  options: ["replay"],
  run: async (at) => {
    const batchId = at.word(0, "BATCH_ID");
    const replay = oneOf(at, "replay", ["yes", "no"]) !== "no";
    const { ctx } = await at.session();
    return answerOf(ctx, await approveBatch(ctx, { batchId, replay }));
  },
};

export const batchReject: Command = {
  words: ["batch", "reject"],
  usage: "BATCH_ID --reason TEXT",
  summary: "Decommission the devices of a batch and revoke what they prove themselves by.",
  options: ["reason"],
  run: async (at) => {
    const batchId = at.word(0, "BATCH_ID");
    const reason = at.required("reason");
    const { ctx } = await at.session();
    return answerOf(ctx, await rejectBatch(ctx, { batchId, reason }));
  },
};

export const batchCancel: Command = {
  words: ["batch", "cancel"],
  usage: "BATCH_ID",
  summary: "End a batch before its devices exist.",
  options: [],
  run: async (at) => {
    const batchId = at.word(0, "BATCH_ID");
    const { ctx } = await at.session();
    return answerOf(ctx, await cancelBatch(ctx, { batchId }));
  },
};

export const batchBundleCommand: Command = {
  words: ["batch", "bundle"],
  usage: "BATCH_ID --file FILE.zip --passphrase -",
  summary:
    "Write certificates and keys of a batch into a new encrypted ZIP file; keys made here are handed out once.",
  options: ["file", "passphrase"],
  run: async (at) => {
    const batchId = at.word(0, "BATCH_ID");
    const file = at.required("file");
    const passphrase = (await at.secret("passphrase")) ?? "";
    const { ctx } = await at.session();
    const bytes = await writeNew(file, () => batchBundle(ctx, { batchId, passphrase }));
    return { json: { file, bytes }, text: `${file}: ${bytes} bytes, encrypted with AES-256.` };
  },
};

export const batchLabelsCommand: Command = {
  words: ["batch", "labels"],
  usage: "BATCH_ID --file FILE.pdf",
  summary: "Write labels with QR codes for the devices of a batch into a new PDF file.",
  options: ["file"],
  run: async (at) => {
    const batchId = at.word(0, "BATCH_ID");
    const file = at.required("file");
    const { ctx } = await at.session();
    const baseUrl = at.env.PUBLIC_URL;
    const bytes = await writeNew(file, () => batchLabels(ctx, { batchId, baseUrl }));
    return { json: { file, bytes }, text: `${file}: ${bytes} bytes.` };
  },
};

/** @throws CliError when the file exists or cannot be written; then nothing is made */
async function writeNew(
  file: string,
  make: () => Promise<AsyncGenerator<Uint8Array, void>>,
): Promise<number> {
  const handle = await open(file, "wx", fileMode).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    const remedy = "Name a file that is not there.";
    throw new CliError("conflict", `${file} cannot be made: ${why}.`, remedy);
  });
  let bytes = 0;
  try {
    for await (const chunk of await make()) {
      await handle.write(chunk);
      bytes += chunk.byteLength;
    }
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return bytes;
}
