import { table, type Command, type Invocation } from "#server/cli/command.ts";
import { writeLines } from "#server/cli/write-lines.ts";
import { exportCertificates } from "#server/services/certificate/export.ts";
import { certificateListInput } from "#server/services/certificate/list-input.ts";
import { listCertificates } from "#server/services/certificate/list.ts";
import { showCertificate } from "#server/services/certificate/show.ts";

const filterUsage =
  "[--text TEXT] [--kind KIND] [--standing STANDING] [--issuer NAME] [--within DAYS] [--from DAY] [--to DAY] [--contact before]";
const filterOptions = ["text", "kind", "standing", "issuer", "within", "from", "to", "contact"];

/** The options as a request has them. */
function queryOf(at: Invocation, more: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    [...filterOptions, ...more].flatMap((name) => {
      const value = at.option(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

export const certificateList: Command = {
  words: ["certificate", "list"],
  usage: `${filterUsage} [--sort end|-end] [--limit N] [--cursor CURSOR]`,
  summary: "List everything that runs out, by its end: certificates, CAs, revocation lists.",
  options: [...filterOptions, "sort", "limit", "cursor"],
  run: async (at) => {
    const input = certificateListInput(queryOf(at, ["sort", "limit", "cursor"]));
    const { ctx } = await at.session();
    // listCertificates judges what it is given.
    const page = await listCertificates(ctx, input as Parameters<typeof listCertificates>[1]);
    const rows = page.certificates.map((entry) => [
      entry.notAfter.slice(0, 10),
      String(entry.daysLeft),
      entry.standing,
      entry.kind,
      entry.device?.deviceId ?? entry.name,
      entry.plan ?? "by people",
      entry.id,
    ]);
    const more = page.nextCursor === null ? "" : `\nNext page: --cursor ${page.nextCursor}`;
    const header = ["ENDS", "DAYS", "STANDING", "KIND", "HOLDER", "RENEWAL", "ID"];
    return { json: page, text: `${table([header, ...rows])}${more}` };
  },
};

export const certificateShow: Command = {
  words: ["certificate", "show"],
  usage: "CERTIFICATE_ID",
  summary: "Show a device's certificate in words: its chain, extensions, use and history.",
  options: [],
  run: async (at) => {
    const certificateId = at.word(0, "CERTIFICATE_ID");
    const { ctx } = await at.session();
    const shown = await showCertificate(ctx, { certificateId });
    const facts = [
      ["Device", shown.device?.deviceId ?? ""],
      ["Standing", shown.standing],
      ["Subject", shown.subject],
      ["Issuer", shown.issuer],
      ["Serial", shown.serial],
      ["SHA-256", shown.sha256],
      ["Key", `${shown.keyAlgorithm} (${shown.key.bits ?? "?"} bits)`],
      ["Valid", `${shown.notBefore} to ${shown.notAfter}`],
      ["Renewal due", shown.renewalDueAt ?? "people renew it"],
      ["Last used", shown.lastUsedAt ?? "never, as far as is known"],
    ];
    const extensions = shown.extensions.map(({ name, critical, says }) => [
      `${name}${critical ? " (critical)" : ""}`,
      says.map(({ text }) => text).join(" "),
    ]);
    const chain = shown.chain.map((link) => [link.kind, `${link.subject}, until ${link.notAfter}`]);
    return { json: shown, text: table([...facts, ...extensions, ...chain]) };
  },
};

export const certificateExport: Command = {
  words: ["certificate", "export"],
  usage: `--file FILE [--format csv|ndjson] ${filterUsage}`,
  summary: "Write the matching certificates into a new file; the audit trail keeps that.",
  options: [...filterOptions, "file", "format"],
  run: async (at) => {
    const file = at.required("file");
    const input = certificateListInput(queryOf(at, ["format"]));
    const { ctx } = await at.session();
    const { format, lines } = await exportCertificates(ctx, input);
    const written = await writeLines(file, lines);
    const certificates = format === "csv" ? written - 1 : written;
    return {
      json: { file, format, certificates },
      text: `${certificates} certificates in ${file}.`,
    };
  },
};
