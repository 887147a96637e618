import { get } from "node:http";
import type { LiveFrame, LiveInterest } from "#server/domain/live.ts";

/** A frame is smaller than this; a longer line means that something else answers. */
const maxLineCharacters = 4 * 1024 * 1024;
/** The worker says hello every five seconds. */
const silenceMs = 15_000;

/** Reads one worker's frames until its stream ends, for whatever reason; then resolves. */
export function readFrames(input: {
  readonly busPath: string;
  readonly interest: LiveInterest;
  readonly onFrame: (frame: LiveFrame) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const interest = encodeURIComponent(JSON.stringify(input.interest));
  return new Promise((resolve) => {
    const request = get({
      socketPath: input.busPath,
      path: `/live?interest=${interest}`,
      signal: input.signal,
      timeout: silenceMs,
    });
    request.once("timeout", () => request.destroy());
    // Whoever reads tries again; why a stream ended makes no difference to that.
    request.once("error", () => resolve());
    request.once("response", (response) => {
      let rest = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        if (rest.length > maxLineCharacters || response.statusCode !== 200) {
          response.destroy();
          return;
        }
        // The worker is one of our own processes: its frames are what the type says.
        for (const line of lines) input.onFrame(JSON.parse(line) as LiveFrame);
      });
      response.once("error", () => resolve());
      response.once("close", () => resolve());
    });
  });
}
