/**
 * The statements of the session writer; see the functions' comments in the migration `broker`.
 * Each takes text parameters and answers with one JSON document in each row.
 */
export const mqttStoreStatements = {
  /** worker, sequence, operations: one row for each operation, in their order. */
  apply: "SELECT mqtt_apply($1::uuid, $2::bigint, $3::jsonb)",
  /** worker, session keys, messages and bytes of a page: one row for each key, empty without a row. */
  opened: "SELECT mqtt_opened($1::uuid, $2::jsonb, $3::integer, $4::bigint)",
  /** worker: what routing is to know of the transaction. */
  ownChanges: "SELECT mqtt_own_changes($1::uuid)",
  /** worker, known versions: their new values in the first row, then the changes. */
  foreignChanges: "SELECT mqtt_foreign_changes($1::uuid, $2::json)",
} as const;

export type MqttStoreStatement = keyof typeof mqttStoreStatements;

export const mqttStoreSession = [
  "SET synchronous_commit = on",
  "SET statement_timeout = '30s'",
  "SET idle_in_transaction_session_timeout = '30s'",
].join(";\n");
