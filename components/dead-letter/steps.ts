import { transformStep, type TransformStep } from "#server/domain/transform-steps.ts";

export type StepOp = TransformStep["op"];

/** What a step may hold, as text of a form. */
export type StepPart = "field" | "from" | "to" | "value" | "expression" | "unit" | "attribute";

/** A step as people are writing it: nothing is checked yet. */
export type StepDraft = {
  /** Tells the rows of the editor apart. */
  readonly key: string;
  readonly op: StepOp;
  readonly parts: Readonly<Partial<Record<StepPart, string>>>;
};

/** What each operation asks for, in the order of the form. */
export const stepParts: Readonly<Record<StepOp, readonly StepPart[]>> = {
  rename: ["from", "to"],
  remove: ["field"],
  set: ["field", "value"],
  default: ["field", "value"],
  convert: ["field", "from", "to"],
  cast: ["field", "to"],
  compute: ["field", "expression", "unit"],
  enrich: ["field", "attribute"],
};

export const stepOps = Object.keys(stepParts).filter((op): op is StepOp => op in stepParts);

export const castTargets = ["number", "string", "boolean"] as const;

let made = 0;

/** A draft of the operation with what is known already. */
export function draftStep(op: StepOp, parts: StepDraft["parts"] = {}): StepDraft {
  made += 1;
  const start = op === "cast" ? { to: castTargets[0], ...parts } : parts;
  return { key: String(made), op, parts: start };
}

/** The steps that are whole, and by the drafts' keys what the others lack. */
export function readSteps(drafts: readonly StepDraft[]): {
  readonly steps: readonly TransformStep[];
  readonly problems: ReadonlyMap<string, string>;
} {
  const steps: TransformStep[] = [];
  const problems = new Map<string, string>();
  for (const draft of drafts) {
    const read = transformStep.safeParse(stepOf(draft));
    if (read.success) steps.push(read.data);
    else problems.set(draft.key, read.error.issues[0]?.message ?? "");
  }
  return { steps, problems };
}

function stepOf({ op, parts }: StepDraft): unknown {
  const given = stepParts[op].flatMap((part) => {
    const text = parts[part] ?? "";
    if (part === "unit" && text.trim() === "") return [];
    return [[part, part === "value" ? plainOf(text) : text] as const];
  });
  return { op, ...Object.fromEntries(given) };
}

/** 21.5, true and null as what they are; everything else is text, with or without quotes. */
function plainOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? text : value;
  } catch {
    return text;
  }
}
