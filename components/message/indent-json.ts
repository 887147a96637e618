/**
 * JSON on lines of its own, token by token: numbers too big for this machine and members that come
 * twice stay as the device wrote them. Text that is no JSON stays as it is.
 */
export function indentJson(text: string): string {
  if (!isJson(text)) return text;
  let out = "";
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[^\s"{}[\],:]+|[{}[\],:]/g)) {
    if (token === "}" || token === "]") {
      depth -= 1;
      const isEmpty = /[{[]$/.test(out);
      out += isEmpty ? token : `${lineAt(depth)}${token}`;
      continue;
    }
    if (/[{[]$/.test(out)) out += lineAt(depth);
    out += token;
    if (token === "{" || token === "[") depth += 1;
    else if (token === ",") out += lineAt(depth);
    else if (token === ":") out += " ";
  }
  return out;
}

function lineAt(depth: number): string {
  return `\n${"  ".repeat(depth)}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
