import Link from "next/link";
import { ScrollArea } from "#components/dashboard/widgets/scroll-area.tsx";
import { Hollow } from "#components/dashboard/widgets/widget-states.tsx";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import {
  readMarkdown,
  type MarkdownBlock,
  type MarkdownWord,
} from "#server/domain/small-markdown.ts";

/** Text with a little Markdown; never HTML. */
export function TextWidget({ label, text }: { readonly label: string; readonly text: string }) {
  const blocks = readMarkdown(text);
  if (blocks.length === 0) return <Hollow title={widgetText.emptyText} />;
  return (
    <div className="flex h-full flex-col">
      <ScrollArea label={label} className="flex flex-col gap-2 text-base text-ink">
        {blocks.map((block, index) => (
          <Block key={index} block={block} />
        ))}
      </ScrollArea>
    </div>
  );
}

const headings = { 1: "text-lg", 2: "text-base", 3: "text-base text-ink-2" } as const;

function Block({ block }: { readonly block: MarkdownBlock }) {
  switch (block.kind) {
    case "heading":
      // The widget's own title is above: what is inside lies below it.
      return (
        <h3 className={`font-semibold ${headings[block.level]}`}>
          <Words words={block.words} />
        </h3>
      );
    case "paragraph":
      return (
        <p>
          <Words words={block.words} />
        </p>
      );
    case "list": {
      const List = block.ordered ? "ol" : "ul";
      return (
        <List className={`${block.ordered ? "list-decimal" : "list-disc"} pl-5`}>
          {block.items.map((words, index) => (
            <li key={index}>
              <Words words={words} />
            </li>
          ))}
        </List>
      );
    }
    case "code":
      return (
        <pre className="rounded bg-sunken px-2.5 py-2 font-mono text-sm break-words whitespace-pre-wrap">
          {block.text}
        </pre>
      );
    case "rule":
      return <hr className="border-line" />;
  }
}

function Words({ words }: { readonly words: readonly MarkdownWord[] }) {
  return words.map((word, index) => <Word key={index} word={word} />);
}

function Word({ word }: { readonly word: MarkdownWord }) {
  switch (word.kind) {
    case "text":
      return word.text;
    case "strong":
      return <strong className="font-semibold">{word.text}</strong>;
    case "emphasis":
      return <em>{word.text}</em>;
    case "code":
      return <code className="rounded-xs bg-sunken px-1 font-mono text-sm">{word.text}</code>;
    case "link":
      return word.href.startsWith("/") ? (
        <Link href={word.href} className="text-accent underline">
          {word.text}
        </Link>
      ) : (
        <a
          href={word.href}
          target="_blank"
          rel="noopener noreferrer"
          className="text-accent underline"
        >
          {word.text}
        </a>
      );
  }
}
