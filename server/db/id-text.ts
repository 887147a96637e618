const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is found as a device's own id too, which is none of its words. */
export function isIdText(text: string): boolean {
  return uuidText.test(text);
}
