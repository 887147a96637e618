/** What a template can speak of. */
export type TemplateFacts = {
  readonly registrationId: string;
  readonly serial: string;
  readonly commonName: string;
  readonly parameters: Readonly<Record<string, string>>;
};

const placeholder = /\{([^{}]*)\}/g;
const parameterName = /^parameter:([A-Za-z0-9_.-]{1,64})$/;

function knows(name: string): boolean {
  return (
    name === "registrationId" ||
    name === "serial" ||
    name === "commonName" ||
    parameterName.test(name)
  );
}

/** A sentence about what of a template cannot be; undefined when it is sound. */
export function templateProblem(template: string): string | undefined {
  const names = Array.from(template.matchAll(placeholder), ([, name = ""]) => name);
  const unknown = names.find((name) => !knows(name));
  if (unknown !== undefined) {
    return `A template cannot speak of {${unknown}}; use {registrationId}, {serial}, {commonName} or {parameter:NAME}.`;
  }
  return /[{}]/.test(template.replace(placeholder, ""))
    ? "A brace of the template is not closed."
    : undefined;
}

/** The same for a device id, which two devices must not share. */
export function deviceIdTemplateProblem(template: string): string | undefined {
  return (
    templateProblem(template) ??
    (/\{/.test(template)
      ? undefined
      : "Every device would have the same id; use {registrationId} or {serial} in it.")
  );
}

function valueOf(name: string, facts: TemplateFacts): string {
  if (name === "registrationId") return facts.registrationId;
  if (name === "serial") return facts.serial;
  if (name === "commonName") return facts.commonName;
  const parameter = parameterName.exec(name)?.[1] ?? "";
  return Object.hasOwn(facts.parameters, parameter) ? (facts.parameters[parameter] ?? "") : "";
}

/** A template with its places filled, and the names of those for which the device says nothing. */
export function fillTemplate(
  template: string,
  facts: TemplateFacts,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const text = template.replace(placeholder, (_, name: string) => {
    const value = valueOf(name, facts);
    if (value === "") missing.push(name);
    return value;
  });
  return { text, missing };
}
