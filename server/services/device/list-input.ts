type Params = Readonly<Record<string, string | string[] | undefined>>;

const listOf = (value: string | string[] | undefined): string[] =>
  (Array.isArray(value) ? value : [value ?? ""])
    .flatMap((part) => part.split(","))
    .filter((part) => part !== "");

/**
 * Query parameters of a request as the input of listDevices, which judges them: `text` (`q` in the
 * console's addresses), `presence`,
 * `profile`, `certificate` (each a list by commas), `gateway` (a UUID), `sort`, `cursor`, `limit`.
 */
export function deviceListInput(query: Params): unknown {
  const { text, q, sort, cursor, limit } = query;
  return {
    filter: {
      text: text ?? q ?? "",
      presence: listOf(query["presence"]),
      profileIds: listOf(query["profile"]),
      certificate: listOf(query["certificate"]),
      ...(query["gateway"] === undefined ? {} : { gatewayId: query["gateway"] }),
    },
    ...(sort === undefined ? {} : { sort }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(limit === undefined ? {} : { limit }),
  };
}
