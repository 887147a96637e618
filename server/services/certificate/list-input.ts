type Params = Readonly<Record<string, string | string[] | undefined>>;

const listOf = (value: string | string[] | undefined): string[] =>
  [value ?? []]
    .flat()
    .flatMap((part) => part.split(","))
    .filter((part) => part !== "");

/**
 * Query parameters of a request as the input of listCertificates, which judges them: `text` (`q` in the
 * console's addresses), `kind`, `standing`, `profile` (each a list by commas), `issuer` (may come several
 * times: a name has commas of its own), `within`, `from`, `to`, `contact` (`before`), `sort`, `cursor`,
 * `limit`, `format`.
 */
export function certificateListInput(query: Params): unknown {
  const { text, q, within, from, to, sort, cursor, limit, format } = query;
  return {
    filter: {
      text: text ?? q ?? "",
      kinds: listOf(query["kind"]),
      standings: listOf(query["standing"]),
      profileIds: listOf(query["profile"]),
      issuers: [query["issuer"] ?? []].flat(),
      beforeContact: query["contact"] === "before",
      ...(within === undefined ? {} : { withinDays: within }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
    ...(sort === undefined ? {} : { sort }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(limit === undefined ? {} : { limit }),
    ...(format === undefined ? {} : { format }),
  };
}
