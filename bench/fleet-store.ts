import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { openDatabase, type Database } from "#server/db/client.ts";
import { startEmbeddedPostgres } from "#server/db/embedded.ts";
import { migrate } from "#server/db/migrate.ts";
import { createTenant } from "#server/services/tenant/create.ts";

/** A fleet of so many devices in a database of its own, beside another organisation's. */
export type FleetStore = {
  readonly devices: number;
  readonly db: Database;
  readonly tenantId: string;
};

const password = "bench";
/** Not below the project: PostgreSQL runs as another user, who may not enter it. */
const folder = path.join(tmpdir(), "quayside-bench-fleet");

/** Starts the cluster that is kept between runs; what it has built already is there again. */
export async function openFleetStores(
  counts: readonly number[],
  say: (line: string) => void,
): Promise<{ readonly stores: readonly FleetStore[]; stop(): Promise<void> }> {
  const settings = ["shared_buffers=1GB", "effective_cache_size=2GB", "random_page_cost=1.1"];
  const server = await startEmbeddedPostgres({ dir: folder, password, settings });
  const stores: FleetStore[] = [];
  for (const devices of counts) stores.push(await openStore(server.url, devices, say));
  return {
    stores,
    stop: async () => {
      await Promise.all(stores.map(({ db }) => db.close()));
      await server.stop();
    },
  };
}

async function openStore(
  adminUrl: string,
  devices: number,
  say: (line: string) => void,
): Promise<FleetStore> {
  const name = `fleet_${devices}`;
  const owner = new URL(adminUrl);
  owner.pathname = `/${name}`;
  const isBuilt = await hasDatabase(adminUrl, name);
  if (!isBuilt) await asOwner(adminUrl, (client) => client.query(`CREATE DATABASE ${name}_new`));
  if (!isBuilt) owner.pathname = `/${name}_new`;
  const passwords = { app: password, ingest: password };
  const { appUrl } = await migrate({ ownerUrl: owner.href, passwords });
  const app = new URL(appUrl);
  if (!isBuilt) {
    say(`a fleet of ${devices} devices is built; this takes a while, once`);
    await build(owner.href, appUrl, devices);
    await asOwner(adminUrl, (client) =>
      client.query(`ALTER DATABASE ${name}_new RENAME TO ${name}`),
    );
    app.pathname = `/${name}`;
  }
  const db = openDatabase({ url: app.href, max: 2 });
  return { devices, db, tenantId: await tenantOf(adminUrl, name) };
}

async function build(ownerUrl: string, appUrl: string, devices: number): Promise<void> {
  const db = openDatabase({ url: appUrl, max: 1 });
  try {
    const acme = await createTenant(db, { slug: "acme", name: "Acme", operator: true });
    const other = await createTenant(db, { slug: "other", name: "Other", operator: false });
    await asOwner(ownerUrl, async (client) => {
      await fillFleet(client, acme.tenantId, devices);
      await fillFleet(client, other.tenantId, Math.ceil(devices / 10));
      await client.query("VACUUM (ANALYZE)");
    });
  } finally {
    await db.close();
  }
}

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function tenantOf(adminUrl: string, database: string): Promise<string> {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  const { rows } = await asOwner(url.href, (client) =>
    client.query<{ id: string }>("SELECT id FROM tenant WHERE slug = 'acme'"),
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`The store ${database} has no organisation.`);
  return row.id;
}

