import {
  celEnv,
  celError,
  celFunc,
  celList,
  celMethod,
  CelScalar,
  isCelError,
  isCelList,
  isCelMap,
  listType,
  type CelEnv,
  type CelFunc,
  type CelList,
  type CelValue,
} from "@bufbuild/cel";
import { RE2JS } from "re2js";

/** Work that one evaluation may still do: elements compared and characters matched. */
export type Budget = { left: number };

const { DOUBLE, DYN, INT, STRING } = CelScalar;
const LIST = listType(DYN);
const longestList = 1000;
export const longestText = 1024;

/** What ends an evaluation, in words that follow "The expression". */
const stops = {
  work: "does too much work for one message",
  zero: "divides by zero",
  notNumber: "reads a text as a number that is none",
  text: `makes a text of more than ${longestText} characters`,
  list: `makes a list of more than ${longestList} elements`,
} as const;
/** The evaluator carries these through as messages of its own errors. */
export const stopWords: ReadonlySet<string> = new Set(Object.values(stops));

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;

/**
 * CEL's functions as expressions of schemas have them: numbers of both kinds mix, division by zero
 * is a failure, text is read as a number only if it is one, math.* is there, and what could grow or
 * take long is bounded.
 */
export function expressionEnv(budget: Budget): CelEnv {
  return celEnv({
    funcs: [...arithmetic(), ...mathFunctions(), ...readings(), ...bounded(budget)],
    re2: linearPatterns(budget),
  });
}

function spend(budget: Budget, units: number): void {
  budget.left -= units;
  if (budget.left < 0) throw new Error(stops.work);
}

/** Matching in time linear in the text. The patterns are written in the expression, so they are few. */
function linearPatterns(budget: Budget) {
  const compiled = new Map<string, RE2JS>();
  return {
    compile: (pattern: string) => {
      const expression = compiled.get(pattern) ?? RE2JS.compile(pattern);
      compiled.set(pattern, expression);
      return {
        test: (text: string): boolean => {
          spend(budget, text.length);
          return expression.matcher(text).find();
        },
      };
    },
  };
}

function divide(a: number, b: number): number {
  if (b === 0) throw new Error(stops.zero);
  return a / b;
}

function remainder(a: number, b: number): number {
  if (b === 0) throw new Error(stops.zero);
  return a % b;
}

/** CEL has no operators between its whole numbers and its doubles; lengths are whole numbers. */
function arithmetic(): CelFunc[] {
  const operators: readonly (readonly [string, (a: number, b: number) => number])[] = [
    ["_+_", (a, b) => a + b],
    ["_-_", (a, b) => a - b],
    ["_*_", (a, b) => a * b],
    ["_/_", divide],
    ["_%_", remainder],
  ];
  return operators.flatMap(([name, apply]) => [
    celFunc(name, [DOUBLE, DOUBLE], DOUBLE, apply),
    celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => apply(Number(a), b)),
    celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => apply(a, Number(b))),
  ]);
}

/** The names of CEL's extension for mathematics. */
function mathFunctions(): CelFunc[] {
  const one: readonly (readonly [string, (value: number) => number])[] = [
    ["abs", Math.abs],
    ["ceil", Math.ceil],
    ["floor", Math.floor],
    ["round", (value) => Math.sign(value) * Math.round(Math.abs(value))],
    ["trunc", Math.trunc],
    ["sign", Math.sign],
    ["sqrt", Math.sqrt],
  ];
  return [
    ...one.map(([name, apply]) => celFunc(`math.${name}`, [DOUBLE], DOUBLE, apply)),
    celFunc("math.greatest", [DOUBLE, DOUBLE], DOUBLE, Math.max),
    celFunc("math.least", [DOUBLE, DOUBLE], DOUBLE, Math.min),
    celFunc("math.pow", [DOUBLE, DOUBLE], DOUBLE, (base, exponent) => base ** exponent),
    celFunc("math.log", [DOUBLE], DOUBLE, Math.log),
    celFunc("math.exp", [DOUBLE], DOUBLE, Math.exp),
  ];
}

function readings(): CelFunc[] {
  return [
    celFunc("double", [STRING], DOUBLE, (text) => Number(numberText(text))),
    celFunc("int", [STRING], INT, (text) => BigInt(Math.trunc(Number(numberText(text))))),
  ];
}

function numberText(text: string): string {
  const trimmed = text.trim();
  if (!decimal.test(trimmed)) throw new Error(stops.notNumber);
  return trimmed;
}

/** Functions of the standard library whose cost or result grows with what they are given. */
function bounded(budget: Budget): CelFunc[] {
  const standard = new Map([...celEnv().funcs].map((func) => [func.id, func]));
  const guarded = (id: string, guard: Guard): CelFunc[] => {
    const func = standard.get(id);
    return func === undefined ? [] : [withGuard(func, guard)];
  };
  const comparing: Guard = (_, a, b) => spend(budget, costOf(a) + costOf(b));
  const reading: Guard = (text, first) => spend(budget, String(text ?? first).length);
  return [
    ...guarded("_+_(string,string)", limitText),
    joinLists(),
    ...guarded("_==_(dyn,dyn)", comparing),
    ...guarded("_!=_(dyn,dyn)", comparing),
    ...guarded("@in(dyn,list)", comparing),
    ...["contains", "startsWith", "endsWith"].flatMap((name) =>
      guarded(`string.${name}(string)`, reading),
    ),
    ...guarded("size(string)", reading),
    ...guarded("string.size()", reading),
    // Parts of a time in a zone: each asks the system's calendar.
    ...[...standard.values()]
      .filter(({ target, arguments: [zone] }) => target?.kind === "object" && zone === STRING)
      .map((func) => withGuard(func, () => spend(budget, 500))),
  ];
}

/** Throws where a call would cost too much. */
type Guard = (target: unknown, ...args: readonly unknown[]) => void;

/** The function with something to check before each call. */
function withGuard(func: CelFunc, guard: Guard): CelFunc {
  const call = (target: CelValue | undefined, args: CelValue[]): CelValue => {
    guard(target, ...args);
    const result = func.call(0, target, args);
    if (result === undefined || isCelError(result)) throw celError(result ?? "no overload");
    return result;
  };
  if (func.target === undefined) {
    return celFunc(func.name, func.arguments, DYN, (...args: CelValue[]) => call(undefined, args));
  }
  return celMethod(func.name, func.target, func.arguments, DYN, function (...args: CelValue[]) {
    return call(this, args);
  });
}

function limitText(_: unknown, a: unknown, b: unknown): void {
  if (String(a).length + String(b).length <= longestText) return;
  throw new Error(stops.text);
}

/** A loop's list grows one by one: joining arrays keeps it from becoming a chain of a thousand lists. */
function joinLists(): CelFunc {
  const joined = new WeakMap<CelList, readonly CelValue[]>();
  const elementsOf = (list: CelList): readonly CelValue[] => joined.get(list) ?? [...list];
  return celFunc("_+_", [LIST, LIST], LIST, (a, b) => {
    if (a.size + b.size > longestList) {
      throw new Error(stops.list);
    }
    const elements = elementsOf(a).concat(elementsOf(b));
    const list = celList(elements);
    joined.set(list, elements);
    return list;
  });
}

/** Elements that are looked at to compare it. What they hold is bounded by the message. */
function costOf(value: unknown): number {
  return isCelList(value) || isCelMap(value) ? value.size + 1 : 1;
}
