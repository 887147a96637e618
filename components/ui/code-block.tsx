import { CopyButton } from "#components/ui/copy-button.tsx";

/**
 * Text to paste: commands, PEM, JSON. `what` names it for the copy button. Long lines wrap, so
 * that nothing scrolls inside the page; the copy has the lines as they are.
 */
export function CodeBlock({ code, what }: { readonly code: string; readonly what: string }) {
  return (
    <div className="relative rounded border border-line bg-sunken">
      <pre className="min-h-10 py-2.5 pr-12 pl-3 text-sm leading-5 wrap-anywhere whitespace-pre-wrap text-ink">
        {/* A line may break before an option, not after its hyphens. */}
        {code.split(/((?<=\s)-\S+)/).map((part, index) =>
          index % 2 === 1 ? (
            <span key={index} className="inline-block">
              {part}
            </span>
          ) : (
            part
          ),
        )}
      </pre>
      <span className="absolute top-1.5 right-1.5">
        <CopyButton text={code} what={what} />
      </span>
    </div>
  );
}
