const uuid =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-0{4}-0{4}-0{4}-0{12}|f{8}-f{4}-f{4}-f{4}-f{12})$/i;

/** Whether a text is a UUID of RFC 9562: the same texts as the schemas of the services take. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
