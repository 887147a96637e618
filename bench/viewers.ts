import { get } from "node:http";
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

/** What it says, one JSON line each: when all watch, and what came on their streams when it ends. */
export type ViewersOpen = { readonly open: number };
export type ViewersCounts = {
  readonly open: number;
  readonly bytes: number;
  readonly frames: number;
};

/** So many are on their way at a time: a console is not asked by a thousand at once. */
const openingAtOnce = 8;

const file = process.argv[2] ?? "";
const asked = JSON.parse(readFileSync(file, "utf8")) as ViewersRequest;
const counts = { open: 0, bytes: 0, frames: 0 };

function watch(index: number): Promise<void> {
  const cookie = asked.cookies[Math.floor(index / asked.perSession)] ?? "";
  const device = asked.devices[index % asked.devices.length] ?? "";
  const address = `${asked.url}/api/console/live?devices=${device}&fleet=1`;
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
      resolve();
    });
    request.on("error", reject);
  });
}

async function openInTurn(places: Iterator<number>): Promise<void> {
  for (let place = places.next(); place.done !== true; place = places.next()) {
    await watch(place.value);
  }
}

const places = Array.from({ length: asked.viewers }, (_, index) => index).values();
await Promise.all(Array.from({ length: openingAtOnce }, async () => openInTurn(places)));
console.log(JSON.stringify({ open: counts.open } satisfies ViewersOpen));
process.once("SIGTERM", () => {
  process.stdout.write(`${JSON.stringify(counts satisfies ViewersCounts)}\n`, () =>
    process.exit(0),
  );
});
await sleep(2 ** 31 - 1);
