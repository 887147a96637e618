"use client";
import { useState, type ComponentProps } from "react";
import { Input } from "#components/ui/input.tsx";

type Props = Omit<ComponentProps<typeof Input>, "value" | "onChange" | "defaultValue"> & {
  readonly value: string;
  /** What is wrong with a text, which is then not taken. */
  readonly problemOf?: (text: string) => string | undefined;
  readonly onCommit: (text: string) => void;
};

/** A line of text that counts when one leaves it or presses Enter; Escape takes the typing back. */
export function CommitInput({ value, problemOf, onCommit, ...rest }: Props) {
  const [typed, setTyped] = useState<string>();
  const text = typed ?? value;
  const problem = typed === undefined || typed === value ? undefined : problemOf?.(typed.trim());
  function commit() {
    if (typed === undefined || problem !== undefined) return;
    setTyped(undefined);
    if (typed.trim() !== value) onCommit(typed.trim());
  }
  return (
    <>
      <Input
        autoComplete="off"
        spellCheck={false}
        {...rest}
        value={text}
        {...(problem !== undefined && { "aria-invalid": true })}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            commit();
          }
          if (event.key === "Escape") setTyped(undefined);
        }}
      />
      {problem !== undefined && (
        <p role="alert" className="mt-1 text-sm text-bad">
          {problem}
        </p>
      )}
    </>
  );
}
