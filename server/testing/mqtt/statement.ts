/** The two standards, by protocol level as people say it: 5 is MQTT 5.0, 3 is MQTT 3.1.1. */
export type Standard = 5 | 3;

/** Whom a statement binds. What binds the client only needs no test here. */
export type Binds = "server" | "client" | "both";

/** One numbered normative statement. */
export type Statement = {
  readonly standard: Standard;
  /** As test names bear it: `MQTT-3.1.0-1` of MQTT 5.0, `MQTT3-3.1.0-1` of MQTT 3.1.1. */
  readonly number: string;
  /** Chapter and section, `3.1`, by which the document is divided. */
  readonly section: string;
  readonly binds: Binds;
  /** What it asks, in our words. */
  readonly what: string;
};

const line = /^((\d+\.\d+)\.\d+-\d+) (server|client|both) (.+)$/u;

/** How the numbers of a standard begin in test names, so that the two cannot be mixed up. */
const prefixes: Readonly<Record<Standard, string>> = { 5: "MQTT-", 3: "MQTT3-" };

/**
 * Reads a catalogue: one statement for each line, `number binds what`.
 * @throws Error naming the line that is not one, or a number that is there twice
 */
export function readStatements(standard: Standard, text: string): readonly Statement[] {
  const seen = new Set<string>();
  return text
    .split("\n")
    .filter((row) => row !== "")
    .map((row) => {
      const [, id, section, binds, what] = line.exec(row) ?? [];
      if (id === undefined || section === undefined || what === undefined || seen.has(id)) {
        throw new Error(`Not a statement, or there twice: ${row}`);
      }
      seen.add(id);
      return {
        standard,
        number: prefixes[standard] + id,
        section,
        binds: binds as Binds,
        what,
      };
    });
}
