import { json } from "node:stream/consumers";

/**
 * What a program is to do, as JSON on its standard input: secrets must not stand in command lines.
 * @returns {Promise<any>}
 */
export function readInput() {
  return json(process.stdin);
}

/**
 * Says the outcome as one line of JSON, and ends: the SDKs keep handles open.
 * @param {object} outcome
 */
export function finish(outcome) {
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
}
