type Params = Readonly<Record<string, string | string[] | undefined>>;

const listOf = (value: string | string[] | undefined): string[] =>
  (Array.isArray(value) ? value : [value ?? ""])
    .flatMap((part) => part.split(","))
    .filter((part) => part !== "");

const singles = {
  gateway: "gatewayId",
  location: "location",
  before: "contactBefore",
  within: "contactWithin",
} as const;

/**
 * Query parameters of a request as the input of listDevices, which judges them: `text`, `query`
 * (`q` in the console's addresses), `presence`, `profile`, `certificate`, `tag`, `firmware`,
 * `group` (each a list by commas), `gateway` (a UUID), `location`, `bounds` (south, west, north,
 * east), `before` and `within` (seconds since the last contact), `metric`, `sort`, `cursor`, `limit`.
 */
export function deviceListInput(query: Params): unknown {
  const { text, q, sort, cursor, limit } = query;
  return {
    filter: {
      text: text ?? "",
      query: query["query"] ?? q ?? "",
      presence: listOf(query["presence"]),
      profileIds: listOf(query["profile"]),
      certificate: listOf(query["certificate"]),
      tags: listOf(query["tag"]),
      firmware: listOf(query["firmware"]),
      groupIds: listOf(query["group"]),
      ...Object.fromEntries(
        Object.entries(singles).flatMap(([name, field]) =>
          query[name] === undefined ? [] : [[field, query[name]]],
        ),
      ),
      ...(query["bounds"] === undefined ? {} : { bounds: boundsOf(query["bounds"]) }),
    },
    metrics: listOf(query["metric"]),
    ...(sort === undefined ? {} : { sort }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function boundsOf(value: string | string[]): unknown {
  const [south, west, north, east] = listOf(value).map(Number);
  return { south, west, north, east };
}
