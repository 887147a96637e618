import { readFile, writeFile } from "node:fs/promises";
import { table, UsageError, type Command } from "#server/cli/command.ts";
import { exportRoot } from "#server/services/authority/export-root.ts";
import { importIssuing } from "#server/services/authority/import-issuing.ts";
import { listAuthorities } from "#server/services/authority/list.ts";
import { removeRoot } from "#server/services/authority/remove-root.ts";
import { renewIssuing } from "#server/services/authority/renew-issuing.ts";
import { requestIssuing } from "#server/services/authority/request-issuing.ts";
import { retireIssuing } from "#server/services/authority/retire-issuing.ts";

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw new UsageError(`${file} cannot be read.`);
  }
}

export const authorityList: Command = {
  words: ["authority", "list"],
  usage: "",
  summary: "List the CAs: state, where the key is, days left, findings.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const view = await listAuthorities(ctx, {});
    const rows = view.authorities.map((each) => [
      each.kind,
      each.name,
      each.state,
      each.keyPlace,
      String(each.daysLeft),
      String(each.certificates),
      each.findings.join(", "),
      each.sha256,
    ]);
    const head = ["KIND", "NAME", "STATE", "KEY", "DAYS", "CERTIFICATES", "FINDINGS", "SHA-256"];
    return { json: view, text: table([head, ...rows]) };
  },
};

export const authorityRenew: Command = {
  words: ["authority", "renew"],
  usage: "",
  summary: "Make a new issuing CA, signed by the root that is on this server.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const renewed = await renewIssuing(ctx, {});
    return {
      json: renewed,
      text: `The issuing CA ${renewed.sha256} signs from now on; the one before stays trusted.`,
    };
  },
};

export const authorityRequest: Command = {
  words: ["authority", "request"],
  usage: "NAME --of ORGANISATION",
  summary: "Make the key of an issuing CA, and print a request for a root that is elsewhere.",
  options: ["of"],
  run: async (at) => {
    const commonName = at.word(0, "NAME");
    const organisation = at.option("of") ?? "Quayside";
    const { ctx } = await at.session();
    const requested = await requestIssuing(ctx, { commonName, organisation });
    return { json: requested, text: requested.csrPem.trimEnd() };
  },
};

export const authorityImport: Command = {
  words: ["authority", "import"],
  usage: "CERTIFICATE-FILE CHAIN-FILE",
  summary: "Take over the certificate that another root made for the request, with its chain.",
  options: [],
  run: async (at) => {
    const certificatePem = await read(at.word(0, "CERTIFICATE-FILE"));
    const chainPem = await read(at.word(1, "CHAIN-FILE"));
    const { ctx } = await at.session();
    const imported = await importIssuing(ctx, { certificatePem, chainPem });
    return {
      json: imported,
      text: `The issuing CA ${imported.sha256} signs from now on; the one before stays trusted.`,
    };
  },
};

export const authorityExportRoot: Command = {
  words: ["authority", "export-root"],
  usage: "FILE --passphrase-file FILE",
  summary: "Write the root's key to a file, under the passphrase that another file holds.",
  options: ["passphrase-file"],
  run: async (at) => {
    const file = at.word(0, "FILE");
    const passphrase = (await read(at.option("passphrase-file") ?? "")).split(/\r?\n/)[0] ?? "";
    const { ctx } = await at.session();
    const { sha256, encryptedKeyPem } = await exportRoot(ctx, { passphrase });
    await writeFile(file, encryptedKeyPem, { mode: 0o600, flag: "wx" });
    return { json: { sha256, file }, text: `The key of the root ${sha256} is in ${file}.` };
  },
};

export const authorityRemoveRoot: Command = {
  words: ["authority", "remove-root"],
  usage: "SHA-256",
  summary: "Delete the root's key from this server, for good. Export it first.",
  options: [],
  run: async (at) => {
    const sha256 = at.word(0, "SHA-256");
    const { ctx } = await at.session();
    const removed = await removeRoot(ctx, { sha256 });
    return { json: removed, text: "The root's key is not on this server any more." };
  },
};

export const authorityRetire: Command = {
  words: ["authority", "retire"],
  usage: "SHA-256 [--certificates N]",
  summary: "Take an issuing CA out of the trusted ones; with N certificates that still count.",
  options: ["certificates"],
  run: async (at) => {
    const sha256 = at.word(0, "SHA-256");
    const certificates = at.option("certificates");
    const { ctx } = await at.session();
    const retired = await retireIssuing(ctx, {
      sha256,
      ...(certificates === undefined ? {} : { certificates: Number(certificates) }),
    });
    return {
      json: retired,
      text: `The issuing CA is retired; ${retired.certificates} certificates ended with it.`,
    };
  },
};
