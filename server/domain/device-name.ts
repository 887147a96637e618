export const longestDeviceName = 120;

export const deviceNameProblems = {
  missing: "Give the device a name.",
  tooLong: `A name has at most ${longestDeviceName} characters.`,
  lines: "A name is one line of text.",
} as const;

/** One line: without control characters and line separators. */
export const deviceNamePattern = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

/** What is wrong with a device's name; undefined when nothing is. */
export function deviceNameProblem(name: string): string | undefined {
  const text = name.trim();
  if (text === "") return deviceNameProblems.missing;
  if (text.length > longestDeviceName) return deviceNameProblems.tooLong;
  return deviceNamePattern.test(text) ? undefined : deviceNameProblems.lines;
}
