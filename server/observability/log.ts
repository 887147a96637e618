import { pino, type Logger } from "pino";

export type Log = Logger;

/**
 * Structured log of one process on standard output: event name, ids, reason. Whatever is named like
 * a secret is blanked, should it ever get here.
 */
export function createLog(input: { readonly name: string; readonly level: string }): Log {
  return pino({
    name: input.name,
    level: input.level,
    base: { name: input.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        "password",
        "token",
        "secret",
        "privateKeyPem",
        "authorization",
        "cookie",
        "url",
      ].flatMap((name) => [name, `*.${name}`]),
      censor: "[redacted]",
    },
  });
}
