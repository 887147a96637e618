const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{};]|[\w.]+/g;

/** Full names of the messages that a .proto file declares, in its order; reads no more than that. */
export function protoMessageTypes(source: string): readonly string[] {
  const words = source.match(token) ?? [];
  const found: string[] = [];
  /** Names of the blocks around; of those that are no message an empty text. */
  const around: string[] = [];
  let packageName = "";
  let opening = "";
  words.forEach((word, index) => {
    if (word === "package" && around.length === 0) packageName = words[index + 1] ?? "";
    if (word === "message" && words[index + 2] === "{") {
      opening = words[index + 1] ?? "";
      found.push([packageName, ...around, opening].filter((part) => part !== "").join("."));
    }
    if (word === "{") {
      around.push(opening);
      opening = "";
    }
    if (word === "}") around.pop();
  });
  return found;
}
