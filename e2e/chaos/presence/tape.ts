import pg from "pg";

/** A row that somebody wrote while the tape ran: `before` and `after` as the table has them. */
export type TapeRow = {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Which rows were written together. */
  readonly tx: string;
  /** Name of the connection: the worker's. */
  readonly writer: string;
  readonly table: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
};

/** When a reading was made by the device's own clock, and received; epoch milliseconds. */
export type TapeReading = {
  readonly deviceKey: string;
  readonly ts: number;
  readonly receivedAt: number;
};

export type Tape = {
  readonly owner: pg.Client;
  rows(): Promise<readonly TapeRow[]>;
  readings(): Promise<readonly TapeReading[]>;
  close(): Promise<void>;
};

/** What presence is judged by, and which writes of it count. */
const watched: readonly (readonly [table: string, event: string, when: string])[] = [
  ["device_connection_event", "INSERT", "true"],
  ["device_status", "INSERT", "true"],
  ["device_status", "UPDATE", "NEW.last_message_at IS DISTINCT FROM OLD.last_message_at"],
  ["worker_instance", "INSERT", "true"],
  ["worker_instance", "UPDATE", "true"],
  ["worker_instance", "DELETE", "true"],
  ["device", "UPDATE", "NEW.state <> OLD.state"],
  ["device_credential", "UPDATE", "NEW.revoked_at IS DISTINCT FROM OLD.revoked_at"],
  ["profile", "UPDATE", "NEW.expected_contact_seconds <> OLD.expected_contact_seconds"],
  ["telemetry.presence_engine", "UPDATE", "NEW.looked_at - OLD.looked_at > interval '1 minute'"],
];

/** Has the database itself note from now on what is written, by whom and when. */
export async function startTape(ownerUrl: string): Promise<Tape> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(`CREATE SCHEMA tape;
    CREATE TABLE tape.row (nr bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
      tx bigint NOT NULL DEFAULT txid_current(), writer text NOT NULL, source text NOT NULL,
      before jsonb, after jsonb);
    CREATE FUNCTION tape.note() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = tape, pg_temp AS $$
    BEGIN
      INSERT INTO tape.row (writer, source, before, after)
      VALUES (current_setting('application_name'), TG_TABLE_NAME,
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
        CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
      RETURN NULL;
    END $$`);
  for (const [nr, [table, event, when]] of watched.entries()) {
    await owner.query(
      `CREATE TRIGGER tape_${nr} AFTER ${event} ON ${table} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION tape.note()`,
    );
  }
  return {
    owner,
    rows: () => readRows(owner),
    readings: () => readReadings(owner),
    close: () => owner.end(),
  };
}

async function readRows(owner: pg.Client): Promise<readonly TapeRow[]> {
  const { rows } = await owner.query<TapeRow>(
    `SELECT (extract(epoch FROM at) * 1000)::float8 AS at, tx::text, writer, source AS table, before, after
     FROM tape.row ORDER BY nr`,
  );
  return rows;
}

/** A time that was out of bounds, or missing, is the server's there already. */
async function readReadings(owner: pg.Client): Promise<readonly TapeReading[]> {
  const { rows } = await owner.query<TapeReading>(
    `SELECT device_key::text AS "deviceKey", (extract(epoch FROM ts) * 1000)::float8 AS ts,
       (extract(epoch FROM received_at) * 1000)::float8 AS "receivedAt"
     FROM telemetry.reading ORDER BY received_at`,
  );
  return rows;
}
