import { get, type ClientRequest } from "node:http";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** What the program is told, as JSON in the file that its first argument names. */
export type ViewersRequest = {
  readonly url: string;
  /** Cookie headers; each session has `perSession` streams. */
  readonly cookies: readonly string[];
  readonly perSession: number;
  readonly viewers: number;
  /** Each viewer watches one of them in turn. */
  readonly devices: readonly string[];
};

/** Every open stream, and what came on it. */
type Counts = { open: number; bytes: number; frames: number };

function watch(address: string, cookie: string, counts: Counts): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const request = get(address, { agent: false, headers: { cookie } }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`A viewer was refused (${response.statusCode}).`));
        return;
      }
      counts.open += 1;
      response.on("data", (chunk: Buffer) => {
        counts.bytes += chunk.length;
        counts.frames += 1;
      });
      response.on("close", () => {
        counts.open -= 1;
      });
      resolve(request);
    });
    request.on("error", reject);
  });
}

const file = process.argv[2] ?? "";
const asked = JSON.parse(readFileSync(file, "utf8")) as ViewersRequest;
const counts: Counts = { open: 0, bytes: 0, frames: 0 };
for (let index = 0; index < asked.viewers; index += 1) {
  const cookie = asked.cookies[Math.floor(index / asked.perSession)] ?? "";
  const device = asked.devices[index % asked.devices.length] ?? "";
  await watch(`${asked.url}/api/console/live?devices=${device}&fleet=1`, cookie, counts);
}
console.log(JSON.stringify({ open: counts.open }));
process.once("SIGTERM", () => process.exit(0));
// What came since is told on demand: a line on standard input is a question.
process.stdin.on("data", () => console.log(JSON.stringify(counts)));
await sleep(2 ** 31 - 1);