/** Whether the store was built to its end; what an interrupted run left is taken away. */
async function hasDatabase(adminUrl: string, name: string): Promise<boolean> {
  return asOwner(adminUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name}_new`);
    const found = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    return found.rowCount === 1;
  });
}

/** Shares of a fleet as one finds it: most are well, a few percent are not. All by the number `n` of a device. */
const statements = {
  profiles: `INSERT INTO profile (tenant_id, name, schema_id)
    SELECT $1, 'profile ' || n, (SELECT p.schema_id FROM profile p WHERE p.tenant_id = $1 LIMIT 1)
    FROM generate_series(1, 20) AS n`,
  devices: `WITH kind AS (SELECT id, row_number() OVER (ORDER BY name) AS rank FROM profile WHERE tenant_id = $1)
    INSERT INTO device (tenant_id, device_id, name, profile_id, state, serial, tags, created_at, created_by,
      latitude, longitude, location_source)
    SELECT $1, 'dev-' || left($1::text, 4) || '-' || n,
      CASE WHEN n % 500 = 7 THEN 'Gateway ' || n / 500 ELSE (ARRAY['Pump','Valve','Meter','Boiler','Heat pump','Inverter','Camera','Gate','Lamp','Tank','Chiller','Sensor'])[1 + abs(hashint4(n)) % 12] || ' ' || lpad(n::text, 7, '0') END,
      kind.id,
      (CASE WHEN n % 100 = 0 THEN 'decommissioned' WHEN n % 500 = 1 THEN 'suspended' WHEN n % 1000 = 2 THEN 'quarantined' ELSE 'active' END)::"DeviceState",
      'SN' || upper(substr(md5(n::text), 1, 10)),
      ARRAY['site-' || abs(hashint4(n + 7)) % 50] || CASE WHEN n % 20 = 3 THEN ARRAY['roof'] ELSE '{}' END
        || CASE WHEN n % 200 = 4 THEN ARRAY['test'] ELSE '{}' END,
      now() - make_interval(mins => $2 - n), 'bench',
      CASE WHEN n % 5 < 3 THEN 47 + random() * 7 END, CASE WHEN n % 5 < 3 THEN 6 + random() * 8 END, ''
    FROM generate_series(1, $2) AS n
    JOIN kind ON kind.rank = 1 + abs(hashint4(n + 1)) % 20`,
  gateways: `WITH numbered AS (SELECT id, row_number() OVER (ORDER BY key) AS n FROM device WHERE tenant_id = $1),
      gateway AS (SELECT id, n / 500 AS place FROM numbered WHERE n % 500 = 7)
    UPDATE device d SET gateway_id = gateway.id FROM numbered JOIN gateway ON gateway.place = numbered.n / 500
    WHERE d.tenant_id = $1 AND d.id = numbered.id AND numbered.n % 10 < 3 AND numbered.n % 500 <> 7`,
  status: `INSERT INTO device_status (tenant_id, device_key, connected, connected_at, last_message_at, contact_at, protocol, tls_version, firmware)
    SELECT tenant_id, key, key % 10 < 7, now() - interval '1 day', seen.at, seen.at, 'MQTT 5', 'TLSv1.3',
      (1 + floor(ln(1 + (key * 7919 % 100000)) / 4))::text || '.' || (key * 31 % 12)::text || '.' || CASE WHEN key % 400 = 0 THEN '1-rc' ELSE '0' END
    FROM device CROSS JOIN LATERAL (SELECT now() - make_interval(secs => CASE WHEN key % 10 < 7 THEN random() * 60
      ELSE random() * 86400 * 30 END) AS at) seen
    WHERE tenant_id = $1 AND key % 17 <> 5`,
  presence: `UPDATE device_presence p SET contact_at = s.contact_at, judged_at = now(), since = now(), presence = CASE
      WHEN d.state <> 'active' THEN d.state::text
      WHEN s.device_key IS NULL THEN 'never_seen'
      WHEN d.key * 7919 % 1000 < 15 THEN 'silent' WHEN d.key * 7919 % 1000 < 20 THEN 'stranded'
      WHEN d.key * 7919 % 1000 < 40 THEN 'late' WHEN s.connected THEN 'online' ELSE 'idle' END
    FROM device d LEFT JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
    WHERE d.tenant_id = $1 AND p.tenant_id = d.tenant_id AND p.device_key = d.key`,
  certificates: `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256,
      key_algorithm, not_before, not_after, state, pem, issued_by)
    SELECT tenant_id, id, md5('c' || key) || md5('d' || key), '', 'i', 's', 'k' || key, 'EC P-256', now() - interval '30 days',
      now() + make_interval(secs => CASE WHEN key % 200 = 9 THEN -86400 ELSE 86400 * (25 + random() * 65) END),
      'active', '', 'bench'
    FROM device WHERE tenant_id = $1 AND key % 5 > 0`,
  latest: `INSERT INTO telemetry.latest (device_key, received_at, fields)
    SELECT key, now(), jsonb_build_object('temperature', jsonb_build_object('v', round((15 + random() * 27)::numeric, 1), 't', 1),
      'pressure', jsonb_build_object('v', round((1 + random())::numeric, 2), 't', 1))
    FROM device WHERE tenant_id = $1 AND key % 17 <> 5`,
} as const;

/** Makes the devices of a fleet with all that lists show of them. */
export async function fillFleet(
  client: pg.Client,
  tenantId: string,
  devices: number,
): Promise<void> {
  for (const [what, sql] of Object.entries(statements)) {
    await client.query(sql, what === "devices" ? [tenantId, devices] : [tenantId]);
    await client.query("ANALYZE");
  }
}
