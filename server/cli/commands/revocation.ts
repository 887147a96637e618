import { writeFile } from "node:fs/promises";
import { CliError, table, UsageError, type Command } from "#server/cli/command.ts";
import { revocationChips } from "#server/domain/revocation-state.ts";
import { verdictWords } from "#server/domain/revocation-words.ts";
import { moment } from "#server/services/proof-document.ts";
import { listRevocations } from "#server/services/revocation/list.ts";
import { revocationProof } from "#server/services/revocation/proof.ts";
import { revocationProofPdf } from "#server/services/revocation/proof-pdf.ts";

export const revocationList: Command = {
  words: ["revocation", "list"],
  usage: "[--state revoked|held|released|trying] [--search TEXT]",
  summary: "List certificates that were revoked or put on hold, newest first, at most 200.",
  options: ["state", "search"],
  run: async (at) => {
    const wanted = at.option("state");
    const state = revocationChips.find((chip) => chip === wanted);
    if (wanted !== undefined && state === undefined) {
      throw new UsageError(`--state must be one of ${revocationChips.join(", ")}.`);
    }
    const { ctx } = await at.session();
    const page = await listRevocations(ctx, { state, q: at.option("search"), limit: 200 });
    const rows = page.revocations.map((one) => [
      one.id,
      one.device?.deviceId ?? "",
      one.state,
      one.reason,
      moment(one.at),
      String(one.attempts),
    ]);
    return {
      json: page,
      text: table([["ID", "DEVICE", "STATE", "REASON", "AT", "ATTEMPTS"], ...rows]),
    };
  },
};

export const revocationProofCommand: Command = {
  words: ["revocation", "proof"],
  usage: "REVOCATION [--file FILE]",
  summary: "Show what proves that a revoked certificate is dead, or write it as PDF.",
  options: ["file"],
  run: async (at) => {
    const revocationId = at.word(0, "REVOCATION");
    const file = at.option("file");
    const { ctx } = await at.session();
    const proof = await revocationProof(ctx, { revocationId });
    const verdict = verdictWords(proof.verdict, proof.kind, moment);
    if (file === undefined) return { json: proof, text: verdict };
    try {
      await writeFile(file, await revocationProofPdf(proof));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
      throw new CliError("invalid", `${file} cannot be written: ${code}.`, "Check the path.");
    }
    return { json: proof, text: `${verdict} The proof is in ${file}.` };
  },
};
