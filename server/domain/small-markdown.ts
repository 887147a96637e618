/**
 * A small part of Markdown as a tree: headings, paragraphs, lists, code, emphasis, links. There is no
 * raw HTML: whatever looks like it is text. Nothing nests deeper than a list item's words.
 */

export type MarkdownWord =
  | { readonly kind: "text" | "strong" | "emphasis" | "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

export type MarkdownBlock =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly words: readonly MarkdownWord[] }
  | { readonly kind: "paragraph"; readonly words: readonly MarkdownWord[] }
  | {
      readonly kind: "list";
      readonly ordered: boolean;
      readonly items: readonly (readonly MarkdownWord[])[];
    }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "rule" };

const bullet = /^\s{0,3}[-*+]\s+(.*)$/;
const numbered = /^\s{0,3}\d{1,9}[.)]\s+(.*)$/;
const heading = /^\s{0,3}(#{1,3})\s+(.*?)\s*#*\s*$/;
const rule = /^\s{0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/;
const fence = /^\s{0,3}```/;

/** Reads a text. It never fails: what it does not know stays as it was written. */
export function readMarkdown(source: string): readonly MarkdownBlock[] {
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  const blocks: MarkdownBlock[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, used] = blockAt(lines, at);
    if (block !== undefined) blocks.push(block);
    at += used;
  }
  return blocks;
}

function blockAt(
  lines: readonly string[],
  at: number,
): readonly [block: MarkdownBlock | undefined, lines: number] {
  const line = lines[at] ?? "";
  if (line.trim() === "") return [undefined, 1];
  if (fence.test(line)) return codeAt(lines, at);
  if (rule.test(line)) return [{ kind: "rule" }, 1];
  const title = heading.exec(line);
  if (title !== null) {
    const level = (title[1]?.length ?? 1) as 1 | 2 | 3;
    return [{ kind: "heading", level, words: readWords(title[2] ?? "") }, 1];
  }
  if (bullet.test(line)) return listAt(lines, at, bullet);
  if (numbered.test(line)) return listAt(lines, at, numbered);
  const text = takeWhile(lines, at, (each) => !startsBlock(each));
  return [{ kind: "paragraph", words: readWords(text.join(" ")) }, text.length];
}

function startsBlock(line: string): boolean {
  return (
    line.trim() === "" || [fence, rule, heading, bullet, numbered].some((each) => each.test(line))
  );
}

/** The line at `from`, and those after it for which `fits` holds. */
function takeWhile(
  lines: readonly string[],
  from: number,
  fits: (line: string) => boolean,
): readonly string[] {
  let end = from + 1;
  while (end < lines.length && fits(lines[end] ?? "")) end += 1;
  return lines.slice(from, end);
}

function codeAt(lines: readonly string[], at: number): readonly [MarkdownBlock, number] {
  const inside = takeWhile(lines, at, (line) => !fence.test(line));
  return [{ kind: "code", text: inside.slice(1).join("\n") }, inside.length + 1];
}

function listAt(
  lines: readonly string[],
  at: number,
  mark: RegExp,
): readonly [MarkdownBlock, number] {
  const found = takeWhile(lines, at, (line) => mark.test(line) && !rule.test(line));
  const items = found.map((line) => readWords(mark.exec(line)?.[1] ?? ""));
  return [{ kind: "list", ordered: mark === numbered, items }, found.length];
}

const word = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]{1,300})\]\(([^)\s]{1,2000})\)/g;

/** The words of a line. */
export function readWords(text: string): readonly MarkdownWord[] {
  const words: MarkdownWord[] = [];
  let from = 0;
  for (const match of text.matchAll(word)) {
    if (match.index > from) words.push({ kind: "text", text: text.slice(from, match.index) });
    words.push(wordOf(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) words.push({ kind: "text", text: text.slice(from) });
  return words;
}

function wordOf([all, code, strong, emphasis, label, href]: RegExpMatchArray): MarkdownWord {
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", text: strong };
  if (emphasis !== undefined) return { kind: "emphasis", text: emphasis };
  if (label !== undefined && href !== undefined && isSafeHref(href)) {
    return { kind: "link", text: label, href };
  }
  return { kind: "text", text: all };
}

/** Where a link may lead: pages of ours, or http(s). Never script, data or a file. */
function isSafeHref(href: string): boolean {
  if (/^\/(?![/\\])/.test(href)) return true;
  return URL.canParse(href) && ["http:", "https:"].includes(new URL(href).protocol);
}
