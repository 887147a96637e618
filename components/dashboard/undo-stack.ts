/** States that one can go back to and forth again. */
export type UndoStack<T> = {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the newest change was about: the next about the same joins it. */
  readonly topic: string | null;
};

/** Steps back that are kept. */
const keptSteps = 100;

export function startStack<T>(present: T): UndoStack<T> {
  return { past: [], present, future: [], topic: null };
}

/**
 * A change. Changes one after the other with the same topic (typing into one field) are one step;
 * null never joins. What could be done again is forgotten.
 */
export function changeStack<T>(
  stack: UndoStack<T>,
  present: T,
  topic: string | null,
): UndoStack<T> {
  if (present === stack.present) return stack;
  const joins = topic !== null && topic === stack.topic && stack.past.length > 0;
  const past = joins ? stack.past : [...stack.past, stack.present].slice(-keptSteps);
  return { past, present, future: [], topic };
}

/** One step back; the same stack when there is none. */
export function undo<T>(stack: UndoStack<T>): UndoStack<T> {
  const before = stack.past.at(-1);
  if (before === undefined) return stack;
  return {
    past: stack.past.slice(0, -1),
    present: before,
    future: [stack.present, ...stack.future],
    topic: null,
  };
}

/** One step forth again; the same stack when there is none. */
export function redo<T>(stack: UndoStack<T>): UndoStack<T> {
  const [next, ...future] = stack.future;
  if (next === undefined) return stack;
  return { past: [...stack.past, stack.present], present: next, future, topic: null };
}
