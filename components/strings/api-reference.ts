/** Words of the API reference. */
export const apiReferenceText = {
  title: "REST API",
  subtitle:
    "Send an API token as “Authorization: Bearer qs_…”. Errors are RFC 9457 problem documents with a remedy.",
  document: "OpenAPI 3.1 document",
  tokens: "API tokens",
  name: "Name",
  place: "Where",
  type: "Type",
  meaning: "Meaning",
  required: "required",
  noFields: "Takes nothing.",
  tryIt: "Try it",
  tryItCode: (base: string) =>
    `curl -H "Authorization: Bearer $QUAYSIDE_TOKEN" ${base}/api/v1/devices`,
} as const;
