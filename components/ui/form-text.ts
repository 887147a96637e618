/** A form's text by its field. What was typed before the page came alive is in the form and nowhere else. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value.trim() : "";
}
