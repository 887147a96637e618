import type { IncomingMessage } from "node:http";

/** A line is shorter than this; a longer one means that something else speaks. */
const maxLineCharacters = 4 * 1024 * 1024;

/** Hands on the lines of a body as they come; ends the connection when one grows without end. */
export function readLines(message: IncomingMessage, onLine: (line: string) => void): void {
  let rest = "";
  message.setEncoding("utf8");
  message.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > maxLineCharacters) {
      message.destroy();
      return;
    }
    for (const line of lines) onLine(line);
  });
}
